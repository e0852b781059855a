#include "adapters/db_postgres/pool.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace kontor;
using namespace kontor::db_postgres;

namespace {

runtime::Loop::Options virtual_time() {
  runtime::Loop::Options options;
  options.virtual_time = true;
  return options;
}

}  // namespace

TEST_CASE("permits go to those who wait in the order they came") {
  runtime::Loop loop(virtual_time());
  Permits permits(1);
  std::string order;
  loop.spawn([&] {
    REQUIRE(permits.take(0));
    runtime::sleep_for(50);
    order += "a";
    permits.give();
  });
  for (const char name : {'b', 'c', 'd'}) {
    loop.spawn([&, name] {
      REQUIRE(permits.take(1'000));
      order += name;
      runtime::yield();
      permits.give();
    });
  }
  loop.run();
  CHECK(order == "abcd");
  CHECK(permits.take(0));
}

TEST_CASE("who waits too long leaves the line and takes no permit along") {
  runtime::Loop loop(virtual_time());
  Permits permits(1);
  bool first = true;
  bool second = false;
  loop.spawn([&] {
    REQUIRE(permits.take(0));
    runtime::sleep_for(100);
    permits.give();
  });
  loop.spawn([&] { first = permits.take(20); });
  loop.spawn([&] { second = permits.take(500); });
  loop.run();
  CHECK_FALSE(first);
  CHECK(second);
  permits.give();
  CHECK(permits.take(0));
  CHECK_FALSE(permits.take(0));
}

TEST_CASE("a fiber that is torn away from the line loses no permit") {
  Permits permits(1);
  REQUIRE(permits.take(0));
  {
    runtime::Loop loop(virtual_time());
    loop.spawn([&] { permits.take(1'000'000); });
    loop.spawn([&] {
      runtime::yield();
      runtime::Loop::current()->stop();
    });
    loop.run();
    loop.kill_all();
  }
  permits.give();
  CHECK(permits.take(0));
}

TEST_CASE("permits pass between threads") {
  Permits permits(2);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        if (!permits.take(10'000)) continue;
        const int now = ++inside;
        int seen = most.load();
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::yield();
        --inside;
        ++done;
        permits.give();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(done == 800);
  CHECK(most <= 2);
}
