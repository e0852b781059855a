#include "adapters/search_embedded/completions.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "adapters/search_embedded/synonyms.h"

namespace kontor::search_embedded {
namespace {

using search_index::Completion;
using search_index::CompletionKind;

std::string texts(const Completions& all, std::string_view prefix, std::size_t limit = 5) {
  std::string out;
  for (const Completion& one : all.suggest(prefix, limit)) out += (out.empty() ? "" : " | ") + one.text;
  return out;
}

Completions some() {
  return Completions({{CompletionKind::kQuery, "laptop", 900, 0},
                      {CompletionKind::kQuery, "laptop bag", 500, 0},
                      {CompletionKind::kQuery, "lamp", 700, 0},
                      {CompletionKind::kCategory, "Laptops", 300, 7},
                      {CompletionKind::kProduct, "Sony WH-1000XM4 Headphones", 100, 42},
                      {CompletionKind::kBrand, "Samsung", 400, 0},
                      {CompletionKind::kQuery, "gaming laptop", 800, 0}});
}

}  // namespace

TEST_CASE("completions: by popularity, by the first word before the others") {
  const Completions all = some();
  CHECK(texts(all, "la") == "laptop | lamp | laptop bag | Laptops | gaming laptop");
  CHECK(texts(all, "LAP", 2) == "laptop | laptop bag");
  CHECK(texts(all, "laptop ") == "laptop bag");
  CHECK(texts(all, "wh1000") == "Sony WH-1000XM4 Headphones");
  CHECK(texts(all, "wh-10") == "Sony WH-1000XM4 Headphones");
  CHECK(texts(all, "headph") == "Sony WH-1000XM4 Headphones");
  CHECK(texts(all, "") == "");
  CHECK(texts(all, "!!") == "");
  CHECK(texts(Completions({}), "a") == "");
}

TEST_CASE("completions: slips are forgiven when nothing begins so") {
  const Completions all = some();
  CHECK(texts(all, "latpo", 1) == "laptop");
  CHECK(texts(all, "smasu") == "Samsung");
  CHECK(texts(all, "samsumg") == "Samsung");
  CHECK(texts(all, "haedphnoe") == "Sony WH-1000XM4 Headphones");
  CHECK(texts(all, "lxm") == "");
  CHECK(texts(all, "1001") == "");
}

TEST_CASE("completions: the heaviest of many are the same as by looking at all") {
  std::mt19937 luck(9);
  std::vector<Completion> entries;
  for (int i = 0; i < 3'000; ++i) {
    std::string text;
    for (std::size_t size = 1 + luck() % 6; size > 0; --size) text += static_cast<char>('a' + luck() % 3);
    entries.push_back({CompletionKind::kQuery, text, static_cast<std::int64_t>(luck() % 1'000'000), 0});
  }
  const Completions all(entries);
  for (const char* prefix : {"a", "ab", "abc", "cab", "bbbb"}) {
    std::vector<Completion> expected;
    std::vector<Completion> sorted = entries;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Completion& a, const Completion& b) { return a.weight > b.weight; });
    for (const Completion& one : sorted)
      if (one.text.starts_with(prefix) && expected.size() < 10 &&
          std::none_of(expected.begin(), expected.end(), [&](const Completion& c) { return c.text == one.text; }))
        expected.push_back(one);
    const auto found = all.suggest(prefix, 10);
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i].weight == expected[i].weight);
  }
}

TEST_CASE("synonyms: a file that people edit") {
  const auto file =
      Synonyms::parse("# comment\n\ntv, Television\nnotebook => laptop, netbook # more\r\nhard drive, hdd\n");
  REQUIRE(file);
  REQUIRE(file->find("tv") != nullptr);
  CHECK(*file->find("tv") == std::vector<std::string>{"television"});
  CHECK(*file->find("television") == std::vector<std::string>{"tv"});
  CHECK(file->find("notebook")->size() == 2);
  CHECK(file->find("laptop") == nullptr);
  CHECK(*file->find("hard drive") == std::vector<std::string>{"hdd"});
  CHECK(file->longest() == 2);
  for (const char* bad : {"alone\n", "a, , b\n", "x =>\n", "=> x\n", "\n\na b c d e, f\n"}) {
    INFO(std::string(bad));
    const auto refused = Synonyms::parse(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "search.synonyms");
    CHECK(refused.error().detail.starts_with("Line "));
  }
}

}  // namespace kontor::search_embedded
