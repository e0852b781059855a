// The daily settlement: what the ledger says was taken and given back in a day, beside what the gateway's charge file
// says, line by line. Owns payments_settlements, one row a day. A charge and its entry may fall on either side of
// midnight (an answer was lost, a buyer was slow), so what has no partner in its day is looked up by its key.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/described.h"
#include "ports/clock.h"
#include "ports/payment_gateway.h"
#include "services/jobs.h"
#include "shop/payments/ledger.h"

namespace kontor::payments {

enum class DifferenceKind { kMissingAtGateway, kMissingHere, kOtherAmount };
constexpr auto enum_names(DifferenceKind) {
  using D = DifferenceKind;
  return std::array{EnumName<D>{D::kMissingAtGateway, "missing_at_gateway"},
                    EnumName<D>{D::kMissingHere, "missing_here"}, EnumName<D>{D::kOtherAmount, "other_amount"}};
}

struct Difference {
  DifferenceKind kind = DifferenceKind::kMissingHere;
  EntryKind movement = EntryKind::kCaptured;
  std::string payment;  // the gateway's key: an id of ours, unless somebody else charges there as well
  std::string refund;   // the refund's key
  Time at;
  std::optional<Money> here;
  std::optional<Money> at_gateway;

  static constexpr auto fields() {
    using D = Difference;
    return described(Field("kind", &D::kind, "missing_at_gateway, missing_here or other_amount"),
                     Field("movement", &D::movement, "captured or refunded"),
                     Field("payment_id", &D::payment, "The payment, as the gateway's key says it"),
                     Field("refund_key", &D::refund, "Of a refund; else empty"),
                     Field("at", &D::at, "When, by whoever has it"), Field("here", &D::here, "What the ledger says"),
                     Field("at_gateway", &D::at_gateway, "What the gateway says"));
  }
};

struct SettlementTotals {
  Currency currency;
  Money captured;
  Money refunded;
  Money captured_at_gateway;
  Money refunded_at_gateway;
  Money voided_at_gateway;

  static constexpr auto fields() {
    using T = SettlementTotals;
    return described(
        Field("currency", &T::currency, "ISO 4217"), Field("captured", &T::captured, "By the ledger"),
        Field("refunded", &T::refunded, "By the ledger"),
        Field("captured_at_gateway", &T::captured_at_gateway, "By the charge file, later voided ones included"),
        Field("refunded_at_gateway", &T::refunded_at_gateway, "By the charge file"),
        Field("voided_at_gateway", &T::voided_at_gateway, "Taken and given back whole before there was an order"));
  }
};

struct Settlement {
  static constexpr std::size_t kListed = 200;

  std::string day;  // 2026-11-21, of UTC
  std::string gateway;
  Nullable<Time> made_at;
  std::int64_t matched = 0;
  std::int64_t matched_on_another_day = 0;
  std::int64_t voided = 0;
  std::int64_t missing_at_gateway = 0;
  std::int64_t missing_here = 0;
  std::int64_t other_amounts = 0;
  std::vector<SettlementTotals> totals;
  std::vector<Difference> differences;

  std::int64_t differing() const { return missing_at_gateway + missing_here + other_amounts; }

  static constexpr auto fields() {
    using S = Settlement;
    return described(
        Field("day", &S::day, "Which day, of UTC"), Field("gateway", &S::gateway, "Whose charge file"),
        Field("made_at", &S::made_at, "When it was kept; null when it was made for this answer"),
        Field("matched", &S::matched, "Movements of the day that both have, with the same amount"),
        Field("matched_on_another_day", &S::matched_on_another_day,
              "The same, where the other noted it on another day"),
        Field("voided", &S::voided, "Charges given back whole before there was an order: nobody owes anything"),
        Field("missing_at_gateway", &S::missing_at_gateway, "In the ledger only"),
        Field("missing_here", &S::missing_here, "At the gateway only; may be a checkout that is still open"),
        Field("other_amounts", &S::other_amounts, "Both have it, with different amounts"),
        Field("totals", &S::totals, "By currency"),
        Field("differences", &S::differences, "The first 200 of those that do not match"));
  }
};

// "2026-11-21" and the moment it begins; nullopt for what is no day.
std::optional<Time> day_of(std::string_view text);
std::string day_text(Time day);

class Settlements {
 public:
  Settlements(db::Store& store, PaymentGateway& gateway, Clock& clock)
      : store_(store), gateway_(gateway), clock_(clock), ledger_(store) {}

  // Compares the day that begins at `day`. Waits for the gateway; repeating it is harmless. What of the day a clock
  // that was set back notes later is missing until it is compared again.
  Result<Settlement> compare(Time day);
  // Keeps the report in place of an earlier one and tells settlement.reported, if it says anything new.
  Result<void> keep(Settlement report);
  Result<std::optional<Settlement>> find(Time day);
  Result<std::vector<Settlement>> newest(std::optional<Time> before, int limit);

  // Compares and keeps every finished day that has no report yet, 31 days back at most. When to come again.
  Result<Time> catch_up(const std::function<bool()>& stopping);

 private:
  struct Work;
  Result<void> take_gateway(Work& work);
  Result<void> take_voids(Work& work);
  Result<void> take_ledger(Work& work);
  Result<void> look_for_ours(Work& work);
  Result<void> look_for_theirs(Work& work);
  Result<Time> first_to_do(Time last_done_day);

  db::Store& store_;
  PaymentGateway& gateway_;
  Clock& clock_;
  Ledger ledger_;
};

// The job kind "payments.settlement", which comes back every day. Enqueued at each start; there is never more than one.
void add_settlement_job(services::JobRunner& runner, Settlements& settlements);
Result<void> plan_settlements(services::Jobs& jobs);

}  // namespace kontor::payments
