#include "shop/search/rewording.h"

#include <algorithm>

#include "shop/search/aside.h"

namespace kontor::search {
namespace {

// Along an index that has all of it.
constexpr db::Query kListed{"search.listed_in_category", db::Home::kCatalog, R"sql(
  SELECT currency, product_id FROM catalog_v_listing
   WHERE category_id = $1 AND (currency, product_id) > ($2, $3) ORDER BY currency, product_id LIMIT $4)sql"};
constexpr std::size_t kRewordedAtOnce = 1000;
constexpr std::size_t kOfLooking = 5;  // a look costs about as much as so many products

}  // namespace

void Rewording::add(CategoryId category) {
  if (at_ != category) {
    open_.insert(category);
    return;
  }
  currency_.clear();
  after_ = {};
}

void Rewording::clear() {
  open_.clear();
  at_.reset();
}

Result<std::size_t> Rewording::look(std::size_t most, std::unordered_set<ProductId>& into) {
  if (!at_) {
    at_ = *open_.begin();
    open_.erase(open_.begin());
    currency_.clear();
    after_ = {};
  }
  const std::size_t limit = std::min(most, kRewordedAtOnce);
  db::Rows rows;
  const auto read = [&](db::Tx& tx) -> Result<void> {
    TRY(rows, tx.ask(kListed, *at_, currency_, after_, limit));
    return {};
  };
  TRY_DO(aside(workers_, &store_, [&] { return store_.read(db::Home::kCatalog, read); }));
  for (const auto& row : rows) {
    currency_ = row.str(0);
    after_ = row.id<ProductId>(1);
    into.insert(after_);
  }
  if (rows.size() < limit) at_.reset();
  return rows.size();
}

Result<void> Rewording::next(std::size_t most, std::unordered_set<ProductId>& into) {
  for (std::size_t spent = 0; spent < most && !empty();) {
    TRY(const std::size_t found, look(most - spent, into));
    spent += found + kOfLooking;
    if (runtime::on_fiber()) runtime::yield();
  }
  return {};
}

CategoryWords Rewording::settled(const CategoryWords& words) const {
  CategoryWords done = words;
  for (const CategoryId category : open_) done.erase(category);
  if (at_) done.erase(*at_);
  return done;
}

}  // namespace kontor::search
