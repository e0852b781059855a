// Random products and changes, and after each few the same questions asked of the index and of a plain map that is
// walked from end to end. Filters, facets, totals, orders and pages must agree exactly.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "adapters/search_embedded/embedded_index.h"
#include "adapters/search_embedded/no_pause_test.h"
#include "base/text.h"

namespace kontor::search_embedded {
namespace {

using namespace search_index;

Currency currency(const char* code) { return *Currency::parse(code); }

// Words of three letters are never taken for others, and none begins or makes up another.
std::string word(std::uint32_t n) {
  static constexpr char kConsonants[] = "bdfgklmnprtvz", kVowels[] = "aeiou";
  return {kConsonants[n % 13], kVowels[n / 13 % 5], kConsonants[n / 65 % 12]};
}

struct Model {
  std::map<std::int64_t, Document> products;
  std::map<std::int64_t, std::int64_t> parents;  // of categories

  bool below(std::int64_t category, std::int64_t above) const {
    for (int depth = 0; depth < 20; ++depth) {
      if (category == above) return true;
      const auto at = parents.find(category);
      if (at == parents.end() || at->second == 0) return false;
      category = at->second;
    }
    return false;
  }
  static std::int64_t price(const Document& document, Currency currency) {
    for (const Price& price : document.figures.prices)
      if (price.currency == currency) return price.minor < 0 ? -1 : price.minor;
    return -1;
  }
  static bool has_words(const Document& document, const Query& query) {
    std::set<std::string> has;
    for (const Text& text : document.texts)
      for (const std::string& words : {text.title, text.description})
        for (const std::string_view part : split(words, ' ')) has.insert(std::string(part));
    has.insert(document.brand);
    for (const Attribute& attribute : document.attributes) has.insert(attribute.value);
    for (const std::string_view wanted : split(query.text, ' '))
      if (!wanted.empty() && has.count(std::string(wanted)) == 0) return false;
    return true;
  }
  static bool fits(const AttributeFilter& filter, const Document& document) {
    bool value = filter.values.empty(), range = !filter.min_micro && !filter.max_micro;
    for (const Attribute& one : document.attributes) {
      if (one.name != filter.name) continue;
      value = value || std::find(filter.values.begin(), filter.values.end(), one.value) != filter.values.end();
      range = range || (one.micro && *one.micro >= filter.min_micro.value_or(INT64_MIN) &&
                        *one.micro <= filter.max_micro.value_or(INT64_MAX));
    }
    return value && range;
  }
  // `without`: the facet whose own filter is left out; "" for none.
  bool matches(const Document& document, const Query& query, const std::string& without) const {
    const std::int64_t at = price(document, query.currency);
    if (at < 0 || !has_words(document, query)) return false;
    const auto one_of = [](const auto& list, const auto& value) {
      return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
    };
    if (without != "category" && !query.categories.empty() &&
        std::none_of(query.categories.begin(), query.categories.end(),
                     [&](CategoryId id) { return below(document.category.value, id.value); }))
      return false;
    if (without != "brand" && !one_of(query.brands, document.brand)) return false;
    if (without != "price" && (at < query.price_min.value_or(0) || at > query.price_max.value_or(INT64_MAX)))
      return false;
    if (without != "rating" && document.figures.rating_milli < query.rating_min_milli.value_or(0)) return false;
    if (query.in_stock && !document.figures.in_stock) return false;
    if (!one_of(query.ids, document.id)) return false;
    if (!query.sellers.empty() && std::none_of(document.sellers.begin(), document.sellers.end(),
                                               [&](SellerId id) { return one_of(query.sellers, id); }))
      return false;
    return std::all_of(query.attributes.begin(), query.attributes.end(), [&](const AttributeFilter& filter) {
      return without == "attr." + filter.name || fits(filter, document);
    });
  }
  std::vector<const Document*> all(const Query& query, const std::string& without) const {
    std::vector<const Document*> found;
    for (const auto& [id, document] : products)
      if (matches(document, query, without)) found.push_back(&document);
    return found;
  }
  static std::int64_t key(const Document& document, const Query& query) {
    switch (query.sort) {
      case Sort::kPriceAsc:
      case Sort::kPriceDesc:
        return price(document, query.currency);
      case Sort::kRating:
        return document.figures.rating_milli;
      case Sort::kBestSelling:
        return document.figures.sold;
      default:
        return document.id.value;
    }
  }
};

class Luck {
 public:
  explicit Luck(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }
  bool once_in(std::uint32_t times) { return below(times) == 0; }

