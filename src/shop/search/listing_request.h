// The query parameters of a listing as they come over HTTP, and how they become a ListingQuery. Pages use the same
// reading.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "runtime/http.h"
#include "services/cursor.h"
#include "shop/search/listing.h"

namespace kontor::search {

class Search;

inline constexpr std::size_t kLongestWords = 500;  // characters

// A visitor's place in an experiment.
struct Trial {
  std::size_t arm = 0;  // of the rankings
  std::string label;    // for the reports; "": there is no experiment, or the visitor is not part of it
};

struct ListingRequest {
  std::optional<std::string> q;
  std::vector<std::string> category, brand, seller, ids, slug;
  std::optional<std::int64_t> price_min, price_max;
  std::optional<double> rating_min;
  std::optional<bool> in_stock;
  http::Prefixed attributes;
  std::optional<Sort> sort;
  std::optional<std::string> cursor;
  std::int64_t limit = services::kListLimitDefault;
  std::optional<Currency> currency;
  std::optional<std::string> locale, country;
  std::optional<bool> plain, corrections, highlight, explain;
  std::size_t arm = 0;                // of the ranking, in an experiment; no parameter
  std::vector<std::string> accepted;  // languages, where no locale is named; no parameter

  static constexpr auto fields() {
    constexpr Range kMinor{0, kMaxAmountMinor};
    constexpr Length kSome{0, 20};
    return described(
        Field("q", &ListingRequest::q, "What is searched for", Length{0, kLongestWords}),
        Field("category", &ListingRequest::category, "Id or slug; with what is below it", kSome),
        Field("brand", &ListingRequest::brand, "Any of them", kSome),
        Field("price_min", &ListingRequest::price_min, "In minor units", kMinor),
        Field("price_max", &ListingRequest::price_max, "In minor units", kMinor),
        Field("rating_min", &ListingRequest::rating_min, "0 to 5", Range{0, 5}),
        Field("in_stock", &ListingRequest::in_stock, "Only what can be had at once"),
        Field("seller", &ListingRequest::seller, "Code or id", kSome),
        Field("attr.", &ListingRequest::attributes, "attr.color=black, attr.ram_gb.min=16, attr.ram_gb.max=64"),
        Field("ids", &ListingRequest::ids, "Only these products; repeated or separated by commas", Length{0, 100}),
        Field("slug", &ListingRequest::slug, "Only these products, also by a slug that they had before", kSome),
        Field("sort", &ListingRequest::sort, "The order; relevance with q, else newest"),
        Field("cursor", &ListingRequest::cursor, "From next_cursor", Length{0, 1000}),
        Field("limit", &ListingRequest::limit, "How many", services::kListLimit, Default{}),
        Field("currency", &ListingRequest::currency,
              "Only products with a price in it; prices are converted when there is none at all"),
        Field("locale", &ListingRequest::locale,
              "Titles in this language where there are any, and q is in it; absent: as Accept-Language says",
              Length{0, 35}),
        Field("country", &ListingRequest::country, "Where it shall go", Length{0, 2}),
        Field("plain", &ListingRequest::plain, "0: no part of q is taken for a filter"),
        Field("corrections", &ListingRequest::corrections, "0: no word is taken for a misspelt one"),
        Field("highlight", &ListingRequest::highlight, "Titles in pieces, marked where a word was found"),
        Field("explain", &ListingRequest::explain, "For staff: what each product was ranked by"));
  }
};

// kInvalid for values that no product could have (an attribute bound that is no number); kBadCursor.
Result<ListingQuery> listing_query(const ListingRequest& request, Search& search);
// The answer's next_cursor from its `next`.
void seal_cursor(ListingAnswer& answer, const ListingQuery& query, const services::Cursors& cursors);

}  // namespace kontor::search
