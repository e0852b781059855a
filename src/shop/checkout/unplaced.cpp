#include "shop/checkout/unplaced.h"

#include "shop/checkout/checkout_store.h"
#include "shop/checkout/journal.h"

namespace kontor::checkout {

Result<std::optional<Unplaced::Purchase>> Unplaced::find(CheckoutId id) {
  std::optional<Journal> row;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(row, checkout::find(tx, id));
    return {};
  }));
  if (!row || !row->settled() || row->plan.email.empty()) return std::optional<Purchase>();
  const auto& document = row->plan.document;
  return std::optional(Purchase{row->plan.email, document.shipping_address.name, document.lines});
}

Result<void> Unplaced::told(CheckoutId id) {
  return store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kForgetPlan, id));
    return {};
  });
}

}  // namespace kontor::checkout
