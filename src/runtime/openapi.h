// The OpenAPI 3.1 document of a set of routers, from the same tables and structs that answer the requests, so that it
// cannot lie.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "runtime/http.h"

namespace kontor::openapi {

struct Title {
  std::string_view name;     // "Kontor"
  std::string_view version;  // of the API
  std::string_view words;
};

// Deterministic: routers and endpoints in their order, schemas by name.
std::string document(std::span<const http::Router* const> routers, const Title& title);

// The group of an endpoint: its own tag, else the first plain segment of its pattern.
std::string_view tag_of(const http::Endpoint& endpoint);
// "post_cart_items", unique per method and address.
std::string operation_id(const http::Router& router, const http::Endpoint& endpoint);

}  // namespace kontor::openapi
