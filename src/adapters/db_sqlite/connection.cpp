#include "adapters/db_sqlite/connection.h"

#include <sqlite3.h>

#include <cerrno>
#include <mutex>

#include "adapters/db_sqlite/spares.h"
#include "adapters/db_sqlite/sql_text.h"
#include "base/assert.h"

namespace kontor::db_sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5000;

int note_frames(void* frames, sqlite3*, const char*, int count) {
  *static_cast<std::int64_t*>(frames) = count;
  return SQLITE_OK;
}

bool is_duplicate(int extended) {
  return extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
         extended == SQLITE_CONSTRAINT_ROWID;
}

bool is_of_the_files(int extended) {
  const int code = extended & 0xff;
  return code == SQLITE_IOERR || code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_FULL ||
         code == SQLITE_CANTOPEN || code == SQLITE_NOMEM;
}

// A null pointer would bind NULL instead of an empty text.
const char* address_of(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

}  // namespace

void start_sqlite(bool one_thread) {
  static std::once_flag once;
  std::call_once(once, [one_thread] {
    if (one_thread) sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);  // its counter is a lock that every allocation takes
    sqlite3_initialize();
  });
}

Error sqlite_error(int extended_code, std::string detail) {
  const auto make = [&](Errc code, const char* reason) { return Error{code, reason, std::move(detail), {}, {}, 0}; };
  if (is_duplicate(extended_code)) return make(Errc::kConflict, "db.duplicate");
  switch (extended_code & 0xff) {
    case SQLITE_CONSTRAINT:
      return make(Errc::kConflict, "db.constraint");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make(Errc::kUnavailable, "db.locked");
    case SQLITE_FULL:
      return make(Errc::kFull, "db.full");
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return make(Errc::kUnavailable, "db.damaged");
    case SQLITE_READONLY:
      return make(Errc::kUnavailable, "db.read_only");
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return make(Errc::kUnavailable, "db.open");
    case SQLITE_NOMEM:
      return make(Errc::kUnavailable, "db.memory");
    case SQLITE_TOOBIG:
      return make(Errc::kTooLarge, "db.too_large");
    default:
      return make(Errc::kInternal, "db.statement");
  }
}

// A statement with its parameters bound; it is reset when this goes.
class Connection::Bound {
 public:
  explicit Bound(sqlite3_stmt* statement) : statement_(statement) {}
  ~Bound() { sqlite3_reset(statement_); }
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;
  int step() { return sqlite3_step(statement_); }
  bool only_reads() const { return sqlite3_stmt_readonly(statement_) != 0; }

 private:
  sqlite3_stmt* statement_;
};

Opened::~Opened() {
  for (auto& [address, prepared] : statements) sqlite3_finalize(prepared.statement);
  sqlite3_close(handle);
}

Connection::Connection(std::unique_ptr<Opened> opened, const Settings& settings)
    : opened_(std::move(opened)),
      handle_(opened_->handle),
      query_only_(settings.query_only),
      spares_(settings.spares),
      path_(settings.path) {}

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
  if (settings.spares != nullptr) {
    TRY(auto spare, settings.spares->take(settings.path, settings.query_only));
    if (spare) {
      std::unique_ptr<Connection> connection(new Connection(std::move(spare), settings));
      connection->count_frames();
      return connection;
    }
  }
  start_sqlite();
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  const char* vfs = settings.vfs.empty() ? nullptr : settings.vfs.c_str();
  const int code = sqlite3_open_v2(settings.path.c_str(), &handle, flags, vfs);
  if (handle == nullptr)
    return fail(Errc::kUnavailable, "db.memory", "There is no memory to open " + settings.path + ".");
  std::unique_ptr<Connection> connection(new Connection(std::make_unique<Opened>(handle), settings));
  if (code != SQLITE_OK) return fail(connection->error(sqlite3_extended_errcode(handle), settings.path));
  if (auto configured = connection->configure(settings); !configured) {
    Error error = std::move(configured.error());
    error.detail = settings.path + ": " + error.detail;
    return fail(std::move(error));
  }
  if (settings.spares != nullptr) TRY_DO(settings.spares->note(settings.path, *connection->opened_));
  connection->count_frames();
  return connection;
}

void Connection::count_frames() { sqlite3_wal_hook(handle_, note_frames, &wal_frames_); }

