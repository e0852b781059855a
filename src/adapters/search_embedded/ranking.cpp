#include "adapters/search_embedded/ranking.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace kontor::search_embedded {
namespace {

constexpr std::array<std::uint32_t, 16> kTitleSteps{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 27, 36};
constexpr std::array<std::uint32_t, 16> kRestSteps{0, 4, 8, 12, 16, 22, 30, 40, 52, 68, 90, 120, 160, 220, 320, 500};
// Not the averages of what is indexed: those move with every product, and with them every score.
constexpr double kUsualTitle = 8, kUsualRest = 40;

std::uint32_t step_of(const std::array<std::uint32_t, 16>& steps, std::uint32_t words) {
  return static_cast<std::uint32_t>(std::upper_bound(steps.begin(), steps.end(), words) - steps.begin()) - 1;
}

constexpr std::int64_t kEpochMs = 1'577'836'800'000;  // 2020-01-01

}  // namespace

std::uint8_t norm_of(std::uint32_t title_words, std::uint32_t rest_words) {
  return static_cast<std::uint8_t>(step_of(kTitleSteps, title_words) << 4 | step_of(kRestSteps, rest_words));
}

Arm::Arm(const search_index::Ranking& ranking) : ranking_(ranking), impacts_(65536) {
  const double b = ranking.length_percent / 100.0, k1 = std::max(ranking.saturation_tenths, 1) / 10.0;
  for (std::uint32_t norm = 0; norm < 256; ++norm) {
    const double title = ranking.title / (1 - b + b * kTitleSteps[norm >> 4] / kUsualTitle + 1e-3);
    const double rest = ranking.description / (1 - b + b * kRestSteps[norm & 15] / kUsualRest + 1e-3);
    for (std::uint32_t p = 0; p < 256; ++p) {
      const auto payload = static_cast<Payload>(p);
      const double found = title * title_count(payload) + ranking.brand * brand_count(payload) +
                           ranking.attributes * attribute_count(payload) + rest * rest_count(payload);
      impacts_[norm << 8 | p] = static_cast<std::uint16_t>(found <= 0 ? 0 : kFullImpact * found / (found + k1));
    }
  }
}

double Arm::sales_units(const Facts& facts) const {
  return kPoint * ranking_.sales * std::log1p(static_cast<double>(facts.sold));
}
double Arm::rating_units(const Facts& facts) const {
  return static_cast<std::int64_t>(facts.reviews) > ranking_.enough_reviews
             ? kPoint * ranking_.rating * (facts.rating_milli / 1000.0)
             : 0;
}
double Arm::fresh_units(const Facts& facts, std::uint32_t today) const {
  const std::uint32_t days = today > facts.born_day ? today - facts.born_day : 0;
  return kPoint * std::max(0.0, ranking_.freshness - days / 10.0);
}

std::uint16_t Arm::boost(const Facts& facts, std::uint32_t today) const {
  const double units = sales_units(facts) + rating_units(facts) + fresh_units(facts, today) +
                       (facts.in_stock != 0 ? kPoint * ranking_.in_stock : 0);
  return static_cast<std::uint16_t>(std::clamp(std::lround(units), 0L, 65535L));
}

std::vector<search_index::Reason> Arm::boost_reasons(const Facts& facts, std::uint32_t today) const {
  return {{"sales", sales_units(facts) / kPoint},
          {"rating", rating_units(facts) / kPoint},
          {"in_stock", facts.in_stock != 0 ? static_cast<double>(ranking_.in_stock) : 0.0},
          {"freshness", fresh_units(facts, today) / kPoint}};
}

std::uint32_t day_of_id(std::int64_t id) {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(id >> 22, 0) / kDayMs);
}
std::uint32_t day_of(Time time) {
  return static_cast<std::uint32_t>(std::max<std::int64_t>(time.ms - kEpochMs, 0) / kDayMs);
}

std::uint32_t rarity(std::uint64_t with_it, std::uint64_t all) {
  const double n = static_cast<double>(std::max(all, with_it)), df = static_cast<double>(with_it);
  return 1 + static_cast<std::uint32_t>(100 * std::log(1 + (n - df + 0.5) / (df + 0.5)));
}

}  // namespace kontor::search_embedded
