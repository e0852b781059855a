// What checkout does with a cart, and what time does: claimed, bought, expired.
#include <algorithm>

#include "shop/cart/cart.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_store.h"

namespace kontor::cart {

Result<std::optional<CartContents>> Carts::contents(CustomerId customer) {
  TRY(const auto cart, cache_.find(customer));  // claiming compares the version again
  if (!cart) return std::nullopt;
  CartContents out;
  out.id = CartId{customer.value};
  out.version = cart->version;
  out.currency = cart->currency;
  out.chosen = cart->chosen;
  out.coupons = cart->coupons;
  if (cart->claimed_by) out.claimed_by = cart->claimed_by;
  if (cart->bought_by) out.bought_by = cart->bought_by;
  out.bought_version = cart->bought_version;
  if (cart->is_over(parts_.clock.now())) return out;  // as good as swept: nothing in it
  for (const Line& line : cart->lines) {
    // As the buyer saw it. What nobody looked at lately is not composed for this: checkout reads it from the store.
    const auto known = parts_.offers.card_at_hand(line.offer);
    const auto* const card = known ? known->get() : nullptr;
    if (known && (card == nullptr || !card->buyable || card->price.currency() != cart->currency)) continue;
    out.lines.push_back(
        {line.id, line.offer, line.product, line.quantity, !known, line.note, line.gift_wrap, line.gift_message});
  }
  return out;
}

Result<void> Carts::claim(db::Tx& tx, Writing& writing, std::int64_t version, CheckoutId checkout) {
  TRY(const bool claimed, sql::claim(tx, writing, version, checkout));
  if (claimed) return {};
  TRY(const auto cart, sql::find(tx, writing.customer()));
  if (cart && cart->claimed_by == checkout && cart->claimed_version == version) return {};
  if (cart && cart->claimed_by && cart->claimed_by != checkout)
    return fail(Errc::kConflict, "cart.claimed", "Another checkout of this cart is under way.");
  return fail(Errc::kVersionConflict, "cart.version_conflict", "The cart has changed since it was read.");
}

Result<void> Carts::unclaim(db::Tx& tx, Writing& writing, CheckoutId checkout) {
  return sql::unclaim(tx, writing, checkout);
}

Result<void> Carts::bought(db::Tx& tx, Writing& writing, CheckoutId checkout) {
  TRY(const bool done, sql::bought_unchanged(tx, writing, checkout));
  if (done) return {};
  TRY(auto cart, sql::find(tx, writing.customer()));
  if (!cart || cart->bought_by == checkout) return {};
  if (cart->claimed_by != checkout)
    return fail(Errc::kConflict, "cart.not_claimed", "The checkout does not hold this cart.");
  KONTOR_ASSERT(cart->claimed_lines.has_value());
  take_out(cart->lines, *cart->claimed_lines);
  return sql::bought_changed(tx, writing, *cart, checkout);
}

Result<int> Carts::sweep_expired(int limit) {
  const Time now = parts_.clock.now();
  const CustomerId after{swept_.load()};
  int removed = 0;
  sql::Swept found;
  sql::SweepTimes times{now, now.plus_ms(-settings_.silent_ms), {}, {}};
  if (settings_.remind_after_ms > 0) times.remind = now.plus_ms(-settings_.remind_after_ms);
  if (settings_.remind_before_end_ms > 0) times.ending = now.plus_ms(settings_.remind_before_end_ms);
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::sweep(tx, after, times, limit));
    return {};
  }));
  if (!found.expired.empty()) {
    std::vector<Writing> writings;
    writings.reserve(found.expired.size());
    for (const CustomerId customer : found.expired) writings.emplace_back(cache_, customer);
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      removed = 0;
      for (Writing& writing : writings) {
        TRY(const bool gone, sql::remove_expired(tx, writing, now));
        removed += gone ? 1 : 0;
      }
      return {};
    }));
  }
  TRY_DO(tell_of(found, now));
  if (!after) round_ = {};
  round_.active += found.active;
  round_.abandoned += found.abandoned;
  if (!found.last) {
    active_.store(round_.active);
    abandoned_.store(round_.abandoned);
  }
  swept_.store(found.last.value);
  return removed;
}

Result<void> Carts::check(services::CheckReport& report) {
  return parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) { return sql::check(tx, report); });
}

}  // namespace kontor::cart
