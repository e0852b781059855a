#include "shop/catalog/attribute_definitions.h"

#include "tests/support/catalog_api.h"

namespace kontor::catalog {
namespace {

constexpr std::string_view kLaptops =
    R"({"items":[{"name":"ram_gb","type":"number","label":"Memory","unit":"GB","required":true,)"
    R"("values":[8,16,32.0],"position":1},)"
    R"({"name":"ports","type":"text","list":true,"labels":{"de":"Anschlüsse","de-CH":"Buchsen"}},)"
    R"({"name":"touch","type":"boolean","filterable":false}]})";

std::vector<std::string> wrong_with(const AttributeSet& set, std::string_view attributes, bool complete = true) {
  std::vector<FieldError> wrong;
  set.check(attributes, complete, "/attributes", wrong);
  std::vector<std::string> said;
  for (const FieldError& one : wrong) said.push_back(one.field + " " + one.code);
  return said;
}

std::vector<AttributeDefinition> read(std::string_view json) {
  auto items = json::read<std::vector<AttributeDefinition>>(json);
  REQUIRE(items);
  return std::move(*items);
}

using Said = std::vector<std::string>;

TEST_CASE("attribute definitions: type, list, values and presence are checked, by pointer") {
  const AttributeSet set(nullptr, CategoryId{1},
                         read(R"([{"name":"ram","type":"number","required":true,"values":[8,16]},)"
                              R"({"name":"colour","type":"text","list":true,"values":["red","blue"]},)"
                              R"({"name":"a/b","type":"boolean"}])"));
  CHECK(wrong_with(set, R"({"ram":16,"colour":["red","blue"],"a/b":true,"free":{"not":"ours"}})").empty());
  CHECK(wrong_with(set, R"({"ram":16.0,"colour":"red"})").empty());
  CHECK(wrong_with(set, R"({"ram":"16","a/b":1})") ==
        Said{"/attributes/ram wrong_type", "/attributes/a~1b wrong_type"});
  CHECK(wrong_with(set, R"({"ram":12,"colour":["red","green"]})") ==
        Said{"/attributes/ram unknown_value", "/attributes/colour/1 unknown_value"});
  CHECK(wrong_with(set, R"({"ram":[8]})") == Said{"/attributes/ram wrong_type"});
  CHECK(wrong_with(set, "{}") == Said{"/attributes/ram required"});
  CHECK(wrong_with(set, "{}", false).empty());
}

TEST_CASE("attribute definitions: what is below inherits, and the lower one of a name holds") {
  const std::vector<AttributeTable::Row> rows = {
      {CategoryId{1}, CategoryId{}, "things",
       read(R"([{"name":"b","type":"text","position":5},{"name":"a","type":"text"}])")},
      {CategoryId{2}, CategoryId{1}, "small", {}},
      {CategoryId{3}, CategoryId{2}, "tiny",
       read(R"([{"name":"a","type":"number","filterable":false},{"name":"c","type":"text"}])")},
      {CategoryId{4}, CategoryId{}, "other", {}}};
  const AttributeTable table(rows);
  CHECK(table.of(CategoryId{4}) == nullptr);
  CHECK(table.of(CategoryId{2}) == table.of(CategoryId{1}));
  const AttributeSet* tiny = table.of(CategoryId{3});
  REQUIRE(tiny != nullptr);
  Said order;
  for (const auto& entry : tiny->entries()) order.push_back(entry.definition.name);
  CHECK(order == Said{"a", "c", "b"});
  CHECK(tiny->find("a")->type == AttributeType::kNumber);
  CHECK(table.of(CategoryId{1})->find("a")->type == AttributeType::kText);
  CHECK(tiny->place_of("nothing") == 3);
  const std::vector<std::string> known{"Things", "SMALL", "Tiny"}, fresh{"Things", "Small", "New", "Tiny"}, none{"New"};
  CHECK(table.of_path(known) == tiny);
  CHECK(table.of_path(fresh) == table.of(CategoryId{2}));
  CHECK(table.of_path(none) == nullptr);
  CHECK(table.anywhere().find("a")->type == AttributeType::kText);
  CHECK(table.anywhere().find("a")->filterable);
  CHECK(table.anywhere().find("c") != nullptr);
}

TEST_CASE("attribute definitions: a label is of the locale, else of its language, else of all") {
  const auto items =
      read(R"([{"name":"x","type":"text","label":"X","labels":{"de":"Iks","de-CH":"Ix"}},{"name":"y","type":"text"}])");
  CHECK(label_of(items[0], "de-CH") == "Ix");
  CHECK(label_of(items[0], "de-AT") == "Iks");
  CHECK(label_of(items[0], "en-US") == "X");
  CHECK(label_of(items[1], "en-US").empty());
}

TEST_CASE("attribute definitions: what makes no sense is named, and changes nothing") {
  ApiFixture f;
  const std::string path = "/admin/categories/" + f.made("/admin/categories", R"({"name":"Laptops"})") + "/attributes";
  const auto refused = f.ask(
      http::Method::kPut, path,
      R"({"items":[{"name":"a","type":"number","values":[1,"two",1.0]},{"name":"a","type":"boolean","values":[true]},)"
      R"({"name":" ","type":"text","labels":{"d e":"x"}}]})");
  CHECK(refused.status == 422);
  for (const std::string_view field : {"/items/0/values/1", "/items/0/values/2", "/items/1/name", "/items/1/values",
                                       "/items/2/name", "/items/2/labels"})
    CHECK(ApiFixture::says(refused, "\"" + std::string(field) + "\""));
  CHECK(f.ask(http::Method::kPut, path, R"({"items":[{"name":"a","type":"colour"}]})").status == 422);
  CHECK(ApiFixture::says(f.ask(http::Method::kGet, path), R"("items":[],"effective":[],"version":0)"));
  CHECK(f.ask(http::Method::kGet, "/admin/categories/cat_0000000000009/attributes").status == 404);
  f.as_admin = false;
  CHECK(f.ask(http::Method::kPut, path, kLaptops).status == 401);
}

TEST_CASE("attribute definitions: products of the category and of those below it keep to them") {
  ApiFixture f;
  const std::string top = f.made("/admin/categories", R"({"name":"Computers"})");
  const std::string below = f.made("/admin/categories", R"({"name":"Laptops","parent_id":")" + top + R"("})");
  const auto set = f.ask(http::Method::kPut, "/admin/categories/" + top + "/attributes", kLaptops);
  REQUIRE(set.status == 200);
  CHECK(ApiFixture::header(set, "ETag") == "\"1\"");
  CHECK(ApiFixture::says(f.ask(http::Method::kGet, "/admin/categories/" + below + "/attributes"),
                         R"("items":[],"effective":[{"name":"ports")"));
  const auto product = [&](std::string_view rest) {
    return R"({"title":"Laptop","category":")" + below + R"(",)" + std::string(rest) + "}";
  };
  const auto refused = f.ask(http::Method::kPost, "/admin/products", product(R"("attributes":{"ports":[1]})"));
  CHECK(refused.status == 422);
  CHECK(ApiFixture::says(refused, R"("field":"/attributes/ports/0","code":"wrong_type")"));
  CHECK(ApiFixture::says(refused, R"("field":"/attributes/ram_gb","code":"required")"));
  const std::string id = f.made("/admin/products", product(R"("status":"draft")"));
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"status":"active"})").status == 422);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"status":"active","attributes":{"ram_gb":32}})")
            .status == 200);
  // definitions that come later leave what is there alone, until its attributes change
  REQUIRE(f.ask(http::Method::kPut, "/admin/categories/" + below + "/attributes",
                R"({"items":[{"name":"ram_gb","type":"number","values":[64]}]})")
              .status == 200);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"title":"Old laptop"})").status == 200);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"status":"inactive"})").status == 200);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"status":"active"})").status == 422);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"attributes":{"free":"x"}})").status == 422);
  f.if_match = "\"0\"";
  CHECK(f.ask(http::Method::kPut, "/admin/categories/" + below + "/attributes", R"({"items":[]})").status == 412);
  f.if_match = "\"1\"";
  CHECK(f.ask(http::Method::kPut, "/admin/categories/" + below + "/attributes", R"({"items":[]})").status == 200);
  f.if_match.clear();
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"status":"active"})").status == 200);
}

TEST_CASE("attribute definitions: a category takes them along when it goes, and a move changes what is inherited") {
  ApiFixture f;
  const std::string top = f.made("/admin/categories", R"({"name":"Computers"})");
  const std::string other = f.made("/admin/categories", R"({"name":"Food"})");
  const std::string below = f.made("/admin/categories", R"({"name":"Laptops","parent_id":")" + top + R"("})");
  REQUIRE(f.ask(http::Method::kPut, "/admin/categories/" + top + "/attributes", kLaptops).status == 200);
  const std::string path = "/admin/categories/" + below + "/attributes";
  CHECK(ApiFixture::says(f.ask(http::Method::kGet, path), "ram_gb"));
  REQUIRE(f.ask(http::Method::kPatch, "/admin/categories/" + below, R"({"parent_id":")" + other + R"("})").status ==
          200);
  CHECK_FALSE(ApiFixture::says(f.ask(http::Method::kGet, path), "ram_gb"));
  REQUIRE(f.ask(http::Method::kDelete, "/admin/categories/" + top).status == 204);
  CHECK(f.catalog.definitions().table().value()->empty());
}

}  // namespace
}  // namespace kontor::catalog
