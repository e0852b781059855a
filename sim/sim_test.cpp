#include <doctest/doctest.h>

#include "sim/scenario.h"

using namespace kontor::sim;

TEST_CASE("in every scenario the promises are kept, and a seed is a whole history") {
  for (const Scenario& scenario : scenarios()) {
    CAPTURE(scenario.name);
    const Outcome first = run_seed(1001, scenario);
    CHECK(first.problem == "");
    const Outcome second = run_seed(1001, scenario);
    CHECK(first.hash == second.hash);
    CHECK(first.steps == second.steps);
    CHECK(run_seed(1002, scenario).hash != first.hash);
  }
}

TEST_CASE("the simulator sees a missing stock guard, money without an order, a lost ledger leg and a robbed box") {
  const auto finds = [](const Scenario& scenario, Planted planted) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
      if (!run_seed(seed, scenario, planted).ok()) return true;
    return false;
  };
  CHECK(finds(*find_scenario("last_unit"), {.drop_stock_guard = true}));
  CHECK(finds(*find_scenario("lossy_gateway"), {.timeout_means_no = true}));
  CHECK(finds(*find_scenario("calm"), {.lose_ledger_leg = true}));
  CHECK(finds(*find_scenario("part_cancellations"), {.cancel_what_is_packed = true}));
}
