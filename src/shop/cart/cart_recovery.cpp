// The way back into a cart from a mail: a signed link, which shows what lies in it and copies that into the cart of
// whoever opens it. It makes nobody the customer: mails are forwarded.
#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "shop/cart/cart.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_merge.h"

namespace kontor::cart {

std::string Carts::recovery_token(CustomerId customer, Time until) const {
  KONTOR_ASSERT(recovery_.has_value());
  std::string payload;
  payload.append(reinterpret_cast<const char*>(&customer.value), sizeof customer.value);
  payload.append(reinterpret_cast<const char*>(&until.ms), sizeof until.ms);
  return recovery_->seal(payload);
}

std::optional<CustomerId> Carts::recovered(std::string_view token) const {
  const auto payload = recovery_ ? recovery_->open(token) : std::nullopt;
  if (!payload || payload->size() != sizeof(std::int64_t) * 2) return std::nullopt;
  CustomerId customer;
  Time until;
  std::memcpy(&customer.value, payload->data(), sizeof customer.value);
  std::memcpy(&until.ms, payload->data() + sizeof customer.value, sizeof until.ms);
  if (until <= parts_.clock.now()) return std::nullopt;
  return customer;
}

Result<CartView> Carts::recover(const Owner& into, CustomerId from) {
  if (into.customer == from) return view(into);
  TRY(const auto source, load({from, false}));
  TRY(const auto rooms, rooms_for(source, into.customer));
  TRY(const auto cart, change(into, {}, [&](Cart& now) -> Result<void> {
        copy_lines(now, source, rooms_beside(rooms, now));
        return {};
      }));
  return show(cart);
}

}  // namespace kontor::cart
