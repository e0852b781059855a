// Many sets at once, and writes whose outcome nobody waits for.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <vector>

#include "tests/contracts/at_once.h"
#include "tests/contracts/db_contract.h"

using namespace kontor;
using namespace kontor::contract;
using db::Home;
using db::Rows;
using db::Tx;

namespace {

using Sets = std::vector<std::vector<db::Param>>;

constexpr db::Query kNote{"contract.later_note", Home::kCustomer,
                          "INSERT INTO contract_note (words) VALUES ($1) RETURNING id"};
constexpr db::Query kPutQuietly{"contract.later_put", Home::kCustomer,
                                "INSERT INTO contract_item (id, words, bytes, amount) VALUES ($1, $2, NULL, $3) "
                                "ON CONFLICT (id) DO NOTHING"};
constexpr db::Query kAddOrPut{"contract.later_add_or_put", Home::kCustomer,
                              "INSERT INTO contract_item (id, words, bytes, amount) VALUES ($1, $2, NULL, $3) "
                              "ON CONFLICT (id) DO UPDATE SET amount = contract_item.amount + excluded.amount"};
constexpr db::Query kPutInOrder{
    "contract.later_in_order", Home::kCustomer,
    "INSERT INTO contract_item (id, words, bytes, amount) VALUES ($1, 'in order', NULL, $2)"};
constexpr db::Query kPutOtherwise{
    "contract.later_otherwise", Home::kCustomer,
    "INSERT INTO contract_item (id, words, bytes, amount) VALUES ($1, 'otherwise', NULL, $2)"};

Result<void> one(std::int64_t changed) {
  if (changed != 1) return fail(Errc::kConflict, "contract.not_one", "Another number of rows than one.");
  return {};
}

}  // namespace

TEST_CASE("db contract: ask_each answers the rows of each set") {
  on_each_store([](Subject& subject) {
    for (std::int64_t id = 1; id <= 3; ++id) REQUIRE(put(*subject.store, id, id * 10));
    std::vector<Rows> answers;
    REQUIRE(subject.store->read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY(answers, tx.ask_each(kGetItem, Sets{{3}, {99}, {1}, {3}}));
      TRY(const auto none, tx.ask_each(kGetItem, {}));
      CHECK(none.empty());
      return {};
    }));
    REQUIRE(answers.size() == 4);
    CHECK(answers[0].front().i64(3) == 30);
    CHECK(answers[1].empty());
    CHECK(answers[2].front().i64(3) == 10);
    CHECK(answers[3].front().i64(3) == 30);
  });
}

TEST_CASE("db contract: insert_each answers the id of each set, in order") {
  on_each_store([](Subject& subject) {
    std::vector<std::int64_t> ids;
    REQUIRE(subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY(ids, tx.insert_each(kNote, Sets{{"a"}, {"b"}, {"c"}}));
      return {};
    }));
    REQUIRE(ids.size() == 3);
    CHECK(ids[0] < ids[1]);
    CHECK(ids[1] < ids[2]);
  });
}

TEST_CASE("db contract: run_each may name a row twice") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 10));
    REQUIRE(put(*subject.store, 2, 10));
    std::vector<std::int64_t> taken;
    REQUIRE(subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY(taken, tx.run_each(kTakeAmount, Sets{{1, 6}, {2, 6}, {1, 6}, {2, 4}}));
      return {};
    }));
    CHECK(taken == std::vector<std::int64_t>{1, 1, 0, 1});
    CHECK(amount_of(*subject.store, 1) == 4);
    CHECK(amount_of(*subject.store, 2) == 0);
  });
}

TEST_CASE("db contract: run_each adds to rows that are there and inserts those that are not, however many") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 10));
    Sets sets;
    for (std::int64_t id = 1; id <= 100; ++id) sets.push_back({id, "item", id});
    const auto add_all = [&] {
      std::vector<std::int64_t> changed;
      REQUIRE(subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY(changed, tx.run_each(kAddOrPut, sets));
        return {};
      }));
      CHECK(changed == std::vector<std::int64_t>(sets.size(), 1));
    };
    add_all();
    sets.push_back({7, "item", 1'000});  // a row that is named twice
    add_all();
    CHECK(amount_of(*subject.store, 1) == 12);
    CHECK(amount_of(*subject.store, 7) == 1'014);
    CHECK(amount_of(*subject.store, 100) == 200);
    CHECK(items_in(*subject.store) == 100);
  });
}

TEST_CASE("db contract: many at once add to rows of all and to their own") {
  on_each_store([](Subject& subject) {
    std::atomic<int> failed{0};
    at_once(12, true, [&](int caller) {
      for (int i = 0; i < 10; ++i) {
        const std::int64_t own = 1000 + caller;
        const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
          return tx.run_each(kAddOrPut, Sets{{own, "own", 1}, {1, "all", 1}, {2, "all", 2}}).transform([](auto&&) {});
        });
        if (!done) ++failed;
      }
    });
    CHECK(failed == 0);
    CHECK(amount_of(*subject.store, 1) == 120);
    CHECK(amount_of(*subject.store, 2) == 240);
    CHECK(amount_of(*subject.store, 1003) == 10);
  });
}

TEST_CASE("db contract: a write for later is seen by what the function asks next, and keeps its order") {
  on_each_store([](Subject& subject) {
    REQUIRE(subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      {
        const std::string gone_soon = "words of a block";
        TRY_DO(tx.later(kPutQuietly, one, 1, gone_soon, 5));
      }
      TRY_DO(tx.later(kAddAmount, one, 1, 2));
      TRY_DO(tx.later(kAddAmount, one, 1, 3));
      TRY(const Rows rows, tx.ask(kGetItem, 1));
      CHECK(rows.front().text(1) == "words of a block");
      CHECK(rows.front().i64(3) == 10);
      return tx.later(kAddAmount, one, 1, 100);  // nothing is asked after it
    }));
    CHECK(amount_of(*subject.store, 1) == 110);
  });
}

