#include "shop/checkout/checkout_api.h"

#include "services/idempotency.h"
#include "shop/checkout/place_order.h"

namespace kontor::checkout {
namespace {

http::Response response_of(const Answer& answer, const std::string& base) {
  http::Response response;
  response.status = answer.status;
  if (answer.status >= 400) response.content_type = "application/problem+json";
  response.headers.emplace_back("Cache-Control", "private, no-store");
  if (answer.status == 202) response.headers.emplace_back("Location", base + "/checkouts/" + answer.checkout.text());
  if (answer.replayed) response.headers.emplace_back("Idempotency-Replayed", "true");
  response.body = answer.body;
  return response;
}

class CheckoutHandlers {
 public:
  CheckoutHandlers(const ApiParts& parts, std::string base) : parts_(parts), base_(std::move(base)) {}

  Result<http::Response> buy(http::Call& call, std::string_view text) const {
    TRY(const auto shopper, parts_.shoppers.require_buyer(call.request));
    TRY(const auto document, json::parse(text));
    Purchase purchase;
    TRY(const auto header, services::idempotency_key(call.request));
    TRY(purchase.body, body_of(shopper, document, Purpose::kBuy, header.has_value(), &purchase.account_since));
    TRY(const auto key, services::idempotency_key(call.request, purchase.body.idempotency_key));
    KONTOR_ASSERT(key.has_value());
    purchase.customer = shopper.customer;
    purchase.key = *key;
    purchase.fingerprint = fingerprint_of(document);
    purchase.request_id = call.request.request_id;
    purchase.peer = std::string(call.request.peer);
    TRY(const auto answer, parts_.checkouts.buy(purchase));
    auto response = response_of(answer, base_);
    if (purchase.body.save_payment_method.value_or(false)) keep_cards(purchase, answer, response);
    return response;
  }

  Result<QuoteView> quote(http::Call& call, std::string_view text) const {
    TRY(const auto shopper, parts_.shoppers.require_buyer(call.request));
    TRY(const auto document, json::parse(text));
    TRY(const auto body, body_of(shopper, document, Purpose::kQuote, false));
    return parts_.checkouts.quote(shopper.customer, body);
  }

  Result<CheckoutView> show(http::Call& call) const {
    TRY(const auto shopper, parts_.shoppers.require_buyer(call.request));
    TRY(const auto id, call.id<CheckoutId>("id"));
    return parts_.checkouts.view(shopper.customer, id);
  }

  Result<http::Response> complete(http::Call& call) const {
    TRY(const auto shopper, parts_.shoppers.require_buyer(call.request));
    TRY(const auto id, call.id<CheckoutId>("id"));
    TRY(const auto answer, parts_.checkouts.complete(shopper.customer, id, call.request.request_id));
    return response_of(answer, base_);
  }

  Result<CheckoutView> cancel(http::Call& call) const {
    TRY(const auto shopper, parts_.shoppers.require_buyer(call.request));
    TRY(const auto id, call.id<CheckoutId>("id"));
    return parts_.checkouts.cancel(shopper.customer, id);
  }

  Result<CheckoutView> decide_review(http::Call& call, bool approve) const {
    TRY(const auto staff, parts_.shoppers.require_role(call.request, services::Role::kSupport));
    TRY(const auto id, call.id<CheckoutId>("id"));
    const auto entry = parts_.audit.entry(staff.caller(), approve ? "risk.approve" : "risk.reject", id.text());
    return parts_.checkouts.decide_review(id, approve, staff.caller(),
                                          [&](db::Tx& tx) { return services::Audit::record(tx, entry); });
  }

