// Opaque, signed cursors for keyset lists: the last row's key, bound to the query it belongs to.
// A forged cursor, or one of another query, is 400 bad_cursor; what a list matched throughout is never shown twice or
// skipped.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/result.h"
#include "services/signer.h"

namespace kontor::services {

// The sort key of the last row shown: numbers (sort values, ids) and at most one text.
struct ListKey {
  std::vector<std::int64_t> numbers;
  std::string text;
};

class Cursors {
 public:
  explicit Cursors(std::string_view secret) : signer_(secret, "cursor") {}

  // `query` is what the list was asked for, without cursor and limit, the same text for the same question.
  std::string make(std::string_view query, const ListKey& last) const;
  // kBadCursor "request.bad_cursor". `numbers` is how many the caller expects; another count is a bad cursor as well.
  Result<ListKey> open(std::string_view query, std::string_view cursor, std::size_t numbers) const;
  // The same for a parameter that may be absent.
  Result<std::optional<ListKey>> after(std::string_view query, const std::optional<std::string>& cursor,
                                       std::size_t numbers) const;

 private:
  Signer signer_;
};

inline constexpr std::int64_t kListLimitDefault = 20;
inline constexpr Range kListLimit{1, 100};

// What a call on a list takes, where there is nothing to choose among.
struct PageQuery {
  std::int64_t limit = kListLimitDefault;
  std::optional<std::string> cursor;

  static constexpr auto fields() {
    return described(Field("limit", &PageQuery::limit, "How many at once", kListLimit, Default{}),
                     Field("cursor", &PageQuery::cursor, "next_cursor of the page before"));
  }
};

// A page of a list: `{"items": […], "next_cursor": "…"|null}`.
template <class Item>
struct Page {
  std::vector<Item> items;
  Nullable<std::string> next_cursor;

  static constexpr auto fields() {
    return described(Field("items", &Page::items, "The rows of this page"),
                     Field("next_cursor", &Page::next_cursor, "For ?cursor= of the next page; null on the last one"));
  }
};

}  // namespace kontor::services
