#include "runtime/fiber.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "runtime/fiber_impl.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace kontor::runtime {
namespace {

using boost::context::detail::fcontext_t;
using boost::context::detail::jump_fcontext;
using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

thread_local Fiber* t_fiber = nullptr;
thread_local Loop::Impl* t_loop = nullptr;
thread_local int t_no_waiting = 0;

// Not inlined: a compiler may keep the address of a thread_local across a switch, and a loop may be torn down by
// another thread.
[[gnu::noinline]] void set_current_fiber(Fiber* fiber) {
  t_fiber = fiber;
  asm volatile("" ::: "memory");
}

// The sanitizers are told of every switch; without them these are nothing.
void leave(void** keep, const void* low, std::size_t size, void* tsan) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(keep, low, size);
#endif
#if defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(tsan, 0);
#endif
  (void)keep, (void)low, (void)size, (void)tsan;
}
void arrive(void* kept, const void** low, std::size_t* size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(kept, low, size);
#endif
  (void)kept, (void)low, (void)size;
}

[[noreturn]] void die_of_exception(const char* what) {
  std::fprintf(stderr, "a fiber ended by an exception: %s\n", what);
  std::abort();
}

void run_body(Fiber* fiber) {
  try {
    fiber->body();
  } catch (const FiberKilled&) {
  } catch (const std::exception& error) {
    die_of_exception(error.what());
  } catch (...) {
    die_of_exception("of an unknown type");
  }
  fiber->body = nullptr;  // its captures end here, where they may still use the stack
}

void fiber_entry(transfer_t from) {
  auto* fiber = static_cast<Fiber*>(from.data);
  arrive(nullptr, &fiber->loop->asan_low, &fiber->loop->asan_size);
  fiber->back = from.fctx;
  run_body(fiber);
  leave(nullptr, fiber->loop->asan_low, fiber->loop->asan_size, fiber->loop->tsan_thread);
  fiber->context = nullptr;
  jump_fcontext(fiber->back, nullptr);
  std::abort();
}

}  // namespace

[[gnu::noinline]] Fiber* current_fiber() {
  asm volatile("" ::: "memory");
  return t_fiber;
}
[[gnu::noinline]] Loop::Impl* current_loop() {
  asm volatile("" ::: "memory");
  return t_loop;
}

OnLoop::OnLoop(Loop::Impl* loop) : before_(t_loop) {
  KONTOR_ASSERT(t_fiber == nullptr);
  KONTOR_ASSERT(before_ == nullptr || before_ == loop);
  t_loop = loop;
#if defined(__SANITIZE_THREAD__)
  loop->tsan_thread = __tsan_get_current_fiber();
#endif
}
OnLoop::~OnLoop() { t_loop = before_; }

StackPool::StackPool(std::size_t stack_bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  bytes_ = (stack_bytes + page - 1) / page * page + page;
}
namespace {

void unmap(const Stack& stack) {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(stack.base, stack.bytes);  // what is mapped there next is no stack
#endif
  munmap(stack.base, stack.bytes);
}

}  // namespace

StackPool::~StackPool() {
  for (const Stack& stack : free_) unmap(stack);
}

Stack StackPool::take() {
  if (!free_.empty()) {
    const Stack stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void* base =
      mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (base == MAP_FAILED) throw std::bad_alloc();
  if (mprotect(base, static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), PROT_NONE) != 0) {
    munmap(base, bytes_);
    throw std::bad_alloc();
  }
  return Stack{static_cast<char*>(base), bytes_};
}

void StackPool::give(Stack stack) {
  if (free_.size() >= kKeep) return unmap(stack);
  free_.push_back(stack);
}

Fiber* Loop::Impl::make_fiber(std::function<void()> body) {
  const Stack stack = stacks.take();
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  constexpr std::size_t kRoom = (sizeof(Fiber) + 63) / 64 * 64;
  char* top = stack.base + stack.bytes - kRoom;
#if defined(__SANITIZE_ADDRESS__)
  ASAN_UNPOISON_MEMORY_REGION(stack.base + page, stack.bytes - page);  // what the last fiber's frames left
#endif
  auto* fiber = new (top) Fiber;
  fiber->loop = this;
  fiber->body = std::move(body);
  fiber->stack = stack;
  fiber->low = stack.base + page;
  fiber->usable = static_cast<std::size_t>(top - fiber->low);
  fiber->at = alive.size();
  alive.push_back(fiber);
#if defined(__SANITIZE_THREAD__)
  fiber->tsan_fiber = __tsan_create_fiber(0);
#endif
  fiber->context = make_fcontext(top, fiber->usable, fiber_entry);
  return fiber;
}

void Loop::Impl::resume(Fiber* fiber) {
  fiber->place = Fiber::Place::kRunning;
  set_current_fiber(fiber);
  void* kept = nullptr;
  leave(&kept, fiber->low, fiber->usable, fiber->tsan_fiber);
  const transfer_t from = jump_fcontext(fiber->context, fiber);
  arrive(kept, nullptr, nullptr);
  set_current_fiber(nullptr);
  if (fiber->context == nullptr) {
    end_fiber(fiber);
  } else {
    fiber->context = from.fctx;
  }
}

