// One connection to PostgreSQL, always in pipeline mode: commands are queued, sent together and answered together. It
// owns the statements prepared on it, one for each Query and kinds of parameters. Waiting for the socket lets other
// fibers run.
#pragma once
#include <libpq-fe.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/db_postgres/answer.h"
#include "base/result.h"
#include "ports/db.h"

namespace kontor::db_postgres {

struct ConnectionSettings {
  std::string url;
  std::int64_t connect_timeout_ms = 5'000;
  std::int64_t answer_timeout_ms = 30'000;  // a server that is silent for longer is taken for gone
  std::int64_t statement_timeout_ms = 20'000;
  std::int64_t lock_timeout_ms = 100;     // a writer's, see PostgresStore::Options
  std::int64_t gate_timeout_ms = 10'000;  // how long a batch waits for those who write without it
};

// A batch that writes holds the gate alone (gate.h), so it needs no isolation of its own.
enum class Mode { kWrite, kRead, kBatch, kReadBatch };
constexpr bool writes(Mode mode) { return mode == Mode::kWrite || mode == Mode::kBatch; }

// A statement for many sets of parameters, each parameter an array; see set_text.h.
struct SetStatement {
  const db::Query* query = nullptr;
  std::string kinds;  // a letter for each array: i, t, b
  std::string sql;
  bool broken = false;  // the server could not prepare it
};

// How a value is bound: 'i', 't' or 'b', and '?' for NULL, which has no type of its own.
char kind_letter(const db::Param& param);

class Connection {
 public:
  // kUnavailable "db.away" when the server does not answer, "db.open" when it refuses or does not fit.
  static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings, Mode mode);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Queue a command. `control` is BEGIN and its kin: literal SQL without parameters, whose answer is only success.
  void add_control(const char* sql);
  void add_commit();
  void add_statement(const db::Query& query, std::span<const db::Param> params);
  // `arrays`: the binary form of each.
  void add_set(SetStatement& statement, std::span<const std::string> arrays);
  // The kinds of the statement's parameters, as the server understands it; ? for what is none of ours. By itself, not
  // among queued commands.
  std::optional<Failure> describe(const db::Query& query, std::span<const db::Param> params, std::string& kinds);
  // Sends what is queued and waits for all answers: one for each statement, in order, as far as they went well.
  std::optional<Failure> exchange(std::vector<ResultPtr>& answers);
  // The two halves of it; several dispatches may be under way, and are collected in their order.
  void dispatch();
  std::optional<Failure> collect(std::vector<ResultPtr>& answers);
  // Sends what is queued without waiting; the next exchange passes over the answers.
  void send_off();
  // ROLLBACK, which goes with what is queued next, or by send_off().
  void roll_back_later() { rolls_back_later_ = true; }

  // Several statements separated by `;`, outside the pipeline; for migrations and the set-up of the session.
  std::optional<Failure> script(const std::string& sql);

  void set_answer_timeout_ms(std::int64_t ms) { settings_.answer_timeout_ms = ms; }

  bool lost() const { return lost_; }
  // Nothing is queued or unanswered but what send_off() left: the connection may be used by the next.
  bool settled() const { return !lost_ && expected_.empty() && dispatched_.empty() && !rolls_back_later_; }
  // A cheap look whether the server closed the connection while it was idle.
  bool alive();

 private:
  struct Statement {
    std::string kinds;  // a letter for each parameter: i, t, b, or ? while only NULL was seen
    std::string name;
  };
  struct Prepared {
    const char* text = nullptr;  // where the SQL lies: a test's Query may have the address of an earlier one
    std::vector<Statement> statements;
  };
  struct Expected {
    enum class Kind { kControl, kCommit, kPrepare, kStatement } kind;
    std::string_view what;
    const db::Query* query = nullptr;
    SetStatement* set = nullptr;
  };

  Connection(PGconn* connection, const ConnectionSettings& settings) : pq_(connection), settings_(settings) {}
  Result<void> finish_connecting();
  Result<void> set_up(Mode mode);
  const Statement& statement_for(const db::Query& query, std::span<const db::Param> params);
  bool wait(bool to_write, std::int64_t timeout_ms);
  bool flush();
  PGresult* next_result();
  std::optional<Failure> finish_exchange(std::optional<Failure> failed);
  bool quiet() const { return expected_.empty() && dispatched_.empty(); }
  bool skip_until_sync();
  bool wait_for_result();
  void forget(const Expected& prepare, const PGresult* result);
  void queue_rollback();
  Failure lost_failure(std::string_view what);

  PGconn* pq_;
  ConnectionSettings settings_;
  bool lost_ = false;
  bool rolls_back_later_ = false;
  std::vector<Expected> expected_;                // of what is queued
  std::deque<std::vector<Expected>> dispatched_;  // and not collected, the oldest first
  int syncs_to_skip_ = 0;
  int next_name_ = 1;
  std::unordered_map<const db::Query*, Prepared> prepared_;
  struct PreparedSet {
    std::string sql;
    std::string name;
  };
  std::unordered_map<const SetStatement*, PreparedSet> prepared_sets_;
};

}  // namespace kontor::db_postgres
