// On which products' pages cards of which other products stand: such a page is made anew when one of those changes.
// Bounded: when there are too many pairs, all are forgotten, and whoever asked drops every page. From any thread.
#pragma once
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/id.h"

namespace kontor::pages {

class Beside {
 public:
  // Before the cards are read: a change after that is seen. False: there were too many.
  bool note(ProductId page, std::span<const ProductId> shown);
  // The pages that show it; they are forgotten, since they go.
  std::vector<ProductId> take(ProductId shown);
  void clear();

  static constexpr std::size_t kMost = 1'000'000;

 private:
  std::mutex mutex_;
  std::unordered_map<ProductId, std::vector<ProductId>> pages_of_;
  std::size_t pairs_ = 0;
};

}  // namespace kontor::pages
