#include "runtime/tracing.h"

#include <charconv>

#include "base/assert.h"
#include "runtime/fiber.h"
#include "runtime/fiber_impl.h"
#include "runtime/http_answer.h"
#include "runtime/http_client.h"
#include "runtime/json.h"
#include "runtime/monotonic.h"

namespace kontor::runtime {
namespace {

constexpr std::int64_t kLookEveryMs = 50;  // whether to stop, or a batch is full
constexpr std::int64_t kSendMs = 5'000;
constexpr std::int64_t kLastSendMs = 500;
constexpr int kPauseAfterFailure = 5;  // times every_ms

void append_hex(std::string& out, std::uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (int i = 0; i < 16; ++i, value <<= 4) out += kDigits[value >> 60];
}

std::uint64_t read_hex(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

void append_attribute(std::string& out, const SpanAttribute& attribute) {
  out += "{\"key\":";
  json::print_text(out, attribute.key);
  if (attribute.is_number) {
    out += ",\"value\":{\"intValue\":\"" + std::to_string(attribute.number) + "\"}}";
    return;
  }
  out += ",\"value\":{\"stringValue\":";
  json::print_text(out, attribute.text);
  out += "}}";
}

}  // namespace

Result<Tracer::Settings> Tracer::parse(const std::string& endpoint) {
  const auto bad = [&] {
    return fail(Errc::kInvalid, "config.bad_value",
                "otlp_endpoint is '" + endpoint + "'; it must be like http://127.0.0.1:4318, with a numeric address.");
  };
  std::string_view rest = endpoint;
  if (!rest.starts_with("http://")) return bad();
  rest.remove_prefix(7);
  Settings settings;
  const auto slash = rest.find('/');
  if (slash != std::string_view::npos) {
    std::string base(rest.substr(slash));
    while (base.ends_with('/')) base.pop_back();
    settings.path = base + "/v1/traces";
    rest = rest.substr(0, slash);
  }
  const auto colon = rest.rfind(':');
  settings.host = rest.substr(0, colon);
  if (colon != std::string_view::npos) {
    const auto digits = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), settings.port);
    if (error != std::errc() || end != digits.data() + digits.size() || settings.port < 1 || settings.port > 65535)
      return bad();
  }
  if (settings.host != "localhost" && settings.host.find_first_not_of("0123456789.") != std::string::npos) return bad();
  if (settings.host.empty()) return bad();
  return settings;
}

Tracer::Tracer(Settings settings, const std::function<Time()>& wall_clock, std::uint64_t seed)
    : settings_(std::move(settings)),
      wall_minus_monotonic_us_(wall_clock().ms * 1000 - monotonic_micros()),
      luck_(seed) {}

std::uint64_t Tracer::draw() {  // splitmix64
  for (;;) {
    std::uint64_t z = luck_.fetch_add(0x9e3779b97f4a7c15) + 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    if (z != 0) return z;  // an id of zero is none
  }
}

bool Tracer::lucky() {
  return settings_.one_in > 0 && asked_.fetch_add(1) % static_cast<std::uint64_t>(settings_.one_in) == 0;
}

void Tracer::take(SpanRecord record) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= settings_.queue) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  queue_.push_back(std::move(record));
}

std::vector<SpanRecord> Tracer::some() {
  std::vector<SpanRecord> taken;
  const std::lock_guard lock(mutex_);
  if (queue_.size() <= settings_.batch) {
    taken.swap(queue_);
    return taken;
  }
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(settings_.batch);
  taken.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return taken;
}

std::string Tracer::document(const std::vector<SpanRecord>& spans) const {
  std::string out = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[";
  append_attribute(out, {"service.name", "kontor"});
  out += ',';
  append_attribute(out, {"service.version", settings_.version});
  out += "]},\"scopeSpans\":[{\"scope\":{\"name\":\"kontor\"},\"spans\":[";
  const auto nanos = [this](std::int64_t us) { return std::to_string(us + wall_minus_monotonic_us_) + "000"; };
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const SpanRecord& span = spans[i];
    out += i == 0 ? "{\"traceId\":\"" : ",{\"traceId\":\"";
    append_hex(out, span.trace_high);
    append_hex(out, span.trace_low);
    out += "\",\"spanId\":\"";
    append_hex(out, span.id);
    if (span.parent != 0) {
      out += "\",\"parentSpanId\":\"";
      append_hex(out, span.parent);
    }
    out += "\",\"name\":";
    json::print_text(out, span.name);
    out += ",\"kind\":" + std::to_string(static_cast<int>(span.kind));
    out += ",\"startTimeUnixNano\":\"" + nanos(span.begin_us) + "\",\"endTimeUnixNano\":\"" + nanos(span.end_us);
    out += "\",\"attributes\":[";
    for (std::size_t j = 0; j < span.attributes.size(); ++j) {
      if (j > 0) out += ',';
      append_attribute(out, span.attributes[j]);
    }
    out += "],\"status\":{\"code\":" + std::string(span.failed ? "2" : "0") + "}}";
  }
  return out + "]}]}]}";
}

