// Listings and searches over HTTP: GET /products, /search, /categories/{id}/products.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "runtime/http.h"
#include "services/shopper.h"
#include "shop/search/search.h"

namespace kontor::search {

struct Searched {
  std::string_view words;
  std::int64_t found = 0;
  Trial trial;
};

// All of it outlives the router.
struct ApiParts {
  Search& search;
  const services::Shoppers& shoppers;
  // By which ranking this visitor's searches are answered; may be empty: by the usual one.
  std::function<Trial(const http::Request& request)> trial = {};
  // Told of each first page of a search with words; may be empty. Must not wait.
  std::function<void(const http::Request& request, const Searched& what)> searched = {};
};
void add_search_routes(http::Router& router, const ApiParts& parts);

}  // namespace kontor::search
