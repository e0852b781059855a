#include "services/languages.h"

#include <doctest/doctest.h>

namespace kontor::services {
namespace {

using Tags = std::vector<std::string>;

TEST_CASE("a language tag is written as BCP 47 writes it") {
  for (const char* good : {"de", "deu", "de-CH", "zh-Hant", "zh-Hant-TW", "es-419"})
    CHECK_MESSAGE(is_language_tag(good), good);
  for (const char* bad : {"", "d", "DE", "de-ch", "de_CH", "de-", "-de", "german", "de-CH-x", "zh-hant", "de-C",
                          "de-CHE", "zh-Hant-TW-x", "d\xC3\xA9", "de-1234"})
    CHECK_MESSAGE(!is_language_tag(bad), bad);
}

TEST_CASE("Accept-Language: the dearest first, and nothing of what cannot be read") {
  CHECK(accepted_languages("").empty());
  CHECK(accepted_languages("de") == Tags{"de"});
  CHECK(accepted_languages("en;q=0.5, de-CH, fr;q=0.8") == Tags{"de-CH", "fr", "en"});
  CHECK(accepted_languages("de;q=0, *, en") == Tags{"en"});
  CHECK(accepted_languages(" de ; q=0.3 , en ; q=0.7 ") == Tags{"en", "de"});
  CHECK(accepted_languages("de;q=x, en;q=2, fr;level=1, ../etc, it").size() == 1);
  CHECK(accepted_languages(std::string(100'000, ',')).empty());
  std::string many;
  for (int i = 0; i < 100; ++i) many += "de,";
  CHECK(accepted_languages(many).size() == 10);
}

TEST_CASE("the first wish that anything fits decides") {
  const std::vector<std::string_view> there = {"de", "fr-CA", "zh-Hant"};
  const auto chosen = [&](const Tags& wished, std::string_view own = "en-US") -> std::string {
    const auto place = choose_language(wished, there, own);
    return place ? std::string(there[*place]) : "own";
  };
  CHECK(chosen({"de"}) == "de");
  CHECK(chosen({"DE-at"}) == "de");
  CHECK(chosen({"fr"}) == "fr-CA");
  CHECK(chosen({"fr-FR"}) == "fr-CA");
  CHECK(chosen({"zh-Hant-TW"}) == "zh-Hant");
  CHECK(chosen({"it", "de"}) == "de");
  CHECK(chosen({"it"}) == "own");
  CHECK(chosen({}) == "own");
  CHECK(chosen({"en-GB", "de"}) == "own");
  CHECK(chosen({"de-DE"}, "de-DE") == "own");
}

}  // namespace
}  // namespace kontor::services
