#include "shop/catalog/timetable.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"

namespace kontor::catalog {

std::string print_timetable(std::span<const SaleSpan> spans) {
  std::string out;
  for (const SaleSpan& span : spans) {
    if (!out.empty()) out += ',';
    out += std::to_string(span.from.ms) + ':' + std::to_string(span.to.ms) + ':' + std::to_string(span.minor);
  }
  return out;
}

Timetable read_timetable(std::string_view text) {
  Timetable spans;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](char after) {
    std::int64_t value = 0;
    const auto read = std::from_chars(at, end, value);
    KONTOR_ASSERT(read.ec == std::errc() && (read.ptr == end ? after == ',' : *read.ptr == after));
    at = read.ptr == end ? end : read.ptr + 1;
    return value;
  };
  while (at != end) {
    SaleSpan& span = spans.emplace_back();
    span.from.ms = number(':');
    span.to.ms = number(':');
    span.minor = number(',');
  }
  return spans;
}

std::optional<std::int64_t> sale_at(std::span<const SaleSpan> spans, Time at) {
  std::optional<std::int64_t> lowest;
  for (const SaleSpan& span : spans)
    if (span.from <= at && at < span.to && (!lowest || span.minor < *lowest)) lowest = span.minor;
  return lowest;
}

std::int64_t price_at(std::int64_t base, std::span<const SaleSpan> spans, Time at) {
  return std::min(base, sale_at(spans, at).value_or(base));
}

std::optional<Time> next_turn(std::span<const SaleSpan> spans, Time at) {
  std::optional<Time> next;
  for (const SaleSpan& span : spans)
    for (const Time turn : {span.from, span.to})
      if (turn > at && (!next || turn < *next)) next = turn;
  return next;
}

}  // namespace kontor::catalog
