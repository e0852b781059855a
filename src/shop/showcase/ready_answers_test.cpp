#include "shop/showcase/ready_answers.h"

#include <doctest/doctest.h>

namespace kontor::showcase {
namespace {

constexpr int kProducts = 1500;

// Bodies of some kilobytes, so that a megabyte does not hold them all.
struct AnsweringShop {
  ReadyAnswers answers;
  int composed = 0;
  int version = 1;

  explicit AnsweringShop(std::size_t packed_mb) : answers(1, packed_mb, nullptr) {}
  std::string body(int n) const {
    std::string out = R"({"id":)" + std::to_string(n) + R"(,"version":)" + std::to_string(version) + R"(,"words":")";
    for (int word = 0; word < 300; ++word) out += "word" + std::to_string((n * 7 + word * word) % 211) + " ";
    return out + "\"}";
  }
  ReadyAnswers::Bytes get(int n) {
    const auto bytes = answers.get(ProductId{n}, [&]() -> Result<std::optional<std::string>> {
      ++composed;
      if (n % 100 == 0) return std::nullopt;
      return body(n);
    });
    REQUIRE(bytes);
    return *bytes;
  }
  int composed_for_all() {
    composed = 0;
    for (int n = 1; n <= kProducts; ++n) get(n);
    return composed;
  }
};

}  // namespace

TEST_CASE("what ready bytes do not hold is answered from its packed form, as it was") {
  AnsweringShop shop(16);
  CHECK(shop.composed_for_all() == kProducts);
  shop.composed_for_all();  // all packed now
  CHECK(shop.composed_for_all() == 0);
  CHECK(shop.answers.packed_stats().weight < 16 << 20);
  CHECK(shop.answers.ready_stats().entries < kProducts / 2);
  for (int n = 1; n <= kProducts; ++n) {
    const auto bytes = shop.answers.at_hand(ProductId{n});
    CHECK((bytes == nullptr) == (n % 100 == 0));
    if (bytes != nullptr) CHECK(bytes->full.substr(bytes->body_at) == shop.body(n));
  }
}

TEST_CASE("a dropped product is not answered from its packed form") {
  AnsweringShop shop(16);
  shop.composed_for_all();
  shop.composed_for_all();
  shop.version = 2;
  for (int n = 1; n <= kProducts; n += 3) {
    shop.answers.drop(ProductId{n});
    CHECK(shop.answers.at_hand(ProductId{n}) == nullptr);
  }
  for (int n = 1; n <= kProducts; n += 3)
    if (const auto bytes = shop.get(n); bytes != nullptr) CHECK(bytes->full.substr(bytes->body_at) == shop.body(n));
  shop.answers.clear();
  CHECK(shop.composed_for_all() == kProducts);
}

TEST_CASE("a product that changes while it is composed is composed again") {
  AnsweringShop shop(16);
  shop.composed_for_all();
  shop.composed_for_all();
  shop.answers.drop(ProductId{7});
  const auto old = shop.answers.get(ProductId{7}, [&]() -> Result<std::optional<std::string>> {
    const std::string before = shop.body(7);
    shop.version = 2;
    shop.answers.drop(ProductId{7});
    return before;
  });
  REQUIRE(old);
  CHECK(shop.answers.at_hand(ProductId{7}) == nullptr);
  CHECK(shop.get(7)->full.find("\"version\":2") != std::string::npos);
}

TEST_CASE("nothing is packed with no room for it, or in a small shop") {
  AnsweringShop none(0);
  none.composed_for_all();
  CHECK(none.composed_for_all() > kProducts / 2);
  CHECK(none.answers.packed_stats().entries == 0);
  AnsweringShop few(16);
  for (int turn = 0; turn < 2; ++turn)
    for (int n = 1; n <= 20; ++n) few.get(n);
  CHECK(few.composed == 20);
  CHECK(few.answers.packed_stats().entries == 0);
}

}  // namespace kontor::showcase
