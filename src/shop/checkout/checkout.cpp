#include "shop/checkout/checkout.h"

#include <atomic>
#include <limits>

#include "runtime/json.h"
#include "shop/checkout/cancellation.h"
#include "shop/checkout/capturing.h"
#include "shop/checkout/checkout_metrics.h"
#include "shop/checkout/journal.h"
#include "shop/checkout/paying.h"
#include "shop/checkout/quoting.h"
#include "shop/checkout/refunds.h"
#include "shop/checkout/reserve_stock.h"
#include "shop/checkout/saga.h"
#include "shop/credit/credit.h"

namespace kontor::checkout {
namespace {

constexpr int kCartTries = 5;  // a cart that changes while it is bought is looked at again
constexpr std::int64_t kPruneEveryMs = kMinuteMs;
constexpr int kPruneAtOnce = 500;
constexpr int kPruneChunks = 100;

tl::unexpected<Error> nothing_there() {
  return fail(Errc::kNotFound, "checkout.no_such_checkout", "There is no such checkout.");
}

// A 403 is this purchase's last word: its key answers nothing else, as the contract says.
bool is_refusal(const Error& error) { return error_info(error.code).status == 403; }

// Whether the cart is what its last purchase left behind, so that a second checkout means the first.
bool bought_already(const cart::CartContents& contents, const std::optional<std::int64_t>& version) {
  if (!contents.bought_by) return false;
  if (version) return *version == contents.bought_version && *version != contents.version;
  return contents.lines.empty() && contents.version == contents.bought_version + 1;
}

}  // namespace

struct Checkouts::Impl {
  Impl(const Parts& parts_in, Settings settings_in)
      : parts(parts_in),
        settings(std::move(settings_in)),
        quoting(parts, settings),
        saga(parts, settings),
        cancellation(parts, settings) {}

  Result<std::optional<Journal>> find_row(CheckoutId id) {
    std::optional<Journal> row;
    TRY_DO(parts.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(row, find(tx, id));
      return {};
    }));
    return row;
  }
  Result<Journal> own_row(CustomerId customer, CheckoutId id) {
    TRY(auto row, find_row(id));
    if (!row || row->customer != customer) return nothing_there();
    return std::move(*row);
  }

  // What the key already has: an answer, or nothing and the row whose key has aged.
  struct Earlier {
    std::optional<Answer> answer;
    std::optional<CheckoutId> old_key;
  };
  Result<Earlier> earlier(const Purchase& purchase);
  Result<Answer> answer_again(const Journal& row);
  Result<Answer> first_order(CheckoutId bought_by);
  // `begun`: whether the purchase got its journal, and with it the key.
  Result<Answer> attempt(const Purchase& purchase, std::optional<CheckoutId> old_key, bool& begun);
  Result<Answer> keep_refusal(const Purchase& purchase, std::optional<CheckoutId> old_key, const Error& error);
  // `tokens` by attempt of the plan.
  Result<Plan> plan(const Purchase& purchase, const cart::CartContents& contents, Time now,
                    std::vector<std::string>& tokens);
  std::optional<Error> sold_out(const Plan& plan);
  Result<Answer> or_answered(Result<Answer> answer, CheckoutId id);
  Result<Answer> or_moved(Result<Answer> answer, CheckoutId id);
  Result<void> check_journals(services::CheckReport& report, std::set<PaymentId>& open);
  Result<void> check_orders(services::CheckReport& report, const std::set<PaymentId>& open);

  Parts parts;
  Settings settings;
  Quoting quoting;
  Saga saga;
  Cancellation cancellation;
  std::atomic<std::int64_t> pruned_at{0};
  const Time started = parts.clock.now();
};

Checkouts::Checkouts(const Parts& parts, Settings settings)
    : impl_(std::make_unique<Impl>(parts, std::move(settings))) {}
Checkouts::~Checkouts() = default;

void Checkouts::plant(PlantedBugs bugs) { impl_->settings.planted = bugs; }