  Result<orders::OrderView> capture_order(http::Call& call) const {
    TRY(const auto staff, parts_.shoppers.require_role(call, services::Role::kFinance));
    TRY(const auto id, call.id<OrderId>("id"));
    const auto entry = parts_.audit.entry(staff.caller(), "orders.capture", id.text());
    TRY(const auto order,
        parts_.checkouts.capture_order(id, "staff", [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    return orders::view_of(order);
  }

 private:
  // The purchase stands whatever becomes of this: a card that the gateway does not keep just now is asked for again
  // with the next one. The header says whether it is kept.
  void keep_cards(const Purchase& purchase, const Answer& answer, http::Response& response) const {
    if (answer.replayed || answer.status >= 300 || !purchase.body.payments) return;
    bool kept = true;
    for (const auto& payment : *purchase.body.payments)
      if (!is_of_house(payment.method))
        kept = payment.token && parts_.cards.keep(purchase.customer, *payment.token, false) && kept;
    response.headers.emplace_back("Payment-Method-Saved", kept ? "true" : "false");
  }

  // Whose e-mail is known need not say it again.
  Result<CheckoutBody> body_of(const services::Shopper& shopper, const json::Document& document, Purpose purpose,
                               bool has_key, std::optional<Time>* account_since = nullptr) const {
    std::optional<accounts::Customer> customer;
    if (shopper.kind != services::Shopper::Kind::kGuest) {
      TRY(customer, parts_.accounts.find(shopper.customer));
    }
    TRY(auto body, read_body(document, purpose, !customer, has_key));
    if (customer && !body.email) body.email = customer->email;
    if (customer && account_since != nullptr) *account_since = customer->created;
    return body;
  }

  ApiParts parts_;
  std::string base_;
};

// An endpoint that is documented by its body and answer, and reads the body itself: all that is wrong with it is said
// at once.
template <class Out, class Handler>
http::Endpoint reading_body(std::string pattern, const http::About& about, Handler handler) {
  http::Router described("");
  described.post<CheckoutBody, Out>(std::move(pattern), about,
                                    [](http::Call&, const CheckoutBody&) -> Result<Out> { return Out{}; });
  http::Endpoint endpoint = described.endpoints().back();
  endpoint.handle = [about, handler](http::Call& call) {
    const auto text = http::detail::json_body(call.request, about, true);
    if (!text) return http::problem(text.error(), call.request.request_id);
    auto result = handler(call, *text);
    if (!result) return http::problem(result.error(), call.request.request_id);
    if constexpr (std::is_same_v<std::decay_t<decltype(*result)>, http::Response>)
      return std::move(*result);
    else
      return http::detail::answered(call, about.status, json::print(*result));
  };
  return endpoint;
}

}  // namespace

void add_checkout_routes(http::Router& router, const ApiParts& parts) {
  const CheckoutHandlers api(parts, router.base());
  const auto buy = [api](http::Call& call, std::string_view text) { return api.buy(call, text); };
  const http::About buying{"Buys the cart",
                           {"checkout.cart_empty",
                            "checkout.price_changed",
                            "checkout.payment_declined",
                            "checkout.rejected_by_risk_check",
                            "checkout.purchase_limit",
                            "inventory.purchase_limit",
                            "checkout.in_progress",
                            "checkout.cart_claimed",
                            "checkout.cart_changed",
                            "checkout.key_reused",
                            "checkout.no_such_quote",
                            "checkout.payments_do_not_add_up",
                            "checkout.no_such_payment_method",
                            "checkout.named_twice",
                            "credit.no_such_card",
                            "credit.mistyped",
                            "credit.expired",
                            "credit.disabled",
                            "credit.other_currency",
                            "credit.not_enough",
                            "credit.not_for_gift_cards",
                            "inventory.out_of_stock",
                            "inventory.overtaken",
                            "idempotency.bad_key",
                            "idempotency.two_keys"},
                           201};
  router.add(reading_body<AnsweredOrder>("/checkout", buying, buy));
  router.add(reading_body<AnsweredOrder>("/orders", buying, buy));
  router.add(reading_body<QuoteView>("/checkout/quote",
                                     {"All totals of the cart, held for ten minutes", {"checkout.cart_empty"}},
                                     [api](http::Call& call, std::string_view text) { return api.quote(call, text); }));
  router.get<http::None, CheckoutView>("/checkouts/{id}", {"What stands behind a 202", {"checkout.no_such_checkout"}},
                                       [api](http::Call& call, http::None) { return api.show(call); });
}

void add_settling_routes(http::Router& router, const ApiParts& parts) {
  const CheckoutHandlers api(parts, router.base());
  router.post<http::None, http::Response>(
      "/checkouts/{id}/complete",
      {"The buyer took the step: goes on", {"checkout.no_such_checkout", "checkout.not_to_be_completed"}, 201},
      [api](http::Call& call, http::None) { return api.complete(call); });
  router.post<http::None, CheckoutView>(
      "/checkouts/{id}/cancel", {"Gives up what waits", {"checkout.no_such_checkout", "checkout.not_to_be_cancelled"}},
      [api](http::Call& call, http::None) { return api.cancel(call); });
  router.post<http::None, orders::OrderView>(
      "/admin/orders/{id}/capture",
      {"Charges what an order's payments have only promised", {"orders.no_such_order", "checkout.not_captured"}},
      [api](http::Call& call, http::None) { return api.capture_order(call); });
  const http::About deciding{
      "", {"checkout.no_such_checkout", "checkout.not_under_review", "risk.already_decided"}, 200, "admin"};
  http::About approving = deciding, rejecting = deciding;
  approving.summary = "Lets a purchase that looked like fraud go on";
  rejecting.summary = "Refuses it; nothing is charged, and its device is known for fraud";
  router.post<http::None, CheckoutView>("/admin/risk/reviews/{id}/approve", approving,
                                        [api](http::Call& call, http::None) { return api.decide_review(call, true); });
  router.post<http::None, CheckoutView>("/admin/risk/reviews/{id}/reject", rejecting,
                                        [api](http::Call& call, http::None) { return api.decide_review(call, false); });
}

}  // namespace kontor::checkout
