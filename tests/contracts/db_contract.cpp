#include "tests/contracts/db_contract.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/assert.h"

using namespace kontor;
using namespace kontor::contract;
using db::Home;
using db::Rows;
using db::Tx;

namespace {

// Runs `body` as a write function and demands that it succeeds.
void must_write(db::Store& store, const db::Function& body) {
  const auto done = store.write(Home::kCustomer, body);
  REQUIRE_MESSAGE(done, (done ? "" : done.error().reason + ": " + done.error().detail));
}

// Asks one question as a reader.
template <class... A>
Rows ask(db::Store& store, const db::Query& query, const A&... args) {
  Rows found;
  const auto done = store.read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY(found, tx.ask(query, args...));
    return {};
  });
  REQUIRE_MESSAGE(done, (done ? "" : done.error().reason + ": " + done.error().detail));
  return found;
}

constexpr db::Query kAddName{"contract.add_name", Home::kCustomer,
                             "INSERT INTO contract_name (id, name, seen) VALUES ($1, $2, 0)"};

}  // namespace

TEST_CASE("db contract: parameters go by number, not by place") {
  on_each_store([](Subject& subject) {
    static constexpr db::Query kSwapped{"contract.swapped", Home::kCustomer,
                                        "INSERT INTO contract_item (words, id, amount) VALUES ($2, $1, $3)"};
    static constexpr db::Query kTwice{
        "contract.twice", Home::kCustomer,
        "SELECT words FROM contract_item WHERE amount >= $2 AND amount <= $2 AND id = $1"};
    must_write(*subject.store, [](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kSwapped, 7, "seven", 70));
      return {};
    });
    const Rows rows = ask(*subject.store, kTwice, 7, 70);
    REQUIRE(rows.size() == 1);
    CHECK(rows.front().text(0) == "seven");
    CHECK(ask(*subject.store, kTwice, 70, 7).empty());
  });
}

TEST_CASE("db contract: null, empty, bytes and 64-bit integers come back as they went in") {
  on_each_store([](Subject& subject) {
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
    const std::string bytes("\0\xff\x80'\\x41\0", 9);
    const std::string words = "Grüße, 'quoted' \\ $1 ☕";
    must_write(*subject.store, [&](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kPutItem, kMin, words, db::Blob{bytes}, kMax));
      TRY_DO(tx.run(kPutItem, 2, std::optional<std::string>(), std::optional<std::string>(), 0));
      TRY_DO(tx.run(kPutItem, 3, "", db::Blob{""}, 0));
      return {};
    });
    const Rows full = ask(*subject.store, kGetItem, kMin);
    REQUIRE(full.size() == 1);
    CHECK(full.front().i64(0) == kMin);
    CHECK(full.front().text(1) == words);
    CHECK(full.front().text(2) == bytes);
    CHECK(full.front().i64(3) == kMax);
    const Rows nulls = ask(*subject.store, kGetItem, 2);
    REQUIRE(nulls.size() == 1);
    CHECK(nulls.front().is_null(1));
    CHECK(nulls.front().is_null(2));
    CHECK(!nulls.front().opt_str(1));
    const Rows empties = ask(*subject.store, kGetItem, 3);
    REQUIRE(empties.size() == 1);
    CHECK(!empties.front().is_null(1));
    CHECK(!empties.front().is_null(2));
    CHECK(empties.front().text(1).empty());
    CHECK(ask(*subject.store, kGetItem, 4).empty());
  });
}

TEST_CASE("db contract: run answers the rows it changed") {
  on_each_store([](Subject& subject) {
    static constexpr db::Query kAll{"contract.raise_all", Home::kCustomer,
                                    "UPDATE contract_item SET amount = amount + 1"};
    static constexpr db::Query kQuiet{
        "contract.put_quietly", Home::kCustomer,
        "INSERT INTO contract_item (id, amount) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING"};
    std::vector<std::int64_t> changed;
    must_write(*subject.store, [&](Tx& tx) -> Result<void> {
      changed.clear();
      for (std::int64_t id = 1; id <= 3; ++id) TRY_DO(put(tx, id, 1));
      const auto note = [&](Result<std::int64_t> rows) { changed.push_back(rows ? *rows : -1); };
      note(tx.run(kAll));
      note(tx.run(kAddAmount, 99, 1));
      note(tx.run(kTakeAmount, 1, 1000));
      note(tx.run(kQuiet, 1, 5));
      note(tx.run(kQuiet, 4, 5));
      return {};
    });
    CHECK(changed == std::vector<std::int64_t>{3, 0, 0, 0, 1});
  });
}

