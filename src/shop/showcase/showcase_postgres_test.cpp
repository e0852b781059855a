// The statements of catalog and showcase on PostgreSQL, where each parameter has one type and NULLs sort elsewhere.
#include <doctest/doctest.h>

#include "shop/showcase/showcase.h"
#include "tests/support/shown_catalogue.h"

namespace kontor::showcase {
namespace {

using testing::PostgresShelf;

TEST_CASE("postgresql: a product is saved, shown, changed and removed") {
  PostgresShelf f;
  if (!f.open()) return;
  catalog::Catalog catalog(*f.store, f.clock, f.ids);
  inventory::Inventory inventory(*f.store, f.clock, f.ids);
  Showcase showcase(*f.store, catalog, inventory, {});
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

  std::vector<ProductId> ids;
  for (const auto& one : *saved) ids.push_back(one.product);
  const auto cards = showcase.cards(ids, *Currency::parse("SEK"));
  if (!cards) FAIL(cards.error().detail);
  REQUIRE((*cards)[0] != nullptr);
  CHECK((*cards)[0]->external_id == "PG-1");
  CHECK((*cards)[0]->availability.status == Availability::kInStock);
  const auto listed = showcase.listed(ids);
  REQUIRE(listed);
  CHECK((*listed)[1] == Availability::kOutOfStock);
  CHECK(showcase.detail_json((*saved)[0].product, *Currency::parse("SEK")));
  CHECK(showcase.reconcile());
  for (const auto& one : *saved) CHECK(catalog.remove(one.product, std::nullopt).value_or(false));
}

}  // namespace
}  // namespace kontor::showcase
