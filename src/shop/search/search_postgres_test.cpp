// The index follows a catalogue on PostgreSQL.
#include <doctest/doctest.h>

#include <cstdlib>

#include "adapters/db_postgres/postgres_store.h"
#include "adapters/log_outbox/outbox_log.h"
#include "adapters/search_embedded/embedded_index.h"
#include "shop/search/search.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> showcase_migrations();
}  // namespace kontor

namespace kontor::search {
namespace {

struct Fixture {
  std::unique_ptr<db_postgres::PostgresStore> store;
  testing::FakeClock clock;
  IdSource ids{static_cast<std::uint64_t>(std::rand())};
  services::Cursors cursors{"a secret of tests"};

  // False, and said so, where there is no PostgreSQL.
  bool open() {
    const char* url = std::getenv("KONTOR_TEST_POSTGRES");
    if (url == nullptr) {
      MESSAGE("skipped: KONTOR_TEST_POSTGRES is not set");
      return false;
    }
    db_postgres::PostgresStore::Options options;
    options.url = url;
    auto opened = db_postgres::PostgresStore::open(options);
    REQUIRE(opened);
    store = std::move(*opened);
    std::vector<db::Migration> all;
    for (const auto& some :
         {services_migrations(), catalog_migrations(), inventory_migrations(), showcase_migrations()})
      all.insert(all.end(), some.begin(), some.end());
    REQUIRE(store->migrate(all));
    return true;
  }
};

catalog::Draft draft(const std::string& key, std::int64_t price, CategoryId category) {
  catalog::Draft made;
  made.product.external_id = key;
  made.product.title = "Title " + key;
  made.product.brand = "Pg Brand";
  made.product.category = category;
  made.product.attributes_json = R"({"color":"black","ram_gb":16})";
  catalog::Offer offer;
  offer.seller = SellerId{1};
  offer.sku = key;
  offer.price = Money::minor(price, *Currency::parse("SEK"));
  made.product.offers.push_back(offer);
  return made;
}

TEST_CASE("postgresql: products are listed by every filter and sort") {
  Fixture f;
  if (!f.open()) return;
  catalog::Catalog catalog(*f.store, f.clock, f.ids);
  inventory::Inventory inventory(*f.store, f.clock, f.ids);
  showcase::Showcase showcase(*f.store, catalog, inventory, {});
  search_embedded::EmbeddedIndex index({});
  log_outbox::OutboxLog log(*f.store);
  Search search({*f.store, catalog, showcase, index, log, f.clock}, f.cursors);
  showcase.set_follower(&search.feed());
  const auto paths = catalog.ensure_paths(std::vector<std::vector<std::string>>{{"Pg", "Laptops"}, {"Pg"}});
  if (!paths) FAIL(paths.error().detail);
  catalog::Draft drafts[] = {draft("PG-1", 100, (*paths)[0]), draft("PG-2", 200, (*paths)[1]), draft("PG-3", 300, {})};
  auto saved = catalog.save(drafts);
  if (!saved) FAIL(saved.error().detail);
  saved = catalog.save(drafts);  // again: changes
  if (!saved) FAIL(saved.error().detail);
  const OfferId offer = (*saved)[0].offers[0];
  REQUIRE(f.store->write(db::Home::kStock, [&](db::Tx& tx) {
    return inventory.set_on_hand(tx, {offer, inventory::kMainWarehouse, 9}, "test", f.clock.now());
  }));
  showcase.stock_changed(std::span(&offer, 1));
  const auto refreshed = showcase.refresh_stock();
  if (!refreshed) FAIL(refreshed.error().detail);
  const auto begun = search.feed().begin("");
  if (!begun) FAIL(begun.error().detail);

  ListingRequest all;
  all.q = "title pg";
  all.category = {"pg"};
  all.brand = {"pg brand", "other"};
  all.price_min = 1;
  all.price_max = 1000;
  all.seller = {"house"};
  all.in_stock = true;
  all.currency = *Currency::parse("SEK");
  all.attributes.values = {{"color", "black"}, {"ram_gb.min", "16"}};
  for (const auto& sort : enum_names(Sort{})) {
    CAPTURE(sort.name);
    all.sort = sort.value;
    const auto answer = search.answer(all);
    if (!answer) FAIL(answer.error().detail);
    REQUIRE(answer->items.size() == 1);
    CHECK(answer->items[0].external_id == "PG-1");
    CHECK(answer->total_count == 1);
    CHECK(answer->facets.attributes.size() == 2);
  }
  ListingRequest by_slug;
  by_slug.slug = {"title-pg-2"};
  by_slug.currency = all.currency;
  CHECK(search.answer(by_slug)->items.size() == 1);
  for (const auto& one : *saved) CHECK(catalog.remove(one.product, std::nullopt).value_or(false));
  for (const auto& one : *saved) showcase.product_changed(one.product);
  CHECK(search.feed().refresh());
  CHECK(search.answer(by_slug)->items.empty());
}

}  // namespace
}  // namespace kontor::search
