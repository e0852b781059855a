#include "shop/showcase/listing.h"

#include <algorithm>
#include <functional>
#include <map>

#include "shop/showcase/showcase.h"

namespace kontor::showcase {
namespace {

constexpr std::size_t kMostValues = 50;  // of a facet
constexpr std::size_t kMostAttributeNames = 20;
constexpr std::size_t kMostAttributeValues = 20;
constexpr std::size_t kRememberedFacets = 128;

Card card_of(const db::Rows::Row& row, Currency currency) {
  Card card;
  card.id = row.id<ProductId>(0);
  if (!row.text(1).empty()) card.external_id = row.str(1);
  card.slug = row.str(2);
  card.title = row.str(3);
  card.brand = row.str(4);
  if (!row.text(5).empty()) card.image = row.str(5);
  card.price = Money::minor(row.i64(6), currency);
  if (const auto list = row.opt_i64(7)) card.list_price = Money::minor(*list, currency);
  card.avg_rating = static_cast<double>(row.i64(8)) / 1000;
  card.review_count = row.i64(9);
  card.availability.status = static_cast<Availability>(row.i64(10));
  return card;
}

template <class T>
void append_list(std::string& out, char mark, const std::vector<T>& values) {
  out += '|';
  out += mark;
  for (const auto& value : values) {
    out += ',';
    if constexpr (std::is_same_v<T, std::string>)
      json::print_text(out, value);
    else
      json::print_int(out, value.value);
  }
}

// 1, 2 or 5 times a power of ten: at most `parts` such steps from 0 to `top`.
std::int64_t round_step(std::int64_t top, std::int64_t parts) {
  std::int64_t step = 1;
  while (step * parts < top) {
    if (step * 2 * parts >= top) return step * 2;
    if (step * 5 * parts >= top) return step * 5;
    step *= 10;
  }
  return step;
}

std::vector<PriceRange> price_ranges(std::vector<std::int64_t> prices) {
  std::vector<PriceRange> ranges;
  if (prices.size() < 2) return ranges;
  std::sort(prices.begin(), prices.end());
  const std::int64_t typical = prices[prices.size() * 9 / 10];  // the dearest tenth goes into the open range
  const std::int64_t step = round_step(std::max<std::int64_t>(typical, 1), 5);
  for (std::int64_t from = 0; from <= prices.back(); from += step) {
    const bool last = ranges.size() == 5;
    const auto begin = std::lower_bound(prices.begin(), prices.end(), from);
    const auto end = last ? prices.end() : std::lower_bound(prices.begin(), prices.end(), from + step);
    if (end != begin) {
      PriceRange range{from, {}, end - begin};
      if (!last) range.max = Nullable<std::int64_t>(from + step - 1);
      ranges.push_back(range);
    } else if (!last && from + step <= prices.back()) {
      ranges.push_back({from, Nullable<std::int64_t>(from + step - 1), 0});
    }
    if (last) break;
  }
  std::erase_if(ranges, [](const PriceRange& range) { return range.count == 0; });
  return ranges;
}

std::vector<ValueCount> most_frequent(const std::map<std::string, std::int64_t>& counts, std::size_t most) {
  std::vector<ValueCount> values;
  for (const auto& [value, count] : counts) values.push_back({value, count});
  std::stable_sort(values.begin(), values.end(),
                   [](const ValueCount& a, const ValueCount& b) { return a.count > b.count; });
  if (values.size() > most) values.resize(most);
  return values;
}

std::vector<CategoryCount> category_counts(const std::map<CategoryId, std::int64_t>& direct,
                                           const std::vector<catalog::Category>& categories) {
  std::map<CategoryId, const catalog::Category*> by_id;
  for (const auto& category : categories) by_id[category.id] = &category;
  std::map<CategoryId, std::int64_t> rolled;
  for (const auto& [id, count] : direct) {
    int depth = 0;
    for (auto at = by_id.find(id); at != by_id.end() && depth < 32; at = by_id.find(at->second->parent), ++depth)
      rolled[at->first] += count;
  }
  std::vector<CategoryCount> counts;
  for (const auto& [id, count] : rolled) counts.push_back({id, by_id[id]->name, by_id[id]->slug, count});
  std::stable_sort(counts.begin(), counts.end(),
                   [](const CategoryCount& a, const CategoryCount& b) { return a.count > b.count; });
  if (counts.size() > kMostValues) counts.resize(kMostValues);
  return counts;
}

}  // namespace

std::string ListingQuery::canonical() const {
  std::string out(currency.code());
  append_list(out, 'q', words);
  append_list(out, 'c', categories);
  append_list(out, 'b', brands);
  append_list(out, 's', sellers);
  append_list(out, 'i', ids);
  append_list(out, 'u', slugs);
  for (const std::int64_t value : {price_min, price_max, rating_min_milli, static_cast<std::int64_t>(in_stock)}) {
    out += '|';
    json::print_int(out, value);
  }
  for (const AttributeFilter& filter : attributes) {
    append_list(out, 'a', std::vector<std::string>{filter.name});
    append_list(out, 'v', filter.texts);
    out += '|' + (filter.min_micro ? std::to_string(*filter.min_micro) : "") + '|' +
           (filter.max_micro ? std::to_string(*filter.max_micro) : "");
  }
  return out;
}

Facets count_facets(const db::Rows& matches, std::int64_t most, const std::vector<catalog::Category>& categories) {
  Facets facets;
  std::map<CategoryId, std::int64_t> by_category;
  std::map<std::string, std::int64_t> by_brand;
  std::vector<std::int64_t> prices;
  std::int64_t at_least[5] = {};
  for (const auto& row : matches) {
    if (facets.total == most) {
      facets.exact = false;
      break;
    }
    ++facets.total;
    if (row.i64(1) != 0) ++by_category[row.id<CategoryId>(1)];
    if (!row.text(2).empty()) ++by_brand[row.str(2)];
    prices.push_back(row.i64(3));
    for (std::int64_t stars = 1; stars <= 4; ++stars)
      if (row.i64(4) >= stars * 1000) ++at_least[stars];
  }
  facets.categories = category_counts(by_category, categories);
  facets.brands = most_frequent(by_brand, kMostValues);
  facets.price_ranges = price_ranges(std::move(prices));
  for (int stars = 4; stars >= 1; --stars)
    if (at_least[stars] > 0) facets.ratings.push_back({static_cast<double>(stars), at_least[stars]});
  return facets;
}

std::vector<AttributeCount> count_attributes(const db::Rows& counts) {
  std::vector<AttributeCount> attributes;
  std::map<std::string, std::size_t, std::less<>> at;
  for (const auto& row : counts) {  // most frequent first
    auto place = at.find(row.text(0));
    if (place == at.end()) {
      if (attributes.size() == kMostAttributeNames) continue;
      place = at.emplace(row.str(0), attributes.size()).first;
      attributes.push_back({row.str(0), {}});
    }
    auto& values = attributes[place->second].values;
    if (values.size() < kMostAttributeValues) values.push_back({row.str(1), row.i64(2)});
  }
  return attributes;
}

Result<void> Showcase::read_catalog(const db::Function& function) {
  if (settings_.workers == nullptr || store_.engine() != "sqlite") return store_.read(db::Home::kCatalog, function);
  Result<void> outcome;
  TRY_DO(settings_.workers->run([&] { outcome = store_.read(db::Home::kCatalog, function); }));
  return outcome;
}

namespace {

Result<db::Rows> ask(db::Tx& tx, QueryShelf& shelf, const ListingQuery& query, Pass pass) {
  Statement statement = listing_statement(query, pass, false);
  const db::Query* text = shelf.find(statement.sql, false);
  if (text == nullptr) {
    statement = listing_statement(query, pass, true);
    text = shelf.find(statement.sql, true);
  }
  return tx.ask_params(*text, statement.params);
}

}  // namespace

Result<std::shared_ptr<const Facets>> Showcase::facets(const ListingQuery& query, const std::string& key) {
  const std::uint64_t generation = generation_.load();
  {
    const std::lock_guard lock(mutex_);
    const auto known = facets_.find(key);
    if (known != facets_.end() && known->second.first == generation) return known->second.second;
  }
  TRY(const std::vector<catalog::Category> all, categories());
  Facets counted;
  TRY_DO(read_catalog([&](db::Tx& tx) -> Result<void> {
    TRY(const db::Rows matches, ask(tx, *shelf_, query, Pass::kFacets));
    counted = count_facets(matches, query.facet_matches(), all);
    TRY(const db::Rows counts, ask(tx, *shelf_, query, Pass::kAttributes));
    counted.attributes = count_attributes(counts);
    return {};
  }));
  auto shared = std::make_shared<const Facets>(std::move(counted));
  const std::lock_guard lock(mutex_);
  if (facets_.size() >= kRememberedFacets) facets_.clear();
  facets_[key] = {generation, shared};
  return shared;
}

Result<ListingAnswer> Showcase::listing(const ListingQuery& asked) {
  ListingAnswer answer;
  if (asked.no_such_category || asked.no_such_seller) return answer;
  ListingQuery query = asked;
  TRY_DO(read_catalog([&](db::Tx& tx) -> Result<void> {
    answer.items.clear();
    answer.next.reset();
    if (query.is_wide()) {
      const Statement size = size_statement(query, settings_.large_category);
      TRY(const db::Rows rows, tx.ask_params(*shelf_->find(size.sql, true), size.params));
      query.in_sort_order = rows.front().i64(0) == settings_.large_category;
    }
    TRY(const db::Rows rows, ask(tx, *shelf_, query, Pass::kPage));
    for (const auto& row : rows) {
      if (answer.items.size() == static_cast<std::size_t>(query.limit)) break;
      answer.items.push_back(card_of(row, query.currency));
      if (rows.size() > static_cast<std::size_t>(query.limit))
        answer.next = services::ListKey{{row.i64(11), row.i64(0)}, ""};
    }
    return {};
  }));
  if (!query.with_facets) return answer;
  TRY(const auto counted, facets(asked, asked.canonical()));
  answer.facets = *counted;
  answer.total_count = counted->total;
  answer.total_count_exact = counted->exact;
  return answer;
}

}  // namespace kontor::showcase
