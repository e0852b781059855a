// The way back into a cart from a mail: what lies in it, and a button that puts that into the visitor's own cart. Only
// the button changes something: programs that look into mails open links.
#include "pages/pictures.h"
#include "pages/site.h"

namespace kontor::pages {
namespace {

tl::unexpected<Error> bad_link() {
  return fail(Errc::kNotFound, "pages.bad_cart_link", "This link has expired; what you put in your cart is gone.");
}

Result<http::Response> show(const Site& site, http::Call& call) {
  const auto& parts = site.parts;
  TRY(const auto query, read_form(call.request.query));
  const std::string token(value_of_form(query, "token"));
  const auto customer = parts.carts.recovered(token);
  if (!customer) return bad_link();
  TRY(const auto shopper, parts.shoppers.of(call.request));
  if (shopper.customer == *customer) return redirect("/cart");
  TRY(const auto view, parts.carts.view({*customer, false}));
  Html out;
  out << "<h1>Your cart is waiting</h1>";
  if (view.items.empty()) {
    out << "<div class=\"empty\"><p class=\"lead\">Nothing is in it any more.</p><p><a class=\"button\" "
           "href=\"/search\">Look around</a></p></div>";
    return site.page({"Your cart"}, out.str());
  }
  out << "<ul class=\"lines\">";
  for (const auto& item : view.items) {
    out << "<li class=\"line\"><div class=\"thumb\">";
    put_picture(out, item.image.value_or(""), item.title, {96, 96, "6rem"});
    out << "</div><div class=\"what\"><h2>" << text(item.title) << "</h2><p class=\"quiet\">" << item.quantity << " at "
        << text(money_text(item.unit_price)) << " each</p></div></li>";
  }
  out << "</ul><form action=\"/cart/recover\" method=\"post\"><input type=\"hidden\" name=\"token\" value=\""
      << text(token) << "\"><button class=\"strong\">Put these in my cart</button></form>";
  return site.page({"Your cart"}, out.str());
}

Result<http::Response> take(const Site& site, http::Call& call) {
  const auto& parts = site.parts;
  TRY(const auto form, read_form(call.request.body));
  const auto customer = parts.carts.recovered(value_of_form(form, "token"));
  if (!customer) return bad_link();
  TRY(const auto owner, cart::owner_of(parts.carts, parts.shoppers, call));
  TRY_DO(parts.carts.recover(owner, *customer));
  return redirect("/cart");
}

}  // namespace

void add_cart_recovery_page(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(page_endpoint(site, Method::kGet, "/cart/recover", "A mail's way back to a cart",
                           [site](http::Call& call) { return show(*site, call); }));
  router.add(page_endpoint(site, Method::kPost, "/cart/recover", "Puts what a mail's cart holds into the visitor's",
                           [site](http::Call& call) { return take(*site, call); }));
}

}  // namespace kontor::pages
