#include "runtime/fifo_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <string>

namespace kontor::runtime {
namespace {

using Table = FifoTable<int, int>;
constexpr std::size_t kRoom = 20'000;  // a hundred of what follows
constexpr std::size_t kWeight = 104;   // and 96 of the table

void put(Table& table, int key, std::size_t weight = kWeight) {
  table.insert(key, std::make_shared<const int>(key), weight, kRoom);
}
bool ask(Table& table, int key) {
  if (table.find(key)) return true;
  put(table, key);
  return false;
}

TEST_CASE("what is asked for again outlives any number of keys that are asked for once") {
  Table table;
  for (int key = 0; key < 50; ++key) {
    put(table, key);
    ask(table, key);
    ask(table, key);
  }
  for (int key = 1000; key < 100'000; ++key) ask(table, key);
  for (int key = 0; key < 50; ++key) CHECK(table.find(key));
  CHECK(table.weight() <= kRoom);
  CHECK(table.entries() == 100);
  CHECK(table.evicted() > 90'000);
}

TEST_CASE("who comes back soon after it left need not prove itself again") {
  Table table;
  for (int key = 0; key < 100; ++key) put(table, key);
  for (int key = 0; key < 20; ++key) put(table, 1000 + key);  // 0 … 19 leave
  REQUIRE_FALSE(table.find(3));
  put(table, 3);
  for (int key = 2000; key < 2095; ++key) put(table, key);
  CHECK(table.find(3));
  CHECK_FALSE(table.find(1003));  // came before 3 came back, for the first time
}

TEST_CASE("what is dropped because it changed comes back to where it was") {
  Table table;
  put(table, 3);
  table.find(3);
  table.find(3);
  table.forget(3);
  CHECK(table.weight() == 0);
  put(table, 3);
  for (int key = 1000; key < 1500; ++key) put(table, key);
  CHECK(table.find(3));
}

TEST_CASE("a replacement keeps its place and takes its new weight") {
  Table table;
  put(table, 1);
  table.find(1);
  table.find(1);
  const auto held = *table.find(1);
  CHECK(table.holds(1, held));
  CHECK(table.replace(1, std::make_shared<const int>(7), 2 * kWeight, kRoom));
  CHECK_FALSE(table.holds(1, held));
  CHECK(table.weight() == 2 * kWeight + 96);
  for (int key = 1000; key < 1500; ++key) put(table, key);
  REQUIRE(table.find(1));
  CHECK(**table.find(1) == 7);
  CHECK(table.replace(1, held, kRoom, kRoom));  // too heavy: it goes
  CHECK_FALSE(table.find(1));
  CHECK_FALSE(table.replace(1, held, 1, kRoom));
  CHECK(table.weight() <= kRoom);
}

TEST_CASE("what is dropped and put over and over leaves nothing behind, and room is made all the same") {
  Table table;
  for (int round = 0; round < 200'000; ++round) {
    put(table, round % 7);
    table.forget(round % 7);
  }
  CHECK(table.weight() == 0);
  CHECK(table.entries() == 0);
  for (int key = 0; key < 1000; ++key) put(table, key);
  CHECK(table.entries() == 100);
  put(table, 5000, kRoom - 96);  // everybody else makes way
  CHECK(table.entries() == 1);
  table.clear();
  CHECK(table.weight() == 0);
  put(table, 1);
  CHECK(table.find(1));
}

TEST_CASE("under popularity by Zipf it keeps clearly more than the least recently used") {
  constexpr int kKeys = 2000, kReads = 200'000;
  std::vector<double> up_to(kKeys);
  double sum = 0;
  for (int rank = 0; rank < kKeys; ++rank)
    up_to[static_cast<std::size_t>(rank)] = sum += 1.0 / std::pow(rank + 1.0, 0.9);
  Table table;
  std::list<int> lru;  // the newest in front
  std::vector<std::list<int>::iterator> where(kKeys, lru.end());
  std::uint64_t luck = 7;
  int ours = 0, theirs = 0;
  for (int read = 0; read < kReads; ++read) {
    luck = luck * 6364136223846793005ull + 1442695040888963407ull;
    const double drawn = static_cast<double>(luck >> 11) * 0x1p-53 * sum;
    const int key = static_cast<int>(std::lower_bound(up_to.begin(), up_to.end(), drawn) - up_to.begin());
    ours += ask(table, key) ? 1 : 0;
    auto& at = where[static_cast<std::size_t>(key)];
    if (at != lru.end()) {
      ++theirs;
      lru.erase(at);
    } else if (lru.size() == 100) {
      where[static_cast<std::size_t>(lru.back())] = lru.end();
      lru.pop_back();
    }
    at = lru.insert(lru.begin(), key);
  }
  CHECK(ours > theirs + kReads / 50);
}

}  // namespace
}  // namespace kontor::runtime
