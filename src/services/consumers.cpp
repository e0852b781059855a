#include "services/consumers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/assert.h"
#include "base/text.h"
#include "runtime/tracing.h"

namespace kontor::services {
namespace {

constexpr db::Query kPosition{"consumer.position", db::Home::kEvery,
                              "SELECT position FROM consumer_positions WHERE consumer = $1 AND stream = $2"};
constexpr db::Query kPositions{"consumer.positions", db::Home::kEvery,
                               "SELECT consumer, stream, position FROM consumer_positions"};
constexpr db::Query kBeginConsumer{"consumer.begin", db::Home::kEvery, R"sql(
  INSERT INTO consumer_positions (consumer, stream, position) VALUES ($1, $2, $3)
  ON CONFLICT (consumer, stream) DO NOTHING
)sql"};
// Only from where this runner believes it stands: a second runner of the same consumer changes nothing and hears of it.
constexpr db::Query kMove{"consumer.move", db::Home::kEvery, R"sql(
  UPDATE consumer_positions SET position = $4 WHERE consumer = $1 AND stream = $2 AND position = $3
)sql"};
constexpr db::Query kPark{"consumer.park", db::Home::kEvery, R"sql(
  INSERT INTO consumer_dead_letters (consumer, stream, position, name, subject, reason, at, body, event_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (consumer, stream, position) DO NOTHING
)sql"};
constexpr db::Query kDeadLetters{"consumer.dead_letters", db::Home::kEvery, R"sql(
  SELECT consumer, stream, position, name, subject, reason, at FROM consumer_dead_letters
   ORDER BY at, consumer, stream, position LIMIT $1
)sql"};

constexpr std::int64_t kPagesBehind = 4;  // so far behind a consumer does not rest

bool is_outage(const Error& error) {
  return error.code == Errc::kUnavailable || error.code == Errc::kGatewayUnavailable || error.code == Errc::kTimeout ||
         error.code == Errc::kFull;
}

}  // namespace

std::string letter_reason(const Error& error) { return std::string(clip(error.reason + ": " + error.detail, 500)); }

// Where a consumer stands in one stream.
struct ConsumerRunner::Track {
  std::string stream;
  db::Homes home;  // where its position lies
  std::optional<std::int64_t> position;
  int failures = 0;  // of the event after `position`
  int outages = 0;
  Time retry_at;
};

struct ConsumerRunner::Member {
  Consumer consumer;
  std::vector<Track> tracks;
  Bell bell;
  std::optional<Lease> lease;
  Time try_lease_at;  // another replica has it; with each event it would be asked for in vain

  bool once() const { return consumer.kind == ConsumerKind::kOnce; }
  bool wants(const std::string& name) const {
    const auto& names = consumer.handles;
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
  }
};

ConsumerRunner::ConsumerRunner(db::Store& store, EventLog& log, Leases& leases, Clock& clock, Settings settings)
    : store_(store),
      log_(log),
      leases_(leases),
      clock_(clock),
      settings_(std::move(settings)),
      pages_(log, settings_.batch) {}

ConsumerRunner::~ConsumerRunner() { KONTOR_ASSERT(!running()); }

void ConsumerRunner::add(Consumer consumer) {
  KONTOR_ASSERT(!prepared_ && !consumer.name.empty());
  KONTOR_ASSERT((consumer.handle == nullptr) != (consumer.handle_in_tx == nullptr));
  KONTOR_ASSERT(consumer.kind == ConsumerKind::kOnce || consumer.handle != nullptr);
  for (const auto& other : members_) KONTOR_ASSERT(other->consumer.name != consumer.name);
  auto member = std::make_unique<Member>();
  for (const auto& place : store_.places()) {
    const db::Homes home = consumer.handle_in_tx != nullptr ? consumer.homes : db::Homes(place.home);
    member->tracks.push_back({place.name, home, std::nullopt, 0, 0, Time{}});
  }
  member->consumer = std::move(consumer);
  members_.push_back(std::move(member));
}

Result<void> ConsumerRunner::prepare() {
  std::map<std::string, std::int64_t> heads;
  for (const auto& stream : log_.streams()) {
    TRY(heads[stream], log_.head(stream));
  }
  for (auto& member : members_) {
    for (auto& track : member->tracks) {
      if (!member->once()) track.position = heads[track.stream];
      if (!member->once() || !member->consumer.from_now) continue;
      TRY_DO(store_.write(track.home, [&](db::Tx& tx) -> Result<void> {
        TRY_DO(tx.run(kBeginConsumer, member->consumer.name, track.stream, heads[track.stream]));
        return {};
      }));
    }
  }
  prepared_ = true;
  return {};
}

void ConsumerRunner::report(const Member& member, std::string_view words) const {
  if (settings_.trouble) settings_.trouble(member.consumer.name, words);
}

Result<void> ConsumerRunner::load(Member& member, Track& track) {
  bool found = false;
  TRY_DO(store_.read(track.home, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kPosition, member.consumer.name, track.stream));
    found = !rows.empty();
    track.position = found ? rows.front().i64(0) : 0;
    return {};
  }));
  if (found) return {};
  return store_.write(track.home, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kBeginConsumer, member.consumer.name, track.stream, 0));
    return {};
  });
}

