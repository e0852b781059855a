#include "runtime/hint_table.h"

#include <doctest/doctest.h>

#include <string>

namespace kontor::runtime {

TEST_CASE("hints are found again, replaced, and forgotten when there is no room") {
  HintTable table(64);
  const auto hash = [](int n) { return HintTable::hash("slug-" + std::to_string(n)); };
  CHECK(table.find(hash(1)) == 0);
  table.note(hash(1), 17);
  CHECK(table.find(hash(1)) == 17);
  table.note(hash(1), 18);
  CHECK(table.find(hash(1)) == 18);
  for (int n = 2; n < 1000; ++n) table.note(hash(n), n);
  int found = 0;
  for (int n = 2; n < 1000; ++n) {
    const std::int64_t number = table.find(hash(n));
    CHECK((number == 0 || number == n));
    found += number != 0 ? 1 : 0;
  }
  CHECK(found == 64);
  CHECK(table.find(hash(999)) == 999);
}

TEST_CASE("a hint of another number of places still fits in its line") {
  const HintTable table(1);
  CHECK(table.find(HintTable::hash("")) == 0);
  CHECK(reinterpret_cast<std::uintptr_t>(table.lines(5)[0]) % 64 == 0);
}

}  // namespace kontor::runtime
