// Parsed carts in bounded memory, in front of the store and never behind it. On the embedded store this process alone
// changes carts: whoever writes one holds a Writing, at whose end the copy is gone, whatever became of the write, and
// while it lasts the store is asked. So what is found here, found without a statement, is what the store would answer.
// On a server other processes change carts too: the store is asked each time, by one statement, which brings the
// documents only where the row is not the held one. Owns no rows; cart_store.h has the statements.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/id.h"
#include "base/result.h"
#include "ports/db.h"
#include "runtime/loading_cache.h"

namespace kontor::cart {

struct Cart;

class CartCache {
 public:
  using Pointer = std::shared_ptr<const Cart>;  // null: there is no row

  // `bytes`: 0 holds nothing, and each look asks the store.
  CartCache(db::Store& store, std::size_t bytes);

  // The row as it is, also when its time is over. For who shows a cart or looks ahead; what is changed is read inside
  // the write function. From any fiber. The store's errors.
  Result<Pointer> find(CustomerId customer);

  // Writing calls these. Writes of one cart may overlap.
  void write_begins(CustomerId customer);
  void write_ends(CustomerId customer);

  // A hit brought no documents from the store.
  runtime::CacheStats stats() const;
  // The planted bug: a copy stays as it is when its cart is changed.
  void outlive_changes(bool does) { outlives_changes_ = does; }

 private:
  using Copies = runtime::LoadingCache<CustomerId, Cart>;
  struct Written {
    std::mutex mutex;
    std::unordered_map<CustomerId, int> writes;  // under way
  };
  Result<Pointer> load(CustomerId customer);
  Result<Pointer> find_alone(CustomerId customer);
  Result<Pointer> find_among_others(CustomerId customer);
  Written& written(CustomerId customer) { return written_[runtime::spread_hash(customer) >> 60]; }
  bool is_being_written(CustomerId customer);

  db::Store& store_;
  const bool holds_;
  const bool alone_;  // no other process changes carts
  bool outlives_changes_ = false;
  Copies copies_;
  std::array<Written, 16> written_;  // by the four highest bits
  std::atomic<std::uint64_t> hits_{0}, misses_{0};
};

// Held around a write of the customer's row, from before it until its outcome is known and not yet told. Everything
// that changes the row takes one, so none is forgotten.
class [[nodiscard]] Writing {
 public:
  Writing(CartCache& cache, CustomerId customer) : cache_(&cache), customer_(customer) {
    cache_->write_begins(customer_);
  }
  Writing(Writing&& other) noexcept : cache_(std::exchange(other.cache_, nullptr)), customer_(other.customer_) {}
  Writing& operator=(Writing&&) = delete;
  ~Writing() {
    if (cache_ != nullptr) cache_->write_ends(customer_);
  }
  CustomerId customer() const { return customer_; }

 private:
  CartCache* cache_;
  CustomerId customer_;
};

}  // namespace kontor::cart
