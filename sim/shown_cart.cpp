#include "sim/shown_cart.h"

#include <map>

#include "shop/cart/cart_document.h"

namespace kontor::sim {
namespace {

constexpr db::Query kCart{"sim.cart", db::Home::kCustomer,
                          "SELECT version, lines, saved FROM cart_carts WHERE customer_id = $1"};

using Quantities = std::map<CartItemId, std::int64_t>;

struct Stored {
  std::int64_t version = 0;
  Quantities lines, saved;
};

Quantities quantities_in(std::string_view document) {
  Quantities out;
  for (const cart::Line& line : cart::read_lines(document)) out[line.id] = line.quantity;
  return out;
}

Quantities quantities_in(const std::vector<cart::ItemView>& items) {
  Quantities out;
  for (const auto& item : items) out[item.id] = item.quantity;
  return out;
}

Result<Stored> stored(db::Store& store, CustomerId customer) {
  Stored out;
  TRY_DO(store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    out = {};
    TRY(const auto rows, tx.ask(kCart, customer));
    if (rows.empty()) return {};
    const auto row = rows.front();
    out = {row.i64(0), quantities_in(row.text(1)), quantities_in(row.text(2))};
    return {};
  }));
  return out;
}

}  // namespace

void compare_shown_cart(Process& process, CustomerId customer) {
  World& world = process.world();
  const auto before = stored(process.store(), customer);
  const auto shown = process.shop().carts.view({customer, true});
  const auto after = stored(process.store(), customer);
  if (!before || !shown || !after) return;
  if (before->version != after->version) {  // another fiber has changed it: something in between is right
    world.trace.reached("cart: changed while it was compared");
    if (shown->version >= before->version && shown->version <= after->version) return;
  } else if (shown->version == after->version && quantities_in(shown->items) == after->lines &&
             quantities_in(shown->saved_for_later) == after->saved) {
    world.trace.reached("cart: shown as it is stored");
    return;
  }
  world.problem("GET /cart shows version " + std::to_string(shown->version) + " of the cart of " + customer.text() +
                ", and version " + std::to_string(after->version) + " is stored");
}

}  // namespace kontor::sim
