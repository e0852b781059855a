// Wakes one waiting fiber (or thread) from any number of ringers on any threads; a ring while nobody waits is
// remembered once.
#pragma once
#include <cstdint>
#include <mutex>

#include "runtime/fiber.h"

namespace kontor::services {

class Bell {
 public:
  // From any thread.
  void ring() {
    const std::lock_guard lock(mutex_);
    if (rung_) return;
    rung_ = true;
    if (waiting_ != nullptr) waiting_->wake();
  }
  // By one waiter at a time. False when nobody rang for `ms`.
  bool wait_for(std::int64_t ms) {
    runtime::Parker parker;
    {
      const std::lock_guard lock(mutex_);
      if (rung_) {
        rung_ = false;
        return true;
      }
      waiting_ = &parker;
    }
    const Forget forget{*this};  // also when the fiber is killed while it waits
    parker.wait_for(ms);
    const std::lock_guard lock(mutex_);
    const bool rang = rung_;
    rung_ = false;
    waiting_ = nullptr;
    return rang;
  }

 private:
  struct Forget {
    Bell& bell;
    ~Forget() {
      const std::lock_guard lock(bell.mutex_);
      bell.waiting_ = nullptr;
    }
  };
  std::mutex mutex_;
  bool rung_ = false;
  runtime::Parker* waiting_ = nullptr;
};

}  // namespace kontor::services
