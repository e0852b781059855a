#include "services/settings.h"

#include <doctest/doctest.h>

#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
}

namespace kontor::services {
namespace {

TEST_CASE("a setting is what was last set; the first of two makers wins") {
  testing::on_each_store({services_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    Settings settings(store, clock);
    CHECK(!*settings.get("a"));
    REQUIRE(settings.set("a", "1"));
    REQUIRE(settings.set("a", "2"));
    CHECK(*settings.get("a") == "2");
    CHECK(*settings.get_or_set("a", "3") == "2");
    CHECK(*settings.get_or_set("b", "first") == "first");
    CHECK(*settings.get_or_set("b", "second") == "first");
  });
}

TEST_CASE("the signing secret is made once and kept, or given") {
  testing::TestStore test({services_migrations()});
  Settings settings(test.store(), test.clock);
  const auto made = signing_secret(settings, test.random, "");
  REQUIRE(made);
  CHECK(made->size() == 64);
  CHECK(*signing_secret(settings, test.random, "") == *made);
  CHECK(*signing_secret(settings, test.random, "a given secret of my own") == "a given secret of my own");
  CHECK(signing_secret(settings, test.random, "short").error().reason == "services.secret_too_short");
}

}  // namespace
}  // namespace kontor::services
