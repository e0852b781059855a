// How the index follows the catalogue: what changed is noted, by events and at once on the replica that changed it, and
// brought in by groups; where a category is called otherwise, so are its products, some at a time. A start brings in
// what happened since the snapshot that it began with.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/event_log.h"
#include "ports/search_index.h"
#include "runtime/fiber.h"
#include "services/bell.h"
#include "shop/catalog/catalog.h"
#include "shop/search/documents.h"
#include "shop/search/rewording.h"
#include "shop/showcase/showcase.h"

namespace kontor::search {

// What was sold of a product in the last 30 days.
struct SoldUnits {
  ProductId product;
  std::int64_t units = 0;
};
// Who knows, outside; may be empty: nothing counts as sold.
struct SalesSource {
  std::function<Result<std::vector<SoldUnits>>(std::span<const ProductId>)> of;
  // Those that changed since then, by id above `after`, some at once; empty: no more.
  std::function<Result<std::vector<SoldUnits>>(Time since, ProductId after)> changed;
};

// Not owned; all of it outlives the feed. `workers` may be null.
struct FeedParts {
  db::Store& store;
  catalog::Catalog& catalog;
  showcase::Showcase& showcase;
  search_index::Index& index;
  EventLog& log;
  Clock& clock;
  runtime::Workers* workers = nullptr;
  SalesSource sales = {};
  std::size_t reworded_at_once = 2'000;  // products of categories that are called otherwise, with each refresh()
};

class Feed final : public showcase::Follower {
 public:
  explicit Feed(const FeedParts& parts) : parts_(parts), rewording_(parts.store, parts.workers) {}

  void product_changed(ProductId id) override;
  void prices_changed(ProductId id) override;
  void stock_changed(std::span<const ProductId> ids) override;
  void categories_changed() override;
  void followed_to(const std::string& stream, std::int64_t position) override;

  // Brings in what is noted: found when this returns. Answers how much it was; an Error leaves it noted. One fiber at
  // a time. Of large categories that are called otherwise a part comes in with each call: waiting() says whether any is
  // left, and wait_for_notes() does not wait then.
  Result<int> refresh();
  // Brings the index to the heads of the streams: `position` is what position() said when the index was saved; empty:
  // the index is, too. By the events since, or, when they are many or gone, by a walk over all products. Once, before
  // refresh().
  Result<void> begin(std::string_view position);
  // Brings in sales that changed since the last time; everything that sold, the first time.
  Result<void> follow_sales();
  // Ends a begin() that is under way, at its next step. From any thread.
  void stop();
  // Whether begin() has brought everything in.
  bool is_whole() const { return whole_.load(); }
  // All that has been brought in: what is told later is not part of it. By stream, how far; by category, by what words
  // its products are found.
  std::string position() const;

  std::uint64_t generation() const { return generation_.load(); }  // grows with each refresh() that brought something
  std::size_t waiting() const;                                     // noted, and not found yet
  void wait_for_notes(std::int64_t ms) { bell_.wait_for(ms); }
  // Between two refresh() of the feeding fiber; ends when somebody settles.
  void rest(std::int64_t ms) { hurry_.wait_for(ms); }
  // Waits until what is noted is found, at most so long; not while that is much, or cannot be brought in.
  void settle(std::int64_t ms);

  static constexpr std::size_t kFewChanges = 64;

  static constexpr std::size_t kMostNoted = 1'000'000;  // more is answered by a walk

 private:
  using Positions = std::map<std::string, std::int64_t>;
  struct Batch {
    std::vector<search_index::Document> documents;
    std::vector<search_index::Change> changes;
    std::vector<ProductId> removed;
    std::vector<std::pair<ProductId, std::uint64_t>> prints;  // of what is in `documents`
  };
  struct Notes {
    std::unordered_set<ProductId> products, prices, stock;
    std::size_t size() const { return products.size() + prices.size() + stock.size() + (categories ? 1 : 0); }
    bool categories = false, lost = false;
    Positions told;
    bool take(std::unordered_set<ProductId> Notes::*which, std::span<const ProductId> ids);  // false: of nothing
  };
  void note(std::unordered_set<ProductId> Notes::*which, std::span<const ProductId> ids);

  Notes take_notes();
  void put_back(Notes notes);
  bool is_settled() const;
  void wake_settling();
  Result<void> bring_in(Notes& notes, int& done);
  Result<void> bring_in_products(std::span<const ProductId> ids);
  Result<void> bring_in_prices(std::span<const ProductId> ids);
  Result<void> bring_in_stock(std::span<const ProductId> ids);
  Result<void> bring_in_categories();
  Result<void> load(std::span<const ProductId> ids, Batch& batch);
  Result<void> load_sales(Batch& batch);
  Result<void> walk();
  void replay(const LoggedEvent& event);
  Result<bool> replay(const Positions& from, const Positions& heads);
  void reword_since(const CategoryWords& before);
  Result<void> look_at_stock();

  const FeedParts parts_;
  std::unordered_map<ProductId, std::uint64_t> prints_;  // of what is in the index but for its figures; one fiber's
  // What the index calls the categories, and whose products it has under other words yet; one fiber's.
  std::shared_ptr<const CategoryWords> words_ = std::make_shared<CategoryWords>();
  Rewording rewording_;
  mutable std::mutex mutex_;
  Notes notes_;
  Positions followed_;                                   // streams
  std::shared_ptr<const CategoryWords> followed_words_;  // null: none
  bool rewords_ = false;                                 // the rewording is not done
  std::size_t in_hand_ = 0;                              // taken and not brought in yet
  bool troubled_ = false;                                // the last refresh() failed
  std::vector<runtime::Parker*> settling_;               // under mutex_
  Time sales_followed_;                                  // one fiber's
  services::Bell bell_, hurry_;
  std::atomic<bool> stopping_{false}, whole_{false};
  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace kontor::search
