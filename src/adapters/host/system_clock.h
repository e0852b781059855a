// The machine's wall clock, read anew each time; it may jump when someone sets it.
#pragma once
#include "ports/clock.h"

namespace kontor::host {

class SystemClock : public Clock {
 public:
  Time now() const override;
};

}  // namespace kontor::host
