// An experiment as staff say it, and as it is kept.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/time.h"
#include "runtime/json.h"
#include "shop/experiments/experiments_state.h"

namespace kontor::experiments {

KONTOR_ID(Experiment, "exp");

inline constexpr std::size_t kMostArms = 3;  // beside the control
inline constexpr std::int64_t kMostShare = 90;
inline constexpr std::string_view kControl = "control";

// 1 to 30 lower-case letters, digits, '-' and '_'.
bool is_name(std::string_view text);
inline constexpr Format kName{"a name of lower-case letters, digits, '-' and '_'", is_name};

struct Arm {
  std::string name;
  std::int64_t weight = 1;
  json::Raw configuration;

  static constexpr auto fields() {
    return described(
        Field("name", &Arm::name, "Its short name", kName),
        Field("weight", &Arm::weight, "Its part of the visitors in the experiment", Range{1, 1000}, Default{}),
        Field("configuration", &Arm::configuration, "What is done otherwise; its subject knows the form"));
  }
};

struct Definition {
  std::string key;
  std::string subject;
  std::optional<std::string> description;
  std::int64_t share_percent = 10;
  std::vector<Arm> arms;

  static constexpr auto fields() {
    using D = Definition;
    return described(Field("key", &D::key, "Its short name", kName),
                     Field("subject", &D::subject,
                           "What it tries out, such as search.ranking; one runs at a time of each", Length{1, 60}),
                     Field("description", &D::description, "Why, for colleagues", Length{1, 2000}),
                     Field("share_percent", &D::share_percent, "Of the visitors; the others are the control",
                           Range{1, kMostShare}, Default{}),
                     Field("arms", &D::arms, "What is tried out, beside the control", Length{1, kMostArms}));
  }
};

struct Interval {
  double low = 0, high = 0;

  static constexpr auto fields() {
    return described(Field("low", &Interval::low, "From"), Field("high", &Interval::high, "To"));
  }
};
struct MoneyInterval {
  Money low, high;

  static constexpr auto fields() {
    return described(Field("low", &MoneyInterval::low, "From"), Field("high", &MoneyInterval::high, "To"));
  }
};

// An arm against the control; intervals hold the truth in 95 of 100 cases.
struct Comparison {
  double conversion = 0;
  Interval conversion_interval;
  Money revenue;
  MoneyInterval revenue_interval;
  std::string verdict;

  static constexpr auto fields() {
    using C = Comparison;
    return described(Field("conversion", &C::conversion, "Conversion less that of the control"),
                     Field("conversion_interval", &C::conversion_interval, "Where that lies, by Newcombe"),
                     Field("revenue", &C::revenue, "Revenue of 1,000 visitors less that of the control"),
                     Field("revenue_interval", &C::revenue_interval, "Where that lies"),
                     Field("verdict", &C::verdict, "better or worse in conversion; open while the interval holds 0"));
  }
};

struct ArmResult {
  std::string name;
  std::int64_t visitors = 0, buyers = 0, orders = 0;
  double conversion = 0;
  Interval conversion_interval;
  Money revenue;
  Money revenue_per_1000;
  MoneyInterval revenue_interval;
  std::optional<Comparison> against_control;

  static constexpr auto fields() {
    using R = ArmResult;
    return described(
        Field("name", &R::name, "The arm"), Field("visitors", &R::visitors, "Who was shown it"),
        Field("buyers", &R::buyers, "Those of them who bought afterwards"),
        Field("orders", &R::orders, "What they bought"), Field("conversion", &R::conversion, "Buyers a visitor"),
        Field("conversion_interval", &R::conversion_interval, "Where that lies in 95 of 100 cases, by Wilson"),
        Field("revenue", &R::revenue, "What their orders came to, in the shop's currency"),
        Field("revenue_per_1000", &R::revenue_per_1000, "Of 1,000 visitors"),
        Field("revenue_interval", &R::revenue_interval, "Where that lies in 95 of 100 cases"),
        Field("against_control", &R::against_control, "Beside the control, where both have visitors"));
  }
};

struct Results {
  std::vector<ArmResult> arms;
  bool full = false;
  Nullable<double> ratio_probability;
  std::vector<std::string> warnings;

  static constexpr auto fields() {
    using R = Results;
    return described(Field("arms", &R::arms, "The control first"),
                     Field("full", &R::full, "true: it has as many visitors as are followed, and takes in no more"),
                     Field("ratio_probability", &R::ratio_probability,
                           "How likely such numbers of visitors are if they were shared out rightly; null: not known"),
                     Field("warnings", &R::warnings, "Why one should not trust these figures"));
  }
};

// The row.
struct Kept {
  ExperimentId id;
  Definition definition;
  State state = State::kDraft;
  std::int64_t version = 1;
  Time created_at;
  std::optional<Time> started_at, ended_at;
  std::optional<std::string> winner;
  bool share_changed = false;      // while it ran
  std::optional<Results> results;  // as they were a month after its end
  bool forgotten = false;          // its visitors are
};

}  // namespace kontor::experiments
