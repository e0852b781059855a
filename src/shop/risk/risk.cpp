#include "shop/risk/risk.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/json.h"
#include "services/outbox.h"
#include "shop/risk/events.h"
#include "shop/risk/risk_store.h"

namespace kontor::risk {
namespace {

// Requirement 2, Q10.
constexpr std::int64_t kDevicePoints = 30, kVelocityPoints = 20, kMismatchPoints = 10, kNewAccountPoints = 25,
                       kModelPoints = 50;

// What is kept of an assessment: for staff, and for a model to learn from.
struct KeptAssessment {
  std::vector<Points> signals;
  bool suspicious_device = false;
  bool address_mismatch = false;
  std::int64_t orders_last_hour = 0;
  std::int64_t account_days = 0;
  std::int64_t total_percent = 0;  // of a high value
  std::int64_t units = 0;

  static constexpr auto fields() {
    return described(Field("signals", &KeptAssessment::signals, "What speaks for fraud"),
                     Field("suspicious_device", &KeptAssessment::suspicious_device, "Known for fraud"),
                     Field("address_mismatch", &KeptAssessment::address_mismatch, "Billed elsewhere"),
                     Field("orders_last_hour", &KeptAssessment::orders_last_hour, "Of the customer"),
                     Field("account_days", &KeptAssessment::account_days, "How old the account was"),
                     Field("total_percent", &KeptAssessment::total_percent, "Of a high value"),
                     Field("units", &KeptAssessment::units, "Over all lines"));
  }
};

KeptAssessment kept_of(const Assessment& assessment) {
  const RiskFeatures& f = assessment.features;
  return {assessment.signals,
          f.suspicious_device,
          f.address_mismatch,
          f.orders_last_hour,
          static_cast<std::int64_t>(f.account_days),
          std::llround(f.total * 100),
          f.units};
}

RiskFeatures features_of(const KeptAssessment& kept) {
  return {kept.suspicious_device,
          kept.address_mismatch,
          kept.orders_last_hour,
          static_cast<double>(kept.account_days),
          static_cast<double>(kept.total_percent) / 100,
          kept.units};
}

Result<Review> review_of(const db::Rows::Row& row) {
  Review review;
  review.checkout_id = row.id<CheckoutId>(0);
  review.customer_id = row.id<CustomerId>(1);
  review.state = static_cast<ReviewState>(row.i64(2));
  review.points = row.i64(3);
  review.total = Money::minor(row.i64(4), Currency::parse(row.text(5)).value_or(Currency()));
  review.device = row.str(6);
  TRY(auto kept, json::read<KeptAssessment>(row.text(7)));
  review.signals = std::move(kept.signals);
  review.created_at = row.time(8);
  if (const auto decided = row.opt_i64(9)) {
    review.decided_at = Time{*decided};
    review.decided_by = row.str(10);
  }
  return review;
}

}  // namespace

Result<bool> Risk::is_listed(const std::string& device) {
  if (device.empty()) return false;
  bool listed = false;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kFindDevice, device));
    listed = !rows.empty();
    return {};
  }));
  return listed;
}

RiskFeatures Risk::features_of(const Facts& facts, bool listed) const {
  const std::int64_t since = facts.account_since ? facts.account_since->ms : std::numeric_limits<std::int64_t>::max();
  const double age_ms =
      static_cast<double>(std::max<std::int64_t>(clock_.now().ms - std::min(since, clock_.now().ms), 0));
  const double high = static_cast<double>(std::max<std::int64_t>(settings_.high_value_minor, 1));
  return {listed,
          facts.other_billing_address,
          facts.orders_last_hour,
          age_ms / static_cast<double>(kDayMs),
          static_cast<double>(facts.worth.value_or(facts.total).amount_minor()) / high,
          facts.units};
}

Result<Assessment> Risk::assess(const Facts& facts) {
  TRY(const bool listed, is_listed(facts.device));
  Assessment assessment;
  assessment.features = features_of(facts, listed);
  const bool is_new =
      assessment.features.account_days * static_cast<double>(kDayMs) < static_cast<double>(settings_.new_account_ms);
  const auto add = [&](Signal signal, std::int64_t points) {
    assessment.points += points;
    if (points > 0) assessment.signals.push_back({signal, points});
  };
  if (listed) add(Signal::kSuspiciousDevice, kDevicePoints);
  if (facts.orders_last_hour > settings_.most_orders_an_hour) add(Signal::kHighVelocity, kVelocityPoints);
  if (facts.other_billing_address) add(Signal::kAddressMismatch, kMismatchPoints);
  if (is_new && facts.worth.value_or(facts.total).amount_minor() > settings_.high_value_minor)
    add(Signal::kNewAccountHighValue, kNewAccountPoints);
  if (model_ != nullptr) {
    const double share = std::clamp(model_->fraud(assessment.features), 0.0, 1.0);
    add(Signal::kModel, std::lround(share * static_cast<double>(kModelPoints)));
  }
  return assessment;
}

