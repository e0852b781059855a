// Points, verdicts, reviews, devices and the model that learns.
#include <doctest/doctest.h>

#include "shop/risk/learned_model.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> risk_migrations();
}  // namespace kontor

namespace kontor::risk {
namespace {

struct World {
  explicit World(const RiskModel* model = nullptr)
      : test({services_migrations(), risk_migrations()}), risk(test.store(), test.clock, model) {}
  Facts facts(std::int64_t total) const {
    Facts out;
    out.total = Money::minor(total, Currency());
    out.units = 1;
    return out;
  }
  Time days_ago(std::int64_t days) { return test.clock.now().plus_ms(-days * kDayMs); }
  CheckoutId reviewed(const std::string& device = "") {
    const auto id = test.ids.next<CheckoutId>(test.clock.now(), 1);
    Facts what = facts(1);
    what.device = device;
    Assessment assessment = *risk.assess(what);
    assessment.points = 55;
    REQUIRE(test.store().write(db::Home::kCustomer,
                               [&](db::Tx& tx) { return risk.open_review(tx, id, CustomerId{7}, what, assessment); }));
    return id;
  }
  Result<void> decide(CheckoutId id, ReviewTrigger decision) {
    return test.store().write(db::Home::kCustomer, [&](db::Tx& tx) { return risk.decide(tx, id, decision, "admin"); });
  }
  testing::TestStore test;
  Risk risk;
};

TEST_CASE("each signal adds its points, and the thresholds are what the requirement says") {
  World world;
  Facts facts = world.facts(50'001);
  CHECK(world.risk.assess(facts)->points == 25);  // a guest is new
  facts.account_since = world.days_ago(8);
  CHECK(world.risk.assess(facts)->points == 0);
  facts.account_since = world.days_ago(6);
  CHECK(world.risk.assess(facts)->points == 25);
  facts.total = Money::minor(50'000, Currency());
  CHECK(world.risk.assess(facts)->points == 0);
  facts.other_billing_address = true;
  CHECK(world.risk.assess(facts)->points == 10);
  facts.orders_last_hour = 5;
  CHECK(world.risk.assess(facts)->points == 10);
  facts.orders_last_hour = 6;
  CHECK(world.risk.assess(facts)->points == 30);
  facts.device = "d1";
  CHECK(world.risk.assess(facts)->points == 30);
  REQUIRE(world.risk.list_device("d1", "chargebacks"));
  const auto all = world.risk.assess(facts);
  CHECK(all->points == 60);
  CHECK(world.risk.verdict_of(*all) == Verdict::kReview);
  CHECK(all->signals.size() == 3);
  Assessment edge;
  for (const auto& [points, verdict] : {std::pair<std::int64_t, Verdict>{40, Verdict::kApprove},
                                        {41, Verdict::kReview},
                                        {70, Verdict::kReview},
                                        {71, Verdict::kReject}}) {
    edge.points = points;
    CHECK(world.risk.verdict_of(edge) == verdict);
  }
}

TEST_CASE("a review is decided once, and the device of a rejected purchase is listed") {
  World world;
  const auto first = world.reviewed("d1"), second = world.reviewed("d2");
  CHECK(world.risk.list(ReviewState::kOpen, std::nullopt, 10)->size() == 2);
  CHECK(world.risk.list(ReviewState::kOpen, second, 10)->size() == 1);
  REQUIRE(world.decide(first, ReviewTrigger::kReject));
  REQUIRE(world.decide(second, ReviewTrigger::kApprove));
  const auto again = world.decide(second, ReviewTrigger::kReject);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Errc::kInvalidTransition);
  CHECK(world.decide(CheckoutId{5}, ReviewTrigger::kReject).error().code == Errc::kNotFound);
  CHECK(world.risk.find(second)->value().state == ReviewState::kApproved);
  CHECK(world.risk.find(first)->value().decided_by == "admin");
  REQUIRE(world.risk.devices("", 10)->size() == 1);
  CHECK(world.risk.devices("", 10)->front().device == "d1");
  REQUIRE(world.risk.unlist_device("d1"));
  CHECK(world.risk.unlist_device("d1").error().code == Errc::kNotFound);
  CHECK(world.risk.examples(10)->size() == 2);
}

TEST_CASE("the model says nothing at first, then what it has learned, and adds at most 50 points") {
  LearnedModel model;
  World world(&model);
  RiskFeatures bad, good;
  bad.suspicious_device = true;
  bad.total = 4;
  good.account_days = 300;
  std::vector<Example> examples(LearnedModel::kLeastOfEach, {bad, true});
  CHECK_FALSE(model.learn(examples));
  CHECK(model.fraud(bad) == 0);
  examples.resize(2 * LearnedModel::kLeastOfEach, {good, false});
  REQUIRE(model.learn(examples));
  CHECK(model.fraud(bad) > 0.8);
  CHECK(model.fraud(good) < 0.2);
  Facts facts = world.facts(200'000);
  facts.device = "d";
  REQUIRE(world.risk.list_device("d", "x"));
  const auto assessment = world.risk.assess(facts);
  CHECK(assessment->points > 30 + 25 + 40);
  CHECK(assessment->points <= 30 + 25 + 50);
  CHECK(world.risk.verdict_of(*assessment) == Verdict::kReject);
  services::Settings settings(world.test.store(), world.test.clock);
  REQUIRE(model.save(settings));
  LearnedModel other;
  REQUIRE(other.load(settings));
  CHECK(other.fraud(bad) == doctest::Approx(model.fraud(bad)).epsilon(0.01));
}

}  // namespace
}  // namespace kontor::risk
