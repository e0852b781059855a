#include "adapters/host/system_clock.h"

#include <ctime>

namespace kontor::host {

Time SystemClock::now() const {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return Time{static_cast<std::int64_t>(now.tv_sec) * kSecondMs + now.tv_nsec / 1'000'000};
}

}  // namespace kontor::host
