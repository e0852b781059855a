// Many callers at once: sums that must add up, and random histories that must have a serial order.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "runtime/fiber.h"
#include "tests/contracts/at_once.h"
#include "tests/contracts/db_contract.h"

using namespace kontor;
using namespace kontor::contract;
using db::Home;
using db::Rows;
using db::Tx;

namespace {

std::uint64_t luck(std::uint64_t& state) {
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return state >> 33;
}

void increments_add_up(Subject& subject, bool fibers) {
  constexpr int kCallers = 8;
  constexpr int kRounds = 50;
  REQUIRE(put(*subject.store, 1, 0));
  std::atomic<int> failed{0};
  at_once(kCallers, fibers, [&](int) {
    for (int i = 0; i < kRounds; ++i) {
      const auto done = persist(*subject.store, [](Tx& tx) -> Result<void> {
        TRY(const Rows rows, tx.ask(kGetItem, 1));  // read, then write what was read: lost updates would show
        TRY_DO(tx.run(kAddAmount, 1, 1));
        TRY(const Rows after, tx.ask(kGetItem, 1));
        if (after.front().i64(3) != rows.front().i64(3) + 1) return fail(Errc::kInternal, "contract.torn");
        return {};
      });
      if (!done) ++failed;
    }
  });
  CHECK(failed == 0);
  CHECK(amount_of(*subject.store, 1) == kCallers * kRounds);
}

void failing_neighbours_fall_alone(Subject& subject, bool fibers) {
  std::atomic<int> kept{0};
  std::atomic<int> wrong{0};
  at_once(16, fibers, [&](int caller) {
    for (int i = 0; i < 20; ++i) {
      const std::int64_t id = caller * 100 + i + 1;
      const bool refuse = i % 3 == 0;
      const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
        TRY_DO(put(tx, id, 1));
        if (refuse) return fail(Errc::kConflict, "contract.refused");
        return {};
      });
      if (done) ++kept;
      if (done.has_value() == refuse || (!done && done.error().reason != "contract.refused")) ++wrong;
    }
  });
  CHECK(wrong == 0);
  CHECK(kept == 16 * 13);
  CHECK(items_in(*subject.store) == kept);
}

void transfers_keep_the_total(Subject& subject, bool fibers) {
  constexpr std::int64_t kAccounts = 6;
  for (std::int64_t id = 1; id <= kAccounts; ++id) REQUIRE(put(*subject.store, id, 20));
  std::atomic<int> wrong_totals{0};
  std::atomic<int> refused{0};
  std::atomic<int> failed{0};
  at_once(8, fibers, [&](int caller) {
    std::uint64_t state = static_cast<std::uint64_t>(caller) + 77;
    for (int i = 0; i < 40; ++i) {
      const auto from = static_cast<std::int64_t>(luck(state) % kAccounts) + 1;
      const auto to = static_cast<std::int64_t>(luck(state) % kAccounts) + 1;
      const auto amount = static_cast<std::int64_t>(luck(state) % 25) + 1;
      const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
        TRY_DO(tx.run(kAddAmount, to, amount));  // first the giving: undoing it must be complete
        TRY(const auto taken, tx.run(kTakeAmount, from, amount));
        if (taken == 0) return fail(Errc::kOutOfStock, "contract.poor");
        return {};
      });
      if (!done && done.error().reason == "contract.poor")
        ++refused;
      else if (!done)
        ++failed;
      const auto read = subject.store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY(const Rows rows, tx.ask(kSumAmounts));
        if (rows.front().i64(0) != 20 * kAccounts) ++wrong_totals;
        return {};
      });
      if (!read && !again(read)) ++failed;
    }
  });
  CHECK(failed == 0);
  CHECK(wrong_totals == 0);
  CHECK(refused > 0);
  std::int64_t total = 0;
  for (std::int64_t id = 1; id <= kAccounts; ++id) total += amount_of(*subject.store, id);
  CHECK(total == 20 * kAccounts);
}

