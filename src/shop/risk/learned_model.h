// The model that comes with the shop: logistic, trained on what its staff decided. It says nothing until they have
// decided often enough both ways. Its weights lie in the store's settings, so that every replica and every start has
// them.
#pragma once
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/risk_model.h"
#include "services/jobs.h"
#include "services/settings.h"
#include "shop/risk/risk.h"

namespace kontor::risk {

inline constexpr std::size_t kWeights = 7;  // of the features, scaled by numbers_of(), and one of its own
using Weights = std::array<double, kWeights>;

// The features as numbers between 0 and about 1, the last of them 1.
Weights numbers_of(const RiskFeatures& features);
// Gradient descent over all examples, with a little pull towards 0; the same examples give the same weights.
Weights train(std::span<const Example> examples);

class LearnedModel : public RiskModel {
 public:
  static constexpr std::size_t kLeastOfEach = 20;  // decisions, before it says anything

  double fraud(const RiskFeatures& features) const override;
  // Answers whether there was enough to learn from.
  bool learn(std::span<const Example> examples);

  // The weights of another replica, or of an earlier life. Nothing happens where there are none.
  Result<void> load(services::Settings& settings);
  Result<void> save(services::Settings& settings) const;

 private:
  std::atomic<std::shared_ptr<const Weights>> weights_;
};

// The job kind "risk.learn", which comes back every day: learns from the newest reviews that staff decided.
void add_learning_job(services::JobRunner& runner, Risk& risk, LearnedModel& model, services::Settings& settings,
                      Clock& clock);
Result<void> plan_learning(services::Jobs& jobs);

}  // namespace kontor::risk
