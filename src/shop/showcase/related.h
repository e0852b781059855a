// What staff put beside a product, as cards: only what is listed, prices in one currency, titles in one language.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "shop/showcase/card.h"
#include "shop/showcase/converting.h"

namespace kontor::showcase {

class Showcase;

struct RelatedCards {
  std::vector<Card> related, accessory, alternative;
  std::optional<ConvertedView> converted;
  bool by_language = false;  // other wishes may have other titles; not printed

  static constexpr auto fields() {
    using V = RelatedCards;
    return described(Field("related", &V::related, "Whoever looks at it may like these"),
                     Field("accessory", &V::accessory, "What goes with it"),
                     Field("alternative", &V::alternative, "What may be bought instead"),
                     Field("converted", &V::converted, "When prices are converted: from what, and how"));
  }
};

// The cards of these products in their order: those that are sold in `currency`, or, where none is, all of them with
// their prices converted. Titles in the first of the wished languages that fits, as in listings. kInvalid
// "pricing.no_rate".
Result<RelatedCards> cards_beside(Showcase& showcase, const ConverterSource* rates,
                                  const catalog::RelatedProducts& products, Currency currency,
                                  std::span<const std::string> wished);

}  // namespace kontor::showcase
