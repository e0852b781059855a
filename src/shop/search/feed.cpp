#include "shop/search/feed.h"

#include <algorithm>
#include <cmath>

#include "runtime/json.h"
#include "shop/catalog/events.h"
#include "shop/search/aside.h"
#include "shop/search/documents.h"

namespace kontor::search {
namespace {

constexpr std::size_t kAtOnce = 50;  // products that are read together
constexpr int kEventsAtOnce = 500;
// A walk over a million products costs about as much as this many events.
constexpr std::int64_t kMostReplayed = 300'000;

void breathe() {
  if (runtime::on_fiber()) runtime::yield();
}

template <class F>
Result<void> by_groups(std::span<const ProductId> ids, std::size_t size, const F& each) {
  for (std::size_t at = 0; at < ids.size(); at += size) {
    TRY_DO(each(ids.subspan(at, std::min(size, ids.size() - at))));
    breathe();
  }
  return {};
}

}  // namespace

// Of what is lost nothing more needs to be noted: a walk sees it all.
bool Feed::Notes::take(std::unordered_set<ProductId> Notes::*which, std::span<const ProductId> ids) {
  if (size() + ids.size() > kMostNoted) {
    lost = true;
    products.clear();
    prices.clear();
    stock.clear();
  }
  if (!lost) (this->*which).insert(ids.begin(), ids.end());
  return !ids.empty();
}

void Feed::note(std::unordered_set<ProductId> Notes::*which, std::span<const ProductId> ids) {
  {
    const std::lock_guard lock(mutex_);
    if (!notes_.take(which, ids)) return;
  }
  bell_.ring();
}

void Feed::product_changed(ProductId id) { note(&Notes::products, std::span(&id, 1)); }
void Feed::prices_changed(ProductId id) { note(&Notes::prices, std::span(&id, 1)); }
void Feed::stock_changed(std::span<const ProductId> ids) { note(&Notes::stock, ids); }

void Feed::categories_changed() {
  {
    const std::lock_guard lock(mutex_);
    notes_.categories = true;
  }
  bell_.ring();
}

void Feed::followed_to(const std::string& stream, std::int64_t position) {
  const std::lock_guard lock(mutex_);
  notes_.told[stream] = position;
}

std::size_t Feed::waiting() const {
  const std::lock_guard lock(mutex_);
  return notes_.size() + in_hand_ + (notes_.lost ? kMostNoted : 0) + (rewords_ ? parts_.reworded_at_once : 0);
}

bool Feed::is_settled() const {
  const std::size_t left = waiting();
  return left == 0 || left > kFewChanges;
}

void Feed::settle(std::int64_t ms) {
  const auto now = [] { return runtime::Loop::current()->now_ms(); };
  for (const std::int64_t until = now() + ms; !is_settled() && now() < until && !stopping_.load();) {
    runtime::Parker parker;
    struct Leave {
      Feed& feed;
      runtime::Parker* parker;
      ~Leave() {
        const std::lock_guard lock(feed.mutex_);
        std::erase(feed.settling_, parker);
      }
    };
    {
      const std::lock_guard lock(mutex_);
      if (troubled_) return;
      settling_.push_back(&parker);
    }
    const Leave leave{*this, &parker};
    if (is_settled()) return;  // since it was asked
    hurry_.ring();
    parker.wait_for(std::max<std::int64_t>(until - now(), 1));
  }
}

void Feed::wake_settling() {
  const std::lock_guard lock(mutex_);
  for (runtime::Parker* parker : std::exchange(settling_, {})) parker->wake();
}

void Feed::stop() {
  stopping_.store(true);
  bell_.ring();
  hurry_.ring();
  wake_settling();
}

std::string Feed::position() const {
  Positions all;
  std::shared_ptr<const CategoryWords> words;
  {
    const std::lock_guard lock(mutex_);
    all = followed_;
    words = followed_words_;
  }
  if (words != nullptr)
    for (const auto& [category, number] : *words) all[category.text()] = number;
  return json::print(all);
}

Feed::Notes Feed::take_notes() {
  const std::lock_guard lock(mutex_);
  Notes taken = std::exchange(notes_, Notes{});
  notes_.told = taken.told;
  in_hand_ = taken.size();
  return taken;
}

void Feed::put_back(Notes notes) {
  const std::lock_guard lock(mutex_);
  notes_.products.merge(notes.products);
  notes_.prices.merge(notes.prices);
  notes_.stock.merge(notes.stock);
  notes_.categories = notes_.categories || notes.categories;
  notes_.lost = notes_.lost || notes.lost;
  in_hand_ = 0;
  troubled_ = true;
}

Result<int> Feed::refresh() {
  Notes notes = take_notes();
  int done = 0;
  if (auto brought = bring_in(notes, done); !brought) {
    put_back(std::move(notes));
    wake_settling();
    return tl::unexpected(std::move(brought.error()));
  }
  const bool more = !rewording_.empty();
  {
    const std::lock_guard lock(mutex_);
    in_hand_ = 0;
    troubled_ = false;
    rewords_ = more;
    followed_ = std::move(notes.told);
    // Of a category that is not done nothing is said, so that a start from here does it again.
    followed_words_ = more ? std::make_shared<const CategoryWords>(rewording_.settled(*words_)) : words_;
  }
  if (more) bell_.ring();
  wake_settling();
  return done;
}

Result<void> Feed::bring_in(Notes& notes, int& done) {
  if (notes.categories) {
    TRY_DO(bring_in_categories());
    ++done;
  }
  if (notes.lost) {
    rewording_.clear();
    TRY_DO(walk());
    ++done;
  }
  // What else changes waits for a smaller portion.
  const bool alone = notes.products.empty() && notes.prices.empty() && notes.stock.empty();
  const std::size_t portion = parts_.reworded_at_once / (alone ? 1 : 8);
  TRY_DO(rewording_.next(std::max<std::size_t>(portion, 1), notes.products));
  const std::vector<ProductId> products(notes.products.begin(), notes.products.end());
  TRY_DO(by_groups(products, kAtOnce, [&](auto ids) { return bring_in_products(ids); }));
  std::vector<ProductId> prices;  // of the others: whole products bring theirs
  for (const ProductId id : notes.prices)
    if (!notes.products.contains(id)) prices.push_back(id);
  TRY_DO(by_groups(prices, kAtOnce, [&](auto ids) { return bring_in_prices(ids); }));
  const std::vector<ProductId> stock(notes.stock.begin(), notes.stock.end());
  TRY_DO(by_groups(stock, kAtOnce, [&](auto ids) { return bring_in_stock(ids); }));
  done += static_cast<int>(products.size() + prices.size() + stock.size());
  if (done == 0) return {};
  TRY_DO(aside(parts_.workers, nullptr, [&]() -> Result<void> {
    parts_.index.refresh(parts_.clock.now());
    return {};
  }));
  generation_.fetch_add(1);
  return {};
}

Result<void> Feed::load(std::span<const ProductId> ids, Batch& batch) {
  batch = {};
  TRY(const auto products, parts_.catalog.products(ids));
  TRY(const auto stock, parts_.showcase.listed(ids));
  std::unordered_map<ProductId, bool> in_stock;
  for (std::size_t i = 0; i < ids.size(); ++i)
    in_stock[ids[i]] = stock[i] == showcase::Availability::kLowStock || stock[i] == showcase::Availability::kInStock;
  std::unordered_set<ProductId> listed;
  std::vector<const catalog::Product*> changed;
  for (const catalog::Product& product : products) {
    if (!is_listed(product)) continue;
    listed.insert(product.id);
    const std::uint64_t print = print_of(product, *words_);
    const auto known = prints_.find(product.id);
    if (known == prints_.end() || known->second != print) {
      changed.push_back(&product);
      batch.prints.emplace_back(product.id, print);
      continue;
    }
    search_index::Change change{product.id, prices_of(product.offers), in_stock[product.id]};
    change.rating_milli = std::llround(product.rating * 1000);
    change.review_count = product.review_count;
    batch.changes.push_back(std::move(change));
  }
  for (const ProductId id : ids)
    if (!listed.contains(id)) batch.removed.push_back(id);
  TRY(batch.documents, documents_of(parts_.store, changed));
  for (auto& document : batch.documents) document.figures.in_stock = in_stock[document.id];
  return load_sales(batch);
}

Result<void> Feed::load_sales(Batch& batch) {
  if (!parts_.sales.of || batch.documents.empty()) return {};
  std::vector<ProductId> ids;
  for (const auto& document : batch.documents) ids.push_back(document.id);
  TRY(const auto sold, parts_.sales.of(ids));
  std::unordered_map<ProductId, std::int64_t> units;
  for (const SoldUnits& one : sold) units[one.product] = one.units;
  for (auto& document : batch.documents)
    if (const auto found = units.find(document.id); found != units.end()) document.figures.sold = found->second;
  return {};
}

Result<void> Feed::follow_sales() {
  if (!parts_.sales.changed) return {};
  const Time began = parts_.clock.now();
  for (ProductId after;;) {
    TRY(const auto sold, parts_.sales.changed(sales_followed_, after));
    if (sold.empty()) break;
    std::vector<search_index::Change> changes;
    for (const SoldUnits& one : sold) {
      search_index::Change change{one.product};
      change.sold = one.units;
      changes.push_back(std::move(change));
    }
    parts_.index.change(changes);
    generation_.fetch_add(1);
    after = sold.back().product;
    breathe();
  }
  sales_followed_ = began;
  return {};
}

Result<void> Feed::bring_in_products(std::span<const ProductId> ids) {
  Batch batch;
  TRY_DO(aside(parts_.workers, &parts_.store, [&] { return load(ids, batch); }));
  TRY_DO(aside(parts_.workers, nullptr, [&]() -> Result<void> {
    parts_.index.upsert(batch.documents);
    parts_.index.change(batch.changes);
    parts_.index.remove(batch.removed);
    return {};
  }));
  for (const auto& [id, print] : batch.prints) prints_[id] = print;
  for (const ProductId id : batch.removed) prints_.erase(id);
  return {};
}

Result<void> Feed::bring_in_prices(std::span<const ProductId> ids) {
  std::vector<catalog::Offer> offers;
  TRY_DO(aside(parts_.workers, &parts_.store, [&]() -> Result<void> {
    TRY(offers, parts_.catalog.offers_of(ids));
    return {};
  }));
  std::unordered_map<ProductId, std::vector<catalog::Offer>> by_product;
  for (catalog::Offer& offer : offers) by_product[offer.product].push_back(std::move(offer));
  std::vector<search_index::Change> changes;
  for (const auto& [id, theirs] : by_product) changes.push_back({id, prices_of(theirs)});
  parts_.index.change(changes);
  return {};
}

Result<void> Feed::bring_in_stock(std::span<const ProductId> ids) {
  std::vector<showcase::Availability> stock;
  TRY_DO(aside(parts_.workers, &parts_.store, [&]() -> Result<void> {
    TRY(stock, parts_.showcase.listed(ids));
    return {};
  }));
  std::vector<search_index::Change> changes;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    search_index::Change change{ids[i]};
    change.in_stock = stock[i] == showcase::Availability::kLowStock || stock[i] == showcase::Availability::kInStock;
    changes.push_back(std::move(change));
  }
  parts_.index.change(changes);
  return {};
}

