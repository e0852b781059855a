#include "shop/checkout/saga.h"

#include "runtime/http.h"
#include "runtime/json.h"
#include "shop/checkout/checkout_metrics.h"

namespace kontor::checkout {
namespace {

constexpr int kPlaceTries = 3;  // ids of two replicas may meet: then another is drawn

bool waits_behind_202(const Journal& journal) { return journal.answer_status == 202; }

}  // namespace

Saga::Saga(const Parts& parts, const Settings& settings)
    : parts_(parts),
      settings_(settings),
      together_(parts.store.together(db::Home::kCustomer | db::Home::kStock)),
      reserve_(parts.inventory, parts.promotions, parts.carts),
      authorise_(parts.payments, settings.capture),
      place_(parts.orders, parts.payments, parts.carts, parts.shipping, parts.ids) {}

Error payment_refused(const Verdict& verdict) {
  Error error;
  error.code = verdict.risk_rejected ? Errc::kRejectedByRisk : Errc::kPaymentDeclined;
  error.reason = verdict.risk_rejected ? "checkout.rejected_by_risk_check" : "checkout.payment_declined";
  error.detail = verdict.risk_rejected ? "The payment was refused; nothing was charged."
                                       : "The card was declined; nothing was charged. Another card may do.";
  error.members = "\"decline_code\":";
  json::print_text(error.members, verdict.decline_code);
  return error;
}

Error in_progress(std::string_view reason, std::string detail) {
  return Error{Errc::kInProgress, std::string(reason), std::move(detail), {}, {}, 1};
}

Answer problem_answer(const Journal& journal, const Error& error) {
  auto response = http::problem(error, journal.plan.request_id);
  return Answer{response.status, std::move(response.body), false, journal.id, error.code};
}

CheckoutView Saga::view(const Journal& journal) const {
  CheckoutView view;
  view.id = journal.id;
  view.state = journal.state;
  if (journal.order) view.order_id = journal.order;
  const bool open = journal.state == CheckoutState::kPaymentPending || journal.state == CheckoutState::kPaymentUnknown;
  const bool waiting = open && waits_behind_202(journal) && !journal.settled();
  if (waiting && journal.plan.action_url) view.next_action = NextAction{"step_up", *journal.plan.action_url};
  view.expires_at = journal.expires;
  if (journal.problem)
    view.problem = json::Raw{*journal.problem};
  else if (journal.answer_status >= 400)
    view.problem = json::Raw{journal.answer_body};
  return view;
}

// Where customer and stock are one store this is the first of a purchase's two durable writes.
Result<Allotments> Saga::begin(Journal& journal, std::optional<CheckoutId> old_key, const Suspicion* suspicion) {
  auto allotments = begin_uncounted(journal, old_key, suspicion);
  if (CheckoutMetrics* const metrics = settings_.metrics; metrics != nullptr) {
    if (allotments) {
      metrics->begun();
      metrics->reserved();
    } else if (allotments.error().code == Errc::kOutOfStock) {
      metrics->out_of_stock();
    }
  }
  if (!allotments && allotments.error().reason == "promotions.used_up" && parts_.promotions != nullptr)
    parts_.promotions->note_refused(journal.plan.uses);
  return allotments;
}

Result<void> Saga::write_journal(db::Tx& tx, cart::Writing& cart, const Journal& journal, const std::string& plan,
                                 const Suspicion* suspicion) {
  TRY_DO(insert(tx, journal, plan));
  if (suspicion != nullptr)
    TRY_DO(parts_.risk->open_review(tx, journal.id, journal.customer, suspicion->facts, suspicion->assessment));
  return parts_.carts.claim(tx, cart, journal.plan.cart_version, journal.id);
}

Result<Allotments> Saga::begin_uncounted(Journal& journal, std::optional<CheckoutId> old_key,
                                         const Suspicion* suspicion) {
  Allotments allotments;
  journal.next = journal.created.plus_ms(settings_.flight_ms);
  journal.reservation = journal.id;
  if (!together_) {
    TRY_DO(begin_apart(journal, old_key, suspicion, allotments));
    return allotments;
  }
  journal.state = after(after(CheckoutState::kCreated, CheckoutTrigger::kReserved), CheckoutTrigger::kChargeBegun);
  const std::string plan = json::print(journal.plan);
  auto cart = parts_.carts.writing(journal.customer);
  TRY_DO(parts_.store.write(homes(), [&](db::Tx& tx) -> Result<void> {
    allotments.clear();
    if (old_key) TRY_DO(free_key(tx, *old_key));
    TRY_DO(write_journal(tx, cart, journal, plan, suspicion));
    TRY(allotments, reserve_.run(tx, {journal.reservation, journal.customer, true}, journal.plan, journal.created));
    return {};
  }));
  return allotments;
}

Result<void> Saga::begin_apart(Journal& journal, std::optional<CheckoutId> old_key, const Suspicion* suspicion,
                               Allotments& allotments) {
  journal.state = CheckoutState::kCreated;
  const std::string plan = json::print(journal.plan);
  auto cart = parts_.carts.writing(journal.customer);
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    if (old_key) TRY_DO(free_key(tx, *old_key));
    return write_journal(tx, cart, journal, plan, suspicion);
  }));
  auto reserved = parts_.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    allotments.clear();
    TRY(allotments, reserve_.run(tx, {journal.reservation, journal.customer}, journal.plan, journal.created));
    return {};
  });
  if (!reserved) {
    // Refused for sure: nothing is set aside. Anything else is left to the sweeper, which releases and asks no
    // questions.
    if (reserved.error().code == Errc::kOutOfStock || reserved.error().code == Errc::kPurchaseLimit ||
        reserved.error().reason.starts_with("promotions.")) {
      Change last;
      last.from = journal.state;
      last.to = after(journal.state, CheckoutTrigger::kOutOfStock);
      last.free_key = true;
      TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
        TRY_DO(parts_.carts.unclaim(tx, cart, journal.id));
        TRY_DO(close_review(tx, journal));
        return apply(tx, journal.id, last, now());
      }));
    }
    return fail(std::move(reserved.error()));
  }
  Change ready;
  ready.to = after(after(journal.state, CheckoutTrigger::kReserved), CheckoutTrigger::kChargeBegun);
  ready.next = journal.next;
  return change(journal, ready);
}

