// The catalogue's endpoints over a store of its own, asked without a socket.
#pragma once
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

#include "runtime/router.h"
#include "shop/catalog/catalog_api.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
}  // namespace kontor

namespace kontor::catalog {

inline constexpr std::string_view kToken = "an-admin-token-of-tests-0123456789";

struct ApiFixture {
  testing::TestStore test{services_migrations(), catalog_migrations()};
  Catalog catalog{test.store(), test.clock, test.ids};
  services::Shoppers shoppers{test.clock,
                              test.random,
                              test.ids,
                              {.secret = "a secret of tests, long enough", .admin_token = std::string(kToken)}};
  services::Cursors cursors{"a secret of tests, long enough"};
  services::Audit audit{test.store(), test.clock, test.ids, test.random};
  http::Router router{"/api/v1"};
  std::unique_ptr<http::Dispatcher> dispatcher;
  bool as_admin = true;
  std::string if_match;

  ApiFixture() {
    add_catalog_routes(router, {catalog, shoppers, cursors, audit});
    const http::Router* tables[] = {&router};
    dispatcher = std::make_unique<http::Dispatcher>(tables);
  }

  http::Response ask(http::Method method, const std::string& path, std::string_view body = {},
                     std::string_view query = {}) {
    const std::string whole = "/api/v1" + path;
    const std::string bearer = "Bearer " + std::string(kToken);
    http::Request request;
    request.method = method;
    request.path = whole;
    request.query = query;
    request.body = body;
    request.request_id = "0123456789abcdef";
    if (as_admin) request.headers.push_back({"Authorization", bearer});
    if (!if_match.empty()) request.headers.push_back({"If-Match", if_match});
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    const auto match = dispatcher->find(method, whole);
    return dispatcher->run(match, request);
  }
  // The id of what a POST made.
  std::string made(const std::string& path, std::string_view body) {
    const auto response = ask(http::Method::kPost, path, body);
    INFO(response.body);
    REQUIRE(response.status == 201);
    return value(response, "id");
  }
  static bool says(const http::Response& response, std::string_view text) {
    return response.body.find(text) != std::string::npos;
  }
  static std::string value(const http::Response& response, std::string_view name) {
    const std::string key = "\"" + std::string(name) + "\":\"";
    const auto at = response.body.find(key);
    if (at == std::string::npos) return {};
    return response.body.substr(at + key.size(), response.body.find('"', at + key.size()) - at - key.size());
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, text] : response.headers)
      if (key == name) return text;
    return {};
  }
};

}  // namespace kontor::catalog
