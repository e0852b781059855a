#include "adapters/search_embedded/text_scan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "adapters/search_embedded/language.h"
#include "base/text.h"

namespace kontor::search_embedded {
namespace {

// The forms of a text with blanks between: (base) and [whole] ones marked.
std::string forms(std::string_view text) {
  TextScan scan;
  std::string out;
  for (const Form& form : scan.scan(text)) {
    if (!out.empty()) out += ' ';
    if (form.whole) out += '=';
    if (!form.whole && !form.base) out += '+';
    out += form.text;
  }
  return out;
}

}  // namespace

TEST_CASE("search analysis: how texts are taken apart") {
  struct Row {
    const char *text, *expected;  // = all together, + another form
  };
  constexpr Row kRows[] = {
      {"", ""},
      {"Red Shoes", "red shoes"},
      {"Crème brûlée ÅNGSTRÖM", "creme brulee angstrom"},
      {"naïve café", "naive cafe"},
      {"STRASSE Straße", "strasse strasse"},
      {"men's", "men"},
      {"men’s shoes", "men shoes"},
      {"L'Oréal", "l oreal =loreal"},
      {"t-shirt", "t shirt =tshirt"},
      {"AT&T", "at t =att"},
      {"WH-1000XM4", "wh 1000 xm 4 +1000xm4 =wh1000xm4"},
      {"wh1000xm4", "wh 1000 xm 4 =wh1000xm4"},
      {"WH 1000XM4", "wh 1000 xm 4 =1000xm4"},
      {"i7-1165G7", "i 7 +i7 1165 g 7 +1165g7 =i71165g7"},
      {"i7 1165G7", "i 7 =i7 1165 g 7 =1165g7"},
      {"006R90321", "006 r 90321 =006r90321"},
      {"16GB", "16 gb =16gb"},
      {"16 GB", "16 =16gb gb"},
      {"16-GB", "16 gb =16gb"},
      {"16 gigabytes RAM", "16 =16gb gigabytes ram"},
      {"13\"", "13 =13in"},
      {"13″", "13 =13in"},
      {"13 inch", "13 =13in inch"},
      {"13-inch", "13 inch =13in"},
      {"13.3\" laptop", "13.3 =13.3in +13in laptop"},
      {"15,6 Zoll", "15.6 =15.6in +15in zoll"},
      {"1,000 ml", "1000 =1000ml ml"},
      {"2.0 m", "2 =2m m"},
      {"43.2 cm (17\")", "43.2 =43.2cm cm 17 =17in"},
      {"1440x900", "1440 x 900 =1440x900"},
      {"1440×900", "1440 x 900 =1440x900"},
      {"2.4.1", "2 4 1 =241"},
      {"size 16. In stock", "size 16 in stock"},
      {"2 a day", "2 a day"},
      {"!?*** --- ...", ""},
      {"C++", "c"},
      {"кофе Молотый", "кофе молотыи"},
      {"日本 tea", "日 本 tea"},
      {"سماعات رأس", "سماعات رأس"},
      {"tea 🫖 pot", "tea pot"},
      {"a\tb\nc", "a b c"},
  };
  for (const Row& row : kRows) {
    INFO(std::string(row.text));
    CHECK(forms(row.text) == std::string(row.expected));
  }
}

TEST_CASE("search analysis: NUL, broken UTF-8 and endless texts are taken as they come") {
  CHECK(forms(std::string_view("a\0b", 3)) == "a b");
  CHECK(forms("a\xFF\xFE b\xC3") == "a b");
  CHECK(forms("\xED\xA0\x80x") == "x");
  const std::string endless(100'000, 'a');
  TextScan scan;
  const auto& one = scan.scan(endless);
  REQUIRE(one.size() == 1);
  CHECK(one[0].text.size() <= 64);
  std::string parts;
  for (int i = 0; i < 20'000; ++i) parts += "a1-";
  CHECK(scan.scan(parts).size() < 100);
  std::mt19937 luck(5);
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    for (std::size_t size = luck() % 60; size > 0; --size)
      text += static_cast<char>(luck() % 3 == 0 ? luck() % 256 : "ab1- .\"'"[luck() % 8]);
    for (const Form& form : scan.scan(text)) {
      CHECK(form.from < form.to);
      CHECK(form.to <= text.size());
      CHECK_FALSE(form.text.empty());
      CHECK(is_utf8(form.text));
    }
  }
}

TEST_CASE("search analysis: words of a language share their stem, and the commonest are known") {
  Stemmers stemmers;
  const LanguageTag english = language_tag("en-GB"), german = language_tag("DE");
  CHECK(stemmers.stem(english, "running") == "run");
  CHECK(std::string(stemmers.stem(english, "headphones")) == std::string(stemmers.stem(english, "headphone")));
  CHECK(std::string(stemmers.stem(german, "stuhle")) == std::string(stemmers.stem(german, "stuhl")));
  CHECK(stemmers.stem(kNeutral, "running") == "running");
  CHECK(is_stop_word(english, "the"));
  CHECK_FALSE(is_stop_word(english, "not"));
  CHECK(is_stop_word(german, "der"));
  CHECK_FALSE(is_stop_word(kNeutral, "the"));
  CHECK(language_tag("xx") == kNeutral);
  CHECK(language_tag("nb-NO") == language_tag("no"));
}

}  // namespace kontor::search_embedded
