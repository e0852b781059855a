// Prices of many offers at once: what an ERP or a repricer sends all day. Rows are independent of each other, except
// that those of one product that get another currency are saved together, with the product's listings.
#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "services/bulk_result.h"
#include "shop/catalog/catalog_api.h"

namespace kontor::catalog {

namespace {

constexpr int kTurns = 3;  // when somebody else changes the same product meanwhile

struct PriceRow {
  std::optional<std::string> sku;
  std::optional<std::string> external_id;
  Money price;
  std::optional<Money> list_price;

  static constexpr auto fields() {
    using V = PriceRow;
    return described(Field("sku", &V::sku, "The offer", Length{1, 200}),
                     Field("external_id", &V::external_id, "Or the product that has one offer", Length{1, 200}),
                     Field("price", &V::price, "What it costs from now on"),
                     Field("list_price", &V::list_price, "The price it is compared with; left as it is when absent"));
  }
};

struct PriceBulk {
  std::vector<PriceRow> items;

  static constexpr auto fields() {
    return described(Field("items", &PriceBulk::items, "The rows", Length{1, kBulkRows}));
  }
};

class PriceBulkHandlers {
 public:
  explicit PriceBulkHandlers(CatalogApi api) : api_(api) {}

  Result<services::BulkAnswer> bulk(http::Call& call, const PriceBulk& in) const {
    TRY(const services::Shopper who, api_.shoppers.require_role(call, services::Role::kMerchandiser));
    services::BulkAnswer answer = services::BulkAnswer::of(in.items.size());
    std::vector<std::size_t> same;
    ByProduct rows;
    TRY_DO(resolve(in, answer.items, same, rows));
    TRY_DO(set_all(who, in, same, answer.items));
    for (int turn = 0; turn < kTurns && !rows.empty(); ++turn) TRY_DO(save_all(who, in, rows, answer.items));
    for (const auto& [product, open] : rows)
      for (const std::size_t at : open)
        answer.items[at].refuse("catalog.version_conflict", "It was changed by somebody else at the same time.");
    return answer;
  }

 private:
  using ByProduct = std::map<ProductId, std::vector<std::size_t>>;  // the rows that are still to be saved

  // Finds each row's offer, or says in its result why there is none. `same`: those that stay in their currency.
  Result<void> resolve(const PriceBulk& in, std::span<services::BulkResult> results, std::vector<std::size_t>& same,
                       ByProduct& rows) const {
    std::vector<std::string> skus;
    for (const PriceRow& row : in.items)
      if (row.sku && !row.external_id) skus.push_back(*row.sku);
    std::sort(skus.begin(), skus.end());
    skus.erase(std::unique(skus.begin(), skus.end()), skus.end());
    TRY(const std::vector<Offer> found, api_.catalog.offers_by_sku(skus));
    std::multimap<std::string_view, const Offer*> by_sku;
    for (const Offer& offer : found) by_sku.emplace(offer.sku, &offer);
    std::map<std::size_t, ProductId> products;  // by row
    std::set<ProductId> moved;
    for (std::size_t at = 0; at < in.items.size(); ++at) {
      const PriceRow& row = in.items[at];
      std::optional<Offer> offer;
      if (row.sku.has_value() == row.external_id.has_value()) {
        results[at].refuse("catalog.which_offer", "Say sku or external_id, one of them.");
      } else if (row.sku) {
        const auto [from, to] = by_sku.equal_range(*row.sku);
        offer = only(from, to, results[at]);
      } else {
        TRY(offer, of_product(*row.external_id, results[at]));
      }
      if (!offer) continue;
      results[at].offer_id = offer->id;
      products[at] = offer->product;
      if (row.price.currency() != offer->price.currency()) moved.insert(offer->product);
    }
    // Of a product that changes its currency all rows go that way, in their order: the last one counts.
    for (const auto& [at, product] : products)
      if (moved.contains(product))
        rows[product].push_back(at);
      else
        same.push_back(at);
    return {};
  }

  Result<void> set_all(const services::Shopper& who, const PriceBulk& in, std::span<const std::size_t> rows,
                       std::span<services::BulkResult> results) const {
    while (!rows.empty()) {
      const auto some = rows.first(std::min(BasePrices::kMostAtOnce, rows.size()));
      rows = rows.subspan(some.size());
      std::vector<BasePrice> wishes;
      std::vector<services::AuditEntry> entries;
      for (const std::size_t at : some) {
        const PriceRow& row = in.items[at];
        wishes.push_back({*results[at].offer_id, row.price, row.list_price});
        entries.push_back(price_set(who, wishes.back().offer, row.price));
      }
      TRY(const auto outcomes,
          api_.catalog.base_prices().set(
              wishes, [&](db::Tx& tx, Time, std::span<const BasePrices::Outcome> done) -> Result<void> {
                for (std::size_t i = 0; i < done.size(); ++i)
                  if (done[i].changed) TRY_DO(services::Audit::record(tx, entries[i]));
                return {};
              }));
      for (std::size_t i = 0; i < some.size(); ++i) {
        results[some[i]].ok = !outcomes[i].refused;
        if (outcomes[i].refused) results[some[i]].refuse(outcomes[i].refused->reason, outcomes[i].refused->detail);
      }
    }
    return {};
  }

  services::AuditEntry price_set(const services::Shopper& who, OfferId offer, Money price) const {
    return api_.audit.entry(who.caller(), "catalog.price_set", offer.text(),
                            "{\"amount\":" + std::to_string(price.amount_minor()) + "}");
  }

