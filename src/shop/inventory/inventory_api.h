// Stock for staff over HTTP: `/admin/warehouses` and `/admin/inventory…`, roles warehouse and admin, each act in the
// audit log.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
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
  struct Found {
    std::optional<OfferId> offer;
    bool several = false;  // and so none of them is meant
  };
  // By stock-keeping unit; those that nobody has are left out.
  using BySku = std::map<std::string, Found>;
  virtual Result<BySku> find(std::span<const std::string> skus) = 0;
  // The only offer of the product with this external id.
  virtual Result<Found> find_only(std::string_view external_id) = 0;
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
