#include "shop/search/suggestions.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "shop/search/aside.h"
#include "shop/search/plain_vocabulary.h"

namespace kontor::search {
namespace {

using search_index::Completion;
using search_index::CompletionKind;

constexpr db::Query kTitles{"search.titles", db::Home::kCatalog, R"sql(
  SELECT product_id, title, sold, review_count, titles FROM catalog_v_listing
   WHERE currency = $1 AND product_id > $2 ORDER BY product_id LIMIT $3)sql"};
constexpr std::int64_t kTitlesAtOnce = 1000;
constexpr std::size_t kLongestTitle = 120;
// Kinds do not compete by how often they are bought: a category that fits is offered before a product.
constexpr std::int64_t kOfCategory = 3'000'000, kOfBrand = 2'000'000, kOfQuery = 1'000'000, kMostOfProduct = 999'999;

}  // namespace

Result<void> Suggestions::collect_products(std::vector<Completion>& into) {
  const std::string currency(showcase_.settings().currency.code());
  const auto heavier = [](const Completion& a, const Completion& b) { return a.weight > b.weight; };
  std::vector<Completion> best;  // a heap, the least of them in front
  std::set<std::string, std::less<>> models;
  const auto keep = [&](std::string_view title, std::int64_t weight, std::int64_t id) {
    if (best.size() == kMostProducts) {
      if (weight <= best.front().weight) return;
      std::pop_heap(best.begin(), best.end(), heavier);
      best.pop_back();
    }
    best.push_back({CompletionKind::kProduct, std::string(clip(title, kLongestTitle)), weight, id});
    std::push_heap(best.begin(), best.end(), heavier);
  };
  for (std::int64_t after = 0;;) {
    db::Rows rows;
    const auto read = [&](db::Tx& tx) -> Result<void> {
      TRY(rows, tx.ask(kTitles, currency, after, kTitlesAtOnce));
      return {};
    };
    TRY_DO(aside(workers_, &store_, [&] { return store_.read(db::Home::kCatalog, read); }));
    if (rows.empty()) break;
    for (const auto& row : rows) {
      after = row.i64(0);
      if (models.size() < Vocabulary::kMostModels) add_models(row.text(1), models);
      const std::int64_t weight = std::min(row.i64(2) * 100 + row.i64(3), kMostOfProduct);
      keep(row.text(1), weight, after);
      for (const auto& [language, title] : catalog::read_titles(row.text(4))) keep(title, weight, after);
    }
    if (runtime::on_fiber()) runtime::yield();
  }
  into.insert(into.end(), std::make_move_iterator(best.begin()), std::make_move_iterator(best.end()));
  models_.assign(models.begin(), models.end());
  return {};
}

Result<void> Suggestions::collect_categories(std::vector<Completion>& into) {
  TRY(const auto categories, showcase_.categories());
  for (const auto& category : categories) {
    into.push_back({CompletionKind::kCategory, category.name, kOfCategory, category.id.value});
    for (const auto& [language, name] : category.names)
      into.push_back({CompletionKind::kCategory, name, kOfCategory, category.id.value});
  }
  search_index::Query anything;
  anything.currency = showcase_.settings().currency;
  anything.sort = search_index::Sort::kNewest;
  anything.limit = 1;
  TRY(const auto all, index_.search(anything, runtime::on_fiber() ? search_index::Pause(runtime::yield) : nullptr));
  for (const auto& brand : all.facets.brands)
    into.push_back({CompletionKind::kBrand, brand.value, kOfBrand + brand.count, 0});
  return {};
}

Result<void> Suggestions::collect() {
  std::vector<Completion> all;
  TRY_DO(collect_categories(all));
  TRY_DO(collect_products(all));
  for (const PopularQuery& query : popular_)
    all.push_back({CompletionKind::kQuery, query.text, kOfQuery + std::min(query.weight, kMostOfProduct), 0});
  return aside(workers_, nullptr, [&]() -> Result<void> {
    index_.set_completions(std::move(all));
    changes_.fetch_add(1);
    return {};
  });
}

// Who is found by names in several languages is offered once.
Result<SuggestAnswer> Suggestions::suggest(std::string_view prefix, std::size_t limit, Currency currency,
                                           std::span<const std::string> wished) {
  const auto add = [limit](auto& ids, auto id) {
    if (ids.size() < limit && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  };
  SuggestAnswer answer;
  std::vector<ProductId> products;
  std::vector<CategoryId> categories;
  for (Completion& one : index_.suggest(prefix, limit * 3)) {
    if (one.kind == CompletionKind::kQuery && answer.completions.size() < limit)
      answer.completions.push_back({std::move(one.text)});
    else if (one.kind == CompletionKind::kBrand && answer.brands.size() < limit)
      answer.brands.push_back({std::move(one.text)});
    else if (one.kind == CompletionKind::kCategory)
      add(categories, CategoryId{one.id});
    else if (one.kind == CompletionKind::kProduct)
      add(products, ProductId{one.id});
  }
  TRY(const auto found, showcase_.categories_of(categories));
  const std::string& own = showcase_.settings().locale;
  for (const auto& category : found) {
    if (!category) continue;
    answer.by_language = answer.by_language || !category->names.empty();
    const auto name = catalog::name_in(category->name, category->names, wished, own);
    answer.categories.push_back({category->id, std::string(name), category->slug});
  }
  TRY(const auto cards, showcase_.cards(products, currency));
  for (const auto& found_card : cards) {
    if (!found_card) continue;
    showcase::Card card = *found_card;
    answer.by_language = answer.by_language || !card.titles.empty();
    showcase::translate(card, wished, own);
    answer.products.push_back({card.id, std::move(card.slug), std::move(card.title), std::move(card.image), card.price,
                               std::move(card.locale)});
  }
  return answer;
}

}  // namespace kontor::search
