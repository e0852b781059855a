// What a listing can be narrowed by: the panel of filters, as links and one small form, and the chips of what is
// chosen, by hand or by the words of a search.
#pragma once
#include "pages/attributes.h"
#include "pages/html.h"
#include "pages/selection.h"
#include "pages/site.h"

namespace kontor::pages {

// A listing with everything its page shows.
struct Listing {
  Selection chosen;
  search::ListingAnswer answer;
  AttributeWords words;  // how its attributes read
  std::string arm = {};  // of the experiment whose ranking it has

  bool narrowed() const;      // by anything that a chip takes away
  Selection cleared() const;  // without all of it
};
// With prices and titles as the dress says, by the ranking of a visitor's trial.
Result<Listing> read_listing(const Site& site, const Dress& dress, const Selection& selection,
                             const search::Trial& trial);

void put_filters(Html& out, const Listing& listing);
void put_chips(Html& out, const Listing& listing);

}  // namespace kontor::pages
