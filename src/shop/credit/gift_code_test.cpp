#include "shop/credit/gift_code.h"

#include <doctest/doctest.h>

#include <set>

#include "base/card_number.h"
#include "tests/support/test_store.h"

namespace kontor::credit {
namespace {

constexpr std::string_view kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

TEST_CASE("gift codes: as people type them") {
  testing::SeededRandom random;
  const auto code = draw_code(random);
  REQUIRE(code.size() == 19);
  CHECK(tidy_gift_code(code) == code);
  std::string typed;
  for (const char c : code) typed += c == '-' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  CHECK(tidy_gift_code("  " + typed + " ") == code);
  CHECK(tidy_gift_code("oooo-OOOO-0000-0000") == "0000-0000-0000-0000");
  CHECK_FALSE(tidy_gift_code(code + "0"));
  CHECK_FALSE(tidy_gift_code(code.substr(1)));
  for (const char* none : {"", "-", "ABCD-EFGH-JKMN-PQRU", "ÄÖÜ0-0000-0000-0000", "0000_0000_0000_0000"})
    CHECK_FALSE(tidy_gift_code(none));
}

TEST_CASE("gift codes: one wrong character, or two that changed places, are found") {
  testing::SeededRandom random;
  for (int i = 0; i < 50; ++i) {
    const auto code = draw_code(random);
    for (std::size_t at = 0; at < code.size(); ++at) {
      if (code[at] == '-') continue;
      for (const char letter : kLetters) {
        auto wrong = code;
        wrong[at] = letter;
        if (wrong != code) REQUIRE_FALSE(tidy_gift_code(wrong));
      }
      for (std::size_t other = at + 1; other < code.size(); ++other) {
        auto swapped = code;
        std::swap(swapped[at], swapped[other]);
        if (code[other] != '-' && swapped != code) REQUIRE_FALSE(tidy_gift_code(swapped));
      }
    }
  }
}

TEST_CASE("gift codes: none twice, none that looks like a card's number, and the hash tells nothing") {
  testing::SeededRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 20'000; ++i) {
    const auto code = draw_code(random);
    REQUIRE(seen.insert(code).second);
    REQUIRE_FALSE(holds_card_number(code));
  }
  const auto code = *seen.begin();
  CHECK(hash_of(code).size() == 64);
  CHECK(hash_of(code) == hash_of(code));
  CHECK(hash_of(code) != hash_of(*std::next(seen.begin())));
}

}  // namespace
}  // namespace kontor::credit
