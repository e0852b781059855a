// What a store counts, under the same names for every engine and by place ("shop", "catalog"): how long its functions
// take, how long they wait before they run, how long their commits take, and what fails by the store's own fault.
// Where the asking fiber is traced, the same times become spans.
// Safe from any thread; counting is a few relaxed atomics.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "runtime/metrics.h"

namespace kontor::runtime {

// One write function, on the clock of monotonic_micros(); 0 where it did not come so far.
struct WriteTimes {
  std::int64_t asked_us = 0;
  std::int64_t begun_us = 0;         // its turn came: a connection, the writer
  std::int64_t commit_begun_us = 0;  // of the batch that it was part of
  std::int64_t committed_us = 0;
};

class StoreMetrics {
 public:
  StoreMetrics(Metrics& metrics, std::string_view place, std::string_view engine);

  static std::int64_t now_us();
  // Once the function's caller has its answer.
  void wrote(const WriteTimes& times, const Result<void>& answer);
  void read(std::int64_t began_us, const Result<void>& answer);
  void repeated() { repeats_.add(); }

 private:
  void count_failure(const Result<void>& answer);

  const std::string place_, engine_;  // in traces
  Histogram& write_;
  Histogram& queue_;
  Histogram& commit_;
  Histogram& read_;
  Counter& failures_;
  Counter& repeats_;
};

}  // namespace kontor::runtime
