// What many read and few make anew: a table compiled from stored rows. Readers take the present one along and are not
// disturbed; of two that are made at once the one that began to read later stays. Safe from any thread.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>

namespace kontor::services {

template <class T>
class Snapshot {
 public:
  std::shared_ptr<const T> get() const {  // null before the first
    const std::lock_guard lock(mutex_);
    return held_;
  }
  // Before the rows are read; its answer goes into put().
  std::int64_t begin() {
    const std::lock_guard lock(mutex_);
    return ++begun_;
  }
  void put(std::shared_ptr<const T> made, std::int64_t began) {
    const std::lock_guard lock(mutex_);
    if (began < of_held_) return;
    of_held_ = began;
    held_ = std::move(made);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> held_;
  std::int64_t begun_ = 0, of_held_ = 0;
};

}  // namespace kontor::services