TEST_CASE("db contract: run_each answers for each set and stops at the first Error") {
  on_each_store([](Subject& subject) {
    std::vector<std::int64_t> changed;
    must_write(*subject.store, [&](Tx& tx) -> Result<void> {
      std::vector<std::vector<db::Param>> sets;
      for (std::int64_t id = 1; id <= 200; ++id) sets.push_back({id, "each", db::Null{}, id});
      TRY(changed, tx.run_each(kPutItem, sets));
      const std::vector<std::vector<db::Param>> takes = {{10, 10}, {10, 1}, {999, 1}, {20, 5}};
      TRY(const auto taken, tx.run_each(kTakeAmount, takes));
      changed.insert(changed.end(), taken.begin(), taken.end());
      TRY(const auto none, tx.run_each(kTakeAmount, {}));
      changed.insert(changed.end(), none.begin(), none.end());
      return {};
    });
    REQUIRE(changed.size() == 204);
    CHECK(changed[0] == 1);
    CHECK(std::vector<std::int64_t>(changed.end() - 4, changed.end()) == std::vector<std::int64_t>{1, 0, 0, 1});
    CHECK(amount_of(*subject.store, 10) == 0);
    CHECK(amount_of(*subject.store, 20) == 15);
    const auto twice = subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      const std::vector<std::vector<db::Param>> sets = {{301, "x", db::Null{}, 1}, {301, "x", db::Null{}, 1}};
      TRY_DO(tx.run_each(kPutItem, sets));
      return {};
    });
    REQUIRE(!twice);
    CHECK(twice.error().reason == "db.duplicate");
    CHECK(amount_of(*subject.store, 301) == -1);
  });
}

TEST_CASE("db contract: an Error undoes the function, and a repetition starts from nothing") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 10));
    const auto refused = subject.store->write(Home::kCustomer, [](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kAddAmount, 1, 5));
      TRY_DO(put(tx, 2, 1));
      return fail(Errc::kOutOfStock, "contract.refused", "because");
    });
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::kOutOfStock);
    CHECK(refused.error().reason == "contract.refused");
    CHECK(refused.error().detail == "because");
    CHECK(amount_of(*subject.store, 1) == 10);
    CHECK(items_in(*subject.store) == 1);
  });
}

TEST_CASE("db contract: a failed assertion undoes the function and is an internal Error") {
  on_each_store([](Subject& subject) {
    const auto failed = subject.store->write(Home::kCustomer, [](Tx& tx) -> Result<void> {
      TRY_DO(put(tx, 1, 1));
      KONTOR_ASSERT(items_in == nullptr);
      return {};
    });
    REQUIRE(!failed);
    CHECK(failed.error().code == Errc::kInternal);
    CHECK(failed.error().reason == "db.assertion");
    CHECK(items_in(*subject.store) == 0);
    CHECK(put(*subject.store, 1, 1));
  });
}

TEST_CASE("db contract: a broken unique key is db.duplicate, other rules are db.constraint") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 1));
    const auto again = put(*subject.store, 1, 2);
    REQUIRE(!again);
    CHECK(again.error().code == Errc::kConflict);
    CHECK(again.error().reason == "db.duplicate");
    const auto negative = put(*subject.store, 2, -1);
    REQUIRE(!negative);
    CHECK(negative.error().code == Errc::kConflict);
    CHECK(negative.error().reason == "db.constraint");
    const auto name = subject.store->write(Home::kCustomer, [](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kAddName, 1, "ada"));
      TRY_DO(tx.run(kAddName, 2, "ada"));
      return {};
    });
    REQUIRE(!name);
    CHECK(name.error().reason == "db.duplicate");
    const auto null_name = subject.store->write(Home::kCustomer, [](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kAddName, 1, std::optional<std::string>()));
      return {};
    });
    REQUIRE(!null_name);
    CHECK(null_name.error().reason == "db.constraint");
    CHECK(amount_of(*subject.store, 1) == 1);
  });
}

