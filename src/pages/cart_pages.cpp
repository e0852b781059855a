// The visitor's cart: shown, added to, changed, by plain forms.
#include <charconv>

#include "pages/pages.h"

namespace kontor::pages {
namespace {

Result<cart::Owner> owner_of(const Parts& parts, http::Call& call) {
  TRY(const auto shopper, parts.shoppers.welcome(call));
  return cart::Owner{shopper.customer, shopper.kind == services::Shopper::Kind::kGuest};
}

Result<std::int64_t> quantity_of(const Form& form, std::int64_t least) {
  const auto text = value_of_form(form, "quantity");
  std::int64_t quantity = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), quantity);
  if (code != std::errc{} || end != text.data() + text.size() || quantity < least || quantity > cart::kMostOfALine) {
    return fail(Errc::kInvalid, "pages.bad_quantity",
                "The quantity is a whole number from " + std::to_string(least) + " to " +
                    std::to_string(cart::kMostOfALine) + ".");
  }
  return quantity;
}

void put_item(std::string& out, const cart::ItemView& item) {
  out += "<tr><td>";
  put_text(out, item.title);
  if (item.price_changed)
    out += "<p class=\"problem\">The price was " + html_escape(money_text(item.price_when_added)) +
           " when you added it.</p>";
  if (item.availability == cart::Availability::kRemoved) out += "<p class=\"problem\">No longer sold.</p>";
  if (item.availability == cart::Availability::kOutOfStock) out += "<p class=\"problem\">Not so many are in stock.</p>";
  const std::string id = item.id.text();
  out +=
      "</td><td><form class=\"row\" action=\"/cart/set\" method=\"post\"><input type=\"hidden\" name=\"item\" "
      "value=\"" +
      id +
      "\"><input class=\"count\" name=\"quantity\" type=\"number\" inputmode=\"numeric\" min=\"0\" max=\"999\" "
      "aria-label=\"Quantity of " +
      html_escape(item.title) + "\" value=\"" + std::to_string(item.quantity) +
      "\"><button class=\"plain\">Change</button></form></td><td class=\"number\">";
  put_text(out, money_text(item.unit_price));
  out += "</td><td class=\"number\">";
  put_text(out, money_text(item.line_total));
  out += "</td></tr>";
}

http::Response cart_page(const cart::CartView& view, std::string_view problem, int status) {
  std::string out = "<h1>Your cart</h1>";
  if (!problem.empty()) out += "<p class=\"notice bad\" role=\"alert\">" + html_escape(problem) + "</p>";
  if (view.items.empty()) {
    out += "<p>There is nothing in it yet.</p><p><a class=\"button\" href=\"/\">To the products</a></p>";
    return page({"Cart", {}, false}, out, status);
  }
  out +=
      "<table><thead><tr><th scope=\"col\">Product</th><th scope=\"col\">Quantity</th><th scope=\"col\" "
      "class=\"number\">Each</th>"
      "<th scope=\"col\" class=\"number\">Total</th></tr></thead><tbody>";
  for (const auto& item : view.items) put_item(out, item);
  out += "</tbody></table>";
  for (const auto& discount : view.discounts) {
    out +=
        "<p class=\"price\">" + html_escape(discount.label) + ": −" + html_escape(money_text(discount.amount)) + "</p>";
  }
  out += "<h2>Total</h2><p class=\"price\">" + html_escape(money_text(view.total)) +
         "</p><p><a class=\"button\" href=\"/checkout\">Check out</a></p>";
  return page({"Cart", {}, false}, out, status);
}

// The change, then the cart; what went wrong is said above the cart as it is.
Result<http::Response> changed(const Parts& parts, const cart::Owner& owner, const Result<cart::CartView>& change) {
  if (change) return redirect("/cart");
  if (change.error().code == Errc::kUnavailable || change.error().code == Errc::kInternal) return fail(change.error());
  TRY(const auto view, parts.carts.view(owner));
  return cart_page(view, change.error().detail, error_info(change.error().code).status);
}

}  // namespace

void add_cart_pages(http::Router& router, const Parts& parts) {
  using http::Method;
  router.add(
      page_endpoint(Method::kGet, "/cart", "The visitor's cart", [parts](http::Call& call) -> Result<http::Response> {
        TRY(const auto owner, owner_of(parts, call));
        TRY(const auto view, parts.carts.view(owner));
        return cart_page(view, {}, 200);
      }));
  router.add(page_endpoint(Method::kPost, "/cart/add", "Adds an offer to the cart",
                           [parts](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.body));
                             TRY(const auto owner, owner_of(parts, call));
                             const auto offer = OfferId::parse(value_of_form(form, "offer"));
                             if (!offer) return fail(Errc::kNotFound, "pages.no_such_offer", "This is not sold here.");
                             const auto quantity = quantity_of(form, 1);
                             if (!quantity) return changed(parts, owner, fail(quantity.error()));
                             return changed(parts, owner, parts.carts.add(owner, {*offer, {}, *quantity}));
                           }));
  router.add(page_endpoint(Method::kPost, "/cart/set", "Changes a line of the cart",
                           [parts](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.body));
                             TRY(const auto owner, owner_of(parts, call));
                             const auto item = cart::ItemRef::parse(value_of_form(form, "item"));
                             if (!item)
                               return fail(Errc::kNotFound, "pages.no_such_item", "This line is not in your cart.");
                             const auto quantity = quantity_of(form, 0);
                             if (!quantity) return changed(parts, owner, fail(quantity.error()));
                             return changed(parts, owner, parts.carts.set_quantity(owner, *item, *quantity));
                           }));
}

}  // namespace kontor::pages
