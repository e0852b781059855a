// Who of a batch may go on. The functions of a batch run at once in one transaction, and must come out as if they had
// run one after another, in some order. A Board keeps what each has touched and who came after whom.
//
// Two accesses conflict when both may touch one row and one of them writes, or when one may free a unique key that the
// other may take (then who comes first decides whether the other succeeds). A function whose statement conflicts with
// an access of another comes after it. The order must have no circle: a statement that would close one is refused, and
// with it the batch. That alone is what makes the outcome right; everything else here is for speed:
//  - Statements of one round are sent as one and have no order: of two that conflict the later one waits for a round.
//  - A statement waits for an unfinished function whose access is likely followed by another of the same rows: read,
//    then written. What is likely is learned, statement by statement (Habit). So the row that everybody wants becomes a
//    chain, two rounds for each function.
//  - Reading what is usually written next counts as writing it. Else two would read, and neither could write.
#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "adapters/db_postgres/footprint.h"

namespace kontor::db_postgres {

constexpr std::size_t kMostMembers = 256;

// What usually follows an access of one statement to one of its regions.
struct Habit {
  int seen = 0;
  int again = 0;          // the function came back to the rows
  bool upgrades = false;  // to write what it had read
  bool holds() const { return again * 8 > seen; }
  void note_seen();
};

struct Value {
  enum class Kind : std::uint8_t { kNull, kInt, kBytes } kind = Kind::kNull;
  std::int64_t number = 0;  // or a hash: different ones are different bytes
  bool operator==(const Value&) const = default;
};
Value value_of(const db::Param& param);

// One region of one statement with its values.
struct Access {
  int table = -1;  // -1: everything
  Touch touch = Touch::kRead;
  std::vector<std::pair<int, Value>> named;
  std::vector<int> set;
  bool removes = false;
  bool reads = false;                // nothing but reads, whatever it counts as
  bool names_new(int column) const;  // an INSERT's, known or not
  Habit* habit = nullptr;
};
// Appends the accesses of one statement. `habits`: one a region, or one when it touches everything.
void add_accesses(const Footprint& footprint, std::span<const db::Param> params, std::span<Habit> habits,
                  std::vector<Access>& out);

class Board {
 public:
  explicit Board(const Names& names) : names_(names) {}

  bool conflict_between(std::span<const Access> some, std::span<const Access> others) const;
  // Whether no two of them, of one statement, conflict; told by sorting. May say no where none do.
  bool all_apart(std::span<const Access> all) const;
  // Whether no set of a statement is in the way of another; `begins`: where the accesses of each begin. May say no as
  // well.
  bool sets_apart(std::span<const Access> all, std::span<const std::size_t> begins) const;
  // Told once of each statement that a member wants.
  void learn(int member, std::vector<Access>& accesses);
  enum class Verdict { kGo, kWait, kRefused };
  // Whether the statement may be sent in this round; kGo notes it.
  Verdict ask(int member, std::vector<Access>& accesses);
  void next_round() { ++round_; }
  void finished(int member) { finished_.set(static_cast<std::size_t>(member)); }
  bool wrote(int member) const { return wrote_.test(static_cast<std::size_t>(member)); }

 private:
  using Members = std::bitset<kMostMembers>;
  bool closes_circle(std::size_t self, const Members& earlier) const;
  void come_after(std::size_t self, const Members& earlier);
  struct Noted {
    Access access;
    int member = 0;
    int round = 0;
    bool superseded = false;  // the same rows were touched again: that access speaks for both
  };
  bool conflict(const Access& a, const Access& b) const;
  bool keys_conflict(const Access& a, const Access& b) const;
  bool blocks(const Noted& noted) const;
  template <class Visit>
  void visit(const Access& access, Visit&& each);

  struct Table {
    std::vector<std::size_t> all;
    // By the value of one column, where an access names it.
    int column = -1;
    std::unordered_map<std::int64_t, std::vector<std::size_t>> by_value;
    std::vector<std::size_t> wide;
    std::vector<std::size_t> free_inserts;  // which no other insert can be in the way of
  };
  bool bound_to(const Access& access, int column) const;
  bool free_insert(const Access& access) const;
  void note(int member, Access&& access);
  Table& table_of(const Access& access);
  const Names& names_;
  int round_ = 0;
  std::vector<Noted> noted_;
  std::unordered_map<int, Table> tables_;
  std::vector<std::size_t> everywhere_;
  std::array<Members, kMostMembers> before_;
  Members finished_, wrote_;
};

}  // namespace kontor::db_postgres
