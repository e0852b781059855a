// The store port. Writes are functions: `db.write(homes, fn)` runs fn(Tx&) so that functions behave as if run one after
// another. An Error that fn returns undoes that function alone. A function may run more than once, so it does nothing
// but ask `tx` and assign to its captured outputs; it never waits, and nothing it captured may be touched by others
// while `write` runs. Both engines run the same SQL text in the common dialect: `$1` parameters, ON CONFLICT,
// RETURNING, UPDATE … FROM (VALUES …); integers for money, time (ms) and booleans. In PostgreSQL a `$n` has one type:
// CAST($1 AS BIGINT) where it is not plain.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/db_rows.h"

namespace kontor::db {

// Where a table lives. One Tx belongs to one home, or to several where the store keeps them together (see
// Store::together).
enum class Home : unsigned {
  kCustomer = 1,    // carts, checkouts, payments, ledger, orders, shipments
  kStock = 2,       // inventory
  kCatalog = 4,     // products, offers, categories
  kGlobal = 8,      // settings, jobs, sequences, leases, staff
  kTelemetry = 16,  // behaviour
  kEvery = 32,      // tables that exist beside each home: the outbox, consumer positions
};
struct Homes {
  unsigned bits = 0;
  constexpr Homes(Home home) : bits(static_cast<unsigned>(home)) {}  // NOLINT: a single home is a set of one
  constexpr explicit Homes(unsigned b) : bits(b) {}
  constexpr bool has(Home home) const { return (bits & static_cast<unsigned>(home)) != 0; }
};
constexpr Homes operator|(Homes a, Homes b) { return Homes(a.bits | b.bits); }
constexpr Homes operator|(Home a, Home b) { return Homes(a) | Homes(b); }

// A named statement. Queries are constants with static storage: adapters cache prepared statements by address.
struct Query {
  std::string_view name;  // "module.what", in metrics and errors
  Home home;
  std::string_view sql;
};

// One function's view of the store. Not kept beyond the function.
// A statement's Error that no attempt() undoes is the function's own, even if it drops it: every later statement and
// `write` answer it.
class Tx {
 public:
  virtual ~Tx() = default;
  // The rows a statement changed. A unique-key violation is Errc::kConflict with reason "db.duplicate".
  virtual Result<std::int64_t> run_params(const Query& query, std::span<const Param> params) = 0;
  virtual Result<Rows> ask_params(const Query& query, std::span<const Param> params) = 0;
  // Inserts one row into a table with a @serial id and answers that id. The statement ends with "RETURNING id"; an
  // engine that knows the id without leaves it out, since it doubles what the statement costs.
  virtual Result<std::int64_t> insert_params(const Query& query, std::span<const Param> params) {
    auto rows = ask_params(query, params);
    if (!rows) return tl::unexpected<Error>(std::move(rows.error()));
    return rows->front().i64(0);
  }
  // The same statement for each set of parameters, in order, in one round trip where the engine has round trips.
  // Answers the rows changed by each. Stops at the first Error, which is the answer.
  virtual Result<std::vector<std::int64_t>> run_each(const Query& query, std::span<const std::vector<Param>> sets) = 0;
  // The rows of each, and the ids of each, in the same way.
  virtual Result<std::vector<Rows>> ask_each(const Query& query, std::span<const std::vector<Param>> sets);
  virtual Result<std::vector<std::int64_t>> insert_each(const Query& query, std::span<const std::vector<Param>> sets);
  // A write whose outcome the function need not know to go on: an engine with round trips sends it with what is asked
  // next, and before the end of the attempt() or function that it stands in. `check` (none: anything is right) is told
  // the rows changed; its Error, like the statement's, is that of a later statement or of the function.
  using Check = Result<void> (*)(std::int64_t changed);
  virtual Result<void> later_params(const Query& query, std::span<const Param> params, Check check);
  // One of two such writes, by serial_in_commit_order(): an engine may not know that before it sends it.
  virtual Result<void> later_by_order(const Query& in_order, const Query& otherwise, std::span<const Param> params);
  // Runs `part`; its Error undoes what the part did, and only that, and is handed on.
  virtual Result<void> attempt(const std::function<Result<void>()>& part) = 0;
  // Whether autoincrement values are handed out in commit order (one writer) or not (PostgreSQL).
  virtual bool serial_in_commit_order() const = 0;

  template <class... A>
  Result<std::int64_t> run(const Query& query, const A&... args) {
    if constexpr (sizeof...(A) == 0)
      return run_params(query, {});
    else {
      const Param params[] = {Param(args)...};
      return run_params(query, params);
    }
  }
  template <class... A>
  Result<std::int64_t> insert(const Query& query, const A&... args) {
    const Param params[] = {Param(args)...};
    return insert_params(query, params);
  }
  template <class... A>
  Result<void> later(const Query& query, Check check, const A&... args) {
    const Param params[] = {Param(args)...};
    return later_params(query, params, check);
  }
  template <class... A>
  Result<Rows> ask(const Query& query, const A&... args) {
    if constexpr (sizeof...(A) == 0)
      return ask_params(query, {});
    else {
      const Param params[] = {Param(args)...};
      return ask_params(query, params);
    }
  }
};

using Function = std::function<Result<void>(Tx&)>;

// Safe to call from any fiber and, blocking, from any plain thread. Errors of its own: kUnavailable (locked, away),
// kFull. After kTimeout or kUnavailable from `write`, the outcome may be unknown only when reason is
// "db.outcome_unknown".
class Store {
 public:
  virtual ~Store() = default;
  // Durable when it returns success.
  virtual Result<void> write(Homes homes, const Function& function) = 0;
  // A consistent snapshot; writing statements are refused.
  virtual Result<void> read(Homes homes, const Function& function) = 0;
  // A read that asks one statement at most (asserted where it matters): a statement is a snapshot by itself, and what
  // opens and ends one costs as much as a look-up by key.
  virtual Result<void> look(Homes homes, const Function& function) { return read(homes, function); }
  // Whether one write function may name tables of all these homes.
  virtual bool together(Homes homes) const = 0;
  // The physical stores behind the homes ("shop", "catalog", …), each with its own outbox; and the home that reaches
  // each.
  struct Place {
    std::string name;
    Home home;
  };
  virtual std::vector<Place> places() const = 0;
  virtual std::string_view engine() const = 0;  // "sqlite" or "postgresql"
};

// A numbered script of one module, in the common dialect with @id @int @text @blob @serial @clustered (see adapters).
struct Migration {
  std::string_view module;
  int number;
  std::string_view name;
  Home home;
  std::string_view sql;
};
// Applies what is missing, in order, each in one transaction with its row in `kontor_migrations`; repeating changes
// nothing.
class Migrator {
 public:
  virtual ~Migrator() = default;
  virtual Result<int> migrate(std::span<const Migration> migrations) = 0;  // how many were applied
};

}  // namespace kontor::db