Result<Checkouts::Impl::Earlier> Checkouts::Impl::earlier(const Purchase& purchase) {
  std::optional<Journal> row;
  TRY_DO(parts.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(row, find_key(tx, purchase.customer, purchase.key));
    return {};
  }));
  Earlier found;
  if (!row) return found;
  if (row->created.plus_ms(settings.key_ms) < parts.clock.now() && (row->settled() || row->answer_status != 0)) {
    found.old_key = row->id;
    return found;
  }
  if (row->fingerprint != purchase.fingerprint)
    return fail(Errc::kKeyReused, "checkout.key_reused",
                "This Idempotency-Key belongs to a checkout with another body.");
  if (row->answer_status == 0) return fail(in_progress("checkout.in_progress", "The same checkout is still running."));
  found.answer = Answer{row->answer_status, row->answer_body, true, row->id};
  return found;
}

// The 201 of a checkout that is completed by now, whatever was answered first.
Result<Answer> Checkouts::Impl::answer_again(const Journal& row) {
  if (row.answer_status == 201) return Answer{201, row.answer_body, false, row.id};
  TRY(const auto order, parts.orders.find(row.order));
  if (!order)
    return fail(Errc::kInternal, "checkout.order_missing", row.id.text() + " is completed without its order.");
  return Answer{201, order_answer(*order), false, row.id};
}

Result<Answer> Checkouts::Impl::first_order(CheckoutId bought_by) {
  TRY(const auto row, find_row(bought_by));
  if (!row || row->state != CheckoutState::kCompleted) return nothing_there();
  return answer_again(*row);
}

Result<Plan> Checkouts::Impl::plan(const Purchase& purchase, const cart::CartContents& contents, Time now,
                                   std::vector<std::string>& tokens) {
  TRY(auto plan, quoting.price(purchase.customer, contents, purchase.body, now));
  const int bucket = purchase.customer.bucket();
  plan.order_id = parts.ids.next<OrderId>(now, bucket);
  plan.email = purchase.body.email.value_or("");
  plan.request_id = purchase.request_id;
  plan.document.shipping_address = *purchase.body.shipping_address;
  plan.document.billing_address = purchase.body.billing_address;
  plan.document.tax_id = purchase.body.tax_id;
  TRY(auto paying, paying_of(parts, purchase, plan.document, now));
  plan.document.payments = std::move(paying.payments);
  tokens = std::move(paying.tokens);
  return plan;
}

// Turned away without a transaction, where the store would surely do so.
std::optional<Error> Checkouts::Impl::sold_out(const Plan& plan) {
  auto& front = parts.inventory.sold_out();
  if (!front.remembers() || plan.cart_claims) return std::nullopt;  // who holds the last units is not turned away
  auto refusal = front.refusal(reserve_request(plan).lines);
  if (refusal && settings.metrics != nullptr) settings.metrics->turned_away();
  return refusal;
}

Result<Answer> Checkouts::Impl::attempt(const Purchase& purchase, std::optional<CheckoutId> old_key, bool& begun) {
  begun = false;
  const auto& body = purchase.body;
  TRY(const auto contents, parts.carts.contents(purchase.customer));
  if (contents && bought_already(*contents, body.cart_version)) return first_order(*contents->bought_by);
  if (!contents || contents->lines.empty())
    return fail(Errc::kCartEmpty, "checkout.cart_empty", "There is nothing in the cart.");
  if (body.cart_version && *body.cart_version != contents->version)
    return fail(Errc::kVersionConflict, "checkout.cart_changed", "The cart has changed since it was shown.");
  const Time now = parts.clock.now();
  Journal journal;
  journal.customer = purchase.customer;
  journal.key = purchase.key;
  journal.fingerprint = purchase.fingerprint;
  journal.created = journal.updated = now;
  journal.expires = now.plus_ms(settings.reservation_ms);
  std::vector<std::string> tokens;
  TRY(journal.plan, plan(purchase, *contents, now, tokens));
  if (auto gone = sold_out(journal.plan)) return fail(std::move(*gone));
  TRY(const auto suspicion, suspect(parts, purchase, *contents, journal.plan));
  journal.plan.review = suspicion.has_value();
  journal.id = parts.ids.next<CheckoutId>(now, purchase.customer.bucket());
  if (settings.planted.charge_before_reserve) saga.charge_too_early(journal, tokens);
  const auto looked = parts.inventory.sold_out().look();
  auto reserved = saga.begin(journal, old_key, suspicion ? &*suspicion : nullptr);
  if (!reserved && reserved.error().code == Errc::kOutOfStock)
    parts.inventory.sold_out().remember(reserve_request(journal.plan).lines, reserved.error(), looked);
  TRY(const auto allotments, std::move(reserved));
  begun = true;
  return or_answered(saga.charge(journal, tokens, allotments), journal.id);
}

