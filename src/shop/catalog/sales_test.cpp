#include "shop/catalog/sales.h"

#include <doctest/doctest.h>

#include <map>

#include "shop/catalog/timetable.h"
#include "tests/support/dollars.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
}  // namespace kontor

namespace kontor::catalog {
namespace {

using testing::kUsd;
using testing::usd;

constexpr Time kStart{1'790'000'000'000};
// They are where the store puts them: one of the two is empty.
constexpr db::Query kSaleEvents{"test.price_events", db::Home::kCatalog,
                                "SELECT name FROM (SELECT id, name FROM outbox_events UNION ALL SELECT id, name FROM "
                                "outbox_pending) AS told WHERE name <> 'product.created' ORDER BY id"};
constexpr db::Query kSaleListing{"test.sale_listing", db::Home::kCatalog,
                                 "SELECT price_min, list_price FROM catalog_listing WHERE product_id = $1"};
constexpr db::Query kTurns{"test.turns", db::Home::kCatalog, "SELECT COUNT(*) FROM catalog_turns"};

struct World {
  explicit World(db::Store& store_in) : store(store_in) { product = save(1000); }

  ProductId save(std::int64_t base, Currency currency = kUsd) {
    Draft draft;
    draft.product.external_id = "T";
    draft.product.title = "Tea";
    draft.product.brand = "Leaf";
    Offer made;
    made.seller = SellerId{1};
    made.sku = "T-1";
    made.price = Money::minor(base, currency);
    draft.product.offers = {made};
    const auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    refused = saved->at(0).refused;
    if (!saved->at(0).offers.empty()) offer = saved->at(0).offers[0];
    return saved->at(0).product;
  }
  Result<Sales::Planned> plan(std::int64_t price, std::optional<Time> from, Time to) {
    const Sales::Wish wish{offer, usd(price)};
    return sales.plan(std::span(&wish, 1), {from, to, "test"});
  }
  SaleId planned(std::int64_t price, std::optional<Time> from, Time to) {
    const auto done = plan(price, from, to);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().detail));
    REQUIRE(done->refused.empty());
    return done->sales.at(0).id;
  }
  std::string why(const Result<Sales::Planned>& done) {
    const Error& error = done ? done->refused.at(0).why : done.error();
    return error.reason + (error.fields.empty() ? "" : " " + error.fields[0].field + " " + error.fields[0].code);
  }
  Offer row() { return catalog.offers(std::span(&offer, 1)).value().at(0); }
  std::int64_t shown() { return row().now().amount_minor(); }
  std::int64_t charged() { return catalog.sale_facts(std::span(&offer, 1)).value().at(0).price.amount_minor(); }
  void turn_all() {
    while (sales.turn().value().offers > 0) {
    }
  }
  db::Rows ask(const db::Query& query, std::int64_t id = 0) {
    db::Rows rows;
    REQUIRE(store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      if (id != 0) {
        TRY(rows, tx.ask(query, id));
      } else {
        TRY(rows, tx.ask(query));
      }
      return {};
    }));
    return rows;
  }
  std::vector<std::string> events() {
    std::vector<std::string> names;
    const db::Rows rows = ask(kSaleEvents);
    for (const auto& row : rows) names.push_back(row.str(0));
    return names;
  }
  std::pair<std::int64_t, std::int64_t> listed() {
    const db::Rows rows = ask(kSaleListing, product.value);
    REQUIRE(rows.size() == 1);
    return {rows.front().i64(0), rows.front().opt_i64(1).value_or(0)};
  }
  // "1000>800" a change, the oldest first.
  std::string history() {
    std::string out;
    const auto rows = sales.history(offer, {}, 100).value();
    for (const auto& one : rows)
      out = std::to_string(one.previous.amount_minor()) + ">" + std::to_string(one.price.amount_minor()) +
            (out.empty() ? "" : " ") + out;
    return out;
  }
  void at(std::int64_t ms) { clock.set(kStart.plus_ms(ms)); }

  db::Store& store;
  testing::FakeClock clock{kStart};
  IdSource ids{7};
  Catalog catalog{store, clock, ids};
  Sales sales{store, clock, ids};
  OfferId offer;
  ProductId product;
  std::optional<Error> refused;
};

void each(const std::function<void(World&)>& body) {
  testing::on_each_store({services_migrations(), catalog_migrations()}, [&](db::Store& store) {
    World world(store);
    body(world);
  });
}

