// Stock for staff over HTTP: `/admin/warehouses` and `/admin/inventory…`, roles warehouse and admin, each act in the
// audit log.
#pragma once
#include <optional>
#include <string_view>

#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/inventory/inventory.h"

namespace kontor::inventory {

// What inventory needs of the catalogue and may not ask itself; wiring implements it.
class OfferLookup {
 public:
  virtual ~OfferLookup() = default;
  virtual Result<bool> exists(OfferId offer) = 0;
  // By stock-keeping unit, or (sku empty) the only offer of the product with this external id; nullopt when there is
  // none.
  virtual Result<std::optional<OfferId>> find(std::string_view sku, std::string_view external_id) = 0;
};

// All outlive the router. The POSTs may be wrapped by services::add_idempotent with home `stock`.
struct InventoryApiParts {
  Inventory& inventory;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
  OfferLookup& offers;
};
void add_inventory_routes(http::Router& router, InventoryApiParts parts);

}  // namespace kontor::inventory