TEST_CASE("db contract: the check of a write for later fails the function, whatever it does with it") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 10));
    for (const bool asks : {false, true}) {
      const auto refused = subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
        TRY_DO(tx.run(kAddAmount, 1, 1));
        TRY_DO(tx.later(kPutQuietly, one, 1, "there already", 5));
        if (asks) TRY_DO(tx.ask(kGetItem, 1));
        return {};
      });
      REQUIRE(!refused);
      CHECK(refused.error().reason == "contract.not_one");
      CHECK(amount_of(*subject.store, 1) == 10);
    }
    const auto twice = subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.later(kPutItem, nullptr, 1, "x", db::Null{}, 1));
      return {};
    });
    REQUIRE(!twice);
    CHECK(twice.error().reason == "db.duplicate");
    REQUIRE(put(*subject.store, 2, 1));  // and the store goes on
  });
}

TEST_CASE("db contract: a function that fails after a write for later leaves nothing of it") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 10));
    const auto refused = subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.later(kPutItem, nullptr, 1, "a duplicate that nobody hears of", db::Null{}, 1));
      return fail(Errc::kOutOfStock, "contract.refused");
    });
    REQUIRE(!refused);
    CHECK((refused.error().reason == "contract.refused" || refused.error().reason == "db.duplicate"));
    REQUIRE(put(*subject.store, 2, 1));
    CHECK(items_in(*subject.store) == 2);
  });
}

TEST_CASE("db contract: an attempt undoes its own writes for later, and no others") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 10));
    REQUIRE(subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.later(kAddAmount, one, 1, 1));
      const auto refused = tx.attempt([&]() -> Result<void> {
        TRY_DO(tx.later(kAddAmount, one, 1, 50));
        return tx.later(kPutQuietly, one, 1, "there already", 5);
      });
      CHECK(!refused);
      const auto kept = tx.attempt([&]() { return tx.later(kAddAmount, one, 1, 2); });
      CHECK(kept);
      return tx.later(kAddAmount, one, 1, 4);
    }));
    CHECK(amount_of(*subject.store, 1) == 17);
  });
}

TEST_CASE("db contract: many at once write for later, each its own and one row of all") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 0));
    std::atomic<int> failed{0};
    at_once(12, true, [&](int caller) {
      for (int i = 0; i < 20; ++i) {
        const std::int64_t id = 1000 + caller * 100 + i;
        const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
          TRY_DO(tx.later(kPutQuietly, one, id, "mine " + std::to_string(id), id));
          TRY_DO(tx.later(kAddAmount, one, 1, 1));
          TRY(const auto rows, tx.ask_each(kGetItem, Sets{{id}, {1}}));
          if (rows[0].front().i64(3) != id || rows[1].front().i64(3) < 1) return fail(Errc::kInternal, "contract.torn");
          TRY(const auto changed, tx.run_each(kAddAmount, Sets{{id, 1}, {1, 1}}));
          if (changed != std::vector<std::int64_t>{1, 1}) return fail(Errc::kInternal, "contract.torn");
          return tx.later(kAddAmount, one, id, 1);
        });
        if (!done) ++failed;
      }
    });
    CHECK(failed == 0);
    CHECK(amount_of(*subject.store, 1) == 2 * 12 * 20);
    CHECK(amount_of(*subject.store, 1000 + 305) == 1000 + 305 + 2);
    CHECK(items_in(*subject.store) == 1 + 12 * 20);
  });
}

TEST_CASE("db contract: a write for later by order goes the way that holds for its function") {
  on_each_store([](Subject& subject) {
    std::atomic<int> failed{0};
    at_once(12, true, [&](int caller) {
      for (int i = 0; i < 20; ++i) {
        const std::int64_t id = 1 + caller * 100 + i;
        const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
          const db::Param params[] = {id, id};
          TRY_DO(tx.later_by_order(kPutInOrder, kPutOtherwise, params));
          TRY_DO(tx.later(kAddAmount, one, id, 1));
          TRY(const Rows rows, tx.ask(kGetItem, id));
          const bool in_order = rows.front().text(1) == "in order";
          if (rows.front().i64(3) != id + 1) return fail(Errc::kInternal, "contract.torn");
          if (in_order != tx.serial_in_commit_order()) return fail(Errc::kInternal, "contract.another_way");
          return {};
        });
        if (!done) ++failed;
      }
    });
    CHECK(failed == 0);
    CHECK(items_in(*subject.store) == 12 * 20);
  });
}

TEST_CASE("db contract: many look and read at once, each its own row") {
  on_each_store([](Subject& subject) {
    for (std::int64_t id = 0; id < 12; ++id) REQUIRE(put(*subject.store, id, id * 10));
    std::atomic<int> failed{0};
    at_once(12, true, [&](int caller) {
      for (int i = 0; i < 20; ++i) {
        std::int64_t amount = -1;
        const db::Function ask = [&](Tx& tx) -> Result<void> {
          TRY(const Rows rows, tx.ask(kGetItem, caller));
          amount = rows.front().i64(3);
          return {};
        };
        const bool mixed = i >= 10 && caller % 3 == 0;  // first all look, then some read
        const auto done = mixed ? subject.store->read(Home::kCustomer, ask) : subject.store->look(Home::kCustomer, ask);
        if (!done || amount != caller * 10) ++failed;
      }
    });
    CHECK(failed == 0);
  });
}