// A settled row that holds nothing but the answer. kConflict "checkout.key_taken" when somebody was faster.
Result<Answer> Checkouts::Impl::keep_refusal(const Purchase& purchase, std::optional<CheckoutId> old_key,
                                             const Error& error) {
  const Time now = parts.clock.now();
  Journal journal;
  journal.id = parts.ids.next<CheckoutId>(now, purchase.customer.bucket());
  journal.customer = purchase.customer;
  journal.key = purchase.key;
  journal.fingerprint = purchase.fingerprint;
  journal.created = journal.updated = journal.expires = now;
  journal.next = now;
  journal.plan.request_id = purchase.request_id;
  auto answer = problem_answer(journal, error);
  Change refused;
  refused.from = journal.state;
  refused.to = after(journal.state, CheckoutTrigger::kRefused);
  refused.answer_status = answer.status;
  refused.answer_body = &answer.body;
  TRY_DO(parts.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    if (old_key) TRY_DO(free_key(tx, *old_key));
    TRY_DO(insert(tx, journal, ""));
    return apply(tx, journal.id, refused, now);
  }));
  return answer;
}

// The key's answer is the first that was kept, also where the checkout has come further since.
Result<Answer> Checkouts::Impl::or_answered(Result<Answer> answer, CheckoutId id) {
  if (answer || answer.error().reason != "checkout.moved") return or_moved(std::move(answer), id);
  TRY(const auto row, find_row(id));
  if (row && row->answer_status != 0) return Answer{row->answer_status, row->answer_body, false, row->id};
  return or_moved(std::move(answer), id);
}

// A row that moved on while we worked is no failure: what it came to is the answer.
Result<Answer> Checkouts::Impl::or_moved(Result<Answer> answer, CheckoutId id) {
  if (answer || answer.error().reason != "checkout.moved") return answer;
  TRY(const auto row, find_row(id));
  if (row && row->state == CheckoutState::kCompleted) return answer_again(*row);
  if (row && row->answer_status != 0) return Answer{row->answer_status, row->answer_body, false, row->id};
  return fail(in_progress("checkout.in_progress", "The checkout is being settled; ask again for what became of it."));
}

Result<Answer> Checkouts::buy(const Purchase& purchase) {
  CheckoutMetrics* const metrics = impl_->settings.metrics;
  if (metrics == nullptr) return attempt(purchase);
  const runtime::Stopwatch watch;
  auto answer = attempt(purchase);
  if (answer)
    metrics->answered(*answer, watch.us());
  else
    metrics->failed(answer.error().code, watch.us());
  return answer;
}

// Nearly every key is new, and the journal's own row says whether it is. So a key is looked up only when the purchase
// did not get its row; what was kept under it then comes before whatever else is wrong.
Result<Answer> Checkouts::attempt(const Purchase& purchase) {
  std::optional<CheckoutId> old_key;
  for (int i = 0;; ++i) {
    bool begun = false;
    auto answer = impl_->attempt(purchase, old_key, begun);
    if (begun) return answer;
    TRY(auto earlier, impl_->earlier(purchase));
    if (earlier.answer) return std::move(*earlier.answer);
    old_key = earlier.old_key;
    if (!answer && is_refusal(answer.error())) answer = impl_->keep_refusal(purchase, old_key, answer.error());
    if (answer) return answer;
    Error& error = answer.error();
    if (error.reason == "cart.claimed")
      return fail(in_progress("checkout.cart_claimed", "Another checkout of this cart is under way."));
    const bool again = error.reason == "checkout.key_taken" || error.reason == "cart.version_conflict" ||
                       error.reason == "db.duplicate" || error.reason == "inventory.overtaken";
    if (!again || i + 1 >= kCartTries) return answer;
  }
}

Result<QuoteView> Checkouts::quote(CustomerId customer, const CheckoutBody& body) {
  TRY(const auto contents, impl_->parts.carts.contents(customer));
  if (!contents || contents->lines.empty())
    return fail(Errc::kCartEmpty, "checkout.cart_empty", "There is nothing in the cart.");
  return impl_->quoting.quote(customer, *contents, body, impl_->parts.clock.now());
}

Result<PreviewView> Checkouts::imagine(const Imagined& purchase) {
  return impl_->quoting.imagine(purchase, impl_->parts.clock.now());
}

