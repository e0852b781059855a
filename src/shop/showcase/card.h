// A product as listings and searches show it, with its price in one currency.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "shop/showcase/product_detail.h"

namespace kontor::showcase {

struct Card {
  ProductId id;
  std::optional<std::string> external_id;
  std::string slug, title, brand;
  std::optional<std::string> image;
  Money price;
  std::optional<Money> list_price;
  double avg_rating = 0;
  std::int64_t review_count = 0;
  AvailabilityView availability;
  std::optional<std::string> locale;
  std::vector<std::pair<std::string, std::string>> titles;  // in other languages; not printed

  static constexpr auto fields() {
    return described(
        Field("id", &Card::id, "The product"), Field("external_id", &Card::external_id, "The shop's own key"),
        Field("slug", &Card::slug, "Its name in addresses"), Field("title", &Card::title, "Its name"),
        Field("brand", &Card::brand, "Who makes it"), Field("image", &Card::image, "The first picture"),
        Field("price", &Card::price, "The lowest price in the currency asked for"),
        Field("list_price", &Card::list_price, "The price it is compared with"),
        Field("avg_rating", &Card::avg_rating, "0 to 5"), Field("review_count", &Card::review_count, "How many"),
        Field("availability", &Card::availability, "Whether it can be had"),
        Field("locale", &Card::locale, "When the title is translated: its language"));
  }
};

// The title in the language that fits the wishes best, and none of the others any more.
void translate(Card& card, std::span<const std::string> wished, std::string_view own);

// Of which a cache holds one per currency that somebody asked for.
struct CardKey {
  ProductId product;
  Currency currency;
  bool operator==(const CardKey&) const = default;
};

}  // namespace kontor::showcase

template <>
struct std::hash<kontor::showcase::CardKey> {
  std::size_t operator()(const kontor::showcase::CardKey& key) const {
    return std::hash<kontor::ProductId>{}(key.product) ^ std::hash<std::string_view>{}(key.currency.code());
  }
};