TEST_CASE("sales: a timetable reads as it was printed, and of those that run the lowest counts") {
  const Timetable spans{{Time{10}, Time{20}, 80}, {Time{15}, Time{30}, 70}, {Time{40}, Time{50}, 120}};
  CHECK(read_timetable(print_timetable(spans)) == spans);
  CHECK(read_timetable("").empty());
  std::string prices;
  for (const std::int64_t ms : {9, 10, 14, 15, 19, 20, 29, 30, 40, 50})
    prices += std::to_string(price_at(100, spans, Time{ms})) + " ";
  CHECK(prices == "100 80 80 70 70 70 70 100 100 100 ");
  CHECK(next_turn(spans, Time{0}) == Time{10});
  CHECK(next_turn(spans, Time{20}) == Time{30});
  CHECK(next_turn(spans, Time{50}) == std::nullopt);
}

TEST_CASE("sales: one begins and ends; purchases go by the clock, pages by the turns, and each change is told once") {
  each([](World& w) {
    w.planned(800, kStart.plus_ms(1000), kStart.plus_ms(2000));
    CHECK(w.sales.turn().value().next == kStart.plus_ms(1000));
    CHECK(w.charged() == 1000);
    w.at(1000);
    CHECK(w.charged() == 800);  // to the millisecond, whether or not anybody has turned it
    CHECK(w.shown() == 1000);
    CHECK(w.sales.turn().value().offers == 1);
    CHECK(w.sales.turn().value().offers == 0);
    CHECK(w.shown() == 800);
    CHECK(w.row().price == usd(1000));
    CHECK(w.row().compared() == usd(1000));
    CHECK(w.row().lowest_30d == usd(1000));
    CHECK(w.listed() == std::pair<std::int64_t, std::int64_t>(800, 1000));
    w.at(1999);
    CHECK(w.charged() == 800);
    w.at(2000);
    CHECK(w.charged() == 1000);
    w.turn_all();
    CHECK(w.shown() == 1000);
    CHECK(w.row().timetable.empty());
    CHECK(w.listed() == std::pair<std::int64_t, std::int64_t>(1000, 0));
    CHECK(w.events() == std::vector<std::string>{"offer.price_changed", "offer.price_changed"});
    CHECK(w.history() == "1000>800 800>1000");
  });
}

TEST_CASE("sales: what begins at once is in effect with the answer, and is taken back by cancelling it") {
  each([](World& w) {
    const SaleId sale = w.planned(700, {}, kStart.plus_ms(kDayMs));
    CHECK(w.shown() == 700);
    CHECK(w.charged() == 700);
    CHECK(w.sales.list({w.offer, {}, {}, 5}).value().at(0).state(w.clock.now()) == SaleState::kRunning);
    w.at(50);
    CHECK(w.sales.cancel(sale).value() == 1);
    CHECK(w.sales.cancel(sale).value() == 0);
    CHECK(w.shown() == 1000);
    CHECK(w.charged() == 1000);
    CHECK(w.sales.list({{}, {}, {}, 5}).value().at(0).state(w.clock.now()) == SaleState::kCancelled);
    CHECK(w.sales.cancel(SaleId{77}).error().reason == "catalog.no_such_sale");
    CHECK(w.history() == "1000>700 700>1000");
  });
}

TEST_CASE("sales: a base price that changes meanwhile neither ends the sale nor is lost") {
  each([](World& w) {
    w.planned(800, {}, kStart.plus_ms(5000));
    w.at(1000);
    w.save(1200);
    CHECK(w.shown() == 800);
    CHECK(w.row().compared() == usd(1200));
    CHECK(w.listed() == std::pair<std::int64_t, std::int64_t>(800, 1200));
    w.at(2000);
    w.save(700);  // below the sale: that is what it costs
    CHECK(w.shown() == 700);
    CHECK(w.charged() == 700);
    w.at(3000);
    w.save(1100);
    CHECK(w.shown() == 800);
    w.at(5000);
    w.turn_all();
    CHECK(w.shown() == 1100);
    CHECK(w.history() == "1000>800 800>700 700>800 800>1100");
    w.at(6000);
    w.planned(900, {}, kStart.plus_ms(9000));
    w.save(1100, *Currency::parse("EUR"));
    REQUIRE(w.refused.has_value());
    CHECK(w.refused->reason == "catalog.offer_on_sale");
  });
}

