#include "adapters/db_postgres/batch.h"

#include <algorithm>

#include "adapters/db_postgres/batch_tx.h"
#include "adapters/db_postgres/gate.h"
#include "base/assert.h"
#include "runtime/monotonic.h"

namespace kontor::db_postgres {
namespace {

Error undone() {
  return Error{Errc::kUnavailable, "db.busy", "The transaction was undone, and its functions run again.", {}, {}, 1};
}

}  // namespace

KnownQuery& KnownQueries::of(const db::Query& query) {
  auto& known = known_[&query];
  // A test's Query may have the address of an earlier one.
  if (known && known->text == query.sql.data()) return *known;
  if (!known) known = std::make_unique<KnownQuery>();
  known->text = query.sql.data();
  known->set = set_text(query.sql);
  known->kinds.clear();
  known->described = false;
  known->footprint = footprint_of(query.sql, names_);
  known->habits.assign(std::max<std::size_t>(known->footprint.regions.size(), 1), {});
  known->statement = {&query, {}, {}, false};
  return *known;
}

Member::~Member() {
  if (batch != nullptr) batch->leave(*this);
  if (queue != nullptr) std::erase(*queue, this);
}

void Member::run() {
  KONTOR_ASSERT(batch != nullptr);
  BatchTx tx(*this);
  result = tx.call();
  finished = true;
  batch->finish(*this);
}

Batch::~Batch() {
  for (Member* member : members_)
    if (member != nullptr) member->batch = nullptr;
}

std::optional<Failure> Batch::begin(const db::Query* queue) {
  if (reading_) return std::nullopt;  // begins with what it asks first
  connection_.add_control("BEGIN");
  begun_ = true;
  connection_.add_control(kGateAlone);
  if (queue != nullptr) connection_.add_statement(*queue, {});
  std::vector<ResultPtr> answers;
  auto failure = connection_.exchange(answers);
  in_order_ = !failure && queue != nullptr && PQntuples(answers.front().get()) == 0;
  passed_ = true;
  return failure;
}

void Batch::take(std::vector<Member*>& queue, std::size_t most) {
  const std::size_t count = std::min(queue.size(), most - std::min(most, members_.size()));
  for (std::size_t i = 0; i < count; ++i) {
    Member& member = *queue[i];
    member.queue = nullptr;
    member.batch = this;
    member.number = static_cast<int>(members_.size());
    member.finished = false;
    member.asked = member.writes = 0;
    member.cut = member.spoiled = false;
    member.wishes.clear();
    member.answered = 0;
    member.error.reset();
    members_.push_back(&member);
    ++running_;
    member.parker.wake();
  }
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count));
}

void Batch::wait_for_all() {
  while (running_ > 0) parked_.wait();
}

// Until as many wait as run: the server works for these while those go on. One at least has parked or ended since.
void Batch::wait_for_half() {
  while (running_ > waiting_.size()) parked_.wait();
}

// On the member's fiber.
void Batch::wait_for_gate(Member& member) {
  if (failed_) return;
  at_gate_.push_back(&member);
  --running_;
  parked_.wake();
  member.parker.wait();
}

void Batch::wake(std::vector<Member*>& members) {
  running_ += members.size();
  for (Member* member : std::exchange(members, {})) member->parker.wake();
}

void Batch::give_up() {
  failed_ = true;
  end_all();
}

// On the member's fiber.
void Batch::park(Member& member) {
  if (failed_) {
    member.error = undone();
    member.cut = true;
    return;
  }
  waiting_.push_back(&member);
  for (const auto& wish : member.wishes)
    if (wish->otherwise == nullptr) prepare(member, *wish);
  --running_;
  parked_.wake();
  member.parker.wait();
}

void Batch::finish(Member& member) {
  if (!reading_) {
    board_.finished(member.number);
  } else if (!failed_ && !member.spoiled) {  // what it has read stands
    member.verdict = Member::Verdict::kDone;
    members_[static_cast<std::size_t>(member.number)] = nullptr;
    member.batch = nullptr;
  }
  --running_;
  parked_.wake();
}

