#include "adapters/db_postgres/connection.h"

#include <array>
#include <cstdio>

#include "base/assert.h"
#include "runtime/fiber.h"

namespace kontor::db_postgres {
namespace {

constexpr Oid kByteaOid = 17, kInt8Oid = 20, kTextOid = 25;
constexpr int kBinary = 1;
constexpr std::string_view kTransactionAborted = "25P02";

Oid oid_of(char kind) { return kind == 'i' ? kInt8Oid : kind == 't' ? kTextOid : kind == 'b' ? kByteaOid : 0; }

bool covers(const std::string& kinds, std::span<const db::Param> params) {
  if (kinds.size() != params.size()) return false;
  for (std::size_t i = 0; i < params.size(); ++i)
    if (params[i].kind != db::Param::Kind::kNull && kinds[i] != kind_letter(params[i])) return false;
  return true;
}

// The parameters as libpq takes them, all binary: an integer is eight bytes, the first one highest.
struct Bound {
  static constexpr std::size_t kInline = 24;
  explicit Bound(std::span<const db::Param> params) {
    const std::size_t count = params.size();
    if (count > kInline) {
      many_values.resize(count);
      many_sizes.resize(count);
      many_formats.assign(count, kBinary);
      many_numbers.resize(count);
    }
    values = count > kInline ? many_values.data() : few_values.data();
    sizes = count > kInline ? many_sizes.data() : few_sizes.data();
    auto* numbers = count > kInline ? many_numbers.data() : few_numbers.data();
    formats = count > kInline ? many_formats.data() : few_formats.data();
    if (count <= kInline) few_formats.fill(kBinary);
    for (std::size_t i = 0; i < count; ++i) bind(params[i], i, numbers[i]);
  }
  void bind(const db::Param& param, std::size_t at, std::array<char, 8>& number) {
    switch (param.kind) {
      case db::Param::Kind::kNull:
        values[at] = nullptr;
        sizes[at] = 0;
        return;
      case db::Param::Kind::kInt: {
        const auto bits = static_cast<std::uint64_t>(param.number);
        for (std::size_t i = 0; i < 8; ++i) number[i] = static_cast<char>(bits >> (56 - 8 * i));
        values[at] = number.data();
        sizes[at] = 8;
        return;
      }
      case db::Param::Kind::kText:
      case db::Param::Kind::kBlob:
        values[at] = param.bytes.data() == nullptr ? "" : param.bytes.data();
        sizes[at] = static_cast<int>(param.bytes.size());
        return;
    }
  }
  const char** values;
  int* sizes;
  int* formats;
  std::array<const char*, kInline> few_values;
  std::array<int, kInline> few_sizes, few_formats;
  std::array<std::array<char, 8>, kInline> few_numbers;
  std::vector<const char*> many_values;
  std::vector<int> many_sizes, many_formats;
  std::vector<std::array<char, 8>> many_numbers;
};

void ignore_notices(void*, const PGresult*) {}

}  // namespace

char kind_letter(const db::Param& param) {
  switch (param.kind) {
    case db::Param::Kind::kNull:
      return '?';
    case db::Param::Kind::kInt:
      return 'i';
    case db::Param::Kind::kText:
      return 't';
    case db::Param::Kind::kBlob:
      return 'b';
  }
  return '?';
}

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings, Mode mode) {
  const char* keys[] = {"dbname", "fallback_application_name", nullptr};
  const char* values[] = {settings.url.c_str(), "kontor", nullptr};
  PGconn* raw = PQconnectStartParams(keys, values, 1);
  if (raw == nullptr) return fail(Errc::kUnavailable, "db.memory", "There is no memory to connect to PostgreSQL.");
  std::unique_ptr<Connection> connection(new Connection(raw, settings));
  PQsetNoticeReceiver(raw, ignore_notices, nullptr);
  TRY_DO(connection->finish_connecting());
  TRY_DO(connection->set_up(mode));
  return connection;
}

Connection::~Connection() { PQfinish(pq_); }

Result<void> Connection::finish_connecting() {
  if (PQstatus(pq_) == CONNECTION_BAD) return fail(Errc::kUnavailable, "db.away", one_line(PQerrorMessage(pq_)));
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
    if (!wait(state == PGRES_POLLING_WRITING, settings_.connect_timeout_ms)) {
      return fail(Errc::kUnavailable, "db.away",
                  "PostgreSQL did not answer within " + std::to_string(settings_.connect_timeout_ms) + " ms.");
    }
    state = PQconnectPoll(pq_);
  }
  if (state == PGRES_POLLING_FAILED) return fail(Errc::kUnavailable, "db.away", one_line(PQerrorMessage(pq_)));
  return {};
}

