// The misses of a key are numbered by one counter; the last so many are kept with their times in as many places, each
// as long as it counts. So two at the same time are two, whoever counts them, and no read-and-write-back is needed.
#include "services/misses.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace kontor::services {
namespace {

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string Misses::place_key(const std::string& key, std::size_t place) const {
  return name_ + key + '.' + std::to_string(place);
}

Result<void> Misses::allowed(const std::string& key, Time now) {
  if (cache_ == nullptr) return {};
  const auto counted = cache_->get(count_key(key));
  if (!counted || !*counted) return {};
  const auto count = number_in(**counted);
  if (!count || *count < static_cast<std::int64_t>(limits_.most)) return {};
  std::vector<std::string> places;
  for (std::size_t i = 0; i < limits_.most; ++i) places.push_back(place_key(key, i));
  const auto noted = cache_->get_many(places);
  if (!noted) return {};
  std::int64_t first = INT64_MAX;
  for (const auto& time : *noted) {
    const auto at = time ? number_in(*time) : std::nullopt;
    if (!at || *at + limits_.window_ms <= now.ms) return {};
    first = std::min(first, *at);
  }
  const std::int64_t wait_ms = std::max<std::int64_t>(first + limits_.window_ms - now.ms, 1);
  Error error{Errc::kRateLimited, "services.too_many_misses", "Too many tries that missed; wait a while.", {}, {}, 0};
  error.retry_after_s = static_cast<int>((wait_ms + kSecondMs - 1) / kSecondMs);
  return fail(std::move(error));
}

void Misses::note(const std::string& key, Time now) {
  if (cache_ == nullptr) return;
  const auto number = cache_->add(count_key(key), 1, limits_.window_ms);
  if (!number) return;
  const std::size_t place = static_cast<std::size_t>(*number) % limits_.most;
  static_cast<void>(cache_->put(place_key(key, place), std::to_string(now.ms), limits_.window_ms));
}

}  // namespace kontor::services
