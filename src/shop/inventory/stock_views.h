// A stock row as staff see it, and how their acts are written: shared by the endpoints of inventory.
#pragma once
#include <functional>
#include <string>

#include "services/idempotency.h"
#include "shop/inventory/inventory_api.h"

namespace kontor::inventory {

inline constexpr std::int64_t kMostUnits = 1'000'000'000;

struct StockView {
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t on_hand = 0;
  std::int64_t reserved = 0;
  std::int64_t allocated = 0;
  std::int64_t safety_stock = 0;
  std::int64_t sellable = 0;
  std::int64_t incoming = 0;
  std::optional<Time> incoming_at;
  std::int64_t low_stock_at = 0;
  std::int64_t version = 0;

  static constexpr auto fields() {
    using V = StockView;
    return described(
        Field("offer_id", &V::offer_id, "The offer"), Field("warehouse_id", &V::warehouse_id, "The warehouse"),
        Field("on_hand", &V::on_hand, "Physically there"), Field("reserved", &V::reserved, "Held by checkouts"),
        Field("allocated", &V::allocated, "Sold and not shipped"), Field("safety_stock", &V::safety_stock, "Kept back"),
        Field("sellable", &V::sellable, "What can be sold"), Field("incoming", &V::incoming, "On its way here"),
        Field("incoming_at", &V::incoming_at, "When it comes"),
        Field("low_stock_at", &V::low_stock_at, "stock.low is said when no more is left to sell; 0: never"),
        Field("version", &V::version, "Raised by every change; also the ETag"));
  }
};

inline StockView view(const StockRow& r) {
  return {r.offer,      r.warehouse, r.on_hand,     r.reserved,     r.allocated, r.safety_stock,
          r.sellable(), r.incoming,  r.incoming_at, r.low_stock_at, r.version};
}

// The act's row, and what the version of its answer is (0: it has none).
struct StaffAct {
  std::string_view action;
  std::string subject;
  std::string detail;
};
// Runs the act with its audit row and, for a call with an idempotency key, its stored answer, in one transaction. The
// act may run more than once.
template <class View>
Result<View> write_act(http::Call& call, const InventoryApiParts& parts, const services::Shopper& staff, StaffAct what,
                       const std::function<Result<View>(db::Tx&, Time)>& act) {
  const auto entry =
      parts.audit.entry(staff.caller(), std::string(what.action), std::move(what.subject), std::move(what.detail));
  const auto* ticket = services::idempotency_ticket(call);
  const Time now = parts.inventory.clock().now();
  View out;
  services::Idempotency::Answer answer;
  TRY_DO(parts.inventory.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(out, act(tx, now));
    if (ticket != nullptr) {
      answer = {200, "application/json", {}, json::print(out)};
      if constexpr (requires { out.version; }) answer.headers = {{"ETag", services::version_etag(out.version)}};
      TRY_DO(services::Idempotency::remember(tx, *ticket, answer));
    }
    return services::Audit::record(tx, entry);
  }));
  if constexpr (requires { out.version; }) call.set_header("ETag", services::version_etag(out.version));
  return out;
}

// Of the path: an offer in a warehouse.
struct StockPlace {
  OfferId offer;
  WarehouseId warehouse;
  std::string text() const { return offer.text() + "/" + warehouse.text(); }
};
inline Result<StockPlace> place_of(const http::Call& call) {
  StockPlace out;
  TRY(out.offer, call.id<OfferId>("offer_id"));
  TRY(out.warehouse, call.id<WarehouseId>("warehouse_id"));
  return out;
}

void add_warehouse_routes(http::Router& router, InventoryApiParts parts);
void add_stockroom_routes(http::Router& router, InventoryApiParts parts);

}  // namespace kontor::inventory
