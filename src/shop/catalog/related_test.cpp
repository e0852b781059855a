#include "shop/catalog/related.h"

#include "tests/support/catalog_api.h"

namespace kontor::catalog {
namespace {

struct RelatedFixture : ApiFixture {
  std::vector<std::string> ids;
  std::string path;
  RelatedFixture() {
    for (const std::string title : {"Lamp", "Bulb", "Torch"})
      ids.push_back(made("/admin/products", R"({"title":")" + title + R"("})"));
    path = "/admin/products/" + ids[0] + "/related";
  }
  std::string quoted(std::size_t at) const { return "\"" + ids[at] + "\""; }
};

TEST_CASE("related: kinds and their order are kept, and replaced as a whole") {
  RelatedFixture f;
  const std::string body =
      R"({"related":[],"accessory":[)" + f.quoted(2) + "," + f.quoted(1) + R"(],"alternative":[)" + f.quoted(2) + "]}";
  const auto set = f.ask(http::Method::kPut, f.path, body);
  REQUIRE(set.status == 200);
  CHECK(RelatedFixture::header(set, "ETag") == "\"2\"");
  CHECK(f.ask(http::Method::kGet, f.path).body == body);
  REQUIRE(f.ask(http::Method::kPut, f.path, R"({"related":[)" + f.quoted(1) + "]}").status == 200);
  CHECK(f.ask(http::Method::kGet, f.path).body ==
        R"({"related":[)" + f.quoted(1) + R"(],"accessory":[],"alternative":[]})");
}

TEST_CASE("related: itself, what is not there and what is there twice are refused by their place") {
  RelatedFixture f;
  const auto refused = f.ask(http::Method::kPut, f.path,
                             R"({"related":[)" + f.quoted(0) + "," + f.quoted(1) + "," + f.quoted(1) +
                                 R"(],"accessory":["prod_0000000000009"]})");
  CHECK(refused.status == 422);
  for (const std::string_view said :
       {R"("field":"/related/0","code":"not_allowed")", R"("field":"/related/2","code":"duplicate")",
        R"("field":"/accessory/0","code":"unknown_value")"})
    CHECK(RelatedFixture::says(refused, said));
  CHECK(f.ask(http::Method::kGet, f.path).body == R"({"related":[],"accessory":[],"alternative":[]})");
  CHECK(f.ask(http::Method::kPut, "/admin/products/prod_0000000000009/related", "{}").status == 404);
  CHECK(f.ask(http::Method::kGet, "/admin/products/prod_0000000000009/related").status == 404);
  f.if_match = "\"7\"";
  CHECK(f.ask(http::Method::kPut, f.path, "{}").status == 412);
  f.if_match.clear();
  f.as_admin = false;
  CHECK(f.ask(http::Method::kPut, f.path, "{}").status == 401);
}

TEST_CASE("related: more than fifty of a kind are refused") {
  RelatedFixture f;
  std::string many;
  for (int i = 0; i < 51; ++i) many += (i == 0 ? "" : ",") + f.quoted(1);
  const auto refused = f.ask(http::Method::kPut, f.path, R"({"related":[)" + many + "]}");
  CHECK(refused.status == 422);
  CHECK(RelatedFixture::says(refused, R"("/related")"));
}

TEST_CASE("related: a product that is removed leaves nothing behind, on either side") {
  RelatedFixture f;
  REQUIRE(f.ask(http::Method::kPut, f.path, R"({"related":[)" + f.quoted(1) + "," + f.quoted(2) + "]}").status == 200);
  REQUIRE(f.ask(http::Method::kDelete, "/admin/products/" + f.ids[1]).status == 204);
  CHECK(f.ask(http::Method::kGet, f.path).body ==
        R"({"related":[)" + f.quoted(2) + R"(],"accessory":[],"alternative":[]})");
  REQUIRE(f.ask(http::Method::kDelete, "/admin/products/" + f.ids[0]).status == 204);
  constexpr db::Query kLeft{"test.related_left", db::Home::kCatalog, "SELECT COUNT(*) FROM catalog_related"};
  REQUIRE(f.test.store().read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kLeft));
    CHECK(rows.front().i64(0) == 0);
    return {};
  }));
}

}  // namespace
}  // namespace kontor::catalog
