#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "runtime/fiber_impl.h"
#include "runtime/monotonic.h"

namespace kontor::runtime {
namespace {

constexpr std::int64_t kEventData = -1;  // epoll data of the eventfd
constexpr std::size_t kFibersPerTurn = 64;
constexpr std::int64_t kStepsUs = 100;
constexpr std::int64_t kLookUs = 100;

}  // namespace

Remote::Remote() : event_fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { KONTOR_ASSERT(event_fd >= 0); }
Remote::~Remote() { close(event_fd); }

void Remote::push(Item item) {
  bool asleep = false;
  {
    const std::lock_guard lock(mutex);
    items.push_back(std::move(item));
    filled.store(true, std::memory_order_release);
    // Left as it is until the loop looks around: whoever comes between here and the interruption, which this thread may
    // be too long without a processor to make, interrupts as well.
    asleep = sleeping;
  }
  if (asleep) interrupt();
}

void Remote::interrupt() {
  const std::uint64_t one = 1;
  // Fails only when the counter is full, and then the loop is awake anyway.
  [[maybe_unused]] const auto written = write(event_fd, &one, sizeof one);
}

Loop::Impl::Impl(Options options_)
    : options(std::move(options_)),
      stacks(options.stack_bytes),
      timers(options.virtual_time),
      remote(std::make_shared<Remote>()) {
  if (options.virtual_time) return;
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  KONTOR_ASSERT(epoll_fd >= 0);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(kEventData);
  KONTOR_ASSERT(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, remote->event_fd, &event) == 0);
  now = clock_ms();
}

Loop::Impl::~Impl() {
  if (epoll_fd >= 0) close(epoll_fd);
}

std::int64_t Loop::Impl::clock_ms() const { return options.virtual_time ? now : monotonic_micros() / 1000; }

void Loop::Impl::make_ready(Fiber* fiber) {
  fiber->place = Fiber::Place::kReady;
  if (options.virtual_time || fiber->killed)
    ready.push_back(fiber);
  else
    (fiber->high_priority > 0 ? ready_high : fiber->low_priority > 0 ? ready_low : ready).push_back(fiber);
}

Fiber* Loop::Impl::next_ready() {
  std::size_t index = 0;
  if (options.choose && ready.size() > 1) {
    index = options.choose(ready.size());
    KONTOR_ASSERT(index < ready.size());
  }
  Fiber* fiber = ready[index];
  ready.erase(ready.begin() + static_cast<std::ptrdiff_t>(index));
  return fiber;
}

Fiber* Loop::Impl::next_low() {
  Fiber* const fiber = ready_low.front();
  ready_low.pop_front();
  return fiber;
}

bool Loop::Impl::resume_high() {
  if (ready_high.empty()) return false;
  Fiber* const fiber = ready_high.front();
  ready_high.pop_front();
  resume(fiber);
  return true;
}

// Between the steps of others.
void Loop::Impl::look_at_urgent() {
  if (urgent.empty()) return;
  const std::int64_t at_us = monotonic_micros();
  if (at_us - looked_us < kLookUs) return;
  looked_us = at_us;
  if (poll(urgent.data(), urgent.size(), 0) <= 0) return;
  for (const pollfd& one : urgent)
    if (one.revents != 0) watches[static_cast<std::size_t>(one.fd)]->on_ready(static_cast<std::uint32_t>(one.revents));
}

void Loop::Impl::drain_remote() {
  if (!remote->filled.load(std::memory_order_acquire)) return;
  {
    const std::lock_guard lock(remote->mutex);
    drained.swap(remote->items);
    remote->filled.store(false, std::memory_order_release);
  }
  for (Remote::Item& item : drained) {
    switch (item.kind) {
      case Remote::Item::Kind::kResume:
        make_ready(item.fiber);
        break;
      case Remote::Item::Kind::kPost:
        posted.push_back(std::move(item.function));
        break;
      case Remote::Item::Kind::kSpawn:
        make_ready(make_fiber(std::move(item.function)));
        break;
    }
  }
  drained.clear();
}

void Loop::Impl::run_posted() {
  if (posted.empty()) return;
  std::vector<std::function<void()>> now_posted;
  now_posted.swap(posted);  // what these post runs in the next turn
  for (auto& callback : now_posted) callback();
}

