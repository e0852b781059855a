// What the search box offers while somebody types: queries that others asked, products, categories and brands.
#pragma once
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "ports/db.h"
#include "ports/search_index.h"
#include "runtime/fiber.h"
#include "shop/showcase/showcase.h"

namespace kontor::search {

struct CompletionView {
  std::string text;
  static constexpr auto fields() { return described(Field("text", &CompletionView::text, "What to search for")); }
};
struct SuggestedProduct {
  ProductId id;
  std::string slug, title;
  std::optional<std::string> image;
  Money price;
  std::optional<std::string> locale;
  static constexpr auto fields() {
    return described(Field("id", &SuggestedProduct::id, "The product"),
                     Field("slug", &SuggestedProduct::slug, "Its name in addresses"),
                     Field("title", &SuggestedProduct::title, "Its name"),
                     Field("image", &SuggestedProduct::image, "The first picture"),
                     Field("price", &SuggestedProduct::price, "The lowest price"),
                     Field("locale", &SuggestedProduct::locale, "When the title is translated: its language"));
  }
};
struct SuggestedCategory {
  CategoryId id;
  std::string name, slug;
  static constexpr auto fields() {
    return described(Field("id", &SuggestedCategory::id, "The category"),
                     Field("name", &SuggestedCategory::name, "Its name"),
                     Field("slug", &SuggestedCategory::slug, "Its name in addresses"));
  }
};
struct SuggestedBrand {
  std::string name;
  static constexpr auto fields() { return described(Field("name", &SuggestedBrand::name, "For ?brand=")); }
};
struct SuggestAnswer {
  std::vector<CompletionView> completions;
  std::vector<SuggestedProduct> products;
  std::vector<SuggestedCategory> categories;
  std::vector<SuggestedBrand> brands;
  std::optional<showcase::ConvertedView> converted;
  bool by_language = false;  // other wishes may have other names; not printed
  static constexpr auto fields() {
    return described(Field("completions", &SuggestAnswer::completions, "Queries, the most popular first"),
                     Field("products", &SuggestAnswer::products, "Products"),
                     Field("categories", &SuggestAnswer::categories, "Categories"),
                     Field("brands", &SuggestAnswer::brands, "Brands"),
                     Field("converted", &SuggestAnswer::converted,
                           "The products' prices were converted from another currency, by this rate"));
  }
};

struct PopularQuery {
  std::string text;
  std::int64_t weight = 0;
};

class Suggestions {
 public:
  // `workers` may be null.
  Suggestions(db::Store& store, showcase::Showcase& showcase, search_index::Index& index, runtime::Workers* workers)
      : store_(store), showcase_(showcase), index_(index), workers_(workers) {}
  // What visitors asked lately; of the next collect(). One fiber's, like that.
  void set_popular_queries(std::vector<PopularQuery> queries) { popular_ = std::move(queries); }

  // Never asks the store for what is at hand. `limit`: of each group; products are those with a price in `currency`,
  // titled in the first of the wished languages that fits.
  Result<SuggestAnswer> suggest(std::string_view prefix, std::size_t limit, Currency currency,
                                std::span<const std::string> wished);
  // "windows 10": a word and a number that stand side by side in the titles of what was last collected; for reading
  // plain language. The fiber's that collects.
  const std::vector<std::string>& models() const { return models_; }
  // Collects anew what can be offered: the best known products, all categories, brands, popular queries. Reads the
  // whole listing, yielding.
  Result<void> collect();
  std::uint64_t changes() const { return changes_.load(); }  // grows with each

  static constexpr std::size_t kMostProducts = 100'000;

 private:
  Result<void> collect_products(std::vector<search_index::Completion>& into);
  Result<void> collect_categories(std::vector<search_index::Completion>& into);

  db::Store& store_;
  showcase::Showcase& showcase_;
  search_index::Index& index_;
  runtime::Workers* const workers_;
  std::vector<PopularQuery> popular_;
  std::vector<std::string> models_;
  std::atomic<std::uint64_t> changes_{0};
};

}  // namespace kontor::search