Result<CheckoutView> Checkouts::view(CustomerId customer, CheckoutId id) {
  TRY(const auto row, impl_->own_row(customer, id));
  return impl_->saga.view(row);
}

Result<Answer> Checkouts::complete(CustomerId customer, CheckoutId id, const std::string& request_id) {
  TRY(auto row, impl_->own_row(customer, id));
  if (row.state == CheckoutState::kCompleted) return impl_->answer_again(row);
  const bool waits = row.state == CheckoutState::kPaymentPending || row.state == CheckoutState::kPaymentUnknown;
  if (!waits)
    return fail(
        transition_refused(kCheckoutTable, row.state, CheckoutState::kCompleted, "checkout.not_to_be_completed"));
  if (row.answer_status == 0) return fail(in_progress("checkout.in_progress", "The checkout is still running."));
  row.plan.request_id = request_id;
  const auto verdict = impl_->saga.confirm_action(row);
  if (!verdict) return Answer{202, json::print(impl_->saga.view(row)), false, id};
  return impl_->or_moved(impl_->saga.conclude(row, *verdict), id);
}

Result<CheckoutView> Checkouts::cancel(CustomerId customer, CheckoutId id) {
  TRY(auto row, impl_->own_row(customer, id));
  if (row.state != CheckoutState::kCancelled) {
    if (kCheckoutTable.find(row.state, CheckoutTrigger::kCancel) == nullptr)
      return fail(
          transition_refused(kCheckoutTable, row.state, CheckoutState::kCancelled, "checkout.not_to_be_cancelled"));
    if (row.answer_status == 0) return fail(in_progress("checkout.in_progress", "The checkout is still running."));
    TRY_DO(impl_->saga.cancel(row));
  }
  return view(customer, id);
}

Result<CheckoutView> Checkouts::decide_review(CheckoutId id, bool approve, const std::string& by,
                                              const std::function<Result<void>(db::Tx&)>& also) {
  TRY(auto row, impl_->find_row(id));
  if (!row) return nothing_there();
  const bool waits = row->state == CheckoutState::kPaymentPending || row->state == CheckoutState::kPaymentUnknown;
  if (!waits || !row->plan.review || row->answer_status == 0)
    return fail(Errc::kConflict, "checkout.not_under_review", "This purchase does not wait for a decision.");
  TRY_DO(impl_->saga.decide_review(*row, approve, by, also));
  TRY(row, impl_->find_row(id));
  return impl_->saga.view(*row);
}

Result<orders::Order> Checkouts::cancel_order(OrderId id, const std::string& by, const orders::CancelOrder& wish,
                                              const OrderFunction& also) {
  return impl_->cancellation.run(id, by, wish, also);
}

Result<orders::Order> Checkouts::capture_order(OrderId id, const std::string& by, const db::Function& also) {
  return Capturing(impl_->parts).run(id, by, also);
}

Result<int> Checkouts::sweep(int limit, Which which) {
  auto& parts = impl_->parts;
  const Time now = parts.clock.now();
  const Time until = which == Which::kAllOpen ? Time{std::numeric_limits<std::int64_t>::max()} : now;
  std::vector<Journal> rows;
  TRY_DO(parts.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(rows, due(tx, until, now.plus_ms(impl_->settings.longest_wait_ms), limit));
    return {};
  }));
  int taken_up = 0;
  for (auto& row : rows) {
    const bool set_back = waits_for_another_time(row, now.plus_ms(impl_->settings.longest_wait_ms));
    // Of this very process: still at work, or waiting.
    if (*row.next > now && row.created > impl_->started && !set_back) continue;
    bool leased = false;
    const Time lease_until = parts.clock.now().plus_ms(impl_->settings.flight_ms);
    TRY_DO(parts.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(leased, lease(tx, row, lease_until));
      return {};
    }));
    if (!leased) continue;
    row.next = lease_until;
    row.attempts += 1;
    ++taken_up;
    (void)impl_->saga.advance(row);  // a failure leaves the row leased, and it is due again
  }
  TRY(const auto cancellations, impl_->cancellation.sweep(until, limit));
  if (now.ms - impl_->pruned_at.load() >= kPruneEveryMs) {
    impl_->pruned_at.store(now.ms);
    for (int removed = kPruneAtOnce, chunks = 0; removed == kPruneAtOnce && chunks < kPruneChunks; ++chunks) {
      TRY(removed, impl_->quoting.prune(now, kPruneAtOnce));
    }
  }
  return taken_up + cancellations;
}

