#include "base/text.h"

#include <doctest/doctest.h>

namespace kontor {

TEST_CASE("UTF-8 is well-formed or not") {
  for (const std::string good : {"", "plain", "naïve", "Ω≈ç", "日本語", "😀", "\xF4\x8F\xBF\xBF", "eight by eight é"})
    CHECK(is_utf8(good));
  for (const std::string bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
        "\xF8\x88\x80\x80\x80", "\xE2\x82", "long enough a text \xFF", "\xC3("})
    CHECK_FALSE(is_utf8(bad));
  CHECK(count_code_points("日本語😀e") == 5);
}

TEST_CASE("folding drops case and accents and keeps the rest") {
  CHECK(fold("ÀÉÎõü Straße ŁÓDŹ Æsir") == "aeiou strasse lodz aesir");
  CHECK(fold("e\xCC\x81") == "e");
  CHECK(fold("ΆΈΣ ς") == "αεσ σ");
  CHECK(fold("ЁЖ Й") == "еж и");
  CHECK(fold("日本 ½") == "日本 ½");
  CHECK(fold("\xFF!") == "\xFF!");
}

TEST_CASE("a slug is folded words joined by dashes, and short") {
  CHECK(slugify("Xerox 006R90321") == "xerox-006r90321");
  CHECK(slugify("  --Café & Crème!! ") == "cafe-creme");
  CHECK(slugify("日本語") == "");
  const auto longest = slugify(std::string(79, 'a') + " bcd");
  CHECK(longest == std::string(79, 'a'));
  CHECK(slugify(std::string(200, 'x')).size() == 80);
}

TEST_CASE("percent escapes") {
  CHECK(percent_encode("a b/ä~-._") == "a%20b%2F%C3%A4~-._");
  CHECK(percent_decode("a%20b+c", true) == "a b c");
  CHECK(percent_decode("a+b", false) == "a+b");
  CHECK(percent_decode("%41", false) == "A");
  for (const std::string_view bad : {"%", "%4", "%zz", "%00", "%ff", "a%C3", "%+1"})
    CHECK_FALSE(percent_decode(bad, true));
  CHECK_FALSE(percent_decode(std::string_view("a\0b", 3), false));
}

TEST_CASE("small things") {
  CHECK(html_escape("<a href=\"x\">'&") == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
  CHECK(trim(" \t x y\t ") == "x y");
  CHECK(clip("aé", 2) == "a");
  CHECK(clip("aé", 3) == "aé");
  CHECK(clip("日本", 5) == "日");
  CHECK(ascii_lower("AbÄ") == "abÄ");
  CHECK(iequals_ascii("Content-Type", "content-tYPE"));
  CHECK_FALSE(iequals_ascii("a", "ab"));
  CHECK(split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
  CHECK(split("", ',').size() == 1);
  const std::uint8_t bytes[] = {0, 255, 16};
  CHECK(to_hex(bytes) == "00ff10");
}

}  // namespace kontor
