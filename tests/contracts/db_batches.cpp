// Functions that an adapter may run together: what only holds when they come out as if run one after another. Many
// fibers at once, so that there is something to put together.
#include <doctest/doctest.h>

#include <atomic>
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

constexpr int kFibers = 48;

constexpr db::Query kCountGroup{"contract.count_group", Home::kCustomer,
                                "SELECT COUNT(*) FROM contract_pair WHERE a = $1"};
constexpr db::Query kAddPair{"contract.add_pair", Home::kCustomer,
                             "INSERT INTO contract_pair (a, b, words) VALUES ($1, $2, $3)"};
constexpr db::Query kTryPair{
    "contract.try_pair", Home::kCustomer,
    "INSERT INTO contract_pair (a, b, words) VALUES ($1, $2, $3) ON CONFLICT (a, b) DO NOTHING"};
constexpr db::Query kPairsOf{"contract.pairs_of", Home::kCustomer,
                             "SELECT b, words FROM contract_pair WHERE a = $1 ORDER BY b"};
constexpr db::Query kDropPair{"contract.drop_pair", Home::kCustomer,
                              "DELETE FROM contract_pair WHERE a = $1 AND b = $2 RETURNING words"};
constexpr db::Query kSetAmount{"contract.set_amount", Home::kCustomer,
                               "UPDATE contract_item SET amount = $2 WHERE id = $1 RETURNING words, amount"};
constexpr db::Query kTakeName{"contract.take_name", Home::kCustomer,
                              "INSERT INTO contract_name (id, name, seen) VALUES ($1, $2, 0)"};
constexpr db::Query kFreeName{"contract.free_name", Home::kCustomer, "DELETE FROM contract_name WHERE id = $1"};
constexpr db::Query kNameOf{"contract.name_of", Home::kCustomer, "SELECT id FROM contract_name WHERE name = $1"};
constexpr db::Query kLog{"contract.log_line", Home::kCustomer,
                         "INSERT INTO contract_log (words) VALUES ($1) RETURNING seq"};
constexpr db::Query kLogged{"contract.logged", Home::kCustomer, "SELECT words FROM contract_log WHERE seq = $1"};
constexpr db::Query kPut{"contract.put_words", Home::kCustomer,
                         "INSERT INTO contract_item (id, words, bytes, amount) VALUES ($1, $2, $3, $4)"};

// On two loops, so that more than one batch is on its way.
void on_fibers(const std::function<void(int)>& body) { at_once(kFibers, true, body); }

std::int64_t ask_one(db::Store& store, const db::Query& query, std::initializer_list<db::Param> params) {
  std::int64_t found = -1;
  const std::vector<db::Param> bound(params);
  REQUIRE(store.read(Home::kCustomer, [&](Tx& tx) -> Result<void> {
    TRY(const Rows rows, tx.ask_params(query, bound));
    found = rows.empty() ? -1 : rows.front().i64(0);
    return {};
  }));
  return found;
}

}  // namespace

TEST_CASE("db contract: who counts before inserting counts what others insert") {
  on_each_store([](Subject& subject) {
    constexpr std::int64_t kLimit = 10;
    std::atomic<int> added{0}, wrong{0};
    on_fibers([&](int fiber) {
      for (int i = 0; i < 6; ++i) {
        bool mine = false;
        const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
          mine = false;
          const std::int64_t group = i % 3;
          TRY(const Rows rows, tx.ask(kCountGroup, group));
          if (rows.front().i64(0) >= kLimit) return {};
          TRY_DO(tx.run(kAddPair, group, fiber * 100 + i, "x"));
          mine = true;
          return {};
        });
        if (!done) ++wrong;
        if (done && mine) ++added;
      }
    });
    CHECK(wrong == 0);
    CHECK(added == 3 * kLimit);
    for (int group = 0; group < 3; ++group) CHECK(ask_one(*subject.store, kCountGroup, {group}) == kLimit);
  });
}

TEST_CASE("db contract: of two who look at both and change one, the second sees the first") {
  on_each_store([](Subject& subject) {
    for (std::int64_t id = 0; id < 20; ++id) REQUIRE(put(*subject.store, id + 1, 1));
    std::atomic<int> wrong{0};
    on_fibers([&](int fiber) {
      for (int i = 0; i < 10; ++i) {
        const std::int64_t pair = (i + fiber) % 10;
        const std::int64_t own = pair * 2 + fiber / 10 % 2 + 1;
        const std::int64_t other = pair * 2 + (1 - fiber / 10 % 2) + 1;
        if (!persist(*subject.store, [&](Tx& tx) -> Result<void> {
              TRY(const Rows mine, tx.ask(kGetItem, own));
              TRY(const Rows theirs, tx.ask(kGetItem, other));
              if (mine.front().i64(3) + theirs.front().i64(3) < 2) return {};
              TRY_DO(tx.ask(kSetAmount, own, 0));
              return {};
            }))
          ++wrong;
      }
    });
    CHECK(wrong == 0);
    for (std::int64_t pair = 0; pair < 10; ++pair)
      CHECK(amount_of(*subject.store, pair * 2 + 1) + amount_of(*subject.store, pair * 2 + 2) == 1);
  });
}

