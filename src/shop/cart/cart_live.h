// Carts as open pages follow them: the channel `cart` of GET /live. Told of a price or stock figure that changed, it
// finds the followed carts that hold the product, and tells their followers the whole cart as it is now. What it knows
// of carts is in memory, and only of those that this process has followers of.
#pragma once
#include <atomic>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "services/bell.h"
#include "services/consumers.h"
#include "services/live.h"
#include "shop/cart/cart.h"

namespace kontor::cart {

class CartsLive {
 public:
  CartsLive(Carts& carts, services::Live& live, Clock& clock) : carts_(carts), live_(live), clock_(clock) {}

  // Adds the channel: each buyer's own, numbered by the time of the states.
  void add_channel();
  // The cards of the product's offers read differently (nullopt: all may); the cart was changed. From any thread, and
  // cheap: the fiber that calls tell() hears of it.
  void product_changed(std::optional<ProductId> product);
  void cart_changed(CustomerId customer);
  bool watches_any() const { return live_.followers() > 0; }
  // Those that lie in followed carts.
  std::vector<OfferId> watched(std::span<const OfferId> offers) const;

  // Tells the followers of the carts that changed; how many carts. On one fiber. Carts that could not be read are tried
  // again with the next call, and are an Error.
  Result<int> tell();
  void wait_for_changes(std::int64_t ms) { bell_.wait_for(ms); }
  void end_wait() { bell_.ring(); }

 private:
  struct Held {
    Owner owner;
    std::vector<ProductId> products;
    std::vector<OfferId> offers;
  };
  Result<services::LiveState> state(const Owner& owner);
  void hold(const Owner& owner, const CartView& view);
  void forget(CustomerId customer);  // the mutex is held

  Carts& carts_;
  services::Live& live_;
  Clock& clock_;
  services::Bell bell_;
  std::atomic<std::int64_t> number_{0};
  mutable std::mutex mutex_;
  std::unordered_map<CustomerId, Held> held_;
  std::unordered_map<ProductId, std::unordered_set<CustomerId>> by_product_;
  std::unordered_map<OfferId, int> offers_;  // in how many held carts
  std::unordered_set<CustomerId> changed_;
};

// Units that were just taken: pages show no figure above a few, but a cart may want more than that. Has the showcase
// look at those that are watched; on every replica.
services::Consumer taken_consumer(CartsLive& carts, showcase::Showcase& showcase);

}  // namespace kontor::cart
