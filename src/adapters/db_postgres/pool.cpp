#include "adapters/db_postgres/pool.h"

#include <algorithm>

namespace kontor::db_postgres {

// A place in the line, left however the wait ends: a permit that came too late goes to the next.
struct Permits::InLine {
  Permits& permits;
  Waiter waiter;
  bool taken = false;

  ~InLine() {
    if (taken) return;
    bool pass_on = false;
    {
      const std::lock_guard lock(permits.mutex_);
      pass_on = waiter.granted;
      if (!pass_on) std::erase(permits.line_, &waiter);
    }
    if (pass_on) permits.give();
  }
};

bool Permits::take(std::int64_t timeout_ms) {
  InLine place{*this, {}, false};
  {
    const std::lock_guard lock(mutex_);
    if (free_ > 0) {
      --free_;
      place.taken = true;
      return true;
    }
    line_.push_back(&place.waiter);
  }
  place.waiter.parker.wait_for(timeout_ms);
  const std::lock_guard lock(mutex_);
  if (!place.waiter.granted) {
    std::erase(line_, &place.waiter);
    place.taken = true;  // nothing to leave behind
    return false;
  }
  return place.taken = true;
}

void Permits::give() {
  const std::lock_guard lock(mutex_);
  if (line_.empty()) {
    ++free_;
    return;
  }
  Waiter* next = line_.front();
  line_.pop_front();
  next->granted = true;
  next->parker.wake();  // under the lock: the waiter may go as soon as it sees `granted`
}

Pool::Lease::~Lease() {
  if (pool_ == nullptr) return;
  if (connection_ && connection_->settled()) {
    const std::lock_guard lock(pool_->mutex_);
    pool_->idle_.push_back(std::move(connection_));
  }
  connection_.reset();
  pool_->permits_.give();
}

Result<Pool::Lease> Pool::take(std::int64_t timeout_ms) {
  if (!permits_.take(timeout_ms)) {
    return fail(Errc::kUnavailable, "db.no_connection",
                "No connection to PostgreSQL became free within " + std::to_string(timeout_ms) + " ms.");
  }
  Lease lease(*this, nullptr);  // holds the permit from here on
  while (true) {
    std::unique_ptr<Connection> idle;
    {
      const std::lock_guard lock(mutex_);
      if (idle_.empty()) break;
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
    if (idle->alive()) {
      lease.adopt(std::move(idle));
      return lease;
    }
  }
  TRY(auto fresh, Connection::open(settings_, mode_));
  lease.adopt(std::move(fresh));
  return lease;
}

void Pool::drop_idle() {
  std::vector<std::unique_ptr<Connection>> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
}

}  // namespace kontor::db_postgres
