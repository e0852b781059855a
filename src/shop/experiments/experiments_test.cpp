#include "shop/experiments/experiments.h"

#include <doctest/doctest.h>

#include "services/outbox.h"
#include "shop/experiments/experiments_consumers.h"
#include "shop/orders/events.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> experiments_migrations();
}  // namespace kontor

namespace kontor::experiments {
namespace {

const Currency kUsd = *Currency::parse("USD");

struct World {
  explicit World(db::Store& on) : store(on) {
    experiments.add_subject({"search.ranking",
                             [](const json::Raw& raw) -> Result<void> {
                               if (raw.text != "\"bad\"") return {};
                               return invalid("search.bad_ranking", "/sales", "out_of_range", "It is bad.");
                             },
                             [this](db::Tx&, const json::Raw& raw) -> Result<void> {
                               usual = raw.text;
                               return {};
                             }});
  }
  db::Store& store;
  testing::FakeClock clock;
  IdSource ids{7};
  services::Visitors visitors{"a secret of sixteen"};
  Experiments::Settings settings{kUsd, {}, [this] { ++woken; }};
  int woken = 0;
  std::string usual;  // what graduated
  Experiments experiments{{store, clock, ids, visitors}, settings};

  static Definition definition(std::string key = "one", std::int64_t share = 50) {
    return {std::move(key), "search.ranking", {}, share, {{"wide", 1, {"{\"sales\":20}"}}, {"fresh", 3, {"{}"}}}};
  }
  void run(const Definition& wanted) {
    REQUIRE(experiments.add(wanted));
    REQUIRE(experiments.start(wanted.key));
  }
  std::uint64_t number(std::int64_t id) const { return visitors.number(CustomerId{id}); }
  Choice choose(std::int64_t id) const { return experiments.choose("search.ranking", number(id)); }
  void show(std::int64_t id) { experiments.exposed(choose(id), number(id)); }
  // The n-th customer who gets this arm.
  CustomerId someone_in(std::size_t arm, int n = 0) {
    for (std::int64_t id = 1;; ++id)
      if (choose(id).arm == arm && n-- == 0) return CustomerId{id};
  }
  void buy(CustomerId who, std::int64_t minor) {
    const orders::OrderPlaced placed{OrderId{1}, CheckoutId{2}, who, "confirmed", Money::minor(minor, kUsd), 1, {}};
    const auto consumer = orders_consumer(experiments);
    const LoggedEvent event{"shop", 1, "order.placed", "", json::print(placed), clock.now()};
    REQUIRE(store.write(db::Home::kTelemetry, [&](db::Tx& tx) { return consumer.handle_in_tx(tx, event); }));
  }
  Results results(const std::string& key = "one") {
    REQUIRE(experiments.drain());
    const auto kept = experiments.find(key);
    REQUIRE(kept);
    const auto found = experiments.results(*kept);
    REQUIRE(found);
    return *found;
  }
};

void on_each(const std::function<void(World&)>& body) {
  testing::on_each_store({services_migrations(), experiments_migrations()}, [&](db::Store& store) {
    World world(store);
    body(world);
  });
}

TEST_CASE(
    "experiments: visitors are shared out by number, and keep their arm "
    "when the share is raised") {
  on_each([](World& world) {
    CHECK(world.choose(1).label.empty());
    CHECK(world.experiments.arms("search.ranking").empty());
    world.run(World::definition("one", 10));
    constexpr int kVisitors = 20'000;
    std::vector<std::size_t> arms;
    std::array<int, 3> counts{};
    for (std::int64_t id = 1; id <= kVisitors; ++id) {
      arms.push_back(world.choose(id).arm);
      ++counts[arms.back()];
    }
    CHECK(counts[0] > 17'800);
    CHECK(counts[0] < 18'200);
    CHECK(counts[1] > 430);
    CHECK(counts[1] < 570);
    CHECK(counts[2] > 1'380);
    const auto there = world.experiments.find("one");
    REQUIRE(world.experiments.change(World::definition("one", 40), {true, {there->version}}));
    int moved = 0, joined = 0;
    for (std::int64_t id = 1; id <= kVisitors; ++id) {
      const std::size_t before = arms[static_cast<std::size_t>(id - 1)], now = world.choose(id).arm;
      moved += before != 0 && now != before ? 1 : 0;
      joined += before == 0 && now != 0 ? 1 : 0;
    }
    CHECK(moved == 0);
    CHECK(joined > 5'700);
    CHECK(world.choose(1).label.starts_with("one/"));
    CHECK(world.experiments.choose("search.ranking", 0).label.empty());
    CHECK(world.experiments.choose("another", 5).label.empty());
    const auto configurations = world.experiments.arms("search.ranking");
    REQUIRE(configurations.size() == 3);
    CHECK(configurations[0] == nullptr);
    CHECK(configurations[1]->text == "{\"sales\":20}");
  });
}

TEST_CASE(
    "experiments: who was shown what, who bought afterwards, and what "
    "that means") {
  on_each([](World& world) {
    world.run(World::definition());
    const CustomerId buyer = world.someone_in(1), other = world.someone_in(1, 1), usual = world.someone_in(0),
                     unseen = world.someone_in(2);
    world.buy(buyer, 999);  // before they saw anything
    world.clock.advance_ms(1000);
    for (int i = 0; i < 3; ++i)
      for (const CustomerId who : {buyer, other, usual}) world.show(who.value);
    CHECK(world.woken == 1);
    CHECK(*world.experiments.drain() == 3);
    world.clock.advance_ms(1000);
    world.buy(buyer, 1000);
    world.buy(buyer, 500);
    world.buy(unseen, 700);
    const auto results = world.results();
    REQUIRE(results.arms.size() == 3);
    CHECK(results.arms[0].name == "control");
    CHECK(results.arms[0].visitors == 1);
    CHECK(results.arms[0].buyers == 0);
    CHECK(results.arms[1].visitors == 2);
    CHECK(results.arms[1].buyers == 1);
    CHECK(results.arms[1].orders == 2);
    CHECK(results.arms[1].conversion == 0.5);
    CHECK(results.arms[1].revenue == Money::minor(1500, kUsd));
    CHECK(results.arms[1].revenue_per_1000 == Money::minor(750'000, kUsd));
    CHECK(results.arms[1].against_control->verdict == "open");
    CHECK(results.arms[2].visitors == 0);
    CHECK_FALSE(results.arms[2].against_control);
    CHECK(results.ratio_probability);
    CHECK_FALSE(results.full);
    CHECK(results.warnings.size() == 2);
  });
}

TEST_CASE("experiments: a clear case is told, with its interval") {
  on_each([](World& world) {
    world.run(World::definition("one", 50));
    // 300 visitors each: of the control 30 buy for 10.00, of the arm 75.
    for (const std::size_t arm : {std::size_t{0}, std::size_t{1}})
      for (int n = 0; n < 300; ++n) world.show(world.someone_in(arm, n).value);
    REQUIRE(world.experiments.drain());
    for (int n = 0; n < 30; ++n) world.buy(world.someone_in(0, n), 1000);
    for (int n = 0; n < 75; ++n) world.buy(world.someone_in(1, n), 1000);
    const auto results = world.results();
    const auto& comparison = *results.arms[1].against_control;
    CHECK(comparison.verdict == "better");
    CHECK(comparison.conversion == 0.15);
    CHECK(comparison.conversion_interval.low == doctest::Approx(0.0899).epsilon(0.01));
    CHECK(comparison.conversion_interval.high == doctest::Approx(0.2092).epsilon(0.01));
    CHECK(comparison.revenue == Money::minor(150'000, kUsd));
    // Variances 1000² · 0.25 · 0.75 · 300/299 and 1000² · 0.1 · 0.9 · 300/299,
    // over 300: 30.46 a visitor, times 1.96.
    CHECK(comparison.revenue_interval.low.amount_minor() == doctest::Approx(150'000 - 59'710).epsilon(0.001));
    CHECK(results.ratio_probability < 0.001);  // an arm of weight 1 in 8 has as many as half of all
    REQUIRE_FALSE(results.warnings.empty());
    CHECK(results.warnings[0].starts_with("The visitors are not shared out"));
  });
}

TEST_CASE("experiments: who signs in keeps what they were shown") {
  on_each([](World& world) {
    world.run(World::definition());
    const CustomerId guest = world.someone_in(1), customer = world.someone_in(2);
    world.show(guest.value);
    REQUIRE(world.experiments.drain());
    REQUIRE(world.experiments.take_over(customer, guest));
    REQUIRE(world.experiments.take_over(customer, guest));
    world.show(customer.value);
    REQUIRE(world.experiments.drain());
    world.buy(customer, 100);
    const auto results = world.results();
    CHECK(results.arms[1].visitors == 1);
    CHECK(results.arms[1].buyers == 1);
    CHECK(results.arms[2].visitors == 0);
  });
}

TEST_CASE("experiments: who wishes to be counted no more is forgotten, and may come back") {
  on_each([](World& world) {
    world.run(World::definition());
    const CustomerId buyer = world.someone_in(1), other = world.someone_in(1, 1);
    for (const CustomerId one : {buyer, other}) world.show(one.value);
    REQUIRE(world.experiments.drain());
    for (const CustomerId one : {buyer, other}) world.buy(one, 100);
    CHECK(world.results().arms[1].buyers == 2);
    REQUIRE(world.experiments.forget(buyer));
    REQUIRE(world.experiments.forget(buyer));
    REQUIRE(world.experiments.forget(CustomerId{}));
    CHECK(world.results().arms[1].visitors == 1);
    CHECK(world.results().arms[1].buyers == 1);
    world.buy(buyer, 100);
    CHECK(world.results().arms[1].buyers == 1);
    world.show(buyer.value);
    REQUIRE(world.experiments.drain());
    CHECK(world.results().arms[1].visitors == 2);
    CHECK(world.experiments.runs("search.ranking"));
    CHECK_FALSE(world.experiments.runs("another"));
    REQUIRE(world.experiments.end("one"));
    CHECK_FALSE(world.experiments.runs("search.ranking"));
  });
}

TEST_CASE("experiments: begun, ended, graduated; each once") {
  on_each([](World& world) {
    int told = 0;
    world.experiments.on_change([&] { ++told; });
    REQUIRE(world.experiments.add(World::definition()));
    CHECK(world.experiments.add(World::definition()).error().reason == "experiments.exists");
    CHECK(world.experiments.end("one").error().code == Errc::kInvalidTransition);
    CHECK(world.experiments.graduate("one", "wide").error().code == Errc::kInvalidTransition);
    REQUIRE(world.experiments.add(World::definition("two")));
    REQUIRE(world.experiments.start("one"));
    CHECK(told == 1);
    CHECK(world.experiments.start("one")->version == 2);
    CHECK(world.experiments.start("two").error().reason == "experiments.subject_busy");
    CHECK(world.experiments.remove("one").error().reason == "experiments.fixed");
    auto other = World::definition();
    other.arms[0].weight = 2;
    CHECK(world.experiments.change(other, {}).error().reason == "experiments.fixed");
    CHECK(world.experiments.change(World::definition("one", 20), {true, {1}}).error().code == Errc::kVersionConflict);
    CHECK(world.experiments.graduate("one", "none").error().reason == "experiments.no_such_arm");
    CHECK(world.usual.empty());
    const auto done = world.experiments.graduate("one", "wide");
    REQUIRE(done);
    CHECK(done->state == State::kEnded);
    CHECK(done->winner == "wide");
    CHECK(world.usual == "{\"sales\":20}");
    CHECK(world.choose(1).label.empty());
    CHECK(world.experiments.graduate("one", "wide")->version == done->version);
    CHECK(world.experiments.graduate("one", "fresh").error().reason == "experiments.graduated");
    CHECK(world.experiments.start("one").error().code == Errc::kInvalidTransition);
    CHECK(world.experiments.change(World::definition(), {}).error().reason == "experiments.fixed");
    REQUIRE(world.experiments.start("two"));
    CHECK(world.experiments.end("two")->state == State::kEnded);
    REQUIRE(world.experiments.graduate("two", "fresh"));  // also later
    CHECK(world.usual == "{}");
    REQUIRE(world.experiments.add(World::definition("three")));
    REQUIRE(world.experiments.remove("three"));
    CHECK(world.experiments.find("three").error().code == Errc::kNotFound);
  });
}

TEST_CASE("experiments: what is wrong with one is said at once") {
  on_each([](World& world) {
    auto wrong = World::definition();
    wrong.arms = {{"control", 1, {"{}"}}, {"a", 1, {"\"bad\""}}, {"a", 1, {"{}"}}};
    const auto refused = world.experiments.add(wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "experiments.bad_experiment");
    REQUIRE(refused.error().fields.size() == 3);
    CHECK(refused.error().fields[0].field == "/arms/0/name");
    CHECK(refused.error().fields[1].field == "/arms/1/configuration/sales");
    CHECK(refused.error().fields[2].code == "repeated");
    CHECK_FALSE(is_name("Upper"));
    CHECK_FALSE(is_name(""));
    CHECK_FALSE(is_name(std::string(31, 'a')));
    CHECK(is_name("ranking-1_b"));
  });
}

TEST_CASE(
    "experiments: orders of the time after the end do not count; a month "
    "later only figures are left") {
  on_each([](World& world) {
    world.run(World::definition());
    const CustomerId buyer = world.someone_in(1);
    world.show(buyer.value);
    REQUIRE(world.experiments.drain());
    world.clock.advance_ms(1000);
    REQUIRE(world.experiments.end("one"));
    world.buy(buyer, 100);  // in the moment of the end, told of late
    world.clock.advance_ms(1000);
    world.buy(buyer, 50);
    CHECK(world.results().arms[1].revenue == Money::minor(100, kUsd));
    CHECK(*world.experiments.prune(10) == 0);
    world.clock.advance_ms(31 * kDayMs);
    CHECK(*world.experiments.prune(10) == 1);
    CHECK(*world.experiments.prune(10) == 0);
    CHECK(world.experiments.find("one")->forgotten);
    CHECK(world.results().arms[1].revenue == Money::minor(100, kUsd));
    CHECK(world.results().arms[1].buyers == 1);
  });
}

TEST_CASE("experiments: only so many visitors are followed") {
  on_each([](World& world) {
    world.settings.most_visitors = 5;
    Experiments few({world.store, world.clock, world.ids, world.visitors}, world.settings);
    REQUIRE(few.add(World::definition()));
    REQUIRE(few.start("one"));
    const auto show = [&](std::int64_t from, std::int64_t to) {
      for (std::int64_t id = from; id <= to; ++id)
        few.exposed(few.choose("search.ranking", world.number(id)), world.number(id));
      REQUIRE(few.drain());
    };
    show(1, 5);
    Experiments again({world.store, world.clock, world.ids, world.visitors}, world.settings);
    REQUIRE(again.reload());
    again.exposed(again.choose("search.ranking", world.number(6)), world.number(6));
    CHECK(*again.drain() == 0);
    const auto results = again.results(*again.find("one"));
    CHECK(results->full);
  });
}

}  // namespace
}  // namespace kontor::experiments
