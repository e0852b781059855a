#include "shop/catalog/sales.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/sales_store.h"

namespace kontor::catalog {
namespace {

constexpr std::size_t kOffersAtOnce = store::kInCount;  // offers in one write function

// Belongs to no customer, and no two are looked for together.
constexpr int kBucket = 0;

Error wrong(std::string field, std::string code, std::string words) {
  Error error{Errc::kInvalid, "catalog.wrong_sale", words, {}, {}, 0};
  error.fields.push_back({std::move(field), std::move(code), std::move(words)});
  return error;
}

Error no_such_offer() { return Error{Errc::kNotFound, "catalog.no_such_offer", "There is no such offer.", {}, {}, 0}; }

Result<void> check_times(Time starts, Time ends, Time now) {
  const Time latest = now.plus_ms(Sales::kMostDays * kDayMs);
  if (ends <= now) return fail(wrong("/ends_at", "past", "The end is over already: it is " + to_rfc3339(now) + "."));
  if (ends <= starts) return fail(wrong("/ends_at", "before_start", "A sale ends after it starts."));
  if (starts > latest || ends > starts.plus_ms(Sales::kMostDays * kDayMs))
    return fail(wrong(starts > latest ? "/starts_at" : "/ends_at", "too_far",
                      "A sale begins within three years, and lasts no longer."));
  return {};
}

std::optional<Error> refusal(const Sales::Wish& wish, const Offer* offer, std::size_t open) {
  if (offer == nullptr) return no_such_offer();
  if (wish.price.currency() != offer->price.currency())
    return wrong("/price/currency", "currency_mismatch",
                 "The offer is sold in " + std::string(offer->price.currency().code()) + ".");
  if (wish.price.amount_minor() < 0 || wish.price.amount_minor() > kMaxAmountMinor)
    return wrong("/price/amount", "out_of_range", "A price is not negative.");
  if (wish.price >= offer->price)
    return wrong("/price/amount", "not_lower", "A sale price is below the base price, " + offer->price.text() + ".");
  if (open >= Sales::kMostOpen)
    return Error{Errc::kConflict,
                 "catalog.too_many_sales",
                 "The offer has " + std::to_string(Sales::kMostOpen) + " sales that are not over; cancel some.",
                 {},
                 {},
                 0};
  return std::nullopt;
}

}  // namespace

Result<Sales::Planned> Sales::plan(std::span<const Wish> wishes, const Terms& terms, const Beside& beside) {
  const Time now = clock_.now();
  TRY_DO(check_times(terms.starts.value_or(now), terms.ends, now));
  const Time starts = std::max(terms.starts.value_or(now), now);
  if (wishes.size() > kMostAtOnce)
    return invalid("catalog.too_many_offers", "/offers", "too_long",
                   "At most " + std::to_string(kMostAtOnce) + " offers at once.");
  Planned planned;
  planned.batch = ids_.next<SaleId>(now, kBucket);
  while (!wishes.empty()) {
    const auto some = wishes.first(std::min(kOffersAtOnce, wishes.size()));
    std::vector<Sale> drawn;
    for (const Wish& wish : some)
      drawn.push_back({ids_.next<SaleId>(now, kBucket),
                       planned.batch,
                       wish.offer,
                       wish.price,
                       starts,
                       terms.ends,
                       terms.label,
                       now,
                       {}});
    // What is written beside it is written once.
    if (auto done = plan_some(some, drawn, planned, planned.sales.empty() ? beside : Beside()); !done) {
      if (!planned.sales.empty()) TRY_DO(cancel(planned.batch));
      return fail(std::move(done.error()));
    }
    wishes = wishes.subspan(some.size());
  }
  return planned;
}

Result<void> Sales::plan_some(std::span<const Wish> wishes, std::span<const Sale> drawn, Planned& planned,
                              const Beside& beside) {
  std::vector<Sale> taken;
  std::vector<Refused> refused;
  std::vector<ProductId> changed;
  std::vector<OfferId> ids;
  for (const Wish& wish : wishes) ids.push_back(wish.offer);
  const Time now = clock_.now();
  TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    taken.clear();
    refused.clear();
    TRY(const auto offers, store::offers(tx, ids));
    TRY(const auto open, store::open_sales(tx, ids, now));
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      const auto offer = std::find_if(offers.begin(), offers.end(), [&](const Offer& o) { return o.id == ids[i]; });
      const auto there = std::count_if(open.begin(), open.end(), [&](const auto& s) { return s.offer == ids[i]; }) +
                         std::count_if(taken.begin(), taken.end(), [&](const Sale& s) { return s.offer == ids[i]; });
      auto why = refusal(wishes[i], offer == offers.end() ? nullptr : &*offer, static_cast<std::size_t>(there));
      if (why)
        refused.push_back({ids[i], std::move(*why)});
      else
        taken.push_back(drawn[i]);
    }
    if (taken.empty()) return {};
    TRY_DO(store::insert_sales(tx, taken));
    std::vector<OfferId> theirs;
    for (const Sale& sale : taken) theirs.push_back(sale.offer);
    TRY(changed, store::retime(tx, theirs, now));
    return beside ? beside(tx, now) : Result<void>{};
  }));
  tell(changed);
  planned.sales.insert(planned.sales.end(), taken.begin(), taken.end());
  planned.refused.insert(planned.refused.end(), std::make_move_iterator(refused.begin()),
                         std::make_move_iterator(refused.end()));
  return {};
}

