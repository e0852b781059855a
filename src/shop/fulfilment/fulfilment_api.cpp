#include "shop/fulfilment/fulfilment_api.h"

#include "runtime/json.h"
#include "services/idempotency.h"

namespace kontor::fulfilment {
namespace {

struct ListShipments {
  std::optional<OrderId> order_id;
  std::int64_t limit = services::kListLimitDefault;
  std::optional<std::string> cursor;

  static constexpr auto fields() {
    return described(Field("order_id", &ListShipments::order_id, "Only of this order"),
                     Field("limit", &ListShipments::limit, "How many at once", services::kListLimit, Default{}),
                     Field("cursor", &ListShipments::cursor, "next_cursor of the page before"));
  }
};

struct MoveBody {
  std::optional<std::string> carrier;
  std::optional<std::string> tracking_number;

  static constexpr auto fields() {
    return described(Field("carrier", &MoveBody::carrier, "Who carries it", Length{1, 80}),
                     Field("tracking_number", &MoveBody::tracking_number, "The carrier's number", Length{1, 80}));
  }
};

using ShipmentPage = services::Page<Shipment>;

// The calls that move a shipment, each one trigger of the state table.
struct Move {
  std::string_view word;
  ShipmentTrigger on;
  std::string_view summary;
};
constexpr Move kMoves[] = {{"pick", ShipmentTrigger::kPick, "Its units were taken from the shelf"},
                           {"pack", ShipmentTrigger::kPack, "It is packed; its order cannot be cancelled any more"},
                           {"ship", ShipmentTrigger::kShip, "It was handed to the carrier; its units leave the stock"},
                           {"deliver", ShipmentTrigger::kDeliver, "It arrived"},
                           {"lose", ShipmentTrigger::kLose, "The carrier lost it"},
                           {"return", ShipmentTrigger::kReturn, "It came back to the sender"}};

Result<ShipmentPage> list(const ApiParts& parts, http::Call& call, const ListShipments& in) {
  TRY_DO(parts.shoppers.require_role(call.request, services::Role::kWarehouse));
  ShipmentPage page;
  if (in.order_id) {
    TRY(page.items, parts.fulfilment.of_order(*in.order_id));
    return page;
  }
  TRY(const auto after, parts.cursors.after("admin shipments", in.cursor, 1));
  const ShipmentId before{after ? after->numbers[0] : 0};
  TRY(page.items, parts.fulfilment.list(before, static_cast<int>(in.limit) + 1));
  if (static_cast<std::int64_t>(page.items.size()) > in.limit) {
    page.items.pop_back();
    page.next_cursor.emplace(parts.cursors.make("admin shipments", {{page.items.back().id.value}, ""}));
  }
  return page;
}

Result<Shipment> move(const ApiParts& parts, const Move& how, http::Call& call, const MoveBody& in) {
  TRY(const auto staff, parts.shoppers.require_role(call.request, services::Role::kWarehouse));
  TRY(const auto id, call.id<ShipmentId>("id"));
  const auto entry = parts.audit.entry(staff.caller(), "fulfilment." + std::string(how.word), id.text());
  const auto* ticket = services::idempotency_ticket(call);
  const auto remember = [&](db::Tx& tx, const Shipment& moved) -> Result<void> {
    if (ticket != nullptr)
      TRY_DO(services::Idempotency::remember(tx, *ticket, {200, "application/json", {}, json::print(moved)}));
    return services::Audit::record(tx, entry);
  };
  return parts.fulfilment.move(id, how.on, {in.carrier, in.tracking_number, "staff"}, remember);
}

}  // namespace

void add_fulfilment_routes(http::Router& router, const ApiParts& parts) {
  router.get<ListShipments, ShipmentPage>(
      "/admin/shipments", {"Shipments, newest first", {"request.bad_cursor"}, 200, "admin"},
      [parts](http::Call& call, const ListShipments& in) { return list(parts, call, in); });
  for (const auto& how : kMoves) {
    http::About about{how.summary, {"fulfilment.no_such_shipment", "fulfilment.invalid_transition"}, 200, "admin"};
    about.body_optional = true;
    router.post<MoveBody, Shipment>(
        "/admin/shipments/{id}/" + std::string(how.word), about,
        [parts, how](http::Call& call, const MoveBody& in) { return move(parts, how, call, in); });
  }
}

}  // namespace kontor::fulfilment
