// Rates out of a file: NDJSON (a rate a line), CSV with the members as columns, or one JSON array.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "shop/tax/tax.h"

namespace kontor::tax {

enum class RateFormat { kNdjson, kCsv, kJson };
constexpr auto enum_names(RateFormat) {
  using N = EnumName<RateFormat>;
  return std::array{N{RateFormat::kNdjson, "ndjson"}, N{RateFormat::kCsv, "csv"}, N{RateFormat::kJson, "json"}};
}

struct RateFile {
  std::vector<RateText> rates;
  std::vector<BadRate> errors;  // rows that could not be read, at most a hundred
};
// Blocking, of the local disk. kInvalid "tax.bad_file" for a header or document that means nothing; kTooLarge beyond
// 200,000 rows. A CSV column is a member of the rate, or rate_percent: "8.875".
Result<RateFile> read_rates(const std::string& path, RateFormat format);
// "8.875" in parts per million; nullopt for anything else, and beyond four decimals.
std::optional<std::int64_t> parse_percent(std::string_view text);

}  // namespace kontor::tax
