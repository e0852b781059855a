// Categories that are called otherwise, are new or have moved: their products are indexed again, some at a time, so
// that what else changes need not wait for a hundred thousand of them.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/id.h"
#include "base/result.h"
#include "ports/db.h"
#include "runtime/fiber.h"
#include "shop/search/documents.h"

namespace kontor::search {

// One fiber's. Not owned: both outlive it; `workers` may be null.
class Rewording {
 public:
  Rewording(db::Store& store, runtime::Workers* workers) : store_(store), workers_(workers) {}

  void add(CategoryId category);  // from its first product on, also where it was half done
  void clear();
  bool empty() const { return open_.empty() && !at_; }
  // Adds the next products that are listed, about `most`, to `into`. They are passed, also when an Error follows.
  Result<void> next(std::size_t most, std::unordered_set<ProductId>& into);
  // Those of `words` whose categories are done.
  CategoryWords settled(const CategoryWords& words) const;

 private:
  Result<std::size_t> look(std::size_t most, std::unordered_set<ProductId>& into);  // of one category

  db::Store& store_;
  runtime::Workers* const workers_;
  std::unordered_set<CategoryId> open_;  // but for the one that is under way
  std::optional<CategoryId> at_;
  std::string currency_;  // listings lie by currency, then by product
  ProductId after_;
};

}  // namespace kontor::search
