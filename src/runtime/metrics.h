// Figures for Prometheus: counters, gauges and histograms with labels, found or made by name once and then held by
// reference, so that counting is one relaxed atomic. Owns them all; references stay good as long as the Metrics lives.
// Safe from any thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kontor::runtime {

class Counter {
 public:
  void add(std::int64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t delta) { value_.fetch_add(delta, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// Durations in microseconds, shown in seconds as Prometheus wants them.
class Histogram {
 public:
  explicit Histogram(std::vector<std::int64_t> bounds_us);
  void observe(std::int64_t us);
  const std::vector<std::int64_t>& bounds_us() const { return bounds_us_; }
  std::vector<std::int64_t> counts() const;  // per bucket, not summed; the last one is everything above
  std::int64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }

 private:
  std::vector<std::int64_t> bounds_us_;
  std::unique_ptr<std::atomic<std::int64_t>[]> counts_;
  std::atomic<std::int64_t> sum_us_{0};
};

// Where the buckets of a histogram lie.
enum class Buckets {
  kUsual,  // 100 µs … 10 s: requests, calls
  kFine,   // 10 µs … 1 s: what takes microseconds when all is well
};

// Since it was made, in microseconds.
class Stopwatch {
 public:
  Stopwatch();
  std::int64_t us() const;

 private:
  std::int64_t began_us_;
};

using Labels = std::vector<std::pair<std::string, std::string>>;

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same figure. A name has one kind; another kind is an assertion.
  Counter& counter(std::string_view name, std::string_view words, const Labels& labels = {});
  Gauge& gauge(std::string_view name, std::string_view words, const Labels& labels = {});
  Histogram& histogram(std::string_view name, std::string_view words, const Labels& labels = {},
                       Buckets buckets = Buckets::kUsual);
  // A gauge that is asked when the figures are read; `ask` must be safe from any thread and must not wait.
  void watch(std::string_view name, std::string_view words, std::function<double()> ask, const Labels& labels = {});
  // The same for a figure that only grows.
  void watch_total(std::string_view name, std::string_view words, std::function<double()> ask,
                   const Labels& labels = {});

  std::string text() const;  // Prometheus exposition format

 private:
  struct Store;
  std::unique_ptr<Store> store_;
};

// What every server counts: requests by route, method and status class; how long they took.
// One of these per route is made at start (see HttpMetrics::route), so that a request touches two atomics.
class HttpMetrics {
 public:
  explicit HttpMetrics(Metrics& metrics) : metrics_(metrics) {}

  class Route {
   public:
    void finished(int status, std::int64_t us) {
      const auto at = static_cast<std::size_t>(status / 100);
      classes_[at >= 1 && at <= 5 ? at - 1 : 4]->add();
      duration_->observe(us);
    }

   private:
    friend class HttpMetrics;
    Counter* classes_[5];
    Histogram* duration_;
  };
  // `pattern` as in the router ("/api/v1/products/{id}"), "" for requests that found none.
  Route route(std::string_view method, std::string_view pattern);

 private:
  Metrics& metrics_;
};

}  // namespace kontor::runtime