TEST_CASE("sales: of those that overlap the lowest counts; what passed while nobody looked is made up for") {
  each([](World& w) {
    w.planned(900, kStart.plus_ms(1000), kStart.plus_ms(9000));
    w.planned(600, kStart.plus_ms(3000), kStart.plus_ms(5000));
    w.planned(950, kStart.plus_ms(2000), kStart.plus_ms(20'000));
    w.at(4000);  // the process was down; two of them have begun
    CHECK(w.charged() == 600);
    w.turn_all();
    CHECK(w.shown() == 600);
    w.at(5000);
    CHECK(w.charged() == 900);
    w.at(30'000);  // all is over
    CHECK(w.charged() == 1000);
    w.turn_all();
    CHECK(w.shown() == 1000);
    CHECK(w.history() == "1000>600 600>1000");
    w.at(30'000 + 2 * kDayMs);
    CHECK(w.ask(kTurns).front().i64(0) == 1);
    REQUIRE(w.sales.prune(10).has_value());
    CHECK(w.ask(kTurns).front().i64(0) == 0);
    w.at((Sales::kHistoryDays + 1) * kDayMs);
    CHECK(w.sales.prune(100).value() == 5);
    CHECK(w.history().empty());
  });
}

TEST_CASE("sales: of two processes that turn at once one does it; a clock that is behind turns nothing back") {
  each([](World& w) {
    testing::FakeClock late{kStart};
    Sales other{w.store, late, w.ids};
    w.planned(800, kStart.plus_ms(1000), kStart.plus_ms(2000));
    w.at(1000);
    late.set(kStart.plus_ms(400));
    w.turn_all();
    CHECK(other.turn().value().offers == 0);
    const Sales::Wish wish{w.offer, usd(850)};
    REQUIRE(other.plan(std::span(&wish, 1), {{}, kStart.plus_ms(1500), ""}).has_value());
    CHECK(w.shown() == 800);
    late.set(kStart.plus_ms(1001));
    CHECK(other.turn().value().offers == 0);
    CHECK(w.events() == std::vector<std::string>{"offer.price_changed"});
  });
}

TEST_CASE("sales: a clock that is set back while one runs takes it back until then") {
  each([](World& w) {
    w.planned(800, kStart.plus_ms(kHourMs), kStart.plus_ms(2 * kHourMs));
    w.at(kHourMs);
    w.turn_all();
    CHECK(w.shown() == 800);
    w.at(kHourMs / 2);
    CHECK(w.charged() == 1000);
    w.turn_all();
    CHECK(w.shown() == 1000);
    w.at(kHourMs);
    w.turn_all();
    CHECK(w.shown() == 800);
    w.at(2 * kHourMs);
    w.turn_all();
    CHECK(w.shown() == 1000);
  });
}

TEST_CASE("sales: what makes no sense is refused with its place") {
  each([](World& w) {
    const auto in = [](std::int64_t ms) { return kStart.plus_ms(ms); };
    CHECK(w.why(w.plan(800, in(2000), in(1000))) == "catalog.wrong_sale /ends_at before_start");
    CHECK(w.why(w.plan(800, in(-5000), in(-1000))) == "catalog.wrong_sale /ends_at past");
    CHECK(w.why(w.plan(800, {}, in(0))) == "catalog.wrong_sale /ends_at past");
    CHECK(w.why(w.plan(800, {}, in(4 * 366 * kDayMs))) == "catalog.wrong_sale /ends_at too_far");
    CHECK(w.why(w.plan(800, in(4 * 366 * kDayMs), in(5 * 366 * kDayMs))) == "catalog.wrong_sale /starts_at too_far");
    CHECK(w.why(w.plan(-1, {}, in(1000))) == "catalog.wrong_sale /price/amount out_of_range");
    CHECK(w.why(w.plan(1000, {}, in(1000))) == "catalog.wrong_sale /price/amount not_lower");
    const Sales::Wish wishes[] = {{w.offer, Money::minor(5, *Currency::parse("EUR"))}, {OfferId{5}, usd(5)}};
    const auto done = w.sales.plan(wishes, {{}, in(1000), ""});
    REQUIRE(done.has_value());
    REQUIRE(done->refused.size() == 2);
    CHECK(done->refused[0].why.fields.at(0).code == "currency_mismatch");
    CHECK(done->refused[1].why.reason == "catalog.no_such_offer");
    for (std::size_t i = 0; i < Sales::kMostOpen; ++i) w.planned(900, in(1000), in(2000));
    CHECK(w.why(w.plan(800, in(1000), in(2000))) == "catalog.too_many_sales");
    CHECK(w.shown() == 1000);
  });
}

TEST_CASE("sales: a percentage off a category with what is below it, off a brand, off offers; one batch") {
  each([](World& w) {
    const auto top = w.catalog.create_category({}, "Drinks").value();
    const auto below = w.catalog.create_category(top.id, "Hot").value();
    std::vector<Draft> drafts(120);
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      auto& product = drafts[i].product;
      product.external_id = product.title = "P" + std::to_string(i);
      product.category = i % 2 == 0 ? below.id : CategoryId{};
      product.brand = i < 10 ? "Élan" : "Other";
      product.offers.emplace_back();
      product.offers[0].seller = SellerId{1};
      product.offers[0].sku = product.title;
      product.offers[0].price = usd(199);
    }
    REQUIRE(w.catalog.save(drafts).has_value());
    CHECK(w.sales.reduced({{}, {}, "élan"}, BasisPoints{5000}).value().size() == 10);
    const auto wishes = w.sales.reduced({{}, top.id, ""}, BasisPoints{2500}).value();
    REQUIRE(wishes.size() == 60);
    CHECK(wishes[0].price == usd(149));  // 49.75 off
    const auto done = w.sales.plan(wishes, {{}, kStart.plus_ms(1000), "hot"});
    REQUIRE(done.has_value());
    CHECK(done->sales.size() == 60);
    CHECK(w.catalog.sale_facts(std::span(&wishes[59].offer, 1)).value().at(0).price == usd(149));
    CHECK(w.sales.list({{}, done->batch, {}, 100}).value().size() == 60);
    w.at(1000);
    CHECK(w.sales.turn().value().offers == 50);
    CHECK(w.sales.turn().value().offers == 10);
    CHECK(w.sales.cancel(done->batch).value() == 0);
  });
}

TEST_CASE("sales: an offer that is removed takes its sales along") {
  each([](World& w) {
    w.planned(800, kStart.plus_ms(1000), kStart.plus_ms(2000));
    REQUIRE(w.catalog.remove_offer(w.offer, {}).has_value());
    CHECK(w.sales.list({w.offer, {}, {}, 5}).value().empty());
    CHECK(w.ask(kTurns).front().i64(0) == 0);
    CHECK(w.sales.history(w.offer, {}, 5).error().reason == "catalog.no_such_offer");
    w.at(1000);
    CHECK(w.sales.turn().value().offers == 0);
  });
}

// ---- against a plain model ----------------------------------------------------------------------------------------

// What a person with a notebook would say.
struct Notebook {
  struct Entry {
    Time from, to;
    std::int64_t minor;
  };
  std::map<SaleId, Entry> sales;
  std::int64_t base = 1000;
  std::vector<std::pair<Time, std::int64_t>> shown{{kStart, 1000}};  // each price, from when on

  std::int64_t costs(Time at) const {
    std::int64_t lowest = base;
    for (const auto& [id, sale] : sales)
      if (sale.from <= at && at < sale.to) lowest = std::min(lowest, sale.minor);
    return lowest;
  }
  void look(Time at) {
    const auto price = costs(at);
    if (price == shown.back().second) return;
    if (shown.back().first == at)
      shown.back().second = price;
    else
      shown.emplace_back(at, price);
  }
  // Of all prices that were in effect for some time in the 30 days before the last change.
  std::int64_t lowest() const {
    const Time reduced = shown.back().first;
    std::int64_t lowest = shown[shown.size() - 2].second;
    for (std::size_t i = 0; i + 1 < shown.size(); ++i)
      if (shown[i + 1].first > reduced.plus_ms(-30 * kDayMs)) lowest = std::min(lowest, shown[i].second);
    return lowest;
  }
};

TEST_CASE("sales: prices, history and the lowest of 30 days are what a plain model says, whatever happens") {
  each([](World& w) {
    testing::SeededRandom luck(11);
    const auto below = [&](std::int64_t n) {
      return static_cast<std::int64_t>(luck.number() % static_cast<std::uint64_t>(n));
    };
    Notebook book;
    Time now = kStart;
    for (int step = 0; step < 400; ++step) {
      now = now.plus_ms(1 + below(3 * kDayMs));
      w.clock.set(now);
      REQUIRE(w.charged() == book.costs(now));
      w.turn_all();  // what began or ended since is seen now
      book.look(now);
      const auto act = below(4);
      if (act == 0) {
        book.base = 500 + below(1000);
        w.save(book.base);
      } else if (act == 1 && book.base > 1) {
        const Time from = now.plus_ms(below(2) == 0 ? 0 : below(10 * kDayMs));
        const Notebook::Entry sale{from, from.plus_ms(1 + below(20 * kDayMs)), 1 + below(book.base - 1)};
        const auto done = w.plan(sale.minor, sale.from, sale.to);
        if (done && done->refused.empty()) book.sales[done->sales[0].id] = sale;
      } else if (act == 2 && !book.sales.empty()) {
        auto at = book.sales.begin();
        std::advance(at, below(static_cast<std::int64_t>(book.sales.size())));
        REQUIRE(w.sales.cancel(at->first).has_value());
        book.sales.erase(at);
      }
      book.look(now);
      REQUIRE(w.charged() == book.costs(now));
      REQUIRE(w.shown() == book.costs(now));
      if (book.shown.size() > 1) REQUIRE(w.row().lowest_30d == usd(book.lowest()));
    }
    const auto history = w.sales.history(w.offer, {}, 1000).value();
    REQUIRE(history.size() == book.shown.size() - 1);
    for (std::size_t i = 0; i < history.size(); ++i) {
      const auto& [at, price] = book.shown[book.shown.size() - 1 - i];
      CHECK(history[i].at == at);
      CHECK(history[i].price == usd(price));
      CHECK(history[i].previous == usd(book.shown[book.shown.size() - 2 - i].second));
    }
  });
}

}  // namespace
}  // namespace kontor::catalog
