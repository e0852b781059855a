#include "runtime/router.h"

#include <doctest/doctest.h>

#include "base/assert.h"
#include "runtime/log.h"

namespace kontor::http {
namespace {

Endpoint saying(Method method, std::string pattern, std::string words) {
  Endpoint endpoint;
  endpoint.method = method;
  endpoint.pattern = std::move(pattern);
  endpoint.handle = [words](Call&) {
    Response response;
    response.body = words;
    return response;
  };
  return endpoint;
}

struct RouterFixture {
  Router api{"/api/v1"};
  Router pages{""};
  runtime::MemoryLog log;
  std::unique_ptr<Dispatcher> dispatcher;

  RouterFixture() {
    api.add(saying(Method::kGet, "/products/{id}", "product"));
    api.add(saying(Method::kGet, "/orders/{id}", "order"));
    api.add(saying(Method::kPost, "/orders/lookup", "lookup"));
    api.add(saying(Method::kPut, "/stock/{offer}/{warehouse}", "stock"));
    pages.add(saying(Method::kGet, "/", "home"));
    pages.add(saying(Method::kGet, "/map.xml", "map"));
    auto part = saying(Method::kGet, "/map-{part}.xml", "");
    part.handle = [](Call& call) {
      Response response;
      response.body = call.param("part");
      return response;
    };
    pages.add(part);
    auto broken = saying(Method::kGet, "/broken", "");
    broken.handle = [](Call&) -> Response { throw AssertionFailed("x > 0"); };
    pages.add(broken);
    auto echo = saying(Method::kGet, "/echo/{a}/{b}", "");
    echo.handle = [](Call& call) {
      Response response;
      response.body = std::string(call.param("a")) + "|" + std::string(call.param("b"));
      return response;
    };
    pages.add(echo);
    const Router* routers[] = {&api, &pages};
    dispatcher = std::make_unique<Dispatcher>(routers, &log);
  }

  Response ask(Method method, std::string_view path) const {
    Request request;
    request.method = method;
    request.path = path;
    request.request_id = "0123456789abcdef";
    return dispatcher->run(dispatcher->find(method, path), request);
  }
};

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return "";
}

}  // namespace

TEST_CASE_FIXTURE(RouterFixture, "an address finds its endpoint") {
  CHECK(ask(Method::kGet, "/").body == "home");
  CHECK(ask(Method::kGet, "/api/v1/products/prod_1").body == "product");
  CHECK(ask(Method::kHead, "/api/v1/products/prod_1").body == "product");
  CHECK(ask(Method::kPost, "/api/v1/orders/lookup").body == "lookup");
  CHECK(ask(Method::kGet, "/api/v1/orders/lookup").body ==
        "order");  // the parameter takes what the plain segment does not
  CHECK(dispatcher->find(Method::kGet, "/api/v1/products/prod_1").route->pattern == "/api/v1/products/{id}");
  CHECK(dispatcher->find(Method::kGet, "/api/v1/products/prod_1").last() == "prod_1");
  for (const auto* nothing : {"/nothing", "/api/v1", "/api/v1/products", "/api/v1/products/", "/api/v1/products/a/",
                              "//", "/api//v1/products/a"})
    CHECK_MESSAGE(ask(Method::kGet, nothing).status == 404, nothing);
  CHECK(ask(Method::kGet, "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z").status == 404);
}

TEST_CASE_FIXTURE(RouterFixture, "a parameter may be a part of a segment") {
  CHECK(ask(Method::kGet, "/map.xml").body == "map");
  CHECK(ask(Method::kGet, "/map-1.xml").body == "1");
  CHECK(ask(Method::kGet, "/map-a-2.xml.xml").body == "a-2.xml");
  for (const auto* nothing : {"/map-.xml", "/map-1.xm", "/map-1.xml/", "/map-1", "/-1.xml"})
    CHECK_MESSAGE(ask(Method::kGet, nothing).status == 404, nothing);
  CHECK(ask(Method::kPost, "/map-1.xml").status == 405);
}

TEST_CASE_FIXTURE(RouterFixture, "parameters are decoded, and what cannot be decoded is refused") {
  CHECK(ask(Method::kGet, "/echo/a%20b/%C3%BC").body == "a b|ü");
  CHECK(ask(Method::kGet, "/echo/a%2Fb/c+d").body == "a/b|c+d");
  CHECK(ask(Method::kGet, "/%65cho/1/2").body == "1|2");
  auto match = dispatcher->find(Method::kGet, "/echo/%41/%42");
  const auto moved = std::move(match);
  CHECK(moved.values[0] == "A");
  CHECK(moved.last() == "B");
  for (const auto* bad :
       {"/echo/%/x", "/echo/%00/x", "/echo/%ff/x", "/echo/../x", "/echo/./x", "/echo/%2e%2E/x", "/echo/%2e/x", "", "x"})
    CHECK_MESSAGE(ask(Method::kGet, bad).status == 400, bad);
}

TEST_CASE_FIXTURE(RouterFixture, "a wrong method is told which are right") {
  const auto refused = ask(Method::kDelete, "/api/v1/orders/lookup");
  CHECK(refused.status == 405);
  CHECK(header(refused, "Allow") == "GET, HEAD, POST, OPTIONS");
  CHECK(ask(Method::kHead, "/api/v1/stock/1/2").status == 405);
  const auto options = ask(Method::kOptions, "/api/v1/stock/1/2");
  CHECK(options.status == 204);
  CHECK(header(options, "Allow") == "PUT, OPTIONS");
  CHECK(ask(Method::kOptions, "*").status == 204);
  CHECK(ask(Method::kOptions, "/nothing").status == 404);
}

TEST_CASE_FIXTURE(RouterFixture, "a bug in a handler is a 500 with a problem document, and is logged") {
  const auto response = ask(Method::kGet, "/broken");
  CHECK(response.status == 500);
  CHECK(response.content_type == "application/problem+json");
  CHECK(response.body.find("0123456789abcdef") != std::string::npos);
  CHECK(response.body.find("x > 0") == std::string::npos);
  CHECK(log.has("x > 0"));
}

TEST_CASE_FIXTURE(RouterFixture, "two endpoints of one address are a bug") {
  const AssertionsThrow throws;
  api.add(saying(Method::kGet, "/products/{other}", ""));
  const Router* routers[] = {&api};
  CHECK_THROWS_AS(Dispatcher{routers}, AssertionFailed);
}

}  // namespace kontor::http
