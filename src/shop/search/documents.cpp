#include "shop/search/documents.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "runtime/json.h"

namespace kontor::search {
namespace {

constexpr std::size_t kGroup = 50;
#define KONTOR_SEARCH_IN50                                                                                           \
  "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$" \
  "31,"                                                                                                              \
  "$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50"
constexpr db::Query kAttributes{"search.attributes", db::Home::kCatalog, R"sql(
  SELECT product_id, name, value_text, value_micro FROM catalog_v_attributes
   WHERE product_id IN ()sql" KONTOR_SEARCH_IN50 ") ORDER BY product_id, name, place"};

// FNV-1a over parts that cannot run into each other.
class Print {
 public:
  void add(std::string_view text) {
    for (const char c : text) mix(static_cast<unsigned char>(c));
    mix(0x100);
  }
  void add(std::int64_t number) {
    for (int shift = 0; shift < 64; shift += 8) mix(static_cast<std::uint64_t>(number) >> shift & 0xFF);
  }
  std::uint64_t value() const { return hash_; }

 private:
  void mix(std::uint64_t part) { hash_ = (hash_ ^ part) * 0x100000001B3ull; }
  std::uint64_t hash_ = 0xCBF29CE484222325ull;
};

// {"de": {"title": "…", "description": "…"}}; what is not like that says nothing.
void add_translations(std::string_view translations_json, std::vector<search_index::Text>& texts) {
  if (translations_json.size() <= 2) return;
  const auto document = json::parse(translations_json);
  if (!document || !document->root().is_object()) return;
  for (const auto& language : document->root().get_object()) {
    if (!language.value().is_object()) continue;
    search_index::Text text{std::string(language.key()), {}, {}};
    const auto member = [&](const char* name, std::string& out) {
      const auto* const found = language.value().get_object().if_contains(name);
      if (found != nullptr && found->is_string()) out = found->get_string();
    };
    member("title", text.title);
    member("description", text.description);
    if (!text.title.empty() || !text.description.empty()) texts.push_back(std::move(text));
  }
}

void add_unique(std::vector<std::string>& codes, const std::string& code) {
  if (!code.empty() && std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
}

search_index::Document document_of(const catalog::Product& product) {
  search_index::Document document;
  document.id = product.id;
  document.category = product.category;
  document.brand = product.brand;
  add_unique(document.codes, product.external_id);
  add_unique(document.codes, product.gtin);
  for (const catalog::Offer& offer : product.offers) {
    if (!offer.active) continue;
    add_unique(document.codes, offer.sku);
    if (std::find(document.sellers.begin(), document.sellers.end(), offer.seller) == document.sellers.end())
      document.sellers.push_back(offer.seller);
  }
  document.texts.push_back({"", product.title, product.description});
  add_translations(product.translations_json, document.texts);
  document.figures.prices = prices_of(product.offers);
  document.figures.rating_milli = std::llround(product.rating * 1000);
  document.figures.review_count = product.review_count;
  return document;
}

Result<void> read_attributes(db::Tx& tx, std::span<search_index::Document> documents) {
  std::unordered_map<std::int64_t, search_index::Document*> by_id;
  for (auto& document : documents) {
    document.attributes.clear();
    by_id[document.id.value] = &document;
  }
  db::Param group[kGroup];
  for (std::size_t i = 0; i < kGroup; ++i) group[i] = db::Param(documents[std::min(i, documents.size() - 1)].id);
  TRY(const db::Rows rows, tx.ask_params(kAttributes, group));
  for (const auto& row : rows)
    if (const auto found = by_id.find(row.i64(0)); found != by_id.end())
      found->second->attributes.push_back({row.str(1), row.str(2), row.opt_i64(3)});
  return {};
}

}  // namespace

bool is_listed(const catalog::Product& product) {
  return catalog::meaning_of(product.status).listed &&
         std::any_of(product.offers.begin(), product.offers.end(), [](const auto& offer) { return offer.active; });
}

std::vector<search_index::Price> prices_of(std::span<const catalog::Offer> offers) {
  std::map<Currency, std::int64_t> lowest;
  for (const catalog::Offer& offer : offers) {
    if (!offer.active) continue;
    const Money now = offer.now();
    const auto [place, fresh] = lowest.try_emplace(now.currency(), now.amount_minor());
    if (!fresh) place->second = std::min(place->second, now.amount_minor());
  }
  std::vector<search_index::Price> prices;
  for (const auto& [currency, minor] : lowest) prices.push_back({currency, minor});
  return prices;
}

CategoryWords words_of(std::span<const catalog::Category> categories) {
  constexpr int kDeepest = 32;  // more only where the tree is damaged
  std::unordered_map<CategoryId, const catalog::Category*> by_id;
  for (const catalog::Category& category : categories) by_id.emplace(category.id, &category);
  CategoryWords words;
  for (const catalog::Category& category : categories) {
    Print print;
    int depth = 0;
    for (auto at = by_id.find(category.id); at != by_id.end() && depth < kDeepest; ++depth) {
      print.add(at->second->name);
      print.add(static_cast<std::int64_t>(at->second->names.size()));
      for (const auto& [language, name] : at->second->names) {
        print.add(language);
        print.add(name);
      }
      at = by_id.find(at->second->parent);
    }
    words.emplace(category.id, static_cast<std::int64_t>(print.value() >> 1));
  }
  return words;
}

std::uint64_t print_of(const catalog::Product& product, const CategoryWords& words) {
  Print print;
  for (const std::string* text : {&product.external_id, &product.title, &product.description, &product.brand,
                                  &product.attributes_json, &product.gtin, &product.translations_json})
    print.add(*text);
  print.add(product.category.value);
  if (const auto found = words.find(product.category); found != words.end()) print.add(found->second);
  for (const catalog::Offer& offer : product.offers) {
    if (!offer.active) continue;
    print.add(offer.seller.value);
    print.add(offer.sku);
    print.add(offer.price.currency().code());
  }
  return print.value();
}

Result<std::vector<search_index::Document>> documents_of(db::Store& store,
                                                         std::span<const catalog::Product* const> products) {
  std::vector<search_index::Document> documents;
  for (const catalog::Product* product : products) documents.push_back(document_of(*product));
  if (documents.empty()) return documents;
  TRY_DO(store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    for (std::size_t at = 0; at < documents.size(); at += kGroup)
      TRY_DO(read_attributes(tx, std::span(documents).subspan(at, std::min(kGroup, documents.size() - at))));
    return {};
  }));
  return documents;
}

}  // namespace kontor::search
