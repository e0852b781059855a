#include "shop/showcase/lingering.h"

#include <doctest/doctest.h>

namespace kontor::showcase {
namespace {

TEST_CASE("what lingers is due after its time, by the first note, and at once when there is no time left") {
  Lingering lingering;
  const Time start{1'000'000};
  CHECK(lingering.take_due(start, 10'000, false).empty());
  CHECK(lingering.linger({1}));
  CHECK(lingering.take_due(start.plus_ms(5000), 10'000, false).empty());
  CHECK(lingering.linger({1}));
  CHECK(lingering.linger({2}));
  CHECK(lingering.take_due(start.plus_ms(10'000), 10'000, false) == std::vector<ProductId>{{1}});
  CHECK(lingering.take_due(start.plus_ms(10'000), 0, false) == std::vector<ProductId>{{2}});
  CHECK(lingering.take_due(start.plus_ms(99'000), 0, false).empty());
  CHECK(lingering.linger({3}));
  CHECK(lingering.take_due(start.plus_ms(-99'000), 10'000, false) == std::vector<ProductId>{{3}});
}

TEST_CASE("what is kept longer is due when that no longer holds") {
  Lingering lingering;
  CHECK(lingering.note_longer({1}));
  CHECK(lingering.note_longer({1}));
  CHECK(lingering.take_due(Time{1000}, 0, true).empty());
  CHECK(lingering.take_due(Time{2000}, 0, false) == std::vector<ProductId>{{1}});
  CHECK(lingering.take_due(Time{3000}, 0, false).empty());
}

TEST_CASE("both are bounded") {
  Lingering lingering;
  for (std::size_t i = 1; i <= Lingering::kMost; ++i) {
    lingering.linger({static_cast<std::int64_t>(i)});
    lingering.note_longer({static_cast<std::int64_t>(i)});
  }
  CHECK_FALSE(lingering.linger({1'000'000}));
  CHECK(lingering.linger({1}));
  CHECK_FALSE(lingering.note_longer({1'000'000}));
  CHECK(lingering.note_longer({1}));
  CHECK(lingering.take_due(Time{kDayMs}, 0, false).size() == 2 * Lingering::kMost);
  CHECK(lingering.linger({1'000'000}));
}

}  // namespace
}  // namespace kontor::showcase
