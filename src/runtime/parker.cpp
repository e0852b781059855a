// One waiter and one waker meet in one word: Empty to Waiting to Signalled to Empty, or Empty to Signalled when the
// wake is first. Who moves it away from Waiting (waker, timer or killer) owns the fiber until it is put among the ready
// ones. A plain thread may see Signalled, go on and wait anew before its waker has finished, so the word says what
// waited: the waker of a thread reads nothing else.
#include <chrono>
#include <utility>

#include "base/assert.h"
#include "runtime/fiber_impl.h"

namespace kontor::runtime {
namespace {

using State = Parker::State;

bool move_phase(State& state, int from, int to) {
  return state.phase.compare_exchange_strong(from, to, std::memory_order_acq_rel);
}

bool wait_on_thread(State& state, std::int64_t timeout_ms) {
  if (move_phase(state, State::kSignalled, State::kEmpty)) return true;
  std::unique_lock lock(state.mutex);
  if (!move_phase(state, State::kEmpty, State::kThreadWaiting)) {
    state.phase.store(State::kEmpty, std::memory_order_release);
    return true;
  }
  const auto signalled = [&state] { return state.phase.load(std::memory_order_acquire) == State::kSignalled; };
  if (timeout_ms < 0) {
    state.woken.wait(lock, signalled);
  } else if (!state.woken.wait_for(lock, std::chrono::milliseconds(timeout_ms), signalled) &&
             move_phase(state, State::kThreadWaiting, State::kEmpty)) {
    return false;
  }
  state.phase.store(State::kEmpty, std::memory_order_release);
  return true;
}

bool wait_on_fiber(State& state, Fiber* fiber, std::int64_t timeout_ms, bool shielded) {
  if (move_phase(state, State::kSignalled, State::kEmpty)) return true;
  if (timeout_ms == 0) return false;
  Loop::Impl& loop = *fiber->loop;
  state.fiber = fiber;
  if (state.remote != loop.remote) state.remote = loop.remote;
  fiber->waits_on = &state;
  fiber->timed_out = false;
  fiber->shielded = shielded;
  if (!move_phase(state, State::kEmpty, State::kWaiting)) {
    state.phase.store(State::kEmpty, std::memory_order_release);
    fiber->waits_on = nullptr;
    return true;
  }
  TimerWheel::Id timer = 0;
  if (timeout_ms > 0) {
    timer = loop.timers.start(loop.clock_ms(), timeout_ms, [fiber] {
      if (!move_phase(*fiber->waits_on, State::kWaiting, State::kEmpty)) return;
      fiber->timed_out = true;
      fiber->loop->make_ready(fiber);
    });
  }
  suspend(fiber);
  fiber->waits_on = nullptr;
  loop.timers.cancel(timer);
  const bool woken = state.phase.load(std::memory_order_acquire) == State::kSignalled;
  if (woken && !fiber->timed_out) state.phase.store(State::kEmpty, std::memory_order_release);
  if (fiber->killed) throw FiberKilled{};
  return !fiber->timed_out;
}

bool wait_for_wake(State& state, std::int64_t timeout_ms, bool shielded) {
  check_may_wait();
  Fiber* fiber = current_fiber();
  if (fiber == nullptr) return wait_on_thread(state, timeout_ms);
  return wait_on_fiber(state, fiber, timeout_ms, shielded);
}

}  // namespace

Parker::Parker() : state_(std::make_shared<State>()) {}
Parker::~Parker() = default;

void Parker::wait() { wait_for_wake(*state_, -1, false); }
void Parker::wait_shielded() { wait_for_wake(*state_, -1, true); }
bool Parker::wait_for(std::int64_t timeout_ms) {
  return wait_for_wake(*state_, timeout_ms < 0 ? 0 : timeout_ms, false);
}

void Parker::wake() {
  // The waiter may destroy the Parker as soon as it is woken.
  const std::shared_ptr<State> state = state_;
  const int before = state->phase.exchange(State::kSignalled, std::memory_order_acq_rel);
  if (before == State::kThreadWaiting) {
    const std::lock_guard lock(state->mutex);
    state->woken.notify_one();
    return;
  }
  if (before != State::kWaiting) return;
  Loop::Impl* here = current_loop();
  if (here != nullptr && here->remote == state->remote) {
    here->make_ready(state->fiber);
    return;
  }
  // Taken along: once pushed, the fiber may run, end, and take its loop with it.
  const std::shared_ptr<Remote> remote = state->remote;
  remote->push({Remote::Item::Kind::kResume, state->fiber, nullptr});
}

}  // namespace kontor::runtime
