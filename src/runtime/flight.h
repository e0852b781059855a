// One load of a value that several wait for. Its members are guarded by the mutex of whoever keeps it.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "runtime/fiber.h"

namespace kontor::runtime {

template <class Pointer>
struct Flight {
  std::vector<Parker*> parkers;
  bool stale = false;  // what it loads must not be kept
  std::optional<Result<Pointer>> outcome;

  void land(const Result<Pointer>& with) {
    outcome = with;
    for (Parker* parker : parkers) parker->wake();
    parkers.clear();
  }

  // Until it has landed; `mutex` is not held.
  Result<Pointer> wait(std::mutex& mutex) {
    Parker parker;
    {
      const std::lock_guard lock(mutex);
      if (outcome) return *outcome;
      parkers.push_back(&parker);
    }
    struct Leave {  // a killed fiber takes its parker away
      std::mutex& mutex;
      Flight& flight;
      Parker* parker;
      ~Leave() {
        const std::lock_guard lock(mutex);
        std::erase(flight.parkers, parker);
      }
    };
    {
      const Leave leave{mutex, *this, &parker};
      parker.wait();
    }
    const std::lock_guard lock(mutex);
    return *outcome;
  }
};

}  // namespace kontor::runtime
