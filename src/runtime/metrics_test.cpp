#include "runtime/metrics.h"

#include <doctest/doctest.h>

#include "base/assert.h"

namespace kontor::runtime {

TEST_CASE("figures are shown as Prometheus reads them") {
  Metrics metrics;
  metrics.counter("a_total", "A things", {{"kind", "x\"y"}}).add(3);
  metrics.counter("a_total", "A things", {{"kind", "z"}}).add();
  metrics.gauge("level", "How high").set(-4);
  metrics.watch("asked", "Asked", [] { return 42; });
  metrics.watch_total("asked_total", "Asked, and growing", [] { return 1.5; });
  const auto text = metrics.text();
  CHECK(text.find("# HELP a_total A things\n# TYPE a_total counter\n") != std::string::npos);
  CHECK(text.find("a_total{kind=\"x\\\"y\"} 3\n") != std::string::npos);
  CHECK(text.find("a_total{kind=\"z\"} 1\n") != std::string::npos);
  CHECK(text.find("level -4\n") != std::string::npos);
  CHECK(text.find("asked 42\n") != std::string::npos);
  CHECK(text.find("# TYPE asked_total counter\nasked_total 1.5\n") != std::string::npos);
}

TEST_CASE("the same name and labels are the same figure; another kind is a bug") {
  Metrics metrics;
  CHECK(&metrics.counter("a", "", {{"k", "1"}}) == &metrics.counter("a", "", {{"k", "1"}}));
  CHECK(&metrics.counter("a", "", {{"k", "1"}}) != &metrics.counter("a", "", {{"k", "2"}}));
  const AssertionsThrow throws;
  CHECK_THROWS_AS(metrics.gauge("a", ""), AssertionFailed);
}

TEST_CASE("a histogram counts into buckets that add up") {
  Metrics metrics;
  auto& histogram = metrics.histogram("took_seconds", "How long");
  histogram.observe(100);
  histogram.observe(101);
  histogram.observe(60'000'000);
  const auto text = metrics.text();
  CHECK(text.find("took_seconds_bucket{le=\"0.0001\"} 1\n") != std::string::npos);
  CHECK(text.find("took_seconds_bucket{le=\"0.00025\"} 2\n") != std::string::npos);
  CHECK(text.find("took_seconds_bucket{le=\"+Inf\"} 3\n") != std::string::npos);
  CHECK(text.find("took_seconds_count 3\n") != std::string::npos);
}

TEST_CASE("fine buckets begin at ten microseconds") {
  Metrics metrics;
  metrics.histogram("read_seconds", "How long", {}, Buckets::kFine).observe(10);
  CHECK(metrics.text().find("read_seconds_bucket{le=\"1e-05\"} 1\n") != std::string::npos);
}

TEST_CASE("requests are counted by route, method and class") {
  Metrics metrics;
  HttpMetrics http(metrics);
  auto route = http.route("GET", "/products/{id}");
  route.finished(200, 50);
  route.finished(304, 50);
  route.finished(404, 50);
  const auto text = metrics.text();
  CHECK(text.find("kontor_http_requests_total{method=\"GET\",route=\"/products/{id}\",status=\"4xx\"} 1\n") !=
        std::string::npos);
  CHECK(text.find("kontor_http_requests_total{method=\"GET\",route=\"/products/{id}\",status=\"2xx\"} 1\n") !=
        std::string::npos);
}

}  // namespace kontor::runtime
