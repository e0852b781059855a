#include "shop/pricing/price_lists.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/support/counting_store.h"
#include "tests/support/dollars.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> pricing_migrations();
}  // namespace kontor

namespace kontor::pricing {
namespace {

constexpr CustomerId kTrader{1}, kStranger{2};
using testing::kUsd;
using testing::usd;
using Counts = std::map<std::string, int>;

struct Segments : promotions::ShopperSource {
  Result<promotions::Shopper> shopper(CustomerId customer, Asked asked, Time) override {
    CHECK(asked.account);
    CHECK(!asked.orders);
    ++times;
    promotions::Shopper who;
    if (customer == kTrader) who.segments = {"vip", "trade"};
    return who;
  }
  int times = 0;
};

struct World {
  explicit World(db::Store& real) : store(real) {
    std::vector<catalog::Draft> drafts(120);
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      auto& product = drafts[i].product;
      product.title = product.external_id = "P" + std::to_string(i);
      product.offers.emplace_back();
      product.offers[0].seller = SellerId{1};
      product.offers[0].sku = product.title;
      product.offers[0].price = usd(1000);
    }
    const auto saved = catalog.save(drafts).value();
    for (const auto& one : saved) offers.push_back(one.offers.at(0));
    REQUIRE(lists.reload().has_value());
    store.counts();
  }
  PriceList list(const std::string& code, std::int64_t priority = 0, std::vector<std::string> whose = {}) {
    PriceList wish;
    wish.code = code;
    wish.priority = priority;
    wish.segments = std::move(whose);
    return wish;
  }
  void put(const PriceList& wish, std::int64_t price) {
    REQUIRE(lists.put(wish, {}, {}).has_value());
    const ListPrice prices[] = {{offers[0], usd(price)}};
    REQUIRE(lists.put_prices(wish.code, prices, {}).has_value());
    store.counts();
  }
  // 0: everybody's price.
  std::int64_t own(CustomerId who, Time at = Time{1000}) {
    const auto found = lists.of(who, kUsd, std::span(offers).first(2), at).value();
    if (found.empty()) return 0;
    CHECK(!found.at(1).has_value());
    return found.at(0) ? found.at(0)->amount_minor() : 0;
  }

  testing::CountingStore store;
  testing::FakeClock clock;
  IdSource ids{7};
  catalog::Catalog catalog{store, clock, ids};
  Segments segments;
  PriceLists lists{store, clock, catalog, &segments};
  std::vector<OfferId> offers;
};

void each(const std::function<void(World&)>& body) {
  testing::on_each_store({services_migrations(), catalog_migrations(), pricing_migrations()}, [&](db::Store& store) {
    World world(store);
    body(world);
  });
}

TEST_CASE("price lists: without one nothing is asked, with one a single statement, and who it is only for segments") {
  each([](World& w) {
    CHECK(w.own(kTrader) == 0);
    CHECK(w.store.counts() == Counts{});
    w.put(w.list("trade", 0, {"trade"}), 800);
    CHECK(w.own(kTrader) == 800);
    CHECK(w.store.counts() == Counts{{"read", 1}, {"pricing.prices_of_few", 1}});
    CHECK(w.segments.times == 1);
    CHECK(w.own(kStranger) == 0);
    CHECK(w.store.counts() == Counts{});
    CHECK(w.own(CustomerId{}) == 0);
    CHECK(w.segments.times == 2);
    CHECK(w.lists.of(kTrader, *Currency::parse("EUR"), w.offers, Time{1000}).value().empty());
    CHECK(w.lists.of(kTrader, kUsd, std::span(w.offers).first(100), Time{1000}).value().at(0) == usd(800));
    CHECK(w.store.counts() == Counts{{"read", 1}, {"pricing.prices_of", 1}});
    CHECK(w.lists.of(kTrader, kUsd, w.offers, Time{1000}).value().size() == 120);
  });
}

TEST_CASE("price lists: the highest priority counts, of equal ones the lowest price, and only while it is on") {
  each([](World& w) {
    w.put(w.list("a", 1), 900);
    w.put(w.list("b", 1, {"vip"}), 850);
    CHECK(w.own(kTrader) == 850);
    CHECK(w.own(kStranger) == 900);
    auto top = w.list("top", 2);
    top.starts = Time{500};
    top.ends = Time{2000};
    w.put(top, 950);
    CHECK(w.own(kTrader, Time{499}) == 850);
    CHECK(w.own(kTrader, Time{500}) == 950);
    CHECK(w.own(kTrader, Time{2000}) == 850);
    REQUIRE(w.lists.remove("b", {}, {}).has_value());
    REQUIRE(w.lists.remove("b", {}, {}).has_value());
    CHECK(w.own(kTrader, Time{2000}) == 900);
    REQUIRE(w.lists.remove_price("a", w.offers[0], {}).has_value());
    CHECK(w.own(kTrader, Time{2000}) == 0);
  });
}

TEST_CASE("price lists: the price of a line is never above everybody's") {
  each([](World& w) {
    w.put(w.list("a"), 800);
    const Pricing pricing({}, &w.lists);
    Context context;
    context.now = Time{1000};
    std::vector<LineInput> lines(2);
    lines[0] = {w.offers[0], {}, 1, usd(1000)};
    lines[1] = {w.offers[0], {}, 1, usd(700)};
    REQUIRE(pricing.take_prices(lines, context).has_value());
    CHECK(lines[0].unit_price == usd(800));
    CHECK(lines[1].unit_price == usd(700));
  });
}

TEST_CASE("price lists: prices come by the thousand, and what is wrong with them is named") {
  each([](World& w) {
    w.put(w.list("a"), 800);
    std::vector<ListPrice> prices;
    for (const OfferId offer : w.offers) prices.push_back({offer, usd(700)});
    REQUIRE(w.lists.put_prices("a", prices, {}).has_value());
    CHECK(w.lists.prices("a", {}, 1000).value().size() == 120);
    prices = {{OfferId{5}, usd(1)}, {w.offers[0], usd(-1)}, {w.offers[0], Money::minor(1, *Currency::parse("EUR"))}};
    const auto refused = w.lists.put_prices("a", prices, {});
    REQUIRE(!refused.has_value());
    std::string words;
    for (const auto& field : refused.error().fields) words += field.field + " " + field.code + "; ";
    CHECK(words ==
          "/0/offer_id unknown_value; /1/price/amount out_of_range; /2/offer_id duplicate; /2/price/currency "
          "currency_mismatch; ");
    CHECK(w.lists.put_prices("b", prices, {}).error().reason == "pricing.no_such_list");
    auto other = w.list("a");
    other.currency = *Currency::parse("EUR");
    CHECK(w.lists.put(other, {}, {}).error().fields.at(0).code == "currency_mismatch");
  });
}

}  // namespace
}  // namespace kontor::pricing
