// From the cart to the order: shown, paid once however often it is sent, and what waits for the bank.
#include "pages/checkout_form.h"
#include "pages/drawings.h"
#include "runtime/fiber.h"

namespace kontor::pages {
namespace {

constexpr int kPatience = 50;           // looks at a purchase that is under way, …
constexpr std::int64_t kPauseMs = 100;  // … so long apart

cart::Owner owner_in(const services::Shopper& shopper) {
  return {shopper.customer, shopper.kind == services::Shopper::Kind::kGuest};
}

struct AnswerWords {
  std::optional<OrderId> order_id;
  std::string detail;
};

AnswerWords words_in_answer(const std::string& body) {
  AnswerWords words;
  const auto document = json::parse(body);
  if (!document || !document->root().is_object()) return words;
  const auto& object = document->root().get_object();
  if (const auto* order = object.if_contains("order_id"); order != nullptr && order->is_string())
    words.order_id = OrderId::parse(std::string_view(order->get_string()));
  if (const auto* detail = object.if_contains("detail"); detail != nullptr && detail->is_string())
    words.detail = std::string(detail->get_string());
  return words;
}

// The totals as they are now; what stands in the way becomes the problem, unless there is one already.
Result<void> take_quote(const Site& site, const services::Shopper& shopper, CheckoutForm& shown) {
  auto quote = site.parts.checkouts.quote(shopper.customer, quote_body(shown.form, shown.cart.currency));
  if (!quote && quote.error().code == Errc::kInvalid) {  // an option that is not offered there, or a bad number
    auto body = quote_body(shown.form, shown.cart.currency);
    body.shipping_option.reset();
    body.tax_id.reset();
    quote = site.parts.checkouts.quote(shopper.customer, body);
  }
  if (!quote && quote.error().code == Errc::kInvalid)
    quote = site.parts.checkouts.quote(shopper.customer, quote_body({}, shown.cart.currency));
  if (quote) {
    shown.quote = std::move(*quote);
  } else if (is_ours(quote.error())) {
    return fail(std::move(quote.error()));
  } else if (shown.problem.empty()) {
    shown.problem = quote.error().detail;
  }
  return {};
}

Result<http::Response> show_again(const Site& site, const services::Shopper& shopper, CheckoutForm& shown, int status) {
  if (shown.cart.items.empty()) return redirect("/cart");
  TRY_DO(take_quote(site, shopper, shown));
  return checkout_page(site, shown, status);
}

// A second press of the button meets the first one at work: it waits and answers the same.
Result<checkout::Answer> buy(const Site& site, const checkout::Purchase& purchase) {
  auto answer = site.parts.checkouts.buy(purchase);
  for (int look = 0; look < kPatience && !answer && answer.error().code == Errc::kInProgress; ++look) {
    runtime::sleep_for(kPauseMs);
    answer = site.parts.checkouts.buy(purchase);
  }
  return answer;
}

Result<http::Response> not_bought(const Site& site, const services::Shopper& shopper, CheckoutForm& shown,
                                  const Error& error) {
  if (is_ours(error)) return fail(error);
  if (error.code == Errc::kCartEmpty) return redirect("/cart");
  const int status = error_info(error.code).status;
  if (error.code == Errc::kPriceChanged) {
    TRY_DO(take_quote(site, shopper, shown));
    if (shown.quote)
      shown.notice = "The total is " + shown.dress.formats.money(shown.quote->totals.total) +
                     " now. Nothing was charged; please look again and pay.";
    return checkout_page(site, shown, status);
  }
  if (error.code == Errc::kKeyReused) {  // the form was changed after it was sent
    if (shown.cart.items.empty()) return redirect("/orders");
    shown.key = site.parts.random.hex(16);
    shown.problem = "You changed the form after sending it. Please look once more and pay.";
  } else {
    shown.problem = error.detail;
    shown.wrong = error.fields;
    if (error.reason.starts_with("credit.")) {
      shown.problem = "Please look at the gift card again:";
      if (shown.wrong.empty()) shown.wrong = {{std::string(kGiftCardPointer), "refused", error.detail}};
    }
  }
  return show_again(site, shopper, shown, status);
}

Result<http::Response> pay(const Site& site, http::Call& call) {
  TRY(auto form, read_form(call.request.body));
  TRY(const auto shopper, site.parts.shoppers.require_buyer(call.request));
  CheckoutForm shown{site.dress_of(call.request)};
  TRY(shown.cart, cart_in(site, owner_in(shopper), shown.dress));
  shown.form = std::move(form);
  shown.key = std::string(value_of_form(shown.form, "key"));
  if (shown.key.empty() || shown.key.size() > 255) shown.key = site.parts.random.hex(16);
  TRY(const auto document, json::parse(checkout_body(shown.form, shown.cart.currency)));
  auto body = checkout::read_body(document, checkout::Purpose::kBuy, true, true);
  if (!body) {
    shown.wrong = body.error().fields;
    shown.problem = "Please look at these again:";
    return show_again(site, shopper, shown, 422);
  }
  const auto total_for = value_of_form(shown.form, "total_for");
  if (!total_for.empty() && body->shipping_option && delivery_choice(shown.form, "") != total_for) {
    TRY_DO(take_quote(site, shopper, shown));
    if (shown.quote && decimal_text(shown.quote->totals.total) != value_of_form(shown.form, "total")) {
      shown.notice = "With this delivery the total is " + shown.dress.formats.money(shown.quote->totals.total) +
                     ". Please pay once more.";
      return checkout_page(site, shown, 200);
    }
  }
  const auto answer = buy(site, {shopper.customer, shown.key, checkout::fingerprint_of(document), std::move(*body),
                                 call.request.request_id, std::nullopt, std::string(call.request.peer)});
  if (!answer) return not_bought(site, shopper, shown, answer.error());
  const auto words = words_in_answer(answer->body);
  if (words.order_id) return redirect("/orders/" + words.order_id->text() + "?placed=1");
  if (answer->status == 202) return redirect("/checkouts/" + answer->checkout.text());
  shown.problem = words.detail.empty() ? "The payment was not taken; nothing was charged." : words.detail;
  shown.declined = answer->status == 402;
  shown.key = site.parts.random.hex(16);  // another try is another attempt
  return show_again(site, shopper, shown, answer->status);
}

Result<http::Response> waiting_page(const Site& site, http::Call& call) {
  TRY(const auto shopper, site.parts.shoppers.require_buyer(call.request));
  TRY(const auto id, call.id<CheckoutId>("id"));
  TRY(const auto view, site.parts.checkouts.view(shopper.customer, id));
  if (view.order_id) return redirect("/orders/" + view.order_id->text() + "?placed=1");
  const Dress dress = site.dress_of(call.request);
  Html out(dress);
  out << "<div class=\"lost\">" << kAnchor;
  const std::string path = "/checkouts/" + id.text();
  bool waits = false;
  if (view.next_action) {
    out << "<h1>Please confirm the payment</h1><p class=\"lead\">Your bank asks whether it is really you.</p><form "
           "action=\""
        << path << "/complete\" method=\"post\" data-once><button class=\"strong\">Confirm the payment</button></form>"
        << "<form action=\"" << path << "/cancel\" method=\"post\"><button class=\"link\">Give it up</button></form>";
  } else if (view.problem) {
    out << "<h1>The payment was not taken</h1><p class=\"lead\">Nothing was charged, and your cart is as it "
           "was.</p><p><a "
           "class=\"button\" href=\"/checkout\">Try again</a></p>";
  } else {
    waits = true;
    out << "<h1>One moment, please</h1><p class=\"lead\">The bank has not answered yet. We ask until we know; nothing "
           "is "
           "lost and nothing is charged twice. This page looks again by itself.</p><p><a class=\"button\" href=\""
        << path << "\">Look again</a></p>";
  }
  out << "</div>";
  auto response = site.page({"Check out"}, out);
  if (waits) response.headers.emplace_back("Refresh", "3");
  return response;
}

// Goes on with a checkout that waits, or gives it up; then shows where it stands.
Result<http::Response> go_on(const Site& site, http::Call& call, bool complete) {
  TRY(const auto shopper, site.parts.shoppers.require_buyer(call.request));
  TRY(const auto id, call.id<CheckoutId>("id"));
  if (complete) {
    TRY_DO(site.parts.checkouts.complete(shopper.customer, id, call.request.request_id));
    return redirect("/checkouts/" + id.text());
  }
  TRY_DO(site.parts.checkouts.cancel(shopper.customer, id));
  return redirect("/cart");
}

}  // namespace

void add_checkout_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(page_endpoint(site, Method::kGet, "/checkout", "The form to buy with",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto shopper, site->parts.shoppers.welcome(call));
                             cart::take_over_guest(site->parts.carts, site->parts.shoppers, call, shopper);
                             CheckoutForm shown{site->dress_of(call.request)};
                             TRY(shown.cart, cart_in(*site, owner_in(shopper), shown.dress));
                             shown.key = site->parts.random.hex(16);
                             return show_again(*site, shopper, shown, 200);
                           }));
  router.add(page_endpoint(site, Method::kPost, "/checkout", "Buys the cart",
                           [site](http::Call& call) { return pay(*site, call); }));
  router.add(page_endpoint(site, Method::kGet, "/checkouts/{id}", "A checkout that waits",
                           [site](http::Call& call) { return waiting_page(*site, call); }));
  router.add(page_endpoint(site, Method::kPost, "/checkouts/{id}/complete", "Goes on with a checkout that waits",
                           [site](http::Call& call) { return go_on(*site, call, true); }));
  router.add(page_endpoint(site, Method::kPost, "/checkouts/{id}/cancel", "Gives up a checkout that waits",
                           [site](http::Call& call) { return go_on(*site, call, false); }));
}

}  // namespace kontor::pages
