#include "app/migrations.h"

#include <span>

namespace kontor {
// Made by CMake from each room's migrations/ folder.
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> inventory_migrations();
std::span<const db::Migration> promotions_migrations();
std::span<const db::Migration> pricing_migrations();
std::span<const db::Migration> showcase_migrations();
std::span<const db::Migration> accounts_migrations();
std::span<const db::Migration> cart_migrations();
std::span<const db::Migration> payments_migrations();
std::span<const db::Migration> orders_migrations();
std::span<const db::Migration> risk_migrations();
std::span<const db::Migration> shipping_migrations();
std::span<const db::Migration> tax_migrations();
std::span<const db::Migration> credit_migrations();
std::span<const db::Migration> checkout_migrations();
std::span<const db::Migration> fulfilment_migrations();
std::span<const db::Migration> media_migrations();
std::span<const db::Migration> importing_migrations();
std::span<const db::Migration> telemetry_migrations();
std::span<const db::Migration> experiments_migrations();

namespace app {

std::vector<db::Migration> all_migrations() {
  std::vector<db::Migration> all;
  for (const auto some :
       {services_migrations(),   catalog_migrations(), inventory_migrations(), promotions_migrations(),
        showcase_migrations(),   cart_migrations(),    payments_migrations(),  orders_migrations(),
        risk_migrations(),       credit_migrations(),  checkout_migrations(),  accounts_migrations(),
        fulfilment_migrations(), media_migrations(),   importing_migrations(), shipping_migrations(),
        tax_migrations(),        pricing_migrations(), telemetry_migrations(), experiments_migrations()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace app
}  // namespace kontor
