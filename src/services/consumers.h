// Runs the consumers of the event log. Owns consumer_positions and consumer_dead_letters, which lie in every store.
// `kOnce` consumers have a durable position and one running replica; every event reaches them at least once, in the
// order of its stream, and exactly once in effect with `handle_in_tx`. `kEveryReplica` consumers start at the head and
// keep no position. An event that keeps failing is parked as a dead letter after a bounded number of tries and never
// holds up the others for good.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/event_log.h"
#include "runtime/fiber.h"
#include "services/bell.h"
#include "services/event_pages.h"
#include "services/leases.h"

namespace kontor::runtime {
class Tracer;
}

namespace kontor::services {

enum class ConsumerKind { kOnce, kEveryReplica };

struct Consumer {
  std::string name;  // "notifications.mail": part of the durable position, never changed
  ConsumerKind kind = ConsumerKind::kOnce;
  std::vector<std::string> handles;  // event names; empty: all
  // One of the two. `handle` runs on the consumer's fiber and may wait; a repetition must be harmless.
  std::function<Result<void>(const LoggedEvent&)> handle;
  // Runs inside the write function that moves the position (kOnce only), under the rules of write functions. The
  // position lies in the same place as `homes`, so the effect happens exactly once.
  std::function<Result<void>(db::Tx&, const LoggedEvent&)> handle_in_tx;
  // Beside handle_in_tx, where many events at once are cheaper: the same for all of them, in order.
  std::function<Result<void>(db::Tx&, std::span<const LoggedEvent* const>)> handle_all_in_tx = {};
  // Beside handle: told of what will be handled next, so that it can be read at once. What it fails to read, `handle`
  // reads.
  std::function<void(std::span<const LoggedEvent* const>)> foresee = {};
  db::Homes homes = db::Home::kCustomer;
  std::vector<std::string> hopeless = {};  // reasons of Errors that no repetition mends: parked at the first
  bool from_now = false;  // a consumer new to this store starts at the head instead of the beginning (kOnce)
  // It rests so long after events that it took: where nobody waits for it, many at once cost less than one by one.
  std::int64_t rest_ms = 0;
  std::size_t at_once = 128;  // events in one write function at most: others wait for it, where they write to the same
};

// How an Error reads in a letter.
std::string letter_reason(const Error& error);

// What a consumer could not take; services/dead_letters.h shows and retries them.
struct DeadLetter {
  std::string consumer;
  std::string stream;
  std::int64_t position = 0;
  std::string name;
  std::string subject;
  std::string reason;
  Time at;
};

struct ConsumerLag {
  std::string consumer;
  std::string stream;
  std::int64_t events = 0;
};

class ConsumerRunner {
 public:
  struct Settings {
    int batch = 1000;                 // events read at once
    int tries = 8;                    // before an event is parked
    int outage_tries = 400;           // the same when the failure is an outage (store, gateway, mail server away)
    std::int64_t first_wait_ms = 50;  // before the second try; doubles
    std::int64_t longest_wait_ms = 5000;
    std::int64_t active_poll_ms = 20;
    std::int64_t idle_poll_ms = 200;
    std::int64_t unasked_ms = 1000;  // so long a consumer waits to be told that the log has grown
    // notify() is called after every commit to the store: then only the idle poll is left.
    bool notified = false;
    std::int64_t lease_ms = 10'000;
    std::int64_t measure_ms = 1000;
    // Told every measure_ms how many positions each consumer is behind the head, and how many committed events of a
    // stream have no position yet (consumer "outbox.relay"); may be empty.
    std::function<void(const ConsumerLag&)> lag = {};
    std::function<void(std::string_view consumer)> parked = {};  // an event became a dead letter; may be empty
    runtime::Tracer* tracer = nullptr;                           // may be null
    // Told of failures worth a log line (an event that failed, a dead letter, a store that is away); may be empty.
    std::function<void(std::string_view consumer, std::string_view words)> trouble = {};
  };
  ConsumerRunner(db::Store& store, EventLog& log, Leases& leases, Clock& clock, Settings settings);
  ~ConsumerRunner();

  // Before prepare(). Names are unique (asserted).
  void add(Consumer consumer);
  std::vector<std::string> names() const;
  // Notes the heads of the streams, where kEveryReplica consumers begin. Call it before the modules load the state that
  // those consumers keep fresh: what commits in between is then told, not missed.
  Result<void> prepare();

  // One fiber a consumer and one that watches the log, on `loop`. stop() makes them end; the runner outlives them.
  void start(runtime::Loop& loop);
  void stop();  // from any thread
  bool running() const { return fibers_.load() > 0; }
  // From any thread, as often as you like: something was committed. The log is looked at now, or `active_poll_ms` after
  // the look before.
  void notify();

  // Relays and handles until nothing is left, on the calling fiber or thread, without waiting between tries. Answers
  // how many events were handled. For tests and the simulator; not together with start(). The Error is the store's.
  Result<int> run_until_quiet();

  // Null when this program has none of that name.
  const Consumer* find(std::string_view name) const;

  // The position that every kOnce consumer has passed in the stream; what lies before it may be pruned.
  Result<std::int64_t> passed(const std::string& stream);
  // How far each consumer is behind each stream, durable ones by what the store says; after prepare().
  Result<std::vector<ConsumerLag>> lags();
  // Oldest first, at most `limit` a place.
  Result<std::vector<DeadLetter>> dead_letters(int limit);

 private:
  struct Member;
  struct Track;

  void run_watch();
  void measure();
  // Where durable consumers stand by what the store says, by home, name and stream.
  using Positions = std::map<std::tuple<unsigned, std::string, std::string>, std::int64_t>;
  Result<Positions> positions_in_store();
  static std::int64_t position_in(const Positions& positions, const Member& member, const Track& track);
  void run_member(Member& member);
  bool rest(Member& member);
  Result<bool> hold_lease(Member& member);
  // `told`: the watching fiber rang, and it has seen all there is.
  Result<bool> pass(Member& member, bool patient, bool told);
  Result<bool> advance(Member& member, Track& track, bool patient, bool told);
  bool nothing_new(const Track& track) const;
  Result<void> handle_traced(Member& member, const LoggedEvent& event);
  static std::size_t foresee(const Member& member, std::span<const LoggedEvent> events, std::size_t from);
  Result<void> take_each(Member& member, Track& track, std::span<const LoggedEvent> events, bool patient);
  Result<void> take_in_tx(Member& member, Track& track, std::span<const LoggedEvent> events, bool patient);
  Result<void> take_slice(Member& member, Track& track, std::span<const LoggedEvent* const> slice, std::int64_t to);
  Result<void> load(Member& member, Track& track);
  Result<void> move(Member& member, Track& track, std::int64_t to);
  Result<bool> failed(Member& member, Track& track, const LoggedEvent& event, const Error& error);
  Result<void> park(Member& member, Track& track, const LoggedEvent& event, const Error& error);
  void report(const Member& member, std::string_view words) const;

  db::Store& store_;
  EventLog& log_;
  Leases& leases_;
  Clock& clock_;
  Settings settings_;
  std::vector<std::unique_ptr<Member>> members_;
  Bell watch_bell_;
  std::map<std::string, std::int64_t> heads_;  // by stream, as the watching fiber saw them
  EventPages pages_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> fibers_{0};
  std::atomic<int> handled_{0};
  bool prepared_ = false;
};

}  // namespace kontor::services
