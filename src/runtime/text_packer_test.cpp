#include "runtime/text_packer.h"

#include <doctest/doctest.h>

#include <thread>

namespace kontor::runtime {
namespace {

std::string answer(int n) {
  return R"({"id":"prod_)" + std::to_string(n * 7919) + R"(","title":"Walnut desk )" + std::to_string(n % 97) +
         R"(","description":"Made of solid wood, oiled by hand; the drawer runs on )" +
         (n % 3 == 0 ? "brass" : "steel") + R"(.","brand":"Brand )" + std::to_string(n % 31) +
         R"(","price":{"amount":)" + std::to_string(n * 13 % 9000) +
         R"(,"currency":"USD"},"availability":{"status":"in_stock"}})";
}

}  // namespace

TEST_CASE("texts that resemble each other are packed small, and unpacked as they were") {
  TextPacker packer(100'000);
  CHECK(!packer.can_pack());
  int shown = 0;
  while (!packer.watch(answer(shown))) ++shown;
  CHECK(shown > 300);
  CHECK(!packer.watch(answer(shown)));  // it was said once
  packer.learn();
  REQUIRE(packer.can_pack());
  for (int n = 10'000; n < 10'100; ++n) {
    const std::string packed = packer.pack(answer(n));
    CHECK(packed.size() * 3 < answer(n).size());
    CHECK(packer.unpack(packed) == answer(n));
  }
  const std::string bytes = std::string("\0\xff", 2) + std::string(70'000, 'x');
  CHECK(packer.unpack(packer.pack(bytes)) == bytes);
  CHECK(packer.unpack(packer.pack("")).empty());
}

TEST_CASE("several threads pack and unpack") {
  TextPacker packer(50'000);
  for (int n = 0; !packer.watch(answer(n)); ++n) continue;
  packer.learn();
  std::vector<std::thread> threads;
  std::atomic<int> same{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int n = 0; n < 200; ++n) same += packer.unpack(packer.pack(answer(n + t))) == answer(n + t) ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  CHECK(same == 800);
}

TEST_CASE("texts without anything in common are not packed") {
  TextPacker packer(10);
  CHECK(packer.watch("0123456789abcdef"));
  packer.learn();
  CHECK(!packer.can_pack());
}

}  // namespace kontor::runtime