Result<void> Saga::change(Journal& journal, Change change) {
  change.from = journal.state;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) { return apply(tx, journal.id, change, now()); }));
  journal.state = change.to;
  journal.next = change.next;
  return {};
}

// A refused attempt holds no money; with several, an earlier one may.
Saga::Money Saga::after_refusal(const Journal& journal) {
  return journal.plan.document.payments.size() <= 1 ? Money::kNone : Money::kMaybe;
}

Result<Answer> Saga::charge(Journal& journal, const std::vector<std::string>& tokens, const Allotments& allotments) {
  auto verdict = authorise_.run(journal, tokens);
  if (verdict) {
    const bool paid = verdict->kind == Verdict::Kind::kPaid && !journal.plan.review;
    return paid ? place(journal, *verdict, allotments) : conclude(journal, *verdict);
  }
  // Certainly not charged, so nothing is kept and the key is free again; what earlier attempts took is given back.
  Change decision;
  decision.free_key = true;
  TRY_DO(undo(journal, CheckoutTrigger::kRefused, decision, after_refusal(journal)));
  Error error = std::move(verdict.error());
  if (error.code == Errc::kGatewayUnavailable && error.retry_after_s == 0) error.retry_after_s = 5;
  return fail(std::move(error));
}

Result<Answer> Saga::conclude(Journal& journal, const Verdict& verdict) {
  switch (verdict.kind) {
    case Verdict::Kind::kPaid: {
      if (journal.plan.review) return wait_for_staff(journal);
      auto allotments = reserve_once_more(journal);
      if (allotments) return place(journal, verdict, *allotments);
      if (allotments.error().code != Errc::kConflict && allotments.error().code != Errc::kOutOfStock &&
          allotments.error().code != Errc::kPurchaseLimit)
        return fail(std::move(allotments.error()));
      return stock_gone(journal, std::move(allotments.error()));
    }
    case Verdict::Kind::kDeclined:
      return refuse(journal, payment_refused(verdict));
    case Verdict::Kind::kActionRequired:
      return wait_for_buyer(journal, verdict);
    case Verdict::Kind::kUnknown:
      return wait_for_gateway(journal);
    case Verdict::Kind::kNeverArrived:
      break;
  }
  TRY_DO(never_arrived(journal));
  return problem_answer(journal, Error{Errc::kPaymentDeclined,
                                       "checkout.payment_never_arrived",
                                       "The payment did not reach the gateway; nothing was charged.",
                                       {},
                                       {},
                                       0});
}

