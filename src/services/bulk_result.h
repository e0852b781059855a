// What bulk calls about offers answer: one result a row, whatever became of the others.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/described.h"
#include "base/id.h"

namespace kontor::services {

struct BulkResult {
  std::int64_t row = 0;
  bool ok = false;
  std::optional<OfferId> offer_id;
  std::optional<std::string> reason;
  std::optional<std::string> detail;

  void refuse(std::string why, std::string words) {
    ok = false;
    reason = std::move(why);
    detail = std::move(words);
  }

  static constexpr auto fields() {
    using V = BulkResult;
    return described(Field("row", &V::row, "Which row, from 0"), Field("ok", &V::ok, "Whether it holds now"),
                     Field("offer_id", &V::offer_id, "The offer it meant"),
                     Field("reason", &V::reason, "What was wrong"), Field("detail", &V::detail, "The same in words"));
  }
};

struct BulkAnswer {
  std::vector<BulkResult> items;

  // So many rows, of which nothing is known yet.
  static BulkAnswer of(std::size_t rows) {
    BulkAnswer answer;
    for (std::size_t at = 0; at < rows; ++at) answer.items.emplace_back().row = static_cast<std::int64_t>(at);
    return answer;
  }

  static constexpr auto fields() {
    return described(Field("items", &BulkAnswer::items, "One per row, in their order"));
  }
};

}  // namespace kontor::services