bool Tracer::send(const std::vector<SpanRecord>& spans, std::int64_t patience_ms) {
  ClientRequest request;
  request.method = "POST";
  request.host = settings_.host;
  request.port = settings_.port;
  request.target = settings_.path;
  request.headers.emplace_back("Content-Type", "application/json");
  request.body = document(spans);
  const auto answer = http_call(request, {patience_ms, patience_ms, patience_ms, 1 << 16});
  const bool taken = answer && answer->status >= 200 && answer->status < 300;
  (taken ? exported_ : dropped_).fetch_add(static_cast<std::int64_t>(spans.size()), std::memory_order_relaxed);
  return taken;
}

void Tracer::run() {
  running_.store(true);
  struct Ended {
    std::atomic<bool>& running;
    ~Ended() { running.store(false); }
  } ended{running_};
  std::int64_t next_us = 0;
  while (!stopping_.load()) {
    sleep_for(kLookEveryMs);
    const std::int64_t now_us = monotonic_micros();
    if (now_us < next_us) continue;
    const auto spans = some();
    const bool full = spans.size() == settings_.batch;
    const bool away = !spans.empty() && !send(spans, kSendMs);
    // A collector that is away is not asked all the time; what comes meanwhile fills the queue, and then is dropped.
    next_us = now_us + settings_.every_ms * 1000 * (away ? kPauseAfterFailure : full ? 0 : 1);
  }
  for (auto spans = some(); !spans.empty() && send(spans, kLastSendMs);) spans = some();
}

Span::Span(std::string_view name, SpanKind kind) {
  Fiber* const fiber = current_fiber();
  if (fiber == nullptr || fiber->span == nullptr) return;
  const Span& parent = *fiber->span;
  tracer_ = parent.tracer_;
  record_.trace_high = parent.record_.trace_high;
  record_.trace_low = parent.record_.trace_low;
  record_.parent = parent.record_.id;
  record_.name = name;
  record_.kind = kind;
  enter();
}

Span::Span(Tracer* tracer, std::string_view name, SpanKind kind, std::string_view traceparent) {
  if (tracer == nullptr || current_fiber() == nullptr) return;
  const bool goes_on = is_traceparent(traceparent);
  const bool wanted = goes_on ? (read_hex(traceparent.substr(53)) & 1) != 0 : tracer->lucky();
  if (!wanted) return;
  tracer_ = tracer;
  record_.trace_high = goes_on ? read_hex(traceparent.substr(3, 16)) : tracer->draw();
  record_.trace_low = goes_on ? read_hex(traceparent.substr(19, 16)) : tracer->draw();
  record_.parent = goes_on ? read_hex(traceparent.substr(36, 16)) : 0;
  record_.name = name;
  record_.kind = kind;
  enter();
}

void Span::enter() {
  record_.id = tracer_->draw();
  record_.begin_us = monotonic_micros();
  Fiber* const fiber = current_fiber();
  above_ = fiber->span;
  fiber->span = this;
}

Span::~Span() {
  if (tracer_ == nullptr) return;
  Fiber* const fiber = current_fiber();
  KONTOR_ASSERT(fiber != nullptr && fiber->span == this);
  fiber->span = above_;
  record_.end_us = monotonic_micros();
  tracer_->take(std::move(record_));
}

void Span::rename(std::string_view name) {
  if (tracer_ != nullptr) record_.name = name;
}
void Span::set(std::string_view key, std::string_view text) {
  if (tracer_ != nullptr) record_.attributes.push_back({key, std::string(text)});
}
void Span::set(std::string_view key, std::int64_t number) {
  if (tracer_ != nullptr) record_.attributes.push_back({key, {}, number, true});
}
void Span::failed() { record_.failed = true; }

std::string Span::traceparent() const {
  if (tracer_ == nullptr) return {};
  std::string out = "00-";
  append_hex(out, record_.trace_high);
  append_hex(out, record_.trace_low);
  out += '-';
  append_hex(out, record_.id);
  return out + "-01";
}

const Span* Span::current() {
  const Fiber* const fiber = current_fiber();
  return fiber == nullptr ? nullptr : fiber->span;
}

Span::Part::Part(std::string_view name, std::int64_t begin_us, std::int64_t end_us) : tracer_(nullptr) {
  const Span* const parent = current();
  if (parent == nullptr) return;
  tracer_ = parent->tracer_;
  record_.trace_high = parent->record_.trace_high;
  record_.trace_low = parent->record_.trace_low;
  record_.parent = parent->record_.id;
  record_.id = tracer_->draw();
  record_.name = name;
  record_.begin_us = begin_us;
  record_.end_us = end_us;
}

Span::Part& Span::Part::set(std::string_view key, std::string_view text) {
  if (tracer_ != nullptr) record_.attributes.push_back({key, std::string(text)});
  return *this;
}

Span::Part& Span::Part::with(std::string_view name, std::int64_t begin_us, std::int64_t end_us) {
  if (tracer_ == nullptr) return *this;
  SpanRecord part;
  part.trace_high = record_.trace_high;
  part.trace_low = record_.trace_low;
  part.parent = record_.id;
  part.id = tracer_->draw();
  part.name = name;
  part.begin_us = begin_us;
  part.end_us = end_us;
  tracer_->take(std::move(part));
  return *this;
}

Span::Part::~Part() {
  if (tracer_ != nullptr) tracer_->take(std::move(record_));
}

}  // namespace kontor::runtime
