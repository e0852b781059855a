// The way back into a cart from a mail: a signed link, which shows what lies in it and copies that into the cart of
// whoever opens it. It makes nobody the customer: mails are forwarded.
#include <algorithm>

#include "base/assert.h"
#include "shop/cart/cart.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_merge.h"

namespace kontor::cart {

std::string Carts::recovery_token(CustomerId customer, Time until) const {
  KONTOR_ASSERT(recovery_.has_value());
  return recovery_->seal_numbers<2>({customer.value, until.ms});
}

std::optional<CustomerId> Carts::recovered(std::string_view token) const {
  const auto numbers = recovery_ ? recovery_->open_numbers<2>(token) : std::nullopt;
  if (!numbers || Time{numbers->at(1)} <= parts_.clock.now()) return std::nullopt;
  return CustomerId{numbers->at(0)};
}

Result<CartView> Carts::recover(const Owner& into, CustomerId from) {
  if (into.customer == from) return view(into);
  TRY(const auto source, load({from, false}));
  return copy_in(into, source);
}

Result<CartView> Carts::copy_in(const Owner& into, const Cart& source) {
  TRY(const auto rooms, rooms_for(source, into.customer));
  TRY(const auto cart, change(into, {}, [&](Cart& now) -> Result<void> {
        copy_lines(now, source, rooms_beside(rooms, now));
        return {};
      }));
  return show(cart);
}

}  // namespace kontor::cart
