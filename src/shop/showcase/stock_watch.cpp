// How the approximate stock figures follow the exact ones: changed offers are noted by events and looked at in groups, so that a
// rush on one offer costs one look per round, not one per sale.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "shop/showcase/listing.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {
namespace {

constexpr std::size_t kGroup = 50;  // the parameters of the statements below
#define KONTOR_SHOWCASE_IN50                                                                                                 \
  "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,"       \
  "$32,$33,$34,$35,$36,$37,$38,$39,$40,$41,$42,$43,$44,$45,$46,$47,$48,$49,$50"
constexpr db::Query kStatuses{"showcase.statuses", db::Home::kCatalog,
                              "SELECT product_id, status FROM showcase_availability WHERE product_id IN (" KONTOR_SHOWCASE_IN50 ")"};
constexpr db::Query kSetStatus{"showcase.set_status", db::Home::kCatalog, R"sql(
  INSERT INTO showcase_availability (product_id, status) VALUES ($1, $2)
  ON CONFLICT (product_id) DO UPDATE SET status = excluded.status)sql"};

struct Figure {
  std::int64_t sellable = 0;
  std::int64_t backorder = 0;
};

Result<std::map<ProductId, std::int64_t>> read_statuses(db::Tx& tx, std::span<const ProductId> products) {
  std::map<ProductId, std::int64_t> statuses;
  for (std::size_t at = 0; at < products.size(); at += kGroup) {
    db::Param group[kGroup];
    for (std::size_t i = 0; i < kGroup; ++i) group[i] = db::Param(products[std::min(at + i, products.size() - 1)]);
    TRY(const db::Rows rows, tx.ask_params(kStatuses, group));
    for (const auto& row : rows) statuses[row.id<ProductId>(0)] = row.i64(1);
  }
  return statuses;
}

}  // namespace

Result<int> Showcase::refresh_stock() {
  int looked_at = 0;
  while (true) {
    std::vector<OfferId> offers;
    {
      const std::lock_guard lock(mutex_);
      for (auto it = noted_.begin(); it != noted_.end() && offers.size() < 500; it = noted_.erase(it)) offers.push_back(*it);
    }
    if (offers.empty()) return looked_at;
    const auto again = [&](Error error) {
      stock_changed(offers);
      return tl::unexpected<Error>(std::move(error));
    };
    auto known = catalog_.offers(offers);
    if (!known) return again(std::move(known.error()));
    std::vector<ProductId> products;
    for (const auto& offer : *known) products.push_back(offer.product);
    std::sort(products.begin(), products.end());
    products.erase(std::unique(products.begin(), products.end()), products.end());
    if (auto done = refresh_products(products, true); !done) return again(std::move(done.error()));
    looked_at += static_cast<int>(offers.size());
  }
}

Result<int> Showcase::refresh_products(std::span<const ProductId> products, bool compare_cards) {
  if (products.empty()) return 0;
  TRY(const auto all, directory());
  TRY(const auto offers, catalog_.offers_of(products));
  TRY(const auto sellable, sellable_of(offers));
  std::map<ProductId, Figure> figures;
  std::map<ProductId, std::vector<std::size_t>> offers_at;
  for (const ProductId id : products) figures[id];
  for (std::size_t i = 0; i < offers.size(); ++i) {
    offers_at[offers[i].product].push_back(i);
    if (!offers[i].active) continue;
    Figure& figure = figures[offers[i].product];
    figure.sellable += std::max<std::int64_t>(0, sellable[i]);
    figure.backorder += offers[i].backorder + std::min<std::int64_t>(0, sellable[i]);
  }
  std::vector<ProductId> ids;
  for (const auto& [id, figure] : figures) ids.push_back(id);
  std::map<ProductId, std::int64_t> before;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(before, read_statuses(tx, ids));
    return {};
  }));
  std::vector<std::vector<db::Param>> flips;
  for (const auto& [id, figure] : figures) {
    const auto now = static_cast<std::int64_t>(availability_of(figure.sellable, figure.backorder));
    const auto known = before.find(id);
    if (known == before.end() ? now != 0 : known->second != now) flips.push_back({id, now});
  }
  if (!flips.empty()) {
    TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) { return tx.run_each(kSetStatus, flips).map([](const auto&) {}); }));
    generation_.fetch_add(1);
  }
  if (!compare_cards) return static_cast<int>(flips.size());
  for (const auto& [id, places] : offers_at) {
    std::vector<catalog::Offer> theirs;
    std::vector<std::int64_t> counts;
    for (const std::size_t place : places) {
      theirs.push_back(offers[place]);
      counts.push_back(sellable[place]);
    }
    refresh_bundle(id, theirs, counts, *all);
  }
  return static_cast<int>(flips.size());
}

// New figures for the cards that are at hand. The ready bytes go when they would read differently, or when nothing tells.
void Showcase::refresh_bundle(ProductId id, std::span<const catalog::Offer> offers, std::span<const std::int64_t> sellable,
                              const Directory& all) {
  const auto held = bundles_.peek(id);
  if (!held || !*held || (*held)->cards.size() != offers.size()) {
    bundles_.drop(id);
    ready_.drop(id);
    return;
  }
  auto fresh = std::make_shared<Bundle>();
  fresh->product = id;
  fresh->featured = choose_featured(offers, sellable, all);
  bool reads_the_same = fresh->featured == (*held)->featured;
  std::size_t weight = sizeof(Bundle);
  for (std::size_t i = 0; i < offers.size(); ++i) {
    const OfferCard& old = *(*held)->cards[i];
    if (old.offer != offers[i].id) {
      bundles_.drop(id);
      ready_.drop(id);
      return;
    }
    auto card = std::make_shared<OfferCard>(old);
    card->sellable = sellable[i];
    const bool was_few = old.sellable > 0 && old.sellable <= kLowStock;
    reads_the_same = reads_the_same && (old.sellable == sellable[i] ||
                                        (!was_few && availability_of(old.sellable, old.backorder) == availability_of(sellable[i], old.backorder)));
    weight += sizeof(OfferCard) + 64 + card->sku.size() + card->title.size() + card->slug.size() + card->image.size();
    fresh->cards.push_back(std::move(card));
  }
  bundles_.put_if_same(id, *held, std::move(fresh), weight);
  if (!reads_the_same) ready_.drop(id);
}

Result<int> Showcase::reconcile() {
  int repaired = 0;
  ProductId after;
  while (true) {
    TRY(const auto ids, catalog_.ids_after(after, 200));
    if (ids.empty()) return repaired;
    TRY(const int flips, refresh_products(ids, false));
    repaired += flips;
    after = ids.back();
    if (runtime::on_fiber()) runtime::yield();
  }
}

}  // namespace kontor::showcase