TEST_CASE("db contract: a statement's Error that the function drops is still its Error") {
  on_each_store([](Subject& subject) {
    REQUIRE(put(*subject.store, 1, 1));
    bool later_refused = false;
    const auto dropped = subject.store->write(Home::kCustomer, [&](Tx& tx) -> Result<void> {
      TRY_DO(put(tx, 2, 1));
      static_cast<void>(put(tx, 1, 1));
      later_refused = !put(tx, 3, 1);
      return {};
    });
    REQUIRE(!dropped);
    CHECK(dropped.error().reason == "db.duplicate");
    CHECK(later_refused);
    CHECK(items_in(*subject.store) == 1);
  });
}

TEST_CASE("db contract: attempt undoes its part alone, at any depth") {
  on_each_store([](Subject& subject) {
    std::vector<std::string> reasons;
    must_write(*subject.store, [&](Tx& tx) -> Result<void> {
      reasons.clear();
      const auto note = [&](const Result<void>& done) { reasons.push_back(done ? "ok" : done.error().reason); };
      TRY_DO(put(tx, 1, 1));
      note(tx.attempt([&]() -> Result<void> {
        TRY_DO(put(tx, 2, 1));
        return fail(Errc::kConflict, "contract.no");
      }));
      note(tx.attempt([&]() -> Result<void> { return put(tx, 1, 1); }));  // a duplicate; the function goes on
      note(tx.attempt([&]() -> Result<void> {
        TRY_DO(put(tx, 3, 1));
        note(tx.attempt([&]() -> Result<void> {
          TRY_DO(put(tx, 4, 1));
          return put(tx, 3, 1);
        }));
        TRY_DO(put(tx, 5, 1));
        return {};
      }));
      note(tx.attempt([&]() -> Result<void> {
        static_cast<void>(put(tx, 1, 1));  // dropping it does not help
        return {};
      }));
      note(tx.attempt([&]() -> Result<void> { return {}; }));
      TRY_DO(put(tx, 6, 1));
      return {};
    });
    CHECK(reasons ==
          std::vector<std::string>{"contract.no", "db.duplicate", "db.duplicate", "ok", "db.duplicate", "ok"});
    for (const std::int64_t kept : {1, 3, 5, 6}) CHECK(amount_of(*subject.store, kept) == 1);
    CHECK(items_in(*subject.store) == 4);
  });
}

TEST_CASE("db contract: RETURNING, ON CONFLICT and UPDATE FROM VALUES") {
  on_each_store([](Subject& subject) {
    static constexpr db::Query kUpsert{
        "contract.upsert", Home::kCustomer,
        "INSERT INTO contract_name (id, name, seen) VALUES ($1, $2, 1) "
        "ON CONFLICT (name) DO UPDATE SET seen = contract_name.seen + excluded.seen RETURNING id, seen"};
    static constexpr db::Query kRaise{"contract.raise", Home::kCustomer,
                                      "UPDATE contract_item SET amount = amount + $2 WHERE id = $1 RETURNING amount"};
    static constexpr db::Query kMany{
        "contract.many", Home::kCustomer,
        "WITH want (id, extra) AS (VALUES (CAST($1 AS BIGINT), CAST($2 AS BIGINT)), ($3, $4)) "
        "UPDATE contract_item SET amount = amount + want.extra FROM want WHERE contract_item.id = want.id"};
    static constexpr db::Query kColumns{
        "contract.columns", Home::kCustomer,
        "UPDATE contract_item SET amount = amount + v.column2 "
        "FROM (VALUES (CAST($1 AS BIGINT), CAST($2 AS BIGINT))) AS v WHERE contract_item.id = v.column1"};
    std::vector<std::int64_t> got;
    must_write(*subject.store, [&](Tx& tx) -> Result<void> {
      got.clear();
      for (const std::int64_t id : {1, 2, 3}) {
        TRY(const Rows rows, tx.ask(kUpsert, id, id == 2 ? "b" : "a"));
        got.push_back(rows.front().i64(0));
        got.push_back(rows.front().i64(1));
      }
      TRY_DO(put(tx, 1, 10));
      TRY_DO(put(tx, 2, 20));
      TRY(const Rows raised, tx.ask(kRaise, 1, 5));
      got.push_back(raised.front().i64(0));
      TRY(const Rows nobody, tx.ask(kRaise, 9, 5));
      got.push_back(static_cast<std::int64_t>(nobody.size()));
      TRY(const auto many, tx.run(kMany, 1, 100, 2, 200));
      got.push_back(many);
      TRY(const auto columns, tx.run(kColumns, 2, 1000));
      got.push_back(columns);
      return {};
    });
    CHECK(got == std::vector<std::int64_t>{1, 1, 2, 1, 1, 2, 15, 0, 2, 1});
    CHECK(amount_of(*subject.store, 1) == 115);
    CHECK(amount_of(*subject.store, 2) == 1220);
  });
}

