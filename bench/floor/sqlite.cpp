// The floor of a checkout on the embedded store: the rows and sizes that a purchase of three lines writes, in its two
// durable transactions, by one thread over bare SQLite with everything prepared and batches that are always full. It
// checks nothing, asks nothing and answers nobody; whatever sells must be slower. The store's own settings are used:
// WAL, synchronous=FULL, and checkpoints beside the writer.
// usage: kontor-floor-sqlite FOLDER SECONDS BATCH OFFERS
#include <sqlite3.h>
#include <time.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kLines = 3;
constexpr int kCheckpointFrames = 16384;

const char* const kTables = R"sql(
  CREATE TABLE stock (offer INTEGER, warehouse INTEGER, slot INTEGER, on_hand INTEGER, reserved INTEGER,
    allocated INTEGER, safety INTEGER, incoming INTEGER, incoming_at INTEGER, version INTEGER, last_movement INTEGER,
    PRIMARY KEY (offer, warehouse, slot)) WITHOUT ROWID;
  CREATE TABLE reservations (checkout INTEGER, line INTEGER, offer INTEGER, warehouse INTEGER, slot INTEGER,
    quantity INTEGER, state INTEGER, returned INTEGER, PRIMARY KEY (checkout, line)) WITHOUT ROWID;
  CREATE TABLE movements (id INTEGER PRIMARY KEY AUTOINCREMENT, offer INTEGER, warehouse INTEGER, slot INTEGER,
    kind INTEGER, d1 INTEGER, d2 INTEGER, d3 INTEGER, d4 INTEGER, d5 INTEGER, reason TEXT, reference TEXT, at INTEGER,
    previous INTEGER);
  CREATE TABLE carts (customer INTEGER PRIMARY KEY, version INTEGER, lines TEXT, claimed_by INTEGER, bought_by INTEGER,
    updated_at INTEGER);
  CREATE TABLE checkouts (id INTEGER PRIMARY KEY, customer INTEGER, key TEXT, fingerprint TEXT, state INTEGER,
    order_id INTEGER, answer_status INTEGER, created_at INTEGER, next_at INTEGER, answer TEXT, plan TEXT);
  CREATE UNIQUE INDEX checkout_key ON checkouts (customer, key);
  CREATE INDEX checkout_due ON checkouts (next_at) WHERE next_at IS NOT NULL;
  CREATE TABLE payments (id INTEGER PRIMARY KEY, checkout INTEGER, order_id INTEGER, state INTEGER, amount INTEGER,
    currency TEXT, refunded INTEGER, method TEXT, reference TEXT, created_at INTEGER);
  CREATE TABLE ledger (payment INTEGER, entry TEXT, debit TEXT, credit TEXT, amount INTEGER, currency TEXT, at INTEGER,
    PRIMARY KEY (payment, entry)) WITHOUT ROWID;
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, checkout INTEGER, state INTEGER, version INTEGER,
    currency TEXT, total INTEGER, email TEXT, document TEXT, created_at INTEGER, updated_at INTEGER);
  CREATE INDEX orders_customer ON orders (customer, id);
  CREATE INDEX orders_change ON orders (updated_at, id);
  CREATE TABLE shipments (id INTEGER PRIMARY KEY, order_id INTEGER, warehouse INTEGER, state INTEGER, items TEXT,
    created_at INTEGER, updated_at INTEGER);
  CREATE INDEX shipments_order ON shipments (order_id, id);
  CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, subject TEXT, body TEXT, at INTEGER);
)sql";

double now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

std::uint64_t g_luck = 88172645463325252ull;
std::int64_t luck(std::int64_t below) {
  g_luck ^= g_luck << 13, g_luck ^= g_luck >> 7, g_luck ^= g_luck << 17;
  return static_cast<std::int64_t>(g_luck % static_cast<std::uint64_t>(below));
}

// Pages in the write-ahead log after the last commit.
int g_frames = 0;
int note_frames(void*, sqlite3*, const char*, int frames) {
  g_frames = frames;
  return SQLITE_OK;
}

[[noreturn]] void die(sqlite3* db, const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
  std::exit(1);
}