Result<void> Connection::set_up(Mode mode) {
  if (PQserverVersion(pq_) < 130000) {
    return fail(Errc::kUnavailable, "db.open",
                "PostgreSQL 13 or later is needed; this server is version " +
                    std::to_string(PQserverVersion(pq_) / 10000) + ".");
  }
  const char* encoding = PQparameterStatus(pq_, "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return fail(Errc::kUnavailable, "db.open", "The PostgreSQL database must have the encoding UTF8.");
  }
  PQsetnonblocking(pq_, 1);
  PQsetClientEncoding(pq_, "UTF8");
  PQsetErrorVerbosity(pq_, PQERRORS_TERSE);
  // Serialisable functions lock what they read: a sequential scan locks the whole table and makes strangers repeat, so
  // writers take an index wherever there is one. Compiling a statement never pays for statements of milliseconds.
  // Batches are many, small and always the same; planning each anew would cost more than it finds.
  const bool batched = mode == Mode::kBatch || mode == Mode::kReadBatch;
  std::string session =
      "SET client_min_messages = 'error'; SET jit = off; SET TIME ZONE 'UTC'; SET standard_conforming_strings = on;"
      "SET idle_in_transaction_session_timeout = '60s';"
      "SET statement_timeout = " +
      std::to_string(settings_.statement_timeout_ms) +
      "; "
      "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL ";
  session += mode == Mode::kBatch   ? "read committed, read write"
             : mode == Mode::kWrite ? "SERIALIZABLE, READ WRITE"
                                    : "REPEATABLE READ, READ ONLY";
  if (writes(mode)) {
    const int spread = PQbackendPID(pq_) * 7 % 32;
    const std::int64_t lock_ms = batched ? settings_.gate_timeout_ms : settings_.lock_timeout_ms * (16 + spread) / 16;
    session += "; SET enable_seqscan = off; SET lock_timeout = " + std::to_string(lock_ms);
  }
  if (batched) {
    session +=
        "; SET plan_cache_mode = force_generic_plan; SET enable_hashjoin = off; SET enable_mergejoin = off"
        "; SET enable_seqscan = off; SET idle_in_transaction_session_timeout = '10s'";
  }
  if (batched && PQserverVersion(pq_) >= 140000) {
    // Who dies with the gate in hand leaves it soon, even in the middle of a statement.
    session += "; SET enable_memoize = off; SET client_connection_check_interval = '1s'";
  }
  // A purchase's plan is long enough to be packed, which the server's own way takes longer for than for all else of the
  // row. Servers may be built without the other.
  session +=
      "; SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings"
      " WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)";
  if (auto failed = script(session)) return fail(std::move(failed->error));
  if (PQenterPipelineMode(pq_) != 1) return fail(lost_failure("pipeline").error);
  return {};
}

bool Connection::wait(bool to_write, std::int64_t timeout_ms) {
  const auto what = to_write ? runtime::Ready::kWritable : runtime::Ready::kReadable;
  return runtime::wait_ready(PQsocket(pq_), what, timeout_ms).has_value();
}

const Connection::Statement& Connection::statement_for(const db::Query& query, std::span<const db::Param> params) {
  Prepared& prepared = prepared_[&query];
  if (prepared.text != query.sql.data()) prepared = {query.sql.data(), {}};
  for (const Statement& statement : prepared.statements)
    if (covers(statement.kinds, params)) return statement;

  // A NULL tells no type; what an earlier call with a value said is kept, so that few variants arise.
  std::string kinds;
  std::vector<Oid> types;
  for (std::size_t i = 0; i < params.size(); ++i) {
    char kind = kind_letter(params[i]);
    if (kind == '?' && !prepared.statements.empty()) {
      const std::string& earlier = prepared.statements.back().kinds;
      if (i < earlier.size()) kind = earlier[i];
    }
    kinds += kind;
    types.push_back(oid_of(kind));
  }
  const std::string name = "k" + std::to_string(next_name_++);
  const std::string sql(query.sql);
  if (PQsendPrepare(pq_, name.c_str(), sql.c_str(), static_cast<int>(types.size()), types.data()) != 1) lost_ = true;
  expected_.push_back({Expected::Kind::kPrepare, query.name, &query, nullptr});
  return prepared.statements.emplace_back(Statement{std::move(kinds), name});
}

// Behind another failure it was not looked at.
void Connection::forget(const Expected& prepare, const PGresult* result) {
  if (prepare.set != nullptr) {
    const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state != nullptr && std::string_view(state) != kTransactionAborted) prepare.set->broken = true;
    prepared_sets_.erase(prepare.set);
  } else {
    prepared_.erase(prepare.query);
  }
}

