#include "runtime/store_metrics.h"

#include "runtime/monotonic.h"
#include "runtime/tracing.h"

namespace kontor::runtime {
namespace {

Labels at(std::string_view place) { return {{"place", std::string(place)}}; }

}  // namespace

StoreMetrics::StoreMetrics(Metrics& metrics, std::string_view place, std::string_view engine)
    : place_(place),
      engine_(engine),
      write_(metrics.histogram("kontor_store_write_seconds", "A write function, from asking to its durable answer",
                               at(place), Buckets::kFine)),
      queue_(metrics.histogram("kontor_store_queue_wait_seconds",
                               "Until a write function's turn came (the writer, or a connection)", at(place),
                               Buckets::kFine)),
      commit_(metrics.histogram("kontor_store_commit_seconds", "The commit that a write function was part of",
                                at(place), Buckets::kFine)),
      read_(metrics.histogram("kontor_store_read_seconds", "A read function", at(place), Buckets::kFine)),
      failures_(metrics.counter("kontor_store_failures_total",
                                "Functions that failed by the store's fault: away, full, damaged, a bug", at(place))),
      repeats_(metrics.counter("kontor_store_repeats_total",
                               "Functions or batches that ran again because another was in the way", at(place))) {}

std::int64_t StoreMetrics::now_us() { return monotonic_micros(); }

void StoreMetrics::count_failure(const Result<void>& answer) {
  if (answer) return;
  const Errc code = answer.error().code;
  if (code == Errc::kUnavailable || code == Errc::kFull || code == Errc::kInternal || code == Errc::kTimeout)
    failures_.add();
}

void StoreMetrics::wrote(const WriteTimes& times, const Result<void>& answer) {
  const std::int64_t now_us = monotonic_micros();
  write_.observe(now_us - times.asked_us);
  if (times.begun_us != 0) queue_.observe(times.begun_us - times.asked_us);
  if (times.committed_us != 0) commit_.observe(times.committed_us - times.commit_begun_us);
  count_failure(answer);
  if (Span::current() == nullptr) return;
  Span::Part part("store.write", times.asked_us, now_us);
  part.set("db.system.name", engine_).set("kontor.place", place_);
  if (!answer) part.set("error.type", answer.error().reason);
  if (times.begun_us != 0) part.with("store.queue_wait", times.asked_us, times.begun_us);
  if (times.committed_us != 0) part.with("store.commit", times.commit_begun_us, times.committed_us);
}

void StoreMetrics::read(std::int64_t began_us, const Result<void>& answer) {
  const std::int64_t now_us = monotonic_micros();
  read_.observe(now_us - began_us);
  count_failure(answer);
  if (Span::current() == nullptr) return;
  Span::Part part("store.read", began_us, now_us);
  part.set("db.system.name", engine_).set("kontor.place", place_);
}

}  // namespace kontor::runtime
