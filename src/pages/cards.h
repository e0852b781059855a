// A product in a row of products, and the parts of it that other pages show as well: price, stars, availability.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/exchange.h"
#include "pages/html.h"
#include "shop/search/search.h"

namespace kontor::pages {

void put_price(Html& out, Money price, const std::optional<Money>& list_price);
// What it cost at least in the 30 days before it was reduced; nothing when that is not known.
void put_prior_price(Html& out, const std::optional<Money>& lowest);
// That prices are converted, from what and by whose rate; nothing where they are the shop's own.
void put_converted(Html& out, const std::optional<showcase::ConvertedView>& converted);
// The same of what is bought.
void put_converted(Html& out, const std::optional<ExchangeTableText>& rates);
// "★★★★½ 4.6 (131)"; nothing without reviews.
void put_stars(Html& out, double rating, std::int64_t reviews);
// "In stock", "Only 3 left", …
std::string availability_text(const showcase::AvailabilityView& availability);
void put_availability(Html& out, const showcase::AvailabilityView& availability);
// A list of cards; the first `eager` pictures are loaded at once. `rated`: with their stars.
void put_cards(Html& out, std::span<const search::Item> cards, std::size_t eager, bool rated);

}  // namespace kontor::pages
