// Many functions in one transaction. Each runs on its caller's own fiber with a BatchTx, and parks when it asks
// something; its writes for later are asked with it. They set out while the batch waits for the gate. What those who
// have parked ask is sent in rounds: equal statements as one statement for many sets of parameters (set_text.h), and
// the answers are handed out. Of many, writing, each half has a round of its own, so that the server works for one
// half while the other goes on: with the gate in hand neither keeps the other waiting.
//
// Writing, the functions must come out as if run one after another. Between batches and other writers that is simple:
// a batch holds the gate alone, all other write functions hold it together, and each takes its snapshots after it has
// it. Within a batch the Board (conflicts.h) lets a statement go only where a serial order remains. All commit
// together or none does: what one reads of another is never taken back without it. A function that fails once it has
// changed something, a refused statement, a lost connection: the batch is undone, its functions run again, and those
// at fault by themselves. Nobody is answered before COMMIT has succeeded.
//
// Reading, they share a snapshot, and each is answered when it is done.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/db_postgres/conflicts.h"
#include "adapters/db_postgres/connection.h"
#include "adapters/db_postgres/gate.h"
#include "adapters/db_postgres/set_text.h"
#include "runtime/fiber.h"
#include "runtime/store_metrics.h"

namespace kontor::db_postgres {

class Batch;
class BatchTx;

// What is known of a Query, once for each loop.
struct KnownQuery {
  const char* text = nullptr;
  SetText set;
  std::string kinds;       // a letter for each parameter, or ? while only NULL was seen
  bool described = false;  // the server was asked for what only NULL was seen of
  Footprint footprint;
  std::vector<Habit> habits;
  SetStatement statement;  // for the kinds seen last
};
class KnownQueries {
 public:
  explicit KnownQueries(Catalogue catalogue) : names_(std::move(catalogue)) {}
  KnownQuery& of(const db::Query& query);
  const Names& names() const { return names_; }

 private:
  Names names_;
  std::unordered_map<const db::Query*, std::unique_ptr<KnownQuery>> known_;
};

// One statement that a function asks, for one set of parameters or several.
struct Wish {
  const db::Query* query = nullptr;
  const db::Query* otherwise = nullptr;  // asked instead when the batch is not in order, which the gate tells
  std::span<const db::Param> params;
  std::span<const std::vector<db::Param>> sets;
  std::size_t count = 1;  // of sets
  db::Tx::Check check = nullptr;
  std::vector<db::Param> own_params;  // of a write for later, with their bytes
  std::string own_bytes;
  std::span<const db::Param> set(std::size_t at) const { return sets.empty() ? params : sets[at]; }

  std::vector<Access> accesses;
  bool apart = false;  // its sets may be in each other's way: one after the other
  // The answer, by set.
  std::vector<std::int64_t> changed;
  std::vector<db::Rows> rows;
};

// A function, and what it may ask.
struct Task {
  db::Homes homes;
  const db::Function& function;
  bool one_statement = false;  // reading
};

// One function on its way through a batch, on its caller's stack.
struct Member {
  explicit Member(const Task& t) : task(t) {}
  ~Member();
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  Task task;
  runtime::Parker parker;
  Batch* batch = nullptr;
  std::vector<Member*>* queue = nullptr;  // where it waits for a batch
  int number = 0;

  enum class Verdict { kOpen, kDone, kAgain, kAlone, kUnknown };
  Verdict verdict = Verdict::kOpen;
  Result<void> result;
  bool finished = false;
  std::size_t asked = 0;   // statements
  std::size_t writes = 0;  // of these: that were not only reads
  bool cut = false;        // the batch was undone under it: its result says nothing
  bool spoiled = false;    // it asked for what a batch cannot do: it runs again by itself
  runtime::WriteTimes times;

  // What it waits for, in the order in which it was asked; the first `sent` are under way or `answered`.
  std::vector<std::unique_ptr<Wish>> wishes;
  std::size_t sent = 0;
  std::size_t answered = 0;
  std::optional<Error> error;

