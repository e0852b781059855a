// One life of the program: the store opened on the world's disk, the wired shop on it, its fibers on a virtual loop. It
// ends by a crash or a restart; what it held in memory is gone then.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "adapters/cache_memory/memory_cache.h"
#include "adapters/db_sqlite/sqlite_store.h"
#include "adapters/log_outbox/outbox_log.h"
#include "app/guarded_gateway.h"
#include "app/shop.h"
#include "runtime/fiber.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "sim/luck.h"
#include "sim/world.h"

namespace kontor::sim {

// Of the tables that a simulated store has.
std::vector<db::Migration> migrations();

class Process {
 public:
  // Opens, migrates, wires. The Error is the disk's.
  static Result<std::unique_ptr<Process>> open(World& world, std::uint64_t seed);
  ~Process();

  // The shop's own fibers, and those of the world around it.
  Result<void> start(runtime::Loop& loop);
  // A fiber that ends the history when an assertion fails on it.
  void spawn(runtime::Loop& loop, std::function<void()> body);

  // A shopper was told of the order: it must be in the store by now.
  void acknowledged(OrderId order);

  app::Shop& shop() { return *shop_; }
  db::Store& store() { return *modelled_; }
  std::int64_t writes() const { return modelled_->writes(); }  // to the store, that succeeded
  World& world() { return world_; }
  IdSource& ids() { return ids_; }

 private:
  Process(World& world, std::uint64_t seed);
  Result<void> open();
  void plant_bugs();

  World& world_;
  Luck luck_;
  IdSource ids_;
  runtime::MemoryLog log_;
  runtime::Metrics metrics_;
  cache_memory::MemoryCache cache_;
  std::unique_ptr<db_sqlite::SqliteStore> store_;
  std::unique_ptr<ModelledStore> modelled_;
  std::unique_ptr<log_outbox::OutboxLog> events_;
  std::unique_ptr<app::GuardedGateway> guarded_;
  std::unique_ptr<app::Shop> shop_;
};

}  // namespace kontor::sim
