// The catalogue for shoppers: product pages as ready bytes, listings and search, the products of a category.
#pragma once
#include "runtime/http.h"
#include "services/cursor.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {

// All of it outlives the router.
void add_showcase_routes(http::Router& router, Showcase& showcase, const services::Cursors& cursors);

}  // namespace kontor::showcase
