#include "shop/telemetry/telemetry.h"

#include <doctest/doctest.h>

#include "adapters/log_outbox/outbox_log.h"
#include "services/outbox.h"
#include "shop/orders/events.h"
#include "shop/telemetry/tallies.h"
#include "shop/telemetry/telemetry_consumers.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> telemetry_migrations();
}  // namespace kontor

namespace kontor::telemetry {
namespace {

constexpr ProductId kTea{41}, kCup{42};

struct World {
  explicit World(db::Store& on) : store(on) {}
  db::Store& store;
  testing::FakeClock clock;
  runtime::Metrics metrics;
  int woken = 0;
  std::vector<ProductId> there{kTea, kCup};
  Telemetry::Settings settings{false, 400,
                               [this](std::span<const ProductId> asked) -> Result<std::vector<ProductId>> {
                                 std::vector<ProductId> known;
                                 for (const ProductId id : asked)
                                   if (std::find(there.begin(), there.end(), id) != there.end()) known.push_back(id);
                                 return known;
                               },
                               [this] { ++woken; }};
  Telemetry telemetry{store, clock, metrics, settings};

  static Visit visitor(std::uint64_t number) { return {Consent::kGiven, false, number}; }
  void search(std::string_view query, std::int64_t results, std::uint64_t visitor_number) {
    telemetry.observe({Kind::kSearch, visitor(visitor_number), {}, query, results});
  }
  SearchReport report(int days = 7) {
    REQUIRE(telemetry.drain());
    auto report = telemetry.searches(days, 20);
    REQUIRE(report);
    return *report;
  }
  std::int64_t counted(const std::string& outcome) {
    return metrics.counter("kontor_behaviour_total", "", {{"outcome", outcome}}).value();
  }
  void tell(const LoggedEvent& event) {
    const auto consumer = sales_consumer(clock);
    REQUIRE(store.write(db::Home::kTelemetry, [&](db::Tx& tx) { return consumer.handle_in_tx(tx, event); }));
  }
  template <class E>
  void tell(const E& event) {
    tell(LoggedEvent{"shop", 1, std::string(E::kName), "", json::print(event), clock.now()});
  }
  static orders::OrderPlaced placed(std::vector<orders::ProductUnits> products) {
    return {OrderId{1}, CheckoutId{2},      CustomerId{3}, "confirmed", Money::minor(100, *Currency::parse("USD")),
            1,          std::move(products)};
  }
};

void on_each(const std::function<void(World&)>& body) {
  testing::on_each_store({services_migrations(), telemetry_migrations()}, [&](db::Store& store) {
    World world(store);
    body(world);
  });
}

TEST_CASE("telemetry: what is observed is summed up by product, query and day") {
  on_each([](World& world) {
    auto& telemetry = world.telemetry;
    for (int i = 0; i < 3; ++i) telemetry.observe({Kind::kView, World::visitor(1), kTea});
    CHECK(world.woken == 1);
    telemetry.observe({Kind::kCart, World::visitor(1), kTea});
    world.search("  Grüner   TEE ", 12, 1);
    world.search("gruner tee", 12, 2);
    world.search("gruner tee", 0, 2);
    world.search("Zubehör", 0, 3);
    telemetry.observe({Kind::kClick, World::visitor(1), kTea, "Grüner Tee", 0, 4, "ranking/wide"});
    telemetry.observe({Kind::kClick, World::visitor(1), kCup, "Grüner Tee", 0, 1, "ranking/wide"});
    telemetry.observe({Kind::kClick, World::visitor(1), kCup, "Grüner Tee"});
    telemetry.observe({Kind::kListing, World::visitor(1)});
    auto report = world.report();
    REQUIRE(report.most_searched.size() == 2);
    const auto& tea = report.most_searched[0];
    CHECK(tea.query == "grüner tee");
    CHECK(tea.figures.searches == 3);
    CHECK(tea.figures.zero_results == 1);
    CHECK(tea.figures.clicks == 3);
    CHECK(tea.figures.placed == 2);
    CHECK(tea.figures.positions == 5);
    REQUIRE(report.without_results.size() == 2);
    CHECK(report.totals.searches == 4);
    CHECK(report.totals.views == 3);
    CHECK(report.totals.clicks == 3);
    CHECK(report.totals.listings == 1);
    CHECK(report.totals.carts == 1);
    REQUIRE(report.arms.size() == 1);
    CHECK(report.arms[0].query == "ranking/wide");
    CHECK(report.arms[0].figures.clicks == 2);
    CHECK(world.counted("counted") == 12);

    world.clock.advance_ms(kDayMs);
    telemetry.observe({Kind::kView, World::visitor(1), kTea});
    CHECK(world.woken == 2);
    REQUIRE(telemetry.drain());
    const auto products = telemetry.products(2, ProductSort::kViews, 10);
    REQUIRE(products);
    REQUIRE(products->size() == 2);
    CHECK((*products)[0].product == kTea);
    CHECK((*products)[0].views == 4);
    CHECK((*products)[0].clicks == 1);
    CHECK((*products)[0].carts == 1);
    CHECK(telemetry.products(1, ProductSort::kClicks, 10)->size() == 1);
    CHECK(*telemetry.drain() == 0);
  });
}

TEST_CASE("telemetry: without consent no words and no visitor; of who refuses, and of bots, nothing") {
  on_each([](World& world) {
    auto& telemetry = world.telemetry;
    const Visit unsaid{Consent::kUnsaid, false, 7}, refused{Consent::kRefused, false, 7}, bot{Consent::kGiven, true, 7};
    telemetry.observe({Kind::kSearch, unsaid, {}, "a secret wish", 3});
    telemetry.observe({Kind::kView, unsaid, kTea});
    for (const Visit& visit : {refused, bot}) {
      telemetry.observe({Kind::kSearch, visit, {}, "a secret wish", 3});
      telemetry.observe({Kind::kView, visit, kTea});
    }
    const auto report = world.report();
    CHECK(report.most_searched.empty());
    CHECK(report.totals.searches == 1);
    CHECK(report.totals.views == 1);
    CHECK(world.counted("refused") == 2);
    CHECK(world.counted("bot") == 2);
    CHECK(world.counted("counted") == 2);
  });
}

TEST_CASE("telemetry: a shop may keep words of all who do not refuse, still without a visitor") {
  on_each([](World& world) {
    world.settings.keeps_words = true;
    Telemetry telemetry(world.store, world.clock, world.metrics, world.settings);
    for (int i = 0; i < 5; ++i)
      telemetry.observe({Kind::kSearch, {Consent::kUnsaid, false, std::uint64_t(i)}, {}, "tea", 3});
    REQUIRE(telemetry.drain());
    CHECK(telemetry.searches(1, 10)->most_searched.size() == 1);
    CHECK(telemetry.popular_queries(10)->empty());  // nobody knows how many people that were
  });
}

TEST_CASE("telemetry: words that could be somebody's own are not kept") {
  for (const char* words : {"me@example.org", "+49 (170) 123 45 67", "4111 1111 1111 1111", "\xff\xfe", "   ",
                            "one two three four five six seven eight nine ten eleven"})
    CHECK_MESSAGE(!comparable(words), words);
  CHECK_FALSE(comparable(std::string(81, 'a')));
  CHECK(comparable("  Café\n crème ") == "cafe creme");
  CHECK(comparable("dell xps 13 9310") == "dell xps 13 9310");
}

TEST_CASE("telemetry: popular is what several people search for and find, and lately") {
  on_each([](World& world) {
    for (std::uint64_t who = 1; who <= 4; ++who) world.search("green tea", 9, who);
    for (int i = 0; i < 9; ++i) world.search("my own words", 9, 5);
    for (std::uint64_t who = 1; who <= 5; ++who) world.search("unicorn", 0, who);
    REQUIRE(world.telemetry.drain());
    world.clock.advance_ms(15 * kDayMs);
    for (std::uint64_t who = 1; who <= 3; ++who) world.search("black tea", 9, who);
    REQUIRE(world.telemetry.drain());
    auto popular = world.telemetry.popular_queries(10);
    REQUIRE(popular);
    REQUIRE(popular->size() == 2);
    CHECK((*popular)[0].text == "black tea");  // 3 of this week weigh more than 4 of the third
    CHECK((*popular)[0].weight == 24);
    CHECK((*popular)[1].weight == 8);
    // One person a day is several in the end.
    for (std::uint64_t who = 1; who <= 3; ++who) {
      world.search("white tea", 2, who);
      REQUIRE(world.telemetry.drain());
      world.clock.advance_ms(kDayMs);
    }
    CHECK(world.telemetry.popular_queries(10)->size() == 3);
    world.clock.advance_ms(31 * kDayMs);
    CHECK(world.telemetry.popular_queries(10)->empty());
  });
}

TEST_CASE("telemetry: products that clients make up are not counted") {
  on_each([](World& world) {
    for (const ProductId id : {kTea, ProductId{999}})
      world.telemetry.observe({Kind::kView, World::visitor(1), id, {}, 0, 0, {}, true});
    REQUIRE(world.telemetry.drain());
    const auto products = world.telemetry.products(1, ProductSort::kViews, 10);
    REQUIRE(products->size() == 1);
    CHECK((*products)[0].product == kTea);
  });
}

TEST_CASE("telemetry: what is sold, and what of it changed") {
  on_each([](World& world) {
    auto& telemetry = world.telemetry;
    world.tell(World::placed({{kTea, 3}, {kCup, 1}}));
    world.tell(World::placed({{kTea, 2}}));
    world.tell(orders::OrderCancelled{OrderId{1}, "customer", {{kCup, 1}}});
    const ProductId both[] = {kTea, kCup};
    auto sold = telemetry.sold_of(both);
    REQUIRE(sold);
    REQUIRE(sold->size() == 1);
    CHECK((*sold)[0].units == 5);
    CHECK(telemetry.all_sold({}, 10)->size() == 1);
    CHECK(telemetry.all_sold(kTea, 10)->empty());
    const auto popular = telemetry.popularity(both);
    CHECK((*popular)[0].purchases == 2);
    CHECK((*popular)[1].units == 0);

    const Time first = world.clock.now();
    CHECK(telemetry.changed_sales({first, {}, 10})->size() == 2);
    world.clock.advance_ms(2 * kMinuteMs);
    CHECK(telemetry.changed_sales({world.clock.now(), {}, 10})->empty());
    world.tell(World::placed({{kCup, 4}}));
    auto changed = telemetry.changed_sales({world.clock.now(), {}, 10});
    REQUIRE(changed->size() == 1);
    CHECK((*changed)[0].product == kCup);
    CHECK((*changed)[0].units == 4);
    // Thirty days later the sales of the first day are told of once more: they no longer count.
    world.clock.advance_ms(29 * kDayMs);
    const Time before = world.clock.now();
    CHECK(telemetry.changed_sales({before, {}, 10})->empty());
    world.clock.advance_ms(kDayMs);
    changed = telemetry.changed_sales({before, {}, 1});
    REQUIRE(changed->size() == 1);
    CHECK((*changed)[0].units == 0);
    CHECK(telemetry.changed_sales({before, (*changed)[0].product, 1})->size() == 1);
  });
}

TEST_CASE("telemetry: what was in the log before orders named their products is passed over") {
  on_each([](World& world) {
    LoggedEvent old;
    old.name = "order.placed";
    old.body = R"({"order_id":"ord_0000000000001","checkout_id":"chk_0000000000002","customer_id":"usr_0000000000003",)"
               R"("status":"confirmed","total":{"amount":1,"currency":"USD"},"item_count":1})";
    world.tell(old);
    CHECK(world.telemetry.all_sold({}, 10)->empty());
  });
}

TEST_CASE("telemetry: old days and rare queries go, a chunk at a time") {
  on_each([](World& world) {
    world.search("rare", 1, 1);
    for (std::uint64_t who = 1; who <= 3; ++who) world.search("often", 1, who);
    world.telemetry.observe({Kind::kView, World::visitor(1), kTea});
    world.tell(World::placed({{kTea, 3}}));
    REQUIRE(world.telemetry.drain());
    CHECK(*world.telemetry.prune(500) == 0);
    world.clock.advance_ms(31 * kDayMs);
    CHECK(*world.telemetry.prune(500) == 1);
    CHECK(world.report(60).most_searched.size() == 1);
    CHECK(*world.telemetry.prune(500) == 0);
    world.clock.advance_ms(400 * kDayMs);
    int gone = 0;
    for (int more = 1; more > 0; gone += more) {
      const auto one = world.telemetry.prune(1);
      REQUIRE(one);
      more = *one;
    }
    CHECK(gone == 4);  // a query, a product, its sales, the day's totals
    CHECK(world.telemetry.products(1000, ProductSort::kUnits, 10)->empty());
  });
}

TEST_CASE("telemetry: there is only so much room, and what finds none is counted") {
  on_each([](World& world) {
    for (int i = 0; i < 20'000; ++i) world.telemetry.observe({Kind::kView, World::visitor(1), kTea});
    CHECK(world.counted("no_room") == 20'000 - 16'384);
    CHECK(world.woken == 2);  // for the first, and half full
    REQUIRE(world.telemetry.drain());
    CHECK((*world.telemetry.products(1, ProductSort::kViews, 1))[0].views == 16'384);
  });
}

TEST_CASE("telemetry: who looks, and whether they may be counted") {
  const auto visit = [](std::vector<http::Header> headers) {
    http::Request request;
    request.headers = std::move(headers);
    return visit_of(request, 5);
  };
  constexpr std::string_view kBrowser =
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
  CHECK_FALSE(visit({{"User-Agent", kBrowser}}).bot);
  CHECK(visit({{"User-Agent", kBrowser}}).consent == Consent::kUnsaid);
  CHECK(visit({{"User-Agent", kBrowser}, {"Cookie", "a=b; consent=yes"}}).consent == Consent::kGiven);
  CHECK(visit({{"User-Agent", kBrowser}, {"Cookie", "consent=no"}}).consent == Consent::kRefused);
  CHECK(visit({{"User-Agent", kBrowser}, {"Cookie", "consent=yes"}, {"Sec-GPC", "1"}}).consent == Consent::kRefused);
  CHECK(visit({{"User-Agent", kBrowser}, {"DNT", "1"}}).consent == Consent::kRefused);
  CHECK(visit({{"User-Agent", kBrowser}, {"DNT", "0"}}).consent == Consent::kUnsaid);
  CHECK(visit({{"User-Agent", kBrowser}, {"Sec-Purpose", "prefetch;prerender"}}).bot);
  CHECK(visit({}).bot);
  for (const char* agent : {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                            "Mozilla/5.0 (compatible; YandexBot/3.0)", "curl/7.88.1", "python-requests/2.31",
                            "Mozilla/5.0 (X11) HeadlessChrome/120.0", "facebookexternalhit/1.1"})
    CHECK_MESSAGE(is_bot(agent), agent);
  for (const char* agent : {"Mozilla/5.0 (Linux; Android 9; CUBOT_P40) AppleWebKit/537.36", "okhttp/4.9.3",
                            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"})
    CHECK_MESSAGE(!is_bot(agent), agent);
}

}  // namespace
}  // namespace kontor::telemetry
