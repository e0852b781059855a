// The contract of the store port, one suite run on every adapter: SQLite always, PostgreSQL when KONTOR_TEST_POSTGRES
// holds a connection URL. A Subject is an open store with the suite's tables, all of them empty.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "ports/db.h"

namespace kontor::contract {

struct Subject {
  std::string engine;
  std::shared_ptr<void> owner;  // keeps the store, and what it lives in, alive
  db::Store* store = nullptr;
  db::Migrator* migrator = nullptr;
};

// Runs `test` on a fresh Subject of each adapter.
void on_each_store(const std::function<void(Subject&)>& test);

std::span<const db::Migration> contract_migrations();

constexpr db::Query kPutItem{"contract.put_item", db::Home::kCustomer,
                             "INSERT INTO contract_item (id, words, bytes, amount) VALUES ($1, $2, $3, $4)"};
constexpr db::Query kGetItem{"contract.get_item", db::Home::kCustomer,
                             "SELECT id, words, bytes, amount FROM contract_item WHERE id = $1"};
constexpr db::Query kCountItems{"contract.count_items", db::Home::kCustomer, "SELECT COUNT(*) FROM contract_item"};
constexpr db::Query kAddAmount{"contract.add_amount", db::Home::kCustomer,
                               "UPDATE contract_item SET amount = amount + $2 WHERE id = $1"};
constexpr db::Query kTakeAmount{"contract.take_amount", db::Home::kCustomer,
                                "UPDATE contract_item SET amount = amount - $2 WHERE id = $1 AND amount >= $2"};
constexpr db::Query kSumAmounts{"contract.sum_amounts", db::Home::kCustomer,
                                "SELECT COALESCE(SUM(amount), 0), COUNT(*) FROM contract_item"};

// Puts an item without bytes.
Result<void> put(db::Tx& tx, std::int64_t id, std::int64_t amount);
Result<void> put(db::Store& store, std::int64_t id, std::int64_t amount);
// The amount of an item as a reader sees it; -1 when there is no such item.
std::int64_t amount_of(db::Store& store, std::int64_t id);
std::int64_t items_in(db::Store& store);

}  // namespace kontor::contract