TEST_CASE("db contract: sums are integers, an empty sum is null, serials grow") {
  on_each_store([](Subject& subject) {
    static constexpr db::Query kLog{"contract.log", Home::kCustomer,
                                    "INSERT INTO contract_log (words) VALUES ($1) RETURNING seq"};
    static constexpr db::Query kSum{"contract.sum", Home::kCustomer,
                                    "SELECT SUM(amount), COUNT(*), MAX(id) FROM contract_item"};
    CHECK(ask(*subject.store, kSum).front().is_null(0));
    std::vector<std::int64_t> seqs;
    for (int round = 0; round < 3; ++round) {
      must_write(*subject.store, [&](Tx& tx) -> Result<void> {
        TRY_DO(put(tx, round + 1, 5'000'000'000));
        TRY(const Rows rows, tx.ask(kLog, "line"));
        seqs.resize(static_cast<std::size_t>(round));
        seqs.push_back(rows.front().i64(0));
        return {};
      });
    }
    const Rows rows = ask(*subject.store, kSum);
    CHECK(rows.front().i64(0) == 15'000'000'000);
    CHECK(rows.front().i64(1) == 3);
    CHECK(rows.front().i64(2) == 3);
    REQUIRE(seqs.size() == 3);
    CHECK(seqs[0] < seqs[1]);
    CHECK(seqs[1] < seqs[2]);
  });
}

TEST_CASE("db contract: rows can be walked, in the order asked for") {
  on_each_store([](Subject& subject) {
    static constexpr db::Query kOrdered{"contract.ordered", Home::kCustomer,
                                        "SELECT a, b, words FROM contract_pair ORDER BY words NULLS LAST, a DESC, b"};
    static constexpr db::Query kPair{"contract.pair", Home::kCustomer,
                                     "INSERT INTO contract_pair (a, b, words) VALUES ($1, $2, $3)"};
    must_write(*subject.store, [](Tx& tx) -> Result<void> {
      TRY_DO(tx.run(kPair, 1, 1, std::optional<std::string>()));
      TRY_DO(tx.run(kPair, 1, 2, "b"));
      TRY_DO(tx.run(kPair, 2, 1, "b"));
      TRY_DO(tx.run(kPair, 3, 1, "a"));
      return {};
    });
    std::string seen;
    for (const auto& row : ask(*subject.store, kOrdered)) {
      seen += std::to_string(row.i64(0)) + std::to_string(row.i64(1)) + row.opt_str(2).value_or("-") + " ";
    }
    CHECK(seen == "31a 21b 12b 11- ");
  });
}

TEST_CASE("db contract: a function sees its own changes; others see them when write has answered") {
  on_each_store([](Subject& subject) {
    std::int64_t own = 0;
    must_write(*subject.store, [&](Tx& tx) -> Result<void> {
      TRY_DO(put(tx, 1, 41));
      TRY_DO(tx.run(kAddAmount, 1, 1));
      TRY(const Rows rows, tx.ask(kGetItem, 1));
      own = rows.front().i64(3);
      return {};
    });
    CHECK(own == 42);
    CHECK(amount_of(*subject.store, 1) == 42);
  });
}

TEST_CASE("db contract: a read refuses statements that write") {
  on_each_store([](Subject& subject) {
    const auto done = subject.store->read(Home::kCustomer, [](Tx& tx) { return put(tx, 1, 1); });
    CHECK(!done);
    CHECK(items_in(*subject.store) == 0);
    const auto refused = subject.store->read(
        Home::kCustomer, [](Tx&) -> Result<void> { return fail(Errc::kNotFound, "contract.nothing"); });
    REQUIRE(!refused);
    CHECK(refused.error().reason == "contract.nothing");
  });
}

TEST_CASE("db contract: a statement that is wrong is an internal Error, and the store goes on") {
  on_each_store([](Subject& subject) {
    static constexpr db::Query kWrong{"contract.wrong", Home::kCustomer, "SELECT nonsense FROM contract_nowhere"};
    const auto done = subject.store->read(Home::kCustomer, [](Tx& tx) -> Result<void> {
      TRY_DO(tx.ask(kWrong));
      return {};
    });
    REQUIRE(!done);
    CHECK(done.error().code == Errc::kInternal);
    CHECK(put(*subject.store, 1, 1));
    CHECK(amount_of(*subject.store, 1) == 1);
  });
}

TEST_CASE("db contract: migrations are applied once, in order, each whole or not at all") {
  on_each_store([](Subject& subject) {
    const auto again = subject.migrator->migrate(contract_migrations());
    REQUIRE(again);
    CHECK(*again == 0);
    std::vector<db::Migration> more(contract_migrations().begin(), contract_migrations().end());
    more.push_back(
        {"contract_broken", 1, "broken", Home::kCustomer,
         "CREATE TABLE contract_half (id @id PRIMARY KEY);\nCREATE TABLE contract_half (id @id PRIMARY KEY);"});
    const auto broken = subject.migrator->migrate(more);
    REQUIRE(!broken);
    CHECK(broken.error().detail.find("contract_broken") != std::string::npos);
    static constexpr db::Query kHalf{"contract.half", Home::kCustomer, "SELECT id FROM contract_half"};
    CHECK(!subject.store->read(Home::kCustomer, [](Tx& tx) -> Result<void> {
      TRY_DO(tx.ask(kHalf));
      return {};
    }));
  });
}

TEST_CASE("db contract: homes that are together share one function") {
  on_each_store([](Subject& subject) {
    const db::Homes both = Home::kCustomer | Home::kStock;
    CHECK(subject.store->together(Home::kCustomer));
    CHECK(!subject.store->places().empty());
    if (!subject.store->together(both)) return;
    static constexpr db::Query kStock{"contract.stock", Home::kStock,
                                      "INSERT INTO contract_stock (id, units) VALUES ($1, $2)"};
    static constexpr db::Query kUnits{"contract.units", Home::kStock, "SELECT COUNT(*) FROM contract_stock"};
    const auto function = [](Tx& tx, bool refuse) -> Result<void> {
      TRY_DO(tx.run(kStock, 1, 5));
      TRY_DO(put(tx, 1, 5));
      if (refuse) return fail(Errc::kConflict, "contract.no");
      return {};
    };
    CHECK(!subject.store->write(both, [&](Tx& tx) { return function(tx, true); }));
    CHECK(items_in(*subject.store) == 0);
    CHECK(subject.store->write(both, [&](Tx& tx) { return function(tx, false); }));
    std::int64_t units = 0;
    CHECK(subject.store->read(both, [&](Tx& tx) -> Result<void> {
      TRY(const Rows rows, tx.ask(kUnits));
      units = rows.front().i64(0);
      return {};
    }));
    CHECK(units == 1);
    CHECK(items_in(*subject.store) == 1);
  });
}
