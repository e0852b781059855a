// The rows of a product's page with what staff put beside it.
#pragma once
#include "pages/html.h"
#include "pages/site.h"

namespace kontor::pages {

// The cards in the dress's currency and language; the page is noted to go when one of them changes.
Result<showcase::RelatedCards> read_related(Site& site, const Dress& dress, ProductId id);
// `sold`: whether the product itself is; where not, what may be bought instead comes first.
void put_related(Html& out, const showcase::RelatedCards& cards, bool sold);

}  // namespace kontor::pages
