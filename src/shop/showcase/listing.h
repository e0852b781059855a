// Listings: what GET /products and GET /search take and answer, and how the question becomes one SQL text among a
// bounded number.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/described.h"
#include "runtime/http.h"
#include "runtime/json.h"
#include "services/cursor.h"
#include "shop/showcase/product_detail.h"
#include "shop/showcase/views.h"

namespace kontor::showcase {

enum class Sort { kRelevance, kPriceAsc, kPriceDesc, kRating, kNewest, kBestSelling };
constexpr auto enum_names(Sort) {
  return std::array{EnumName<Sort>{Sort::kRelevance, "relevance"},  EnumName<Sort>{Sort::kPriceAsc, "price_asc"},
                    EnumName<Sort>{Sort::kPriceDesc, "price_desc"}, EnumName<Sort>{Sort::kRating, "rating"},
                    EnumName<Sort>{Sort::kNewest, "newest"},        EnumName<Sort>{Sort::kBestSelling, "best_selling"}};
}

// One attribute asked for: any of the texts, and/or a number within bounds (times 10^6).
struct AttributeFilter {
  std::string name;
  std::vector<std::string> texts;  // folded
  std::optional<std::int64_t> min_micro, max_micro;
};

// The question, read and checked.
struct ListingQuery {
  std::vector<std::string> words;      // folded; all must be in title or brand
  std::vector<CategoryId> categories;  // any of them, each with what is below it
  bool no_such_category = false;       // only unknown ones were named: nothing matches
  std::vector<std::string> brands;     // folded
  std::int64_t price_min = 0, price_max = kMaxAmountMinor;
  std::int64_t rating_min_milli = 0;
  bool in_stock = false;
  std::vector<SellerId> sellers;
  bool no_such_seller = false;
  std::vector<AttributeFilter> attributes;
  std::vector<ProductId> ids;
  std::vector<std::string> slugs;
  Currency currency;
  Sort sort = Sort::kRelevance;
  std::optional<services::ListKey> after;  // two numbers: sort value and product id
  int limit = 20;
  bool with_facets = true;
  // How the store shall go about it: along the order, leaving out what is of other categories, instead of through the
  // categories' index. For large categories and nothing that narrows.
  bool in_sort_order = false;

  // Whether only a category (and stock, price or stars) is asked for, of which a walk along the order finds enough
  // soon.
  bool is_wide() const {
    return !categories.empty() && words.empty() && brands.empty() && sellers.empty() && attributes.empty() &&
           ids.empty() && slugs.empty() && sort != Sort::kBestSelling;
  }

  // How many matches are counted, with the first that there are. Fewer where each is a look at the product's texts or
  // attributes and no category says which to look at: a tenth of a second for a million products.
  std::int64_t facet_matches() const {
    return categories.empty() && (!words.empty() || !attributes.empty()) ? 2'000 : 10'000;
  }

  // The same text for the same question; with the sort it is what a cursor belongs to.
  std::string canonical() const;
};

struct Card {
  ProductId id;
  std::optional<std::string> external_id;
  std::string slug, title, brand;
  std::optional<std::string> image;
  Money price;
  std::optional<Money> list_price;
  double avg_rating = 0;
  std::int64_t review_count = 0;
  AvailabilityView availability;