 private:
  std::mt19937 engine_;
};

constexpr std::uint32_t kWords = 40, kBrands = 6, kCategories = 12, kSellers = 4;
const char* const kNames[] = {"color", "size", "weight", "kind"};

std::vector<Price> prices(Luck& luck) {
  std::vector<Price> prices{{currency("USD"), luck.once_in(10) ? -1 : luck.below(5'000)}};
  if (luck.once_in(2)) prices.push_back({currency("EUR"), luck.below(5'000)});
  return prices;
}

Document product(std::int64_t id, Luck& luck) {
  Document document;
  document.id = ProductId{id};
  document.category = CategoryId{1 + luck.below(kCategories)};
  document.brand = "brand" + std::string(1, static_cast<char>('a' + luck.below(kBrands)));
  for (std::uint32_t i = luck.below(3); i > 0; --i) document.sellers.push_back(SellerId{1 + luck.below(kSellers)});
  for (const char* name : kNames)
    if (luck.once_in(2)) {
      const std::uint32_t value = luck.below(8);
      document.attributes.push_back({name, word(100 + value), value * 1'000'000});
    }
  Text text;
  for (std::uint32_t i = 1 + luck.below(4); i > 0; --i) text.title += word(luck.below(kWords)) + " ";
  for (std::uint32_t i = luck.below(8); i > 0; --i) text.description += word(luck.below(kWords)) + " ";
  document.texts.push_back(text);
  document.figures = {prices(luck), luck.once_in(2), luck.below(50), luck.below(6) * 900, luck.below(30)};
  return document;
}

Query question(Luck& luck) {
  Query query;
  query.currency = currency(luck.once_in(4) ? "EUR" : "USD");
  for (std::uint32_t i = luck.below(4); i > 0; --i)
    query.text += (query.text.empty() ? "" : " ") + word(luck.below(kWords));
  if (luck.once_in(4)) query.categories.push_back(CategoryId{1 + luck.below(kCategories + 1)});
  if (luck.once_in(8)) query.categories.push_back(CategoryId{1 + luck.below(kCategories)});
  if (luck.once_in(4))
    query.brands.push_back("brand" + std::string(1, static_cast<char>('a' + luck.below(kBrands + 1))));
  if (luck.once_in(5)) query.sellers.push_back(SellerId{1 + luck.below(kSellers + 1)});
  if (luck.once_in(4)) query.price_min = luck.below(3'000);
  if (luck.once_in(4)) query.price_max = luck.below(6'000);
  if (luck.once_in(4)) query.rating_min_milli = luck.below(5) * 1'000;
  if (luck.once_in(20))
    for (int i = 0; i < 30; ++i) query.ids.push_back(ProductId{1 + luck.below(400)});
  query.in_stock = luck.once_in(4);
  if (luck.once_in(3)) {
    AttributeFilter filter;
    filter.name = luck.once_in(10) ? "nosuch" : kNames[luck.below(4)];
    if (luck.once_in(2)) filter.values = {word(100 + luck.below(9)), word(100 + luck.below(8))};
    if (filter.values.empty() || luck.once_in(3)) filter.min_micro = luck.below(8) * 1'000'000;
    if (luck.once_in(2)) filter.max_micro = luck.below(8) * 1'000'000;
    query.attributes.push_back(filter);
    if (luck.once_in(3)) query.attributes.push_back({kNames[luck.below(4)], {word(100 + luck.below(8))}, {}, {}});
  }
  query.sort = static_cast<Sort>(luck.below(6));
  query.limit = static_cast<int>(1 + luck.below(25));
  return query;
}

// Whether two filters are of one attribute: then the facet has no filter of its own.
bool repeats_a_name(const Query& query) {
  return query.attributes.size() == 2 && query.attributes[0].name == query.attributes[1].name;
}

void check_facets(const Model& model, const Query& query, const Facets& facets) {
  std::map<std::int64_t, std::int64_t> categories, found_categories;
  for (const Document* one : model.all(query, "category"))
    for (std::int64_t at = one->category.value; at != 0;) {
      ++categories[at];
      const auto above = model.parents.find(at);
      at = above == model.parents.end() ? 0 : above->second;
    }
  for (const CategoryCount& count : facets.categories) found_categories[count.id.value] = count.count;
  CHECK(found_categories == categories);

  std::map<std::string, std::int64_t> brands, found_brands;
  for (const Document* one : model.all(query, "brand")) ++brands[one->brand];
  for (const ValueCount& count : facets.brands) found_brands[count.value] = count.count;
  CHECK(found_brands == brands);

  std::vector<std::int64_t> prices;
  for (const Document* one : model.all(query, "price")) prices.push_back(Model::price(*one, query.currency));
  const auto ranges = price_ranges(prices);
  REQUIRE(facets.prices.size() == ranges.size());
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    CHECK(facets.prices[i].min == ranges[i].min);
    CHECK(facets.prices[i].max == ranges[i].max);
    CHECK(facets.prices[i].count == ranges[i].count);
  }
  std::map<std::int64_t, std::int64_t> stars, found_stars;
  for (const Document* one : model.all(query, "rating"))
    for (std::int64_t star = 1; star <= 4; ++star)
      if (one->figures.rating_milli >= star * 1000) ++stars[star * 1000];
  for (const RangeCount& count : facets.ratings) found_stars[count.min] = count.count;
  CHECK(found_stars == stars);

  if (repeats_a_name(query)) return;
  std::map<std::string, std::int64_t> values, found_values;
  for (const char* name : kNames)
    for (const Document* one : model.all(query, "attr." + std::string(name)))
      for (const Attribute& attribute : one->attributes)
        if (attribute.name == name) ++values[attribute.name + "=" + attribute.value];
  for (const AttributeCount& attribute : facets.attributes)
    for (const ValueCount& value : attribute.values) found_values[attribute.name + "=" + value.value] = value.count;
  CHECK(found_values == values);
}

// All pages, one after the other.
std::vector<std::int64_t> read_through(const EmbeddedIndex& index, Query query) {
  std::vector<std::int64_t> ids;
  std::int64_t last = query.sort == Sort::kPriceAsc ? INT64_MIN : INT64_MAX;
  for (;;) {
    const auto answer = index.search(query, kNoPause);
    REQUIRE(answer);
    for (const Hit& hit : answer->hits) {
      CHECK((query.sort == Sort::kPriceAsc ? hit.key >= last : hit.key <= last));
      last = hit.key;
      ids.push_back(hit.id.value);
    }
    if (!answer->next) return ids;
    query.after = answer->next;
    query.with_facets = false;
  }
}

std::string described(const Query& query) {
  std::string out = "'" + query.text + "' sort " + std::to_string(static_cast<int>(query.sort)) + " " +
                    std::string(query.currency.code());
  for (const CategoryId id : query.categories) out += " category " + std::to_string(id.value);
  for (const std::string& brand : query.brands) out += " brand " + brand;
  for (const SellerId id : query.sellers) out += " seller " + std::to_string(id.value);
  if (query.price_min) out += " from " + std::to_string(*query.price_min);
  if (query.price_max) out += " to " + std::to_string(*query.price_max);
  if (query.rating_min_milli) out += " stars " + std::to_string(*query.rating_min_milli);
  if (query.in_stock) out += " in stock";
  if (!query.ids.empty()) out += " ids";
  for (const AttributeFilter& one : query.attributes) {
    out += " " + one.name;
    for (const std::string& value : one.values) out += "=" + value;
    if (one.min_micro) out += ">=" + std::to_string(*one.min_micro);
    if (one.max_micro) out += "<=" + std::to_string(*one.max_micro);
  }
  return out;
}

void check_question(const Model& model, const EmbeddedIndex& index, const Query& query) {
  INFO(described(query));
  std::vector<const Document*> expected = model.all(query, "");
  const auto answer = index.search(query, kNoPause);
  REQUIRE(answer);
  CHECK_FALSE(answer->partial);
  if (answer->understood.some) {  // hardly anything that can be had has all the words
    Query words;
    words.text = query.text;
    words.currency = query.currency;
    CHECK(model.all(words, "").size() < 8);
    CHECK(answer->total >= static_cast<std::int64_t>(expected.size()));
    const std::vector<std::int64_t> ids = read_through(index, query);
    for (const Document* one : expected) CHECK(std::find(ids.begin(), ids.end(), one->id.value) != ids.end());
    return;
  }
  CHECK(answer->total == static_cast<std::int64_t>(expected.size()));
  CHECK(answer->total_exact);
  CHECK(answer->facets.exact);
  std::vector<std::int64_t> ids = read_through(index, query);
  std::vector<std::int64_t> wanted;
  if (query.sort == Sort::kRelevance && !query.text.empty()) {
    for (const Document* one : expected) wanted.push_back(one->id.value);
    std::sort(ids.begin(), ids.end());
  } else {
    std::stable_sort(expected.begin(), expected.end(), [&](const Document* a, const Document* b) {
      const auto left = std::pair(Model::key(*a, query), a->id.value),
                 right = std::pair(Model::key(*b, query), b->id.value);
      return query.sort == Sort::kPriceAsc ? left < right : left > right;
    });
    for (const Document* one : expected) wanted.push_back(one->id.value);
  }
  CHECK(ids == wanted);
  check_facets(model, query, answer->facets);
}

void set_tree(Model& model, EmbeddedIndex& index, Luck& luck) {
  std::vector<CategoryNode> nodes;
  model.parents.clear();
  for (std::int64_t id = 1; id <= kCategories; ++id) {
    const std::int64_t parent = id == 1 || luck.once_in(4) ? 0 : 1 + luck.below(static_cast<std::uint32_t>(id - 1));
    nodes.push_back({CategoryId{id}, CategoryId{parent}, ""});
    model.parents[id] = parent;
  }
  index.set_categories(nodes);
}

void change_some(Model& model, EmbeddedIndex& index, Luck& luck) {
  std::vector<Change> changes;
  std::size_t known = 0;
  for (std::uint32_t i = luck.below(20); i > 0; --i) {
    Change change;
    change.id = ProductId{1 + luck.below(400)};
    if (luck.once_in(2)) change.prices = prices(luck);
    if (luck.once_in(2)) change.in_stock = luck.once_in(2);
    if (luck.once_in(2)) change.sold = luck.below(50);
    if (luck.once_in(2)) change.rating_milli = luck.below(6) * 900;
    const auto found = model.products.find(change.id.value);
    if (found != model.products.end()) {
      ++known;
      Figures& figures = found->second.figures;
      for (const Price& price : change.prices) {
        std::erase_if(figures.prices, [&](const Price& old) { return old.currency == price.currency; });
        figures.prices.push_back(price);
      }
      figures.in_stock = change.in_stock.value_or(figures.in_stock);
      figures.sold = change.sold.value_or(figures.sold);
      figures.rating_milli = change.rating_milli.value_or(figures.rating_milli);
    }
    changes.push_back(change);
  }
  CHECK(index.change(changes) == known);
}

void run(std::uint32_t seed) {
  INFO("seed " << seed);
  Luck luck(seed);
  Model model;
  EmbeddedIndex::Options options;
  options.products_at_once = 1 + luck.below(100);
  EmbeddedIndex index(options);
  set_tree(model, index, luck);
  for (int step = 0; step < 40; ++step) {
    std::vector<Document> documents;
    for (std::uint32_t i = luck.below(30); i > 0; --i) {
      documents.push_back(product(1 + luck.below(400), luck));
      model.products[documents.back().id.value] = documents.back();
    }
    index.upsert(documents);
    if (luck.once_in(3)) {
      std::vector<ProductId> gone;
      for (std::uint32_t i = luck.below(20); i > 0; --i) gone.push_back(ProductId{1 + luck.below(400)});
      for (const ProductId id : gone) model.products.erase(id.value);
      index.remove(gone);
    }
    if (luck.once_in(2)) change_some(model, index, luck);
    if (luck.once_in(10)) set_tree(model, index, luck);
    index.refresh(Time{});
    while (luck.once_in(2) && index.work(kNoPause)) {
    }
    CHECK(index.figure().products == static_cast<std::int64_t>(model.products.size()));
    for (int i = 0; i < 12; ++i) check_question(model, index, question(luck));
  }
}

}  // namespace

TEST_CASE("search: random products, changes and questions agree with a plain walk over all products") {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) run(seed);
}

}  // namespace kontor::search_embedded
