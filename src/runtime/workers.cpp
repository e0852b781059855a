#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/assert.h"
#include "runtime/fiber_impl.h"

namespace kontor::runtime {

struct Workers::Impl {
  struct Job {
    const std::function<void()>* work;
    Parker done;
    std::exception_ptr thrown;
  };
  std::mutex mutex;
  std::condition_variable filled;
  std::deque<Job*> queue;  // under mutex
  bool closed = false;     // under mutex
  std::size_t limit = 0;
  std::vector<std::thread> threads;

  void work_on() {
    for (;;) {
      std::unique_lock lock(mutex);
      filled.wait(lock, [this] { return closed || !queue.empty(); });
      if (queue.empty()) return;
      Job* job = queue.front();
      queue.pop_front();
      lock.unlock();
      try {
        (*job->work)();
      } catch (...) {
        job->thrown = std::current_exception();
      }
      job->done.wake();
    }
  }
};

Workers::Workers(int threads, std::size_t queue_limit) : impl_(std::make_unique<Impl>()) {
  KONTOR_ASSERT(threads > 0);
  impl_->limit = queue_limit;
  for (int i = 0; i < threads; ++i) impl_->threads.emplace_back([impl = impl_.get()] { impl->work_on(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->closed = true;  // what is queued is still done: someone waits for it
  }
  impl_->filled.notify_all();
  for (std::thread& thread : impl_->threads) thread.join();
}

Result<void> Workers::run(const std::function<void()>& work) {
  check_may_wait();
  if (Loop::Impl* loop = current_loop(); loop != nullptr && loop->options.virtual_time) {
    work();  // a simulated world has one thread
    return {};
  }
  Impl::Job job{&work, {}, nullptr};
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->closed || impl_->queue.size() >= impl_->limit) {
      return fail(Errc::kUnavailable, "runtime.workers_full",
                  "Too much work is waiting already; try again in a moment.");
    }
    impl_->queue.push_back(&job);
  }
  impl_->filled.notify_one();
  job.done.wait_shielded();
  if (job.thrown) std::rethrow_exception(job.thrown);
  return {};
}

}  // namespace kontor::runtime
