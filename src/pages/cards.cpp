#include "pages/cards.h"

#include <algorithm>
#include <cmath>

#include "pages/pictures.h"

namespace kontor::pages {

using showcase::Availability;

void put_price(Html& out, Money price, const std::optional<Money>& list_price) {
  const bool reduced = list_price && *list_price > price;
  out << "<p class=\"price" << (reduced ? " reduced" : "") << "\"><span>" << text(money_text(price)) << "</span>";
  if (reduced) {
    out << " <s><span class=\"unseen\">instead of </span>" << text(money_text(*list_price)) << "</s>";
  }
  out << "</p>";
}

void put_stars(Html& out, double rating, std::int64_t reviews) {
  if (reviews <= 0) return;
  const int halves = std::clamp(static_cast<int>(std::lround(rating * 2)), 0, 10);
  const auto tenths = std::lround(rating * 10);
  const std::string figure = std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
  out << "<p class=\"rated\"><span class=\"stars h" << halves
      << "\" aria-hidden=\"true\">★★★★★</span><span "
         "class=\"unseen\">Rated "
      << figure << " of 5 by " << reviews << "</span><span aria-hidden=\"true\">" << figure << " <span class=\"many\">("
      << reviews << ")</span></span></p>";
}

std::string availability_text(const showcase::AvailabilityView& availability) {
  switch (availability.status) {
    case Availability::kInStock:
      return "In stock";
    case Availability::kLowStock:
      return availability.quantity_hint ? "Only " + std::to_string(*availability.quantity_hint) + " left"
                                        : "Only a few left";
    case Availability::kBackorder:
      return "On its way to us: order now, sent as soon as it is here";
    case Availability::kPreorder:
      return "Can be ordered in advance";
    case Availability::kOutOfStock:
      return "Out of stock";
  }
  return "";
}

void put_availability(Html& out, const showcase::AvailabilityView& availability) {
  const bool gone = availability.status == Availability::kOutOfStock;
  const bool few = availability.status == Availability::kLowStock;
  out << "<p class=\"stock "
      << (gone  ? "gone"
          : few ? "few"
                : "there")
      << "\">" << text(availability_text(availability)) << "</p>";
}

namespace {

void put_card(Html& out, const showcase::Card& card, bool eager) {
  PictureSlot slot{320, 320, "(min-width: 64rem) 16rem, (min-width: 40rem) 30vw, 45vw", eager};
  out << "<li class=\"card\"><a href=\"/p/" << percent_encode(card.slug) << "\"><span class=\"frame\">";
  put_picture(out, card.image.value_or(""), card.title, slot);
  const bool reduced = card.list_price && *card.list_price > card.price;
  if (reduced) {
    const auto before = card.list_price->amount_minor();
    const auto off = (before - card.price.amount_minor()) * 100 / before;
    if (off > 0) out << "<span class=\"off\">−" << off << " %</span>";
  }
  out << "</span><span class=\"brand\">" << text(card.brand) << "</span><span class=\"name\">" << text(card.title)
      << "</span></a>";
  put_stars(out, card.avg_rating, card.review_count);
  put_price(out, card.price, card.list_price);
  if (card.availability.status != Availability::kInStock) put_availability(out, card.availability);
  out << "</li>";
}

}  // namespace

void put_cards(Html& out, std::span<const showcase::Card> cards, std::size_t eager) {
  out << "<ul class=\"cards\">";
  for (std::size_t i = 0; i < cards.size(); ++i) put_card(out, cards[i], i < eager);
  out << "</ul>";
}

}  // namespace kontor::pages
