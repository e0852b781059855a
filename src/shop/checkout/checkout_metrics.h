// What checkout counts: how purchases end and how long they take, orders and their worth, reservations. The list of
// outcomes is fixed, so that every figure is there from the start. Safe from any thread.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/money.h"
#include "base/result.h"
#include "runtime/metrics.h"

namespace kontor::checkout {

struct Answer;

class CheckoutMetrics {
 public:
  CheckoutMetrics(runtime::Metrics& metrics, Currency currency);

  // An answer to POST /checkout that is kept.
  void answered(const Answer& answer, std::int64_t us);
  void failed(Errc code, std::int64_t us);

  void begun() { begun_.add(); }
  void placed(Money total);
  void reserved() { granted_.add(); }
  void out_of_stock() { refused_.add(); }
  // The same, by memory: the store was not asked.
  void turned_away() {
    refused_.add();
    turned_away_.add();
  }
  void reservation_expired() { expired_.add(); }

 private:
  struct Worth {
    runtime::Counter& orders;
    runtime::Counter& minor_units;
  };
  Worth& worth_in(Currency currency);
  runtime::Counter& outcome(std::string_view name, std::string_view fault);

  static constexpr auto kErrors = static_cast<std::size_t>(Errc::kInternal) + 1;

  runtime::Metrics& metrics_;
  runtime::Histogram& duration_;
  runtime::Counter& placed_;
  runtime::Counter& waiting_;
  runtime::Counter& replayed_;
  std::array<runtime::Counter*, kErrors> errors_{};
  runtime::Counter& begun_;
  runtime::Counter& granted_;
  runtime::Counter& refused_;
  runtime::Counter& expired_;
  runtime::Counter& turned_away_;
  const Currency usual_;
  Worth usual_worth_;
  std::mutex mutex_;
  std::map<std::string, Worth, std::less<>> others_;  // under mutex_; as many as there are currencies on ISO's list
};

}  // namespace kontor::checkout
