// The event log: facts written in the transaction that made them true (services/outbox.h), read by consumers in commit
// order. A stream is one physical store's outbox; positions grow within a stream, without loss, and are only given
// after commit.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace kontor {

struct LoggedEvent {
  std::string stream;         // the place's name ("shop", "catalog")
  std::int64_t position = 0;  // within the stream
  std::string name;           // "order.placed"
  std::string subject;        // the id it is about, as text
  std::string body;           // JSON, ids and figures only, never personal data
  Time at;
};

class EventLog {
 public:
  virtual ~EventLog() = default;
  virtual std::vector<std::string> streams() const = 0;
  // At most `limit` events after `position`, in order; empty when there is none yet.
  virtual Result<std::vector<LoggedEvent>> read(const std::string& stream, std::int64_t position, int limit) = 0;
  // Gives positions to what was committed since (a no-op where insertion order is commit order). Lease holder only.
  virtual Result<int> relay() = 0;
  // Forgets at most `limit` of the oldest events that lie at or before `passed` (what every durable consumer has seen)
  // and became true before `before`. The newest event always stays, so that positions never start again. Answers how
  // many went.
  virtual Result<int> prune(const std::string& stream, std::int64_t passed, Time before, int limit) = 0;
  // What may have been forgotten: events up to that position that became true before that time. Zeros: none.
  struct Forgotten {
    std::int64_t through = 0;
    Time before;
  };
  virtual Result<Forgotten> forgotten(const std::string& stream) = 0;
  // The position of the last event; 0 when there is none.
  virtual Result<std::int64_t> head(const std::string& stream) = 0;
  // How many committed events have no position yet; counted up to `most`.
  virtual Result<std::int64_t> unrelayed(const std::string& stream, std::int64_t most) = 0;
};

}  // namespace kontor