TEST_CASE("db contract: a unique name has one owner, whoever frees and takes it") {
  on_each_store([](Subject& subject) {
    std::atomic<int> owned{0}, wrong{0};
    on_fibers([&](int fiber) {
      for (int i = 0; i < 8; ++i) {
        const std::string name = "name-" + std::to_string((fiber + i) % 5);
        const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
          TRY(const Rows owner, tx.ask(kNameOf, name));
          if (!owner.empty()) {
            TRY(const auto gone, tx.run(kFreeName, owner.front().i64(0)));
            if (gone != 1) return fail(Errc::kInternal, "contract.owner_gone");
          }
          TRY_DO(tx.run(kTakeName, fiber * 100 + i, name));
          return {};
        });
        done ? ++owned : ++wrong;
      }
    });
    CHECK(wrong == 0);
    CHECK(owned == kFibers * 8);
    for (int n = 0; n < 5; ++n) CHECK(ask_one(*subject.store, kNameOf, {"name-" + std::to_string(n)}) >= 0);
  });
}

TEST_CASE("db contract: of many first uses of one key one succeeds, and each is told its own") {
  on_each_store([](Subject& subject) {
    std::atomic<int> first{0}, wrong{0};
    on_fibers([&](int fiber) {
      for (int key = 0; key < 6; ++key) {
        std::int64_t inserted = -1;
        std::string words;
        const std::string mine = std::to_string(fiber);
        const auto done = persist(*subject.store, [&](Tx& tx) -> Result<void> {
          TRY(inserted, tx.run(kTryPair, 7, key, mine));
          TRY(const Rows rows, tx.ask(kPairsOf, 7));
          for (const auto row : rows)
            if (row.i64(0) == key) words = row.str(1);
          return {};
        });
        if (!done || (words == mine) != (inserted == 1)) ++wrong;
        first += static_cast<int>(inserted);
      }
    });
    CHECK(wrong == 0);
    CHECK(first == 6);
  });
}

TEST_CASE("db contract: many at once are each answered with their own rows") {
  on_each_store([](Subject& subject) {
    std::atomic<int> wrong{0};
    on_fibers([&](int fiber) {
      for (int i = 0; i < 5; ++i) {
        const std::int64_t id = fiber * 10 + i + 1;
        const std::string words = "words of " + std::to_string(id);
        const bool null = id % 3 == 0;
        const bool good =
            persist(*subject.store, [&](Tx& tx) -> Result<void> {
              const auto wrong_row = [] { return fail(Errc::kInternal, "contract.wrong_row"); };
              TRY_DO(tx.run(kPut, id, words, null ? db::Param(db::Null{}) : db::Param(db::Blob{words}), id));
              TRY(const Rows seq, tx.ask(kLog, words));
              TRY(const Rows logged, tx.ask(kLogged, seq.front().i64(0)));
              if (logged.front().text(0) != words) return wrong_row();
              TRY(const Rows got, tx.ask(kGetItem, id));
              if (got.front().i64(0) != id || got.front().text(1) != words || got.front().is_null(2) != null ||
                  got.front().text(2) != (null ? "" : words))
                return wrong_row();
              TRY(const auto taken, tx.run(kTakeAmount, id, id % 2 == 0 ? id : id + 1));
              if (taken != (id % 2 == 0 ? 1 : 0)) return wrong_row();
              TRY(const Rows changed, tx.ask(kSetAmount, id % 7 == 0 ? -id : id, 3));
              if (changed.size() != (id % 7 == 0 ? 0 : 1)) return wrong_row();
              if (!changed.empty() && changed.front().text(0) != words) return wrong_row();
              TRY_DO(tx.run(kAddPair, id, 2, "b"));
              TRY_DO(tx.run(kAddPair, id, 1, words));
              TRY(const Rows pairs, tx.ask(kPairsOf, id));
              if (pairs.size() != 2 || pairs[0].text(1) != words || pairs[1].text(1) != "b") return wrong_row();
              TRY(const Rows dropped, tx.ask(kDropPair, id, i % 2 + 1));
              if (dropped.size() != 1 || dropped.front().text(0) != (i % 2 == 0 ? words : "b")) return wrong_row();
              return {};
            }).has_value();
        if (!good) ++wrong;
      }
    });
    CHECK(wrong == 0);
    CHECK(items_in(*subject.store) == kFibers * 5);
  });
}