sqlite3* open_store(const std::string& path) {
  sqlite3* db = nullptr;
  if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) die(db, "open");
  for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=0",
                             "PRAGMA cache_size=-65536"}) {
    if (sqlite3_exec(db, pragma, nullptr, nullptr, nullptr) != SQLITE_OK) die(db, pragma);
  }
  return db;
}

struct Value {
  std::int64_t number = 0;
  const std::string* text = nullptr;
  Value(std::int64_t n) : number(n) {}
  Value(const std::string& t) : text(&t) {}
};

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK) die(db, sql);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  void run(std::initializer_list<Value> values = {}) {
    int at = 0;
    for (const Value& value : values) {
      ++at;
      if (value.text != nullptr)
        sqlite3_bind_text(statement_, at, value.text->data(), static_cast<int>(value.text->size()), SQLITE_STATIC);
      else
        sqlite3_bind_int64(statement_, at, value.number);
    }
    while (sqlite3_step(statement_) == SQLITE_ROW) {
    }
    if (sqlite3_reset(statement_) != SQLITE_OK) die(db_, sqlite3_sql(statement_));
  }

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

class Floor {
 public:
  Floor(sqlite3* db, std::int64_t offers) : db_(db), offers_(offers) {}
  void fill(std::int64_t carts);
  void reserve(std::int64_t n);
  void place(std::int64_t n);

  sqlite3* db_;
  std::int64_t offers_;
  const std::string plan_ = std::string(1900, 'p'), document_ = std::string(1900, 'd'), answer_ = std::string(600, 'a'),
                    lines_ = std::string(300, 'l'), items_ = std::string(171, 'i'), print_ = std::string(32, 'f'),
                    currency_ = "USD", email_ = std::string(17, 'e'), method_ = "card",
                    reference_ = std::string(21, 'r'), entry_ = "capture", debit_ = "gateway", credit_ = "orders",
                    name_ = std::string(14, 'n'), subject_ = std::string(17, 's'), body_ = std::string(118, 'b'),
                    nothing_, none_ = "[]";
  Statement take{db_,
                 "UPDATE stock SET reserved = reserved + 1, version = version + 1, last_movement = last_movement + 1 "
                 "WHERE offer = ?1 AND warehouse = 1 AND slot = 0 AND on_hand - reserved - allocated - safety >= 1"};
  Statement sell{db_,
                 "UPDATE stock SET reserved = reserved - 1, allocated = allocated + 1, version = version + 1, "
                 "last_movement = last_movement + 1 WHERE offer = ?1 AND warehouse = 1 AND slot = 0"};
  Statement note{db_, "INSERT INTO reservations VALUES (?1, ?2, ?3, 1, 0, 1, 0, 0)"};
  Statement confirm{db_, "UPDATE reservations SET state = 1 WHERE checkout = ?1 AND line = ?2"};
  Statement move{db_, "INSERT INTO movements VALUES (NULL, ?1, 1, 0, ?2, 0, 1, 0, 0, 0, ?3, ?4, ?5, ?6)"};
  Statement claim{db_, "UPDATE carts SET claimed_by = ?2 WHERE customer = ?1"};
  Statement empty{
      db_, "UPDATE carts SET lines = ?2, claimed_by = 0, bought_by = ?3, version = version + 1 WHERE customer = ?1"};
  Statement journal{db_, "INSERT INTO checkouts VALUES (?1, ?2, ?3, ?4, 2, 0, 0, ?5, ?6, ?7, ?8)"};
  Statement done{db_,
                 "UPDATE checkouts SET state = 6, order_id = ?2, answer_status = 201, next_at = NULL, answer = ?3, "
                 "plan = ?4 WHERE id = ?1"};
  Statement pay{db_, "INSERT INTO payments VALUES (?1, ?1, ?1, 2, 4999, ?2, 0, ?3, ?4, ?5)"};
  Statement book{db_, "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4, 4999, ?5, ?6)"};
  Statement order{db_, "INSERT INTO orders VALUES (?1, ?2, ?1, 1, 1, ?3, 4999, ?4, ?5, ?6, ?6)"};
  Statement ship{db_, "INSERT INTO shipments VALUES (?1, ?1, 1, 0, ?2, ?3, ?3)"};
  Statement tell{db_, "INSERT INTO events VALUES (NULL, ?1, ?2, ?3, ?4)"};
  std::vector<std::int64_t> wanted_;  // offers of the checkouts under way, kLines each
};

