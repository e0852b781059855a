// The catalogue over HTTP: the category tree for everyone; products, offers and categories for merchandisers.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/catalog/catalog.h"

namespace kontor::catalog {

// What the endpoints need; all of it outlives the router.
struct CatalogApi {
  Catalog& catalog;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

void add_catalog_routes(http::Router& router, CatalogApi api);
void add_category_routes(http::Router& router, const CatalogApi& api);     // called by the former
void add_former_slug_routes(http::Router& router, const CatalogApi& api);  // likewise

}  // namespace kontor::catalog
