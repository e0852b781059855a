// The saga's way back, and its way on after a crash.
#include <algorithm>

#include "runtime/json.h"
#include "shop/checkout/checkout_metrics.h"
#include "shop/checkout/retry_wait.h"
#include "shop/checkout/saga.h"

namespace kontor::checkout {

Result<void> Saga::undo(Journal& journal, CheckoutTrigger why, Change decision, Money money) {
  decision.to = after(journal.state, why);
  if (money == Money::kNone && together_) {  // nothing to wait for: decision and effect are one write
    decision.to = after(decision.to, CheckoutTrigger::kReleased);
    return give_stock_back(journal, decision);
  }
  decision.next = now().plus_ms(settings_.flight_ms);
  TRY_DO(change(journal, decision));
  if (decision.answer_status != 0 && journal.answer_status == 0) journal.answer_status = decision.answer_status;
  return undo_rest(journal);
}

// From the journalled decision on. A gateway that does not answer leaves it to the sweeper, and that is no failure.
Result<void> Saga::undo_rest(Journal& journal) {
  if (!authorise_.undo(journal.plan)) return delay(journal);
  Change last;
  last.to = after(journal.state, CheckoutTrigger::kReleased);
  // Who was never answered may ask again under the same key: "still running" would be its answer for ever. It matters
  // where the time ran out while nobody could be told (let_stock_go).
  last.free_key = journal.answer_status == 0;
  return give_stock_back(journal, last);
}

void Saga::count_expired() {
  if (settings_.metrics != nullptr) settings_.metrics->reservation_expired();
}

Result<void> Saga::give_stock_back(Journal& journal, Change last) {
  last.from = journal.state;
  const Time at = now();
  const bool expired = last.to == CheckoutState::kExpired;
  const auto release = [&](db::Tx& tx) { return reserve_.undo(tx, journal, expired, at); };
  if (!together_) TRY_DO(parts_.store.write(db::Home::kStock, release));
  const auto kept = kept_for_buyer(journal, last);
  auto cart = parts_.carts.writing(journal.customer);
  TRY_DO(parts_.store.write(homes(), [&](db::Tx& tx) -> Result<void> {
    TRY_DO(settle_undone(tx, journal, last, kept, at));
    TRY_DO(parts_.carts.unclaim(tx, cart, journal.id));
    TRY_DO(close_review(tx, journal));
    return together_ ? release(tx) : Result<void>();
  }));
  if (expired && !journal.plan.stock_released) count_expired();
  journal.state = last.to;
  journal.next.reset();
  return {};
}

Result<void> Saga::delay(Journal& journal) {
  Change later;
  later.to = journal.state;
  later.next = now().plus_ms(retry_wait_ms(journal.attempts, settings_.longest_wait_ms));
  return change(journal, later);
}

// Repeating the reservation answers where its units are; after an expiry the units are asked for anew.
Result<Allotments> Saga::reserve_once_more(Journal& journal) {
  if (journal.plan.stock_released) return reserve_again(journal);
  Allotments allotments;
  TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    allotments.clear();
    TRY(allotments, reserve_.run(tx, {journal.reservation, journal.customer}, journal.plan, now()));
    return {};
  }));
  return allotments;
}

// The money came after the stock had been let go. The old key has left a tombstone, so this is another reservation; the
// cart must still be the one that was bought, else the buyer has gone on without us.
Result<Allotments> Saga::reserve_again(Journal& journal) {
  const CheckoutId fresh{parts_.ids.draw(now(), journal.customer.bucket())};
  Plan plan = journal.plan;
  plan.stock_released = false;
  const std::string text = json::print(plan);
  Change again;
  again.from = again.to = journal.state;
  again.next = now().plus_ms(settings_.flight_ms);
  again.reservation = fresh;
  again.plan = &text;
  Allotments allotments;
  auto cart = parts_.carts.writing(journal.customer);
  const auto note = [&](db::Tx& tx) -> Result<void> {
    TRY_DO(apply(tx, journal.id, again, now()));
    return parts_.carts.claim(tx, cart, plan.cart_version, journal.id);
  };
  const auto take = [&](db::Tx& tx) -> Result<void> {
    allotments.clear();
    TRY(allotments, reserve_.run(tx, {fresh, journal.customer}, plan, now()));
    return {};
  };
  if (!together_) {
    // Should letting go have failed when the time ran out: it is done before the old key is forgotten.
    TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) { return reserve_.undo(tx, journal, true, now()); }));
    TRY_DO(parts_.store.write(db::Home::kCustomer, note));
    journal.reservation = fresh;  // as its row says from here on, whatever becomes of the stock
  }
  TRY_DO(parts_.store.write(together_ ? homes() : db::Homes(db::Home::kStock), [&](db::Tx& tx) -> Result<void> {
    if (together_) TRY_DO(note(tx));
    return take(tx);
  }));
  journal.plan = std::move(plan);
  journal.reservation = fresh;
  return allotments;
}

