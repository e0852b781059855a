#include "bench/report.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

namespace kontor::bench {
namespace {

constexpr int kBar = 50;

template <class... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  const int size = std::snprintf(text, sizeof text, pattern, values...);
  return {text, std::min(static_cast<std::size_t>(std::max(size, 0)), sizeof text - 1)};
}

double ms(std::int64_t us) { return static_cast<double>(us) / 1e3; }

std::string statuses_of(const KindResult& kind, std::string_view quote, std::string_view between) {
  std::string out;
  for (const auto& [status, count] : kind.statuses) {
    if (!out.empty()) out += between;
    out += std::string(quote) + std::to_string(status) + std::string(quote) + ":" + std::to_string(count);
  }
  return out;
}

// The last kind that was asked for: of a purchase the checkout, of reading whatever came.
const KindResult* drawn(const DriveResult& result, std::size_t& at) {
  const KindResult* found = nullptr;
  for (std::size_t i = 0; i < result.kinds.size(); ++i) {
    if (result.kinds[i].latencies.count() == 0) continue;
    found = &result.kinds[i];
    at = i;
  }
  return found;
}

std::string picture(const KindResult& kind, const std::string& name) {
  static const std::vector<std::int64_t> edges{100,    250,    500,    1'000,   2'500,   5'000,
                                               10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000};
  const auto counts = kind.latencies.between(edges);
  const auto most = *std::max_element(counts.begin(), counts.end());
  std::string out = "\n" + name + ", ms\n";
  std::size_t first = 0, last = counts.size() - 1;
  while (counts[first] == 0) ++first;
  while (counts[last] == 0) --last;
  for (std::size_t i = first; i <= last; ++i) {
    const auto bar = static_cast<std::size_t>(counts[i] * kBar / most);
    out += i < edges.size() ? format("  to %7.2f |", ms(edges[i])) : format("  above %4.0f |", ms(edges.back()));
    out += std::string(std::max<std::size_t>(bar, counts[i] > 0 ? 1 : 0), '#');
    out += format(" %.2f %%\n", 100.0 * static_cast<double>(counts[i]) / static_cast<double>(kind.latencies.count()));
  }
  return out;
}

}  // namespace

std::int64_t errors_in(const DriveResult& result) {
  std::int64_t errors = result.broken + result.unanswered + result.not_begun;
  for (const auto& kind : result.kinds)
    for (const auto& [status, count] : kind.statuses) errors += status >= 500 ? count : 0;
  return errors;
}

std::string table_of(const Measured& measured) {
  const auto& result = measured.result;
  std::string out =
      measured.mix + " at " + measured.url + ", " + std::to_string(measured.pace.connections) + " connections, ";
  out += measured.pace.rate > 0 ? format("%.0f visits/s offered", measured.pace.rate)
                                : std::string("as fast as it answers");
  out += format(", %.1f s\n", result.seconds);
  out += format("%-18s %9s %10s %9s %9s %9s %9s %9s  %s\n", "request", "answers", "per s", "p50 ms", "p90", "p99",
                "p99.9", "max", "statuses");
  for (std::size_t i = 0; i < result.kinds.size(); ++i) {
    const auto& kind = result.kinds[i];
    const auto& times = kind.latencies;
    if (times.count() == 0) continue;
    out += format("%-18s %9" PRId64 " %10.1f %9.2f %9.2f %9.2f %9.2f %9.2f  ", measured.kinds[i].c_str(), times.count(),
                  static_cast<double>(kind.in_time) / result.seconds, ms(times.percentile_us(0.5)),
                  ms(times.percentile_us(0.9)), ms(times.percentile_us(0.99)), ms(times.percentile_us(0.999)),
                  ms(times.max_us()));
    out += statuses_of(kind, "", " ") + "\n";
  }
  out += format("errors %" PRId64 " (broken connections %" PRId64 ", without an answer %" PRId64 ", not begun %" PRId64
                ", the rest answers of 500 and above)\n",
                errors_in(result), result.broken, result.unanswered, result.not_begun);
  if (measured.verdict) {
    const auto& verdict = *measured.verdict;
    out += format("units %" PRId64 ", promised %" PRId64 ", orders %" PRId64 ", allocated %" PRId64 ", left %" PRId64
                  ": %s\n",
                  verdict.units, verdict.promised, verdict.orders, verdict.allocated, verdict.left,
                  verdict.sound() ? "sound" : "NOT SOUND");
  }
  std::size_t at = 0;
  if (const auto* kind = drawn(result, at); kind != nullptr) out += picture(*kind, measured.kinds[at]);
  return out;
}

std::string json_of(const Measured& measured) {
  const auto& result = measured.result;
  std::string out = "{\"mix\":\"" + measured.mix + "\",\"url\":";
  json::print_text(out, measured.url);
  out += format(",\"connections\":%d,\"rate\":%.1f,\"seconds\":%.3f,\"requests\":[", measured.pace.connections,
                measured.pace.rate, result.seconds);
  bool first = true;
  for (std::size_t i = 0; i < result.kinds.size(); ++i) {
    const auto& kind = result.kinds[i];
    const auto& times = kind.latencies;
    if (times.count() == 0) continue;
    out += first ? "" : ",";
    first = false;
    out += "{\"name\":\"" + measured.kinds[i] + "\"";
    out += format(",\"answers\":%" PRId64
                  ",\"per_second\":%.1f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,"
                  "\"p999_ms\":%.3f,\"max_ms\":%.3f",
                  times.count(), static_cast<double>(kind.in_time) / result.seconds, ms(times.percentile_us(0.5)),
                  ms(times.percentile_us(0.9)), ms(times.percentile_us(0.99)), ms(times.percentile_us(0.999)),
                  ms(times.max_us()));
    out += ",\"statuses\":{" + statuses_of(kind, "\"", ",") + "}}";
  }
  out += format("],\"errors\":%" PRId64 ",\"broken\":%" PRId64 ",\"unanswered\":%" PRId64 ",\"not_begun\":%" PRId64,
                errors_in(result), result.broken, result.unanswered, result.not_begun);
  if (measured.verdict) {
    const auto& verdict = *measured.verdict;
    out += format(",\"flash\":{\"units\":%" PRId64 ",\"promised\":%" PRId64 ",\"orders\":%" PRId64
                  ",\"allocated\":%" PRId64 ",\"left\":%" PRId64 ",\"sound\":%s}",
                  verdict.units, verdict.promised, verdict.orders, verdict.allocated, verdict.left,
                  verdict.sound() ? "true" : "false");
  }
  return out + "}\n";
}

}  // namespace kontor::bench
