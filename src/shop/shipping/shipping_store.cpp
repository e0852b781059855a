#include "shop/shipping/shipping_store.h"

#include "runtime/json.h"

namespace kontor::shipping::store {
namespace {

using db::Home;
using db::Query;

constexpr Query kZones{"shipping.zones", Home::kGlobal, R"sql(
  SELECT version, document, updated_at FROM shipping_zones ORDER BY code
)sql"};
constexpr Query kSave{"shipping.save_zone", Home::kGlobal, R"sql(
  INSERT INTO shipping_zones (code, version, document, updated_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (code) DO UPDATE SET version = excluded.version, document = excluded.document,
                                   updated_at = excluded.updated_at
)sql"};
constexpr Query kRemove{"shipping.remove_zone", Home::kGlobal, "DELETE FROM shipping_zones WHERE code = $1"};

}  // namespace

Result<std::vector<KeptZone>> zones(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kZones));
  std::vector<KeptZone> all;
  all.reserve(rows.size());
  for (const auto& row : rows) {
    TRY(auto zone, json::read<Zone>(row.text(1)));
    all.push_back({std::move(zone), row.i64(0), row.time(2)});
  }
  return all;
}

Result<void> save(db::Tx& tx, const KeptZone& zone) {
  const std::string document = json::print(zone.zone);
  TRY_DO(tx.run(kSave, zone.zone.code, zone.version, document, zone.updated_at));
  return {};
}

Result<void> remove(db::Tx& tx, const std::string& code) {
  TRY_DO(tx.run(kRemove, code));
  return {};
}

}  // namespace kontor::shipping::store
