#include "base/gtin.h"

#include <doctest/doctest.h>

namespace kontor {
namespace {

std::string code_of(std::string_view plain) {
  const auto wrong = wrong_with_gtin(plain);
  return wrong ? std::string(wrong->code) : "";
}

TEST_CASE("gtin: what is printed on goods is one, whatever its length") {
  for (const std::string_view good : {"96385074", "036000291452", "4006381333931", "9780306406157", "10614141000415"})
    CHECK(code_of(good).empty());
}

TEST_CASE("gtin: blanks and hyphens between the groups are taken away, nothing else") {
  CHECK(plain_gtin("4 006381-333931") == "4006381333931");
  CHECK(plain_gtin("4.006381") == "4.006381");
  CHECK(plain_gtin("") == "");
  CHECK(plain_gtin(" ") == "");
  CHECK(plain_gtin(" - ") == "-");
}

TEST_CASE("gtin: the check digit that would be right is said") {
  const auto wrong = wrong_with_gtin("4006381333933");
  REQUIRE(wrong);
  CHECK(wrong->code == "bad_check_digit");
  CHECK(wrong->words.find("should be 1, and it is 3") != std::string::npos);
}

TEST_CASE("gtin: any one wrong digit is found") {
  const std::string good = "4006381333931";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string other = good;
      other[at] = digit;
      CHECK(code_of(other).empty() == (other == good));
    }
  }
}

TEST_CASE("gtin: other lengths, other characters and zeros alone are none") {
  CHECK(code_of("") == "wrong_length");
  CHECK(code_of("85896333746") == "wrong_length");
  CHECK(wrong_with_gtin("85896333746")->words.find("zero at the front") != std::string::npos);
  CHECK(code_of("400638133393X") == "bad_format");
  CHECK(code_of("00000000") == "bad_format");
  CHECK(code_of("00000000000000") == "bad_format");
}

}  // namespace
}  // namespace kontor
