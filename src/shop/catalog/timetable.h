// The sales of one offer that are not over, as its row carries them: what it costs at any moment is a function of that
// row and the moment, so that a purchase needs neither a timer nor a statement more.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace kontor::catalog {

// From `from` on, and at `to` no longer.
struct SaleSpan {
  Time from, to;
  std::int64_t minor = 0;
  auto operator<=>(const SaleSpan&) const = default;
};
using Timetable = std::vector<SaleSpan>;

std::string print_timetable(std::span<const SaleSpan> spans);
Timetable read_timetable(std::string_view text);  // asserts that print_timetable made it

// The lowest of those that run then: of sales that overlap the lowest price counts.
std::optional<std::int64_t> sale_at(std::span<const SaleSpan> spans, Time at);
// `base`, or the sale that runs then where it is lower.
std::int64_t price_at(std::int64_t base, std::span<const SaleSpan> spans, Time at);
// The first moment after `at` at which one of them begins or ends.
std::optional<Time> next_turn(std::span<const SaleSpan> spans, Time at);

}  // namespace kontor::catalog