Result<void> Feed::bring_in_categories() {
  TRY(const auto categories, parts_.showcase.categories());
  std::shared_ptr<const CategoryWords> words;
  TRY_DO(aside(parts_.workers, nullptr, [&]() -> Result<void> {
    std::vector<search_index::CategoryNode> nodes;
    for (const auto& category : categories)
      nodes.push_back({category.id, category.parent, category.name, category.names});
    parts_.index.set_categories(nodes);
    words = std::make_shared<const CategoryWords>(words_of(categories));
    return {};
  }));
  const auto before = std::exchange(words_, std::move(words));
  reword_since(*before);
  return {};
}

// No event says which names are others, and a move says nothing of what is below: the names themselves are compared.
void Feed::reword_since(const CategoryWords& before) {
  for (const auto& [category, words] : *words_) {
    const auto found = before.find(category);
    if (found == before.end() || found->second != words) rewording_.add(category);
  }
}

// Everything that is sold, and nothing else.
Result<void> Feed::walk() {
  std::unordered_set<ProductId> sold;
  ProductId after;
  while (!stopping_.load()) {
    TRY(const auto ids, parts_.catalog.ids_after(after, static_cast<int>(kAtOnce)));
    if (ids.empty()) break;
    TRY_DO(bring_in_products(ids));
    sold.insert(ids.begin(), ids.end());
    after = ids.back();
    breathe();
  }
  if (stopping_.load()) return {};
  std::vector<ProductId> gone;
  for (const ProductId id : parts_.index.ids())
    if (!sold.contains(id)) gone.push_back(id);
  parts_.index.remove(gone);
  return {};
}

