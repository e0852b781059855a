// What histories on a store have in common: callers at the same time, who ask again until they are answered.
#pragma once
#include <functional>
#include <thread>
#include <vector>

#include "ports/db.h"
#include "runtime/fiber.h"

namespace kontor::contract {

// Runs body(caller) for each caller: on threads, or on fibers of two loops.
inline void at_once(int callers, bool fibers, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  if (!fibers) {
    for (int caller = 0; caller < callers; ++caller) threads.emplace_back([&body, caller] { body(caller); });
  } else {
    for (int half = 0; half < 2; ++half) {
      threads.emplace_back([&body, callers, half] {
        runtime::Loop loop;
        int left = 0;
        for (int caller = half; caller < callers; caller += 2) {
          ++left;
          loop.spawn([&, caller] {
            body(caller);
            if (--left == 0) loop.stop();
          });
        }
        loop.run();
      });
    }
  }
  for (auto& thread : threads) thread.join();
}

// An answer that says "nothing happened, try again".
inline bool again(const Result<void>& done) { return !done && done.error().code == Errc::kUnavailable; }

inline Result<void> persist(db::Store& store, const db::Function& function) {
  for (;;) {
    auto done = store.write(db::Home::kCustomer, function);
    if (!again(done)) return done;
  }
}

}  // namespace kontor::contract
