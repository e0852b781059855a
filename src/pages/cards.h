// A product in a row of products, and the parts of it that other pages show as well: price, stars, availability.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pages/html.h"
#include "shop/showcase/showcase.h"

namespace kontor::pages {

void put_price(Html& out, Money price, const std::optional<Money>& list_price);
// "★★★★½ 4.6 (131)"; nothing without reviews.
void put_stars(Html& out, double rating, std::int64_t reviews);
// "In stock", "Only 3 left", …
std::string availability_text(const showcase::AvailabilityView& availability);
void put_availability(Html& out, const showcase::AvailabilityView& availability);
// A list of cards; the first `eager` pictures are loaded at once.
void put_cards(Html& out, std::span<const showcase::Card> cards, std::size_t eager);

}  // namespace kontor::pages
