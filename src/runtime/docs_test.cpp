#include "runtime/docs.h"

#include <doctest/doctest.h>

#include <set>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "runtime/router.h"

namespace kontor::http {
namespace {

namespace bj = boost::json;

enum class Size { kSmall, kLarge };
constexpr auto enum_names(Size) {
  return std::array{EnumName<Size>{Size::kSmall, "small"}, EnumName<Size>{Size::kLarge, "large"}};
}

struct Leaf {
  std::string name;
  std::vector<Leaf> children;  // a struct may hold itself
  static constexpr auto fields() {
    return described(Field("name", &Leaf::name, "What it is called"), Field("children", &Leaf::children, ""));
  }
};
struct Find {
  std::optional<Size> size;
  std::int64_t limit = 20;
  Prefixed attributes;
  static constexpr auto fields() {
    return described(Field("size", &Find::size, "How big"),
                     Field("limit", &Find::limit, "How many", Range{1, 100}, Default{}),
                     Field("attr.", &Find::attributes, "By <attribute>"));
  }
};
struct Add {
  std::optional<OfferId> offer_id;
  std::int64_t quantity = 1;
  Money price;
  Nullable<Time> until;
  json::Raw extra;
  std::map<std::string, std::string> labels;
  static constexpr auto fields() {
    return described(Field("offer_id", &Add::offer_id, "The offer"),
                     Field("quantity", &Add::quantity, "How many", Range{1, 999}, Default{}),
                     Field("price", &Add::price, "What it costs"), Field("until", &Add::until, ""),
                     Field("extra", &Add::extra, "Anything"), Field("labels", &Add::labels, "", Length{0, 5}));
  }
};

struct DocsFixture {
  Router router{"/api/v1"};
  DocsFixture() {
    router.get<Find, Leaf>("/leaves/{id}", {"Shows a leaf", {"tree.no_such_leaf"}},
                           [](Call&, Find) -> Result<Leaf> { return Leaf{}; });
    router.post<Add, Leaf>("/leaves", {"Adds a leaf", {"tree.full"}, 201},
                           [](Call&, Add) -> Result<Leaf> { return Leaf{}; });
    router.del<None, None>("/leaves/{id}", {"Drops a leaf", {}}, [](Call&, None) -> Result<None> { return None{}; });
  }
  std::string document() const {
    const Router* routers[] = {&router};
    return openapi::document(routers, {"Tree", "1.0", "Leaves & branches"});
  }
};

const bj::value& at(const bj::value& value, std::string_view pointer) {
  return value.at_pointer(bj::string_view(pointer.data(), pointer.size()));
}

// Every reference leads somewhere, every schema has members that OpenAPI 3.1 knows.
void check_schemas(const bj::value& value, const bj::object& components) {
  if (const auto* list = value.if_array()) {
    for (const auto& entry : *list) check_schemas(entry, components);
    return;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return;
  if (const auto* reference = object->if_contains("$ref")) {
    const std::string target(reference->as_string().c_str());
    const auto name = target.substr(target.rfind('/') + 1);
    CHECK_MESSAGE(
        (components.at("schemas").as_object().contains(name) || components.at("responses").as_object().contains(name)),
        target);
  }
  if (const auto* type = object->if_contains("type"); type != nullptr && type->is_string()) {
    const std::set<std::string> known{"object", "array", "string", "integer", "number", "boolean", "null", "http"};
    CHECK(known.contains(type->as_string().c_str()));
  }
  for (const auto& member : *object) check_schemas(member.value(), components);
}

}  // namespace

TEST_CASE_FIXTURE(DocsFixture, "the document is OpenAPI 3.1 whose references all lead somewhere") {
  const auto parsed = json::parse(document());
  REQUIRE(parsed.has_value());
  const auto& root = parsed->root();
  CHECK(root.at("openapi").as_string() == "3.1.0");
  check_schemas(root, root.at("components").as_object());
  std::set<std::string> ids;
  for (const auto& path : root.at("paths").as_object()) {
    CHECK(path.key().front() == '/');
    for (const auto& operation : path.value().as_object()) {
      CHECK(ids.insert(operation.value().at("operationId").as_string().c_str()).second);
      CHECK(!operation.value().at("responses").as_object().empty());
      if (path.key().find('{') != bj::string_view::npos)
        CHECK(operation.value().at("parameters").as_array().front().at("in").as_string() == "path");
    }
  }
  CHECK(ids == std::set<std::string>{"get_leaves_by_id", "post_leaves", "delete_leaves_by_id"});
}

TEST_CASE_FIXTURE(DocsFixture, "structs become schemas with their rules") {
  const auto parsed = json::parse(document());
  REQUIRE(parsed.has_value());
  const auto& root = parsed->root();
  const auto& post = at(root, "/paths/~1api~1v1~1leaves/post");
  const std::string reference(at(post, "/requestBody/content/application~1json/schema/$ref").as_string().c_str());
  const auto& add = at(root, reference.substr(1));
  CHECK(add.at("additionalProperties").as_bool() == false);
  CHECK(at(add, "/properties/quantity/minimum").as_int64() == 1);
  CHECK(at(add, "/properties/quantity/maximum").as_int64() == 999);
  CHECK(at(add, "/properties/quantity/default").as_int64() == 1);
  CHECK(at(add, "/properties/offer_id/pattern").as_string().starts_with("^off_"));
  CHECK(at(add, "/properties/price/$ref").as_string() == "#/components/schemas/Money");
  CHECK(at(add, "/properties/extra/description").as_string() == "Anything");
  CHECK(at(add, "/properties/labels/maxProperties").as_int64() == 5);
  CHECK(json::canonical(add.at("required")) == R"(["price","extra","labels"])");
  CHECK(at(post, "/responses/201/content/application~1json/schema/$ref").as_string().ends_with("Leaf"));
  CHECK(json::canonical(at(post, "/x-reasons")) == R"(["tree.full"])");
  const auto& parameters = at(root, "/paths/~1api~1v1~1leaves~1{id}/get/parameters").as_array();
  CHECK(parameters.size() == 4);
  CHECK(json::canonical(at(parameters[1], "/schema/enum")) == R"(["small","large"])");
  CHECK(at(root, "/paths/~1api~1v1~1leaves~1{id}/delete/responses/204/description").is_string());
}

TEST_CASE("type names are short and plain") {
  CHECK(openapi::component_name("kontor::cart::CartView") == "cart.CartView");
  CHECK(openapi::component_name("kontor::{anonymous}::Page<kontor::showcase::Card>") == "Page_showcase.Card");
}

TEST_CASE_FIXTURE(DocsFixture, "the readable pages say all of it, escaped, and need no script") {
  const Router* routers[] = {&router};
  const Docs docs(routers, {"Tree", "1.0", "Leaves & branches"});
  const auto& page = docs.page();
  CHECK(page.find("Leaves &amp; branches") != std::string::npos);
  CHECK(page.find("By &lt;attribute&gt;") != std::string::npos);
  CHECK(page.find("/api/v1/leaves/{id}") != std::string::npos);
  CHECK(page.find("id=\"post_leaves\"") != std::string::npos);
  CHECK(page.find("1 to 999") != std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("style=\"") == std::string::npos);
  Router pages("");
  docs.add_to(pages);
  const Router* all[] = {&pages};
  const Dispatcher dispatcher(all);
  Request request;
  for (const auto* address :
       {"/docs", "/docs/style.css", "/docs/errors", "/api/v1/openapi.json", "/docs/errors/out_of_stock"}) {
    const auto answer = dispatcher.run(dispatcher.find(Method::kGet, address), request);
    REQUIRE_MESSAGE(answer.ready != nullptr, address);
    CHECK(answer.ready->full.size() > answer.ready->body_at + 100);
  }
  CHECK(dispatcher.run(dispatcher.find(Method::kGet, "/docs/errors/nonsense"), request).status == 404);
}

TEST_CASE("every kind of failure has its page") {
  for (int code = 0; code <= static_cast<int>(Errc::kInternal); ++code) {
    const auto info = error_info(static_cast<Errc>(code));
    CHECK_MESSAGE(error_page(info.code).has_value(), info.code);
  }
}

}  // namespace kontor::http
