// How the approximate stock figures follow the exact ones: changed offers are noted by events and looked at in groups,
// so that a rush on one offer costs one look per round, not one per sale; and a look that changes nothing asks only
// inventory.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "shop/showcase/in_groups.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {
namespace {

constexpr std::size_t kRound = 200;  // looked at between two breaths
constexpr db::Query kStatuses{
    "showcase.statuses", db::Home::kCatalog,
    "SELECT product_id, status FROM showcase_availability WHERE product_id IN (" KONTOR_SHOWCASE_IN50 ")"};
constexpr db::Query kStatusRange{"showcase.status_range", db::Home::kCatalog, R"sql(
  SELECT product_id, status FROM showcase_availability WHERE product_id > $1 AND product_id <= $2)sql"};
constexpr db::Query kActiveOffers{"showcase.active_offers", db::Home::kCatalog, R"sql(
  SELECT id, product_id, backorder FROM catalog_v_offers
   WHERE product_id > $1 AND product_id <= $2 AND active = 1)sql"};
constexpr db::Query kStatus{"showcase.status", db::Home::kCatalog,
                            "SELECT status FROM showcase_availability WHERE product_id = $1"};
constexpr db::Query kSetStatus{"showcase.set_status", db::Home::kCatalog, R"sql(
  INSERT INTO showcase_availability (product_id, status) VALUES ($1, $2)
  ON CONFLICT (product_id) DO UPDATE SET status = excluded.status)sql"};

Result<std::unordered_map<ProductId, Availability>> read_statuses(db::Tx& tx, std::span<const ProductId> products) {
  std::unordered_map<ProductId, Availability> statuses;
  for (std::size_t at = 0; at < products.size(); at += kGroup) {
    db::Param group[kGroup];
    for (std::size_t i = 0; i < kGroup; ++i) group[i] = db::Param(products[std::min(at + i, products.size() - 1)]);
    TRY(const db::Rows rows, tx.ask_params(kStatuses, group));
    for (const auto& row : rows) statuses[row.id<ProductId>(0)] = static_cast<Availability>(row.i64(1));
  }
  return statuses;
}

// One product's stock over its offers.
struct Figure {
  std::int64_t sellable = 0;
  std::int64_t backorder = 0;
  void add(std::int64_t offer_sellable, std::int64_t offer_backorder) {
    sellable += std::max<std::int64_t>(0, offer_sellable);
    backorder += offer_backorder + std::min<std::int64_t>(0, offer_sellable);
  }
  Availability availability() const { return availability_of(sellable, backorder); }
};

bool reads_the_same(const OfferCard& card, std::int64_t sellable) {
  if (card.sellable == sellable) return true;
  const Availability now = availability_of(sellable, card.backorder);
  return now == availability_of(card.sellable, card.backorder) &&
         now != Availability::kLowStock;  // few are told as a number
}

}  // namespace

Result<Availability> Showcase::listed_status(ProductId id) {
  Availability status = Availability::kOutOfStock;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(const db::Rows rows, tx.ask(kStatus, id));
    if (!rows.empty()) status = static_cast<Availability>(rows.front().i64(0));
    return {};
  }));
  return status;
}

Result<std::vector<Availability>> Showcase::listed(std::span<const ProductId> products) {
  std::vector<Availability> out(products.size(), Availability::kOutOfStock);
  if (products.empty()) return out;
  Statuses statuses;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(statuses, read_statuses(tx, products));
    return {};
  }));
  for (std::size_t i = 0; i < products.size(); ++i)
    if (const auto found = statuses.find(products[i]); found != statuses.end()) out[i] = found->second;
  return out;
}

void Showcase::note(std::span<const OfferId> offers, std::span<const ProductId> products) {
  {
    const std::lock_guard lock(mutex_);
    if (noted_.size() + noted_products_.size() + offers.size() + products.size() > kMostNoted) {
      notes_are_lost_ = true;
      noted_.clear();
      noted_products_.clear();
    }
    if (!notes_are_lost_) {
      noted_.insert(offers.begin(), offers.end());
      noted_products_.insert(products.begin(), products.end());
    }
  }
  noted_bell_.ring();
}

bool Showcase::stock_is_noted() const {
  const std::lock_guard lock(mutex_);
  return notes_are_lost_ || !noted_.empty() || !noted_products_.empty();
}

void Showcase::followed_to(const std::string& stream, std::int64_t position) {
  {
    const std::lock_guard lock(mutex_);
    told_[stream] = position;
  }
  if (follower_ != nullptr) follower_->followed_to(stream, position);
  noted_bell_.ring();
}

std::map<std::string, std::int64_t> Showcase::followed() const {
  const std::lock_guard lock(mutex_);
  return followed_;
}

