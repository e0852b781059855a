#include "tests/support/catalog_api.h"

namespace kontor::catalog {
namespace {

constexpr std::string_view kTea =
    R"({"title":"Green tea","external_id":"tea","brand":"Leaf","attributes":{"grade":1,"tin":true},)"
    R"("offers":[{"sku":"TEA","price":{"amount":450,"currency":"USD"}}]})";

TEST_CASE("catalog api: only staff with the role may look and change") {
  ApiFixture f;
  f.as_admin = false;
  CHECK(f.ask(http::Method::kGet, "/admin/products").status == 401);
  CHECK(f.ask(http::Method::kPost, "/admin/products", kTea).status == 401);
}

TEST_CASE("catalog api: a product is made, found, changed by version and removed") {
  ApiFixture f;
  const auto made = f.ask(http::Method::kPost, "/admin/products", kTea);
  REQUIRE(made.status == 201);
  const std::string id = ApiFixture::value(made, "id");
  CHECK(ApiFixture::header(made, "Location") == "/api/v1/admin/products/" + id);
  CHECK(ApiFixture::header(made, "ETag") == "\"1\"");
  CHECK(f.ask(http::Method::kPost, "/admin/products", kTea).body.find("\"code\":\"taken\"") != std::string::npos);
  CHECK(f.ask(http::Method::kGet, "/admin/products", {}, "external_id=tea").body.find(id) != std::string::npos);
  CHECK(f.ask(http::Method::kGet, "/admin/products", {}, "sku=TEA").body.find(id) != std::string::npos);
  CHECK(f.ask(http::Method::kGet, "/admin/products", {}, "sku=none").body.find(id) == std::string::npos);

  f.if_match = "\"1\"";
  const auto changed = f.ask(http::Method::kPatch, "/admin/products/" + id,
                             R"({"title":"Greener tea","attributes":{"grade":null,"leaf":"whole"}})");
  REQUIRE(changed.status == 200);
  CHECK(ApiFixture::value(changed, "title") == "Greener tea");
  CHECK(ApiFixture::value(changed, "slug") == "green-tea");
  CHECK(changed.body.find(R"("attributes":{"tin":true,"leaf":"whole"})") != std::string::npos);
  CHECK(changed.body.find("\"sku\":\"TEA\"") != std::string::npos);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"brand":"x"})").status == 412);
  f.if_match.clear();
  CHECK(f.ask(http::Method::kDelete, "/admin/products/" + id).status == 204);
  CHECK(f.ask(http::Method::kDelete, "/admin/products/" + id).status == 204);
  CHECK(f.ask(http::Method::kGet, "/admin/products/" + id).status == 404);
  const auto entries = f.audit.list({});
  REQUIRE(entries);
  CHECK(entries->size() == 3);
}

TEST_CASE("catalog api: everything wrong is said by field") {
  ApiFixture f;
  const auto refused = f.ask(http::Method::kPost, "/admin/products",
                             R"({"title":"","offers":[{"sku":"","price":{"amount":1,"currency":"XXX"}}],"colour":1})");
  CHECK(refused.status == 422);
  for (const std::string_view field : {"/title", "/offers/0/sku", "/offers/0/price/currency", "/colour"})
    CHECK(refused.body.find("\"" + std::string(field) + "\"") != std::string::npos);
  const auto odd =
      f.ask(http::Method::kPost, "/admin/products",
            R"({"title":"x","category":"cat_0000000000009","attributes":{"a":{"b":1}},"dimensions_mm":[1]})");
  CHECK(odd.status == 422);
  for (const std::string_view field : {"/category", "/attributes/a", "/dimensions_mm"})
    CHECK(odd.body.find("\"" + std::string(field) + "\"") != std::string::npos);
  const auto seller =
      f.ask(http::Method::kPost, "/admin/products",
            R"({"title":"x","offers":[{"sku":"A","seller":"no","price":{"amount":1,"currency":"USD"}}]})");
  CHECK(seller.body.find("/offers/0/seller") != std::string::npos);
}

TEST_CASE("catalog api: offers are added, repriced and removed") {
  ApiFixture f;
  const std::string product = ApiFixture::value(f.ask(http::Method::kPost, "/admin/products", kTea), "id");
  const auto added =
      f.ask(http::Method::kPost, "/admin/offers",
            R"({"product_id":")" + product + R"(","sku":"TEA-2","price":{"amount":900,"currency":"USD"}})");
  REQUIRE(added.status == 201);
  const std::string offer = ApiFixture::value(added, "id");
  CHECK(f.ask(http::Method::kPost, "/admin/offers",
              R"({"product_id":")" + product + R"(","sku":"TEA-2","price":{"amount":900,"currency":"USD"}})")
            .status == 422);
  const auto repriced =
      f.ask(http::Method::kPatch, "/admin/offers/" + offer, R"({"price":{"amount":800,"currency":"USD"}})");
  CHECK(repriced.body.find("\"amount\":800") != std::string::npos);
  CHECK(ApiFixture::header(repriced, "ETag") == "\"2\"");
  const auto negative =
      f.ask(http::Method::kPatch, "/admin/offers/" + offer, R"({"price":{"amount":-1,"currency":"USD"}})");
  CHECK(negative.status == 422);
  CHECK(negative.body.find("\"/price/amount\"") != std::string::npos);
  CHECK(f.ask(http::Method::kGet, "/admin/offers", {}, "product_id=" + product).body.find(offer) != std::string::npos);
  CHECK(f.ask(http::Method::kGet, "/admin/offers").status == 422);
  CHECK(f.ask(http::Method::kDelete, "/admin/offers/" + offer).status == 204);
  CHECK(f.ask(http::Method::kDelete, "/admin/offers/" + offer).status == 204);
  CHECK(f.ask(http::Method::kGet, "/admin/offers/" + offer).status == 404);
}

