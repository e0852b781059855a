// What runs, compiled for answering; never changed afterwards, but for the memory of whom it was shown to.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shop/experiments/experiments.h"

namespace kontor::experiments {

struct CompiledArm {
  std::string label;  // "ranking-1/wide"
  std::int64_t weight = 0;
  std::shared_ptr<const json::Raw> configuration;
};

struct Running {
  // Who was seen lately, at the place that their number picks: what it forgets is asked of the store, and nothing else.
  static constexpr std::size_t kPlaces = 16'384;

  ExperimentId id;
  std::uint64_t salt = 0;
  std::int64_t share_percent = 0, weights = 0;
  std::vector<CompiledArm> arms;  // [0]: the control
  std::unique_ptr<std::atomic<std::uint64_t>[]> seen;

  std::size_t arm_of(std::uint64_t visitor) const;
  bool is_new(std::uint64_t visitor) const;
  void forget(std::uint64_t visitor) const;
};
std::shared_ptr<const Running> compile(const Kept& experiment);

struct Table {
  std::map<std::string, std::shared_ptr<const Running>, std::less<>> by_subject;
  struct Counted {
    ExperimentId id;
    std::optional<Time> until;
  };
  std::vector<Counted> counted;  // whose orders count: they run, or ended not long ago
};
Table compile(const std::vector<Kept>& experiments);

}  // namespace kontor::experiments
