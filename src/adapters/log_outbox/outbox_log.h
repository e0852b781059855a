// The event log over the stores' own outbox tables (services/outbox.h); one stream per place of the store.
// A position, once visible, never gets a smaller one behind it: where ids are not in commit order, the relay moves
// committed rows to the log and numbers them from a counter, so a row that commits later gets a larger position.
#pragma once
#include <atomic>
#include <memory>

#include "ports/db.h"
#include "ports/event_log.h"

namespace kontor::log_outbox {

class OutboxLog final : public EventLog {
 public:
  explicit OutboxLog(db::Store& store);

  std::vector<std::string> streams() const override;
  Result<std::vector<LoggedEvent>> read(const std::string& stream, std::int64_t position, int limit) override;
  // At most kRelayBatch events a stream and call; answers how many got a position. Two relays at once are safe (the
  // counter's row serialises them); the lease only saves work.
  Result<int> relay() override;
  Result<std::int64_t> head(const std::string& stream) override;
  Result<int> prune(const std::string& stream, std::int64_t passed, Time before, int limit = 1000) override;
  Result<Forgotten> forgotten(const std::string& stream) override;
  Result<std::int64_t> unrelayed(const std::string& stream, std::int64_t most) override;

  static constexpr int kRelayBatch = 500;

 private:
  Result<db::Home> home_of(const std::string& stream) const;
  Result<int> relay_place(const db::Store::Place& place);

  db::Store& store_;
  std::vector<db::Store::Place> places_;
  std::atomic<bool> ordered_{false};  // learned at the first read: ids are in commit order, nothing to relay
};

}  // namespace kontor::log_outbox