void Floor::fill(std::int64_t carts) {
  Statement begin(db_, "BEGIN"), commit(db_, "COMMIT");
  Statement stock(db_, "INSERT INTO stock VALUES (?1, 1, 0, 1000000000, 0, 0, 0, 0, NULL, 1, 0)");
  Statement cart(db_, "INSERT INTO carts VALUES (?1, 1, ?2, 0, 0, 0)");
  begin.run();
  for (std::int64_t i = 0; i < offers_; ++i) stock.run({i * 7919});
  for (std::int64_t i = 0; i < carts; ++i) cart.run({i, lines_});
  commit.run();
}

// Ids grow with time, customers are all over the place.
std::int64_t customer_of(std::int64_t n, std::int64_t carts) { return n * 7919 % carts; }
constexpr std::int64_t kCarts = 200'000;

void Floor::reserve(std::int64_t n) {
  const std::string key = "key-" + std::to_string(n) + "-0123456789";
  journal.run({n, customer_of(n, kCarts), key, print_, n, n + 30'000, nothing_, plan_});
  claim.run({customer_of(n, kCarts), n});
  for (int line = 0; line < kLines; ++line) {
    const std::int64_t offer = luck(offers_) * 7919;
    wanted_.push_back(offer);
    take.run({offer});
    note.run({n, line, offer});
    move.run({offer, 10, nothing_, subject_, n, n});
  }
  tell.run({name_, subject_, body_, n});
}

void Floor::place(std::int64_t n) {
  pay.run({n, currency_, method_, reference_, n});
  book.run({n, entry_, debit_, credit_, currency_, n});
  order.run({n, customer_of(n, kCarts), currency_, email_, document_, n});
  ship.run({n, items_, n});
  done.run({n, n, answer_, nothing_});
  empty.run({customer_of(n, kCarts), none_, n});
  for (int line = 0; line < kLines; ++line) {
    const std::int64_t offer = wanted_[static_cast<std::size_t>(line)];
    sell.run({offer});
    confirm.run({n, line});
    move.run({offer, 11, nothing_, subject_, n, n});
  }
  wanted_.erase(wanted_.begin(), wanted_.begin() + kLines);
  for (int i = 0; i < 3; ++i) tell.run({name_, subject_, body_, n});
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    std::fprintf(stderr, "usage: kontor-floor-sqlite FOLDER SECONDS BATCH OFFERS\n");
    return 2;
  }
  const std::string path = std::string(arguments[1]) + "/floor.db";
  const double seconds = std::atof(arguments[2]);
  const int batch = std::atoi(arguments[3]);
  sqlite3* db = open_store(path);
  if (sqlite3_exec(db, kTables, nullptr, nullptr, nullptr) != SQLITE_OK) die(db, "tables");
  sqlite3_wal_hook(db, note_frames, nullptr);
  Floor floor(db, std::atoll(arguments[4]));
  floor.fill(kCarts);
  sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  std::atomic<bool> stop{false};
  std::thread checkpointer([&] {
    sqlite3* beside = open_store(path);
    const timespec pause{0, 100'000'000};
    while (!stop) {
      nanosleep(&pause, nullptr);
      sqlite3_wal_checkpoint_v2(beside, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
    sqlite3_close(beside);
  });
  std::int64_t placed = 0;
  const double began = now();
  {
    Statement begin(db, "BEGIN IMMEDIATE"), commit(db, "COMMIT");
    while (now() - began < seconds) {
      begin.run();
      for (int i = 0; i < batch; ++i) floor.reserve(placed + i);
      commit.run();
      begin.run();
      for (int i = 0; i < batch; ++i) floor.place(placed + i);
      commit.run();
      placed += batch;
      if (g_frames < kCheckpointFrames) continue;
      sqlite3_wal_checkpoint_v2(db, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    }
  }
  const double took = now() - began;
  stop = true;
  checkpointer.join();
  std::printf("{\"per_second\": %.1f, \"batch\": %d, \"lines\": %d}\n", static_cast<double>(placed) / took, batch,
              kLines);
  return 0;
}
