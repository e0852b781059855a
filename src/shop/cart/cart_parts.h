// What the cart and named carts share: whose they are, their bounds, and where they look offers up.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "shop/showcase/showcase.h"

namespace kontor::cart {

// Where carts look offers up; showcase behind it, memory speed. kNotFound "catalog.no_such_offer",
// "catalog.no_such_product".
class OfferSource {
 public:
  virtual ~OfferSource() = default;
  virtual Result<std::shared_ptr<const showcase::OfferCard>> offer_card(OfferId offer) = 0;
  // What is at hand, and never a wait: nullopt when nothing is, null when there is no such offer.
  virtual std::optional<std::shared_ptr<const showcase::OfferCard>> card_at_hand(OfferId offer) = 0;
  virtual Result<OfferId> featured_offer(ProductId product) = 0;
  // Which of them are not for sale, or gone.
  virtual Result<std::vector<OfferId>> not_sold(std::span<const OfferId> offers);
};

inline constexpr std::int64_t kMostOfALine = 999;
inline constexpr std::size_t kMostCoupons = 10;
inline constexpr std::size_t kMostLines = 100;                         // in the cart, and again saved for later
inline constexpr std::size_t kMostNote = 500, kMostGiftMessage = 300;  // characters

// Whose cart, and how long it lives.
struct Owner {
  CustomerId customer;
  bool guest = true;
  std::string peer = {};  // the address that asks, for counting wrong codes; "" where nobody guesses
};

}  // namespace kontor::cart
