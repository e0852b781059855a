// All SQL of fulfilment: fulfilment_shipments.
#pragma once
#include "ports/db.h"

namespace kontor::fulfilment {

extern const db::Query kInsertShipment;
extern const db::Query kFindShipment;
extern const db::Query kMoveShipment;
extern const db::Query kChangeItems;
extern const db::Query kShipmentsOfOrder;
extern const db::Query kShipmentsBefore;
extern const db::Query kShipmentsAfter;
extern const db::Query kStockDue;
extern const db::Query kStockSettled;

}  // namespace kontor::fulfilment