// Inside a write function: the position moves only from where this runner read it.
static Result<void> move_in(db::Tx& tx, std::string_view consumer, std::string_view stream, std::int64_t from,
                            std::int64_t to) {
  TRY(const auto moved, tx.run(kMove, consumer, stream, from, to));
  if (moved == 0) return fail(Errc::kConflict, "consumer.moved", "Another process runs this consumer.");
  return {};
}

Result<void> ConsumerRunner::move(Member& member, Track& track, std::int64_t to) {
  if (*track.position == to) return {};
  if (member.once()) {
    const auto done = store_.write(track.home, [&](db::Tx& tx) -> Result<void> {
      return move_in(tx, member.consumer.name, track.stream, *track.position, to);
    });
    if (!done) {
      track.position.reset();  // read again: another moved it, or the outcome is unknown
      return tl::unexpected<Error>(done.error());
    }
  }
  track.position = to;
  return {};
}

// Parks the event and moves past it, in one write where there is a durable position.
Result<void> ConsumerRunner::park(Member& member, Track& track, const LoggedEvent& event, const Error& error) {
  const auto reason = letter_reason(error);
  const auto now = clock_.now();
  const auto done = store_.write(track.home, [&](db::Tx& tx) -> Result<void> {
    if (member.once()) TRY_DO(move_in(tx, member.consumer.name, track.stream, *track.position, event.position));
    TRY_DO(tx.run(kPark, member.consumer.name, track.stream, event.position, event.name, event.subject, reason, now,
                  event.body, event.at));
    return {};
  });
  if (!done) {
    if (member.once()) track.position.reset();
    return tl::unexpected<Error>(done.error());
  }
  track.position = event.position;
  track.failures = track.outages = 0;
  if (settings_.parked) settings_.parked(member.consumer.name);
  report(member, "parked " + event.stream + ":" + std::to_string(event.position) + " " + event.name + ": " + reason);
  return {};
}

// Counts a failed try of the event that follows the position. True when the event was parked, so that the next may run.
Result<bool> ConsumerRunner::failed(Member& member, Track& track, const LoggedEvent& event, const Error& error) {
  const bool outage = is_outage(error);
  ++(outage ? track.outages : track.failures);
  const auto& hopeless = member.consumer.hopeless;
  const bool is_hopeless = std::find(hopeless.begin(), hopeless.end(), error.reason) != hopeless.end();
  if (is_hopeless || track.failures >= settings_.tries || track.outages >= settings_.outage_tries) {
    TRY_DO(park(member, track, event, error));
    return true;
  }
  const int doublings = std::min(track.failures + track.outages - 1, 20);
  const auto wait = std::min(settings_.longest_wait_ms, settings_.first_wait_ms << doublings);
  track.retry_at = clock_.now().plus_ms(wait);
  if (track.failures + track.outages == 1)
    report(member,
           "failed at " + event.stream + ":" + std::to_string(event.position) + " " + event.name + ": " + error.reason);
  return false;
}

// Event by event; the position follows at the end of the batch, so a crash repeats at most one batch.
Result<void> ConsumerRunner::take_each(Member& member, Track& track, std::span<const LoggedEvent> events,
                                       bool patient) {
  std::int64_t reached = *track.position;
  std::size_t foreseen = 0;
  for (std::size_t at = 0; at < events.size(); ++at) {
    const auto& event = events[at];
    if (stopping_.load(std::memory_order_relaxed)) break;
    bool through = !member.wants(event.name);
    if (!through && at >= foreseen) foreseen = foresee(member, events, at);
    while (!through) {
      const auto done = handle_traced(member, event);
      if (!done) {
        TRY_DO(move(member, track, reached));
        TRY(through, failed(member, track, event, done.error()));
        if (!through && patient) return {};
        continue;
      }
      through = true;
      track.failures = track.outages = 0;
      ++handled_;
      if (runtime::on_fiber()) runtime::yield();  // a thousand mails in a row would be heard of by those who buy
    }
    reached = event.position;
  }
  return move(member, track, std::max(reached, *track.position));
}

