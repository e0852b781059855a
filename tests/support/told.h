// How many events of a name were told, relayed or not.
#pragma once
#include <doctest/doctest.h>

#include <string_view>

#include "ports/db.h"

namespace kontor::testing {

inline int told(db::Store& store, std::string_view event) {
  static constexpr db::Query kCount{"test.told", db::Home::kEvery,
                                    "SELECT COUNT(*) FROM (SELECT name FROM outbox_events UNION ALL "
                                    "SELECT name FROM outbox_pending) AS told WHERE name = $1"};
  int count = 0;
  const auto done = store.read(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kCount, event));
    count = static_cast<int>(rows.front().i64(0));
    return {};
  });
  REQUIRE(done.has_value());
  return count;
}

}  // namespace kontor::testing
