#include "shop/cart/cart_cache.h"

#include <optional>
#include <string>
#include <vector>

#include "shop/cart/cart_document.h"
#include "shop/cart/cart_store.h"

namespace kontor::cart {
namespace {

std::size_t weight_of(const std::vector<Line>& lines) {
  std::size_t bytes = lines.capacity() * sizeof(Line);
  for (const Line& line : lines) bytes += line.note.size() + line.gift_message.size();
  return bytes;
}

std::size_t weight_of(const Cart& cart) {
  std::size_t bytes = sizeof(Cart) + weight_of(cart.lines) + weight_of(cart.saved);
  if (cart.claimed_lines) bytes += weight_of(*cart.claimed_lines);
  for (const std::string& coupon : cart.coupons) bytes += sizeof coupon + coupon.size();
  return bytes + cart.messages.capacity() * sizeof(Message);
}

}  // namespace

CartCache::CartCache(db::Store& store, std::size_t bytes)
    : store_(store), holds_(bytes > 0), alone_(store.engine() == "sqlite"), copies_(bytes) {}

Result<CartCache::Pointer> CartCache::find(CustomerId customer) {
  if (!holds_) return load(customer);
  return alone_ ? find_alone(customer) : find_among_others(customer);
}

Result<CartCache::Pointer> CartCache::load(CustomerId customer) {
  std::optional<Cart> found;
  TRY_DO(store_.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::find(tx, customer));
    return {};
  }));
  if (!found) return Pointer();
  return Pointer(std::make_shared<const Cart>(std::move(*found)));
}

// Who saw no write under way, and finds or loads what one that began since has changed, has asked before that write
// was acknowledged; and what was loaded then is not kept (LoadingCache::drop).
Result<CartCache::Pointer> CartCache::find_alone(CustomerId customer) {
  if (is_being_written(customer)) {
    misses_.fetch_add(1, std::memory_order_relaxed);
    return load(customer);
  }
  if (auto held = copies_.peek(customer)) {
    hits_.fetch_add(1, std::memory_order_relaxed);
    return std::move(*held);
  }
  misses_.fetch_add(1, std::memory_order_relaxed);
  return copies_.get(customer, [&]() -> Result<Copies::Loaded> {
    TRY(auto cart, load(customer));
    const std::size_t weight = cart ? weight_of(*cart) : 0;
    return Copies::Loaded{std::move(cart), weight};
  });
}

// An older copy that is put over a newer one does no harm: it is asked about the next time.
Result<CartCache::Pointer> CartCache::find_among_others(CustomerId customer) {
  const Pointer held = copies_.peek(customer).value_or(nullptr);
  Pointer now;
  TRY_DO(store_.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(now, sql::find_unless_held(tx, customer, held));
    return {};
  }));
  if (now && now == held) {
    hits_.fetch_add(1, std::memory_order_relaxed);
    return now;
  }
  misses_.fetch_add(1, std::memory_order_relaxed);
  if (now)
    copies_.put(customer, now, weight_of(*now));
  else
    copies_.drop(customer);
  return now;
}

bool CartCache::is_being_written(CustomerId customer) {
  Written& shard = written(customer);
  const std::lock_guard lock(shard.mutex);
  return shard.writes.contains(customer);
}

void CartCache::write_begins(CustomerId customer) {
  if (!holds_) return;
  Written& shard = written(customer);
  const std::lock_guard lock(shard.mutex);
  ++shard.writes[customer];
}

// The embedded store is through with a function when write() comes back, also by an Error or an exception, and when
// its fiber is killed. The copy goes first: until then the store is asked.
void CartCache::write_ends(CustomerId customer) {
  if (!holds_) return;
  if (!outlives_changes_) copies_.drop(customer);
  Written& shard = written(customer);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.writes.find(customer);
  if (found != shard.writes.end() && --found->second == 0) shard.writes.erase(found);
}

runtime::CacheStats CartCache::stats() const {
  runtime::CacheStats stats = copies_.stats();
  stats.hits = hits_.load(std::memory_order_relaxed);
  stats.misses = misses_.load(std::memory_order_relaxed);
  return stats;
}

}  // namespace kontor::cart