  // Runs the function on this fiber, in `batch`.
  void run();
  // The batch was undone under it.
  void cut_off();

 private:
  Result<void> call(BatchTx& tx);
};

class Batch {
 public:
  struct How {
    bool reading = false;
    bool always_sets = false;
    Gate gate = Gate::kShop;
  };
  Batch(Connection& connection, KnownQueries& known, How how)
      : connection_(connection),
        known_(known),
        board_(known.names()),
        reading_(how.reading),
        how_(how),
        passed_(how.reading) {}
  ~Batch();

  // As many as there is room for; they run at once, up to their first question.
  void take(std::vector<Member*>& queue, std::size_t most);
  // Writing: BEGIN, the gate, and a look whether something waits in front of what the functions will add to the log:
  // nothing in `queue`, or null where others write to the log meanwhile.
  std::optional<Failure> begin(const db::Query* queue);
  void give_up();  // it did not begin: all run to their ends, of which nothing is kept
  // Runs all members to their ends; false when it has to be undone.
  bool run();
  std::optional<Failure> commit();
  void roll_back();  // reading, with what the connection sends next
  // Tells all who have no verdict yet.
  void tell(Member::Verdict verdict, const Error* error = nullptr);
  void undo();  // tells all to run again: those at fault by themselves
  bool changed() const;
  std::size_t size() const { return members_.size(); }
  bool reading() const { return reading_; }
  bool only_failed() const { return members_.size() == 1 && members_[0] != nullptr && !members_[0]->result; }
  bool stale() const { return stale_; }  // the connection's prepared statements are
  // It keeps all other writers out, and nothing waits: its serial ids are in commit order. Known once it has passed the
  // gate, for which the member waits.
  bool passed() const { return passed_; }
  bool in_order() const { return in_order_; }
  void wait_for_gate(Member& member);

 private:
  friend struct Member;
  friend class BatchTx;
  struct Group {
    const db::Query* query = nullptr;
    KnownQuery* known = nullptr;
    std::vector<std::pair<Member*, Wish*>> wishes;
    std::size_t sets = 0;
    bool as_set = false;
    std::size_t answers = 0;  // how many
  };
  using Round = std::vector<Group>;
  void park(Member& member);
  void finish(Member& member);
  void leave(Member& member);
  void wait_for_all();
  void wait_for_most();
  Round choose();
  bool may_go(Member& member, Wish& wish);
  void join_group(Round& round, Member& member, Wish& wish);
  void prepare(Member& member, Wish& wish);
  void learn_kinds(Group& group);
  void describe(KnownQuery& known, const Group& group);
  void send(Group& group);
  bool all_ask_one_statement() const;
  bool send_round();
  void receive_round();
  void receive_rest();
  void spoil_failed(const Round& round, std::size_t at, const Failure& failure);
  void wake_answered(const Round& round);
  bool hand_out(Group& group, std::span<const ResultPtr> answers);
  bool hand_out_ids(Group& group, const PGresult* answer);
  bool hand_out_inserts(Group& group, const PGresult* answer);
  bool hand_out_rows(Group& group, const PGresult* answer);
  void end_all();
  void wake(std::vector<Member*>& members);

  Connection& connection_;
  KnownQueries& known_;
  Board board_;
  bool reading_;
  How how_;
  bool begun_ = false;
  bool passed_;
  bool in_order_ = false;
  bool stale_ = false;
  bool own_error_ = false;        // of the only member's statement
  bool failed_ = false;           // has to be undone; every further statement is refused
  std::vector<Member*> members_;  // null: its fiber was killed
  std::vector<Member*> waiting_;
  std::vector<Member*> at_gate_;
  std::deque<Round> rounds_;  // under way, the oldest first
  bool all_asked_ = false;    // whether they may go, of those who wait, since somebody parked or was answered
  runtime::Parker parked_;    // woken when one parks or ends
  std::size_t running_ = 0;
};

}  // namespace kontor::db_postgres