// --- random histories on lists, as in Jepsen's list-append ---

using List = std::vector<std::int64_t>;

struct Event {
  std::map<std::int64_t, List> saw;               // what it read, by list, before its own append
  std::map<std::int64_t, std::int64_t> appended;  // a value of its own, by list
};

constexpr db::Query kNewList{"contract.new_list", Home::kCustomer,
                             "INSERT INTO contract_list (id, entries) VALUES ($1, '') ON CONFLICT (id) DO NOTHING"};
constexpr db::Query kEntries{"contract.entries", Home::kCustomer, "SELECT entries FROM contract_list WHERE id = $1"};
constexpr db::Query kAppend{"contract.append", Home::kCustomer,
                            "UPDATE contract_list SET entries = entries || CAST($2 AS TEXT) WHERE id = $1"};

List parse(std::string_view text) {
  List list;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t comma = text.find(',', at);
    list.push_back(std::stoll(std::string(text.substr(at, comma - at))));
    at = comma + 1;
  }
  return list;
}

Result<List> entries(Tx& tx, std::int64_t list) {
  TRY(const Rows rows, tx.ask(kEntries, list));
  return parse(rows.front().text(0));
}

class Histories {
 public:
  Histories(Subject& subject, std::int64_t lists) : subject_(subject), lists_(lists) {}

  void run(bool fibers, std::uint64_t seed) {
    for (std::int64_t list = 0; list < lists_; ++list) {
      REQUIRE(persist(*subject_.store, [&](Tx& tx) -> Result<void> {
        TRY_DO(tx.run(kNewList, list));
        return {};
      }));
    }
    at_once(8, fibers, [&](int caller) {
      std::uint64_t state = seed * 1000 + static_cast<std::uint64_t>(caller);
      for (int i = 0; i < 60; ++i) {
        if (luck(state) % 2 == 0)
          look(state);
        else
          change(state);
      }
    });
  }

