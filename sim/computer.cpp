#include "sim/computer.h"

#include <vector>

#include "base/assert.h"
#include "sim/process.h"

namespace kontor::sim {
namespace {

using db_sqlite::FaultDisk;
using db_sqlite::SqliteStore;

constexpr db::Query kAnything{"sim.anything", db::Home::kEvery, "SELECT COUNT(*) FROM kontor_migrations"};

std::vector<std::unique_ptr<Computer>>& unused() {
  static std::vector<std::unique_ptr<Computer>> computers;
  return computers;
}

SqliteStore::Options options_on(const FaultDisk& disk) {
  SqliteStore::Options options;
  options.folder = "data";
  options.vfs = disk.name();
  options.inline_writer = true;
  options.cache_mb = 2;
  options.reader_cache_mb = 1;
  options.checkpoint_bytes = 1 << 20;
  return options;
}

// Made once, since each seed begins with it.
const FaultDisk::Image& migrated_disk() {
  static const auto image = [] {
    FaultDisk disk("sim-migrated");
    auto store = SqliteStore::open(options_on(disk));
    KONTOR_ASSERT(store && (*store)->migrate(migrations()));
    store->reset();
    return disk.image();
  }();
  return image;
}

}  // namespace

std::unique_ptr<Computer> Computer::take(std::uint64_t seed) {
  static int made = 0;
  std::unique_ptr<Computer> computer;
  if (unused().empty()) {
    computer = std::make_unique<Computer>("sim-" + std::to_string(++made));
  } else {
    computer = std::move(unused().back());
    unused().pop_back();
  }
  computer->disk.begin_anew(migrated_disk(), seed);
  return computer;
}

void Computer::give_back(std::unique_ptr<Computer> computer) { unused().push_back(std::move(computer)); }

SqliteStore::Options Computer::store_options(bool cold) {
  auto options = options_on(disk);
  if (cold) return options;
  if (!spares.complete()) fill_up_spares();
  options.spares = &spares;
  return options;
}

// A short life on a disk of its own, which ends in a crash.
void Computer::fill_up_spares() {
  auto state = disk.set_aside();
  disk.put(migrated_disk());
  auto options = options_on(disk);
  options.spares = &spares;
  auto store = SqliteStore::open(std::move(options));
  KONTOR_ASSERT(store);
  for (const auto& place : (*store)->places())
    KONTOR_ASSERT((*store)->read(place.home, [](db::Tx& tx) { return tx.ask(kAnything).map([](const auto&) {}); }));
  disk.crash(1);
  store->reset();
  KONTOR_ASSERT(spares.complete());
  disk.bring_back(std::move(state));
}

}  // namespace kontor::sim
