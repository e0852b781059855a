// The choice of warehouses on real stores, and what it does when others are quicker.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/each_store.h"
#include "tests/support/test_stock.h"

namespace kontor::inventory {
namespace {

// An inventory on a store that somebody else opened.
struct Depots {
  explicit Depots(db::Store& opened) : store(opened), inventory(opened, clock, ids) {}

  WarehouseId open(const std::string& code, const std::string& country, const std::string& postal_code,
                   std::int64_t hours = 24, std::int64_t capacity = 0) {
    Warehouse made;
    made.id = ids.next<WarehouseId>(clock.now(), 0);
    made.code = made.name = code;
    made.country = country;
    made.postal_code = postal_code;
    made.processing_hours = hours;
    made.daily_capacity = capacity;
    REQUIRE(write([&](db::Tx& tx) -> Result<void> {
      TRY_DO(inventory.add_warehouse(tx, made));
      return {};
    }));
    return made.id;
  }
  Result<void> write(const db::Function& fn) { return store.write(db::Home::kStock, fn); }
  void stock(OfferId offer, WarehouseId warehouse, std::int64_t units) {
    REQUIRE(write([&](db::Tx& tx) {
      return inventory.set_on_hand(tx, {offer, warehouse, units}, "test", clock.now());
    }));
  }
  Result<std::vector<Allotment>> reserve(const ReserveRequest& request) {
    std::vector<Allotment> out;
    TRY_DO(write([&](db::Tx& tx) -> Result<void> {
      TRY(out, inventory.reserve(tx, request, clock.now()));
      return {};
    }));
    return out;
  }
  void check() {
    services::CheckReport report;
    REQUIRE(inventory.check(report));
    CHECK(report.ok());
  }

  db::Store& store;
  testing::FakeClock clock;
  IdSource ids{7};
  Inventory inventory;
};

void on_depots(const std::function<void(Depots&)>& body) {
  testing::on_each_store({inventory_migrations(), services_migrations()}, [&](db::Store& store) {
    Depots depots(store);
    body(depots);
  });
}

using Allotments = std::vector<Allotment>;

// Answers the first look at the stock as it was once before: somebody was quicker. The rest is the real thing.
class StaleTx : public db::Tx {
 public:
  StaleTx(db::Tx& real, db::Rows stale, int times) : real_(real), stale_(std::move(stale)), left_(times) {}
  Result<std::int64_t> run_params(const db::Query& query, std::span<const db::Param> params) override {
    return real_.run_params(query, params);
  }
  Result<db::Rows> ask_params(const db::Query& query, std::span<const db::Param> params) override {
    if (query.name == "inventory.slots_of_one" && left_-- > 0) return stale_;
    return real_.ask_params(query, params);
  }
  Result<std::int64_t> insert_params(const db::Query& query, std::span<const db::Param> params) override {
    return real_.insert_params(query, params);
  }
  Result<std::vector<std::int64_t>> run_each(const db::Query& query,
                                             std::span<const std::vector<db::Param>> sets) override {
    return real_.run_each(query, sets);
  }
  Result<void> attempt(const std::function<Result<void>()>& part) override { return real_.attempt(part); }
  bool serial_in_commit_order() const override { return real_.serial_in_commit_order(); }

 private:
  db::Tx& real_;
  db::Rows stale_;
  int left_;
};

// Two rows of the offer as inventory.slots_of_one answers them: so many in each warehouse, and nothing promised.
db::Rows rows_of(OfferId offer, std::initializer_list<std::pair<WarehouseId, std::int64_t>> stock) {
  db::Rows rows;
  rows.set_columns(10);
  for (const auto& [warehouse, units] : stock) {
    for (const std::int64_t value : {offer.value, warehouse.value, std::int64_t{0}, units}) rows.add_int(value);
    for (int i = 0; i < 3; ++i) rows.add_int(0);
    rows.add_null();
    rows.add_int(0);
    rows.add_int(0);
  }
  return rows;
}

}  // namespace

TEST_CASE("the nearest of those that have everything, by the buyer's wish the quickest, on each store") {
  on_depots([](Depots& depots) {
    const auto near = depots.open("near", "US", "10001", 96);
    const auto quick = depots.open("quick", "US", "02101", 2);
    depots.stock(kTea, near, 10);
    depots.stock(kTea, quick, 10);
    const Destination manhattan{"US", "NY", "10025"};
    CHECK(*depots.reserve({key(1), {{kTea, 1}}, {}, manhattan, {}}) == Allotments{{kTea, near, 1}});
    CHECK(*depots.reserve({key(2), {{kTea, 1}}, {}, manhattan, Preference::kCost}) == Allotments{{kTea, near, 1}});
    CHECK(*depots.reserve({key(3), {{kTea, 1}}, {}, manhattan, Preference::kSpeed}) == Allotments{{kTea, quick, 1}});
    // In Boston the quick one is near as well; nobody knows where Atlantis is.
    CHECK(*depots.reserve({key(4), {{kTea, 1}}, {}, {"US", "", "02139"}, {}}) == Allotments{{kTea, quick, 1}});
    const auto nowhere = depots.reserve({key(5), {{kTea, 1}}, {}, {"XX", "", "?"}, {}});
    REQUIRE(nowhere);
    CHECK_FALSE(nowhere->front().way.distance_km);
    // Repeated with another wish it stays where it is.
    const auto again = depots.reserve({key(1), {{kTea, 1}}, {}, manhattan, Preference::kSpeed});
    CHECK(*again == Allotments{{kTea, near, 1}});
    CHECK(again->front().way.processing_hours == 96);
    CHECK(again->front().way.zone == Zone::kLocal);
    depots.check();
  });
}

TEST_CASE("one order over as few warehouses as can be, on each store") {
  on_depots([](Depots& depots) {
    const auto near = depots.open("near", "US", "10001");
    const auto far = depots.open("far", "US", "90001");
    const auto farther = depots.open("farther", "DE", "10115");
    const Destination manhattan{"US", "NY", "10025"};
    depots.stock(kTea, near, 2);
    depots.stock(kCup, near, 2);
    depots.stock(kPot, far, 2);
    depots.stock(kTea, farther, 2);
    depots.stock(kCup, farther, 2);
    depots.stock(kPot, farther, 1);
    // Only the farthest has all of it: one parcel.
    const ReserveRequest all{key(1), {{kTea, 1}, {kCup, 1}, {kPot, 1}}, {}, manhattan, {}};
    CHECK(*depots.inventory.preview(all) == Allotments{{kTea, farther, 1}, {kCup, farther, 1}, {kPot, farther, 1}});
    CHECK(*depots.reserve(all) == Allotments{{kTea, farther, 1}, {kCup, farther, 1}, {kPot, farther, 1}});
    // Now nobody: two parcels, the near one with what it has.
    const ReserveRequest rest{key(2), {{kTea, 2}, {kCup, 1}, {kPot, 1}}, {}, manhattan, {}};
    CHECK(*depots.inventory.preview(rest) == Allotments{{kTea, near, 2}, {kCup, near, 1}, {kPot, far, 1}});
    CHECK(*depots.reserve(rest) == Allotments{{kTea, near, 2}, {kCup, near, 1}, {kPot, far, 1}});
    // One offer's units from two.
    CHECK(*depots.reserve({key(3), {{kCup, 2}}, {}, manhattan, {}}) == Allotments{{kCup, near, 1}, {kCup, farther, 1}});
    const auto refused = depots.reserve({key(4), {{kCup, 1}, {kTea, 1}}, {}, manhattan, {}});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kOutOfStock);
    // A preview never refuses: it says when it would come.
    CHECK(depots.inventory.preview({key(4), {{kCup, 7}}, {}, manhattan, {}})->size() == 1);
    depots.check();
  });
}

