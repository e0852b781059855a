#include "shop/catalog/category.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/catalog_api.h"

namespace kontor::catalog {
namespace {

using Wishes = std::vector<std::string>;

TEST_CASE("a tree of categories has its names and paths in the language that is wished for, one by one") {
  const std::vector<Category> tree = {
      {CategoryId{1}, {}, "Lamps", "lamps", "Lamps", 1, {{"de", "Lampen"}, {"fr-CA", "Lampes"}}},
      {CategoryId{2}, CategoryId{1}, "Desk lamps", "desk", "Lamps > Desk lamps", 1, {{"de", "Tischlampen"}}},
      {CategoryId{3}, CategoryId{1}, "Bulbs", "bulbs", "Lamps > Bulbs", 1}};
  const auto in = [&](const Wishes& wished) {
    auto translated = tree;
    CHECK(translate(translated, wished, "en-US"));
    CHECK(translated[1].slug == "desk");
    return translated[0].path + "; " + translated[1].path + "; " + translated[2].path;
  };
  CHECK(in({}) == "Lamps; Lamps > Desk lamps; Lamps > Bulbs");
  CHECK(in({"it"}) == "Lamps; Lamps > Desk lamps; Lamps > Bulbs");
  CHECK(in({"en", "de"}) == "Lamps; Lamps > Desk lamps; Lamps > Bulbs");
  CHECK(in({"de-AT"}) == "Lampen; Lampen > Tischlampen; Lampen > Bulbs");
  CHECK(in({"fr", "de"}) == "Lampes; Lampes > Tischlampen; Lampes > Bulbs");
  std::vector<Category> plain = {tree[2]};
  CHECK_FALSE(translate(plain, Wishes{"de"}, "en-US"));  // the same for everyone
}

TEST_CASE("names of categories in other languages: what is wrong is named, and patches merge") {
  const auto wrong = [](std::string_view names) {
    std::vector<FieldError> found;
    check_names(names, "/translations", found);
    std::string words;
    for (const FieldError& one : found) words += one.field + " " + one.code + ";";
    return words;
  };
  CHECK(wrong("{}") == "");
  CHECK(wrong(R"({"de":"Lampen","zh-Hant-TW":"燈"})") == "");
  CHECK(wrong("[]") == "/translations wrong_type;");
  CHECK(wrong("7") == "/translations wrong_type;");
  CHECK(wrong(R"({"de":7,"German":"x","it":" ","a/b":"x"})") ==
        "/translations/de wrong_type;/translations/German bad_format;/translations/it required;"
        "/translations/a~1b bad_format;");
  CHECK(wrong(R"({"de":")" + std::string(201, 'x') + "\"}") == "/translations/de too_long;");
  CHECK(wrong(R"({"de":"a\u0000b"})") == "/translations/de bad_format;");
  std::string many = "{";
  for (char a = 'a'; a <= 'c'; ++a)
    for (char b = 'a'; b <= 'z'; ++b) many += (many.size() > 1 ? ",\"" : "\"") + std::string{a, b} + "\":\"x\"";
  CHECK(wrong(many + "}") == "/translations too_long;");

  const Names before = {{"de", "Lampen"}, {"fr", "Lampes"}};
  CHECK(print_names(before) == R"({"de":"Lampen","fr":"Lampes"})");
  CHECK(print_names({}) == "{}");
  CHECK(merged_names(before, R"({"fr":null,"it":"Lampade"})") == R"({"de":"Lampen","it":"Lampade"})");
  CHECK(merged_names(before, "7") == "7");
  CHECK(read_titles(print_names(before)) == before);
}

TEST_CASE("names of categories stay when they are renamed, moved, or what is above them is") {
  ApiFixture f;
  const auto home = f.catalog.create_category({}, "Home", {}, {{"de", "Haus"}});
  REQUIRE(home);
  const auto lamps = f.catalog.create_category(home->id, "Lamps", {}, {{"de", "Lampen"}});
  REQUIRE(lamps);
  Category renamed = *home;
  renamed.name = "House";
  REQUIRE(f.catalog.change_category(renamed, {}));
  const auto all = f.catalog.categories();
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK((*all)[0].name == "House");
  CHECK((*all)[0].names == Names{{"de", "Haus"}});
  CHECK((*all)[1].path == "House > Lamps");
  CHECK((*all)[1].names == Names{{"de", "Lampen"}});
}

TEST_CASE("catalog api: a category is made and changed with names in other languages") {
  ApiFixture f;
  const auto made =
      f.ask(http::Method::kPost, "/admin/categories", R"({"name":"Lamps","translations":{"de":"Lampen"}})");
  REQUIRE(made.status == 201);
  CHECK(ApiFixture::says(made, R"("translations":{"de":"Lampen"})"));
  const std::string path = "/admin/categories/" + ApiFixture::value(made, "id");
  CHECK(
      ApiFixture::says(f.ask(http::Method::kPatch, path, R"({"name":"Lights"})"), R"("translations":{"de":"Lampen"})"));
  CHECK(ApiFixture::says(f.ask(http::Method::kPatch, path, R"({"translations":{"de":null,"fr":"Lampes"}})"),
                         R"("translations":{"fr":"Lampes"})"));
  const auto refused = f.ask(http::Method::kPatch, path, R"({"name":"Other","translations":{"fr":7}})");
  CHECK(refused.status == 422);
  CHECK(ApiFixture::says(refused, R"("field":"/translations/fr","code":"wrong_type")"));
  CHECK(f.ask(http::Method::kPost, "/admin/categories", R"({"name":"Chairs","translations":[]})").status == 422);
  const auto all = f.ask(http::Method::kGet, "/admin/categories");
  CHECK(ApiFixture::says(all, R"("name":"Lights")"));
  CHECK(ApiFixture::says(all, R"("translations":{"fr":"Lampes"})"));
  CHECK_FALSE(ApiFixture::says(all, "Chairs"));
}

}  // namespace
}  // namespace kontor::catalog