Result<int> Showcase::refresh_stock() {
  struct Under {
    Showcase& showcase;
    std::map<std::string, std::int64_t> told;  // all of it is noted when this begins
    explicit Under(Showcase& s) : showcase(s) {
      const std::lock_guard lock(s.mutex_);
      ++s.refreshing_;
      told = s.told_;
    }
    ~Under() {
      const std::lock_guard lock(showcase.mutex_);
      --showcase.refreshing_;
    }
  } under(*this);
  int looked_at = 0;
  while (true) {
    std::vector<OfferId> offers;
    std::vector<ProductId> products;
    bool lost = false;
    {
      const std::lock_guard lock(mutex_);
      std::swap(lost, notes_are_lost_);
      while (!noted_.empty() && offers.size() < kRound) offers.push_back(noted_.extract(noted_.begin()).value());
      while (!noted_products_.empty() && products.size() < kRound)
        products.push_back(noted_products_.extract(noted_products_.begin()).value());
      // Another call may still be looking at what it took out.
      if (!lost && offers.empty() && products.empty() && refreshing_ == 1) followed_ = under.told;
    }
    if (lost) {
      TRY(const int walked, refresh_lost());
      looked_at += walked;
      continue;
    }
    if (offers.empty() && products.empty()) return looked_at;
    looked_at += static_cast<int>(offers.size() + products.size());
    if (auto done = refresh_noted(offers, std::move(products)); !done) {
      stock_changed(offers);
      return tl::unexpected(std::move(done.error()));
    }
    if (runtime::on_fiber()) runtime::yield();
  }
}

// More was noted than is kept: everything at hand may be old.
Result<int> Showcase::refresh_lost() {
  bundles_.clear();
  listed_cards_.clear();
  ready_.clear();
  tell_cards(std::nullopt);
  auto walked = reconcile();
  if (walked) return walked;
  const std::lock_guard lock(mutex_);
  notes_are_lost_ = true;
  return walked;
}

Result<void> Showcase::refresh_noted(std::span<const OfferId> offers, std::vector<ProductId> products) {
  std::map<ProductId, BundlePointer> held;
  std::vector<OfferId> unknown;
  for (const OfferId offer : offers) {
    const auto product = products_of_offers_.peek(offer);
    const auto bundle = product && *product ? bundles_.peek(**product) : std::nullopt;
    if (bundle && *bundle)
      held[(*bundle)->product] = *bundle;
    else
      unknown.push_back(offer);
  }
  const auto outcome = [&]() -> Result<void> {
    TRY(const auto known, catalog_.offers(unknown));
    for (const auto& offer : known) products.push_back(offer.product);
    TRY_DO(refresh_held(held, products));
    TRY_DO(refresh_products(products, true));
    return {};
  }();
  if (!outcome) note({}, products);
  return outcome;
}

// Cards at hand get new figures; products whose listing would read differently are added to `flipped`.
Result<void> Showcase::refresh_held(const std::map<ProductId, BundlePointer>& held, std::vector<ProductId>& flipped) {
  if (held.empty()) return {};
  TRY(const auto all, directory());
  std::vector<OfferId> ids;
  for (const auto& [id, bundle] : held)
    for (const auto& card : bundle->cards) ids.push_back(card->offer);
  TRY(const auto sellable, sellable_of(ids));
  std::size_t at = 0;
  std::vector<ProductId> found;  // another replica may have written what they are listed as
  for (const auto& [id, bundle] : held) {
    if (!bundle->proven) found.push_back(id);
    const auto figures = std::span(sellable).subspan(at, bundle->cards.size());
    at += bundle->cards.size();
    Figure figure;
    for (std::size_t i = 0; i < figures.size(); ++i)
      if (bundle->cards[i]->buyable) figure.add(figures[i], bundle->cards[i]->backorder);
    if (figure.availability() != bundle->listed)
      flipped.push_back(id);
    else
      renew_bundle(bundle, figures, bundle->listed, *all);
  }
  tell_listed(found, [&](ProductId id) { return held.at(id)->listed; });
  return {};
}

Result<int> Showcase::refresh_products(std::vector<ProductId> products, bool renew_cards) {
  std::sort(products.begin(), products.end());
  products.erase(std::unique(products.begin(), products.end()), products.end());
  if (products.empty()) return 0;
  TRY(const auto all, directory());
  TRY(const auto offers, catalog_.offers_of(products));
  renew_listed(offers);
  std::vector<OfferId> ids;
  for (const auto& offer : offers) ids.push_back(offer.id);
  TRY(const auto sellable, sellable_of(ids));
  std::map<ProductId, Figure> figures;
  std::map<ProductId, std::vector<std::size_t>> offers_at;
  for (const ProductId id : products) figures[id];
  for (std::size_t i = 0; i < offers.size(); ++i) {
    offers_at[offers[i].product].push_back(i);
    if (offers[i].active) figures[offers[i].product].add(sellable[i], offers[i].backorder);
  }
  Statuses before;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(before, read_statuses(tx, products));
    return {};
  }));
  TRY(const int flips, write_flips(products, before, [&](ProductId id) { return figures[id].availability(); }));
  if (!renew_cards) return flips;
  for (const auto& [id, places] : offers_at) {
    const auto held = bundles_.peek(id);
    std::vector<std::int64_t> counts;
    bool same = held && *held && (*held)->cards.size() == places.size();
    for (std::size_t i = 0; i < places.size(); ++i) {
      same = same && (*held)->cards[i]->offer == offers[places[i]].id;
      counts.push_back(sellable[places[i]]);
    }
    if (same) {
      renew_bundle(*held, counts, figures[id].availability(), *all);
    } else {
      bundles_.drop(id);
      drop_ready_for_stock(id);
      tell_cards(id);
    }
  }
  return flips;
}

