// The shop's pages, rendered here from the modules' faces; whole without scripts. Browsing pages hold nothing personal
// and are kept as ready bytes; cart, checkout and orders are the visitor's own, by cookie, and change only by forms
// from the same origin. docs/storefront.md tells how they are made.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "pages/dress.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "runtime/http.h"
#include "services/cursor.h"
#include "services/degradation.h"
#include "services/shopper.h"
#include "shop/cart/cart.h"
#include "shop/catalog/catalog.h"
#include "shop/checkout/checkout.h"
#include "shop/orders/orders.h"
#include "shop/search/search.h"
#include "shop/showcase/showcase.h"
#include "shop/telemetry/telemetry.h"

namespace kontor::pages {

// What an order that is put into the cart once more came to.
struct OrderedAgain {
  struct Missing {
    std::int64_t quantity = 0;
    std::string title;
  };
  bool any = false;  // something was put in the cart
  std::vector<Missing> missing;
};

// Units of an order that are not there after all.
struct MissingUnits {
  OfferId offer;
  std::int64_t quantity = 0;
  bool waits = false;  // the buyer has said so
  Time decide_by;
  std::vector<orders::Alternative> alternatives;  // as long as nothing was said
};

// What lies behind other faces than those below; handed in by the wiring.
struct OrderCalls {
  std::function<Result<http::Response>(const orders::Order&)> invoice;
  std::function<Result<OrderedAgain>(const cart::Owner&, const orders::Order&)> order_again;
  std::function<Result<std::vector<MissingUnits>>(OrderId)> missing;
  std::function<Result<void>(OrderId, OfferId, bool waits)> decide;
};

// Links that end mails about carts.
struct CartMailCalls {
  std::function<bool(std::string_view token)> known;
  std::function<Result<void>(std::string_view token)> stop;
};

// What is noted of visitors, and what an experiment shows them. Each may be empty, and must not wait but for `forget`.
struct VisitorCalls {
  // Counts what the request did, by what its visitor agreed to; `visit` is filled in behind it.
  std::function<void(const http::Request&, const telemetry::Observation&)> observe;
  std::function<bool()> trying;  // an experiment with the ranking runs
  // By which ranking this visitor's search is answered: they were shown it.
  std::function<search::Trial(const http::Request&)> trial;
  std::function<Result<void>(CustomerId)> forget;  // they wish to be counted no more
};

struct Parts {
  showcase::Showcase& showcase;
  search::Search& search;
  catalog::Catalog& catalog;
  cart::Carts& carts;
  checkout::Checkouts& checkouts;
  orders::Orders& orders;
  const services::Shoppers& shoppers;
  Clock& clock;
  Random& random;
  std::string public_url;  // the shop's address, without a slash at the end: for what other programs read
  OrderCalls order_calls;
  CartMailCalls cart_mails;
  cart::NamedCarts& named_carts;
  const services::Degradation& degradation;
  std::size_t ready_mb = 64;                          // of product pages, and half as much of listings
  Dress dress = {};                                   // the shop's own
  std::vector<services::Formats> other_locales = {};  // among which visitors may choose
  showcase::ConverterSource* rates = nullptr;         // null: prices are shown in the shop's currency alone
  std::size_t sitemap_addresses = 10'000;             // of one sitemap, at most
  VisitorCalls visitors = {};
  bool asks_consent = true;  // each page asks once whether visitors may be counted
};

// Makes a page of what no endpoint answers when a browser asks for one; nullopt for programs and below /api.
using ErrorPage = std::function<std::optional<http::Response>(const http::Request& request, const Error& error)>;

struct Pages {
  ErrorPage error_page;
  // Makes a product's page ready ahead of anybody's asking; false: there is no room left. What is not shown is passed
  // over.
  std::function<Result<bool>(ProductId)> warm;
  // Of product pages, of listings, and of the products at addresses; from any thread.
  std::function<runtime::CacheStats()> products, listings, addresses;
};

// All of `parts` outlives the router, whose base is "", and what is answered here. Hears of showcase's drops from here
// on.
Pages add_pages(http::Router& router, const Parts& parts);

}  // namespace kontor::pages
