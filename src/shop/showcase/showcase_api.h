// Products for shoppers, as ready bytes, and the category tree.
#pragma once
#include "runtime/http.h"
#include "shop/showcase/converting.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {

// All of it outlives the router. `rates` may be null: then nothing is converted.
void add_showcase_routes(http::Router& router, Showcase& showcase, const ConverterSource* rates = nullptr);
void add_category_routes(http::Router& router, Showcase& showcase);  // those above have them

}  // namespace kontor::showcase
