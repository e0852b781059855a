// The insides of fibers and loops, for runtime/ only: what a fiber is, where it may be, how threads hand it back to its
// loop. All members belong to the loop's thread, except those of Remote and the phase of a Parker.
#pragma once
#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <boost/context/detail/fcontext.hpp>

#include "runtime/fiber.h"
#include "runtime/timer_wheel.h"

namespace kontor::runtime {

class Span;

// A mapped stack, its lowest page unreachable. The Fiber object lies at its upper end.
struct Stack {
  char* base = nullptr;   // of the mapping, guard page included
  std::size_t bytes = 0;  // of the mapping
};

// Hands out guarded stacks and keeps returned ones.
class StackPool {
 public:
  explicit StackPool(std::size_t stack_bytes);
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;
  Stack take();
  void give(Stack stack);

 private:
  static constexpr std::size_t kKeep = 4096;
  std::size_t bytes_;
  std::vector<Stack> free_;
};

class Fiber {
 public:
  enum class Place { kReady, kRunning, kWaiting };

  boost::context::detail::fcontext_t context = nullptr;  // to go on with it; null before its first step
  boost::context::detail::fcontext_t back = nullptr;     // to the loop that runs it
  Loop::Impl* loop = nullptr;
  std::function<void()> body;
  Stack stack;
  const char* low = nullptr;  // usable part of the stack
  std::size_t usable = 0;
  Parker::State* waits_on = nullptr;
  std::size_t at = 0;  // place in Loop::Impl::alive
  int no_waiting = 0;
  Place place = Place::kReady;
  bool killed = false;
  bool timed_out = false;
  bool shielded = false;
  int low_priority = 0;  // how many LowPriority live on it
  int high_priority = 0;
  Span* span = nullptr;  // the innermost that is traced
  void* asan_stack = nullptr;
  void* tsan_fiber = nullptr;
};

// What other threads put down for a loop. Shared, so that a late waker never touches a loop that is gone.
struct Remote {
  struct Item {
    enum class Kind { kResume, kPost, kSpawn } kind;
    Fiber* fiber = nullptr;
    std::function<void()> function;
  };
  Remote();
  ~Remote();
  Remote(const Remote&) = delete;
  Remote& operator=(const Remote&) = delete;
  void push(Item item);
  void interrupt();  // makes a sleeping loop look around

  std::mutex mutex;
  std::vector<Item> items;          // under mutex
  bool sleeping = false;            // under mutex: the loop waits in epoll
  std::atomic<bool> filled{false};  // hint: items is not empty
  int event_fd = -1;
};

struct Parker::State {
  // kWaiting: a fiber waits; kThreadWaiting: a plain thread.
  enum Phase : int { kEmpty, kWaiting, kThreadWaiting, kSignalled };
  std::atomic<int> phase{kEmpty};
  Fiber* fiber = nullptr;          // who waits, in kWaiting
  std::shared_ptr<Remote> remote;  // of the fiber's loop
  std::mutex mutex;                // plain threads only
  std::condition_variable woken;
};

struct Watch {
  std::function<void(std::uint32_t)> on_ready;
  std::uint32_t generation = 0;
  bool active = false;
};

struct Loop::Impl {
  explicit Impl(Options options_);
  ~Impl();

  void run_real();
  void run_virtual();
  void drain_remote();
  void run_posted();
  void run_ready();
  void poll_sockets(int timeout_ms);
  void look_at_urgent();
  bool go_to_sleep();  // false when something came meanwhile
  bool idle() const {
    return ready.empty() && ready_low.empty() && ready_high.empty() && posted.empty() &&
           !remote->filled.load(std::memory_order_acquire);
  }

  Fiber* make_fiber(std::function<void()> body);
  void make_ready(Fiber* fiber);
  Fiber* next_ready();
  Fiber* next_low();
  bool resume_high();         // false when there is none
  void resume(Fiber* fiber);  // runs it until it waits or ends
  void end_fiber(Fiber* fiber);
  void kill_all();
  std::int64_t clock_ms() const;  // fresh, not cached

  Options options;
  StackPool stacks;
  TimerWheel timers;
  std::shared_ptr<Remote> remote;
  std::deque<Fiber*> ready, ready_low, ready_high;
  std::vector<Fiber*> alive;
  std::vector<std::function<void()>> posted;
  std::vector<Remote::Item> drained;
  std::vector<std::unique_ptr<Watch>> watches;  // by fd
  std::vector<pollfd> urgent;                   // sockets that fibers of high priority wait for
  std::int64_t looked_us = 0;                   // at these
  std::vector<std::pair<RoundId, std::function<void()>>> rounds;
  RoundId last_round = 0;
  std::atomic<bool> stopping{false};
  std::atomic<std::int64_t> delay_us{0};
  std::function<void(std::int64_t)> turn_told;
  std::int64_t now = 0;
  std::int64_t awake_us = 0;  // when the last sleep ended
  int epoll_fd = -1;
  Loop* owner = nullptr;
  const void* asan_low = nullptr;  // the stack of the thread that runs the loop
  std::size_t asan_size = 0;
  void* tsan_thread = nullptr;
};

Fiber* current_fiber();
Loop::Impl* current_loop();

// This thread is the loop's while one lives.
class OnLoop {
 public:
  explicit OnLoop(Loop::Impl* loop);
  ~OnLoop();
  OnLoop(const OnLoop&) = delete;
  OnLoop& operator=(const OnLoop&) = delete;

 private:
  Loop::Impl* before_;
};

// Leaves the running fiber; returns when it is resumed. Throws FiberKilled then if it was killed.
void suspend(Fiber* fiber);
// Asserts that waiting is allowed here; throws FiberKilled on a killed fiber.
void check_may_wait();

}  // namespace kontor::runtime
