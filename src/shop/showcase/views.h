// What others see of products in the browsing world: offer cards, availability, and a product with its stock at one
// moment.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "shop/catalog/catalog.h"

namespace kontor::showcase {

// What a cart line, a listing or an order shows of an offer.
struct OfferCard {
  OfferId offer;
  ProductId product;
  SellerId seller;
  std::string sku;
  std::string title;
  std::string slug;
  std::string image;  // "" when there is none
  Money price;
  std::optional<Money> list_price;
  std::int64_t purchase_limit = 0;
  std::int64_t backorder = 0;
  std::int64_t sellable = 0;  // approximate: seconds old
  bool buyable = true;        // product and offer are active
  std::string variant = {};   // the values of its options, "M, black"; "" when there are none
  bool has_buffer = false;    // `sellable` leaves the sale buffer out: there may be more
  catalog::Goods goods = {};
  std::int64_t min_quantity = 1;
  std::int64_t quantity_step = 1;
};

enum class Availability { kOutOfStock = 0, kLowStock = 1, kInStock = 2, kBackorder = 3, kPreorder = 4 };
constexpr auto enum_names(Availability) {
  return std::array{EnumName<Availability>{Availability::kOutOfStock, "out_of_stock"},
                    EnumName<Availability>{Availability::kLowStock, "low_stock"},
                    EnumName<Availability>{Availability::kInStock, "in_stock"},
                    EnumName<Availability>{Availability::kBackorder, "backorder"},
                    EnumName<Availability>{Availability::kPreorder, "preorder"}};
}
// Up to so many are told to shoppers ("only 3 left").
inline constexpr std::int64_t kLowStock = 5;
Availability availability_of(std::int64_t sellable, std::int64_t backorder);

// A product with the stock of its offers at one moment.
struct ProductState {
  catalog::Product product;
  std::vector<std::int64_t> sellable;  // of product.offers, in their order
  OfferId featured;                    // 0: none is sold
  std::vector<std::string> category_path;
  std::vector<catalog::Names> category_names;  // of each on that path, in other languages
  std::string category_slug;
  std::shared_ptr<const catalog::AttributeTable> attributes;  // how they read; null: nobody looked
};

}  // namespace kontor::showcase