// Its fiber is killed. So is the one that sends, at its next wait; what lies in between must not be committed.
void Batch::leave(Member& member) {
  members_[static_cast<std::size_t>(member.number)] = nullptr;
  std::erase(waiting_, &member);
  std::erase(at_gate_, &member);
  for (Group& group : groups_) std::erase_if(group.wishes, [&](const auto& one) { return one.first == &member; });
  failed_ = true;
}

bool Batch::run() {
  const auto now = runtime::StoreMetrics::now_us();
  for (Member* member : members_)
    if (member != nullptr && member->times.begun_us == 0) member->times.begun_us = now;
  wake(at_gate_);
  wait_for_half();
  while (!failed_ && (running_ > 0 || !waiting_.empty())) {
    if (choose()) {
      if (!exchange()) break;
      board_.next_round();
    } else if (!failed_) {  // all who wait do so for one who runs
      parked_.wait();
    }
    wait_for_half();
  }
  end_all();
  if (members_.size() == 1 && !reading_)
    return members_[0] != nullptr && !members_[0]->spoiled && (!failed_ || own_error_);
  if (failed_) return false;
  if (reading_) return true;
  for (const Member* member : members_)
    if (member == nullptr || member->spoiled || (!member->result && board_.wrote(member->number))) return false;
  return true;
}

void Batch::prepare(Member& member, Wish& wish) {
  KnownQuery& known = known_.of(*wish.query);
  if (known.kinds.size() != wish.set(0).size()) known.kinds.assign(wish.set(0).size(), '?');
  if (known.footprint.writes) ++member.writes;
  wish.accesses.clear();
  const bool changes = known.set.kind == SetText::Kind::kChange || known.set.kind == SetText::Kind::kUpsert;
  wish.apart = wish.count > 1 && changes;
  if (reading_) return;
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < wish.count; ++i) {
    begins.push_back(wish.accesses.size());
    add_accesses(known.footprint, wish.set(i), known.habits, wish.accesses);
  }
  wish.apart = wish.apart && !board_.sets_apart(wish.accesses, begins);
  board_.learn(member.number, wish.accesses);
}

bool Batch::may_go(Member& member, Wish& wish) {
  if (const db::Query* const otherwise = std::exchange(wish.otherwise, nullptr)) {
    if (!in_order_) wish.query = otherwise;
    prepare(member, wish);
  }
  const auto verdict = reading_ ? Board::Verdict::kGo : board_.ask(member.number, wish.accesses);
  if (verdict == Board::Verdict::kRefused) failed_ = true;
  return verdict == Board::Verdict::kGo;
}

void Batch::join_group(Member& member, Wish& wish) {
  KnownQuery& known = known_.of(*wish.query);
  const bool alone = known.set.kind == SetText::Kind::kAlone || wish.apart;
  auto group = groups_.end();
  if (!alone)
    group =
        std::find_if(groups_.begin(), groups_.end(), [&](const Group& g) { return g.query == wish.query && g.as_set; });
  if (group == groups_.end()) {
    groups_.push_back({wish.query, &known, {}, 0, !alone, 0});
    group = groups_.end() - 1;
  }
  group->wishes.emplace_back(&member, &wish);
  group->sets += wish.count;
}

// Who may go in this round, by statement; of several wishes the first that may. False when nobody may.
bool Batch::choose() {
  groups_.clear();
  std::sort(waiting_.begin(), waiting_.end(), [](auto* a, auto* b) { return a->number < b->number; });
  for (Member* member : waiting_) {
    std::size_t next = member->answered;
    while (next < member->wishes.size() && may_go(*member, *member->wishes[next]))
      join_group(*member, *member->wishes[next++]);
  }
  if (groups_.empty() && running_ == 0) failed_ = true;
  return !failed_ && !groups_.empty();
}

// Each of their statements is a snapshot by itself.
bool Batch::all_ask_one_statement() const {
  return std::all_of(members_.begin(), members_.end(),
                     [](const Member* member) { return member == nullptr || member->task.one_statement; });
}

