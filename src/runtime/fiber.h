// Stackful fibers on event loops. Code on a fiber reads as if it blocked; it waits only through what is declared here.
// A fiber stays on its loop's thread. Waiting asserts that no exception is being handled and that no store function
// runs. Everything that waits also works on a plain thread (it blocks), so any function can be called from any test.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace kontor::runtime {

class Fiber;
class Loop;

// Thrown through a fiber's frames when its loop is torn down (shutdown, a simulated crash), so that destructors run.
// Never caught but by the fiber's own entry. Not a std::exception on purpose.
struct FiberKilled {};

// One rendezvous: one waiter, one waker, any threads. A wake before the wait is remembered. Reusable after wait()
// returned.
class Parker {
 public:
  Parker();
  ~Parker();
  Parker(const Parker&) = delete;
  Parker& operator=(const Parker&) = delete;
  void wait();
  // As wait(), but kill_all() holds back until the wake came (real loops): for work elsewhere that uses this fiber's
  // frames.
  void wait_shielded();
  // False when `timeout_ms` passed first; a later wake is then remembered for the next wait.
  bool wait_for(std::int64_t timeout_ms);
  void wake();  // from any thread; once

  struct State;

 private:
  std::shared_ptr<State> state_;
};

enum class Ready { kReadable, kWritable };

// One thread's event loop. Two kinds: `real` waits on epoll and the monotonic clock; `virtual` has no sockets, and its
// time jumps to the next timer when nothing is ready to run (the simulator).
class Loop {
 public:
  struct Options {
    std::size_t stack_bytes = 256 * 1024;  // reserved; pages are touched as used
    bool virtual_time = false;
    // Virtual loops only: picks which of `count` ready fibers runs next (a seeded scheduler); unset: first come, first
    // served.
    std::function<std::size_t(std::size_t count)> choose = {};
    // Virtual loops only: called before each fiber step; may throw nothing; returns false to stop the loop there (a
    // crash).
    std::function<bool()> before_step = {};
  };
  Loop();
  explicit Loop(Options options);
  ~Loop();  // kills what still waits
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();                                 // until stop(), or (virtual) until nothing is left to do
  void stop();                                // from any thread
  void spawn(std::function<void()> body);     // from any thread; a new fiber
  void post(std::function<void()> callback);  // from any thread; runs on the loop outside of fibers, must not wait
  void kill_all();  // from the loop's thread, outside of fibers: every fiber ends by FiberKilled

  std::int64_t now_ms() const;  // monotonic (or virtual) milliseconds, cached per turn
  // Timers of the wheel (10 ms coarse on real loops). Loop thread only. The callback runs outside of fibers.
  using TimerId = std::uint64_t;
  TimerId call_after(std::int64_t ms, std::function<void()> callback);
  void cancel(TimerId id);

  // Socket readiness, level-triggered, loop thread only; `on_ready` gets epoll event bits and runs outside of fibers.
  void watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> on_ready);
  void rewatch(int fd, std::uint32_t events);
  void unwatch(int fd);
  // Called after each round of `on_ready` calls, outside of fibers. Loop thread only.
  using RoundId = std::uint64_t;
  RoundId after_rounds(std::function<void()> callback);
  void forget_rounds(RoundId id);

  std::size_t fibers() const;     // alive
  std::int64_t delay_us() const;  // how long the last turn kept others waiting
  // Told delay_us() after each turn, on the loop's thread; before run(). May be empty; it must be quick.
  void on_turn(std::function<void(std::int64_t delay_us)> told);

  static Loop* current();  // of this thread, or null
  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

bool on_fiber();
void spawn(std::function<void()> body);  // on the current loop
void yield();                            // lets others run
void sleep_for(std::int64_t ms);         // fiber: virtual or real; plain thread: real
// Waits until fd is ready. Errc::kTimeout (reason "runtime.timeout") after timeout_ms. Fibers of real loops, or plain
// threads.
Result<void> wait_ready(int fd, Ready what, std::int64_t timeout_ms);

// While one lives, waiting on this fiber or thread is an assertion: store functions and critical sections hold one.
class NoWaiting {
 public:
  NoWaiting();
  ~NoWaiting();
  NoWaiting(const NoWaiting&) = delete;
  NoWaiting& operator=(const NoWaiting&) = delete;
};

// While one lives, this fiber goes on only when no other of its loop can, but for one step a turn so that it ends some
// day: for work that is long and may come a little later. Yields at once. Virtual loops and plain threads know no
// priorities.
class LowPriority {
 public:
  LowPriority();
  ~LowPriority();
  LowPriority(const LowPriority&) = delete;
  LowPriority& operator=(const LowPriority&) = delete;
};

// While one lives, this fiber goes on before all others of its loop, which looks at the socket that it waits for
// between their steps: for what keeps others waiting, as a lock that other processes want. Virtual loops and plain
// threads know no priorities.
class HighPriority {
 public:
  HighPriority();
  ~HighPriority();
  HighPriority(const HighPriority&) = delete;
  HighPriority& operator=(const HighPriority&) = delete;
};

// A bounded pool of threads for work that burns CPU (hashing, pictures, compression, reports); the calling fiber waits.
class Workers {
 public:
  Workers(int threads, std::size_t queue_limit);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  // Runs `work` there and returns when it is done. kUnavailable (reason "runtime.workers_full") when the queue is full.
  Result<void> run(const std::function<void()>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kontor::runtime
