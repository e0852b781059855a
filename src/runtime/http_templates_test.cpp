#include <doctest/doctest.h>

#include "runtime/http.h"
#include "runtime/router.h"

namespace kontor::http {
namespace {

struct Wanted {
  std::optional<std::string> q;
  std::int64_t limit = 20;
  std::vector<std::string> brand;
  std::optional<bool> in_stock;
  std::optional<double> rating_min;
  std::optional<ProductId> after;
  Prefixed attributes;
  static constexpr auto fields() {
    return described(Field("q", &Wanted::q, "words", Length{1, 10}),
                     Field("limit", &Wanted::limit, "how many", Range{1, 100}, Default{}),
                     Field("brand", &Wanted::brand, "brands", Length{0, 2}), Field("in_stock", &Wanted::in_stock, ""),
                     Field("rating_min", &Wanted::rating_min, "", Range{0, 5}), Field("after", &Wanted::after, ""),
                     Field("attr.", &Wanted::attributes, "by attribute"));
  }
};
struct Needed {
  std::string name;
  static constexpr auto fields() { return described(Field("name", &Needed::name, "")); }
};
struct Sum {
  std::int64_t value = 0;
  static constexpr auto fields() { return described(Field("value", &Sum::value, "", Range{0, 10})); }
};

std::string wrong(std::string_view query) {
  const auto found = read_query<Wanted>(query);
  if (found) return "";
  std::string out(error_info(found.error().code).code);
  for (const auto& field : found.error().fields) out += " " + field.field + ":" + field.code;
  return out;
}

struct TemplatesFixture {
  Router router{"/api"};
  Response ask(Method method, std::string_view path, std::string_view body, std::string_view type = "application/json",
               std::string_view query = "") {
    const Router* routers[] = {&router};
    const Dispatcher dispatcher(routers);
    Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.body = body;
    if (!type.empty()) request.headers.push_back({"Content-Type", type});
    request.request_id = "r1";
    return dispatcher.run(dispatcher.find(method, path), request);
  }
  TemplatesFixture() {
    router.post<Sum, Sum>("/double", {"Doubles", {}, 201}, [](Call& call, Sum in) -> Result<Sum> {
      call.set_header("X-Seen", "yes");
      if (in.value == 9) return fail(Error{Errc::kUnavailable, "test.away", "Away.", {}, "\"more\":[1]", 7});
      return Sum{in.value * 2};
    });
    router.del<None, None>("/sums/{id}", {"Forgets", {}}, [](Call& call, None) -> Result<None> {
      TRY_DO(call.id<ProductId>("id"));
      return None{};
    });
    router.get<Wanted, Sum>("/find", {"Finds", {}}, [](Call& call, Wanted in) -> Result<Sum> {
      call.set_status(202);
      return Sum{in.limit};
    });
  }
};

}  // namespace

TEST_CASE("a query is read into its struct") {
  const auto found = read_query<Wanted>(
      "q=a+b%21&brand=x&brand=y&in_stock=true&rating_min=4.5&attr.color=red&attr.ram.min=8&after=prod_0000000000001");
  REQUIRE(found.has_value());
  CHECK(found->q == "a b!");
  CHECK(found->limit == 20);
  CHECK(found->brand == std::vector<std::string>{"x", "y"});
  CHECK(found->in_stock == true);
  CHECK(found->rating_min == 4.5);
  CHECK(found->attributes.values.size() == 2);
  CHECK(found->attributes.values[1] == std::pair<std::string, std::string>("ram.min", "8"));
  CHECK(read_query<Wanted>("")->limit == 20);
}

TEST_CASE("each wrong parameter has its code") {
  CHECK(wrong("limit=0") == "invalid ?limit:out_of_range");
  CHECK(wrong("limit=ten") == "invalid ?limit:wrong_type");
  CHECK(wrong("limit=") == "invalid ?limit:wrong_type");
  CHECK(wrong("limit=99999999999999999999") == "invalid ?limit:out_of_range");
  CHECK(wrong("limit=1&limit=2") == "invalid ?limit:bad_format");
  CHECK(wrong("q=") == "invalid ?q:too_short");
  CHECK(wrong("brand=a&brand=b&brand=c") == "invalid ?brand:too_long");
  CHECK(wrong("in_stock=maybe&rating_min=x") == "invalid ?in_stock:wrong_type ?rating_min:wrong_type");
  CHECK(wrong("rating_min=nan") == "invalid ?rating_min:wrong_type");
  CHECK(wrong("after=off_0000000000001") == "invalid ?after:bad_format");
  CHECK(wrong("utm_source=x") == "unknown_field ?utm_source:unknown_field");
  CHECK(wrong("attr.=x") == "unknown_field ?attr.:unknown_field");
  CHECK(wrong("q=%ff") == "bad_request");
  CHECK(read_query<Needed>("").error().fields.front().code == "required");
}

TEST_CASE_FIXTURE(TemplatesFixture, "a body goes in and an answer comes out") {
  const auto good = ask(Method::kPost, "/api/double", "{\"value\":4}");
  CHECK(good.status == 201);
  CHECK(good.body == "{\"value\":8}");
  CHECK(good.headers.front().second == "yes");
  CHECK(ask(Method::kPost, "/api/double", "{\"value\":4}", "").status == 201);
  CHECK(ask(Method::kPost, "/api/double", "{\"value\":4}", "Application/JSON; charset=utf-8").status == 201);
  CHECK(ask(Method::kPost, "/api/double", "{\"value\":4}", "text/plain").status == 415);
  CHECK(ask(Method::kPost, "/api/double", "").status == 400);
  CHECK(ask(Method::kPost, "/api/double", "{\"value\":11}").status == 422);
  CHECK(ask(Method::kPost, "/api/double", "{\"value\":4}", "", "debug=1").status == 422);
  CHECK(ask(Method::kGet, "/api/find", "", "", "limit=7").body == "{\"value\":7}");
  CHECK(ask(Method::kGet, "/api/find", "", "", "limit=7").status == 202);
}

TEST_CASE_FIXTURE(TemplatesFixture, "an endpoint without a body takes none, or an empty object") {
  CHECK(ask(Method::kDelete, "/api/sums/prod_0000000000001", "").status == 204);
  CHECK(ask(Method::kDelete, "/api/sums/prod_0000000000001", "", "text/plain").status == 204);
  CHECK(ask(Method::kDelete, "/api/sums/prod_0000000000001", "{}").status == 204);
  CHECK(ask(Method::kDelete, "/api/sums/prod_0000000000001", "{\"a\":1}").status == 422);
  CHECK(ask(Method::kDelete, "/api/sums/prod_0000000000001", "hello").status == 400);
  CHECK(ask(Method::kDelete, "/api/sums/prod_0000000000001", "hello", "text/plain").status == 415);
  CHECK(ask(Method::kDelete, "/api/sums/nonsense", "").status == 404);
}

TEST_CASE_FIXTURE(TemplatesFixture, "an error is a problem document") {
  const auto response = ask(Method::kPost, "/api/double", "{\"value\":9}");
  CHECK(response.status == 503);
  CHECK(response.content_type == "application/problem+json");
  CHECK(response.body ==
        R"({"type":"/docs/errors/unavailable","title":"A part that is needed is not reachable","status":503,)"
        R"("detail":"Away.","code":"unavailable","reason":"test.away","request_id":"r1","more":[1]})");
  bool retry = false, seen = false;
  for (const auto& [name, value] : response.headers) {
    retry = retry || (name == "Retry-After" && value == "7");
    seen = seen || name == "X-Seen";
  }
  CHECK(retry);
  CHECK(seen);
  const auto invalid_ = ask(Method::kPost, "/api/double", "{\"valeu\":1}");
  CHECK(invalid_.body.find(R"("errors":[{"field":"/value","code":"required")") != std::string::npos);
}

TEST_CASE("ready bytes carry a strong tag of what they say") {
  const auto a = make_ready("application/json", "public, max-age=60", "{\"a\":1}");
  const auto b = make_ready("application/json", "public, max-age=60", "{\"a\":2}");
  CHECK(a->etag != b->etag);
  CHECK(a->etag.size() == 34);
  CHECK(a->etag == make_ready("application/json", "x", "{\"a\":1}")->etag);
  CHECK(!a->by_language);
  CHECK(make_ready("application/json", "x", "{}", "Content-Language: de\r\nVary: Accept-Language\r\n")->by_language);
  CHECK(a->full.substr(a->body_at) == "{\"a\":1}");
  CHECK(a->full.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(a->full.find("ETag: " + std::string(a->etag) + "\r\n") < a->body_at);
  CHECK(a->full.find("Content-Length: 7\r\n") < a->body_at);
  CHECK(a->not_modified.find(a->etag) != std::string::npos);
  CHECK(a->not_modified.ends_with("\r\n\r\n"));
}

TEST_CASE("headers and cookies are found") {
  Request request;
  request.headers = {{"Host", "x"}, {"COOKIE", "a=1; kontor=tok; b=2"}, {"X-A", "1"}, {"x-a", "2"}};
  CHECK(request.header("x-A") == "1");
  CHECK(request.header("none") == "");
  CHECK(request.cookie("kontor") == "tok");
  CHECK(request.cookie("b") == "2");
  CHECK(request.cookie("kon") == "");
}

}  // namespace kontor::http
