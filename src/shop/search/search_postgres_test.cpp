// The index follows a catalogue on PostgreSQL.
#include <doctest/doctest.h>

#include "adapters/log_outbox/outbox_log.h"
#include "adapters/search_embedded/embedded_index.h"
#include "shop/search/search.h"
#include "tests/support/shown_catalogue.h"

namespace kontor::search {
namespace {

struct PostgresFixture : testing::PostgresShelf {
  services::Cursors cursors{"a secret of tests"};
};

TEST_CASE("postgresql: products are listed by every filter and sort") {
  PostgresFixture f;
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
  catalog::Draft drafts[] = {f.draft("PG-1", 100, (*paths)[0]), f.draft("PG-2", 200, (*paths)[1]),
                             f.draft("PG-3", 300, {})};
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
  catalog::Category renamed = *showcase.category((*paths)[0].text()).value();
  renamed.names = {{"de", "Pgrechner"}};
  REQUIRE(catalog.change_category(renamed, std::nullopt));
  showcase.categories_changed();
  const auto reworded = search.feed().refresh();
  if (!reworded) FAIL(reworded.error().detail);
  ListingRequest by_name;
  by_name.q = "pgrechner";
  by_name.locale = "de";
  by_name.currency = all.currency;
  CHECK(search.answer(by_name)->items.size() == 1);
  for (const auto& one : *saved) CHECK(catalog.remove(one.product, std::nullopt).value_or(false));
  for (const auto& one : *saved) showcase.product_changed(one.product);
  CHECK(search.feed().refresh());
  CHECK(search.answer(by_slug)->items.empty());
}

}  // namespace
}  // namespace kontor::search