void Feed::replay(const LoggedEvent& event) {
  if (event.name == catalog::OfferPriceChanged::kName) {
    if (const auto told = json::read<catalog::OfferPriceChanged>(event.body)) prices_changed(told->product);
  } else if (event.name.starts_with("product.")) {
    if (const auto product = ProductId::parse(event.subject)) product_changed(*product);
  }
}

// False when some of the events are gone, or they are too many.
Result<bool> Feed::replay(const Positions& from, const Positions& heads) {
  std::int64_t behind = 0;
  for (const auto& [stream, head] : heads) {
    const auto place = from.find(stream);
    if (place == from.end() || place->second > head) return false;
    behind += head - place->second;
  }
  if (behind > kMostReplayed) return false;
  for (const auto& [stream, head] : heads) {
    std::int64_t at = from.at(stream);
    while (at < head && !stopping_.load()) {
      TRY(const auto events, parts_.log.read(stream, at, kEventsAtOnce));
      if (events.empty() || events.front().position != at + 1) return false;
      for (const auto& event : events) replay(event);
      at = events.back().position;
      breathe();
    }
  }
  return true;
}

// A snapshot is older than what sold out or came back since.
Result<void> Feed::look_at_stock() {
  const std::vector<ProductId> ids = parts_.index.ids();
  return by_groups(ids, kAtOnce, [&](auto some) -> Result<void> {
    if (stopping_.load()) return {};
    TRY_DO(bring_in_stock(some));
    generation_.fetch_add(1);  // answers are given meanwhile
    return {};
  });
}

Result<void> Feed::begin(std::string_view position) {
  Positions heads;
  for (const auto& stream : parts_.log.streams()) {
    TRY(heads[stream], parts_.log.head(stream));
  }
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [stream, head] : heads) notes_.told[stream] = std::max(notes_.told[stream], head);
  }
  TRY_DO(bring_in_categories());
  rewording_.clear();  // what the index has them under says the position, or a walk brings all in
  bool known = !position.empty();
  Positions from;
  if (known) {
    TRY(from, json::read<Positions>(position));
    TRY(known, replay(from, heads));
  }
  if (known) {
    CategoryWords before;
    for (const auto& [name, number] : from)
      if (const auto category = CategoryId::parse(name)) before.emplace(*category, number);
    reword_since(before);
    TRY_DO(refresh());
    whole_.store(!stopping_.load());
    return look_at_stock();
  }
  TRY_DO(walk());
  TRY_DO(refresh());
  parts_.index.refresh(parts_.clock.now());
  whole_.store(!stopping_.load());
  return {};
}

}  // namespace kontor::search
