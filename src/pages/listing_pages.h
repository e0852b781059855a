// The page of a shelf: what is listed of a category, of a brand, or for a search, with what it can be narrowed by.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "pages/json_ld.h"
#include "pages/selection.h"
#include "pages/site.h"

namespace kontor::pages {

struct Shelf {
  std::string title;
  std::optional<catalog::Category> category = {};
  std::vector<Crumb> above = {};  // between the first page and the category's own
};

// Kept as ready bytes under the selection's address.
Result<http::Response> shelf_page(Site& site, const http::Request& request, const Dress& dress, const Shelf& shelf,
                                  const Selection& selection);

}  // namespace kontor::pages
