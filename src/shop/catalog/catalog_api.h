// The catalogue over HTTP: products, offers and categories for merchandisers. What shoppers see of it has showcase.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/catalog/catalog.h"

namespace kontor::catalog {

// Of one bulk call.
inline constexpr std::size_t kBulkRows = 1000;
inline constexpr std::size_t kBulkChunk = 50;  // products a write: below 5 ms

// What the endpoints need; all of it outlives the router.
struct CatalogApi {
  Catalog& catalog;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

void add_catalog_routes(http::Router& router, CatalogApi api);
// Called by the former.
void add_category_routes(http::Router& router, const CatalogApi& api);
void add_attribute_routes(http::Router& router, const CatalogApi& api);
void add_bulk_routes(http::Router& router, const CatalogApi& api);
void add_price_bulk_routes(http::Router& router, const CatalogApi& api);
void add_related_routes(http::Router& router, const CatalogApi& api);
void add_former_slug_routes(http::Router& router, const CatalogApi& api);

}  // namespace kontor::catalog
