#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/contracts/db_contract.h"
#include "tests/support/test_store.h"

#if __has_include("adapters/db_postgres/postgres_store.h")
#include "adapters/db_postgres/postgres_store.h"
#define KONTOR_HAS_POSTGRES 1
#endif

namespace kontor::contract {
namespace {

using db::Home;

constexpr db::Migration kMigrations[] = {
    {"contract", 1, "items", Home::kCustomer,
     "CREATE TABLE contract_item (id @id PRIMARY KEY, words @text, bytes @blob, amount @int NOT NULL CHECK (amount >= "
     "0));\n"
     "CREATE TABLE contract_name (id @id PRIMARY KEY, name @text NOT NULL UNIQUE, seen @int NOT NULL);\n"
     "CREATE TABLE contract_list (id @id PRIMARY KEY, entries @text NOT NULL);\n"},
    {"contract", 2, "log", Home::kCustomer,
     "CREATE TABLE contract_log (seq @serial, words @text NOT NULL);\n"
     "CREATE TABLE contract_note (id @serial, words @text NOT NULL);\n"
     "CREATE TABLE contract_pair (a @int NOT NULL, b @int NOT NULL, words @text, PRIMARY KEY (a, b)) @clustered;\n"},
    {"contract", 3, "stock", Home::kStock, "CREATE TABLE contract_stock (id @id PRIMARY KEY, units @int NOT NULL);"},
};

constexpr db::Query kWipe[] = {
    {"contract.wipe_items", Home::kCustomer, "DELETE FROM contract_item"},
    {"contract.wipe_names", Home::kCustomer, "DELETE FROM contract_name"},
    {"contract.wipe_lists", Home::kCustomer, "DELETE FROM contract_list"},
    {"contract.wipe_log", Home::kCustomer, "DELETE FROM contract_log"},
    {"contract.wipe_notes", Home::kCustomer, "DELETE FROM contract_note"},
    {"contract.wipe_pairs", Home::kCustomer, "DELETE FROM contract_pair"},
    {"contract.wipe_stock", Home::kStock, "DELETE FROM contract_stock"},
};

void prepare(Subject& subject) {
  const auto migrated = subject.migrator->migrate(kMigrations);
  REQUIRE_MESSAGE(migrated, (migrated ? "" : migrated.error().detail));
  for (const db::Query& wipe : kWipe) {
    REQUIRE(subject.store->write(wipe.home, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run(wipe));
      return {};
    }));
  }
}

Subject make_sqlite() {
  auto owner = std::make_shared<kontor::testing::TestStore>();
  Subject subject{"sqlite", owner, &owner->store(), &owner->store()};
  prepare(subject);
  return subject;
}

#ifdef KONTOR_HAS_POSTGRES
// Each function in a transaction of its own; many together; and a lone statement in the form that it has among many.
enum class Together { kNot, kMany, kAlwaysSets };

Subject make_postgres(const char* url, Together how) {
  db_postgres::PostgresStore::Options options;
  options.url = url;
  options.batch = options.read_batch = how == Together::kNot ? 1 : 128;
  options.always_sets = how == Together::kAlwaysSets;
  auto opened = db_postgres::PostgresStore::open(std::move(options));
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
  std::shared_ptr<db_postgres::PostgresStore> owner = std::move(*opened);
  Subject subject{"postgresql", owner, owner.get(), owner.get()};
  prepare(subject);
  return subject;
}
#endif

}  // namespace

std::span<const db::Migration> contract_migrations() { return kMigrations; }

void on_each_store(const std::function<void(Subject&)>& test) {
  {
    INFO("sqlite");
    Subject subject = make_sqlite();
    test(subject);
  }
  [[maybe_unused]] const char* url = std::getenv("KONTOR_TEST_POSTGRES");
#ifdef KONTOR_HAS_POSTGRES
  if (url != nullptr) {
    for (const Together how : {Together::kNot, Together::kMany, Together::kAlwaysSets}) {
      INFO("postgresql ", static_cast<int>(how));
      Subject subject = make_postgres(url, how);
      test(subject);
    }
    return;
  }
#endif
  static bool told = false;
  if (!told) MESSAGE("postgresql: skipped");
  told = true;
}

Result<void> put(db::Tx& tx, std::int64_t id, std::int64_t amount) {
  TRY_DO(tx.run(kPutItem, id, "words", db::Null{}, amount));
  return {};
}

Result<void> put(db::Store& store, std::int64_t id, std::int64_t amount) {
  return store.write(Home::kCustomer, [&](db::Tx& tx) { return put(tx, id, amount); });
}

std::int64_t amount_of(db::Store& store, std::int64_t id) {
  std::int64_t amount = -1;
  const auto done = store.read(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    amount = -1;
    TRY(const db::Rows rows, tx.ask(kGetItem, id));
    if (!rows.empty()) amount = rows.front().i64(3);
    return {};
  });
  REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
  return amount;
}

std::int64_t items_in(db::Store& store) {
  std::int64_t count = -1;
  const auto done = store.read(Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const db::Rows rows, tx.ask(kCountItems));
    count = rows.front().i64(0);
    return {};
  });
  REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
  return count;
}

}  // namespace kontor::contract
