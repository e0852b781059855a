#include "shop/risk/learned_model.h"

#include <algorithm>
#include <cmath>

#include "runtime/json.h"

namespace kontor::risk {
namespace {

constexpr std::string_view kJob = "risk.learn", kSetting = "risk.model";
constexpr int kRounds = 400;
constexpr double kStep = 0.5, kPull = 0.001;
constexpr int kMostExamples = 5000;

double probability(const Weights& weights, const Weights& numbers) {
  double sum = 0;
  for (std::size_t i = 0; i < kWeights; ++i) sum += weights[i] * numbers[i];
  return 1 / (1 + std::exp(-sum));
}

// As it is kept: thousandths, since the shop's JSON has integers only where it matters and these need no more.
struct KeptWeights {
  std::vector<std::int64_t> weights;

  static constexpr auto fields() { return described(Field("weights", &KeptWeights::weights, "Thousandths")); }
};

}  // namespace

Weights numbers_of(const RiskFeatures& features) {
  const auto some = [](double value, double much) { return std::clamp(value / much, 0.0, 1.0); };
  return {features.suspicious_device ? 1.0 : 0.0,
          features.address_mismatch ? 1.0 : 0.0,
          some(static_cast<double>(features.orders_last_hour), 10),
          some(features.account_days, 365),
          some(features.total, 4),
          some(static_cast<double>(features.units), 20),
          1.0};
}

Weights train(std::span<const Example> examples) {
  Weights weights{};
  for (int round = 0; round < kRounds; ++round) {
    Weights slope{};
    for (const Example& example : examples) {
      const Weights numbers = numbers_of(example.features);
      const double wrong = probability(weights, numbers) - (example.fraud ? 1 : 0);
      for (std::size_t i = 0; i < kWeights; ++i) slope[i] += wrong * numbers[i];
    }
    for (std::size_t i = 0; i < kWeights; ++i)
      weights[i] -= kStep * (slope[i] / static_cast<double>(examples.size()) + kPull * weights[i]);
  }
  return weights;
}

double LearnedModel::fraud(const RiskFeatures& features) const {
  const auto weights = weights_.load();
  return weights == nullptr ? 0 : probability(*weights, numbers_of(features));
}

bool LearnedModel::learn(std::span<const Example> examples) {
  const auto frauds =
      static_cast<std::size_t>(std::count_if(examples.begin(), examples.end(), [](auto& e) { return e.fraud; }));
  if (frauds < kLeastOfEach || examples.size() - frauds < kLeastOfEach) return false;
  weights_.store(std::make_shared<const Weights>(train(examples)));
  return true;
}

Result<void> LearnedModel::load(services::Settings& settings) {
  TRY(const auto text, settings.get(kSetting));
  if (!text) return {};
  TRY(const auto kept, json::read<KeptWeights>(*text));
  if (kept.weights.size() != kWeights) return {};  // of another version: learned anew
  Weights weights{};
  for (std::size_t i = 0; i < kWeights; ++i) weights[i] = static_cast<double>(kept.weights[i]) / 1000;
  weights_.store(std::make_shared<const Weights>(weights));
  return {};
}

Result<void> LearnedModel::save(services::Settings& settings) const {
  const auto weights = weights_.load();
  if (weights == nullptr) return {};
  KeptWeights kept;
  for (const double weight : *weights) kept.weights.push_back(std::llround(weight * 1000));
  return settings.set(kSetting, json::print(kept));
}

void add_learning_job(services::JobRunner& runner, Risk& risk, LearnedModel& model, services::Settings& settings,
                      Clock& clock) {
  runner.add(std::string(kJob), [&](services::JobContext& job) -> Result<void> {
    TRY(const auto examples, risk.examples(kMostExamples));
    if (model.learn(examples)) TRY_DO(model.save(settings));
    job.again_at(clock.now().plus_ms(kDayMs));
    return {};
  });
}

Result<void> plan_learning(services::Jobs& jobs) {
  auto job = jobs.make(std::string(kJob), "{}");
  job.unique_key = std::string(kJob);
  TRY_DO(jobs.enqueue(job));
  return {};
}

}  // namespace kontor::risk