// The next events of one page that the consumer will handle; answers where it has to look again.
std::size_t ConsumerRunner::foresee(const Member& member, std::span<const LoggedEvent> events, std::size_t from) {
  constexpr std::size_t kAhead = 32;  // read without a breath between
  if (!member.consumer.foresee) return events.size();
  std::vector<const LoggedEvent*> next;
  std::size_t at = from;
  for (; at < events.size() && next.size() < kAhead; ++at)
    if (member.wants(events[at].name)) next.push_back(&events[at]);
  member.consumer.foresee(next);
  return at;
}

Result<void> ConsumerRunner::handle_traced(Member& member, const LoggedEvent& event) {
  runtime::Span span(settings_.tracer, "consume", runtime::SpanKind::kConsumer);
  span.set("kontor.consumer", member.consumer.name);
  span.set("kontor.event", event.name);
  auto done = member.consumer.handle(event);
  if (!done) span.failed();
  return done;
}

// The events and the position in one write.
Result<void> ConsumerRunner::take_slice(Member& member, Track& track, std::span<const LoggedEvent* const> slice,
                                        std::int64_t to) {
  runtime::Span span(settings_.tracer, "consume", runtime::SpanKind::kConsumer);
  span.set("kontor.consumer", member.consumer.name);
  span.set("kontor.events", static_cast<std::int64_t>(slice.size()));
  const auto done = store_.write(track.home, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(move_in(tx, member.consumer.name, track.stream, *track.position, to));
    if (member.consumer.handle_all_in_tx && slice.size() > 1) return member.consumer.handle_all_in_tx(tx, slice);
    for (const auto* event : slice) TRY_DO(member.consumer.handle_in_tx(tx, *event));
    return {};
  });
  if (!done) return done;
  track.position = to;
  track.failures = track.outages = 0;
  handled_ += static_cast<int>(slice.size());
  return {};
}

// In slices, since a write function shall be short; when a slice fails its events go one by one, so that the culprit is
// found.
Result<void> ConsumerRunner::take_in_tx(Member& member, Track& track, std::span<const LoggedEvent> events,
                                        bool patient) {
  std::vector<const LoggedEvent*> wanted;
  for (const auto& event : events)
    if (member.wants(event.name)) wanted.push_back(&event);
  std::size_t slice_size = track.failures + track.outages > 0 ? 1 : member.consumer.at_once;
  for (std::size_t at = 0; at < wanted.size();) {
    if (stopping_.load(std::memory_order_relaxed)) return {};
    const auto slice = std::span(wanted).subspan(at, std::min(slice_size, wanted.size() - at));
    // With the last of them, what follows of others is passed as well.
    const bool last = at + slice.size() == wanted.size();
    const auto done = take_slice(member, track, slice, last ? events.back().position : slice.back()->position);
    if (done) {
      at += slice.size();
      continue;
    }
    if (done.error().reason == "consumer.moved" || done.error().reason == "db.outcome_unknown") {
      track.position.reset();
      return done;
    }
    slice_size = 1;
    if (slice.size() > 1) continue;
    TRY(const bool parked, failed(member, track, *slice[0], done.error()));
    if (!parked && patient) return {};
    at += parked ? 1 : 0;
  }
  return move(member, track, events.back().position);
}

bool ConsumerRunner::nothing_new(const Track& track) const {
  const auto head = heads_.find(track.stream);
  return track.position && head != heads_.end() && *track.position >= head->second;
}

// One look at a stream. Whether the position moved, also past events of other names.
Result<bool> ConsumerRunner::advance(Member& member, Track& track, bool patient, bool told) {
  if (patient && track.failures + track.outages > 0 && clock_.now() < track.retry_at) return false;
  if (!track.position) TRY_DO(load(member, track));
  if (told && nothing_new(track)) return false;
  TRY(const auto rest, pages_.read(track.stream, *track.position));
  const auto events = rest.events();
  const auto before = *track.position;
  if (!events.empty())
    TRY_DO(member.consumer.handle_in_tx ? take_in_tx(member, track, events, patient)
                                        : take_each(member, track, events, patient));
  return *track.position > before;
}