// Runs what is ready, and what that makes ready, for a short while: a fiber that yields lets sockets and timers
// through. Of low priority is one step, and more as long as nothing else is ready or has come from other threads.
void Loop::Impl::run_ready() {
  if (ready.empty() && ready_low.empty() && ready_high.empty()) return;
  const std::int64_t until = monotonic_micros() + kStepsUs;
  bool any_low = ready_low.empty();
  do {
    for (std::size_t steps = std::min(ready.size() + ready_high.size(), kFibersPerTurn); steps > 0; --steps) {
      look_at_urgent();
      if (resume_high()) continue;
      if (ready.empty()) break;
      resume(next_ready());
    }
    if (!ready.empty() || !ready_high.empty() || ready_low.empty()) continue;
    resume(next_low());
    any_low = true;
  } while ((!ready.empty() || !ready_high.empty() ||
            (!ready_low.empty() && !remote->filled.load(std::memory_order_relaxed))) &&
           monotonic_micros() < until);
  if (!any_low && !ready_low.empty()) resume(next_low());
}

bool Loop::Impl::go_to_sleep() {
  const std::lock_guard lock(remote->mutex);
  if (!remote->items.empty() || stopping.load(std::memory_order_acquire)) return false;
  remote->sleeping = true;
  return true;
}

void Loop::Impl::poll_sockets(int timeout_ms) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_fd, events.data(), static_cast<int>(events.size()), timeout_ms);
  KONTOR_ASSERT(count >= 0 || errno == EINTR);
  awake_us = monotonic_micros();
  now = awake_us / 1000;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u64 == static_cast<std::uint64_t>(kEventData)) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto got = read(remote->event_fd, &ignored, sizeof ignored);
      continue;
    }
    // An earlier callback of this round may have ended this watch, and even begun another on the same number.
    Watch* watch = watches[static_cast<std::uint32_t>(event.data.u64)].get();
    if (watch->active && watch->generation == static_cast<std::uint32_t>(event.data.u64 >> 32))
      watch->on_ready(event.events);
  }
  if (count > 0)
    for (const auto& [id, callback] : rounds) callback();
}

void Loop::Impl::run_real() {
  awake_us = monotonic_micros();
  while (!stopping.load(std::memory_order_acquire)) {
    now = monotonic_micros() / 1000;
    timers.fire(now);
    drain_remote();
    run_posted();
    run_ready();
    const std::int64_t delay = monotonic_micros() - awake_us;
    delay_us.store(delay, std::memory_order_relaxed);
    if (turn_told) turn_told(delay);
    int timeout = 0;
    bool asleep = false;
    if (idle() && go_to_sleep()) {
      asleep = true;
      timeout = static_cast<int>(std::min<std::int64_t>(timers.until_next(now), 60000));
    }
    poll_sockets(timeout);
    if (asleep) {
      const std::lock_guard lock(remote->mutex);
      remote->sleeping = false;
    }
  }
}

void Loop::Impl::run_virtual() {
  while (!stopping.load(std::memory_order_acquire)) {
    drain_remote();
    run_posted();
    timers.fire(now);
    if (!ready.empty()) {
      if (options.before_step && !options.before_step()) return;
      resume(next_ready());
      continue;
    }
    if (!posted.empty() || remote->filled.load(std::memory_order_acquire)) continue;
    const std::int64_t wait = timers.until_next(now);
    if (wait < 0) return;
    now += wait;
  }
}

void Loop::Impl::kill_all() {
  const OnLoop here(this);
  while (!alive.empty()) {
    drain_remote();
    Fiber* fiber = alive.front();
    const bool hold = fiber->shielded && !options.virtual_time;
    fiber->killed = true;
    if (fiber->place == Fiber::Place::kWaiting) {
      int waiting = Parker::State::kWaiting;
      if (hold || !fiber->waits_on->phase.compare_exchange_strong(waiting, Parker::State::kEmpty)) {
        std::this_thread::yield();  // its waker is on the way
        continue;
      }
    } else if (std::erase(ready, fiber) == 0 && std::erase(ready_high, fiber) == 0) {
      std::erase(ready_low, fiber);
    }
    if (fiber->back == nullptr) {
      end_fiber(fiber);  // never began
    } else {
      resume(fiber);
    }
  }
}

