// What a listing can be narrowed by: the panel of filters, as links and one small form, and the chips of what is
// chosen.
#pragma once
#include "pages/html.h"
#include "pages/selection.h"
#include "pages/site.h"

namespace kontor::pages {

// A listing with everything its page shows.
struct Listing {
  Selection chosen;
  showcase::ListingAnswer answer;
  showcase::Facets facets;  // as of `answer`, but each group that is chosen from counts as if it were not
};
Result<Listing> read_listing(const Site& site, const Selection& selection);

void put_filters(Html& out, const Site& site, const Listing& listing);
void put_chips(Html& out, const Site& site, const Listing& listing);

}  // namespace kontor::pages
