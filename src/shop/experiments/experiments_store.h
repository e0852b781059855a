// All SQL of experiments.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/db.h"
#include "shop/experiments/experiment.h"
#include "shop/experiments/statistics.h"

namespace kontor::experiments::store {

Result<std::vector<Kept>> all(db::Tx& tx);  // newest first
Result<std::optional<Kept>> find(db::Tx& tx, const std::string& key);
Result<void> insert(db::Tx& tx, const Kept& experiment);
Result<void> update(db::Tx& tx, const Kept& experiment);
Result<void> remove(db::Tx& tx, const std::string& key);

// experiment, visitor, arm, first_at: unless the visitor is there. And order: experiment, visitor, at, revenue.
extern const db::Query kNoteVisitor;
extern const db::Query kCountOrder;
// experiment, from, into.
extern const db::Query kRenameVisitor;
extern const db::Query kForgetIdle;
extern const db::Query kForgetVisitor;  // experiment, visitor

struct ArmSums {
  std::int64_t visitors = 0, buyers = 0, orders = 0, revenue = 0;
  double squares = 0;  // of the revenue of each visitor
};
Result<std::int64_t> count_visitors(db::Tx& tx, ExperimentId experiment);
// By arm, the control first.
Result<std::vector<ArmSums>> sums(db::Tx& tx, ExperimentId experiment, std::size_t arms);
Result<std::int64_t> forget(db::Tx& tx, ExperimentId experiment, int limit);

}  // namespace kontor::experiments::store
