#include "pages/cards.h"

#include <algorithm>
#include <cmath>

#include "pages/pictures.h"

namespace kontor::pages {

using showcase::Availability;

void put_price(Html& out, Money price, const std::optional<Money>& list_price) {
  const bool reduced = list_price && *list_price > price;
  out << "<p class=\"price" << (reduced ? " reduced" : "") << "\"><span>" << text(out.money(price)) << "</span>";
  if (reduced) {
    out << " <s><span class=\"unseen\">instead of </span>" << text(out.money(*list_price)) << "</s>";
  }
  out << "</p>";
}

void put_prior_price(Html& out, const std::optional<Money>& lowest) {
  if (lowest)
    out << "<p class=\"quiet\">Lowest price in the 30 days before the reduction: " << text(out.money(*lowest))
        << "</p>";
}

void put_converted(Html& out, const std::optional<showcase::ConvertedView>& converted) {
  if (!converted) return;
  out << "<p class=\"quiet converted\">Prices in " << out.dress().currency.code() << " are converted from "
      << converted->from.code() << " at the rate of " << text(out.date(converted->as_of)) << ".</p>";
}

void put_converted(Html& out, const std::optional<ExchangeTableText>& rates) {
  if (rates)
    out << "<p class=\"quiet converted\">Converted at the rates of " << text(out.date(rates->as_of)) << ".</p>";
}

void put_stars(Html& out, double rating, std::int64_t reviews) {
  if (reviews <= 0) return;
  const int halves = std::clamp(static_cast<int>(std::lround(rating * 2)), 0, 10);
  const std::string figure = out.dress().formats.decimal(std::lround(rating * 10), 1);
  out << "<p class=\"rated\"><span class=\"stars h" << halves
      << "\" aria-hidden=\"true\">★★★★★</span><span "
         "class=\"unseen\">Rated "
      << figure << " of 5 by " << out.number(reviews) << "</span><span aria-hidden=\"true\">" << figure
      << " <span class=\"many\">(" << out.number(reviews) << ")</span></span></p>";
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

// The title, with what the search found in it.
void put_name(Html& out, const search::Item& card) {
  out << "<span class=\"name\">";
  if (card.highlight) {
    for (const auto& piece : *card.highlight)
      out << (piece.marked ? "<mark>" : "") << text(piece.text) << (piece.marked ? "</mark>" : "");
  } else {
    out << text(card.title);
  }
  out << "</span>";
}

void put_card(Html& out, const search::Item& card, bool eager, bool rated) {
  PictureSlot slot{320, 320, "(min-width: 64rem) 16rem, (min-width: 40rem) 30vw, 45vw", eager};
  out << "<li class=\"card\" data-product=\"" << card.id.text() << "\"><a href=\"/p/" << percent_encode(card.slug)
      << "\"><span class=\"frame\">";
  put_picture(out, card.image.value_or(""), card.title, slot);
  const bool reduced = card.list_price && *card.list_price > card.price;
  if (reduced) {
    const auto before = card.list_price->amount_minor();
    const auto off = (before - card.price.amount_minor()) * 100 / before;
    if (off > 0) out << "<span class=\"off\">" << text(out.dress().formats.percent(-off)) << "</span>";
  }
  out << "</span><span class=\"brand\">" << text(card.brand) << "</span>";
  put_name(out, card);
  out << "</a>";
  if (rated) put_stars(out, card.avg_rating, card.review_count);
  put_price(out, card.price, card.list_price);
  if (card.availability.status != Availability::kInStock) put_availability(out, card.availability);
  out << "</li>";
}

}  // namespace

void put_cards(Html& out, std::span<const search::Item> cards, std::size_t eager, bool rated) {
  out << "<ul class=\"cards\">";
  for (std::size_t i = 0; i < cards.size(); ++i) put_card(out, cards[i], i < eager, rated);
  out << "</ul>";
}

}  // namespace kontor::pages
