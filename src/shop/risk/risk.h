// Whether a purchase looks like fraud. Signals and a model's share give points, points a verdict: up to 40 approve, up
// to 70 staff decide, above that it is refused (requirement 2, Q10). Owns the queue of reviews and the devices known
// for fraud, both in the home `customer`.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/risk_model.h"
#include "shop/risk/risk_state.h"

namespace kontor::risk {

enum class Signal { kSuspiciousDevice, kHighVelocity, kAddressMismatch, kNewAccountHighValue, kModel };
constexpr auto enum_names(Signal) {
  using S = Signal;
  return std::array{EnumName<S>{S::kSuspiciousDevice, "suspicious_device"},
                    EnumName<S>{S::kHighVelocity, "high_velocity"},
                    EnumName<S>{S::kAddressMismatch, "address_mismatch"},
                    EnumName<S>{S::kNewAccountHighValue, "new_account_high_value"}, EnumName<S>{S::kModel, "model"}};
}

struct Points {
  Signal signal = Signal::kModel;
  std::int64_t points = 0;

  static constexpr auto fields() {
    return described(Field("signal", &Points::signal,
                           "suspicious_device, high_velocity, address_mismatch, new_account_high_value or model"),
                     Field("points", &Points::points, "What it adds"));
  }
};

enum class Verdict { kApprove, kReview, kReject };

struct Assessment {
  std::int64_t points = 0;
  std::vector<Points> signals;  // those that add something
  RiskFeatures features;        // what the model was told

  Verdict verdict() const;
};

// What is known of a purchase.
struct Facts {
  std::string device;                 // its fingerprint; "" when it did not say
  std::int64_t orders_last_hour = 0;  // of this customer
  std::optional<Time> account_since;  // nothing for a guest, who counts as new
  bool other_billing_address = false;
  Money total;
  std::int64_t units = 0;
  std::optional<Money> worth = {};  // the total in the currency of the settings, where it is in another
};

struct Review {
  CheckoutId checkout_id;
  CustomerId customer_id;
  ReviewState state = ReviewState::kOpen;
  std::int64_t points = 0;
  Money total;
  std::string device;
  std::vector<Points> signals;
  Time created_at;
  std::optional<Time> decided_at;
  std::optional<std::string> decided_by;

  static constexpr auto fields() {
    using R = Review;
    return described(
        Field("checkout_id", &R::checkout_id, "The purchase"), Field("customer_id", &R::customer_id, "Whose"),
        Field("state", &R::state, "open, approved, rejected or expired"),
        Field("points", &R::points, "How much speaks for fraud"), Field("total", &R::total, "What it costs"),
        Field("device", &R::device, "The device's fingerprint; empty when it did not say"),
        Field("signals", &R::signals, "What speaks for it"), Field("created_at", &R::created_at, "Since when"),
        Field("decided_at", &R::decided_at, "When staff decided"), Field("decided_by", &R::decided_by, "Who decided"));
  }
};

// What a purchase looked like, and what staff said of it.
struct Example {
  RiskFeatures features;
  bool fraud = false;
};

struct Device {
  std::string device;
  std::string reason;
  Time added_at;

  static constexpr auto fields() {
    return described(Field("device", &Device::device, "The fingerprint"),
                     Field("reason", &Device::reason, "Why it is listed"),
                     Field("added_at", &Device::added_at, "Since when"));
  }
};

struct Settings {
  Currency currency = {};
  std::int64_t high_value_minor = 50'000;  // of the currency
  std::int64_t new_account_ms = 7 * kDayMs;
  std::int64_t most_orders_an_hour = 5;
  std::int64_t review_above = 40, reject_above = 70;
};

class Risk {
 public:
  // `model` may be null: the rules alone.
  Risk(db::Store& store, Clock& clock, const RiskModel* model, Settings settings = {})
      : store_(store), clock_(clock), model_(model), settings_(settings) {}

  // Reads the store only for a purchase that names its device.
  Result<Assessment> assess(const Facts& facts);
  Verdict verdict_of(const Assessment& assessment) const;
  Currency currency() const { return settings_.currency; }

  // Inside the caller's write function (home customer).
  Result<void> open_review(db::Tx& tx, CheckoutId checkout, CustomerId customer, const Facts& facts,
                           const Assessment& assessment);
  // kNotFound "risk.no_such_review"; kInvalidTransition "risk.already_decided". A device whose purchase is rejected is
  // listed.
  Result<void> decide(db::Tx& tx, CheckoutId checkout, ReviewTrigger decision, const std::string& by);

  Result<std::optional<Review>> find(CheckoutId checkout);
  // Newest first, those before `before`.
  Result<std::vector<Review>> list(ReviewState state, std::optional<CheckoutId> before, int limit);

  // The newest reviews that staff decided, at most `limit` of each kind: what a model learns from.
  Result<std::vector<Example>> examples(int limit);

  // `also` runs in the same write function (an audit row); may be empty.
  Result<void> list_device(const std::string& device, const std::string& reason, const db::Function& also = {});
  // kNotFound "risk.no_such_device".
  Result<void> unlist_device(const std::string& device, const db::Function& also = {});
  // In the order of fingerprints, those after `after`.
  Result<std::vector<Device>> devices(const std::string& after, int limit);

 private:
  Result<bool> is_listed(const std::string& device);
  RiskFeatures features_of(const Facts& facts, bool listed) const;

  db::Store& store_;
  Clock& clock_;
  const RiskModel* model_;
  const Settings settings_;
};

}  // namespace kontor::risk
