#include "adapters/db_postgres/conflicts.h"

#include <doctest/doctest.h>

#include <memory>

using namespace kontor;
using namespace kontor::db_postgres;
using Verdict = Board::Verdict;

namespace {

Catalogue catalogue() {
  Catalogue out;
  out.tables["item"] = {{{"id"}}, false};
  out.tables["account"] = {{{"id"}, {"owner", "name"}}, false};
  out.tables["log"] = {{{"seq"}}, false};
  out.tables["job"] = {{{"id"}}, true};
  return out;
}

class Play {
 public:
  Verdict ask(int member, std::string_view sql, std::initializer_list<db::Param> params) {
    const std::vector<db::Param> bound(params);
    auto& known = known_[sql];
    if (!known) {
      known = std::make_unique<Known>();
      known->footprint = footprint_of(sql, names_);
      known->habits.resize(std::max<std::size_t>(known->footprint.regions.size(), 1));
    }
    std::vector<Access> accesses;
    add_accesses(known->footprint, bound, known->habits, accesses);
    board_->learn(member, accesses);
    return board_->ask(member, accesses);
  }
  void round() { board_->next_round(); }
  void finish(int member) { board_->finished(member); }
  void next_batch() { board_ = std::make_unique<Board>(names_); }
  Board& board() { return *board_; }

 private:
  struct Known {
    Footprint footprint;
    std::vector<Habit> habits;
  };
  Names names_{catalogue()};
  std::map<std::string_view, std::unique_ptr<Known>> known_;
  std::unique_ptr<Board> board_ = std::make_unique<Board>(names_);
};

constexpr std::string_view kGet = "SELECT amount FROM item WHERE id = $1";
constexpr std::string_view kAdd = "UPDATE item SET amount = amount + $2 WHERE id = $1";
constexpr std::string_view kPut = "INSERT INTO item (id, amount) VALUES ($1, $2)";
constexpr std::string_view kCount = "SELECT COUNT(*) FROM item";
constexpr std::string_view kRemove = "DELETE FROM item WHERE id = $1";
constexpr std::string_view kRename = "UPDATE account SET name = $2 WHERE id = $1";
constexpr std::string_view kFree =
    "UPDATE account SET name = CASE WHEN CAST($2 AS BIGINT) = 1 THEN NULL ELSE name END WHERE id = $1";
constexpr std::string_view kOpen = "INSERT INTO account (id, owner, name) VALUES ($1, $2, $3)";
constexpr std::string_view kNote = "INSERT INTO log (words) VALUES ($1)";
constexpr std::string_view kUnqueue = "DELETE FROM log WHERE seq <= $1";

}  // namespace

TEST_CASE("conflicts: different rows are nothing to each other, in one round") {
  Play play;
  CHECK(play.ask(0, kAdd, {1, 5}) == Verdict::kGo);
  CHECK(play.ask(1, kAdd, {2, 5}) == Verdict::kGo);
  CHECK(play.ask(2, kGet, {3}) == Verdict::kGo);
  CHECK(play.ask(3, kPut, {4, 0}) == Verdict::kGo);
  CHECK(play.board().wrote(0));
  CHECK_FALSE(play.board().wrote(2));
}

TEST_CASE("conflicts: of two that want one row the second waits for the next round") {
  Play play;
  CHECK(play.ask(0, kAdd, {1, 5}) == Verdict::kGo);
  CHECK(play.ask(1, kAdd, {1, 5}) == Verdict::kWait);
  play.round();
  CHECK(play.ask(1, kAdd, {1, 5}) == Verdict::kGo);
}

TEST_CASE("conflicts: readers of one row go together, a writer after them") {
  Play play;
  CHECK(play.ask(0, kGet, {1}) == Verdict::kGo);
  CHECK(play.ask(1, kGet, {1}) == Verdict::kGo);
  CHECK(play.ask(2, kAdd, {1, 1}) == Verdict::kWait);
}

TEST_CASE("conflicts: a circle is refused") {
  Play play;
  CHECK(play.ask(0, kGet, {1}) == Verdict::kGo);
  CHECK(play.ask(1, kGet, {2}) == Verdict::kGo);
  play.round();
  CHECK(play.ask(0, kAdd, {2, 1}) == Verdict::kGo);       // 1 before 0: it has read what 0 changes
  CHECK(play.ask(1, kAdd, {1, 1}) == Verdict::kRefused);  // and here 0 before 1
}

TEST_CASE("conflicts: a circle over three is refused") {
  Play play;
  for (int i = 0; i < 3; ++i) CHECK(play.ask(i, kGet, {i}) == Verdict::kGo);
  play.round();
  CHECK(play.ask(0, kAdd, {1, 1}) == Verdict::kGo);  // 1 before 0
  CHECK(play.ask(1, kAdd, {2, 1}) == Verdict::kGo);  // 2 before 1
  play.round();
  CHECK(play.ask(2, kAdd, {0, 1}) == Verdict::kRefused);
}

TEST_CASE("conflicts: reading what is written next is learned, and becomes a chain") {
  Play play;
  CHECK(play.ask(0, kGet, {1}) == Verdict::kGo);
  play.round();
  CHECK(play.ask(0, kAdd, {1, 1}) == Verdict::kGo);
  play.next_batch();
  CHECK(play.ask(0, kGet, {1}) == Verdict::kGo);
  CHECK(play.ask(1, kGet, {1}) == Verdict::kWait);
  play.round();
  CHECK(play.ask(1, kGet, {1}) == Verdict::kWait);  // 0 will write yet
  CHECK(play.ask(0, kAdd, {1, 1}) == Verdict::kGo);
  play.round();
  CHECK(play.ask(1, kGet, {1}) == Verdict::kGo);  // though 0 is not done
  play.round();
  CHECK(play.ask(0, kAdd, {1, 1}) != Verdict::kGo);  // but then 0 must not come back
}

