// What a purchase would cost, asked by staff: any lines, coupons, customer, place and time; nothing is kept.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runtime/http.h"
#include "services/shopper.h"
#include "shop/checkout/checkout.h"

namespace kontor::checkout {

struct PreviewLine {
  OfferId offer_id;
  std::int64_t quantity = 1;

  static constexpr auto fields() {
    return described(Field("offer_id", &PreviewLine::offer_id, "What is bought"),
                     Field("quantity", &PreviewLine::quantity, "How many", Range{1, cart::kMostOfALine}, Default{}));
  }
};

struct PreviewBody {
  std::vector<PreviewLine> items;
  std::vector<std::string> coupons;
  std::optional<CustomerId> customer_id;
  std::optional<Currency> currency;
  std::optional<orders::Address> shipping_address;
  std::optional<std::string> shipping_option;
  std::optional<Time> at;

  static constexpr auto fields() {
    using B = PreviewBody;
    return described(Field("items", &B::items, "The lines", Length{1, cart::kMostLines}),
                     Field("coupons", &B::coupons, "Codes", Length{0, cart::kMostCoupons}, Default{}),
                     Field("customer_id", &B::customer_id, "As this customer; absent: a stranger"),
                     Field("currency", &B::currency, "The offers' own, unless said otherwise"),
                     Field("shipping_address", &B::shipping_address, "Where it would go"),
                     Field("shipping_option", &B::shipping_option, "How it would travel", Length{1, 60}),
                     Field("at", &B::at, "When it would be bought; absent: now"));
  }
};

// POST /admin/promotions/preview
void add_preview_routes(http::Router& router, Checkouts& checkouts, const services::Shoppers& shoppers);

}  // namespace kontor::checkout
