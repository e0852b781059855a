#include "runtime/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>

#include "base/assert.h"
#include "runtime/monotonic.h"

namespace kontor::runtime {
namespace {

const std::vector<std::int64_t> kBoundsUs{100,    250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,
                                          50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000};
const std::vector<std::int64_t> kFineBoundsUs{10,    25,     50,     100,    250,     500,     1'000,    2'500,
                                              5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000};
constexpr double kSecond = 1e6;

enum class Kind { kCounter, kGauge, kHistogram };

struct Figure {
  Labels labels;
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
  std::function<double()> ask;
};

struct Family {
  Kind kind = Kind::kCounter;
  std::string words;
  std::vector<std::unique_ptr<Figure>> figures;
};

prometheus::ClientMetric::Histogram shown(const Histogram& histogram) {
  prometheus::ClientMetric::Histogram out;
  const auto counts = histogram.counts();
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sum += static_cast<std::uint64_t>(counts[i]);
    prometheus::ClientMetric::Bucket bucket;
    bucket.cumulative_count = sum;
    bucket.upper_bound = i < histogram.bounds_us().size() ? static_cast<double>(histogram.bounds_us()[i]) / kSecond
                                                          : std::numeric_limits<double>::infinity();
    out.bucket.push_back(bucket);
  }
  out.sample_count = sum;
  out.sample_sum = static_cast<double>(histogram.sum_us()) / kSecond;
  return out;
}

prometheus::ClientMetric shown(const Figure& figure) {
  prometheus::ClientMetric out;
  for (const auto& [name, value] : figure.labels) out.label.push_back({name, value});
  if (figure.counter) out.counter.value = static_cast<double>(figure.counter->value());
  if (figure.gauge) out.gauge.value = static_cast<double>(figure.gauge->value());
  if (figure.ask) out.gauge.value = out.counter.value = figure.ask();
  if (figure.histogram) out.histogram = shown(*figure.histogram);
  return out;
}

}  // namespace

Histogram::Histogram(std::vector<std::int64_t> bounds_us)
    : bounds_us_(std::move(bounds_us)), counts_(std::make_unique<std::atomic<std::int64_t>[]>(bounds_us_.size() + 1)) {
  KONTOR_ASSERT(std::is_sorted(bounds_us_.begin(), bounds_us_.end()));
}

void Histogram::observe(std::int64_t us) {
  const auto at =
      static_cast<std::size_t>(std::lower_bound(bounds_us_.begin(), bounds_us_.end(), us) - bounds_us_.begin());
  counts_[at].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(us, std::memory_order_relaxed);
}

std::vector<std::int64_t> Histogram::counts() const {
  std::vector<std::int64_t> out(bounds_us_.size() + 1);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = counts_[i].load(std::memory_order_relaxed);
  return out;
}

struct Metrics::Store {
  mutable std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;

  // Under the mutex.
  Figure& figure(Kind kind, std::string_view name, std::string_view words, const Labels& labels) {
    auto [found, fresh] = families.try_emplace(std::string(name));
    Family& family = found->second;
    if (fresh) {
      family.kind = kind;
      family.words = words;
    }
    KONTOR_ASSERT(family.kind == kind);
    for (const auto& existing : family.figures)
      if (existing->labels == labels) return *existing;
    auto& made = family.figures.emplace_back(std::make_unique<Figure>());
    made->labels = labels;
    return *made;
  }
};

Metrics::Metrics() : store_(std::make_unique<Store>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(std::string_view name, std::string_view words, const Labels& labels) {
  const std::lock_guard lock(store_->mutex);
  auto& figure = store_->figure(Kind::kCounter, name, words, labels);
  if (!figure.counter) figure.counter = std::make_unique<Counter>();
  return *figure.counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view words, const Labels& labels) {
  const std::lock_guard lock(store_->mutex);
  auto& figure = store_->figure(Kind::kGauge, name, words, labels);
  KONTOR_ASSERT(!figure.ask);
  if (!figure.gauge) figure.gauge = std::make_unique<Gauge>();
  return *figure.gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view words, const Labels& labels, Buckets buckets) {
  const std::lock_guard lock(store_->mutex);
  auto& figure = store_->figure(Kind::kHistogram, name, words, labels);
  if (!figure.histogram)
    figure.histogram = std::make_unique<Histogram>(buckets == Buckets::kFine ? kFineBoundsUs : kBoundsUs);
  return *figure.histogram;
}

void Metrics::watch(std::string_view name, std::string_view words, std::function<double()> ask, const Labels& labels) {
  const std::lock_guard lock(store_->mutex);
  auto& figure = store_->figure(Kind::kGauge, name, words, labels);
  KONTOR_ASSERT(!figure.gauge);
  figure.ask = std::move(ask);
}

void Metrics::watch_total(std::string_view name, std::string_view words, std::function<double()> ask,
                          const Labels& labels) {
  const std::lock_guard lock(store_->mutex);
  auto& figure = store_->figure(Kind::kCounter, name, words, labels);
  KONTOR_ASSERT(!figure.counter);
  figure.ask = std::move(ask);
}

std::string Metrics::text() const {
  std::vector<prometheus::MetricFamily> families;
  const std::lock_guard lock(store_->mutex);
  for (const auto& [name, family] : store_->families) {
    prometheus::MetricFamily out;
    out.name = name;
    out.help = family.words;
    out.type = family.kind == Kind::kCounter ? prometheus::MetricType::Counter
               : family.kind == Kind::kGauge ? prometheus::MetricType::Gauge
                                             : prometheus::MetricType::Histogram;
    for (const auto& figure : family.figures) out.metric.push_back(shown(*figure));
    families.push_back(std::move(out));
  }
  return prometheus::TextSerializer().Serialize(families);
}

Stopwatch::Stopwatch() : began_us_(monotonic_micros()) {}
std::int64_t Stopwatch::us() const { return monotonic_micros() - began_us_; }

HttpMetrics::Route HttpMetrics::route(std::string_view method, std::string_view pattern) {
  Route route;
  const std::string label(pattern.empty() ? "none" : pattern);
  for (int i = 0; i < 5; ++i)
    route.classes_[i] = &metrics_.counter(
        "kontor_http_requests_total", "Requests answered",
        {{"method", std::string(method)}, {"route", label}, {"status", std::to_string(i + 1) + "xx"}});
  route.duration_ =
      &metrics_.histogram("kontor_http_request_duration_seconds", "From the last byte of a request to its answer",
                          {{"method", std::string(method)}, {"route", label}});
  return route;
}

}  // namespace kontor::runtime