  static constexpr auto fields() {
    return described(
        Field("id", &Card::id, "The product"), Field("external_id", &Card::external_id, "The shop's own key"),
        Field("slug", &Card::slug, "Its name in addresses"), Field("title", &Card::title, "Its name"),
        Field("brand", &Card::brand, "Who makes it"), Field("image", &Card::image, "The first picture"),
        Field("price", &Card::price, "The lowest price in the currency asked for"),
        Field("list_price", &Card::list_price, "The price it is compared with"),
        Field("avg_rating", &Card::avg_rating, "0 to 5"), Field("review_count", &Card::review_count, "How many"),
        Field("availability", &Card::availability, "Whether it can be had"));
  }
};

struct CategoryCount {
  CategoryId id;
  std::string name, slug;
  std::int64_t count = 0;
  static constexpr auto fields() {
    return described(Field("id", &CategoryCount::id, "The category"), Field("name", &CategoryCount::name, "Its name"),
                     Field("slug", &CategoryCount::slug, "Its name in addresses"),
                     Field("count", &CategoryCount::count, "Matches in it and below it"));
  }
};
struct ValueCount {
  std::string value;
  std::int64_t count = 0;
  static constexpr auto fields() {
    return described(Field("value", &ValueCount::value, "For the filter"),
                     Field("count", &ValueCount::count, "Matches with it"));
  }
};
struct PriceRange {
  std::int64_t min = 0;
  Nullable<std::int64_t> max;
  std::int64_t count = 0;
  static constexpr auto fields() {
    return described(Field("min", &PriceRange::min, "For price_min"),
                     Field("max", &PriceRange::max, "For price_max; null: open"),
                     Field("count", &PriceRange::count, "Matches in it"));
  }
};
struct RatingCount {
  double min = 0;
  std::int64_t count = 0;
  static constexpr auto fields() {
    return described(Field("min", &RatingCount::min, "For rating_min"),
                     Field("count", &RatingCount::count, "Matches of at least that"));
  }
};
struct AttributeCount {
  std::string name;
  std::vector<ValueCount> values;
  static constexpr auto fields() {
    return described(Field("name", &AttributeCount::name, "For attr.<name>"),
                     Field("values", &AttributeCount::values, "The most frequent ones"));
  }
};

// Over the first ListingQuery::facet_matches() matches; attributes over the first kAttributeMatches.
inline constexpr std::int64_t kAttributeMatches = 2'000;
struct Facets {
  std::vector<CategoryCount> categories;
  std::vector<ValueCount> brands;
  std::vector<PriceRange> price_ranges;
  std::vector<RatingCount> ratings;
  std::vector<AttributeCount> attributes;
  std::int64_t total = 0;  // not printed here
  bool exact = true;
  static constexpr auto fields() {
    return described(
        Field("categories", &Facets::categories, "By category"), Field("brands", &Facets::brands, "By brand"),
        Field("price_ranges", &Facets::price_ranges, "By price"), Field("ratings", &Facets::ratings, "By rating"),
        Field("attributes", &Facets::attributes, "By attribute"));
  }
};

struct ListingAnswer {
  std::vector<Card> items;
  Facets facets;
  std::int64_t total_count = 0;
  bool total_count_exact = true;
  Nullable<std::string> next_cursor;
  std::optional<services::ListKey> next;  // what the cursor is made of; not printed

  static constexpr auto fields() {
    return described(
        Field("items", &ListingAnswer::items, "The products of this page"),
        Field("facets", &ListingAnswer::facets, "What the matches can be narrowed by"),
        Field("total_count", &ListingAnswer::total_count, "How many match"),
        Field("total_count_exact", &ListingAnswer::total_count_exact, "false: at least so many"),
        Field("next_cursor", &ListingAnswer::next_cursor, "For ?cursor= of the next page; null on the last one"));
  }
};

// A statement with its parameters; the texts live in it.
struct Statement {
  std::string sql;
  std::vector<db::Param> params;
  std::deque<std::string> texts;
};
enum class Pass { kPage, kFacets, kAttributes };
// `whole`: every filter is in the text, switched by a parameter, so that there are few texts.
// How many products are in the query's categories, counted up to `most`.
Statement size_statement(const ListingQuery& query, std::int64_t most);
Statement listing_statement(const ListingQuery& query, Pass pass, bool whole);

// Keeps statements for the program's life (adapters remember them by address), but only so many.
class QueryShelf {
 public:
  // Null when the text is new and the shelf is full.
  const db::Query* find(const std::string& sql, bool even_if_full);

 private:
  static constexpr std::size_t kMost = 256;
  struct Entry {
    std::string sql;
    db::Query query;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<Entry>> entries_;
};

// Of at most `most` matches; one more says that there are more.
Facets count_facets(const db::Rows& matches, std::int64_t most, const std::vector<catalog::Category>& categories);
std::vector<AttributeCount> count_attributes(const db::Rows& counts);

}  // namespace kontor::showcase
