// kontor-sim: runs histories by seed, each twice, and says which promise was broken and how to see it again.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

#include <malloc.h>
#include <unistd.h>

#include "adapters/db_sqlite/connection.h"
#include "sim/scenario.h"

namespace {

using kontor::sim::Coverage;
using kontor::sim::Outcome;
using kontor::sim::Planted;
using kontor::sim::Scenario;

struct Wishes {
  std::uint64_t seeds = 200;
  std::uint64_t from = 1;
  std::uint64_t seed = 0;
  bool trace = false;
  bool planted = false;
  bool once = false;
  bool coverage = false;
  std::string scenario;
  std::string plant;
};

char g_now_running[256] = "";  // for the handler, which may call nothing

std::string command_line(std::uint64_t seed, const Scenario& scenario) {
  return "kontor-sim --seed " + std::to_string(seed) + " --scenario " + std::string(scenario.name) + " --trace";
}

void note_running(std::uint64_t seed, const Scenario& scenario) {
  std::snprintf(g_now_running, sizeof g_now_running, "the program broke off during: %s\n",
                command_line(seed, scenario).c_str());
}

extern "C" void on_abort(int) {
  [[maybe_unused]] const auto written = write(2, g_now_running, std::strlen(g_now_running));
}

const Scenario& chosen(const Wishes& wishes, std::uint64_t seed) {
  const Scenario* named = wishes.scenario.empty() ? nullptr : kontor::sim::find_scenario(wishes.scenario);
  return named != nullptr ? *named : kontor::sim::scenario_of(seed);
}

// The mistake that is named, of the table of planted ones.
Planted planted_in(const Wishes& wishes) {
  Planted planted;
  for (const auto& bug : kontor::sim::planted_bugs())
    if (bug.name == wishes.plant) planted.*bug.flag = true;
  return planted;
}

Outcome run_once(std::uint64_t seed, const Scenario& scenario, Planted planted, bool trace) {
  note_running(seed, scenario);
  return kontor::sim::run_seed(seed, scenario, planted, trace);
}

// The first line in which two histories of one seed part.
void show_parting(const Outcome& first, const Outcome& second) {
  const std::size_t most = std::min(first.trace.size(), second.trace.size());
  std::size_t at = 0;
  while (at < most && first.trace[at] == second.trace[at]) ++at;
  std::printf("  first:  %s\n", at < first.trace.size() ? first.trace[at].c_str() : "(ends)");
  std::printf("  second: %s\n", at < second.trace.size() ? second.trace[at].c_str() : "(ends)");
}

int show_seed(const Wishes& wishes) {
  const Scenario& scenario = chosen(wishes, wishes.seed);
  const Outcome first = run_once(wishes.seed, scenario, planted_in(wishes), wishes.trace);
  for (const auto& line : first.trace) std::printf("%s\n", line.c_str());
  if (wishes.coverage)
    for (const auto& [branch, times] : first.coverage)
      std::printf("%8ld  %s\n", static_cast<long>(times), branch.c_str());
  const Outcome second = run_once(wishes.seed, scenario, planted_in(wishes), wishes.trace);
  const bool same = first.hash == second.hash;
  std::printf("seed %lu, %s: %s; %ld steps, %d crashes, %d orders, hash %016lx%s\n",
              static_cast<unsigned long>(wishes.seed), std::string(scenario.name).c_str(),
              first.ok() ? "all was kept" : first.problem.c_str(), static_cast<long>(first.steps), first.crashes,
              first.orders, static_cast<unsigned long>(first.hash), same ? "" : ", and another one the second time");
  if (!same) show_parting(first, second);
  return first.ok() && same ? 0 : 1;
}

struct Sums {
  std::uint64_t passed = 0, failed = 0;
  std::int64_t steps = 0, crashes = 0, orders = 0, virtual_ms = 0, comparisons = 0;
  std::uint64_t hash = 0;  // the sum of theirs, so that ranges add up: two runs of the program give the same
  Coverage coverage;
};

void add(Sums& sums, const Outcome& outcome) {
  sums.steps += outcome.steps;
  sums.crashes += outcome.crashes;
  sums.orders += outcome.orders;
  sums.virtual_ms += outcome.virtual_ms;
  sums.comparisons += outcome.comparisons;
  sums.hash += (outcome.hash ^ outcome.hash >> 29) * 0x9E3779B97F4A7C15ull;
  for (const auto& [branch, times] : outcome.coverage) sums.coverage[branch] += times;
}

double seconds_since(const timespec& began) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec - began.tv_sec) + static_cast<double>(now.tv_nsec - began.tv_nsec) / 1e9;
}

