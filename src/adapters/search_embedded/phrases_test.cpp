#include "adapters/search_embedded/phrases.h"

#include <doctest/doctest.h>

namespace kontor::search_embedded {
namespace {

TEST_CASE("phrases: a key is made once, and others have nothing to do with it") {
  Phrases phrases;
  int made = 0;
  const auto get = [&](const Phrases::Key& key) {
    return phrases.get(key, [&](Phrases::Phrase& phrase) {
      CHECK(phrase.terms.empty());
      phrase.ordinal = static_cast<std::uint32_t>(++made);
      phrase.terms.push_back(7);
    });
  };
  CHECK(get({"color", "black", 1}).ordinal == 1);
  CHECK(get({"color", "black", 1}).ordinal == 1);
  CHECK(get({"color", "black", 2}).ordinal == 2);
  CHECK(get({"black", "color", 1}).ordinal == 3);
  CHECK(get({"", "colorblack", 1}).ordinal == 4);
  CHECK(get({"", "", 1}).ordinal == 5);
  CHECK(get({"color", "black", 1}).ordinal == 1);
}

TEST_CASE("phrases: one that lost its place to another is made again, and a long one each time") {
  Phrases phrases;
  const auto number = [&](const std::string& text, std::uint32_t value) {
    return phrases.get({"", text, 0}, [&](Phrases::Phrase& phrase) { phrase.ordinal = value; }).ordinal;
  };
  // More than there are places: each is right when it is asked for, whoever came between.
  for (std::uint32_t turn = 0; turn < 2; ++turn)
    for (std::uint32_t i = 0; i < 50'000; ++i) REQUIRE(number("text " + std::to_string(i), i) == i);
  const std::string lengthy(200, 'x');
  CHECK(number(lengthy, 1) == 1);
  CHECK(number(lengthy, 2) == 2);
}

}  // namespace
}  // namespace kontor::search_embedded
