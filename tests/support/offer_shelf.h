// Offers as a test lays them out: what carts and checkouts look up.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "shop/cart/cart.h"
#include "shop/checkout/checkout.h"

namespace kontor::testing {

class OfferShelf : public checkout::PriceSource, public cart::OfferSource {
 public:
  std::map<OfferId, checkout::OfferFacts> all;
  Result<std::vector<checkout::OfferFacts>> offers(std::span<const OfferId> ids) override {
    std::vector<checkout::OfferFacts> found;
    for (const auto id : ids)
      if (const auto at = all.find(id); at != all.end()) found.push_back(at->second);
    return found;
  }
  Result<std::shared_ptr<const showcase::OfferCard>> offer_card(OfferId id) override {
    const auto at = all.find(id);
    if (at == all.end()) return fail(Errc::kNotFound, "catalog.no_such_offer");
    auto card = std::make_shared<showcase::OfferCard>();
    card->offer = id;
    card->product = at->second.product;
    card->sku = at->second.sku;
    card->title = at->second.title;
    card->price = at->second.price;
    card->buyable = at->second.buyable;
    card->sellable = 1'000'000;
    card->goods = at->second.goods;
    return std::shared_ptr<const showcase::OfferCard>(std::move(card));
  }
  bool forgets = false;  // no card is at hand
  std::optional<std::shared_ptr<const showcase::OfferCard>> card_at_hand(OfferId id) override {
    if (forgets) return std::nullopt;
    const auto found = offer_card(id);
    return found ? *found : nullptr;
  }
  Result<OfferId> featured_offer(ProductId product) override {
    for (const auto& [id, facts] : all)
      if (facts.product == product) return id;
    return fail(Errc::kNotFound, "catalog.no_such_product");
  }
};

}  // namespace kontor::testing
