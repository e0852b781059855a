// Parts of a search's words that were taken for filters ("under $50", "black"): to be shown and taken away like those
// that were chosen.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "pages/attributes.h"
#include "pages/html.h"
#include "pages/selection.h"

namespace kontor::pages {

const std::vector<search::PartView>& parts_of(const search::ListingAnswer& answer);
// The part that is a filter of this group, null when there is none. A search has one of each at most.
const search::PartView* price_part(const search::ListingAnswer& answer);
const search::PartView* rating_part(const search::ListingAnswer& answer);
const search::PartView* attribute_part(const search::ListingAnswer& answer, std::string_view name);

// "from $20.00", "up to $50.00", "$20.00 – $50.00"; at least one bound.
std::string price_words(const Html& out, std::optional<std::int64_t> min, std::optional<std::int64_t> max,
                        Currency currency);
// "4 stars and up".
std::string rating_words(const Html& out, double stars);
std::string part_words(const Html& out, const search::PartView& part, const AttributeWords& words);

// The selection from its first page on, with the part chosen instead of written: so that something can be added to it
// or put in its place. What cannot be chosen on a page (a bound of an attribute) is gone. A null part changes nothing.
Selection chosen_instead(const Selection& selection, const search::PartView* part, Currency currency);

}  // namespace kontor::pages
