#include "shop/checkout/repricing.h"

#include "shop/promotions/promotions.h"

namespace kontor::checkout {
namespace {

std::optional<std::vector<Money>> price_again(const orders::Document& document, const std::vector<std::int64_t>& left) {
  if (!document.promotions) return std::nullopt;
  std::vector<promotions::Promotion> kept;
  for (const auto& raw : *document.promotions) {
    auto promotion = json::read<promotions::Promotion>(raw.text);
    if (!promotion) return std::nullopt;  // of another version: the shares stay
    kept.push_back(std::move(*promotion));
  }
  const Currency currency = document.totals.total.currency();
  std::vector<promotions::Line> lines;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == 0) continue;
    const auto& line = document.lines[i];
    lines.push_back({line.offer_id, line.product_id, left[i], line.unit_price.amount_minor(), nullptr});
    places.push_back(i);
  }
  Exchange exchange;
  if (const auto& rates = document.totals.rates)
    exchange = Exchange(std::make_shared<const ExchangeTable>(table_of(*rates)));
  const auto off = promotions::price_again(kept, lines, currency, &exchange);
  if (!off) return std::nullopt;  // of a type that is not there any more: the shares stay
  std::vector<Money> out(left.size(), Money::minor(0, currency));
  for (std::size_t i = 0; i < places.size(); ++i) out[places[i]] = Money::minor((*off)[i], currency);
  return out;
}

}  // namespace

orders::Repricing repricing() { return price_again; }

}  // namespace kontor::checkout
