#include "services/load_level.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace kontor::services {
namespace {

constexpr std::int64_t kLongestStepMs = kSecondMs;
constexpr std::int64_t kUsPerMs = 1000;
constexpr std::int64_t kMostThreshold = 1'000'000'000;

}  // namespace

std::optional<LoadThresholds::Each> LoadThresholds::parse(std::string_view text) {
  Each levels{};
  std::size_t count = 0;
  for (const std::string_view piece : split(text, ' ')) {
    if (piece.empty()) continue;
    if (count == levels.size()) return std::nullopt;
    std::int64_t& level = levels[count++];
    const auto [end, error] = std::from_chars(piece.data(), piece.data() + piece.size(), level);
    if (error != std::errc() || end != piece.data() + piece.size() || level < 0 || level > kMostThreshold)
      return std::nullopt;
  }
  if (count < levels.size() || !std::is_sorted(levels.begin(), levels.end())) return std::nullopt;
  return levels;
}

int LoadLevel::called_for(const Load& load) const {
  if (!thresholds_.follows_load) return 0;
  int level = 0;
  for (std::size_t i = 0; i < kMostLevel; ++i)
    if (load.delay_us >= thresholds_.delay_ms[i] * kUsPerMs || load.requests >= thresholds_.requests[i])
      level = static_cast<int>(i) + 1;
  return level;
}

bool LoadLevel::is_calm(const Load& load) const {
  const auto at = static_cast<std::size_t>(level_ - 1);
  const auto well_below = [](std::int64_t value, std::int64_t threshold) {
    return value * 100 < threshold * LoadThresholds::kFallPercent;
  };
  return well_below(load.delay_us, thresholds_.delay_ms[at] * kUsPerMs) &&
         well_below(load.requests, thresholds_.requests[at]);
}

int LoadLevel::step(Time now, const Load& load) {
  const std::int64_t passed = last_ ? std::clamp<std::int64_t>(now.ms - last_->ms, 0, kLongestStepMs) : 0;
  last_ = now;
  const int wanted = called_for(load);
  if (wanted > level_) {
    calm_ = false;
    held_ms_ = rising_to_ ? held_ms_ + passed : 0;
    rising_to_ = rising_to_ ? std::min(*rising_to_, wanted) : wanted;
    if (held_ms_ >= thresholds_.rise_after_ms) {
      level_ = *rising_to_;
      rising_to_.reset();
    }
    return level_;
  }
  rising_to_.reset();
  if (level_ == 0 || !is_calm(load)) {
    calm_ = false;
    return level_;
  }
  held_ms_ = calm_ ? held_ms_ + passed : 0;
  calm_ = true;
  if (held_ms_ >= thresholds_.fall_after_ms) {
    --level_;
    held_ms_ = 0;
  }
  return level_;
}

}  // namespace kontor::services
