#include <semaphore.h>

#include <cerrno>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/assert.h"
#include "runtime/fiber_impl.h"

namespace kontor::runtime {
namespace {

// The system's own, which has been in use for longer than std::counting_semaphore has been there.
class Semaphore {
 public:
  Semaphore() { KONTOR_ASSERT(sem_init(&semaphore_, 0, 0) == 0); }
  ~Semaphore() { sem_destroy(&semaphore_); }
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  void release() { KONTOR_ASSERT(sem_post(&semaphore_) == 0); }
  void acquire() {
    while (sem_wait(&semaphore_) != 0) KONTOR_ASSERT(errno == EINTR);
  }

 private:
  sem_t semaphore_;
};

}  // namespace

struct Workers::Impl {
  struct Job {
    const std::function<void()>* work;
    Parker done;
    std::exception_ptr thrown;
  };
  std::mutex mutex;
  // Not a condition variable, whose notice waits for threads that were told before to have run: these may be of low
  // priority, and the loop is not.
  Semaphore filled;        // one for each job, and for each thread at the end
  std::deque<Job*> queue;  // under mutex
  bool closed = false;     // under mutex
  std::size_t limit = 0;
  std::vector<std::thread> threads;

  void work_on() {
    for (;;) {
      filled.acquire();
      std::unique_lock lock(mutex);
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
  for (std::size_t i = 0; i < impl_->threads.size(); ++i) impl_->filled.release();
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
  impl_->filled.release();
  job.done.wait_shielded();
  if (job.thrown) std::rethrow_exception(job.thrown);
  return {};
}

}  // namespace kontor::runtime
