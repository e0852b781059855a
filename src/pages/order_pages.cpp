// Orders of the visitor: the list, one order with how far it is, finding one by number and e-mail, cancelling, its
// invoice, ordering it again.
#include <algorithm>
#include <utility>

#include "pages/countries.h"
#include "pages/drawings.h"
#include "pages/order_cancelling.h"
#include "pages/order_missing.h"
#include "pages/pictures.h"
#include "pages/site.h"

namespace kontor::pages {
namespace {

using orders::OrderState;
using orders::ShipmentState;

std::string_view state_words(OrderState state) {
  switch (state) {
    case OrderState::kPending:
      return "Waiting for the payment";
    case OrderState::kConfirmed:
      return "Confirmed";
    case OrderState::kProcessing:
      return "Being picked";
    case OrderState::kPacked:
      return "Packed";
    case OrderState::kShipped:
      return "On its way";
    case OrderState::kDelivered:
      return "Delivered";
    case OrderState::kCancelled:
      return "Cancelled";
    case OrderState::kPaymentFailed:
      return "Not paid";
  }
  return "";
}

std::string_view state_words(ShipmentState state) {
  switch (state) {
    case ShipmentState::kPending:
      return "waits in the warehouse";
    case ShipmentState::kPicked:
      return "is picked";
    case ShipmentState::kPacked:
      return "is packed";
    case ShipmentState::kShipped:
      return "is on its way";
    case ShipmentState::kDelivered:
      return "has arrived";
    case ShipmentState::kCancelled:
      return "was cancelled";
    case ShipmentState::kLost:
      return "was lost by the carrier";
    case ShipmentState::kReturnedToSender:
      return "came back to us";
  }
  return "";
}

std::string_view words_for_who(std::string_view by) {
  if (by == "customer") return "by you";
  return by == "staff" ? "by us" : "";
}

// "2 × Green tea" of a cancellation.
void put_cancelled(Html& out, const orders::Document& document, std::int64_t number) {
  out << "Cancelled: ";
  std::string_view comma = "";
  for (const auto& part : document.cancellations->at(static_cast<std::size_t>(number - 1)).lines)
    for (const auto& line : document.lines)
      if (line.id == part.line_id && part.quantity > 0) {
        out << std::exchange(comma, ", ") << part.quantity << " × " << text(line.title);
      }
}

// What has happened with its time, and what is still to come.
void put_timeline(Html& out, const orders::Order& order) {
  constexpr OrderState kWay[] = {OrderState::kConfirmed, OrderState::kProcessing, OrderState::kPacked,
                                 OrderState::kShipped, OrderState::kDelivered};
  out << "<section aria-labelledby=\"timeline\"><h2 id=\"timeline\">How far it is</h2><ol class=\"timeline\">";
  for (const auto& entry : order.document.timeline) {
    const bool now = &entry == &order.document.timeline.back();
    const bool part = entry.cancellation && entry.status != OrderState::kCancelled;
    out << "<li class=\"done\"" << (now ? " aria-current=\"step\"" : "") << "><strong>";
    if (part)
      put_cancelled(out, order.document, *entry.cancellation);
    else if (entry.payment && entry.amount)
      out << (*entry.payment == "captured" ? "Charged: " : "Given back: ") << text(out.money(*entry.amount));
    else
      out << state_words(entry.status);
    out << "</strong><span class=\"quiet\">" << text(out.date_time(entry.at)) << " " << words_for_who(entry.by)
        << "</span></li>";
  }
  const auto* at = std::find(std::begin(kWay), std::end(kWay), order.state);
  if (at != std::end(kWay))
    for (const auto* next = at + 1; next != std::end(kWay); ++next)
      out << "<li><span>" << state_words(*next) << "</span></li>";
  out << "</ol></section>";
}

const orders::OrderLine* line_of(const orders::Document& document, OfferId offer) {
  for (const auto& line : document.lines)
    if (line.offer_id == offer) return &line;
  return nullptr;
}

void put_shipments(Html& out, const orders::Document& document) {
  int number = 0;
  for (const auto& shipment : document.shipments) {
    out << "<section class=\"parcel\"><h2>" << kParcel << "Parcel " << ++number << " " << state_words(shipment.status)
        << "</h2>";
    if (shipment.tracking_number)
      out << "<p>" << text(shipment.carrier.value_or("Carrier")) << " <strong class=\"code\">"
          << text(*shipment.tracking_number) << "</strong></p>";
    const bool open = shipment.status != ShipmentState::kDelivered && shipment.status != ShipmentState::kCancelled;
    if (open)
      out << "<p class=\"quiet\">Expected between " << text(out.day(shipment.estimated_delivery.earliest)) << " and "
          << text(out.day(shipment.estimated_delivery.latest)) << "</p>";
    out << "<ul>";
    for (const auto& item : shipment.items) {
      const auto* line = line_of(document, item.offer_id);
      out << "<li>" << item.quantity << " × " << text(line != nullptr ? std::string_view(line->title) : "item")
          << "</li>";
    }
    out << "</ul></section>";
  }
}

void put_lines(Html& out, const Site& site, const orders::Document& document) {
  out << "<section aria-labelledby=\"bought\"><h2 id=\"bought\">What you bought</h2><ul class=\"brief big\">";
  for (const auto& line : document.lines) {
    const auto card = site.parts.showcase.offer_card(line.offer_id);
    out << "<li>";
    put_picture(out, card ? std::string_view((*card)->image) : std::string_view(), line.title, {64, 64, "4rem"});
    out << "<span>";
    if (card)
      out << "<a href=\"/p/" << percent_encode((*card)->slug) << "\">" << text(line.title) << "</a>";
    else
      out << text(line.title);
    out << "<span class=\"quiet\">" << line.quantity << " × " << text(out.money(line.unit_price)) << " · "
        << text(line.sku);
    if (line.cancelled) out << " · " << *line.cancelled << " of them cancelled";
    out << "</span>";
    if (line.gift) out << "<span class=\"quiet\">A gift" << (line.gift->wrap ? ", wrapped" : "");
    if (line.gift && line.gift->message) out << ": “" << text(*line.gift->message) << "”";
    if (line.gift) out << "</span>";
    if (line.note) out << "<span class=\"quiet\">Your note: " << text(*line.note) << "</span>";
    out << "</span><span class=\"sum\">" << text(out.money(line.line_total)) << "</span></li>";
  }
  out << "</ul></section>";
}

void put_totals(Html& out, const orders::Document& document) {
  const auto line = [&](std::string_view name, const std::string& value) {
    out << "<div><dt>" << text(name) << "</dt><dd>" << text(value) << "</dd></div>";
  };
  const auto& totals = document.totals;
  out << "<section aria-labelledby=\"sums\"><h2 id=\"sums\">What it cost</h2><dl>";
  line("Goods", out.money(totals.subtotal));
  for (const auto& discount : totals.discounts) line(discount.label, out.off(discount.amount));
  line("Delivery", totals.shipping.amount_minor() == 0 ? "free" : out.money(totals.shipping));
  for (const auto& [label, amount] : orders::tax_lines(totals)) line(label, out.money(amount));
  out << "<div class=\"whole\"><dt>Total</dt><dd>" << text(out.money(totals.total)) << "</dd></div>";
  for (const auto& payment : document.payments) {
    std::string method = payment.method;
    std::replace(method.begin(), method.end(), '_', ' ');
    line("By " + method + ", " + payment.status, out.money(payment.amount));
    if (payment.refunded.amount_minor() > 0) line("Given back", out.money(payment.refunded));
  }
  if (document.cancellations)
    out << "<div class=\"whole\"><dt>Without what was cancelled</dt><dd>"
        << text(out.money(document.cancellations->back().total_after)) << "</dd></div>";
  out << "</dl>";
  if (const auto note = orders::tax_note(totals); !note.empty()) out << "<p class=\"quiet\">" << text(note) << "</p>";
  out << "</section>";
}

void put_address(Html& out, const orders::Address& to) {
  out << "<section aria-labelledby=\"to\"><h2 id=\"to\">It goes to</h2><address>" << text(to.name) << "<br>"
      << text(to.line1) << "<br>";
  if (to.line2 && !to.line2->empty()) out << text(*to.line2) << "<br>";
  out << text(to.postal_code) << " " << text(to.city);
  if (to.region && !to.region->empty()) out << ", " << text(*to.region);
  out << "<br>" << text(country_name(to.country)) << "</address></section>";
}

enum class Seen { kByOwner, kJustPlaced, kByNumber };

// What stands in the way of what was asked for.
struct Notice {
  std::string words;
  int status = 200;
};

void put_actions(Html& out, const orders::Order& order) {
  const std::string address = "/orders/" + order.id.text();
  if (order.state != OrderState::kPending && order.state != OrderState::kPaymentFailed)
    out << "<p class=\"actions\"><a class=\"button plain\" href=\"" << address << "/invoice\">Invoice to print</a></p>";
  out << "<form class=\"actions\" action=\"" << address
      << "/reorder\" method=\"post\" data-once><button class=\"plain\">Order it again</button></form>";
  put_cancelling(out, order);
}

// Whether anything more will happen to it.
bool goes_on(OrderState state) {
  return state != OrderState::kDelivered && state != OrderState::kCancelled && state != OrderState::kPaymentFailed;
}

http::Response order_page(const Site& site, const Dress& dress, const orders::Order& order, Seen seen,
                          const Notice& notice = {}) {
  Html out(dress);
  if (seen == Seen::kJustPlaced)
    out << "<div class=\"thanks\" role=\"status\">" << kTick
        << "<p class=\"lead\">Thank you. The order is yours.</p><p>We "
           "have written to "
        << text(order.email) << ".</p></div>";
  else
    out << "<nav class=\"crumbs\" aria-label=\"Where you are\"><ol><li><a href=\"/orders\">Your orders</a></li><li "
           "aria-current=\"page\">"
        << text(order.number()) << "</li></ol></nav>";
  if (!notice.words.empty())
    out << "<div class=\"notice bad\" role=\"alert\" tabindex=\"-1\" autofocus data-focus><p>" << text(notice.words)
        << "</p></div>";
  const bool follows = seen != Seen::kByNumber && goes_on(order.state);
  out << "<div class=\"heading\"";
  if (follows) out << " data-live=\"order:" << order.id.text() << "\" data-version=\"" << order.version << "\"";
  out << "><h1>Order <span class=\"code\">" << text(order.number())
      << "</span></h1><div data-fresh aria-live=\"polite\"><p class=\"state s-" << name_of(order.state) << "\">"
      << state_words(order.state) << "</p></div></div><p class=\"quiet\">Placed on " << text(out.date(order.created))
      << ". Keep the number: with it and your e-mail address you find the order from anywhere.</p><div "
         "class=\"order-page\"><div data-fresh>";
  if (seen != Seen::kByNumber) {
    const auto missing = site.parts.order_calls.missing(order.id);
    if (missing) put_missing(out, order, *missing);
  }
  put_timeline(out, order);
  put_shipments(out, order.document);
  out << "</div><div>";
  put_lines(out, site, order.document);
  put_totals(out, order.document);
  put_address(out, order.document.shipping_address);
  if (seen != Seen::kByNumber) {
    out << "<div data-fresh>";
    put_actions(out, order);
    out << "</div>";
  }
  out << "</div></div>";
  return site.page({"Order " + order.number()}, out, notice.status);
}

Result<http::Response> orders_page(const Site& site, http::Call& call) {
  TRY(const auto shopper, site.parts.shoppers.of(call.request));
  std::vector<orders::Order> list;
  if (shopper.buys()) {
    orders::ListQuery query;
    query.customer = shopper.customer;
    query.limit = 50;
    TRY(list, site.parts.orders.list(query));
  }
  const Dress dress = site.dress_of(call.request);
  Html out(dress);
  out << "<h1>Your orders</h1>";
  if (list.empty()) {
    out << "<div class=\"empty\"><p class=\"lead\">None yet in this browser.</p><p><a class=\"button\" "
           "href=\"/search\">Look around</a> <a class=\"button plain\" href=\"/orders/lookup\">Find an order by its "
           "number</a></p></div>";
    return site.page({"Orders"}, out);
  }
  out << "<ul class=\"orders\">";
  for (const auto& order : list) {
    std::int64_t pieces = 0;
    for (const auto& line : order.document.lines) pieces += line.quantity;
    out << "<li><a href=\"/orders/" << order.id.text() << "\"><span class=\"code\">" << text(order.number())
        << "</span><span class=\"quiet\">" << text(out.date(order.created)) << " · "
        << out.counted(pieces, "piece", "pieces") << "</span><span class=\"state s-" << name_of(order.state) << "\">"
        << state_words(order.state) << "</span><span class=\"sum\">" << text(out.money(order.document.totals.total))
        << "</span></a></li>";
  }
  out << "</ul><p><a href=\"/orders/lookup\">Find an order by its number</a></p>";
  return site.page({"Orders"}, out);
}

http::Response lookup_page(const Site& site, const Dress& dress, const Form& form, const Notice& notice = {}) {
  Html out(dress);
  out << "<div class=\"narrow-page\"><h1>Find an order</h1><p class=\"lead\">The number stands in the confirmation we "
         "sent "
         "you.</p>";
  const bool bad = !notice.words.empty();
  if (bad)
    out << "<div class=\"notice bad\" role=\"alert\" tabindex=\"-1\" autofocus data-focus><p id=\"problem\">"
        << text(notice.words) << "</p></div>";
  out << "<form action=\"/orders/lookup\" method=\"post\" novalidate>";
  const auto field = [&](std::string_view name, std::string_view label, std::string_view more) {
    out << "<div class=\"field" << (bad ? " wrong" : "") << "\"><label for=\"" << name << "\">" << label
        << "</label><input id=\"" << name << "\" name=\"" << name << "\" required " << more
        << (bad ? " aria-invalid=\"true\" aria-describedby=\"problem\"" : "") << " value=\""
        << text(value_of_form(form, name)) << "\"></div>";
  };
  field("number", "Number of the order", "autocomplete=\"off\" maxlength=\"40\"");
  field("email", "E-mail it was sent to", "type=\"email\" autocomplete=\"email\" maxlength=\"254\"");
  out << "<p><button class=\"strong\">Find it</button></p></form></div>";
  return site.page({"Find an order"}, out, notice.status);
}

Result<http::Response> look_up(const Site& site, http::Call& call) {
  TRY(const auto form, read_form(call.request.body));
  const auto order = site.parts.orders.look_up(value_of_form(form, "number"), value_of_form(form, "email"));
  if (order) return order_page(site, site.dress_of(call.request), *order, Seen::kByNumber);
  if (order.error().code != Errc::kNotFound) return fail(order.error());
  return lookup_page(site, site.dress_of(call.request), form,
                     {"There is no order with this number and this e-mail address.", 404});
}

// The order of the visitor who asks.
Result<orders::Order> own_order(const Site& site, http::Call& call) {
  TRY(const auto shopper, site.parts.shoppers.require_buyer(call.request));
  TRY(const auto id, call.id<OrderId>("id"));
  TRY(auto order, site.parts.orders.find(id));
  if (!order || order->customer != shopper.customer)
    return fail(Errc::kNotFound, "orders.no_such_order", "There is no order of yours at this address.");
  return std::move(*order);
}

Result<http::Response> cancel(const Site& site, http::Call& call) {
  TRY(const auto order, own_order(site, call));
  TRY(const auto form, read_form(call.request.body));
  const auto wish = read_cancelling(form);
  auto done = wish ? site.parts.checkouts.cancel_order(order.id, "customer", *wish)
                   : Result<orders::Order>(tl::unexpected<Error>(wish.error()));
  if (done) return redirect("/orders/" + order.id.text());
  const auto& error = done.error();
  const auto status = error_info(error.code).status;
  if (status >= 500 || error.code == Errc::kNotFound) return fail(error);
  TRY(const auto now, own_order(site, call));
  return order_page(site, site.dress_of(call.request), now, Seen::kByOwner, {error.detail, status});
}

Result<http::Response> decide_missing(const Site& site, http::Call& call) {
  TRY(const auto order, own_order(site, call));
  TRY(const auto form, read_form(call.request.body));
  const auto decision = read_missing_decision(form);
  const auto done = decision ? site.parts.order_calls.decide(order.id, decision->offer, decision->waits)
                             : Result<void>(tl::unexpected<Error>(decision.error()));
  if (done) return redirect("/orders/" + order.id.text());
  const auto status = error_info(done.error().code).status;
  if (status >= 500) return fail(done.error());
  TRY(const auto now, own_order(site, call));
  return order_page(site, site.dress_of(call.request), now, Seen::kByOwner, {done.error().detail, status});
}

// To the cart when all of it could be had; else the order says what could not.
Result<http::Response> order_again(const Site& site, http::Call& call) {
  TRY(const auto order, own_order(site, call));
  TRY(const auto shopper, site.parts.shoppers.require_buyer(call.request));
  const bool guest = shopper.kind == services::Shopper::Kind::kGuest;
  TRY(const auto done, site.parts.order_calls.order_again({shopper.customer, guest}, order));
  if (done.missing.empty()) return redirect("/cart");
  std::string words = done.any ? "The rest is in your cart, but not " : "None of it can be had now: ";
  for (const auto& line : done.missing)
    words += (&line == &done.missing.front() ? "" : ", ") + std::to_string(line.quantity) + " × " + line.title;
  return order_page(site, site.dress_of(call.request), order, Seen::kByOwner, {words + ".", 200});
}

Result<http::Response> invoice_page(const Site& site, http::Call& call) {
  TRY(const auto order, own_order(site, call));
  return site.parts.order_calls.invoice(order);
}

}  // namespace

void add_order_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(page_endpoint(site, Method::kGet, "/orders", "The visitor's orders",
                           [site](http::Call& call) { return orders_page(*site, call); }));
  router.add(page_endpoint(site, Method::kGet, "/orders/lookup", "The form to find an order with",
                           [site](http::Call& call) -> Result<http::Response> {
                             return lookup_page(*site, site->dress_of(call.request), {});
                           }));
  router.add(page_endpoint(site, Method::kPost, "/orders/lookup", "The order of a number and an e-mail address",
                           [site](http::Call& call) { return look_up(*site, call); }));
  router.add(
      page_endpoint(site, Method::kGet, "/orders/{id}", "An order", [site](http::Call& call) -> Result<http::Response> {
        TRY(const auto order, own_order(*site, call));
        return order_page(*site, site->dress_of(call.request), order,
                          call.request.query == "placed=1" ? Seen::kJustPlaced : Seen::kByOwner);
      }));
  router.add(page_endpoint(site, Method::kPost, "/orders/{id}/cancel", "Cancels an order, or lines of it, until packed",
                           [site](http::Call& call) { return cancel(*site, call); }));
  router.add(page_endpoint(site, Method::kPost, "/orders/{id}/missing", "Waits for what is missing, or cancels it",
                           [site](http::Call& call) { return decide_missing(*site, call); }));
  router.add(page_endpoint(site, Method::kPost, "/orders/{id}/reorder", "Puts an order into the cart once more",
                           [site](http::Call& call) { return order_again(*site, call); }));
  router.add(page_endpoint(site, Method::kGet, "/orders/{id}/invoice", "An order's invoice, to print",
                           [site](http::Call& call) { return invoice_page(*site, call); }));
}

}  // namespace kontor::pages
