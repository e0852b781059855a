// Reads that are answered as ready bytes with an ETag: the query is described like any other, and the docs say what
// the bytes hold.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "runtime/http.h"
#include "runtime/openapi.h"

namespace kontor::services {

// `caching` is the Cache-Control.
inline http::Response ready_response(std::string_view json, std::string_view caching) {
  http::Response response;
  response.ready = http::make_ready("application/json", caching, json);
  return response;
}

// Query: what the parameters are read into; Out: what the body is printed from.
template <class Query, class Out, class Handler>
http::Endpoint ready_endpoint(std::string pattern, http::About about, Handler handler) {
  http::Endpoint endpoint =
      http::detail::query_endpoint<Query, http::Response>(std::move(pattern), std::move(about), std::move(handler));
  endpoint.response_schema = openapi::type_name<Out>();
  openapi::append_schema<Out>(endpoint.response_schema_json, endpoint.schemas, Rules{}, openapi::Direction::kAnswer);
  return endpoint;
}

}  // namespace kontor::services