Result<void> Checkouts::hint(CheckoutId id) {
  TRY(auto row, impl_->find_row(id));
  const bool at_work = row && !row->settled() && row->answer_status == 0;  // the request finds out by itself
  if (impl_->settings.planted.repeated_webhooks && row && !at_work) return impl_->saga.advance(*row);
  if (!row || row->settled() || at_work) return {};
  const Time until = impl_->parts.clock.now().plus_ms(impl_->settings.flight_ms);
  bool leased = false;
  TRY_DO(impl_->parts.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(leased, lease(tx, *row, until));
    return {};
  }));
  if (!leased) return {};
  row->next = until;
  return impl_->saga.advance(*row);
}

Result<void> Checkouts::Impl::check_journals(services::CheckReport& report, std::set<PaymentId>& open) {
  CheckoutId last;
  std::int64_t count = 0;
  while (true) {
    std::vector<Journal> rows;
    TRY_DO(parts.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(rows, journals_after(tx, last));
      return {};
    }));
    if (rows.empty()) break;
    for (const auto& row : rows) {
      ++count;
      const bool completed = row.state == CheckoutState::kCompleted;
      if (completed != static_cast<bool>(row.order)) report.fail("checkout.order_when_completed", row.id.text());
      if (row.settled() && row.state != CheckoutState::kCompleted && row.state != CheckoutState::kInventoryReleased &&
          row.state != CheckoutState::kExpired && row.state != CheckoutState::kCancelled)
        report.fail("checkout.settled_in_a_last_state", row.id.text() + " is " + std::string(name_of(row.state)));
      if (!row.settled() && !completed)
        for (const auto& payment : row.plan.document.payments) open.insert(payment.id);
      if (!completed) continue;
      TRY(const auto order, parts.orders.find(row.order));
      if (!order || order->checkout != row.id || order->customer != row.customer)
        report.fail("checkout.completed_has_its_order", row.id.text() + ": " + row.order.text());
    }
    last = rows.back().id;
  }
  report.looked_at("checkouts", count);
  return {};
}

Result<void> Checkouts::Impl::check_orders(services::CheckReport& report, const std::set<PaymentId>& open) {
  std::set<CheckoutId> seen;
  std::map<PaymentId, orders::OrderPayment> paid;
  TRY_DO(parts.orders.each([&](const orders::Order& order) {
    if (!seen.insert(order.checkout).second) report.fail("checkout.one_order_a_checkout", order.checkout.text());
    for (const auto& payment : order.document.payments) paid.emplace(payment.id, payment);
  }));
  for (const auto& checkout : seen) {
    TRY(const auto row, find_row(checkout));
    if (!row || row->state != CheckoutState::kCompleted)
      report.fail("checkout.order_has_its_checkout", checkout.text());
  }
  TRY_DO(parts.payments.each([&](const payments::Payment& payment) {
    const auto found = paid.find(payment.id);
    if (found == paid.end()) {
      report.fail("checkout.payment_has_its_order", payment.id.text());
      return;
    }
    if (found->second.amount != payment.amount || found->second.refunded != payment.refunded ||
        found->second.status != name_of(payment.state))
      report.fail("checkout.order_shows_its_payment", payment.id.text());
    paid.erase(found);
  }));
  for (const auto& [id, payment] : paid) report.fail("checkout.order_payment_is_there", id.text());
  return parts.payments.check(report, open);
}

Result<void> Checkouts::check(services::CheckReport& report) {
  std::set<PaymentId> open;
  TRY_DO(impl_->check_journals(report, open));
  TRY(const auto under_way, impl_->cancellation.under_way());
  for (const OrderId id : under_way) {
    TRY(const auto order, impl_->parts.orders.find(id));
    if (!order) continue;
    for (const auto& payment : order->document.payments) open.insert(payment.id);
  }
  TRY(const auto refunds, Refunds(impl_->parts, {}).open(std::numeric_limits<int>::max()));
  for (const Refund& refund : refunds) open.insert(refund.payment);
  if (auto* credits = impl_->parts.credits) TRY_DO(credits->check(report, impl_->parts.payments.ledger()));
  return impl_->check_orders(report, open);
}

}  // namespace kontor::checkout