Result<std::vector<Sales::Wish>> Sales::reduced(const Selection& which, BasisPoints off) {
  std::vector<Wish> found;
  const auto more = [&](db::Tx& tx, OfferId after) -> Result<std::vector<Wish>> {
    constexpr int kPage = 500;
    return which.category ? store::offers_below(tx, which.category, after, kPage)
                          : store::offers_of_brand(tx, fold(which.brand), after, kPage);
  };
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    if (!which.offers.empty()) {
      TRY(const auto offers, store::offers(tx, which.offers));
      for (const Offer& offer : offers) found.push_back({offer.id, offer.price});
      return {};
    }
    while (found.size() <= kMostAtOnce) {
      TRY(const auto page, more(tx, found.empty() ? OfferId{} : found.back().offer));
      if (page.empty()) break;
      found.insert(found.end(), page.begin(), page.end());
    }
    return {};
  }));
  if (found.size() > kMostAtOnce)
    return invalid("catalog.too_many_offers", which.category ? "/category" : "/brand", "too_many",
                   "These are more than " + std::to_string(kMostAtOnce) + " offers: take a narrower category.");
  for (Wish& wish : found) wish.price = wish.price - wish.price.portion(off);
  return found;
}

Result<std::vector<Sale>> Sales::list(const Filter& filter) {
  std::vector<Sale> found;
  TRY_DO(store_.look(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::list_sales(tx, filter));
    return {};
  }));
  return found;
}

Result<int> Sales::cancel(SaleId sale_or_batch, const Beside& beside) {
  std::vector<Sale> found;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::sales_of(tx, sale_or_batch));
    return {};
  }));
  if (found.empty()) return fail(Errc::kNotFound, "catalog.no_such_sale", "There is no such sale.");
  const Time now = clock_.now();
  std::erase_if(found, [&](const Sale& sale) { return sale.cancelled || sale.ends <= now; });
  for (std::size_t at = 0; at < found.size(); at += kOffersAtOnce) {
    const auto some = std::span(found).subspan(at, std::min(kOffersAtOnce, found.size() - at));
    TRY(const auto changed, withdraw(some, at == 0 ? beside : Beside()));
    tell(changed);
  }
  return static_cast<int>(found.size());
}

Result<std::vector<ProductId>> Sales::withdraw(std::span<const Sale> sales, const Beside& beside) {
  std::vector<OfferId> offers;
  for (const Sale& sale : sales) offers.push_back(sale.offer);
  std::vector<ProductId> changed;
  const Time now = clock_.now();
  TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(store::cancel_sales(tx, sales, now));
    TRY(changed, store::retime(tx, offers, now));
    return beside ? beside(tx, now) : Result<void>{};
  }));
  return changed;
}

Result<Sales::Turned> Sales::turn(int limit) {
  const Time now = clock_.now();
  limit = std::min(limit, static_cast<int>(kOffersAtOnce));
  std::vector<OfferId> due;
  Turned out;
  bool any = false;
  TRY_DO(store_.look(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    due.clear();
    TRY(const auto turns, store::next_turns(tx, limit));
    any = !turns.empty();
    for (const auto& turn : turns) {
      if (turn.at <= now)
        due.push_back(turn.offer);
      else if (!out.next && turn.at < store::kNever)
        out.next = turn.at;
    }
    return {};
  }));
  if (due.empty() && any)
    TRY_DO(store_.look(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(due, store::turned_after(tx, now.plus_ms(kClockMayDifferMs), limit));
      return {};
    }));
  if (due.empty()) return out;
  std::vector<ProductId> changed;
  TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(changed, store::retime(tx, due, now));
    return {};
  }));
  tell(changed);
  out.offers = static_cast<int>(due.size());
  return out;
}

Result<std::vector<PastPrice>> Sales::history(OfferId offer, std::optional<Time> before, int limit) {
  std::vector<PastPrice> found;
  bool exists = false;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto offers, store::offers(tx, std::span(&offer, 1)));
    exists = !offers.empty();
    TRY(found, store::history(tx, offer, before, limit));
    return {};
  }));
  if (!exists) return fail(no_such_offer());
  return found;
}

Result<int> Sales::prune(int limit) {
  int gone = 0;
  const Time before = clock_.now().plus_ms(-kHistoryDays * kDayMs);
  TRY_DO(store_.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(gone, store::prune_prices(tx, before, limit));
    TRY_DO(store::prune_turns(tx, before.plus_ms((kHistoryDays - 1) * kDayMs), limit));
    return {};
  }));
  return gone;
}

}  // namespace kontor::catalog
