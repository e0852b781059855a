// The connections of one loop (or of all plain threads together) for one kind of work, made when they are first needed.
// Who finds none free waits in line, first come first served, for a bounded time.
#pragma once
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "adapters/db_postgres/connection.h"
#include "runtime/fiber.h"

namespace kontor::db_postgres {

// A counter of permits with a fair line. Any threads and fibers.
class Permits {
 public:
  explicit Permits(int count) : free_(count) {}
  bool take(std::int64_t timeout_ms);  // false when the time passed
  void give();

 private:
  struct Waiter {
    runtime::Parker parker;
    bool granted = false;  // under the lock
  };
  struct InLine;
  std::mutex mutex_;
  int free_;
  std::deque<Waiter*> line_;
};

class Pool {
 public:
  Pool(const ConnectionSettings& settings, Mode mode, int size) : settings_(settings), mode_(mode), permits_(size) {}

  // A connection for the time of one transaction; given back when it goes, or closed if it is in the middle of
  // something.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& connection() { return *connection_; }
    void adopt(std::unique_ptr<Connection> connection) { connection_ = std::move(connection); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // kUnavailable: "db.no_connection" after waiting in vain, "db.away" when PostgreSQL does not answer.
  Result<Lease> take(std::int64_t timeout_ms);
  // After a loss: those that were idle meanwhile are likely gone as well.
  void drop_idle();

 private:
  ConnectionSettings settings_;
  Mode mode_;
  Permits permits_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace kontor::db_postgres
