// Sends visits over many connections from one thread, and takes the time. Closed loop: each connection begins its next
// visit when the last is over. Open loop: visits arrive by themselves (Poisson), and the first request's latency counts
// from when it was meant to go out, so that a stall is not hidden by the requests that it kept back; the later ones of
// a visit count from the answer before.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "bench/latencies.h"
#include "bench/visits.h"

namespace kontor::bench {

struct Pace {
  double rate = 0;  // visits a second; 0: closed loop
  int connections = 64;
  double seconds = 10;
  std::uint64_t seed = 1;
};

struct KindResult {
  Latencies latencies;
  std::map<int, std::int64_t> statuses;
  std::int64_t in_time = 0;  // answered before the end
};

struct DriveResult {
  std::vector<KindResult> kinds;  // as Visits::kinds()
  double seconds = 0;             // that were counted
  std::int64_t broken = 0;        // connections that ended inside an answer, or before it
  std::int64_t unanswered = 0;    // requests without an answer 20 s after the end
  std::int64_t not_begun = 0;     // open loop: visits that found no free connection until the end
};

// kUnavailable "bench.connect".
Result<DriveResult> drive(const Target& target, Visits& visits, const Pace& pace);

}  // namespace kontor::bench
