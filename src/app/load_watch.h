// Measures how busy the program is, for the levels of degradation: a probe on each event loop feels how long what is
// ready waits there, and the loop that is worst off counts.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "runtime/fiber.h"
#include "services/degradation.h"

namespace kontor::app {

class LoadWatch {
 public:
  explicit LoadWatch(services::Degradation& degradation) : degradation_(degradation) {}

  // Spawns the loop's probe; `requests`: how many are at work there, from any thread. All of them before start(), and
  // all outlives the loops.
  void add(runtime::Loop& loop, std::function<std::size_t()> requests);
  // Spawns what puts the measurements together, on one of the loops.
  void start(runtime::Loop& loop);

 private:
  struct Place {
    std::function<std::size_t()> requests;
    std::atomic<std::int64_t> delay_us{0};  // as last felt
  };
  services::Load load() const;

  services::Degradation& degradation_;
  std::vector<std::unique_ptr<Place>> places_;
};

}  // namespace kontor::app
