// One SQLite connection with its prepared statements. It owns the handle and is used by one thread at a time.
// Statements are prepared once and kept by the address of their text; answers are copied out before the next call.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "ports/db.h"

struct sqlite3;
struct sqlite3_stmt;

namespace kontor::db_sqlite {

class Spares;

// SQLite's handle, and the statements prepared on it by the address of their text.
struct Opened {
  struct Prepared {
    std::string text;  // as given: an address may be used again for another text
    sqlite3_stmt* statement = nullptr;
  };
  explicit Opened(sqlite3* opened) : handle(opened) {}
  ~Opened();
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  sqlite3* handle;
  bool failed = false;  // a file did not do what it was asked for: who knows what else went wrong
  std::string schema;   // where it may become a spare
  std::unordered_map<const char*, Prepared> statements;
};

class Connection {
 public:
  struct Settings {
    std::string path;
    std::string vfs;          // empty: the system's files
    bool query_only = false;  // a reader
    bool sync = true;         // synchronous=FULL; without, a power cut may take what was acknowledged
    int cache_kb = 16 * 1024;
    Spares* spares = nullptr;  // outlives the connection; only for a file layer that knows them (the simulator)
  };
  // Errors say in one line what is wrong with the file: db.damaged, db.read_only, db.full, db.locked, db.open.
  static Result<std::unique_ptr<Connection>> open(const Settings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The rows changed (or seen, for a statement that only reads).
  Result<std::int64_t> run(const db::Query& query, std::span<const db::Param> params = {});
  Result<db::Rows> ask(const db::Query& query, std::span<const db::Param> params = {});
  // Of a statement that ends with "RETURNING id": the new row's id. It is prepared without these words.
  Result<std::int64_t> insert(const db::Query& query, std::span<const db::Param> params);
  // Any number of statements without parameters, not kept.
  Result<void> exec(const std::string& script);

  bool in_transaction() const;
  std::int64_t total_changes() const;
  // Copies committed pages from the log into the file as far as readers allow. True when nothing is left to copy.
  Result<bool> checkpoint();
  // Frames in the log after this connection's last commit.
  std::int64_t wal_frames() const { return wal_frames_; }
  bool refuses_writes() const { return query_only_; }

 private:
  class Bound;
  Connection(std::unique_ptr<Opened> opened, const Settings& settings);
  Result<void> configure(const Settings& settings);
  void count_frames();
  Result<sqlite3_stmt*> prepared(const db::Query& query, std::string_view without = {});
  Result<void> bind(sqlite3_stmt* statement, const db::Query& query, std::span<const db::Param> params);
  Error error(int code, std::string_view what) const;

  std::unique_ptr<Opened> opened_;
  sqlite3* handle_;
  bool query_only_;
  std::int64_t wal_frames_ = 0;
  Spares* spares_;
  std::string path_;
};

// Sets SQLite up for this process; before anything else is asked of it. Repeating it does nothing. A program that uses
// it on one thread only may say so at first: SQLite then takes no locks.
void start_sqlite(bool one_thread = false);

// How an SQLite result code reads to callers.
Error sqlite_error(int extended_code, std::string detail);

}  // namespace kontor::db_sqlite
