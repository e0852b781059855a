#include "runtime/tracing.h"

#include <doctest/doctest.h>

#include "runtime/fiber.h"

namespace kontor::runtime {
namespace {

Tracer::Settings to(const std::string& endpoint, std::int64_t one_in, std::size_t queue = 4096) {
  auto settings = Tracer::parse(endpoint);
  REQUIRE(settings);
  settings->one_in = one_in;
  settings->queue = queue;
  return *settings;
}
const auto kNoon = [] { return Time{1'700'000'000'000}; };

void on_a_fiber(const std::function<void()>& body) {
  Loop loop;
  bool ran = false;
  loop.spawn([&] {
    body();
    ran = true;
    loop.stop();
  });
  loop.run();
  CHECK(ran);
}

TEST_CASE("an endpoint is read, or it is said what would be right") {
  const auto plain = Tracer::parse("http://127.0.0.1:4318");
  REQUIRE(plain);
  CHECK(plain->port == 4318);
  CHECK(plain->path == "/v1/traces");
  CHECK(Tracer::parse("http://localhost:1/otlp/")->path == "/otlp/v1/traces");
  for (const char* bad : {"", "127.0.0.1:4318", "https://127.0.0.1:4318", "http://collector:4318", "http://127.0.0.1:x",
                          "http://127.0.0.1:0", "http://"}) {
    CAPTURE(bad);
    const auto refused = Tracer::parse(bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail.find("http://127.0.0.1:4318") != std::string::npos);
  }
}

TEST_CASE("nothing is traced without a tracer, off fibers, or when another was drawn") {
  Tracer none(to("http://127.0.0.1:1", 1'000'000), kNoon, 1);
  Tracer* const absent = nullptr;
  {
    Span span(&none, "x", SpanKind::kServer);
    CHECK_FALSE(span.on());  // a plain thread
  }
  on_a_fiber([&] {
    Span nobody(absent, "x", SpanKind::kServer);
    CHECK_FALSE(nobody.on());
    Span below("y");
    CHECK_FALSE(below.on());
    CHECK(Span::current() == nullptr);
    Span first(&none, "x", SpanKind::kServer);
    CHECK(first.on());  // one in a million, and the first is it
    CHECK(Span::current() == &first);
  });
  on_a_fiber([&] {
    Span second(&none, "x", SpanKind::kServer);
    CHECK_FALSE(second.on());
  });
}

TEST_CASE("a traceparent decides, and is gone on with") {
  Tracer tracer(to("http://127.0.0.1:1", 1), kNoon, 7);
  on_a_fiber([&] {
    {
      Span span(&tracer, "x", SpanKind::kServer, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
      const auto passed_on = span.traceparent();
      CHECK(passed_on.starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
      CHECK(passed_on.ends_with("-01"));
      CHECK(passed_on.find("b7ad6b7169203331") == std::string::npos);
      Span below("y", SpanKind::kClient);
      CHECK(below.traceparent().substr(0, 35) == passed_on.substr(0, 35));
      CHECK(below.traceparent() != passed_on);
    }
    Span unwanted(&tracer, "x", SpanKind::kServer, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
    CHECK_FALSE(unwanted.on());
    Span fresh(&tracer, "x", SpanKind::kServer, "nonsense");
    CHECK(fresh.on());
  });
}

TEST_CASE("when the collector is away spans are dropped and counted, and nobody waits") {
  Tracer tracer(to("http://127.0.0.1:1", 1, 10), kNoon, 7);
  on_a_fiber([&] {
    for (int i = 0; i < 15; ++i) Span span(&tracer, "x", SpanKind::kInternal);
    CHECK(tracer.dropped() == 5);  // beyond the queue
    tracer.stop();
    tracer.run();  // the last try: nobody listens there
    CHECK(tracer.dropped() == 15);
    CHECK(tracer.exported() == 0);
  });
}

}  // namespace
}  // namespace kontor::runtime
