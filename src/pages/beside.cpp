#include "pages/beside.h"

#include <algorithm>

namespace kontor::pages {

bool Beside::note(ProductId page, std::span<const ProductId> shown) {
  const std::lock_guard lock(mutex_);
  const bool room = pairs_ + shown.size() <= kMost;
  if (!room) {
    pages_of_.clear();
    pairs_ = 0;
  }
  for (const ProductId id : shown) {
    auto& pages = pages_of_[id];
    if (std::find(pages.begin(), pages.end(), page) != pages.end()) continue;
    pages.push_back(page);
    ++pairs_;
  }
  return room;
}

std::vector<ProductId> Beside::take(ProductId shown) {
  const std::lock_guard lock(mutex_);
  const auto found = pages_of_.find(shown);
  if (found == pages_of_.end()) return {};
  std::vector<ProductId> pages = std::move(found->second);
  pages_of_.erase(found);
  pairs_ -= pages.size();
  return pages;
}

void Beside::clear() {
  const std::lock_guard lock(mutex_);
  pages_of_.clear();
  pairs_ = 0;
}

}  // namespace kontor::pages