Result<int> Showcase::write_flips(std::span<const ProductId> products, const Statuses& before,
                                  const std::function<Availability(ProductId)>& now) {
  std::vector<std::vector<db::Param>> flips;
  for (const ProductId id : products) {
    const auto known = before.find(id);
    const Availability listed = known == before.end() ? Availability::kOutOfStock : known->second;
    if (now(id) != listed) flips.push_back({id, now(id)});
  }
  if (!flips.empty()) {
    TRY_DO(store_.write(db::Home::kCatalog,
                        [&](db::Tx& tx) { return tx.run_each(kSetStatus, flips).map([](const auto&) {}); }));
    generation_.fetch_add(1);
  }
  tell_listed(products, now);
  return static_cast<int>(flips.size());
}

// A page is composed from figures of its own moment. Where the cards, against which the stock is looked at, say
// something else, a look could find them right and leave the page: so they go, and the product is looked at once more.
void Showcase::doubt(const ProductState& state) {
  const ProductId id = state.product.id;
  const auto held = bundles_.peek(id);
  if (!held || !*held) return;
  const auto& cards = (*held)->cards;
  bool same = (*held)->featured == state.featured && cards.size() == state.sellable.size();
  for (std::size_t i = 0; same && i < cards.size(); ++i)
    same = cards[i]->offer == state.product.offers[i].id && reads_the_same(*cards[i], state.sellable[i]);
  if (same) return;
  bundles_.drop(id);  // before the note: whoever loads it again has not been looked at
  note({}, std::span(&id, 1));
}

// The same cards with new figures. The ready bytes go when they would read differently, or are older than the cards.
void Showcase::renew_bundle(const BundlePointer& held, std::span<const std::int64_t> sellable, Availability listed,
                            const Directory& all) {
  auto fresh = std::make_shared<Bundle>();
  fresh->product = held->product;
  fresh->listed = listed;
  fresh->proven = true;
  bool same_words = held->listed == listed;
  bool same_figures = same_words && held->proven;
  for (std::size_t i = 0; i < held->cards.size(); ++i) {
    const auto& old = held->cards[i];
    same_words = same_words && reads_the_same(*old, sellable[i]);
    if (old->sellable == sellable[i]) {
      fresh->cards.push_back(old);
      continue;
    }
    same_figures = false;
    auto card = std::make_shared<OfferCard>(*old);
    card->sellable = sellable[i];
    fresh->cards.push_back(std::move(card));
  }
  if (same_figures) return;
  fresh->featured = choose_featured(fresh->cards, all);
  const bool same_featured = fresh->featured == held->featured;
  const std::size_t weight = weight_of(*fresh);
  bundles_.put_if_same(held->product, held, std::move(fresh), weight);
  if (!same_words || !same_featured || !held->proven) drop_ready_for_stock(held->product);
  tell_cards(held->product);
}

// Products after `after` up to `last`: three ranges and the exact figures, whatever they have of each.
Result<int> Showcase::repair(ProductId after, ProductId last, std::span<const ProductId> products) {
  std::vector<OfferId> offers;
  std::vector<std::pair<ProductId, std::int64_t>> owners;  // and the offer's backorder
  Statuses before;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    offers.clear();
    owners.clear();
    before.clear();
    TRY(const db::Rows active, tx.ask(kActiveOffers, after, last));
    for (const auto& row : active) {
      offers.push_back(row.id<OfferId>(0));
      owners.emplace_back(row.id<ProductId>(1), row.i64(2));
    }
    TRY(const db::Rows statuses, tx.ask(kStatusRange, after, last));
    for (const auto& row : statuses) before[row.id<ProductId>(0)] = static_cast<Availability>(row.i64(1));
    return {};
  }));
  TRY(const auto sellable, sellable_of(offers));
  std::unordered_map<ProductId, Figure> figures;
  for (std::size_t i = 0; i < offers.size(); ++i) figures[owners[i].first].add(sellable[i], owners[i].second);
  return write_flips(products, before, [&](ProductId id) { return figures[id].availability(); });
}

Result<int> Showcase::reconcile() {
  int repaired = 0;
  ProductId after;
  while (true) {
    TRY(const auto ids, catalog_.ids_after(after, kRound));
    if (ids.empty()) return repaired;
    TRY(const int flips, repair(after, ids.back(), ids));
    after = ids.back();
    repaired += flips;
    if (runtime::on_fiber()) runtime::yield();
  }
}

}  // namespace kontor::showcase
