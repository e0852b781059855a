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

TEST_CASE("the simulator finds each planted bug within a hundred seeds") {
  for (const PlantedBug& bug : planted_bugs()) {
    CAPTURE(bug.name);
    Planted planted;
    planted.*bug.flag = true;
    bool found = false;
    for (std::uint64_t seed = 1; seed <= 100 && !found; ++seed)
      found = !run_seed(seed, scenario_of(seed), planted).ok();
    CHECK(found);
  }
}
