// Products for shoppers, as ready bytes.
#pragma once
#include "runtime/http.h"
#include "shop/showcase/converting.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {

// All of it outlives the router. `rates` may be null: then nothing is converted.
void add_showcase_routes(http::Router& router, Showcase& showcase, const ConverterSource* rates = nullptr);

}  // namespace kontor::showcase
