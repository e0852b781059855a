#include "shop/orders/order_document.h"

#include <algorithm>

namespace kontor::orders {
namespace {

// Days from the warehouse's door, both ends included, until carriers and zones have tables of their own.
struct Transit {
  std::string_view country;
  std::int64_t earliest_days;
  std::int64_t latest_days;
};
constexpr Transit kTransit[] = {{"US", 2, 5}, {"CA", 3, 7}, {"MX", 4, 9}, {"DE", 3, 6}, {"FR", 3, 6}, {"GB", 3, 7}};
constexpr Transit kElsewhere{"", 5, 12};
constexpr std::int64_t kHandlingDays = 1;

}  // namespace

bool is_postal_code(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ' || c == '-';
  });
}

DeliveryEstimate estimate_delivery(Time placed, std::string_view country) {
  Transit transit = kElsewhere;
  for (const auto& row : kTransit)
    if (row.country == country) transit = row;
  const std::int64_t day = placed.ms - placed.ms % kDayMs;  // a day is promised, not an hour
  return {Time{day + (kHandlingDays + transit.earliest_days) * kDayMs},
          Time{day + (kHandlingDays + transit.latest_days) * kDayMs}};
}

}  // namespace kontor::orders