TEST_CASE("a full warehouse leaves the next order to an idle one that is as near") {
  on_depots([](Depots& depots) {
    const auto one = depots.open("one", "US", "10001", 24, 10);
    const auto two = depots.open("two", "US", "10001", 24, 10);
    const Destination manhattan{"US", "NY", "10025"};
    depots.stock(kTea, one, 101);
    depots.stock(kTea, two, 100);
    CHECK(*depots.reserve({key(1), {{kTea, 5}}, {}, manhattan, {}}) == Allotments{{kTea, one, 5}});
    depots.stock(kTea, one, 200);
    CHECK(*depots.reserve({key(2), {{kTea, 1}}, {}, manhattan, {}}) == Allotments{{kTea, one, 1}});
    REQUIRE(depots.inventory.refresh_loads());  // the first has six of ten to send today
    CHECK(*depots.reserve({key(3), {{kTea, 1}}, {}, manhattan, {}}) == Allotments{{kTea, two, 1}});
  });
}

TEST_CASE("when others are quicker it is chosen anew, a few times") {
  on_depots([](Depots& depots) {
    const auto near = depots.open("near", "US", "10001");
    const auto far = depots.open("far", "US", "90001");
    depots.stock(kTea, near, 1);
    depots.stock(kTea, far, 5);
    const ReserveRequest request{key(1), {{kTea, 2}}, {}, {"US", "NY", "10025"}, {}};
    const auto stale = rows_of(kTea, {{near, 9}, {far, 5}});
    const auto reserve = [&](int times) {
      Allotments out;
      const auto done = depots.write([&](db::Tx& tx) -> Result<void> {
        StaleTx overtaken(tx, stale, times);
        TRY(out, depots.inventory.reserve(overtaken, request, depots.clock.now()));
        return {};
      });
      return done ? Result<Allotments>(out) : Result<Allotments>(fail(done.error()));
    };
    const auto lost = reserve(3);
    REQUIRE_FALSE(lost);
    CHECK(lost.error().code == Errc::kUnavailable);
    CHECK(lost.error().reason == "inventory.overtaken");
    CHECK(*reserve(2) == Allotments{{kTea, far, 2}});  // the refused tries left nothing behind
    depots.check();
  });
}

TEST_CASE("many buyers, units strewn over warehouses: exactly as many win as there are, on each store") {
  on_depots([](Depots& depots) {
    constexpr int kBuyers = 4, kTries = 8;
    const WarehouseId from[] = {depots.open("a", "US", "10001"), depots.open("b", "US", "60601"),
                                depots.open("c", "DE", "10115")};
    for (const auto warehouse : from) depots.stock(kTea, warehouse, 5);
    std::atomic<int> units{0}, refused{0}, other{0};
    std::vector<std::thread> buyers;
    for (int buyer = 0; buyer < kBuyers; ++buyer)
      buyers.emplace_back([&, buyer] {
        for (int i = 0; i < kTries; ++i) {
          const auto got = depots.reserve({key(buyer * 100 + i), {{kTea, 1}}, {}, {"US", "", "10025"}, {}});
          if (got)
            ++units;
          else if (got.error().code == Errc::kOutOfStock)
            ++refused;
          else
            ++other;
        }
      });
    for (auto& buyer : buyers) buyer.join();
    CHECK(units == 15);
    CHECK(refused == kBuyers * kTries - 15);
    CHECK(other == 0);
    depots.check();
  });
}

}  // namespace kontor::inventory
