// The composed read model of a product: offers, featured offer, price, availability, and the ready bytes of GET /products/{id}.
// Part of the browsing world: held in bounded memory, loaded by SQL once for all who wait, replaced by events; may be seconds old.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"

namespace kontor::showcase {

// What a cart line, a listing or an order shows of an offer.
struct OfferCard {
  OfferId offer;
  ProductId product;
  SellerId seller;
  std::string sku;
  std::string title;
  std::string slug;
  std::string image;              // "" when there is none
  Money price;
  std::optional<Money> list_price;
  std::int64_t purchase_limit = 0;
  std::int64_t backorder = 0;
  std::int64_t sellable = 0;      // approximate: seconds old
  bool buyable = true;            // product and offer are active
};

}  // namespace kontor::showcase
