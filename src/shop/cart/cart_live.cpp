#include "shop/cart/cart_live.h"

#include <algorithm>
#include <utility>

#include "runtime/json.h"

namespace kontor::cart {
namespace {

constexpr std::string_view kKind = "cart";
constexpr std::size_t kSpare = 100;  // held carts without followers, before those are looked for

}  // namespace

void CartsLive::add_channel() {
  live_.add_own(std::string(kKind),
                [this](const services::Shopper& shopper, std::string_view) -> Result<services::LiveState> {
                  if (!shopper.buys()) return fail(Errc::kNotFound, "cart.no_cart", "Staff have no cart.");
                  return state({shopper.customer, shopper.kind == services::Shopper::Kind::kGuest});
                });
}

// Held before it is followed: a change in between is told.
Result<services::LiveState> CartsLive::state(const Owner& owner) {
  // Numbered before it is looked at: what was seen earlier never comes as later.
  const Time now = clock_.now();
  auto last = number_.load();
  while (!number_.compare_exchange_weak(last, std::max(last + 1, now.ms))) {
  }
  TRY(const auto view, carts_.view(owner));
  hold(owner, view);
  return services::LiveState{std::max(last + 1, now.ms), "cart.changed", now, json::print(view)};
}

void CartsLive::hold(const Owner& owner, const CartView& view) {
  Held held{owner, {}, {}};
  for (const auto* const items : {&view.items, &view.saved_for_later})
    for (const auto& item : *items) {
      held.products.push_back(item.product_id);
      held.offers.push_back(item.offer_id);
    }
  const std::lock_guard lock(mutex_);
  // Of a product that nobody held, a change since the look went unheard: one more look.
  const auto before = held_.find(owner.customer);
  const bool news = std::any_of(held.products.begin(), held.products.end(), [&](ProductId product) {
    return before == held_.end() || std::find(before->second.products.begin(), before->second.products.end(),
                                              product) == before->second.products.end();
  });
  if (news && changed_.insert(owner.customer).second) bell_.ring();
  forget(owner.customer);
  for (const ProductId product : held.products) by_product_[product].insert(owner.customer);
  for (const OfferId offer : held.offers) ++offers_[offer];
  held_[owner.customer] = std::move(held);
  const auto followers = static_cast<std::size_t>(live_.followers());
  if (held_.size() <= 2 * followers + kSpare) return;
  std::vector<CustomerId> left;
  for (const auto& [customer, cart] : held_)
    if (customer != owner.customer && !live_.followed(services::Live::own_channel(kKind, customer)))
      left.push_back(customer);
  for (const CustomerId customer : left) forget(customer);
}

void CartsLive::forget(CustomerId customer) {
  const auto found = held_.find(customer);
  if (found == held_.end()) return;
  for (const ProductId product : found->second.products)
    if (const auto carts = by_product_.find(product); carts != by_product_.end()) {
      carts->second.erase(customer);
      if (carts->second.empty()) by_product_.erase(carts);
    }
  for (const OfferId offer : found->second.offers)
    if (const auto count = offers_.find(offer); --count->second == 0) offers_.erase(count);
  held_.erase(found);
}

void CartsLive::product_changed(std::optional<ProductId> product) {
  if (live_.followers() == 0) return;
  const std::lock_guard lock(mutex_);
  const auto before = changed_.size();
  if (!product) {
    for (const auto& [customer, held] : held_) changed_.insert(customer);
  } else if (const auto carts = by_product_.find(*product); carts != by_product_.end()) {
    changed_.insert(carts->second.begin(), carts->second.end());
  }
  if (changed_.size() > before) bell_.ring();
}

void CartsLive::cart_changed(CustomerId customer) {
  if (live_.followers() == 0) return;
  const std::lock_guard lock(mutex_);
  if (held_.contains(customer) && changed_.insert(customer).second) bell_.ring();
}

std::vector<OfferId> CartsLive::watched(std::span<const OfferId> offers) const {
  std::vector<OfferId> out;
  if (live_.followers() == 0) return out;
  const std::lock_guard lock(mutex_);
  std::copy_if(offers.begin(), offers.end(), std::back_inserter(out),
               [this](OfferId offer) { return offers_.contains(offer); });
  return out;
}

Result<int> CartsLive::tell() {
  std::vector<Owner> owners;
  {
    const std::lock_guard lock(mutex_);
    for (const CustomerId customer : std::exchange(changed_, {}))
      if (const auto found = held_.find(customer); found != held_.end()) owners.push_back(found->second.owner);
  }
  for (std::size_t at = 0; at < owners.size(); ++at) {
    const auto channel = services::Live::own_channel(kKind, owners[at].customer);
    {
      const std::lock_guard lock(mutex_);  // who begins to follow now is held after it
      if (!live_.followed(channel)) {
        forget(owners[at].customer);
        continue;
      }
    }
    const auto now = state(owners[at]);
    if (!now) {
      const std::lock_guard lock(mutex_);
      for (; at < owners.size(); ++at) changed_.insert(owners[at].customer);
      return fail(now.error());
    }
    live_.publish(channel, *now);
  }
  return static_cast<int>(owners.size());
}

}  // namespace kontor::cart
