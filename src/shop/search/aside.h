// Long work leaves the event loop alone: it runs on a worker.
#pragma once
#include <functional>

#include "ports/db.h"
#include "runtime/fiber.h"

namespace kontor::search {

// On a worker, or where that is not possible on the caller. `store`: what the work asks; then it only leaves the fiber
// where the store answers on the asking thread. Null: it asks none.
inline Result<void> aside(runtime::Workers* workers, const db::Store* store,
                          const std::function<Result<void>()>& work) {
  if (workers == nullptr || !runtime::on_fiber()) return work();
  if (store != nullptr && store->engine() != "sqlite") return work();
  Result<void> outcome;
  TRY_DO(workers->run([&] { outcome = work(); }));
  return outcome;
}

}  // namespace kontor::search
