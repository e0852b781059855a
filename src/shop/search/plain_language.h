// What a shopper wrote into the search box, read as a sentence: "black laptop 16gb between 500 and 900 euro" asks for
// the word "laptop" and three filters. Pure functions of the text and of what the shop's products have; any bytes are
// taken, in time linear in them. Whatever is not plainly a price, a rating or a property stays a word: a filter that
// nobody asked for hides products, a word too many only orders them worse.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "shop/search/plain_vocabulary.h"

namespace kontor::search {

enum class UnderstoodKind : std::uint8_t { kPrice, kRating, kAttribute };

// One part of the text and the filter that it became. Bounds include their ends ("under $50" finds 50.00 too).
struct UnderstoodPart {
  UnderstoodKind kind = UnderstoodKind::kPrice;
  std::size_t begin = 0, end = 0;  // bytes of the text read; never within a code point
  std::string text;                // these bytes

  // kPrice: at least one bound, in minor units of `currency`, which may be another than the shop's.
  std::optional<std::int64_t> price_min, price_max;
  Currency currency;
  // kRating: thousandths of a star, 1 to 5000.
  std::int64_t rating_min_milli = 0;
  // kAttribute: either values, as the vocabulary writes them ("red or blue": any of them will do), or at least one
  // bound, times 10^6.
  std::string attribute;
  std::vector<std::string> values;
  std::optional<std::int64_t> min_micro, max_micro;
};

struct PlainQuery {
  std::string words;                  // without_parts(text, parts)
  std::vector<UnderstoodPart> parts;  // in the order of the text; they never overlap
};

inline constexpr std::size_t kMostParts = 16;             // further ones stay words
inline constexpr std::size_t kLongestPlainText = 65'536;  // bytes; a longer text stays as it is

// Several values of one attribute become a filter only where "or" joins them, and then one. Two figures for one
// attribute that no name tells apart stay words, as do all attributes when no word would be left to search for.
// Bounds in the wrong order ("between 900 and 500") are swapped. "More than" and "at least" are the same; "about $50"
// is a fifth to both sides; a whole number of inches goes up to the next one. A number without a currency is a price of
// the shop's currency where a bound says so and neither a unit nor a thing that is counted follows.
PlainQuery read_plainly(std::string_view text, const Vocabulary& vocabulary, Currency shop_currency);

// The text without these parts (ascending, not overlapping): what is left on both sides of a part loses the blanks and
// commas there (what follows it also . ! and ?) and is joined by a blank. For `words`, and for a page that takes one
// chip away.
std::string without_parts(std::string_view text, const std::vector<UnderstoodPart>& parts);

}  // namespace kontor::search
