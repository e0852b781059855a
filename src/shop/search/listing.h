// Listings: what GET /products and GET /search ask and answer.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "ports/search_types.h"
#include "services/cursor.h"
#include "shop/showcase/showcase.h"

namespace kontor::search {

using search_index::AttributeFilter;
using search_index::Sort;

// The question, read and checked. Empty lists: any.
struct ListingQuery {
  search_index::Query index;
  std::string question;  // as it was asked: what a cursor belongs to
  bool nothing = false;  // only unknown categories, sellers, slugs or ids were named: nothing matches
  bool highlights = false;
  std::vector<std::string> wished;  // languages of titles, the dearest first
  // The words are read in it too where they find nothing as they are; "": the shop's own.
  std::optional<std::string> second_language;
  bool in_second_language = false;  // as the first page was

  // The same text for the same question; with the sort it is what a cursor belongs to.
  std::string canonical() const;
};

// At the end of a place's pins: the page before was found in the second language.
inline constexpr char kInSecondLanguage = '~';

// A piece of a title, marked where a word of the search was found.
struct PieceView {
  std::string text;
  bool marked = false;
  static constexpr auto fields() {
    return described(Field("text", &PieceView::text, "As in the title"),
                     Field("marked", &PieceView::marked, "Whether the search found it"));
  }
};
// Why a product stands where it does.
struct ReasonView {
  std::string name;
  double points = 0;
  static constexpr auto fields() {
    return described(Field("name", &ReasonView::name, "Of the ranking's term"),
                     Field("points", &ReasonView::points, "What it adds"));
  }
};

struct Item : showcase::Card {
  std::optional<std::vector<PieceView>> highlight;
  std::optional<std::vector<ReasonView>> explain;

  static constexpr auto fields() {
    return joined_fields(
        showcase::Card::fields(),
        described(Field("highlight", &Item::highlight, "The title in pieces, with ?highlight=1"),
                  Field("explain", &Item::explain, "What it was ranked by, with ?explain=1 for staff")));
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
  std::optional<std::string> label, unit;
  static constexpr auto fields() {
    return described(Field("name", &AttributeCount::name, "For attr.<name>"),
                     Field("values", &AttributeCount::values, "The most frequent ones"),
                     Field("label", &AttributeCount::label, "What the category calls it, in the locale asked for"),
                     Field("unit", &AttributeCount::unit, "What stands behind its values"));
  }
};

// Each counted as if nothing of its own were chosen, over at least the 10,000 best known matches; where these lack some
// of the words, over 2,000.
struct Facets {
  std::vector<CategoryCount> categories;
  std::vector<ValueCount> brands;
  std::vector<PriceRange> price_ranges;
  std::vector<RatingCount> ratings;
  std::vector<AttributeCount> attributes;
  static constexpr auto fields() {
    return described(
        Field("categories", &Facets::categories, "By category"), Field("brands", &Facets::brands, "By brand"),
        Field("price_ranges", &Facets::price_ranges, "By price"), Field("ratings", &Facets::ratings, "By rating"),
        Field("attributes", &Facets::attributes, "By attribute"));
  }
};

// A part of the query that was taken for a filter.
struct PartView {
  std::string kind, text, without;
  std::optional<Money> price_min, price_max;
  std::optional<double> rating_min;
  std::optional<std::string> attribute;
  std::optional<std::vector<std::string>> values;
  std::optional<double> min, max;
  static constexpr auto fields() {
    return described(
        Field("kind", &PartView::kind, "price, rating or attribute"),
        Field("text", &PartView::text, "As it was written"),
        Field("without", &PartView::without, "The query without it, for asking again"),
        Field("price_min", &PartView::price_min, "At least"), Field("price_max", &PartView::price_max, "At most"),
        Field("rating_min", &PartView::rating_min, "Stars, at least"),
        Field("attribute", &PartView::attribute, "Its name"), Field("values", &PartView::values, "Any of them"),
        Field("min", &PartView::min, "At least"), Field("max", &PartView::max, "At most"));
  }
};

// What the words that were asked for were taken for.
struct UnderstoodView {
  std::string words;
  std::vector<PartView> filters;
  std::vector<std::string> dropped;
  bool all_words = true;
  static constexpr auto fields() {
    return described(
        Field("words", &UnderstoodView::words, "What was searched for"),
        Field("filters", &UnderstoodView::filters, "Parts that became filters; ?plain=0 searches for them instead"),
        Field("dropped", &UnderstoodView::dropped, "Words that the first product lacks"),
        Field("all_words", &UnderstoodView::all_words, "false: hardly anything has all, so some will do"));
  }
};

struct ListingAnswer {
  std::vector<Item> items;
  Facets facets;
  std::int64_t total_count = 0;
  bool total_count_exact = true;
  Nullable<std::string> next_cursor;
  std::optional<std::string> corrected_query;
  std::optional<UnderstoodView> understood;
  std::optional<bool> partial;
  std::optional<showcase::ConvertedView> converted;
  std::optional<search_index::Place> next;  // what the cursor is made of; not printed
  bool by_language = false;                 // another Accept-Language may have another answer; not printed

  static constexpr auto fields() {
    return described(
        Field("items", &ListingAnswer::items, "The products of this page"),
        Field("facets", &ListingAnswer::facets, "What the matches can be narrowed by"),
        Field("total_count", &ListingAnswer::total_count, "How many match"),
        Field("total_count_exact", &ListingAnswer::total_count_exact, "false: at least so many"),
        Field("next_cursor", &ListingAnswer::next_cursor, "For ?cursor= of the next page; null on the last one"),
        Field("corrected_query", &ListingAnswer::corrected_query,
              "What was searched for instead, when a word was taken for a misspelt one"),
        Field("understood", &ListingAnswer::understood, "What the words were taken for"),
        Field("partial", &ListingAnswer::partial, "true: the search was ended, or the index is still being made"),
        Field("converted", &ListingAnswer::converted, "When the prices are converted: from what, and how"));
  }
};

}  // namespace kontor::search