TEST_CASE("catalog api: the category tree grows, moves and shrinks") {
  ApiFixture f;
  const std::string root =
      ApiFixture::value(f.ask(http::Method::kPost, "/admin/categories", R"({"name":"Garden"})"), "id");
  const auto below =
      f.ask(http::Method::kPost, "/admin/categories", R"({"name":"Seeds","parent_id":")" + root + R"("})");
  REQUIRE(below.status == 201);
  CHECK(ApiFixture::value(below, "path") == "Garden > Seeds");
  CHECK(f.ask(http::Method::kPost, "/admin/categories", R"({"name":"GARDEN"})").status == 409);
  const std::string id = ApiFixture::value(below, "id");
  const auto renamed = f.ask(http::Method::kPatch, "/admin/categories/" + root, R"({"name":"Yard"})");
  CHECK(renamed.status == 200);
  CHECK(f.ask(http::Method::kGet, "/admin/categories").body.find("Yard > Seeds") != std::string::npos);
  CHECK(f.ask(http::Method::kPatch, "/admin/categories/" + root, R"({"parent_id":")" + id + R"("})").status == 409);
  CHECK(f.ask(http::Method::kDelete, "/admin/categories/" + root).status == 409);
  CHECK(f.ask(http::Method::kDelete, "/admin/categories/" + id).status == 204);
  CHECK(f.ask(http::Method::kDelete, "/admin/categories/" + root).status == 204);
}

TEST_CASE("catalog api: a wrong check digit is refused with the right one, and an older one stands in no other's way") {
  ApiFixture f;
  const auto refused = f.ask(http::Method::kPost, "/admin/products", R"({"title":"x","gtin":"4006381333933"})");
  CHECK(refused.status == 422);
  CHECK(ApiFixture::says(refused, R"("field":"/gtin","code":"bad_check_digit")"));
  CHECK(ApiFixture::says(refused, "should be 1"));
  const std::string id = f.made("/admin/products", R"({"title":"x","gtin":"4 006381 333931"})");
  CHECK(ApiFixture::says(f.ask(http::Method::kGet, "/admin/products/" + id), R"("gtin":"4006381333931")"));
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"gtin":"123"})").status == 422);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"gtin":""})").status == 200);
  // as an older version of the program may have kept it
  Draft old;
  old.product.title = "old";
  old.product.gtin = "4006381333933";
  const auto saved = f.catalog.save(std::span(&old, 1));
  REQUIRE(saved);
  const std::string kept = (*saved)[0].product.text();
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + kept, R"({"title":"older"})").status == 200);
  CHECK(f.ask(http::Method::kPatch, "/admin/products/" + kept, R"({"gtin":"4006381333934"})").status == 422);
}

TEST_CASE("catalog api: a status leads to some others, and the refusal says to which") {
  ApiFixture f;
  const std::string id = f.made("/admin/products", R"({"title":"x","status":"draft"})");
  const auto to = [&](std::string_view status) {
    return f.ask(http::Method::kPatch, "/admin/products/" + id, R"({"status":")" + std::string(status) + R"("})");
  };
  const auto refused = to("discontinued");
  CHECK(refused.status == 409);
  CHECK(ApiFixture::says(refused, R"("from":"draft","to":"discontinued","allowed":["active","inactive"])"));
  CHECK(ApiFixture::says(f.ask(http::Method::kGet, "/admin/products/" + id), R"("status":"draft")"));
  for (const std::string_view status : {"draft", "active", "suspended", "suspended", "active", "discontinued"})
    CHECK(to(status).status == 200);
  CHECK(to("draft").status == 409);
  CHECK(to("inactive").status == 200);
  const auto table = f.ask(http::Method::kGet, "/admin/product-statuses");
  CHECK(table.status == 200);
  CHECK(ApiFixture::says(table, R"("status":"discontinued","meaning":"No longer sold; its page stays and says so",)"
                                R"("shown":true,"listed":false,"buyable":false,"next":["active","inactive"])"));
}

}  // namespace
}  // namespace kontor::catalog
