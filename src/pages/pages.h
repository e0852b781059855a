// The shop's pages, rendered here from the modules' faces; whole without scripts. Browsing pages hold nothing personal;
// cart, checkout and orders are the visitor's own, by cookie, and change only by forms from the same origin.
#pragma once
#include "pages/html.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "runtime/http.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/cart/cart.h"
#include "shop/checkout/checkout.h"
#include "shop/orders/orders.h"
#include "shop/showcase/showcase.h"

namespace kontor::pages {

struct Parts {
  showcase::Showcase& showcase;
  cart::Carts& carts;
  checkout::Checkouts& checkouts;
  orders::Orders& orders;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  Random& random;
};

// All of `parts` outlives the router, whose base is "".
void add_pages(http::Router& router, const Parts& parts);
void add_browse_pages(http::Router& router, const Parts& parts);    // called by the former
void add_cart_pages(http::Router& router, const Parts& parts);      // likewise
void add_checkout_pages(http::Router& router, const Parts& parts);  // likewise

// An endpoint whose Error becomes a page.
http::Endpoint page_endpoint(http::Method method, std::string pattern, std::string_view summary,
                             std::function<Result<http::Response>(http::Call&)> handle);

}  // namespace kontor::pages
