// Assertions stay on in release builds: a failed one is a bug, never bad input.
// Inside a store function the adapter turns it into an undone write (AssertionFailed is thrown); elsewhere it ends the
// process.
#pragma once
#include <stdexcept>

namespace kontor {

// Thrown by KONTOR_ASSERT while `assertions_throw()` holds on this thread (store functions and tests), else the process
// aborts.
struct AssertionFailed : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

// While one of these lives on a thread, a failed assertion throws AssertionFailed instead of aborting.
class AssertionsThrow {
 public:
  AssertionsThrow();
  ~AssertionsThrow();
  AssertionsThrow(const AssertionsThrow&) = delete;
  AssertionsThrow& operator=(const AssertionsThrow&) = delete;
};

}  // namespace kontor

#define KONTOR_ASSERT(expression) \
  (static_cast<bool>(expression) ? void(0) : ::kontor::assertion_failed(#expression, __FILE__, __LINE__))
