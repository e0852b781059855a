// Who is told of what the showcase has looked at.
#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "base/id.h"

namespace kontor::showcase {

// What goes on where the showcase has looked: the search index. Called from any thread.
class Follower {
 public:
  virtual ~Follower() = default;
  virtual void product_changed(ProductId id) = 0;
  virtual void prices_changed(ProductId id) = 0;  // and nothing else of it
  // Their stock was looked at, and Showcase::listed() says what was found.
  virtual void stock_changed(std::span<const ProductId> ids) = 0;
  virtual void categories_changed() = 0;
  // Everything up to `position` of the stream has been told by the functions above, but for stock.
  virtual void followed_to(const std::string& stream, std::int64_t position) = 0;
};

}  // namespace kontor::showcase