void Loop::Impl::end_fiber(Fiber* fiber) {
  alive[fiber->at] = alive.back();
  alive[fiber->at]->at = fiber->at;
  alive.pop_back();
#if defined(__SANITIZE_THREAD__)
  __tsan_destroy_fiber(fiber->tsan_fiber);
#endif
  const Stack stack = fiber->stack;
  fiber->~Fiber();
  stacks.give(stack);
}

void suspend(Fiber* fiber) {
  Loop::Impl* loop = fiber->loop;
  if (fiber->place == Fiber::Place::kRunning) fiber->place = Fiber::Place::kWaiting;
  leave(&fiber->asan_stack, loop->asan_low, loop->asan_size, loop->tsan_thread);
  const transfer_t from = jump_fcontext(fiber->back, nullptr);
  arrive(fiber->asan_stack, &loop->asan_low, &loop->asan_size);
  fiber->back = from.fctx;
}

void check_may_wait() {
  Fiber* fiber = current_fiber();
  if (fiber == nullptr) {
    KONTOR_ASSERT(t_no_waiting == 0);
    KONTOR_ASSERT(current_loop() == nullptr);  // a callback of the loop must not wait: nobody would wake it
    return;
  }
  KONTOR_ASSERT(fiber->no_waiting == 0);
  KONTOR_ASSERT(std::uncaught_exceptions() == 0);
  KONTOR_ASSERT(!std::current_exception());  // not inside a catch block: exceptions belong to the thread
  if (fiber->killed) throw FiberKilled{};
}

bool on_fiber() { return current_fiber() != nullptr; }

void spawn(std::function<void()> body) {
  Loop* loop = Loop::current();
  KONTOR_ASSERT(loop != nullptr);
  loop->spawn(std::move(body));
}

void yield() {
  check_may_wait();
  Fiber* fiber = current_fiber();
  if (fiber == nullptr) {
    std::this_thread::yield();
    return;
  }
  fiber->loop->make_ready(fiber);
  suspend(fiber);
  if (fiber->killed) throw FiberKilled{};
}

void sleep_for(std::int64_t ms) {
  if (ms <= 0) {
    yield();
    return;
  }
  Parker parker;
  parker.wait_for(ms);
}

NoWaiting::NoWaiting() { ++(current_fiber() != nullptr ? current_fiber()->no_waiting : t_no_waiting); }
NoWaiting::~NoWaiting() { --(current_fiber() != nullptr ? current_fiber()->no_waiting : t_no_waiting); }

LowPriority::LowPriority() {
  Fiber* const fiber = current_fiber();
  if (fiber == nullptr) return;
  ++fiber->low_priority;
  yield();
}
LowPriority::~LowPriority() {
  if (Fiber* const fiber = current_fiber()) --fiber->low_priority;
}

HighPriority::HighPriority() {
  if (Fiber* const fiber = current_fiber()) ++fiber->high_priority;
}
HighPriority::~HighPriority() {
  if (Fiber* const fiber = current_fiber()) --fiber->high_priority;
}

namespace {
// Ends the watch however the wait ends.
struct Watching {
  Loop& loop;
  int fd;
  bool urgent;
  Watching(Loop& loop_, int fd_, short events) : loop(loop_), fd(fd_), urgent(current_fiber()->high_priority > 0) {
    if (urgent) loop.impl().urgent.push_back({fd, events, 0});
  }
  ~Watching() {
    loop.unwatch(fd);
    if (urgent) std::erase_if(loop.impl().urgent, [this](const pollfd& one) { return one.fd == fd; });
  }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
};

Result<void> timed_out() { return fail(Errc::kTimeout, "runtime.timeout", "The other side did not answer in time."); }

Result<void> poll_plain(int fd, Ready what, std::int64_t timeout_ms) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  pollfd one{fd, static_cast<short>(what == Ready::kReadable ? POLLIN : POLLOUT), 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(give_up - std::chrono::steady_clock::now()).count();
    const int got = poll(&one, 1, static_cast<int>(left < 0 ? 0 : left));
    if (got > 0) return {};
    if (got == 0) return timed_out();
    if (errno != EINTR) return fail(Errc::kInternal, "runtime.poll", "The socket cannot be waited for.");
  }
}
}  // namespace

Result<void> wait_ready(int fd, Ready what, std::int64_t timeout_ms) {
  check_may_wait();
  if (!on_fiber()) return poll_plain(fd, what, timeout_ms);
  Loop& loop = *Loop::current();
  Parker parker;
  loop.watch(fd, what == Ready::kReadable ? EPOLLIN | EPOLLRDHUP : EPOLLOUT,
             [&parker](std::uint32_t) { parker.wake(); });
  const Watching watching(loop, fd, what == Ready::kReadable ? POLLIN : POLLOUT);
  if (!parker.wait_for(timeout_ms)) return timed_out();
  return {};
}

}  // namespace kontor::runtime