int run_many(const Wishes& wishes) {
  timespec began{};
  clock_gettime(CLOCK_MONOTONIC, &began);
  Sums sums;
  for (std::uint64_t seed = wishes.from; seed < wishes.from + wishes.seeds; ++seed) {
    const Scenario& scenario = chosen(wishes, seed);
    const Outcome first = run_once(seed, scenario, planted_in(wishes), false);
    add(sums, first);
    std::string problem = first.problem;
    if (problem.empty() && !wishes.once && run_once(seed, scenario, planted_in(wishes), false).hash != first.hash)
      problem = "the second run of the seed went another way";
    if (problem.empty()) {
      ++sums.passed;
      continue;
    }
    ++sums.failed;
    std::printf("FAILED seed %lu: %s\n  %s\n", static_cast<unsigned long>(seed), problem.c_str(),
                command_line(seed, scenario).c_str());
    std::fflush(stdout);
  }
  if (wishes.coverage)
    for (const auto& [branch, times] : sums.coverage)
      std::printf("%8ld  %s\n", static_cast<long>(times), branch.c_str());
  const double took = seconds_since(began);
  std::printf(
      "%.1f s, %.1f seeds/s%s; %ld crashes, %ld orders, %ld steps, %ld comparisons, %.1f virtual hours, %zu branches, "
      "hash %016lx\n",
      took, static_cast<double>(wishes.seeds) / took, wishes.once ? "" : " (each twice)",
      static_cast<long>(sums.crashes), static_cast<long>(sums.orders), static_cast<long>(sums.steps),
      static_cast<long>(sums.comparisons), static_cast<double>(sums.virtual_ms) / 3.6e6, sums.coverage.size(),
      static_cast<unsigned long>(sums.hash));
  std::printf("%lu passed, %lu failed\n", static_cast<unsigned long>(sums.passed),
              static_cast<unsigned long>(sums.failed));
  return sums.failed == 0 ? 0 : 1;
}

bool find_planted(const kontor::sim::PlantedBug& bug) {
  constexpr std::uint64_t kMost = 100;
  Planted planted;
  planted.*bug.flag = true;
  const std::string name(bug.name);
  for (std::uint64_t seed = 1; seed <= kMost; ++seed) {
    const Outcome outcome = run_once(seed, kontor::sim::scenario_of(seed), planted, false);
    if (outcome.ok()) continue;
    std::printf("planted %s: found by seed %lu (%s): %s\n", name.c_str(), static_cast<unsigned long>(seed),
                std::string(outcome.scenario).c_str(), outcome.problem.c_str());
    return true;
  }
  std::printf("planted %s: NOT FOUND in %lu seeds\n", name.c_str(), static_cast<unsigned long>(kMost));
  return false;
}

int run_planted() {
  const auto bugs = kontor::sim::planted_bugs();
  const auto found = std::count_if(bugs.begin(), bugs.end(), find_planted);
  std::printf("%ld passed, %ld failed\n", static_cast<long>(found),
              static_cast<long>(bugs.size()) - static_cast<long>(found));
  return static_cast<std::size_t>(found) == bugs.size() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Wishes wishes;
  CLI::App app{"Runs the shop through simulated histories, each from a seed, each twice."};
  app.add_option("--seeds", wishes.seeds, "How many histories (default 200)");
  app.add_option("--from", wishes.from, "The first seed (default 1)");
  auto* seed = app.add_option("--seed", wishes.seed, "One history only");
  app.add_flag("--trace", wishes.trace, "Print what happened in it")->needs(seed);
  app.add_option("--scenario", wishes.scenario, "Always this one instead of each seed's own")
      ->check([](const std::string& name) {
        return kontor::sim::find_scenario(name) != nullptr ? std::string() : "there is no scenario " + name;
      });
  app.add_flag("--planted", wishes.planted, "Show that bugs planted on purpose are found");
  app.add_option("--plant", wishes.plant, "Run with this one of the planted bugs, by its name")
      ->check([](const std::string& name) {
        const auto bugs = kontor::sim::planted_bugs();
        const bool known = std::any_of(bugs.begin(), bugs.end(), [&](const auto& bug) { return bug.name == name; });
        return known ? std::string() : "there is no planted bug '" + name + "'";
      });
  app.add_flag("--once", wishes.once, "Leave the second run of each seed out");
  app.add_flag("--coverage", wishes.coverage, "List which rare branches were reached, and how often");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGABRT, on_abort);
  // A seed opens and closes many stores: what they give back is kept for the next instead of going back to the system.
  mallopt(M_MMAP_THRESHOLD, 256 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  kontor::db_sqlite::start_sqlite(true);
  if (wishes.planted) return run_planted();
  return seed->count() > 0 ? show_seed(wishes) : run_many(wishes);
}
