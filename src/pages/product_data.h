// What a product's page tells other programs: schema.org's Product, or ProductGroup with its variants, and
// BreadcrumbList as JSON-LD, and the variants as JSON for the page's own script.
#pragma once
#include <string>
#include <vector>

#include "pages/html.h"
#include "pages/json_ld.h"
#include "shop/showcase/showcase.h"

namespace kontor::pages {

struct ProductView {
  showcase::ProductDetail detail;
  std::string gtin;
  std::vector<Crumb> crumbs;  // from the root category down
  std::string brand_path;     // where what else its brand makes is listed
};

std::string json_ld(const ProductView& product, const std::string& site);
std::string variants_json(const showcase::ProductDetail& product, const Dress& dress);

}  // namespace kontor::pages
