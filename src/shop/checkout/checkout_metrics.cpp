#include "shop/checkout/checkout_metrics.h"

#include "shop/checkout/checkout.h"

namespace kontor::checkout {
namespace {

constexpr std::string_view kReservations = "kontor_reservations_total";
constexpr std::string_view kReservationsWords = "Reservations that were asked for";

runtime::Labels in(Currency currency) { return {{"currency", std::string(currency.code())}}; }

runtime::Counter& orders_in(runtime::Metrics& metrics, Currency currency) {
  return metrics.counter("kontor_orders_total", "Orders placed", in(currency));
}
runtime::Counter& worth_of(runtime::Metrics& metrics, Currency currency) {
  return metrics.counter("kontor_order_value_minor_units_total", "What the orders placed came to, in cents or the like",
                         in(currency));
}

}  // namespace

runtime::Counter& CheckoutMetrics::outcome(std::string_view name, std::string_view fault) {
  return metrics_.counter("kontor_checkout_answers_total",
                          "Answers to POST /checkout; whose fault a refusal is: the buyer's or the shop's",
                          {{"outcome", std::string(name)}, {"fault", std::string(fault)}});
}

CheckoutMetrics::CheckoutMetrics(runtime::Metrics& metrics, Currency currency)
    : metrics_(metrics),
      duration_(metrics.histogram("kontor_checkout_seconds", "A purchase, from its request to its answer")),
      placed_(outcome("placed", "none")),
      waiting_(outcome("waiting", "none")),
      replayed_(outcome("replayed", "none")),
      begun_(metrics.counter("kontor_checkouts_begun_total", "Purchases that have a journal and their stock")),
      granted_(metrics.counter(kReservations, kReservationsWords, {{"outcome", "granted"}})),
      refused_(metrics.counter(kReservations, kReservationsWords, {{"outcome", "refused"}})),
      expired_(metrics.counter("kontor_reservations_expired_total", "Reservations whose time ran out before payment")),
      turned_away_(metrics.counter("kontor_sold_out_refusals_total",
                                   "Purchases refused from the memory of what is sold out, without asking the store")),
      usual_(currency),
      usual_worth_{orders_in(metrics, currency), worth_of(metrics, currency)} {
  for (std::size_t i = 0; i < kErrors; ++i) {
    const auto info = error_info(static_cast<Errc>(i));
    errors_[i] = &outcome(info.code, info.status >= 500 ? "shop" : "buyer");
  }
}

void CheckoutMetrics::answered(const Answer& answer, std::int64_t us) {
  duration_.observe(us);
  if (answer.replayed)
    replayed_.add();
  else if (answer.refusal)
    errors_[static_cast<std::size_t>(*answer.refusal)]->add();
  else if (answer.status < 400)
    (answer.status == 202 ? waiting_ : placed_).add();
  else  // a refusal that somebody else settled meanwhile
    errors_[static_cast<std::size_t>(answer.status == 402 ? Errc::kPaymentDeclined : Errc::kRejectedByRisk)]->add();
}

void CheckoutMetrics::failed(Errc code, std::int64_t us) {
  duration_.observe(us);
  errors_[static_cast<std::size_t>(code)]->add();
}

CheckoutMetrics::Worth& CheckoutMetrics::worth_in(Currency currency) {
  if (currency == usual_) return usual_worth_;
  const std::lock_guard lock(mutex_);
  const auto found = others_.find(currency.code());
  if (found != others_.end()) return found->second;
  const Worth fresh{orders_in(metrics_, currency), worth_of(metrics_, currency)};
  return others_.emplace(std::string(currency.code()), fresh).first->second;
}

void CheckoutMetrics::placed(Money total) {
  Worth& worth = worth_in(total.currency());
  worth.orders.add();
  worth.minor_units.add(total.amount_minor());
}

}  // namespace kontor::checkout
