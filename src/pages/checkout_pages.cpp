// From the cart to the order: one form, errors beside their fields, nothing typed is lost; then the order and how far
// it is.
#include "pages/pages.h"

namespace kontor::pages {
namespace {

struct FormField {
  std::string_view name;     // in the form
  std::string_view pointer;  // in the API's body
  std::string_view label;
  std::string_view complete;  // what browsers fill in
  bool wide = false;
  bool required = true;
};
constexpr FormField kFields[] = {
    {"email", "/email", "E-mail", "email", true},
    {"name", "/shipping_address/name", "Name", "name", true},
    {"line1", "/shipping_address/line1", "Street and house", "address-line1", true},
    {"city", "/shipping_address/city", "Town", "address-level2"},
    {"postal_code", "/shipping_address/postal_code", "Postal code", "postal-code"},
    {"region", "/shipping_address/region", "State or province", "address-level1", false, false},
    {"country", "/shipping_address/country", "Country (two letters)", "country"},
};

constexpr std::pair<std::string_view, std::string_view> kCards[] = {
    {"tok_approve", "Test card that is approved"},
    {"tok_decline", "Test card that is declined"},
    {"tok_timeout", "Test card whose bank does not answer"},
    {"tok_step_up", "Test card that asks for a confirmation"},
};

struct Shown {
  cart::CartView cart;
  Form form;
  std::string key;
  std::vector<FieldError> wrong;
  std::string problem;
};

void put_field(std::string& out, const FormField& field, const Shown& shown) {
  const auto wrong = std::find_if(shown.wrong.begin(), shown.wrong.end(),
                                  [&](const FieldError& e) { return e.field == field.pointer; });
  const std::string name(field.name);
  out += std::string("<div") + (field.wide ? " class=\"wide\"" : "") + "><label for=\"" + name + "\">" +
         std::string(field.label) + (field.required ? "" : " <span class=\"quiet\">(if any)</span>") +
         "</label><input id=\"" + name + "\" name=\"" + name + "\" autocomplete=\"" + std::string(field.complete) +
         "\"" + (field.name == "email" ? " type=\"email\"" : "") + (field.required ? " required" : "") + " value=\"";
  put_text(out, value_of_form(shown.form, field.name));
  out += "\"";
  if (wrong != shown.wrong.end()) {
    out += " aria-invalid=\"true\" aria-describedby=\"" + name + "-problem\"><p class=\"problem\" id=\"" + name +
           "-problem\">";
    put_text(out, wrong->message);
    out += "</p></div>";
  } else {
    out += "></div>";
  }
}

http::Response checkout_page(const Shown& shown, int status) {
  std::string out = "<h1>Check out</h1>";
  if (!shown.problem.empty()) out += "<p class=\"notice bad\" role=\"alert\">" + html_escape(shown.problem) + "</p>";
  out += "<p>" + std::to_string(shown.cart.item_count) + (shown.cart.item_count == 1 ? " piece" : " pieces") +
         ", to pay: <strong class=\"price\">" + html_escape(money_text(shown.cart.total)) +
         "</strong> · <a href=\"/cart\">change the cart</a></p>"
         "<form action=\"/checkout\" method=\"post\"><input type=\"hidden\" name=\"key\" value=\"" +
         html_escape(shown.key) + "\"><input type=\"hidden\" name=\"total\" value=\"" +
         std::to_string(shown.cart.total.amount_minor()) + "\"><div class=\"fields\">";
  for (const auto& field : kFields) put_field(out, field, shown);
  out += "<div class=\"wide\"><label for=\"token\">Payment</label><select id=\"token\" name=\"token\">";
  for (const auto& [token, words] : kCards) {
    out += "<option value=\"" + std::string(token) + "\"" +
           (token == value_of_form(shown.form, "token") ? " selected" : "") + ">" + std::string(words) + "</option>";
  }
  out += "</select></div></div><p><button>Pay " + html_escape(money_text(shown.cart.total)) + "</button></p></form>";
  return page({"Check out", {}, false}, out, status);
}

std::string body_of(const Form& form, Currency currency) {
  std::string body = "{";
  const auto put = [&](std::string& out, std::string_view name, std::string_view value) {
    if (out.back() != '{') out += ',';
    json::print_text(out, name);
    out += ':';
    json::print_text(out, value);
  };
  put(body, "email", trim(value_of_form(form, "email")));
  body += ",\"shipping_address\":{";
  for (const auto& field : kFields) {
    const auto value = trim(value_of_form(form, field.name));
    if (field.name == "email" || (!field.required && value.empty())) continue;
    put(body, field.name, value);
  }
  body += "},\"payments\":[{\"method\":\"card\"";
  put(body, "token", value_of_form(form, "token"));
  body += "}]";
  const auto total = value_of_form(form, "total");
  if (!total.empty() && total.size() < 17 && total.find_first_not_of("0123456789") == std::string_view::npos) {
    body += ",\"expected_total\":{\"amount\":" + std::to_string(std::stoll(std::string(total))) + ",\"currency\":\"" +
            std::string(currency.code()) + "\"}";
  }
  return body + "}";
}

struct AnswerWords {
  std::optional<OrderId> order_id;
  std::optional<std::string> detail;
};

AnswerWords words_of(const std::string& body) {
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

Result<http::Response> pay(const Parts& parts, http::Call& call) {
  TRY(auto form, read_form(call.request.body));
  TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
  TRY(auto cart, parts.carts.view({shopper.customer, shopper.kind == services::Shopper::Kind::kGuest}));
  Shown shown{std::move(cart), std::move(form), std::string(), {}, {}};
  shown.key = std::string(value_of_form(shown.form, "key"));
  const std::string text = body_of(shown.form, shown.cart.currency);
  TRY(const auto document, json::parse(text));
  auto body = checkout::read_body(document, checkout::Purpose::kBuy, true, true);
  if (!body) {
    shown.wrong = body.error().fields;
    shown.problem = "Some fields need another look.";
    return checkout_page(shown, 422);
  }
  const bool bad_key = shown.key.empty() || shown.key.size() > 255;
  const checkout::Purchase purchase{shopper.customer, bad_key ? parts.random.hex(16) : shown.key,
                                    checkout::fingerprint_of(document), std::move(*body), call.request.request_id};
  const auto answer = parts.checkouts.buy(purchase);
  if (!answer) {
    if (answer.error().code == Errc::kUnavailable) return fail(answer.error());
    shown.problem = answer.error().detail;
    return checkout_page(shown, error_info(answer.error().code).status);
  }
  const auto words = words_of(answer->body);
  if (words.order_id) return redirect("/orders/" + words.order_id->text());
  if (answer->status == 202) return redirect("/checkouts/" + answer->checkout.text());
  shown.problem = words.detail.value_or("The payment was not taken.");
  shown.key = parts.random.hex(16);  // another try is another attempt
  return checkout_page(shown, answer->status);
}

Result<http::Response> waiting_page(const Parts& parts, http::Call& call) {
  TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
  TRY(const auto id, call.id<CheckoutId>("id"));
  TRY(const auto view, parts.checkouts.view(shopper.customer, id));
  if (view.order_id) return redirect("/orders/" + view.order_id->text());
  std::string out;
  if (view.next_action) {
    out = "<h1>Please confirm the payment</h1><p>Your bank asks you to confirm it.</p><form action=\"/checkouts/" +
          id.text() + "/complete\" method=\"post\"><button>Confirm</button></form>";
  } else if (view.problem) {
    out =
        "<h1>The payment was not taken</h1><p>Nothing was charged, and your cart is as it was.</p><p><a "
        "class=\"button\" "
        "href=\"/checkout\">Try again</a></p>";
  } else {
    out =
        "<h1>One moment</h1><p>The bank has not answered yet. Nothing is lost: load this page again in a few "
        "seconds.</p><p><a "
        "class=\"button\" href=\"/checkouts/" +
        id.text() + "\">Look again</a></p>";
  }
  return page({"Check out", {}, false}, out);
}

void put_steps(std::string& out, orders::OrderState state) {
  using S = orders::OrderState;
  if (state == S::kCancelled || state == S::kPaymentFailed) return;
  out += "<ol class=\"steps\" aria-label=\"How far it is\">";
  const S steps[] = {S::kConfirmed, S::kProcessing, S::kPacked, S::kShipped, S::kDelivered};
  bool done = true;
  for (const S step : steps) {
    if (state == S::kPending) done = false;
    out += std::string("<li") + (done ? " class=\"done\"" : "") + (step == state ? " aria-current=\"step\"" : "") +
           ">" + std::string(name_of(step)) + "</li>";
    if (step == state) done = false;
  }
  out += "</ol>";
}

http::Response order_page(const orders::Order& order) {
  const auto& document = order.document;
  std::string out = "<h1>Order " + html_escape(order.number()) + "</h1><p>It is <strong>" +
                    std::string(name_of(order.state)) + "</strong>. We write to " + html_escape(order.email) + ".</p>";
  put_steps(out, order.state);
  out +=
      "<h2>What you bought</h2><table><thead><tr><th scope=\"col\">Product</th><th scope=\"col\" "
      "class=\"number\">Quantity</th><th "
      "scope=\"col\" class=\"number\">Total</th></tr></thead><tbody>";
  for (const auto& line : document.lines) {
    out += "<tr><td>" + html_escape(line.title) + "</td><td class=\"number\">" + std::to_string(line.quantity) +
           "</td><td class=\"number\">" + html_escape(money_text(line.line_total)) + "</td></tr>";
  }
  out += "<tr><th scope=\"row\">Paid</th><td></td><td class=\"number\"><strong>" +
         html_escape(money_text(document.totals.total)) + "</strong></td></tr></tbody></table>";
  for (const auto& shipment : document.shipments) {
    out += "<h2>Parcel</h2><p>" + std::string(name_of(shipment.status));
    if (shipment.carrier) out += " · " + html_escape(*shipment.carrier);
    if (shipment.tracking_number) out += " · " + html_escape(*shipment.tracking_number);
    out += " · expected by " + to_rfc3339(shipment.estimated_delivery.latest).substr(0, 10) + "</p>";
  }
  const auto& to = document.shipping_address;
  out += "<h2>It goes to</h2><p>" + html_escape(to.name) + ", " + html_escape(to.line1) + ", " +
         html_escape(to.postal_code) + " " + html_escape(to.city) + ", " + html_escape(to.country) +
         "</p><h2>What happened</h2><table>";
  for (const auto& entry : document.timeline) {
    out += "<tr><th scope=\"row\">" + std::string(name_of(entry.status)) + "</th><td>" + to_rfc3339(entry.at) +
           "</td><td>" + html_escape(entry.by) + "</td></tr>";
  }
  out += "</table>";
  return page({"Order " + order.number(), {}, false}, out);
}

Result<http::Response> orders_page(const Parts& parts, http::Call& call) {
  TRY(const auto shopper, parts.shoppers.of(call.request));
  std::string out = "<h1>Your orders</h1>";
  std::vector<orders::Order> list;
  if (shopper.buys()) {
    orders::ListQuery query;
    query.customer = shopper.customer;
    query.limit = 50;
    TRY(list, parts.orders.list(query));
  }
  if (list.empty())
    out += "<p>There are none yet.</p><p><a class=\"button\" href=\"/\">To the products</a></p>";
  else
    out +=
        "<table><thead><tr><th scope=\"col\">Number</th><th scope=\"col\">Placed</th><th scope=\"col\">Status</th><th "
        "scope=\"col\" "
        "class=\"number\">Total</th></tr></thead><tbody>";
  for (const auto& order : list) {
    out += "<tr><td><a href=\"/orders/" + order.id.text() + "\">" + html_escape(order.number()) + "</a></td><td>" +
           to_rfc3339(order.created).substr(0, 10) + "</td><td>" + std::string(name_of(order.state)) +
           "</td><td class=\"number\">" + html_escape(money_text(order.document.totals.total)) + "</td></tr>";
  }
  if (!list.empty()) out += "</tbody></table>";
  return page({"Orders", {}, false}, out);
}

}  // namespace

void add_checkout_pages(http::Router& router, const Parts& parts) {
  using http::Method;
  router.add(page_endpoint(
      Method::kGet, "/checkout", "The form to buy with", [parts](http::Call& call) -> Result<http::Response> {
        TRY(const auto shopper, parts.shoppers.welcome(call));
        TRY(auto cart, parts.carts.view({shopper.customer, shopper.kind == services::Shopper::Kind::kGuest}));
        if (cart.items.empty()) return redirect("/cart");
        return checkout_page({std::move(cart), Form{{"country", "US"}}, parts.random.hex(16), {}, {}}, 200);
      }));
  router.add(page_endpoint(Method::kPost, "/checkout", "Buys the cart",
                           [parts](http::Call& call) -> Result<http::Response> { return pay(parts, call); }));
  router.add(page_endpoint(Method::kGet, "/checkouts/{id}", "A checkout that waits",
                           [parts](http::Call& call) -> Result<http::Response> { return waiting_page(parts, call); }));
  router.add(page_endpoint(Method::kPost, "/checkouts/{id}/complete", "Goes on with a checkout that waits",
                           [parts](http::Call& call) -> Result<http::Response> {
                             TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
                             TRY(const auto id, call.id<CheckoutId>("id"));
                             TRY_DO(parts.checkouts.complete(shopper.customer, id, call.request.request_id));
                             return redirect("/checkouts/" + id.text());
                           }));
  router.add(page_endpoint(Method::kGet, "/orders", "The visitor's orders",
                           [parts](http::Call& call) -> Result<http::Response> { return orders_page(parts, call); }));
  router.add(
      page_endpoint(Method::kGet, "/orders/{id}", "An order", [parts](http::Call& call) -> Result<http::Response> {
        TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
        TRY(const auto id, call.id<OrderId>("id"));
        TRY(const auto order, parts.orders.find(id));
        if (!order || order->customer != shopper.customer)
          return fail(Errc::kNotFound, "orders.no_such_order", "There is no order of yours at this address.");
        return order_page(*order);
      }));
}

}  // namespace kontor::pages
