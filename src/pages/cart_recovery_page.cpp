// Where a cart's mails lead: back into the cart (what lies in it, and a button that puts that into the visitor's own),
// and to no more of such mails. Only the buttons change something: programs that look into mails open links.
#include "pages/pictures.h"
#include "pages/site.h"

namespace kontor::pages {
namespace {

tl::unexpected<Error> bad_link() {
  return fail(Errc::kNotFound, "pages.bad_cart_link", "This link has expired; what you put in your cart is gone.");
}

tl::unexpected<Error> bad_stop_link() {
  return fail(Errc::kNotFound, "pages.bad_mail_link", "This link is not whole; please open it from the mail.");
}

Result<http::Response> show(const Site& site, http::Call& call) {
  const auto& parts = site.parts;
  TRY(const auto query, read_form(call.request.query));
  const std::string token(value_of_form(query, "token"));
  const auto customer = parts.carts.recovered(token);
  if (!customer) return bad_link();
  TRY(const auto shopper, parts.shoppers.of(call.request));
  if (shopper.customer == *customer) return redirect("/cart");
  const Dress dress = site.dress_of(call.request);
  TRY(const auto view, cart_in(site, {*customer, false}, dress));
  Html out(dress);
  out << "<h1>Your cart is waiting</h1>";
  if (view.items.empty()) {
    out << "<div class=\"empty\"><p class=\"lead\">Nothing is in it any more.</p><p><a class=\"button\" "
           "href=\"/search\">Look around</a></p></div>";
    return site.page({"Your cart"}, out);
  }
  out << "<ul class=\"lines\">";
  for (const auto& item : view.items) {
    out << "<li class=\"line\"><div class=\"thumb\">";
    put_picture(out, item.image.value_or(""), item.title, {96, 96, "6rem"});
    out << "</div><div class=\"what\"><h2>" << text(item.title) << "</h2><p class=\"quiet\">" << item.quantity << " at "
        << text(out.money(item.unit_price)) << " each</p></div></li>";
  }
  out << "</ul><form action=\"/cart/recover\" method=\"post\"><input type=\"hidden\" name=\"token\" value=\""
      << text(token) << "\"><button class=\"strong\">Put these in my cart</button></form>";
  return site.page({"Your cart"}, out);
}

Result<http::Response> take_back(const Site& site, http::Call& call) {
  const auto& parts = site.parts;
  TRY(const auto form, read_form(call.request.body));
  const auto customer = parts.carts.recovered(value_of_form(form, "token"));
  if (!customer) return bad_link();
  TRY(const auto owner, cart::owner_of(parts.carts, parts.shoppers, call));
  TRY_DO(parts.carts.recover(owner, *customer));
  return redirect("/cart");
}

Result<http::Response> ask_to_stop(const Site& site, http::Call& call) {
  TRY(const auto query, read_form(call.request.query));
  const std::string token(value_of_form(query, "token"));
  if (!site.parts.cart_mails.known(token)) return bad_stop_link();
  const Dress dress = site.dress_of(call.request);
  Html out(dress);
  out << "<h1>Mails about your cart</h1><p class=\"lead\">We write when your cart was left alone, before it is "
         "emptied, "
         "and when something in it is no longer sold.</p><form action=\"/cart/mails/stop?token="
      << percent_encode(token) << "\" method=\"post\"><button class=\"strong\">No more of these</button></form>";
  return site.page({"Mails about your cart"}, out);
}

// Mail programs post here by themselves when their user wants no more (RFC 8058), so the link alone is enough.
Result<http::Response> stop(const Site& site, http::Call& call) {
  TRY(const auto query, read_form(call.request.query));
  const std::string token(value_of_form(query, "token"));
  if (!site.parts.cart_mails.known(token)) return bad_stop_link();
  TRY_DO(site.parts.cart_mails.stop(token));
  const Dress dress = site.dress_of(call.request);
  Html out(dress);
  out << "<h1>Done</h1><p class=\"lead\">You get no more mails about your cart. Those about your orders still "
         "come.</p>";
  return site.page({"Mails about your cart"}, out);
}

}  // namespace

void add_cart_recovery_page(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(page_endpoint(site, Method::kGet, "/cart/recover", "A mail's way back to a cart",
                           [site](http::Call& call) { return show(*site, call); }));
  router.add(page_endpoint(site, Method::kPost, "/cart/recover", "Puts what a mail's cart holds into the visitor's",
                           [site](http::Call& call) { return take_back(*site, call); }));
  router.add(page_endpoint(site, Method::kGet, "/cart/mails/stop", "Asks whether mails about the cart shall end",
                           [site](http::Call& call) { return ask_to_stop(*site, call); }));
  router.add(page_endpoint(site, Method::kPost, "/cart/mails/stop", "Ends mails about the cart",
                           [site](http::Call& call) { return stop(*site, call); }));
}

}  // namespace kontor::pages