Loop::Loop() : Loop(Options{}) {}
Loop::Loop(Options options) : impl_(std::make_unique<Impl>(std::move(options))) { impl_->owner = this; }
Loop::~Loop() {
  kill_all();
  impl_->posted.clear();
  impl_->timers.clear();
  impl_->watches.clear();
}

void Loop::run() {
  const OnLoop here(impl_.get());
  if (impl_->options.virtual_time) {
    impl_->run_virtual();
  } else {
    impl_->run_real();
  }
  impl_->stopping.store(false, std::memory_order_release);
}

void Loop::stop() {
  impl_->stopping.store(true, std::memory_order_release);
  bool asleep = false;
  {
    const std::lock_guard lock(impl_->remote->mutex);
    asleep = std::exchange(impl_->remote->sleeping, false);
  }
  if (asleep) impl_->remote->interrupt();
}

void Loop::spawn(std::function<void()> body) {
  if (current_loop() == impl_.get()) {
    impl_->make_ready(impl_->make_fiber(std::move(body)));
  } else {
    impl_->remote->push({Remote::Item::Kind::kSpawn, nullptr, std::move(body)});
  }
}

void Loop::post(std::function<void()> callback) {
  if (current_loop() == impl_.get()) {
    impl_->posted.push_back(std::move(callback));
  } else {
    impl_->remote->push({Remote::Item::Kind::kPost, nullptr, std::move(callback)});
  }
}

void Loop::kill_all() { impl_->kill_all(); }
std::int64_t Loop::now_ms() const { return impl_->now; }

Loop::TimerId Loop::call_after(std::int64_t ms, std::function<void()> callback) {
  return impl_->timers.start(impl_->clock_ms(), ms, std::move(callback));
}
void Loop::cancel(TimerId id) { impl_->timers.cancel(id); }

void Loop::watch(int fd, std::uint32_t events, std::function<void(std::uint32_t)> on_ready) {
  KONTOR_ASSERT(!impl_->options.virtual_time);  // a virtual loop has no sockets
  KONTOR_ASSERT(fd >= 0);
  const auto index = static_cast<std::size_t>(fd);
  if (impl_->watches.size() <= index) impl_->watches.resize(std::max(index + 1, impl_->watches.size() * 2));
  if (!impl_->watches[index]) impl_->watches[index] = std::make_unique<Watch>();
  Watch& one = *impl_->watches[index];
  KONTOR_ASSERT(!one.active);  // one watch a socket
  one.active = true;
  one.on_ready = std::move(on_ready);
  ++one.generation;
  epoll_event event{};
  event.events = events;
  event.data.u64 = (static_cast<std::uint64_t>(one.generation) << 32) | static_cast<std::uint32_t>(fd);
  KONTOR_ASSERT(epoll_ctl(impl_->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0);
}

void Loop::rewatch(int fd, std::uint32_t events) {
  Watch& one = *impl_->watches[static_cast<std::size_t>(fd)];
  KONTOR_ASSERT(one.active);
  epoll_event event{};
  event.events = events;
  event.data.u64 = (static_cast<std::uint64_t>(one.generation) << 32) | static_cast<std::uint32_t>(fd);
  KONTOR_ASSERT(epoll_ctl(impl_->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0);
}

void Loop::unwatch(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= impl_->watches.size() || !impl_->watches[index] || !impl_->watches[index]->active) return;
  impl_->watches[index]->active = false;  // its function may be the caller; it is replaced by the next watch
  epoll_ctl(impl_->epoll_fd, EPOLL_CTL_DEL, fd, nullptr);  // a closed descriptor left the set by itself
}

Loop::RoundId Loop::after_rounds(std::function<void()> callback) {
  impl_->rounds.emplace_back(++impl_->last_round, std::move(callback));
  return impl_->last_round;
}
void Loop::forget_rounds(RoundId id) {
  std::erase_if(impl_->rounds, [id](const auto& round) { return round.first == id; });
}

void Loop::on_turn(std::function<void(std::int64_t)> told) { impl_->turn_told = std::move(told); }
std::size_t Loop::fibers() const { return impl_->alive.size(); }
std::int64_t Loop::delay_us() const { return impl_->delay_us.load(std::memory_order_relaxed); }

Loop* Loop::current() {
  Impl* loop = current_loop();
  return loop == nullptr ? nullptr : loop->owner;
}

}  // namespace kontor::runtime
