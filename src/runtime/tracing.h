// Traces: what a request, a consumer or a job did and how long each part took, told to a collector by OTLP over HTTP
// (JSON). A Span is a piece of time on a fiber; spans below it become its children by themselves. Owned queue, bounded:
// when the collector is away or slow, spans are dropped and counted, and nobody waits. Attributes are names, figures
// and ids of requests, never personal data. Where nothing is traced a span costs a look at the fiber.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace kontor::runtime {

enum class SpanKind { kInternal = 1, kServer = 2, kClient = 3, kConsumer = 5 };  // OTLP's numbers

struct SpanAttribute {
  std::string_view key;  // a literal
  std::string text;
  std::int64_t number = 0;
  bool is_number = false;
};

struct SpanRecord {
  std::uint64_t trace_high = 0, trace_low = 0, id = 0, parent = 0;
  std::string name;
  SpanKind kind = SpanKind::kInternal;
  std::int64_t begin_us = 0, end_us = 0;  // of monotonic_micros()
  std::vector<SpanAttribute> attributes;
  bool failed = false;
};

class Tracer {
 public:
  struct Settings {
    std::string host = "127.0.0.1";
    int port = 4318;
    std::string path = "/v1/traces";
    std::int64_t one_in = 100;  // of requests and the like that bring no decision of their own
    std::size_t queue = 4096;   // spans
    std::size_t batch = 512;
    std::int64_t every_ms = 1000;
    std::string version;  // service.version
  };
  // "http://127.0.0.1:4318", as OTEL_EXPORTER_OTLP_ENDPOINT is given. kInvalid "config.bad_value".
  static Result<Settings> parse(const std::string& endpoint);

  // `wall_clock` is asked once; `seed` is luck for the ids.
  Tracer(Settings settings, const std::function<Time()>& wall_clock, std::uint64_t seed);

  // Sends what comes in, on a fiber, until stop(); then what is left, without patience.
  void run();
  void stop() { stopping_.store(true); }
  bool running() const { return running_.load(); }

  std::int64_t exported() const { return exported_.load(std::memory_order_relaxed); }
  std::int64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  friend class Span;
  std::uint64_t draw();
  bool lucky();
  void take(SpanRecord record);
  std::vector<SpanRecord> some();
  std::string document(const std::vector<SpanRecord>& spans) const;
  bool send(const std::vector<SpanRecord>& spans, std::int64_t patience_ms);

  const Settings settings_;
  std::int64_t wall_minus_monotonic_us_ = 0;
  std::atomic<std::uint64_t> luck_;
  std::atomic<std::uint64_t> asked_{0};
  std::mutex mutex_;
  std::vector<SpanRecord> queue_;  // under mutex_
  std::atomic<bool> stopping_{false}, running_{false};
  std::atomic<std::int64_t> exported_{0}, dropped_{0};
};

class Span {
 public:
  // A part of what this fiber is doing; nothing when that is not traced.
  explicit Span(std::string_view name, SpanKind kind = SpanKind::kInternal);
  // The beginning of a trace, on a fiber. `tracer` may be null: nothing. With a valid `traceparent` it goes on there,
  // and is traced when that says so; without, the tracer decides.
  Span(Tracer* tracer, std::string_view name, SpanKind kind, std::string_view traceparent = {});
  ~Span();  // it ends; on the fiber that began it
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  bool on() const { return tracer_ != nullptr; }
  // These do nothing when it is not traced.
  void rename(std::string_view name);
  void set(std::string_view key, std::string_view text);
  void set(std::string_view key, std::int64_t number);
  void failed();
  std::string traceparent() const;  // for those who are asked on its behalf; "" when it is not traced

  // A part that is over already; times are those of monotonic_micros().
  class Part {
   public:
    Part(std::string_view name, std::int64_t begin_us, std::int64_t end_us);
    Part& set(std::string_view key, std::string_view text);
    // A part of this part.
    Part& with(std::string_view name, std::int64_t begin_us, std::int64_t end_us);
    ~Part();
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

   private:
    Tracer* tracer_;
    SpanRecord record_;
  };

  static const Span* current();  // of this fiber, or null

 private:
  void enter();

  Tracer* tracer_ = nullptr;
  Span* above_ = nullptr;
  SpanRecord record_;
};

}  // namespace kontor::runtime
