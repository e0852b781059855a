#include "shop/accounts/accounts.h"

#include <doctest/doctest.h>

#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> accounts_migrations();
}

namespace kontor::accounts {
namespace {

TEST_CASE("a customer is found by id and by e-mail, whatever its case; guests are not there") {
  testing::TestStore test({accounts_migrations()});
  Accounts accounts(test.store(), test.clock);
  const auto id = test.ids.next<CustomerId>(test.clock.now(), 5);
  REQUIRE(accounts.create(id, "Ada@Example.com", "Ada"));
  const auto by_id = accounts.find(id);
  REQUIRE((by_id && by_id->has_value()));
  CHECK((*by_id)->email == "Ada@Example.com");
  const auto by_email = accounts.find_by_email("ada@EXAMPLE.com");
  REQUIRE((by_email && by_email->has_value()));
  CHECK((*by_email)->id == id);
  const auto guest = accounts.find(test.ids.next<CustomerId>(test.clock.now(), 5));
  REQUIRE(guest);
  CHECK_FALSE(guest->has_value());
}

TEST_CASE("an e-mail belongs to one customer") {
  testing::TestStore test({accounts_migrations()});
  Accounts accounts(test.store(), test.clock);
  REQUIRE(accounts.create(test.ids.next<CustomerId>(test.clock.now(), 1), "a@example.com", "A"));
  const auto second = accounts.create(test.ids.next<CustomerId>(test.clock.now(), 2), "A@example.com", "B");
  REQUIRE_FALSE(second);
  CHECK(second.error().reason == "accounts.email_taken");
}

}  // namespace
}  // namespace kontor::accounts
