// What the search index (ports/search_index.h) is given, is asked, and answers.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace kontor::search_index {

inline constexpr std::size_t kLongestQuery = 1'000;  // bytes of a query's text that are looked at
inline constexpr std::size_t kMostWords = 16;        // of a query; further ones are left out
inline constexpr std::size_t kMostFilterValues = 1'000;
inline constexpr int kMostHits = 1'000;
inline constexpr std::size_t kMostArms = 4;

struct Price {
  Currency currency;
  std::int64_t minor = 0;  // below 0: no longer sold in it
};

// What changes often, and without the texts.
struct Figures {
  std::vector<Price> prices;  // the lowest of each currency
  bool in_stock = false;
  std::int64_t sold = 0;          // units of the last 30 days
  std::int64_t rating_milli = 0;  // 0 to 5000
  std::int64_t review_count = 0;
};

struct Attribute {
  std::string name, value;
  std::optional<std::int64_t> micro;  // the value as a number, times 10^6
};

struct Text {
  std::string language;  // "en", "de-CH"; empty: the index's own
  std::string title, description;
};

struct Document {
  ProductId id;  // newer products have larger ids
  CategoryId category;
  std::string brand;
  std::vector<std::string> codes;  // SKUs, GTINs, part numbers
  std::vector<SellerId> sellers;
  std::vector<Attribute> attributes;
  std::vector<Text> texts;  // the first is the one it is shown in
  Figures figures;
};

// Absent members stay as they are. A price is replaced per currency that is named.
struct Change {
  ProductId id;
  std::vector<Price> prices = {};
  std::optional<bool> in_stock = {};
  std::optional<std::int64_t> sold = {}, rating_milli = {}, review_count = {};
};

struct CategoryNode {
  CategoryId id, parent;  // parent 0: a root
  std::string name;
  std::vector<std::pair<std::string, std::string>> names = {};  // in other languages, by language as in Text
};

// Points of a product's score (requirements, Q7). Text relevance lies between 0 and `text` (up to `together` percent
// more when the words stand together); the others are added.
struct Ranking {
  std::int32_t text = 100;  // at most
  std::int32_t sales = 10;  // times the natural logarithm of 1 + sold
  std::int32_t rating = 5;  // a star, with more than `enough_reviews`
  std::int32_t enough_reviews = 10;
  std::int32_t in_stock = 20;
  std::int32_t freshness = 0;  // lost by the oldest: 1 every 10 days, until so many are
  std::int32_t together = 10;  // percent of `text` for words in order side by side, less the farther apart
  std::int32_t kind = 60;      // at most: of a category whose products mostly have the words
  std::int32_t itself = 25;    // no accessory by its title, where none was asked for
  // What a word found in a field counts, and how soon more of it counts no more (BM25F's k1, in tenths) and how much
  // longer texts count less (b, in percent).
  std::int32_t title = 3, brand = 2, attributes = 1, description = 1;
  std::int32_t saturation_tenths = 12, length_percent = 60;
  bool operator==(const Ranking&) const = default;
};

enum class Sort { kRelevance, kPriceAsc, kPriceDesc, kRating, kNewest, kBestSelling };
constexpr auto enum_names(Sort) {
  return std::array{EnumName<Sort>{Sort::kRelevance, "relevance"},  EnumName<Sort>{Sort::kPriceAsc, "price_asc"},
                    EnumName<Sort>{Sort::kPriceDesc, "price_desc"}, EnumName<Sort>{Sort::kRating, "rating"},
                    EnumName<Sort>{Sort::kNewest, "newest"},        EnumName<Sort>{Sort::kBestSelling, "best_selling"}};
}

// Any of the values and, when there is a bound, a number within them.
struct AttributeFilter {
  std::string name;
  std::vector<std::string> values;  // compared folded
  std::optional<std::int64_t> min_micro, max_micro;
};

// Where a page ended. `pins` keeps what later pages must judge by as the first one did, whatever was indexed since.
struct Place {
  std::int64_t key = 0, id = 0;
  std::string pins;
};

struct CategoryPoints {
  CategoryId category;  // with what is below it
  std::int32_t points = 0;
};
struct ProductPoints {
  ProductId product;
  std::int32_t points = 0;
};

// Lists of values mean any of them; different members are all required.
struct Query {
  std::string text;                    // empty: whatever the filters leave
  std::string language;                // as in Text
  bool typing = false;                 // the last word may go on, even if it is a word
  bool corrects = true;                // unknown words may be taken for misspelt ones
  std::vector<CategoryId> categories;  // each with what is below it
  std::vector<std::string> brands;     // compared folded
  std::vector<SellerId> sellers;
  std::vector<ProductId> ids;
  std::vector<AttributeFilter> attributes;
  Currency currency;  // only what has a price in it
  std::optional<std::int64_t> price_min, price_max, rating_min_milli;
  bool in_stock = false;
  Sort sort = Sort::kRelevance;  // without text: newest
  std::optional<Place> after;
  int limit = 20;
  bool with_facets = true;
  bool explain = false;
  std::size_t arm = 0;                    // which Ranking
  std::vector<CategoryPoints> preferred;  // the largest that fits counts
  std::vector<ProductPoints> promoted;
  std::int64_t work_limit = 50'000'000;  // about nanoseconds; more is answered in part
};

struct Reason {
  std::string name;  // "text", "together", "kind", "itself", "sales", "rating", "in_stock", "freshness", "preferred", …
  double points = 0;
};
struct Hit {
  ProductId id;
  std::int64_t key = 0;  // what it is sorted by
  std::vector<Reason> reasons = {};
};

struct CategoryCount {
  CategoryId id;
  std::int64_t count = 0;  // in it and below it
};
struct ValueCount {
  std::string value;
  std::int64_t count = 0;
};
struct RangeCount {
  std::int64_t min = 0;
  std::optional<std::int64_t> max;  // absent: open
  std::int64_t count = 0;
};
struct AttributeCount {
  std::string name;
  std::vector<ValueCount> values;
  std::optional<std::int64_t> lowest_micro, highest_micro;  // of all its values that are numbers, counted here or not
};
// Each counted without its own filter, the most frequent first.
struct Facets {
  std::vector<CategoryCount> categories;
  std::vector<ValueCount> brands;
  std::vector<RangeCount> prices;
  std::vector<RangeCount> ratings;  // min in thousandths of a star, 4000 first; each includes those above
  std::vector<AttributeCount> attributes;
  bool exact = true;  // false: of more matches than are counted, the best known ones
};

// What became of the words.
struct Understood {
  std::string corrected;             // the text as it was searched for, when a word was taken for another
  bool some = false;                 // too few products have all words: those that lack some are behind them
  std::vector<std::string> dropped;  // words that the first product lacks
};

struct Answer {
  std::vector<Hit> hits;
  Facets facets;
  std::int64_t total = 0;
  bool total_exact = true;  // false: at least so many
  bool partial = false;     // the work limit came first: there may be better and more
  Understood understood;
  std::optional<Place> next;  // absent: the last page
  std::int64_t work = 0;
};

enum class CompletionKind { kQuery, kProduct, kCategory, kBrand };
struct Completion {
  CompletionKind kind = CompletionKind::kQuery;
  std::string text;
  std::int64_t weight = 0;  // popularity
  std::int64_t id = 0;      // of the product or category
};

struct Piece {
  std::string_view text;  // of what was given
  bool marked = false;
};

struct Figure {
  std::int64_t products = 0, segments = 0, words = 0, bytes = 0, waiting = 0;
};

}  // namespace kontor::search_index