Result<void> Connection::configure(const Settings& settings) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  const std::string cache = "PRAGMA cache_size=-" + std::to_string(settings.cache_kb);
  if (!settings.query_only) {
    TRY_DO(exec("PRAGMA page_size=4096; PRAGMA auto_vacuum=NONE"));
    static constexpr db::Query kWal{"db.wal", db::Home::kEvery, "PRAGMA journal_mode=WAL"};
    TRY(const db::Rows mode, ask(kWal));
    if (mode.empty() || mode.front().text(0) != "wal") {
      return fail(Errc::kUnavailable, "db.open", "the file system does not let SQLite keep a write-ahead log");
    }
  }
  TRY_DO(exec(cache + "; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=0"));
  TRY_DO(exec("PRAGMA secure_delete=FAST"));
  TRY_DO(exec(settings.sync ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF"));
  if (settings.query_only) TRY_DO(exec("PRAGMA query_only=ON"));
  return {};
}

Connection::~Connection() {
  if (spares_ != nullptr) spares_->keep(path_, query_only_, std::move(opened_));
}

Error Connection::error(int code, std::string_view what) const {
  opened_->failed |= is_of_the_files(code);
  // SQLite calls it an I/O error when there is no room for its shared memory.
  const int why = sqlite3_system_errno(handle_);
  if ((code & 0xff) == SQLITE_IOERR && (why == ENOSPC || why == EDQUOT))
    return sqlite_error(SQLITE_FULL, "there is no room left on the disk");
  std::string detail(what);
  detail += ": ";
  detail += sqlite3_errmsg(handle_);
  return sqlite_error(code, std::move(detail));
}

// `without`: an ending of the statement that is left out.
Result<sqlite3_stmt*> Connection::prepared(const db::Query& query, std::string_view without) {
  const std::string_view kept = query.sql.substr(0, without.empty() ? query.sql.size() : query.sql.rfind(without));
  Opened::Prepared& entry = opened_->statements[query.sql.data()];
  if (entry.statement != nullptr && entry.text == kept) return entry.statement;
  sqlite3_finalize(entry.statement);
  entry.statement = nullptr;
  entry.text = kept;
  const std::string text = numbered_parameters(kept);
  const int code = sqlite3_prepare_v3(handle_, text.c_str(), static_cast<int>(text.size() + 1),
                                      SQLITE_PREPARE_PERSISTENT, &entry.statement, nullptr);
  if (code != SQLITE_OK) return fail(error(code, query.name));
  KONTOR_ASSERT(entry.statement != nullptr);  // an empty text
  return entry.statement;
}

Result<void> Connection::bind(sqlite3_stmt* statement, const db::Query& query, std::span<const db::Param> params) {
  KONTOR_ASSERT(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) == params.size());
  if (query_only_ && sqlite3_stmt_readonly(statement) == 0) {
    return fail(Errc::kInternal, "db.write_in_read", std::string(query.name) + " writes, and was asked in a read.");
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    const db::Param& param = params[i];
    const int at = static_cast<int>(i) + 1;
    int code = SQLITE_OK;
    switch (param.kind) {
      case db::Param::Kind::kNull:
        code = sqlite3_bind_null(statement, at);
        break;
      case db::Param::Kind::kInt:
        code = sqlite3_bind_int64(statement, at, param.number);
        break;
      case db::Param::Kind::kText:
        code =
            sqlite3_bind_text64(statement, at, address_of(param.bytes), param.bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
        break;
      case db::Param::Kind::kBlob:
        code = sqlite3_bind_blob64(statement, at, address_of(param.bytes), param.bytes.size(), SQLITE_STATIC);
        break;
    }
    if (code != SQLITE_OK) return fail(error(code, query.name));
  }
  return {};
}

Result<std::int64_t> Connection::run(const db::Query& query, std::span<const db::Param> params) {
  TRY(sqlite3_stmt* const statement, prepared(query));
  TRY_DO(bind(statement, query, params));
  Bound bound(statement);
  std::int64_t rows = 0;
  int code = bound.step();
  for (; code == SQLITE_ROW; code = bound.step()) ++rows;
  if (code != SQLITE_DONE) return fail(error(code, query.name));
  return bound.only_reads() ? rows : sqlite3_changes64(handle_);
}

Result<db::Rows> Connection::ask(const db::Query& query, std::span<const db::Param> params) {
  TRY(sqlite3_stmt* const statement, prepared(query));
  TRY_DO(bind(statement, query, params));
  Bound bound(statement);
  db::Rows rows;
  const int columns = sqlite3_column_count(statement);
  rows.set_columns(static_cast<std::size_t>(columns));
  int code = bound.step();
  for (; code == SQLITE_ROW; code = bound.step()) {
    for (int column = 0; column < columns; ++column) {
      const auto bytes = [&](const void* data) {
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        return data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), size);
      };
      switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER:
          rows.add_int(sqlite3_column_int64(statement, column));
          break;
        case SQLITE_TEXT:
          rows.add_bytes(db::Param::Kind::kText, bytes(sqlite3_column_text(statement, column)));
          break;
        case SQLITE_BLOB:
          rows.add_bytes(db::Param::Kind::kBlob, bytes(sqlite3_column_blob(statement, column)));
          break;
        case SQLITE_NULL:
          rows.add_null();
          break;
        default:  // an overflow or a division made it REAL: no amount may be rounded on the way
          return fail(Errc::kInternal, "db.not_an_integer", std::string(query.name) + ": a number is not an integer.");
      }
    }
  }
  if (code != SQLITE_DONE) return fail(error(code, query.name));
  return rows;
}

Result<std::int64_t> Connection::insert(const db::Query& query, std::span<const db::Param> params) {
  constexpr std::string_view kReturning = "RETURNING id";
  KONTOR_ASSERT(query.sql.find(kReturning) != std::string_view::npos);
  TRY(sqlite3_stmt* const statement, prepared(query, kReturning));
  TRY_DO(bind(statement, query, params));
  Bound bound(statement);
  if (const int code = bound.step(); code != SQLITE_DONE) return fail(error(code, query.name));
  return sqlite3_last_insert_rowid(handle_);
}

Result<void> Connection::exec(const std::string& script) {
  const int code = sqlite3_exec(handle_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(error(code, std::string_view(script).substr(0, script.find('\n'))));
  return {};
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
std::int64_t Connection::total_changes() const { return sqlite3_total_changes64(handle_); }

Result<bool> Connection::checkpoint() {
  int frames = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  if ((code & 0xff) == SQLITE_BUSY) return false;
  if (code != SQLITE_OK) return fail(error(code, "checkpoint"));
  return frames == copied;
}

}  // namespace kontor::db_sqlite