Result<bool> ConsumerRunner::pass(Member& member, bool patient, bool told) {
  bool moved = false;
  for (auto& track : member.tracks) {
    TRY(const bool some, advance(member, track, patient, told));
    moved = moved || some;
  }
  return moved;
}

Result<bool> ConsumerRunner::hold_lease(Member& member) {
  if (!member.once()) return true;
  const auto now = clock_.now();
  if (member.lease && now.plus_ms(settings_.lease_ms / 2) < member.lease->expires) return true;
  if (!member.lease && now < member.try_lease_at) return false;
  const bool held = member.lease.has_value() && now < member.lease->expires;
  TRY(member.lease, leases_.take("consumer:" + member.consumer.name, settings_.lease_ms));
  if (!held)  // someone else may have moved the positions meanwhile
    for (auto& track : member.tracks) track.position.reset();
  member.try_lease_at = now.plus_ms(settings_.lease_ms / 20);
  return member.lease.has_value();
}

// Not while it is far behind.
bool ConsumerRunner::rest(Member& member) {
  for (const Track& track : member.tracks) {
    const auto head = heads_.find(track.stream);
    if (head != heads_.end() && track.position && head->second - *track.position >= kPagesBehind * settings_.batch)
      return false;
  }
  const auto now = [] { return runtime::Loop::current()->now_ms(); };
  const std::int64_t until = now() + member.consumer.rest_ms;
  for (std::int64_t left = member.consumer.rest_ms; left > 0 && !stopping_.load(); left = until - now())
    member.bell.wait_for(left);
  return member.consumer.rest_ms > 0;
}

void ConsumerRunner::run_member(Member& member) {
  std::int64_t outage_wait = settings_.first_wait_ms;
  bool told = false;
  while (!stopping_.load()) {
    const auto held = hold_lease(member);
    const auto moved = held && *held ? pass(member, true, told) : Result<bool>(false);
    const bool trouble = !held || !moved;
    if (trouble) {
      report(member, held ? moved.error().reason : held.error().reason);
      told = member.bell.wait_for(outage_wait);
      outage_wait = std::min(settings_.longest_wait_ms, outage_wait * 2);
      continue;
    }
    outage_wait = settings_.first_wait_ms;
    if (*moved) {
      if (rest(member)) told = false;
      continue;
    }
    std::int64_t wait = settings_.unasked_ms;  // the watching fiber rings earlier
    for (const auto& track : member.tracks)
      if (track.failures + track.outages > 0)
        wait = std::clamp<std::int64_t>(track.retry_at.ms - clock_.now().ms, 1, wait);
    told = member.bell.wait_for(wait);
  }
  if (member.once() && member.lease) (void)leases_.release(member.lease->name);
}

