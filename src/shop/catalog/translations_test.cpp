#include "shop/catalog/translations.h"

#include <doctest/doctest.h>

namespace kontor::catalog {
namespace {

std::string wrong_with(std::string_view translations) {
  std::vector<FieldError> wrong;
  check_translations(translations, "/translations", wrong);
  std::string out;
  for (const auto& one : wrong) out += (out.empty() ? "" : " ") + one.field + ":" + one.code;
  return out;
}

TEST_CASE("translations: what may stand in them") {
  CHECK(wrong_with("{}") == "");
  CHECK(wrong_with(R"({"de":{"title":"Tee"},"zh-Hant-TW":{"description":"…"}})") == "");
  CHECK(wrong_with("[]") == "/translations:wrong_type");
  CHECK(wrong_with("{") == "/translations:wrong_type");
  CHECK(wrong_with("null") == "/translations:wrong_type");
  CHECK(wrong_with(R"({"german":{"title":"Tee"}})") == "/translations/german:bad_format");
  CHECK(wrong_with(R"({"DE":{"title":"Tee"}})") == "/translations/DE:bad_format");
  CHECK(wrong_with(R"({"de/x":{"title":"Tee"}})") == "/translations/de~1x:bad_format");
  CHECK(wrong_with(R"({"de":"Tee"})") == "/translations/de:wrong_type");
  CHECK(wrong_with(R"({"de":{}})") == "/translations/de:required");
  CHECK(wrong_with(R"({"de":{"titel":"Tee"}})") == "/translations/de/titel:unknown_field");
  CHECK(wrong_with(R"({"de":{"title":7}})") == "/translations/de/title:wrong_type");
  CHECK(wrong_with(R"({"de":{"title":" "}})") == "/translations/de/title:required");
  CHECK(wrong_with("{\"de\":{\"title\":\"" + std::string(501, 'x') + "\"}}") == "/translations/de/title:too_long");
  CHECK(wrong_with("{\"de\":{\"title\":\"a\\u0000b\"}}") == "/translations/de/title:bad_format");
  std::string many;
  for (char a = 'a'; a <= 'c'; ++a)
    for (char b = 'a'; b <= 'z'; ++b)
      many.append(many.empty() ? "{\"" : ",\"").append({a, b}).append("\":{\"title\":\"x\"}");
  CHECK(wrong_with(many + "}") == "/translations:too_long");
}

TEST_CASE("translations: read, and their titles alone") {
  const auto found = translations_of(
      R"({"de":{"title":"Tee","description":"Grün"},"fr":{"description":"Vert"},"x!":{"title":"?"},"it":7})");
  REQUIRE(found.size() == 2);
  CHECK(found[0].locale == "de");
  CHECK(found[0].description == "Grün");
  CHECK(found[1].title.empty());
  const std::string titles = print_titles(R"({"de":{"title":"T\"e"},"fr":{"description":"Vert"}})");
  CHECK(titles == R"({"de":"T\"e"})");
  REQUIRE(read_titles(titles).size() == 1);
  CHECK(read_titles(titles)[0].second == "T\"e");
  CHECK(print_titles("{}").empty());
  CHECK(read_titles("").empty());
  CHECK(translations_of("broken").empty());
}

TEST_CASE("translations: a patch is merged by language and text") {
  const std::string before = R"({"de":{"title":"Tee","description":"Grün"},"fr":{"title":"Thé"}})";
  CHECK(merged_translations(before, R"({"de":{"title":"Kräutertee"}})") ==
        R"({"de":{"title":"Kräutertee","description":"Grün"},"fr":{"title":"Thé"}})");
  CHECK(merged_translations(before, R"({"fr":null})") == R"({"de":{"title":"Tee","description":"Grün"}})");
  CHECK(merged_translations(before, R"({"fr":{"title":null}})") == R"({"de":{"title":"Tee","description":"Grün"}})");
  CHECK(merged_translations("{}", R"({"it":{"title":"Tè"}})") == R"({"it":{"title":"Tè"}})");
  CHECK(merged_translations("{}", "7") == "7");
}

}  // namespace
}  // namespace kontor::catalog