bool Batch::exchange() {
  std::vector<ResultPtr> answers;
  for (Group& group : groups_) learn_kinds(group);
  if (!begun_ && !all_ask_one_statement()) {
    connection_.add_control("BEGIN");
    begun_ = true;
  }
  for (Group& group : groups_) send(group);
  const auto failure = connection_.exchange(answers);
  std::size_t at = 0;
  for (Group& group : groups_) {
    if (failed_) break;  // a killed fiber's
    if (at + group.answers > answers.size()) {
      KONTOR_ASSERT(failure.has_value());
      spoil_failed(at, *failure);
      break;
    }
    if (!hand_out(group, std::span(answers).subspan(at, group.answers))) {
      for (auto& [member, wish] : group.wishes) member->spoiled = true;
      failed_ = true;
      break;
    }
    at += group.answers;
  }
  if (failure) failed_ = true;
  if (failure && failure->kind == Failure::Kind::kStale) stale_ = true;
  wake_answered();
  groups_.clear();
  return !failed_;
}

// Those who have all that they wished; all that had a wish in this round, when the batch is to be undone.
void Batch::wake_answered() {
  std::vector<Member*> heard;
  for (Group& group : groups_)
    for (auto& [member, wish] : group.wishes) {
      ++member->answered;
      if (heard.empty() || heard.back() != member) heard.push_back(member);
    }
  std::sort(heard.begin(), heard.end(), [](auto* a, auto* b) { return a->number < b->number; });
  heard.erase(std::unique(heard.begin(), heard.end()), heard.end());
  for (Member* member : heard) {
    if (!failed_ && member->answered < member->wishes.size()) continue;
    if (failed_ && !member->error) {
      member->error = undone();
      member->cut = true;
    }
    std::erase(waiting_, member);
    ++running_;
    member->parker.wake();
  }
}

// Of several that asked the same it is not known whose statement it was.
void Batch::spoil_failed(std::size_t at, const Failure& failure) {
  failed_ = true;
  if (failure.kind != Failure::Kind::kStatement) return;
  std::size_t first = 0;
  for (Group& group : groups_) {
    const bool here = at >= first && at < first + group.answers;
    first += group.answers;
    if (!here) continue;
    if (group.known->statement.broken) group.known->set.kind = SetText::Kind::kAlone;
    for (auto& [member, wish] : group.wishes) {
      member->spoiled = !group.known->statement.broken;
      if (members_.size() > 1 || group.known->statement.broken) continue;
      member->spoiled = false;
      member->error = failure.error;
      own_error_ = true;
    }
  }
}

// Those who still wait are told that it is over; a function runs to its end by itself then.
void Batch::end_all() {
  while (!waiting_.empty() || !at_gate_.empty()) {
    failed_ = true;
    for (Member* member : waiting_) {
      member->error = undone();
      member->cut = true;
    }
    wake(waiting_);
    wake(at_gate_);
    wait_for_all();
  }
  wait_for_all();
}

bool Batch::changed() const {
  for (const Member* member : members_)
    if (member != nullptr && board_.wrote(member->number)) return true;
  return false;
}

std::optional<Failure> Batch::commit() {
  const auto now = runtime::monotonic_micros();
  for (Member* member : members_)
    if (member != nullptr) member->times.commit_begun_us = now;
  connection_.add_commit();
  std::vector<ResultPtr> answers;
  auto failure = connection_.exchange(answers);
  const auto done = runtime::monotonic_micros();
  for (Member* member : members_)
    if (member != nullptr && !failure) member->times.committed_us = done;
  return failure;
}

void Batch::roll_back() {
  if (!begun_ || connection_.lost()) return;
  connection_.roll_back_later();
  if (!reading_) connection_.send_off();
}

void Batch::tell(Member::Verdict verdict, const Error* error) {
  for (Member*& member : members_) {
    if (member == nullptr) continue;
    member->verdict = verdict;
    if (error != nullptr) member->result = fail(*error);
    member->batch = nullptr;
    member->parker.wake();
    member = nullptr;
  }
}

void Batch::undo() {
  for (Member*& member : members_) {
    if (member == nullptr) continue;
    const bool at_fault =
        member->spoiled || (member->finished && !member->cut && !member->result && board_.wrote(member->number));
    member->verdict = at_fault ? Member::Verdict::kAlone : Member::Verdict::kAgain;
    member->batch = nullptr;
    member->parker.wake();
    member = nullptr;
  }
}

}  // namespace kontor::db_postgres