  template <class At>
  static std::optional<Offer> only(At from, At to, services::BulkResult& result) {
    if (from == to) {
      result.refuse("catalog.no_such_offer", "There is no such offer.");
      return {};
    }
    if (std::next(from) != to) {
      result.refuse("catalog.ambiguous_offer", "Several sellers have an offer with this sku.");
      return {};
    }
    return *from->second;
  }

  Result<std::optional<Offer>> of_product(const std::string& external_id, services::BulkResult& result) const {
    ProductFilter filter;
    filter.external_id = external_id;
    TRY(const auto found, api_.catalog.find_products(filter));
    if (!found.empty() && found[0].offers.size() == 1) return found[0].offers[0];
    if (found.empty() || found[0].offers.empty())
      result.refuse("catalog.no_such_offer", "There is no such offer.");
    else
      result.refuse("catalog.ambiguous_offer", "The product has several offers; name one by its sku.");
    return std::optional<Offer>{};
  }

  // Saves what is open with whole products, chunk by chunk; what stays open lost a race against another change of its
  // product.
  Result<void> save_all(const services::Shopper& who, const PriceBulk& in, ByProduct& open,
                        std::span<services::BulkResult> results) const {
    std::vector<ProductId> ids;
    for (const auto& [product, rows] : open) ids.push_back(product);
    for (std::size_t from = 0; from < ids.size(); from += kBulkChunk) {
      const auto chunk = std::span(ids).subspan(from, std::min(kBulkChunk, ids.size() - from));
      TRY_DO(save_chunk(who, in, chunk, open, results));
    }
    return {};
  }

  Result<void> save_chunk(const services::Shopper& who, const PriceBulk& in, std::span<const ProductId> ids,
                          ByProduct& open, std::span<services::BulkResult> results) const {
    TRY(std::vector<Product> products, api_.catalog.products(ids));
    std::vector<Draft> drafts;
    std::vector<services::AuditEntry> entries;
    for (Product& product : products) {
      const ProductId id = product.id;
      Draft draft = draft_of(std::move(product), in, open[id], results);
      std::vector<FieldError> wrong;
      check_draft(draft, wrong);
      std::erase_if(wrong, [](const FieldError& one) { return one.field == "/gtin"; });  // nobody changes it here
      if (!wrong.empty() || draft.product.offers.empty()) {
        close(open, id, results, wrong.empty() ? "" : wrong[0].message);
        continue;
      }
      for (const Offer& offer : draft.product.offers) entries.push_back(price_set(who, offer.id, offer.price));
      drafts.push_back(std::move(draft));
    }
    for (const ProductId id : ids)  // gone since it was found
      if (std::none_of(drafts.begin(), drafts.end(), [&](const Draft& d) { return d.product.id == id; }))
        close(open, id, results, "There is no such offer.");
    if (drafts.empty()) return {};
    TRY(const std::vector<Saved> saved, api_.catalog.save(drafts, [&](db::Tx& tx, Time) -> Result<void> {
      for (const auto& entry : entries) TRY_DO(services::Audit::record(tx, entry));
      return {};
    }));
    for (std::size_t i = 0; i < saved.size(); ++i) settle(drafts[i].product.id, saved[i], open, results);
    return {};
  }

  // The product with only those offers that get another price; the last row that names an offer counts.
  static Draft draft_of(Product product, const PriceBulk& in, const std::vector<std::size_t>& rows,
                        std::span<const services::BulkResult> results) {
    Draft draft;
    draft.if_version = product.version;
    std::map<OfferId, std::size_t> wanted;
    for (const std::size_t at : rows) wanted[*results[at].offer_id] = at;
    std::vector<Offer> changed;
    for (Offer& offer : product.offers) {
      const auto found = wanted.find(offer.id);
      if (found == wanted.end()) continue;
      const PriceRow& row = in.items[found->second];
      offer.price = row.price;
      if (row.list_price) offer.list_price = row.list_price;
      if (offer.list_price && *offer.list_price == offer.price) offer.list_price.reset();
      changed.push_back(std::move(offer));
    }
    product.offers = std::move(changed);
    draft.product = std::move(product);
    return draft;
  }

  static void settle(ProductId id, const Saved& saved, ByProduct& open, std::span<services::BulkResult> results) {
    if (saved.refused && saved.refused->code == Errc::kVersionConflict) return;  // once more, from what it is now
    if (saved.refused) return close(open, id, results, saved.refused->detail);
    for (const std::size_t at : open[id]) results[at].ok = true;
    open.erase(id);
  }

  static void close(ByProduct& open, ProductId id, std::span<services::BulkResult> results, const std::string& why) {
    const auto found = open.find(id);
    if (found == open.end()) return;
    for (const std::size_t at : found->second)
      results[at].refuse(why.empty() ? "catalog.no_such_offer" : "catalog.invalid_price",
                         why.empty() ? "There is no such offer." : why);
    open.erase(found);
  }

  CatalogApi api_;
};

}  // namespace

void add_price_bulk_routes(http::Router& router, const CatalogApi& api) {
  const auto on = std::make_shared<PriceBulkHandlers>(api);
  router.post<PriceBulk, services::BulkAnswer>(
      "/admin/prices/bulk",
      {"Sets the prices of many offers by sku or external id; a result per row",
       {"services.sign_in", "services.role_needed"},
       200,
       "admin"},
      [on](http::Call& call, const PriceBulk& in) { return on->bulk(call, in); });
}

}  // namespace kontor::catalog
