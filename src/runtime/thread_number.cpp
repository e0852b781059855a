#include "runtime/thread_number.h"

#include <atomic>

namespace kontor::runtime {

unsigned thread_number() {
  static std::atomic<unsigned> next{0};
  thread_local const unsigned mine = next.fetch_add(1, std::memory_order_relaxed);
  return mine;
}

}  // namespace kontor::runtime
