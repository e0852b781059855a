// What one currency is in another, by the table that the operator brings: for prices in a currency in which the goods
// are not sold. Owns pricing_rates, in the home `catalog`.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/exchange.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/snapshot.h"

namespace kontor::pricing {

class CurrencyRates {
 public:
  using Beside = std::function<Result<void>(db::Tx&)>;
  CurrencyRates(db::Store& store, Clock& clock) : store_(store), clock_(clock) {}

  // Instead of the table before. kInvalid "pricing.wrong_rates".
  Result<void> put(const ExchangeTable& table, const Beside& beside);
  // Null: none was brought yet.
  std::shared_ptr<const ExchangeTable> table() const { return held_.get(); }
  Result<void> reload();  // at start, and when another process brought one
  // Told after another table holds. One listener, before serving; called from any thread.
  void on_change(std::function<void()> told) { told_ = std::move(told); }

 private:
  db::Store& store_;
  Clock& clock_;
  services::Snapshot<ExchangeTable> held_;
  std::function<void()> told_;
};

}  // namespace kontor::pricing