Result<void> Saga::never_arrived(Journal& journal) {
  // Nobody was told anything: the key is free again, and the buyer's repetition is a new checkout.
  if (journal.answer_status == 0) {
    Change decision;
    decision.free_key = true;
    return undo(journal, CheckoutTrigger::kRanOut, decision, Money::kMaybe);
  }
  Change decision;
  decision.problem = "{\"code\":\"payment_failed\",\"reason\":\"checkout.payment_never_arrived\"}";
  return undo(journal, CheckoutTrigger::kRefused, decision, Money::kMaybe);
}

// The gateway says nothing and the time is over: the stock goes back, the question stays.
Result<void> Saga::let_stock_go(Journal& journal) {
  journal.plan.stock_released = true;
  const std::string plan = json::print(journal.plan);
  Change expired;
  expired.from = journal.state;
  expired.to = after(journal.state, CheckoutTrigger::kRanOut);
  expired.next = now().plus_ms(settings_.longest_wait_ms);
  expired.plan = &plan;
  expired.problem = "{\"code\":\"expired\",\"reason\":\"checkout.expired\"}";
  const Time at = now();
  const auto release = [&](db::Tx& tx) { return reserve_.undo(tx, journal, true, at); };
  auto cart = parts_.carts.writing(journal.customer);
  TRY_DO(parts_.store.write(homes(), [&](db::Tx& tx) -> Result<void> {
    TRY_DO(apply(tx, journal.id, expired, at));
    TRY_DO(parts_.carts.unclaim(tx, cart, journal.id));
    TRY_DO(close_review(tx, journal));
    return together_ ? release(tx) : Result<void>();
  }));
  count_expired();
  journal.state = expired.to;
  journal.next = expired.next;
  if (together_) return {};
  return parts_.store.write(db::Home::kStock, release);  // if it fails, whoever resolves the row releases again
}

Result<void> Saga::ask_again(Journal& journal) {
  const auto verdict = authorise_.ask(journal.plan);
  if (!verdict) return now() >= journal.expires ? let_stock_go(journal) : delay(journal);
  if (verdict->kind == Verdict::Kind::kActionRequired && now() >= journal.expires) {
    Change decision;
    decision.problem = "{\"code\":\"expired\",\"reason\":\"checkout.step_not_taken\"}";
    return undo(journal, CheckoutTrigger::kRanOut, decision, Money::kMaybe);
  }
  if (verdict->kind == Verdict::Kind::kPaid && journal.plan.review && now() >= review_ends(journal)) {
    Change decision;
    decision.problem = "{\"code\":\"expired\",\"reason\":\"checkout.not_reviewed\"}";
    return undo(journal, CheckoutTrigger::kRanOut, decision, Money::kMaybe);
  }
  TRY_DO(conclude(journal, *verdict));
  return {};
}

// The stock went back while the gateway was silent. Late money buys it again if it can, else it goes back.
Result<void> Saga::resolve_expired(Journal& journal) {
  const auto verdict = authorise_.ask(journal.plan);
  if (!verdict) return delay(journal);
  if (verdict->kind != Verdict::Kind::kPaid || journal.plan.review) return undo_rest(journal);
  const auto allotments = reserve_again(journal);
  if (!allotments) {
    const auto code = allotments.error().code;
    const bool refused = code == Errc::kOutOfStock || code == Errc::kVersionConflict || code == Errc::kConflict ||
                         code == Errc::kNotFound || code == Errc::kPurchaseLimit;
    return refused ? undo_rest(journal) : delay(journal);
  }
  TRY_DO(place(journal, *verdict, *allotments));
  return {};
}

Result<void> Saga::confirm_stock(Journal& journal) {
  TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) { return reserve_.confirm(tx, journal.reservation); }));
  Change done;
  done.to = journal.state;
  return change(journal, done);
}

Result<void> Saga::advance(Journal& journal) {
  journal.by = "system";
  switch (journal.state) {
    case CheckoutState::kCreated:
    case CheckoutState::kInventoryReserved: {
      Change decision;
      decision.free_key = true;
      return undo(journal, CheckoutTrigger::kRanOut, decision, Money::kMaybe);
    }
    case CheckoutState::kPaymentPending:
    case CheckoutState::kPaymentUnknown:
      return ask_again(journal);
    case CheckoutState::kExpired:
      return journal.plan.stock_released ? resolve_expired(journal) : undo_rest(journal);
    case CheckoutState::kPaymentFailed:
    case CheckoutState::kCancelled:
      return undo_rest(journal);
    case CheckoutState::kCompleted:
      return confirm_stock(journal);
    case CheckoutState::kInventoryReleased:
      break;
  }
  KONTOR_ASSERT(!"a released checkout is settled");
}

}  // namespace kontor::checkout
