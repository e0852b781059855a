// The facts that catalog tells: ids, versions and prices. The home of all of them is `catalog`.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"

namespace kontor::catalog {

struct ProductCreated {
  static constexpr std::string_view kName = "product.created";
  ProductId product;
  std::int64_t version = 0;
  static constexpr auto fields() {
    return described(Field("product", &ProductCreated::product, "What is new"),
                     Field("version", &ProductCreated::version, "Its version"));
  }
};

// Anything about the product or its offers is other than before.
struct ProductChanged {
  static constexpr std::string_view kName = "product.changed";
  ProductId product;
  std::int64_t version = 0;
  static constexpr auto fields() {
    return described(Field("product", &ProductChanged::product, "What changed"),
                     Field("version", &ProductChanged::version, "Its version from now on"));
  }
};

struct ProductDeleted {
  static constexpr std::string_view kName = "product.deleted";
  ProductId product;
  std::vector<OfferId> offers;
  static constexpr auto fields() {
    return described(Field("product", &ProductDeleted::product, "What is gone"),
                     Field("offers", &ProductDeleted::offers, "The offers that went with it"));
  }
};

struct OfferPriceChanged {
  static constexpr std::string_view kName = "offer.price_changed";
  OfferId offer;
  ProductId product;
  Money price;
  Money previous;
  static constexpr auto fields() {
    return described(Field("offer", &OfferPriceChanged::offer, "Whose price changed"),
                     Field("product", &OfferPriceChanged::product, "The product it belongs to"),
                     Field("price", &OfferPriceChanged::price, "The price from now on"),
                     Field("previous", &OfferPriceChanged::previous, "The price until now"));
  }
};

struct CategoryChanged {
  static constexpr std::string_view kName = "category.changed";
  CategoryId category;
  static constexpr auto fields() {
    return described(Field("category", &CategoryChanged::category, "What was made, renamed, moved or removed"));
  }
};

}  // namespace kontor::catalog
