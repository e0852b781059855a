#include "demo/demo.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "base/text.h"

using namespace kontor;
using demo::Generator;

namespace {

Generator plain(std::uint64_t seed = 1, bool marketplace = false) {
  demo::Settings settings;
  settings.seed = seed;
  settings.marketplace = marketplace;
  settings.picture = [](const demo::Picture& picture) { return picture.file_name(); };
  return Generator(settings);
}

std::size_t sentences(const std::string& text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] == '.' || text[i] == '?') && (i + 1 == text.size() || text[i + 1] == ' ')) ++count;
  return count;
}

}  // namespace

TEST_CASE("demo: the vocabulary has some sixty categories in two levels, each with its own words") {
  const auto& all = demo::Vocabulary::built_in().categories;
  CHECK(all.size() >= 60);
  std::set<std::string> names, codes, departments;
  for (const auto& category : all) {
    names.insert(category.name);
    codes.insert(category.code);
    departments.insert(category.department);
    for (const auto& kind : category.kinds) {
      CAPTURE(kind.type);
      CHECK(demo::drawing_variants(kind.motif) > 0);
      for (const int drawing : kind.drawings) CHECK(drawing <= demo::drawing_variants(kind.motif));
      for (const auto& color : kind.colors) CHECK_MESSAGE(demo::is_color(color), color);
      CHECK(kind.ends.size() >= 2);
      CHECK(kind.opens.size() >= 2);
    }
  }
  CHECK(names.size() == all.size());
  CHECK(codes.size() == all.size());
  CHECK(departments.size() >= 10);
}

TEST_CASE("demo: product n of a seed is the same whenever it is asked for, and another seed's is another") {
  const Generator one = plain(7), same = plain(7), other = plain(8);
  int differing = 0;
  for (std::uint64_t n = 500; n-- > 0;) {
    CHECK(json::print(one.product(n)) == json::print(same.product(n)));
    if (one.product(n).title != other.product(n).title) ++differing;
  }
  CHECK(differing > 400);
}

TEST_CASE("demo: every row is whole: a title, two to five sentences, prices, stock, a picture, and no open pattern") {
  const Generator generator = plain(3, true);
  std::set<std::string> skus, keys;
  for (std::uint64_t n = 0; n < 6000; ++n) {
    const auto row = generator.product(n);
    CAPTURE(row.title);
    CAPTURE(row.description);
    for (const auto* words : {&row.title, &row.description, &row.brand}) {
      CHECK(words->find_first_of("{}#|") == std::string::npos);
      CHECK(words->find("  ") == std::string::npos);
      CHECK(is_utf8(*words));
      CHECK(!words->empty());
    }
    CHECK(row.title.size() <= 120);
    CHECK(sentences(row.description) >= 2);
    CHECK(sentences(row.description) <= 8);
    CHECK(json::parse(row.attributes.text).has_value());
    CHECK(row.category_path.size() == 2);
    CHECK(!row.images.empty());
    CHECK(row.weight_g > 0);
    CHECK((row.review_count > 0) == (row.rating > 0));
    CHECK(row.gtin.size() == 13);
    CHECK(keys.insert(row.external_id).second);
    CHECK(!row.offers.empty());
    for (const auto& offer : row.offers) {
      CHECK(skus.insert(offer.seller + "/" + offer.sku).second);
      CHECK(offer.price.amount_minor() > 0);
      if (offer.list_price) CHECK(*offer.list_price > offer.price);
      CHECK(!offer.stock.empty());
    }
  }
}

TEST_CASE("demo: shares are believable: few are sold out, some are cheaper than they were, most are rated well") {
  const Generator generator = plain(1);
  int sold_out = 0, reduced = 0, unrated = 0, good = 0, with_variants = 0;
  constexpr int kCount = 4000;
  for (std::uint64_t n = 0; n < kCount; ++n) {
    const auto row = generator.product(n);
    sold_out +=
        std::all_of(row.offers.begin(), row.offers.end(), [](const auto& o) { return o.stock[0].on_hand == 0; });
    reduced += row.offers[0].list_price.has_value();
    unrated += row.review_count == 0;
    good += row.rating >= 4;
    with_variants += row.offers.size() > 1;
  }
  CHECK(sold_out > kCount * 2 / 100);
  CHECK(sold_out < kCount * 9 / 100);
  CHECK(reduced > kCount * 12 / 100);
  CHECK(reduced < kCount * 25 / 100);
  CHECK(unrated > kCount * 4 / 100);
  CHECK(unrated < kCount * 12 / 100);
  CHECK(good > kCount * 55 / 100);
  CHECK(with_variants > kCount * 25 / 100);
}

TEST_CASE("demo: there are many motifs, and every drawing is small, whole and of its own colors") {
  CHECK(demo::motifs().size() >= 40);
  std::set<std::string> drawings, names;
  for (const auto motif : demo::motifs())
    for (int variant = 1; variant <= demo::drawing_variants(motif); ++variant)
      for (const char* color : {"white", "black", "teal"})
        for (const bool close_up : {false, true}) {
          const demo::Picture picture{std::string(motif), variant, color, close_up};
          const std::string svg = demo::draw(picture);
          CAPTURE(picture.file_name());
          CHECK(svg.starts_with("<svg "));
          CHECK(svg.size() < 4000);
          CHECK(svg.find('$') == std::string::npos);
          CHECK(svg == demo::draw(picture));
          CHECK(names.insert(picture.file_name()).second);
          CHECK(drawings.insert(svg).second);
        }
}

TEST_CASE("demo: pictures are shared: their number has a bound however many products there are") {
  const Generator generator = plain(1);
  std::set<std::string> names;
  for (std::uint64_t n = 0; n < 60000; ++n)
    for (const auto& picture : generator.pictures(n)) names.insert(picture.file_name());
  CHECK(names.size() < 5000);
  CHECK(names.size() > 1000);
}

TEST_CASE("demo: a vocabulary with a mistake is refused with its line") {
  const auto bad = demo::Vocabulary::read("= D\n- C COD\ntype thing | mug | 1-2\n");
  REQUIRE_FALSE(bad);
  CHECK(bad.error().detail.find("Line 3") != std::string::npos);
}
