#include "shop/catalog/base_prices.h"

#include <doctest/doctest.h>

#include "shop/catalog/catalog.h"
#include "shop/catalog/events.h"
#include "shop/catalog/sales.h"
#include "tests/support/dollars.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();

namespace catalog {
namespace {

using testing::usd;

constexpr db::Query kListed{"test.listed", db::Home::kCatalog,
                            "SELECT price_min, list_price FROM catalog_listing WHERE product_id = $1"};
constexpr db::Query kPriceEvents{"test.events_of_prices", db::Home::kCatalog,
                                 "SELECT name FROM (SELECT id, name FROM outbox_events UNION ALL SELECT id, name FROM "
                                 "outbox_pending) AS told WHERE name <> 'product.created' ORDER BY id"};

struct BasePricesFixture {
  db::Store& store;
  testing::FakeClock clock;
  IdSource ids{7};
  Catalog catalog{store, clock, ids};
  Sales sales{store, clock, ids};
  std::vector<ProductId> told;

  explicit BasePricesFixture(db::Store& store_in) : store(store_in) {
    catalog.base_prices().on_change(
        [this](std::span<const ProductId> changed) { told.insert(told.end(), changed.begin(), changed.end()); });
  }

  Saved make(std::initializer_list<std::int64_t> prices) {
    Draft draft;
    draft.product.title = "Lamp";
    for (const std::int64_t price : prices) {
      Offer offer;
      offer.seller = SellerId{1};
      offer.sku = "S" + std::to_string(price);
      offer.price = usd(price);
      offer.list_price = usd(price + 500);
      draft.product.offers.push_back(offer);
    }
    const auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    REQUIRE(!(*saved)[0].refused);
    return (*saved)[0];
  }
  Product product(ProductId id) {
    const auto found = catalog.product(id);
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
  }
  std::vector<BasePrices::Outcome> set(std::vector<BasePrice> wishes) {
    clock.advance_ms(1000);
    auto outcomes = catalog.base_prices().set(wishes);
    REQUIRE(outcomes);
    REQUIRE(outcomes->size() == wishes.size());
    return *outcomes;
  }
  std::vector<std::string> events() {
    std::vector<std::string> names;
    REQUIRE(store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(const db::Rows rows, tx.ask(kPriceEvents));
      for (const auto& row : rows) names.push_back(row.str(0));
      return {};
    }));
    return names;
  }
  std::pair<std::int64_t, std::optional<std::int64_t>> listed(ProductId id) {
    std::pair<std::int64_t, std::optional<std::int64_t>> figures;
    REQUIRE(store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(const db::Rows rows, tx.ask(kListed, id));
      REQUIRE(rows.size() == 1);
      figures = {rows.front().i64(0), rows.front().opt_i64(1)};
      return {};
    }));
    return figures;
  }
};

void on_each(const std::function<void(BasePricesFixture&)>& body) {
  testing::on_each_store({services_migrations(), catalog_migrations()}, [&](db::Store& store) {
    BasePricesFixture f(store);
    body(f);
  });
}

TEST_CASE("a price is set where it stands: offer, listing, history, version") {
  on_each([](BasePricesFixture& f) {
    const Saved lamp = f.make({1000, 2000});
    const auto outcomes = f.set({{lamp.offers[1], usd(900), {}}});
    CHECK(outcomes[0].changed);
    CHECK(!outcomes[0].refused);
    const Product now = f.product(lamp.product);
    CHECK(now.version == 2);
    CHECK(now.offers[0].price == usd(1000));
    CHECK(now.offers[1].price == usd(900));
    CHECK(now.offers[1].list_price == usd(2500));
    CHECK(now.offers[1].version == 2);
    CHECK(now.offers[1].lowest_30d == usd(2000));
    CHECK(f.listed(lamp.product) == std::pair(std::int64_t{900}, std::optional<std::int64_t>(2500)));
    const auto history = f.sales.history(lamp.offers[1], {}, 5);
    REQUIRE(history);
    REQUIRE(history->size() == 1);
    CHECK((*history)[0].price == usd(900));
    CHECK((*history)[0].previous == usd(2000));
    CHECK(f.told == std::vector<ProductId>{lamp.product});
    CHECK(f.events() == std::vector<std::string>{"offer.price_changed"});
  });
}

TEST_CASE("what an offer costs already is not written again") {
  on_each([](BasePricesFixture& f) {
    const Saved lamp = f.make({1000});
    CHECK(!f.set({{lamp.offers[0], usd(1000), {}}})[0].changed);
    CHECK(!f.set({{lamp.offers[0], usd(1000), usd(1500)}})[0].changed);
    CHECK(f.product(lamp.product).version == 1);
    CHECK(f.told.empty());
  });
}

TEST_CASE("a list price goes when it is the price, and the last of two wishes counts") {
  on_each([](BasePricesFixture& f) {
    const Saved lamp = f.make({1000});
    CHECK(f.set({{lamp.offers[0], usd(1000), usd(1000)}})[0].changed);
    CHECK(!f.product(lamp.product).offers[0].list_price);
    CHECK(f.told.size() == 1);
    CHECK(f.events() == std::vector<std::string>{"product.changed"});  // it costs what it did
    const auto two = f.set({{lamp.offers[0], usd(700), {}}, {lamp.offers[0], usd(800), usd(990)}});
    CHECK(!two[0].refused);
    CHECK(two[1].changed);
    const Offer now = f.product(lamp.product).offers[0];
    CHECK(now.price == usd(800));
    CHECK(now.list_price == usd(990));
  });
}

TEST_CASE("each wish is refused for itself, and changes nothing") {
  on_each([](BasePricesFixture& f) {
    const Saved lamp = f.make({1000, 2000});
    const Money euro = Money::minor(500, *Currency::parse("EUR"));
    const auto outcomes = f.set({{OfferId{77}, usd(1), {}},
                                 {lamp.offers[0], usd(-1), {}},
                                 {lamp.offers[0], euro, {}},
                                 {lamp.offers[0], usd(900), euro},
                                 {lamp.offers[1], usd(1900), {}}});
    const char* const reasons[] = {"catalog.no_such_offer", "catalog.invalid_price", "catalog.other_currency",
                                   "catalog.invalid_price"};
    for (std::size_t i = 0; i < 4; ++i) {
      REQUIRE(outcomes[i].refused);
      CHECK(outcomes[i].refused->reason == reasons[i]);
      CHECK(!outcomes[i].changed);
    }
    CHECK(outcomes[4].changed);
    CHECK(f.product(lamp.product).offers[0].price == usd(1000));
    CHECK(f.product(lamp.product).offers[1].price == usd(1900));
  });
}

TEST_CASE("a sale goes on while its base price changes") {
  on_each([](BasePricesFixture& f) {
    const Saved lamp = f.make({1000});
    const Sales::Wish wish{lamp.offers[0], usd(600)};
    REQUIRE(f.sales.plan(std::span(&wish, 1), {{}, f.clock.now().plus_ms(kDayMs), "now"}));
    CHECK(f.listed(lamp.product).first == 600);
    CHECK(f.set({{lamp.offers[0], usd(1200), {}}})[0].changed);
    CHECK(f.listed(lamp.product) == std::pair(std::int64_t{600}, std::optional<std::int64_t>(1200)));
    CHECK(f.set({{lamp.offers[0], usd(500), {}}})[0].changed);  // now the base price is the lower one
    CHECK(f.listed(lamp.product).first == 500);
  });
}

}  // namespace
}  // namespace catalog
}  // namespace kontor
