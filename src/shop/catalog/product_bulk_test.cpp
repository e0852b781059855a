#include "tests/support/catalog_api.h"

namespace kontor::catalog {
namespace {

struct Bulk : ApiFixture {
  std::vector<std::string> ids;
  Bulk() {
    for (const std::string key : {"a", "b", "c"})
      ids.push_back(made("/admin/products", R"({"title":"Thing","external_id":")" + key +
                                                R"(","attributes":{"old":1,"kept":"x"},)" + R"("offers":[{"sku":")" +
                                                key + R"(","price":{"amount":100,"currency":"USD"}}]})"));
  }
  http::Response bulk(const std::string& body) { return ask(http::Method::kPost, "/admin/products/bulk", body); }
  Product product(std::size_t at) { return catalog.product(*ProductId::parse(ids[at])).value().value(); }
};

TEST_CASE("bulk: members are set, attributes merged, and what was so already is left alone") {
  Bulk f;
  const auto done = f.bulk(
      R"({"external_ids":["a","b"],"set":{"brand":"Acme","returnable":false,"attributes":{"old":null,"new":true}}})");
  REQUIRE(done.status == 200);
  CHECK(ApiFixture::says(done, R"("dry_run":false,"changed":2,"unchanged":0,"refused":0)"));
  CHECK(f.product(0).brand == "Acme");
  CHECK_FALSE(f.product(0).returnable);
  CHECK(f.product(0).attributes_json == R"({"kept":"x","new":true})");
  CHECK(f.product(0).offers.size() == 1);
  CHECK(f.product(2).brand.empty());
  const auto again = f.bulk(
      R"({"external_ids":["a","c"],"set":{"brand":"Acme","returnable":false,"attributes":{"old":null,"new":true}}})");
  CHECK(ApiFixture::says(again, R"("changed":1,"unchanged":1,"refused":0)"));
  CHECK(f.product(0).version == 2);
  const auto entries = f.audit.list({.actor = {}, .subject = f.ids[0], .before = {}});
  REQUIRE(entries);
  CHECK(entries->size() == 2);  // made, and changed once
}

TEST_CASE("bulk: each row that cannot be is refused by itself, with its reason") {
  Bulk f;
  REQUIRE(f.ask(http::Method::kPatch, "/admin/products/" + f.ids[1], R"({"status":"draft"})").status == 200);
  const auto done = f.bulk(R"({"external_ids":["a","none","b","a"],"set":{"status":"discontinued"}})");
  REQUIRE(done.status == 200);
  CHECK(ApiFixture::says(done, R"("changed":1,"unchanged":0,"refused":3)"));
  CHECK(
      ApiFixture::says(done, R"("row":1,"outcome":"refused","external_id":"none","reason":"catalog.no_such_product")"));
  CHECK(ApiFixture::says(done, R"("reason":"catalog.status_refused")"));
  CHECK(ApiFixture::says(done, R"("reason":"catalog.named_twice")"));
  CHECK(f.product(0).status == ProductStatus::kDiscontinued);
  CHECK(f.product(1).status == ProductStatus::kDraft);
  const auto wrong = f.bulk(R"({"ids":[")" + f.ids[2] + R"("],"set":{"attributes":{"deep":{"er":1}}}})");
  CHECK(ApiFixture::says(wrong, R"("reason":"catalog.invalid_product")"));
  CHECK(ApiFixture::says(wrong, R"("errors":[{"field":"/attributes/deep","code":"wrong_type")"));
}

TEST_CASE("bulk: a dry run says what would come of it and changes nothing") {
  Bulk f;
  const auto told = f.bulk(R"({"external_ids":["a","none"],"set":{"status":"inactive"},"dry_run":true})");
  CHECK(ApiFixture::says(told, R"("dry_run":true,"changed":1,"unchanged":0,"refused":1)"));
  CHECK(f.product(0).status == ProductStatus::kActive);
  CHECK(f.product(0).version == 1);
}

TEST_CASE("bulk: what is wrong for all is refused at once") {
  Bulk f;
  for (const std::string body :
       {R"({"set":{"brand":"x"}})", R"({"external_ids":["a"],"set":{}})", R"({"external_ids":["a"]})",
        R"({"external_ids":["a"],"set":{"category":"cat_0000000000009"}})",
        R"({"external_ids":["a"],"set":{"attributes":[1]}})", R"({"external_ids":["a"],"set":{"price":1}})"}) {
    INFO(body);
    CHECK(f.bulk(body).status == 422);
  }
  CHECK(f.bulk(R"({"ids":[")" + f.ids[0] + R"("],"external_ids":["a"],"set":{"brand":"x"}})").status == 422);
  f.as_admin = false;
  CHECK(f.bulk(R"({"external_ids":["a"],"set":{"brand":"x"}})").status == 401);
}

TEST_CASE("bulk: more rows than one write takes") {
  Bulk f;
  std::string keys;
  for (int i = 0; i < 120; ++i) {
    const std::string key = "many-" + std::to_string(i);
    f.made("/admin/products", R"({"title":"Thing","external_id":")" + key + R"("})");
    keys += (i == 0 ? "\"" : ",\"") + key + "\"";
  }
  const auto done = f.bulk(R"({"external_ids":[)" + keys + R"(],"set":{"tax_class":"reduced"}})");
  CHECK(ApiFixture::says(done, R"("changed":120,"unchanged":0,"refused":0)"));
}

}  // namespace
}  // namespace kontor::catalog
