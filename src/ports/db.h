// The store port. Writes are functions: `db.write(homes, fn)` runs fn(Tx&) so that functions behave as if run one after
// another. An Error that fn returns undoes that function alone. A function may run more than once, so it does nothing
// but ask `tx` and assign to its captured outputs; it never waits, and nothing it captured may be touched by others
// while `write` runs. Both engines run the same SQL text in the common dialect: `$1` parameters, ON CONFLICT,
// RETURNING, UPDATE … FROM (VALUES …); integers for money, time (ms) and booleans. In PostgreSQL a `$n` has one type:
// CAST($1 AS BIGINT) where it is not plain.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

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

struct Blob {
  std::string_view bytes;
};
struct Null {};

// One bound parameter; texts and blobs are views that must outlive the call.
struct Param {
  enum class Kind : std::uint8_t { kNull, kInt, kText, kBlob };
  Kind kind = Kind::kNull;
  std::int64_t number = 0;
  std::string_view bytes;

  Param() = default;
  Param(Null) {}
  template <class T>
  requires std::is_integral_v<T> Param(T value) : kind(Kind::kInt), number(static_cast<std::int64_t>(value)) {}
  template <class T>
  requires std::is_enum_v<T> Param(T value) : kind(Kind::kInt), number(static_cast<std::int64_t>(value)) {}
  Param(std::string_view text) : kind(Kind::kText), bytes(text) {}
  Param(const std::string& text) : kind(Kind::kText), bytes(text) {}
  Param(const char* text) : kind(Kind::kText), bytes(text) {}
  Param(Blob blob) : kind(Kind::kBlob), bytes(blob.bytes) {}
  Param(Time time) : kind(Kind::kInt), number(time.ms) {}
  Param(Currency const& currency) : kind(Kind::kText), bytes(currency.code()) {}
  template <class Tag>
  Param(Id<Tag> id) : kind(Kind::kInt), number(id.value) {}
  template <class T>
  Param(const std::optional<T>& value) {
    if (value) *this = Param(*value);
  }
};

// The rows of one answer, owned. Views handed out live as long as the Rows.
class Rows {
 public:
  struct Cell {
    Param::Kind kind = Param::Kind::kNull;
    std::int64_t number = 0;  // the integer, or the offset of the bytes
    std::uint32_t size = 0;
  };
  class Row {
   public:
    Row(const Rows& rows, std::size_t at) : rows_(&rows), at_(at) {}
    bool is_null(std::size_t column) const { return cell(column).kind == Param::Kind::kNull; }
    std::int64_t i64(std::size_t column) const;       // asserts an integer; NULL is an assertion
    std::string_view text(std::size_t column) const;  // text or blob; NULL is ""
    std::string str(std::size_t column) const { return std::string(text(column)); }
    std::optional<std::int64_t> opt_i64(std::size_t column) const;
    std::optional<std::string> opt_str(std::size_t column) const;
    bool flag(std::size_t column) const { return i64(column) != 0; }
    Time time(std::size_t column) const { return Time{i64(column)}; }
    template <class IdType>
    IdType id(std::size_t column) const {
      return IdType{i64(column)};
    }
    template <class IdType>
    std::optional<IdType> opt_id(std::size_t column) const {
      const auto value = opt_i64(column);
      return value ? std::optional<IdType>(IdType{*value}) : std::nullopt;
    }

   private:
    const Cell& cell(std::size_t column) const;
    const Rows* rows_;
    std::size_t at_;
  };

  std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  bool empty() const { return cells_.empty(); }
  Row operator[](std::size_t at) const { return Row(*this, at); }
  Row front() const { return Row(*this, 0); }

  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t at) : rows_(&rows), at_(at) {}
    Row operator*() const { return Row(*rows_, at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Rows* rows_;
    std::size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

  // For adapters: a row is filled cell by cell.
  void set_columns(std::size_t columns) { columns_ = columns; }
  void add_null() { cells_.push_back({}); }
  void add_int(std::int64_t value) { cells_.push_back({Param::Kind::kInt, value, 0}); }
  void add_bytes(Param::Kind kind, std::string_view bytes) {
    cells_.push_back({kind, static_cast<std::int64_t>(bytes_.size()), static_cast<std::uint32_t>(bytes.size())});
    bytes_.append(bytes);
  }

 private:
  friend class Row;
  std::size_t columns_ = 0;
  std::vector<Cell> cells_;
  std::string bytes_;
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
