// Buying an order once more: what of it is still sold goes into the cart, at today's prices; what cannot is told with
// its reason. Nothing is reserved or bought by it.
#pragma once
#include <string>
#include <vector>

#include "runtime/http.h"
#include "services/shopper.h"
#include "shop/cart/cart.h"
#include "shop/orders/orders.h"

namespace kontor::checkout {

struct ReorderedLine {
  OfferId offer_id;
  std::string title;
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    using R = ReorderedLine;
    return described(Field("offer_id", &R::offer_id, "The offer"), Field("title", &R::title, "As it was bought"),
                     Field("quantity", &R::quantity, "How many were put in the cart"));
  }
};

struct MissingLine {
  OfferId offer_id;
  std::string title;
  std::int64_t quantity = 0;
  std::string code;
  std::string reason;
  std::string message;

  static constexpr auto fields() {
    using M = MissingLine;
    return described(Field("offer_id", &M::offer_id, "The offer"), Field("title", &M::title, "As it was bought"),
                     Field("quantity", &M::quantity, "How many could not be had"),
                     Field("code", &M::code, "As the cart refuses it: out_of_stock, purchase_limit, not_found …"),
                     Field("reason", &M::reason, "The same, finer"), Field("message", &M::message, "For people"));
  }
};

struct Reordered {
  cart::CartView cart;
  std::vector<ReorderedLine> added;
  std::vector<MissingLine> missing;

  static constexpr auto fields() {
    return described(Field("cart", &Reordered::cart, "The cart afterwards"),
                     Field("added", &Reordered::added, "What was put in it"),
                     Field("missing", &Reordered::missing, "What could not be"));
  }
};

// Of a line of which too few are left, those that are. Errors are the store's; the lines before it stay in the cart.
Result<Reordered> reorder(cart::Carts& carts, const cart::Owner& owner, const orders::Order& order);

struct ReorderApiParts {
  cart::Carts& carts;
  orders::Orders& orders;
  const services::Shoppers& shoppers;
};

// POST /orders/{id}/reorder. May be wrapped by services::add_idempotent with home `customer`.
void add_reorder_routes(http::Router& router, const ReorderApiParts& parts);

}  // namespace kontor::checkout
