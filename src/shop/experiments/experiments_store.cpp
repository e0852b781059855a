#include "shop/experiments/experiments_store.h"

#include <limits>

#include "runtime/json.h"

namespace kontor::experiments::store {
namespace {

using db::Home;
using db::Query;

constexpr int kPage = 5000;  // buyers

constexpr Query kAll{"experiments.all", Home::kGlobal, R"sql(
  SELECT id, version, state, document, created_at, started_at, ended_at, winner, share_changed, results, forgotten
    FROM experiments_experiments ORDER BY id DESC
)sql"};
constexpr Query kFind{"experiments.find", Home::kGlobal, R"sql(
  SELECT id, version, state, document, created_at, started_at, ended_at, winner, share_changed, results, forgotten
    FROM experiments_experiments WHERE key = $1
)sql"};
constexpr Query kInsert{"experiments.insert", Home::kGlobal, R"sql(
  INSERT INTO experiments_experiments (key, id, version, state, document, created_at, share_changed, forgotten)
  VALUES ($1, $2, $3, $4, $5, $6, 0, 0)
)sql"};
constexpr Query kUpdate{"experiments.update", Home::kGlobal, R"sql(
  UPDATE experiments_experiments SET version = $2, state = $3, document = $4, started_at = $5, ended_at = $6,
                                     winner = $7, share_changed = $8, results = $9, forgotten = $10
   WHERE key = $1
)sql"};
constexpr Query kRemove{"experiments.remove", Home::kGlobal, "DELETE FROM experiments_experiments WHERE key = $1"};

constexpr Query kCountVisitors{"experiments.count_visitors", Home::kTelemetry,
                               "SELECT COUNT(*) FROM experiments_visitors WHERE experiment_id = $1"};
constexpr Query kVisitorsByArm{"experiments.visitors_by_arm", Home::kTelemetry, R"sql(
  SELECT arm, COUNT(*) FROM experiments_visitors WHERE experiment_id = $1 GROUP BY arm
)sql"};
constexpr Query kBuyers{"experiments.buyers", Home::kTelemetry, R"sql(
  SELECT visitor, arm, orders, revenue FROM experiments_visitors
   WHERE experiment_id = $1 AND visitor >= $2 AND orders > 0 ORDER BY visitor LIMIT $3
)sql"};
constexpr Query kForget{"experiments.forget", Home::kTelemetry, R"sql(
  DELETE FROM experiments_visitors WHERE (experiment_id, visitor) IN
    (SELECT experiment_id, visitor FROM experiments_visitors WHERE experiment_id = $1 LIMIT $2)
)sql"};

Result<Kept> kept_of(const db::Rows::Row& row) {
  Kept kept;
  kept.id = row.id<ExperimentId>(0);
  kept.version = row.i64(1);
  kept.state = static_cast<State>(row.i64(2));
  TRY(kept.definition, json::read<Definition>(row.text(3)));
  kept.created_at = row.time(4);
  if (const auto at = row.opt_i64(5)) kept.started_at = Time{*at};
  if (const auto at = row.opt_i64(6)) kept.ended_at = Time{*at};
  kept.winner = row.opt_str(7);
  kept.share_changed = row.flag(8);
  if (!row.is_null(9)) {
    TRY(kept.results, json::read<Results>(row.text(9)));
  }
  kept.forgotten = row.flag(10);
  return kept;
}

}  // namespace

const Query kNoteVisitor{"experiments.note_visitor", Home::kTelemetry, R"sql(
  INSERT INTO experiments_visitors (experiment_id, visitor, arm, first_at, orders, revenue)
  VALUES ($1, $2, $3, $4, 0, 0)
  ON CONFLICT (experiment_id, visitor) DO NOTHING
)sql"};
const Query kCountOrder{"experiments.count_order", Home::kTelemetry, R"sql(
  UPDATE experiments_visitors SET orders = orders + 1, revenue = revenue + $4
   WHERE experiment_id = $1 AND visitor = $2 AND first_at <= $3
)sql"};
const Query kRenameVisitor{"experiments.rename_visitor", Home::kTelemetry, R"sql(
  UPDATE experiments_visitors SET visitor = $3 WHERE experiment_id = $1 AND visitor = $2
     AND NOT EXISTS (SELECT 1 FROM experiments_visitors AS other WHERE other.experiment_id = $1 AND other.visitor = $3)
)sql"};
const Query kForgetIdle{"experiments.forget_idle", Home::kTelemetry, R"sql(
  DELETE FROM experiments_visitors WHERE experiment_id = $1 AND visitor = $2 AND orders = 0
)sql"};
const Query kForgetVisitor{"experiments.forget_visitor", Home::kTelemetry,
                           "DELETE FROM experiments_visitors WHERE experiment_id = $1 AND visitor = $2"};

Result<std::vector<Kept>> all(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kAll));
  std::vector<Kept> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    TRY(auto kept, kept_of(row));
    out.push_back(std::move(kept));
  }
  return out;
}

Result<std::optional<Kept>> find(db::Tx& tx, const std::string& key) {
  TRY(const auto rows, tx.ask(kFind, key));
  if (rows.empty()) return std::nullopt;
  TRY(auto kept, kept_of(rows.front()));
  return std::optional<Kept>(std::move(kept));
}

Result<void> insert(db::Tx& tx, const Kept& one) {
  const std::string document = json::print(one.definition);
  TRY_DO(tx.run(kInsert, one.definition.key, one.id, one.version, one.state, document, one.created_at));
  return {};
}

Result<void> update(db::Tx& tx, const Kept& one) {
  const std::string document = json::print(one.definition);
  const std::string results = one.results ? json::print(*one.results) : std::string();
  TRY_DO(tx.run(kUpdate, one.definition.key, one.version, one.state, document, one.started_at, one.ended_at, one.winner,
                one.share_changed, one.results ? db::Param(results) : db::Param(db::Null{}), one.forgotten));
  return {};
}

Result<void> remove(db::Tx& tx, const std::string& key) {
  TRY_DO(tx.run(kRemove, key));
  return {};
}

Result<std::int64_t> count_visitors(db::Tx& tx, ExperimentId experiment) {
  TRY(const auto rows, tx.ask(kCountVisitors, experiment));
  return rows.front().i64(0);
}

Result<std::vector<ArmSums>> sums(db::Tx& tx, ExperimentId experiment, std::size_t arms) {
  std::vector<ArmSums> out(arms);
  const auto arm_in = [&](std::int64_t number) -> ArmSums& {
    KONTOR_ASSERT(number >= 0 && static_cast<std::size_t>(number) < arms);
    return out[static_cast<std::size_t>(number)];
  };
  TRY(const auto counts, tx.ask(kVisitorsByArm, experiment));
  for (const auto& row : counts) arm_in(row.i64(0)).visitors = row.i64(1);
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  for (;;) {
    TRY(const auto rows, tx.ask(kBuyers, experiment, from, kPage));
    for (const auto& row : rows) {
      ArmSums& arm = arm_in(row.i64(1));
      arm.buyers += 1;
      arm.orders += row.i64(2);
      arm.revenue += row.i64(3);
      const auto revenue = static_cast<double>(row.i64(3));
      arm.squares += revenue * revenue;
    }
    if (rows.size() < static_cast<std::size_t>(kPage)) return out;
    from = rows[rows.size() - 1].i64(0) + 1;
  }
}

Result<std::int64_t> forget(db::Tx& tx, ExperimentId experiment, int limit) {
  return tx.run(kForget, experiment, limit);
}

}  // namespace kontor::experiments::store
