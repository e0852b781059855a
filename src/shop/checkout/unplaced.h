// Whom to tell that a purchase behind a 202 came to nothing, and of what. Events carry no personal data, so its journal
// keeps this beyond its end, until somebody says that it is told.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "ports/db.h"
#include "shop/orders/orders.h"

namespace kontor::checkout {

class Unplaced {
 public:
  struct Purchase {
    std::string email, name;
    std::vector<orders::OrderLine> lines;
  };
  explicit Unplaced(db::Store& store) : store_(store) {}

  // Nothing for a checkout that is not at an end, or told already.
  Result<std::optional<Purchase>> find(CheckoutId id);
  // Forgets it. Repeating it changes nothing.
  Result<void> told(CheckoutId id);

 private:
  db::Store& store_;
};

}  // namespace kontor::checkout
