// So many units of one offer are free when the rest of the basket meets the conditions. The gift lies in the cart like
// anything else, so that it is reserved, taxed and sent; until it does, the shopper is told of it.
#include <algorithm>

#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct GiftTerms {
  OfferId offer_id;
  std::int64_t quantity = 1;
  Gift gift_given = {};

  static constexpr auto fields() {
    return described(Field("offer_id", &GiftTerms::offer_id, "What is free"),
                     Field("quantity", &GiftTerms::quantity, "How many of it", Range{1, 100}, Default{}));
  }
  void check(Wrong&) const {}
  void apply(Basket& basket) const {
    for (BasketLine& line : basket.lines())
      if (line.gift) basket.take(line, Basket::share(line, std::min(quantity, line.line.quantity)));
  }
  const Gift* gift() const { return &gift_given; }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_gift(const json::Raw& raw) {
  TRY(const auto document, json::parse(raw.text));
  auto terms = json::read_document<GiftTerms>(document);
  if (!terms) return fail(below_parameters(std::move(terms.error())));
  terms->gift_given = {terms->offer_id, terms->quantity};
  return std::make_shared<const RuleOf<GiftTerms>>(std::move(*terms));
}

}  // namespace kontor::promotions