void ConsumerRunner::measure() {
  const auto all = lags();  // a store that is away is told of by those who need it more
  if (!all) return;
  for (const auto& one : *all) settings_.lag(one);
  for (const auto& stream : log_.streams()) {
    if (const auto waiting = log_.unrelayed(stream, 100'000)) settings_.lag({"outbox.relay", stream, *waiting});
  }
}

// Relays, and rings the consumers when a stream has grown: one poller instead of one a consumer.
void ConsumerRunner::run_watch() {
  std::optional<Lease> lease;
  Time active_until, measured;
  while (!stopping_.load()) {
    const auto now = clock_.now();
    if (settings_.lag && measured.plus_ms(settings_.measure_ms) <= now) {
      measured = now;
      measure();
    }
    if (!lease || lease->expires < now.plus_ms(settings_.lease_ms / 2)) {
      auto taken = leases_.take("outbox.relay", settings_.lease_ms);
      lease = taken ? *taken : std::nullopt;
    }
    bool grown = false;
    if (lease) {
      const auto relayed = log_.relay();
      grown = relayed && *relayed > 0;
    }
    for (const auto& stream : log_.streams()) {
      const auto head = log_.head(stream);
      if (!head) continue;
      grown = grown || heads_[stream] != *head;
      heads_[stream] = *head;
    }
    if (grown) {
      active_until = now.plus_ms(1000);
      for (auto& member : members_) member->bell.ring();
    }
    const bool busy = now < active_until && !settings_.notified;
    const bool rang = watch_bell_.wait_for(busy ? settings_.active_poll_ms : settings_.idle_poll_ms);
    // Under load there is a commit every moment: one look is for all of them.
    const std::int64_t rest = now.ms + settings_.active_poll_ms - clock_.now().ms;
    if (rang && rest > 0 && !stopping_.load()) runtime::sleep_for(std::min(rest, settings_.active_poll_ms));
  }
  if (lease) (void)leases_.release(lease->name);
}

void ConsumerRunner::start(runtime::Loop& loop) {
  KONTOR_ASSERT(prepared_ && !running());
  stopping_ = false;
  heads_.clear();
  pages_.clear();
  // Counted for as long as the fiber's body lives, also when the loop drops it unstarted or kills it.
  const auto counted = [this] {
    ++fibers_;
    return std::shared_ptr<void>(nullptr, [this](void*) { --fibers_; });
  };
  loop.spawn([this, alive = counted()] { run_watch(); });
  for (auto& member : members_) loop.spawn([this, raw = member.get(), alive = counted()] { run_member(*raw); });
}

void ConsumerRunner::stop() {
  stopping_ = true;
  watch_bell_.ring();
  for (auto& member : members_) member->bell.ring();
}

const Consumer* ConsumerRunner::find(std::string_view name) const {
  for (const auto& member : members_)
    if (member->consumer.name == name) return &member->consumer;
  return nullptr;
}

std::vector<std::string> ConsumerRunner::names() const {
  std::vector<std::string> all;
  for (const auto& member : members_) all.push_back(member->consumer.name);
  return all;
}

void ConsumerRunner::notify() { watch_bell_.ring(); }

Result<int> ConsumerRunner::run_until_quiet() {
  KONTOR_ASSERT(prepared_ && !running());
  stopping_ = false;
  const int before = handled_;
  for (bool moved = true; moved;) {
    TRY(const int relayed, log_.relay());
    moved = relayed > 0;
    for (auto& member : members_) {
      TRY(const bool some, pass(*member, false, false));
      moved = moved || some;
    }
  }
  return handled_ - before;
}

Result<ConsumerRunner::Positions> ConsumerRunner::positions_in_store() {
  Positions positions;
  std::set<unsigned> looked;
  for (const auto& member : members_) {
    for (const auto& track : member->tracks) {
      if (!member->once() || !looked.insert(track.home.bits).second) continue;
      TRY_DO(store_.read(track.home, [&](db::Tx& tx) -> Result<void> {
        TRY(const auto rows, tx.ask(kPositions));
        for (const auto row : rows) positions[{track.home.bits, row.str(0), row.str(1)}] = row.i64(2);
        return {};
      }));
    }
  }
  return positions;
}

std::int64_t ConsumerRunner::position_in(const Positions& positions, const Member& member, const Track& track) {
  const auto found = positions.find({track.home.bits, member.consumer.name, track.stream});
  return found == positions.end() ? 0 : found->second;
}

Result<std::vector<ConsumerLag>> ConsumerRunner::lags() {
  TRY(const auto positions, positions_in_store());
  std::map<std::string, std::int64_t> heads;
  for (const auto& stream : log_.streams()) {
    TRY(heads[stream], log_.head(stream));  // after the positions, so that it is never behind them
  }
  std::vector<ConsumerLag> all;
  for (const auto& member : members_) {
    for (const auto& track : member->tracks) {
      // Of a durable one by the store: another replica may hold it.
      const auto position = member->once() ? position_in(positions, *member, track) : track.position;
      const auto head = heads[track.stream];
      all.push_back({member->consumer.name, track.stream, position ? std::max<std::int64_t>(head - *position, 0) : 0});
    }
  }
  return all;
}

Result<std::int64_t> ConsumerRunner::passed(const std::string& stream) {
  TRY(const auto positions, positions_in_store());
  std::optional<std::int64_t> least;
  for (const auto& member : members_) {
    if (!member->once()) continue;
    for (const auto& track : member->tracks) {
      if (track.stream != stream) continue;
      const auto position = position_in(positions, *member, track);
      least = std::min(least.value_or(position), position);
    }
  }
  if (least) return *least;
  return log_.head(stream);
}

Result<std::vector<DeadLetter>> ConsumerRunner::dead_letters(int limit) {
  std::vector<DeadLetter> letters;
  for (const auto& place : store_.places()) {
    TRY_DO(store_.read(place.home, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto rows, tx.ask(kDeadLetters, limit));
      for (const auto row : rows)
        letters.push_back({row.str(0), row.str(1), row.i64(2), row.str(3), row.str(4), row.str(5), row.time(6)});
      return {};
    }));
  }
  return letters;
}

}  // namespace kontor::services