void Connection::add_set(SetStatement& statement, std::span<const std::string> arrays) {
  if (lost_) return;
  queue_rollback();
  PreparedSet& prepared = prepared_sets_[&statement];
  if (prepared.name.empty() || prepared.sql != statement.sql) {
    prepared = {statement.sql, "s" + std::to_string(next_name_++)};
    if (PQsendPrepare(pq_, prepared.name.c_str(), statement.sql.c_str(), 0, nullptr) != 1) lost_ = true;
    expected_.push_back({Expected::Kind::kPrepare, statement.query->name, statement.query, &statement});
  }
  std::vector<const char*> values;
  std::vector<int> sizes;
  const std::vector<int> formats(arrays.size(), kBinary);
  for (const std::string& array : arrays) {
    values.push_back(array.data());
    sizes.push_back(static_cast<int>(array.size()));
  }
  if (PQsendQueryPrepared(pq_, prepared.name.c_str(), static_cast<int>(arrays.size()), values.data(), sizes.data(),
                          formats.data(), kBinary) != 1) {
    lost_ = true;
  }
  expected_.push_back({Expected::Kind::kStatement, statement.query->name, statement.query, &statement});
}

void Connection::queue_rollback() {
  if (std::exchange(rolls_back_later_, false)) add_control("ROLLBACK");
}

void Connection::add_control(const char* sql) {
  if (lost_) return;
  queue_rollback();
  if (PQsendQueryParams(pq_, sql, 0, nullptr, nullptr, nullptr, nullptr, kBinary) != 1) lost_ = true;
  expected_.push_back({Expected::Kind::kControl, "db.control", nullptr, nullptr});
}

void Connection::add_commit() {
  add_control("COMMIT");
  if (!expected_.empty()) expected_.back().kind = Expected::Kind::kCommit;
}

void Connection::add_statement(const db::Query& query, std::span<const db::Param> params) {
  if (lost_) return;
  queue_rollback();
  KONTOR_ASSERT(params.size() < 65536);
  const Statement& statement = statement_for(query, params);
  const Bound bound(params);
  if (PQsendQueryPrepared(pq_, statement.name.c_str(), static_cast<int>(params.size()), bound.values, bound.sizes,
                          bound.formats, kBinary) != 1) {
    lost_ = true;
  }
  expected_.push_back({Expected::Kind::kStatement, query.name, &query, nullptr});
}

std::optional<Failure> Connection::describe(const db::Query& query, std::span<const db::Param> params,
                                            std::string& kinds) {
  KONTOR_ASSERT(quiet());
  if (lost_) return lost_failure(query.name);
  queue_rollback();
  if (PQsendDescribePrepared(pq_, statement_for(query, params).name.c_str()) != 1) lost_ = true;
  expected_.push_back({Expected::Kind::kStatement, query.name, &query, nullptr});
  std::vector<ResultPtr> answers;
  if (auto failure = exchange(answers)) return failure;
  kinds.clear();
  for (int at = 0; at < PQnparams(answers.front().get()); ++at) {
    const Oid type = PQparamtype(answers.front().get(), at);
    kinds += type == kInt8Oid ? 'i' : type == kTextOid ? 't' : type == kByteaOid ? 'b' : '?';
  }
  return std::nullopt;
}

// While much is sent the server may already answer, and stops reading when nobody takes the answers: both are served.
bool Connection::flush() {
  constexpr std::int64_t kLookMs = 20;
  std::int64_t patience_ms = settings_.answer_timeout_ms;
  for (int left = PQflush(pq_); left != 0; left = PQflush(pq_)) {
    if (left < 0 || patience_ms <= 0) return false;
    if (!wait(true, kLookMs)) patience_ms -= kLookMs;
    if (PQconsumeInput(pq_) != 1) return false;
  }
  return true;
}

bool Connection::wait_for_result() {
  while (PQisBusy(pq_) != 0) {
    if (!wait(false, settings_.answer_timeout_ms)) return false;
    // A server that goes away says why in its last words, which are still to be read then.
    if (PQconsumeInput(pq_) != 1 && PQisBusy(pq_) != 0) return false;
  }
  return true;
}

// Null when the connection is lost. Commands are separated by empty results, which are passed over.
PGresult* Connection::next_result() {
  for (int empty = 0; empty < 4; ++empty) {
    if (!wait_for_result()) break;
    if (PGresult* result = PQgetResult(pq_)) return result;
    if (PQstatus(pq_) == CONNECTION_BAD) break;
  }
  lost_ = true;
  return nullptr;
}

bool Connection::skip_until_sync() {
  while (true) {
    const ResultPtr result(next_result());
    if (!result) return false;
    if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) return true;
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) {  // ROLLBACK and the end of a read do not fail
      lost_ = true;
      return false;
    }
  }
}

