// Base prices of many offers at once, in the currency that they have: what a repricer sends all day. Writes what a
// price stands in, and nothing else of a product.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"

namespace kontor::catalog {

struct BasePrice {
  OfferId offer;
  Money price;
  std::optional<Money> list_price;  // absent: it stays as it is; the same as the price: there is none
};

class BasePrices {
 public:
  static constexpr std::size_t kMostAtOnce = 250;  // of one write function: below 5 ms

  BasePrices(db::Store& store, Clock& clock) : store_(store), clock_(clock) {}

  // What came of one, in the order of the wishes.
  struct Outcome {
    std::optional<Error> refused;  // "catalog.no_such_offer", "catalog.invalid_price", "catalog.other_currency"
    bool changed = false;
  };
  // Runs inside the write function: audit entries and the like.
  using Beside = std::function<Result<void>(db::Tx&, Time, std::span<const Outcome>)>;
  // Each for itself; of several for one offer the last counts. A price that the offer has already writes nothing. A
  // sale that runs goes on.
  Result<std::vector<Outcome>> set(std::span<const BasePrice> wishes, const Beside& beside = {});

  // Called after each committed change with the products whose prices read differently.
  void on_change(std::function<void(std::span<const ProductId>)> told) { told_ = std::move(told); }

 private:
  db::Store& store_;
  Clock& clock_;
  std::function<void(std::span<const ProductId>)> told_;
};

}  // namespace kontor::catalog