  // What is wrong with the history; empty when it has a serial order.
  std::string judge() {
    std::map<std::int64_t, List> final_lists;
    for (std::int64_t list = 0; list < lists_; ++list) {
      REQUIRE(subject_.store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY(final_lists[list], entries(tx, list));
        return {};
      }));
    }
    for (std::size_t i = 0; i < events_.size(); ++i)
      for (const auto& [list, value] : events_[i].appended) writer_[value] = i;
    std::size_t entries_there = 0;
    for (const auto& [list, values] : final_lists) {
      entries_there += values.size();
      for (const std::int64_t value : values)
        if (!writer_.contains(value)) return "an entry of a function that failed: " + std::to_string(value);
    }
    if (entries_there != writer_.size()) return "an append was lost";
    edges_.assign(events_.size(), {});
    for (const auto& [list, values] : final_lists)
      for (std::size_t i = 1; i < values.size(); ++i) add_edge(writer_[values[i - 1]], writer_[values[i]]);
    for (std::size_t i = 0; i < events_.size(); ++i)
      if (auto wrong = place(i, final_lists); !wrong.empty()) return wrong;
    return has_cycle() ? "no serial order explains what was read" : "";
  }
  std::size_t events() const { return events_.size(); }

 private:
  void change(std::uint64_t& state) {
    Event event;
    const std::set<std::int64_t> reads = some(state);
    const std::set<std::int64_t> appends = some(state);
    for (const std::int64_t list : appends) event.appended[list] = next_.fetch_add(1);
    const bool refuse = luck(state) % 8 == 0, later = luck(state) % 2 == 0;
    const auto done = persist(*subject_.store, [&](Tx& tx) -> Result<void> {
      event.saw.clear();
      for (const std::int64_t list : reads) {
        TRY(event.saw[list], entries(tx, list));
      }
      for (const auto& [list, value] : event.appended) {
        const std::string entry = std::to_string(value) + ",";
        if (later)
          TRY_DO(tx.later(kAppend, nullptr, list, entry));
        else
          TRY_DO(tx.run(kAppend, list, entry));
      }
      if (refuse) return fail(Errc::kConflict, "contract.refused");
      return {};
    });
    if (done) add(std::move(event));
  }
  void look(std::uint64_t& state) {
    Event event;
    const std::set<std::int64_t> reads = some(state);
    const auto done = subject_.store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      event.saw.clear();
      for (const std::int64_t list : reads) {
        TRY(event.saw[list], entries(tx, list));
      }
      return {};
    });
    // PostgreSQL's snapshots are consistent without taking part in the serial order of the writes.
    if (done && subject_.engine == "sqlite") add(std::move(event));
  }
  void add(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  std::set<std::int64_t> some(std::uint64_t& state) const {
    std::set<std::int64_t> lists;
    const std::uint64_t count = 1 + luck(state) % 3;
    while (lists.size() < count) lists.insert(static_cast<std::int64_t>(luck(state)) % lists_);
    return lists;
  }
  void add_edge(std::size_t from, std::size_t to) {
    if (from != to) edges_[from].insert(to);
  }
  // After the writer of the last entry it saw, before the writer of the first that it did not see.
  std::string place(std::size_t at, const std::map<std::int64_t, List>& final_lists) {
    for (const auto& [list, saw] : events_[at].saw) {
      const List& all = final_lists.at(list);
      if (saw.size() > all.size() || !std::equal(saw.begin(), saw.end(), all.begin()))
        return "a read of what never was";
      if (!saw.empty()) add_edge(writer_.at(saw.back()), at);
      if (saw.size() < all.size()) add_edge(at, writer_.at(all[saw.size()]));
    }
    return {};
  }
  bool has_cycle() const {
    std::vector<std::size_t> incoming(edges_.size(), 0);
    for (const auto& targets : edges_)
      for (const std::size_t to : targets) ++incoming[to];
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < incoming.size(); ++i)
      if (incoming[i] == 0) ready.push_back(i);
    std::size_t placed = 0;
    while (!ready.empty()) {
      const std::size_t from = ready.back();
      ready.pop_back();
      ++placed;
      for (const std::size_t to : edges_[from])
        if (--incoming[to] == 0) ready.push_back(to);
    }
    return placed != edges_.size();
  }

  Subject& subject_;
  std::int64_t lists_;
  std::atomic<std::int64_t> next_{1};
  std::mutex mutex_;
  std::vector<Event> events_;
  std::map<std::int64_t, std::size_t> writer_;
  std::vector<std::set<std::size_t>> edges_;
};

void histories_are_serialisable(Subject& subject, bool fibers) {
  Histories histories(subject, 5);
  histories.run(fibers, fibers ? 2 : 1);
  CHECK(histories.events() > 100);
  CHECK(histories.judge() == "");
}

}  // namespace

TEST_CASE("db contract: increments of many threads add up") {
  on_each_store([](Subject& subject) { increments_add_up(subject, false); });
}
TEST_CASE("db contract: increments of many fibers add up") {
  on_each_store([](Subject& subject) { increments_add_up(subject, true); });
}
TEST_CASE("db contract: a failing function falls alone among threads") {
  on_each_store([](Subject& subject) { failing_neighbours_fall_alone(subject, false); });
}
TEST_CASE("db contract: a failing function falls alone among fibers") {
  on_each_store([](Subject& subject) { failing_neighbours_fall_alone(subject, true); });
}
TEST_CASE("db contract: transfers of many threads keep the total") {
  on_each_store([](Subject& subject) { transfers_keep_the_total(subject, false); });
}
TEST_CASE("db contract: transfers of many fibers keep the total") {
  on_each_store([](Subject& subject) { transfers_keep_the_total(subject, true); });
}
TEST_CASE("db contract: histories of many threads have a serial order") {
  on_each_store([](Subject& subject) { histories_are_serialisable(subject, false); });
}
TEST_CASE("db contract: histories of many fibers have a serial order") {
  on_each_store([](Subject& subject) { histories_are_serialisable(subject, true); });
}