TEST_CASE("conflicts: what counts all rows is in the way of who inserts one") {
  Play play;
  CHECK(play.ask(0, kCount, {}) == Verdict::kGo);
  CHECK(play.ask(1, kPut, {7, 1}) == Verdict::kWait);
  play.round();
  CHECK(play.ask(1, kPut, {7, 1}) == Verdict::kGo);  // 0 before 1
  play.round();
  CHECK(play.ask(0, kCount, {}) == Verdict::kRefused);
}

TEST_CASE("conflicts: inserts of one key, and who frees it") {
  Play play;
  CHECK(play.ask(0, kPut, {7, 1}) == Verdict::kGo);
  CHECK(play.ask(1, kPut, {7, 2}) == Verdict::kWait);
  CHECK(play.ask(2, kPut, {8, 2}) == Verdict::kGo);
  CHECK(play.ask(3, kRemove, {8}) == Verdict::kWait);
  CHECK(play.ask(4, kRemove, {9}) == Verdict::kGo);
}

TEST_CASE("conflicts: a second unique key counts, and only for those who may change it") {
  Play play;
  CHECK(play.ask(0, kOpen, {1, 5, "a"}) == Verdict::kGo);
  CHECK(play.ask(1, kOpen, {2, 5, "b"}) == Verdict::kGo);
  CHECK(play.ask(2, kOpen, {3, 5, "a"}) == Verdict::kWait);
  CHECK(play.ask(3, kRename, {9, "z"}) == Verdict::kWait);  // whose name it takes away is not known
  CHECK(play.ask(4, kFree, {9, 1}) == Verdict::kWait);
  CHECK(play.ask(5, kFree, {9, 0}) == Verdict::kGo);  // the name stays
}

TEST_CASE("conflicts: serial keys never clash, and a range is in the way of all") {
  Play play;
  CHECK(play.ask(0, kNote, {"a"}) == Verdict::kGo);
  CHECK(play.ask(1, kNote, {"a"}) == Verdict::kGo);
  CHECK(play.ask(2, kUnqueue, {100}) == Verdict::kWait);
  play.round();
  CHECK(play.ask(2, kUnqueue, {100}) == Verdict::kGo);
  CHECK(play.ask(3, kNote, {"b"}) == Verdict::kWait);
}

TEST_CASE("conflicts: tables with odd keys, unknown tables and unknown words") {
  Play play;
  CHECK(play.ask(0, "INSERT INTO job (id) VALUES ($1)", {1}) == Verdict::kGo);
  CHECK(play.ask(1, "INSERT INTO job (id) VALUES ($1)", {2}) == Verdict::kWait);
  CHECK(play.ask(2, "SELECT a FROM a_view WHERE id = $1", {2}) == Verdict::kWait);
  CHECK(play.ask(3, kGet, {1}) == Verdict::kGo);
  CHECK(play.ask(4, "SELECT a FROM a_view WHERE id = $1", {2}) == Verdict::kWait);
  CHECK(play.ask(5, "VACUUM", {}) == Verdict::kWait);
}

TEST_CASE("conflicts: a column that an UPDATE sets does not say which rows it touches") {
  Play play;
  CHECK(play.ask(0, "UPDATE item SET amount = $2 WHERE amount = $1", {1, 2}) == Verdict::kGo);
  CHECK(play.ask(1, "SELECT id FROM item WHERE amount = $1", {2}) == Verdict::kWait);
  CHECK(play.ask(2, "SELECT id FROM item WHERE id = $1 OR amount = $2", {1, 7}) == Verdict::kWait);
}

TEST_CASE("conflicts: of IN the values count") {
  Play play;
  constexpr std::string_view kSome = "SELECT i.amount FROM item i JOIN account a ON a.id = i.id WHERE i.id IN ($1, $2)";
  CHECK(play.ask(0, kAdd, {1, 5}) == Verdict::kGo);
  CHECK(play.ask(1, kSome, {2, 3}) == Verdict::kGo);
  CHECK(play.ask(2, kSome, {3, 1}) == Verdict::kWait);
}

TEST_CASE("conflicts: that sets of a statement are apart is told for all of them as for each two") {
  Names names{catalogue()};
  Board board(names);
  constexpr std::string_view kAddOrPut =
      "INSERT INTO item (id, amount) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET amount = item.amount + 1";
  int apart = 0, conflicting = 0;
  std::uint64_t luck = 7;
  const auto draw = [&](int below) {
    luck = luck * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<std::int64_t>(luck >> 33) % below;
  };
  for (const std::string_view sql : {kAdd, kPut, kRemove, kRename, kFree, kOpen, kNote, kUnqueue, kAddOrPut}) {
    const Footprint footprint = footprint_of(sql, names);
    std::vector<Habit> habits(std::max<std::size_t>(footprint.regions.size(), 1));
    for (int turn = 0; turn < 200; ++turn) {
      std::vector<Access> all;
      for (std::int64_t i = 0, count = 2 + draw(5); i < count; ++i)
        add_accesses(footprint, std::vector<db::Param>{draw(12), draw(2), draw(12)}, habits, all);
      bool conflict = false;
      for (std::size_t i = 1; i < all.size(); ++i)
        conflict = conflict || board.conflict_between(std::span(all).first(i), std::span(all).subspan(i, 1));
      const bool told = board.all_apart(all);
      CHECK_FALSE((told && conflict));
      // Sets that differ in what a parameter lets them change are not judged.
      if (sql != kFree) CHECK(told == !conflict);
      ++(told ? apart : conflicting);
    }
  }
  CHECK(apart > 300);
  CHECK(conflicting > 300);
}