Verdict Risk::verdict_of(const Assessment& assessment) const {
  if (assessment.points > settings_.reject_above) return Verdict::kReject;
  return assessment.points > settings_.review_above ? Verdict::kReview : Verdict::kApprove;
}

Result<void> Risk::open_review(db::Tx& tx, CheckoutId checkout, CustomerId customer, const Facts& facts,
                               const Assessment& assessment) {
  const Time now = clock_.now();
  TRY_DO(tx.run(kInsertReview, checkout, customer, ReviewState::kOpen, assessment.points, facts.total.amount_minor(),
                facts.total.currency(), facts.device, json::print(kept_of(assessment)), now));
  return services::emit(tx, ReviewOpened{checkout, assessment.points}, checkout.text(), now);
}

Result<void> Risk::decide(db::Tx& tx, CheckoutId checkout, ReviewTrigger decision, const std::string& by) {
  TRY(const auto rows, tx.ask(kFindReview, checkout));
  if (rows.empty()) return fail(Errc::kNotFound, "risk.no_such_review", "There is no such review.");
  TRY(const auto review, review_of(rows.front()));
  const auto* row = kReviewTable.find(review.state, decision);
  const Time now = clock_.now();
  const auto to = row != nullptr ? row->to : ReviewState::kApproved;
  TRY(const auto moved,
      row == nullptr ? Result<std::int64_t>(0) : tx.run(kDecideReview, checkout, ReviewState::kOpen, to, now, by));
  if (moved == 0) return fail(transition_refused(kReviewTable, review.state, to, "risk.already_decided"));
  if (to == ReviewState::kRejected && !review.device.empty())
    TRY_DO(tx.run(kListDevice, review.device, "rejected " + checkout.text(), now));
  return services::emit(tx, ReviewDecided{checkout, std::string(name_of(to))}, checkout.text(), now);
}

Result<std::optional<Review>> Risk::find(CheckoutId checkout) {
  std::optional<Review> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.reset();
    TRY(const auto rows, tx.ask(kFindReview, checkout));
    if (rows.empty()) return {};
    TRY(found, review_of(rows.front()));
    return {};
  }));
  return found;
}

Result<std::vector<Review>> Risk::list(ReviewState state, std::optional<CheckoutId> before, int limit) {
  std::vector<Review> found;
  const CheckoutId end = before.value_or(CheckoutId{std::numeric_limits<std::int64_t>::max()});
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    TRY(const auto rows, tx.ask(kReviewsBefore, state, end, limit));
    for (const auto row : rows) {
      TRY(auto review, review_of(row));
      found.push_back(std::move(review));
    }
    return {};
  }));
  return found;
}

Result<std::vector<Example>> Risk::examples(int limit) {
  std::vector<Example> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    for (const auto state : {ReviewState::kApproved, ReviewState::kRejected}) {
      TRY(const auto rows, tx.ask(kReviewsBefore, state, std::numeric_limits<std::int64_t>::max(), limit));
      for (const auto row : rows) {
        TRY(const auto kept, json::read<KeptAssessment>(row.text(7)));
        found.push_back({risk::features_of(kept), state == ReviewState::kRejected});
      }
    }
    return {};
  }));
  return found;
}

Result<void> Risk::list_device(const std::string& device, const std::string& reason, const db::Function& also) {
  return store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kListDevice, device, reason, clock_.now()));
    return also ? also(tx) : Result<void>();
  });
}

Result<void> Risk::unlist_device(const std::string& device, const db::Function& also) {
  return store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto gone, tx.run(kUnlistDevice, device));
    if (gone == 0) return fail(Errc::kNotFound, "risk.no_such_device", "That device is not listed.");
    return also ? also(tx) : Result<void>();
  });
}

Result<std::vector<Device>> Risk::devices(const std::string& after, int limit) {
  std::vector<Device> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    TRY(const auto rows, tx.ask(kDevicesAfter, after, limit));
    for (const auto row : rows) found.push_back({row.str(0), row.str(1), row.time(2)});
    return {};
  }));
  return found;
}

}  // namespace kontor::risk
