// What a world's processes run on: a disk, and the connections that earlier lives left open when they crashed. Worlds
// that come one after another in this program use one computer, of which nothing but such connections is left over.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "adapters/db_sqlite/fault_vfs.h"
#include "adapters/db_sqlite/spares.h"
#include "adapters/db_sqlite/sqlite_store.h"

namespace kontor::sim {

class Computer {
 public:
  explicit Computer(const std::string& name) : disk(name), spares(disk) {}
  // One that no other world uses now, its disk with an empty, migrated store on it.
  static std::unique_ptr<Computer> take(std::uint64_t seed);
  static void give_back(std::unique_ptr<Computer> computer);

  // The options of a store that a process opens on it. A cold one opens its files as a new program does; others begin
  // with spares. Of these there is one of each kind when a life begins, so that a seed makes the same calls each time.
  db_sqlite::SqliteStore::Options store_options(bool cold);

  db_sqlite::FaultDisk disk;

 private:
  void fill_up_spares();

  db_sqlite::Spares spares;
};

}  // namespace kontor::sim
