#include "services/audit.h"

#include <doctest/doctest.h>

#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

TEST_CASE("acts of all homes are listed together, newest first, and each once over the pages") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    testing::SeededRandom random;
    IdSource ids(1);
    Audit audit(store, clock, ids, random);
    for (int i = 0; i < 9; ++i) {
      const auto entry = audit.entry(i % 3 == 0 ? "staff:ada" : "staff:bob", "testing.act",
                                     "thing_" + std::to_string(i % 2), R"({"i":)" + std::to_string(i) + "}");
      const auto home = i % 2 == 0 ? db::Home::kCatalog : db::Home::kStock;
      REQUIRE(store.write(home, [&](db::Tx& tx) { return Audit::record(tx, entry); }));
      clock.advance_ms(1);
    }
    std::string order;
    Audit::Filter filter{{}, {}, {}, 4};
    for (int page = 0; page < 3; ++page) {
      const auto entries = audit.list(filter);
      REQUIRE(entries);
      for (const auto& entry : *entries) order += entry.detail.text;
      filter.before = entries->back().id;
    }
    CHECK(order == R"({"i":8}{"i":7}{"i":6}{"i":5}{"i":4}{"i":3}{"i":2}{"i":1}{"i":0})");
    CHECK(audit.list(filter)->empty());
    CHECK(audit.list({"staff:ada", {}, {}, 20})->size() == 3);
    CHECK(audit.list({{}, "thing_1", {}, 20})->size() == 4);
    CHECK(audit.list({"staff:ada", "thing_1", {}, 20})->size() == 1);
    CHECK(audit.list({"staff:eve", {}, {}, 20})->empty());
  });
}

TEST_CASE("an act that is undone leaves no entry") {
  testing::TestStore test({services_migrations()});
  Audit audit(test.store(), test.clock, test.ids, test.random);
  const auto entry = audit.entry("staff:ada", "testing.act", "thing");
  CHECK_FALSE(test.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(Audit::record(tx, entry));
    return fail(Errc::kConflict, "testing.undone");
  }));
  CHECK(audit.list({})->empty());
}

}  // namespace
}  // namespace kontor::services