Result<Answer> Saga::place(Journal& journal, const Verdict& verdict, const Allotments& allotments) {
  for (int i = 0; i < kPlaceTries; ++i) {
    auto placing = place_.prepare(journal, allotments, verdict, now());
    placing.answer_later = settings_.planted.answer_apart;
    auto cart = parts_.carts.writing(journal.customer);
    auto placed = parts_.store.write(homes(), [&](db::Tx& tx) -> Result<void> {
      TRY_DO(place_.run(tx, journal, placing, !together_));
      if (together_) TRY_DO(reserve_.confirm_once(tx, journal.reservation));
      return place_.empty_cart(tx, cart, journal);  // asks: all of the above goes with it
    });
    if (placed) {
      if (settings_.metrics != nullptr) settings_.metrics->placed(placing.order.document.totals.total);
      journal.state = CheckoutState::kCompleted;
      journal.order = placing.order.id;
      journal.next = together_ ? std::nullopt : std::optional(placing.order.created);
      if (!together_) (void)confirm_stock(journal);  // repeated by the sweeper until it succeeds
      if (placing.answer_later || parts_.orders.tells_late()) TRY_DO(tell_afterwards(journal, placing));
      return Answer{201, placing.answer, false, journal.id};
    }
    if (placed.error().reason == "checkout.moved") return moved(journal);
    if (placed.error().reason != "db.duplicate") return fail(std::move(placed.error()));
    journal.plan.order_id = parts_.ids.next<OrderId>(now(), journal.customer.bucket());
  }
  return fail(Errc::kUnavailable, "checkout.no_free_id",
              "The order could not be numbered; it is tried again by itself.");
}

// The planted bugs: what belongs into the transaction that places the order.
Result<void> Saga::tell_afterwards(const Journal& journal, const Placing& placing) {
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    if (parts_.orders.tells_late()) TRY_DO(parts_.orders.tell_placed(tx, placing.order));
    Change late;
    late.from = late.to = CheckoutState::kCompleted;
    late.answer_status = 201;
    late.answer_body = &placing.answer;
    return apply(tx, journal.id, late, now());
  });
}

// Somebody else (the sweeper, a webhook, a second request) went on first: what they came to is the answer.
Result<Answer> Saga::moved(const Journal& journal) {
  std::optional<Journal> row;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(row, find(tx, journal.id));
    return {};
  }));
  if (row && row->answer_status != 0) return Answer{row->answer_status, row->answer_body, false, row->id};
  return fail(in_progress("checkout.in_progress", "The checkout is being settled; ask again for what became of it."));
}

Result<Answer> Saga::wait_for_buyer(Journal& journal, const Verdict& verdict) {
  Change wait;
  wait.unanswered = journal.answer_status == 0;
  wait.to = journal.state;
  wait.expires = waits_behind_202(journal) ? journal.expires : journal.created.plus_ms(settings_.step_up_ms);
  wait.next = std::min(wait.expires, now().plus_ms(wait.expires.ms - journal.created.ms));
  journal.plan.action_url = verdict.action_url;
  const std::string plan = json::print(journal.plan);
  wait.plan = &plan;
  Journal shown = journal;
  shown.answer_status = wait.answer_status = 202;
  shown.expires = wait.expires;
  shown.next = wait.next;
  const std::string body = json::print(view(shown));
  wait.answer_body = &body;
  TRY_DO(change(journal, wait));
  journal.answer_status = 202;
  journal.expires = wait.expires;
  return Answer{202, body, false, journal.id};
}

Result<Answer> Saga::wait_for_gateway(Journal& journal) {
  Change wait;
  wait.unanswered = journal.answer_status == 0;
  wait.to = after(journal.state, CheckoutTrigger::kTimedOut);
  wait.next = now().plus_ms(settings_.first_question_ms);
  Journal shown = journal;
  shown.state = wait.to;
  shown.answer_status = wait.answer_status = 202;
  const std::string body = json::print(view(shown));
  wait.answer_body = &body;
  TRY_DO(change(journal, wait));
  if (journal.answer_status == 0) journal.answer_status = 202;
  return Answer{202, body, false, journal.id};
}

Result<Answer> Saga::refuse(Journal& journal, const Error& error) {
  const auto answer = problem_answer(journal, error);
  Change decision;
  decision.answer_status = answer.status;
  decision.answer_body = &answer.body;
  if (journal.answer_status != 0) decision.problem = answer.body;
  TRY_DO(undo(journal, CheckoutTrigger::kRefused, decision, after_refusal(journal)));
  return answer;
}

// Paid, and the units are not there any more: the money goes back, and the buyer may try again under the same key.
Result<Answer> Saga::stock_gone(Journal& journal, Error error) {
  Change decision;
  decision.free_key = journal.answer_status == 0;
  decision.problem = problem_answer(journal, error).body;
  TRY_DO(undo(journal, CheckoutTrigger::kRefused, decision, Money::kMaybe));
  return fail(std::move(error));
}

Result<void> Saga::cancel(Journal& journal) { return undo(journal, CheckoutTrigger::kCancel, {}, Money::kMaybe); }

}  // namespace kontor::checkout
