// What came of an experiment.
#include <algorithm>
#include <cmath>

#include "shop/experiments/experiments.h"
#include "shop/experiments/experiments_store.h"
#include "shop/experiments/statistics.h"

namespace kontor::experiments {
namespace {

constexpr double kUnlikely = 0.001;      // numbers of visitors that are not chance
constexpr std::int64_t kFew = 100;       // visitors of an arm, below which one knows nothing
constexpr std::int64_t kFewBuyers = 30;  // for the normal approximation of revenue
constexpr double kPerVisitors = 1000;

double rounded(double value) {
  constexpr double kPlaces = 1e6;
  return std::round(value * kPlaces) / kPlaces;
}
Interval rounded(const Interval& one) { return {rounded(one.low), rounded(one.high)}; }

Money money(double minor, Currency currency) {
  constexpr double kMost = 1e15;
  return Money::minor(std::llround(std::clamp(minor, -kMost, kMost)), currency);
}
MoneyInterval of_1000(const Interval& one, Currency currency) {
  return {money(one.low * kPerVisitors, currency), money(one.high * kPerVisitors, currency)};
}

Sums sums_of(const store::ArmSums& arm) { return {arm.visitors, static_cast<double>(arm.revenue), arm.squares}; }

Comparison compare(const store::ArmSums& arm, const store::ArmSums& control, Currency currency) {
  const Interval conversion = newcombe({arm.buyers, arm.visitors}, {control.buyers, control.visitors});
  const Sums one = sums_of(arm), other = sums_of(control);
  Comparison out;
  out.conversion = rounded(static_cast<double>(arm.buyers) / static_cast<double>(arm.visitors) -
                           static_cast<double>(control.buyers) / static_cast<double>(control.visitors));
  out.conversion_interval = rounded(conversion);
  out.revenue = money((one.mean() - other.mean()) * kPerVisitors, currency);
  out.revenue_interval = of_1000(difference_interval(one, other), currency);
  out.verdict = conversion.low > 0 ? "better" : conversion.high < 0 ? "worse" : "open";
  return out;
}

ArmResult result_of(std::string name, const store::ArmSums& arm, Currency currency) {
  const Sums sums = sums_of(arm);
  ArmResult out;
  out.name = std::move(name);
  out.visitors = arm.visitors;
  out.buyers = arm.buyers;
  out.orders = arm.orders;
  if (arm.visitors > 0) out.conversion = rounded(static_cast<double>(arm.buyers) / static_cast<double>(arm.visitors));
  out.conversion_interval = rounded(wilson(arm.buyers, arm.visitors));
  out.revenue = Money::minor(arm.revenue, currency);
  out.revenue_per_1000 = money(sums.mean() * kPerVisitors, currency);
  out.revenue_interval = of_1000(mean_interval(sums), currency);
  return out;
}

// Visitors of each arm in parts of all: share of the experiment, then weights.
std::vector<std::int64_t> expected_parts(const Definition& definition) {
  std::int64_t weights = 0;
  for (const Arm& arm : definition.arms) weights += arm.weight;
  std::vector<std::int64_t> parts{(100 - definition.share_percent) * weights};
  for (const Arm& arm : definition.arms) parts.push_back(definition.share_percent * arm.weight);
  return parts;
}

void warn(Results& out, const Kept& kept, std::span<const store::ArmSums> arms) {
  const auto any = [&](const auto& what) { return std::any_of(arms.begin(), arms.end(), what); };
  if (out.ratio_probability && *out.ratio_probability < kUnlikely)
    out.warnings.push_back("The visitors are not shared out as they should be: something loses those of an arm.");
  if (kept.share_changed) out.warnings.push_back("The share was changed while it ran: the arms are of different days.");
  if (any([](const auto& arm) { return arm.visitors < kFew; }))
    out.warnings.push_back("An arm has fewer than 100 visitors.");
  if (any([](const auto& arm) { return arm.buyers < kFewBuyers; }))
    out.warnings.push_back("An arm has fewer than 30 buyers: its interval of revenue is too narrow.");
}

}  // namespace

Result<Results> Experiments::results(const Kept& kept) {
  if (kept.results) return *kept.results;
  std::vector<store::ArmSums> arms;
  TRY_DO(parts_.store.read(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    TRY(arms, store::sums(tx, kept.id, kept.definition.arms.size() + 1));
    return {};
  }));
  Results out;
  std::vector<std::int64_t> visitors;
  std::int64_t all = 0;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    out.arms.push_back(
        result_of(i == 0 ? std::string(kControl) : kept.definition.arms[i - 1].name, arms[i], settings_.currency));
    if (i > 0 && arms[i].visitors > 0 && arms[0].visitors > 0)
      out.arms.back().against_control = compare(arms[i], arms[0], settings_.currency);
    visitors.push_back(arms[i].visitors);
    all += arms[i].visitors;
  }
  out.full = all >= settings_.most_visitors;
  if (!kept.share_changed && all > 0)
    out.ratio_probability.emplace(rounded(ratio_probability(visitors, expected_parts(kept.definition))));
  if (kept.state != State::kDraft) warn(out, kept, arms);
  return out;
}

}  // namespace kontor::experiments
