#include "shop/orders/order_document.h"

#include <algorithm>

namespace kontor::orders {
bool is_postal_code(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ' || c == '-';
  });
}

DeliveryEstimate estimate_delivery(Time placed, const DeliveryTime& time) {
  const std::int64_t ready = placed.ms + time.processing_hours * kHourMs;
  const std::int64_t day = ready - ready % kDayMs;
  return {Time{day + time.earliest_days * kDayMs}, Time{day + time.latest_days * kDayMs}};
}

}  // namespace kontor::orders
