#include "adapters/db_postgres/batch.h"

#include <algorithm>

#include "adapters/db_postgres/batch_tx.h"
#include "base/assert.h"
#include "runtime/monotonic.h"

namespace kontor::db_postgres {
namespace {

constexpr std::size_t kRoundsAtOnce = 2;

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

// Writing, others wait for the gate meanwhile.
Result<void> Member::call(BatchTx& tx) {
  if (batch->reading()) return tx.call();
  const runtime::HighPriority others_wait;
  return tx.call();
}

void Member::run() {
  KONTOR_ASSERT(batch != nullptr);
  BatchTx tx(*this);
  result = call(tx);
  finished = true;
  batch->finish(*this);
}

void Member::cut_off() {
  error = Error{Errc::kUnavailable, "db.busy", "The transaction was undone, and its functions run again.", {}, {}, 1};
  cut = true;
}

Batch::~Batch() {
  for (Member* member : members_)
    if (member != nullptr) member->batch = nullptr;
}

std::optional<Failure> Batch::begin(const db::Query* queue) {
  if (reading_) return std::nullopt;  // begins with what it asks first
  connection_.add_control("BEGIN");
  begun_ = true;
  connection_.add_control(alone(how_.gate));
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
    member.sent = member.answered = 0;
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

// Until all wait, while the server works; or as many as run, so that it may.
void Batch::wait_for_most() {
  while (running_ > (rounds_.empty() ? waiting_.size() : 0)) parked_.wait();
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
  if (failed_) return member.cut_off();
  waiting_.push_back(&member);
  all_asked_ = false;
  for (const auto& wish : member.wishes)
    if (wish->otherwise == nullptr) prepare(member, *wish);
  --running_;
  parked_.wake();
  member.parker.wait();
}

void Batch::finish(Member& member) {
  all_asked_ = false;
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
  for (Round& round : rounds_)
    for (Group& group : round) std::erase_if(group.wishes, [&](const auto& one) { return one.first == &member; });
  failed_ = true;
}

bool Batch::run() {
  const auto now = runtime::StoreMetrics::now_us();
  for (Member* member : members_)
    if (member != nullptr && member->times.begun_us == 0) member->times.begun_us = now;
  wake(at_gate_);
  wait_for_most();
  while (!failed_ && (running_ > 0 || !waiting_.empty())) {
    if (rounds_.size() < kRoundsAtOnce && send_round()) continue;
    if (!rounds_.empty())
      receive_round();
    else if (running_ > 0)  // all who wait do so for one who runs
      parked_.wait();
    else
      failed_ = true;
    if (!failed_) wait_for_most();
  }
  receive_rest();
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

// Those who still wait are told that it is over; a function runs to its end by itself then.
void Batch::end_all() {
  while (!waiting_.empty() || !at_gate_.empty()) {
    failed_ = true;
    for (Member* member : waiting_) member->cut_off();
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