std::optional<Failure> Connection::exchange(std::vector<ResultPtr>& answers) {
  KONTOR_ASSERT(lost_ || dispatched_.empty());
  dispatch();
  return collect(answers);
}

void Connection::dispatch() {
  dispatched_.push_back(std::exchange(expected_, {}));
  if (!lost_ && PQpipelineSync(pq_) != 1) lost_ = true;
  if (!lost_ && !flush()) lost_ = true;
}

std::optional<Failure> Connection::collect(std::vector<ResultPtr>& answers) {
  KONTOR_ASSERT(!dispatched_.empty());
  const std::vector<Expected>& all = dispatched_.front();
  const std::string_view first = all.empty() ? "db.control" : all.front().what;
  if (lost_) return lost_failure(first);
  for (; syncs_to_skip_ > 0; --syncs_to_skip_)
    if (!skip_until_sync()) return lost_failure(first);

  std::optional<Failure> failed;
  for (const Expected& expected : all) {
    ResultPtr result(next_result());
    if (!result) return failed ? failed : lost_failure(expected.what);
    const auto status = PQresultStatus(result.get());
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!good && expected.kind == Expected::Kind::kPrepare) forget(expected, result.get());
    if (!good && !failed) failed = failure_of(result.get(), expected.what);
    if (failed && failed->kind == Failure::Kind::kLost) {
      lost_ = true;
      return failed;
    }
    // COMMIT of a transaction that failed before succeeds, as a ROLLBACK; PostgresTx never asks for that.
    KONTOR_ASSERT(!good || expected.kind != Expected::Kind::kCommit ||
                  std::string_view(PQcmdStatus(result.get())) == "COMMIT");
    if (good && expected.kind == Expected::Kind::kStatement) answers.push_back(std::move(result));
  }
  return finish_exchange(std::move(failed));
}

// A server that is told to stop may end the session between its last answer and the end of the exchange. What it said
// it committed is committed.
std::optional<Failure> Connection::finish_exchange(std::optional<Failure> failed) {
  const ResultPtr sync(next_result());
  if (sync && PQresultStatus(sync.get()) == PGRES_PIPELINE_SYNC) {
    dispatched_.pop_front();
    return failed;
  }
  Failure lost = sync ? failure_of(sync.get(), "db.control") : lost_failure("db.control");
  lost_ = true;
  const auto& all = dispatched_.front();
  const bool committed = !all.empty() && all.back().kind == Expected::Kind::kCommit;
  if (failed || committed) return failed;
  return Failure{Failure::Kind::kLost, std::move(lost.error)};
}

void Connection::send_off() {
  KONTOR_ASSERT(lost_ || dispatched_.empty());
  if (lost_) return;
  queue_rollback();
  if (PQpipelineSync(pq_) != 1 || !flush()) {
    lost_ = true;
    return;
  }
  expected_.clear();
  ++syncs_to_skip_;
}

bool Connection::alive() {
  if (lost_ || PQconsumeInput(pq_) != 1 || PQstatus(pq_) == CONNECTION_BAD) lost_ = true;
  return !lost_;
}

std::optional<Failure> Connection::script(const std::string& sql) {
  KONTOR_ASSERT(!rolls_back_later_);
  const bool pipelined = PQpipelineStatus(pq_) != PQ_PIPELINE_OFF;
  expected_.push_back(
      {Expected::Kind::kControl, "script", nullptr, nullptr});  // not settled if the wait below is torn away
  for (; syncs_to_skip_ > 0; --syncs_to_skip_)
    if (!skip_until_sync()) return lost_failure("script");
  if (pipelined && PQexitPipelineMode(pq_) != 1) return lost_failure("script");
  if (PQsendQuery(pq_, sql.c_str()) != 1 || !flush()) return lost_failure("script");
  std::optional<Failure> failed;
  while (true) {
    if (!wait_for_result()) return lost_failure("script");
    const ResultPtr result(PQgetResult(pq_));
    if (!result) break;
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && !failed) failed = failure_of(result.get(), "script");
  }
  if (PQstatus(pq_) == CONNECTION_BAD) return lost_failure("script");
  if (pipelined && PQenterPipelineMode(pq_) != 1) return lost_failure("script");
  expected_.clear();
  return failed;
}

Failure Connection::lost_failure(std::string_view what) {
  lost_ = true;
  const std::string said = one_line(PQerrorMessage(pq_));
  return {Failure::Kind::kLost, Error{Errc::kUnavailable,
                                      "db.away",
                                      std::string(what) + ": " + (said.empty() ? "PostgreSQL does not answer." : said),
                                      {},
                                      {},
                                      0}};
}

}  // namespace kontor::db_postgres
