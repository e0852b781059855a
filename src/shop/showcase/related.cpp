#include "shop/showcase/related.h"

#include "shop/showcase/showcase.h"

namespace kontor::showcase {
namespace {

Result<std::vector<Card>> row(Showcase& showcase, std::span<const ProductId> ids, Currency currency) {
  std::vector<Card> cards;
  if (ids.empty()) return cards;
  TRY(const auto found, showcase.cards(ids, currency));
  for (const auto& card : found)
    if (card) cards.push_back(*card);
  return cards;
}

Result<RelatedCards> in_currency(Showcase& showcase, const catalog::RelatedProducts& products, Currency currency) {
  RelatedCards cards;
  TRY(cards.related, row(showcase, products.related, currency));
  TRY(cards.accessory, row(showcase, products.accessory, currency));
  TRY(cards.alternative, row(showcase, products.alternative, currency));
  return cards;
}

Result<void> convert(std::vector<Card>& cards, const Converter& by, Currency to) {
  std::vector<ProductId> ids;
  for (const Card& card : cards) ids.push_back(card.id);
  TRY(const auto listed, by.listed(ids, to));
  for (Card& card : cards) {
    TRY(card.price, by.convert(card.price, to));
    if (card.list_price) {
      TRY(card.list_price, by.convert(*card.list_price, to));
    }
    if (const auto own = listed.find(card.id); own != listed.end()) {
      card.price = own->second;  // what a list says stands alone: it is no reduction of anything
      card.list_price.reset();
    }
  }
  return {};
}

Result<RelatedCards> priced(Showcase& showcase, const ConverterSource* rates, const catalog::RelatedProducts& products,
                            Currency currency) {
  const Currency shop = showcase.settings().currency;
  TRY(RelatedCards cards, in_currency(showcase, products, currency));
  const bool any = !cards.related.empty() || !cards.accessory.empty() || !cards.alternative.empty();
  const auto table = any || currency == shop || rates == nullptr ? nullptr : rates->converter();
  if (!table) return cards;
  TRY(cards, in_currency(showcase, products, shop));
  for (auto* list : {&cards.related, &cards.accessory, &cards.alternative}) {
    if (list->empty()) continue;
    if (!cards.converted) {
      TRY(cards.converted, table->rate(shop, currency));
    }
    TRY_DO(convert(*list, *table, currency));
  }
  return cards;
}

}  // namespace

Result<RelatedCards> cards_beside(Showcase& showcase, const ConverterSource* rates,
                                  const catalog::RelatedProducts& products, Currency currency,
                                  std::span<const std::string> wished) {
  TRY(RelatedCards cards, priced(showcase, rates, products, currency));
  for (auto* list : {&cards.related, &cards.accessory, &cards.alternative})
    for (Card& card : *list) {
      cards.by_language = cards.by_language || !card.titles.empty();
      translate(card, wished, showcase.settings().locale);
    }
  return cards;
}

}  // namespace kontor::showcase
