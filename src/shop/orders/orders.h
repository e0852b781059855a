// Orders: the placed purchase, its lines, its state table and its timeline, in the home `customer`. An order shows the least
// advanced of its shipments. Placed exactly once per checkout; numbered for people.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"

namespace kontor::orders {

struct NewLine {
  OfferId offer;
  ProductId product;
  WarehouseId warehouse;
  std::int64_t quantity = 0;
  Money unit_price;
  Money total;
  std::string title;
  std::string sku;
};

}  // namespace kontor::orders
