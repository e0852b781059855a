#include "adapters/search_embedded/embedded_index.h"

#include <algorithm>

#include "adapters/search_embedded/highlight.h"
#include "adapters/search_embedded/snapshot.h"
#include "base/assert.h"

namespace kontor::search_embedded {

using search_index::Change;
using search_index::Document;
using search_index::Query;

// Lent to one question.
class EmbeddedIndex::Memory {
 public:
  explicit Memory(const EmbeddedIndex& index) : index_(index) {
    const std::lock_guard lock(index_.memories_mutex_);
    if (!index_.memories_.empty()) {
      memory_ = std::move(index_.memories_.back());
      index_.memories_.pop_back();
    }
  }
  ~Memory() {
    const std::lock_guard lock(index_.memories_mutex_);
    index_.memories_.push_back(std::move(memory_));
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  SearchMemory& get() {
    if (memory_ == nullptr) memory_ = std::make_unique<SearchMemory>();
    return *memory_;
  }

 private:
  const EmbeddedIndex& index_;
  std::unique_ptr<SearchMemory> memory_;
};

EmbeddedIndex::EmbeddedIndex(Options options)
    : options_(std::move(options)), language_(language_tag(options_.language)), reader_(dictionary_, language_) {
  auto first = std::make_shared<Generation>();
  first->arms.push_back(std::make_shared<const Arm>(search_index::Ranking{}));
  first->tree = std::make_shared<const Tree>();
  first->synonyms = std::make_shared<const Synonyms>();
  generation_ = std::move(first);
}

EmbeddedIndex::~EmbeddedIndex() = default;

std::shared_ptr<const Generation> EmbeddedIndex::generation() const {
  const std::lock_guard lock(generation_mutex_);
  return generation_;
}

void EmbeddedIndex::publish(std::shared_ptr<const Generation> next) {
  const std::lock_guard lock(generation_mutex_);
  generation_.swap(next);
}

template <class F>
void EmbeddedIndex::publish_changed(F&& change) {
  auto next = std::make_shared<Generation>(*generation());
  change(*next);
  publish(std::move(next));
}

Result<search_index::Answer> EmbeddedIndex::search(const Query& query, const search_index::Pause& pause) const {
  const auto refuse = [](std::string_view reason, std::string detail) {
    return fail(Errc::kInvalid, reason, std::move(detail));
  };
  if (query.limit < 1 || query.limit > search_index::kMostHits)
    return refuse("search.limit", "So many cannot be shown.");
  std::size_t values = query.categories.size() + query.brands.size() + query.sellers.size() + query.ids.size() +
                       query.preferred.size() + query.promoted.size();
  for (const auto& attribute : query.attributes) values += 1 + attribute.values.size();
  if (values > search_index::kMostFilterValues) return refuse("search.filters", "There are too many filters.");
  const auto now = generation();
  if (query.arm >= now->arms.size()) return refuse("search.arm", "There is no such ranking.");
  Memory memory(*this);
  if (!query.language.empty() && language_tag(query.language) != kNeutral)
    return Search(dictionary_, *now, query, pause, memory.get()).run();
  Query own = query;
  own.language = options_.language;
  return Search(dictionary_, *now, own, pause, memory.get()).run();
}

void EmbeddedIndex::upsert(std::span<const Document> documents) {
  const std::lock_guard lock(writer_mutex_);
  for (const Document& document : documents) {
    if (builder_.docs() >= options_.products_at_once) seal(generation()->today);
    const auto [place, is_new] = waiting_.emplace(document.id.value, builder_.docs());
    if (!is_new) replaced_.push_back(std::exchange(place->second, builder_.docs()));
    builder_.add(reader_.read(document));
    removed_.erase(document.id.value);
  }
}

void EmbeddedIndex::remove(std::span<const ProductId> ids) {
  const std::lock_guard lock(writer_mutex_);
  for (const ProductId id : ids) {
    if (const auto found = waiting_.find(id.value); found != waiting_.end()) {
      replaced_.push_back(found->second);
      waiting_.erase(found);
    }
    removed_.insert(id.value);
  }
}

void EmbeddedIndex::refresh(Time now) {
  const std::lock_guard lock(writer_mutex_);
  const std::uint32_t today = day_of(now);
  if (const auto present = generation(); present->today != today) {
    for (const Part& part : present->parts)
      for (std::size_t arm = 0; arm < present->arms.size(); ++arm)
        if (present->arms[arm]->ranking().freshness != 0) rank_all(*part.segment, arm, *present->arms[arm], today);
    publish_changed([&](Generation& next) { next.today = today; });
  }
  seal(today);
}

void EmbeddedIndex::seal(std::uint32_t today) {
  if (builder_.docs() == 0 && removed_.empty()) return;
  auto next = std::make_shared<Generation>(*generation());
  std::shared_ptr<Segment> segment = builder_.finish();
  for (Part& part : next->parts) {
    std::shared_ptr<Tombs> tombs;
    const auto bury = [&](std::int64_t id) {
      const std::uint32_t doc = part.segment->find(id);
      if (doc == kNoDoc || (tombs != nullptr ? tombs->has(doc) : part.removed(doc))) return;
      if (tombs == nullptr) {
        tombs = part.tombs != nullptr ? std::make_shared<Tombs>(*part.tombs) : std::make_shared<Tombs>();
        tombs->bits.resize((part.segment->docs() + 63) / 64);
      }
      tombs->bits[doc >> 6] |= std::uint64_t{1} << (doc & 63);
      ++tombs->count;
    };
    for (const std::int64_t id : segment->ids) bury(id);
    for (const std::int64_t id : removed_) bury(id);
    if (tombs != nullptr) part.tombs = std::move(tombs);
  }
  if (segment->docs() != 0) {
    Part part{segment, nullptr};
    if (!replaced_.empty()) {
      auto tombs = std::make_shared<Tombs>();
      tombs->bits.resize((segment->docs() + 63) / 64);
      for (const std::uint32_t doc : replaced_) tombs->bits[doc >> 6] |= std::uint64_t{1} << (doc & 63);
      tombs->count = static_cast<std::uint32_t>(replaced_.size());
      part.tombs = std::move(tombs);
    }
    for (std::size_t arm = 0; arm < next->arms.size(); ++arm) rank_all(*segment, arm, *next->arms[arm], today);
    next->parts.push_back(std::move(part));
  }
  waiting_.clear();
  replaced_.clear();
  removed_.clear();
  publish(std::move(next));
}

void EmbeddedIndex::apply(const Change& change, Segment& segment, std::uint32_t doc, const Generation& now) {
  constexpr std::int64_t kMost = 0xFFFFFFFF;
  for (const search_index::Price& price : change.prices)
    if (const std::uint32_t currency = dictionary_.add_currency(price.currency); currency != kNone)
      segment.set_price(doc, currency, price.minor);
  Facts& facts = segment.facts[doc];
  if (change.in_stock) write(facts.in_stock, static_cast<std::uint8_t>(*change.in_stock ? 1 : 0));
  if (change.sold) write(facts.sold, static_cast<std::uint32_t>(std::clamp<std::int64_t>(*change.sold, 0, kMost)));
  if (change.rating_milli)
    write(facts.rating_milli, static_cast<std::uint16_t>(std::clamp<std::int64_t>(*change.rating_milli, 0, 5000)));
  if (change.review_count)
    write(facts.reviews, static_cast<std::uint32_t>(std::clamp<std::int64_t>(*change.review_count, 0, kMost)));
  const Facts copy = read_facts(facts);
  for (std::size_t arm = 0; arm < now.arms.size(); ++arm) segment.rank(doc, arm, now.arms[arm]->boost(copy, now.today));
}

bool EmbeddedIndex::apply_waiting(const Change& change) {
  const auto found = waiting_.find(change.id.value);
  if (found == waiting_.end()) return false;
  constexpr std::int64_t kMost = 0xFFFFFFFF;
  Facts& facts = builder_.facts(found->second);
  for (const search_index::Price& price : change.prices)
    if (const std::uint32_t currency = dictionary_.add_currency(price.currency); currency != kNone)
      builder_.set_price(found->second, currency, price.minor);
  if (change.in_stock) facts.in_stock = *change.in_stock ? 1 : 0;
  if (change.sold) facts.sold = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*change.sold, 0, kMost));
  if (change.rating_milli)
    facts.rating_milli = static_cast<std::uint16_t>(std::clamp<std::int64_t>(*change.rating_milli, 0, 5000));
  if (change.review_count)
    facts.reviews = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*change.review_count, 0, kMost));
  return true;
}

std::size_t EmbeddedIndex::change(std::span<const Change> changes) {
  const std::lock_guard lock(writer_mutex_);
  const auto now = generation();
  std::size_t known = 0;
  for (const Change& change : changes) {
    bool found = apply_waiting(change);
    for (const Part& part : now->parts) {
      const std::uint32_t doc = part.segment->find(change.id.value);
      if (doc == kNoDoc || part.removed(doc)) continue;
      apply(change, *part.segment, doc, *now);
      if (merging_) changed_.emplace_back(part.segment.get(), doc);
      found = found || removed_.count(change.id.value) == 0;
      break;  // it lives in one segment
    }
    known += found;
  }
  return known;
}

bool EmbeddedIndex::work(const search_index::Pause& pause) {
  if (working_.test_and_set(std::memory_order_acquire)) return false;
  const std::unique_ptr<std::atomic_flag, void (*)(std::atomic_flag*)> one(
      &working_, [](std::atomic_flag* flag) { flag->clear(std::memory_order_release); });
  std::shared_ptr<const Generation> now;
  std::vector<std::size_t> chosen;
  {
    const std::lock_guard lock(writer_mutex_);
    now = generation();
    chosen = worth_merging(now->parts);
    if (chosen.empty()) return false;
    merging_ = true;
    changed_.clear();
  }
  std::vector<Part> before;
  for (const std::size_t at : chosen) before.push_back(now->parts[at]);
  Merged merged = merge(before, *now, pause);
  const std::lock_guard lock(writer_mutex_);
  install(*now, before, std::move(merged));
  merging_ = false;
  changed_.clear();
  return true;
}

// What happened to the products while they were copied happens to the copies, and then these are the index.
void EmbeddedIndex::install(const Generation& begun, const std::vector<Part>& before, Merged merged) {
  const auto now = generation();
  auto tombs = std::make_shared<Tombs>();
  tombs->bits.resize((merged.segment->docs() + 63) / 64);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto same = std::find_if(now->parts.begin(), now->parts.end(),
                                   [&](const Part& part) { return part.segment == before[i].segment; });
    KONTOR_ASSERT(same != now->parts.end());
    for (std::uint32_t doc = 0; doc < before[i].segment->docs(); ++doc) {
      const std::uint32_t to = merged.moved[i][doc];
      if (to == kNoDoc || !same->removed(doc)) continue;
      tombs->bits[to >> 6] |= std::uint64_t{1} << (to & 63);
      ++tombs->count;
    }
  }
  // Rankings may have been set, or a day have passed, while it was made.
  for (std::size_t arm = 0; arm < now->arms.size(); ++arm)
    if (now->today != begun.today || arm >= begun.arms.size() || now->arms[arm] != begun.arms[arm])
      rank_all(*merged.segment, arm, *now->arms[arm], now->today);
  for (const auto& [from, doc] : changed_) {
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i].segment.get() != from || merged.moved[i][doc] == kNoDoc) continue;
      Segment& segment = *merged.segment;
      const std::uint32_t to = merged.moved[i][doc];
      const Facts facts = read_facts(from->facts[doc]);
      for (std::uint32_t currency = 0; currency < kMostCurrencies; ++currency)
        segment.set_price(to, currency, from->price(doc, currency));
      segment.facts[to] = facts;
      for (std::size_t arm = 0; arm < now->arms.size(); ++arm)
        segment.rank(to, arm, now->arms[arm]->boost(facts, now->today));
    }
  }
  auto next = std::make_shared<Generation>(*now);
  std::erase_if(next->parts, [&](const Part& part) {
    return std::any_of(before.begin(), before.end(), [&](const Part& old) { return old.segment == part.segment; });
  });
  if (merged.segment->docs() != 0)
    next->parts.push_back({merged.segment, tombs->count == 0 ? nullptr : std::move(tombs)});
  publish(std::move(next));
}

void EmbeddedIndex::set_categories(std::span<const search_index::CategoryNode> nodes) {
  const std::lock_guard lock(writer_mutex_);
  reader_.set_categories(nodes);
  auto tree = std::make_shared<const Tree>(make_tree(nodes, dictionary_.categories));
  publish_changed([&](Generation& next) { next.tree = std::move(tree); });
}

Result<void> EmbeddedIndex::set_synonyms(std::string_view file) {
  TRY(Synonyms synonyms, Synonyms::parse(file));
  const std::lock_guard lock(writer_mutex_);
  auto shared = std::make_shared<const Synonyms>(std::move(synonyms));
  publish_changed([&](Generation& next) { next.synonyms = std::move(shared); });
  return {};
}

Result<void> EmbeddedIndex::set_rankings(std::span<const search_index::Ranking> arms) {
  if (arms.empty() || arms.size() > search_index::kMostArms)
    return fail(Errc::kInvalid, "search.arm", "There must be one ranking, and few.");
  for (const search_index::Ranking& arm : arms)
    for (const std::int32_t weight :
         {arm.text, arm.sales, arm.rating, arm.enough_reviews, arm.in_stock, arm.freshness, arm.together, arm.title,
          arm.brand, arm.attributes, arm.description, arm.saturation_tenths, arm.length_percent})
      if (weight < 0 || weight > 500) return fail(Errc::kInvalid, "search.arm", "Weights lie between 0 and 500.");
  const std::lock_guard lock(writer_mutex_);
  const auto now = generation();
  std::vector<std::shared_ptr<const Arm>> ready;
  for (const search_index::Ranking& arm : arms) ready.push_back(std::make_shared<const Arm>(arm));
  for (const Part& part : now->parts)
    for (std::size_t arm = 0; arm < ready.size(); ++arm) rank_all(*part.segment, arm, *ready[arm], now->today);
  publish_changed([&](Generation& next) { next.arms = std::move(ready); });
  return {};
}

search_index::Figure EmbeddedIndex::figure() const {
  const auto now = generation();
  search_index::Figure figure;
  figure.segments = static_cast<std::int64_t>(now->parts.size());
  figure.products = static_cast<std::int64_t>(now->living());
  figure.words = dictionary_.words.size();
  figure.bytes = static_cast<std::int64_t>(dictionary_.bytes());
  for (const Part& part : now->parts)
    figure.bytes += static_cast<std::int64_t>(part.segment->bytes() + (part.tombs ? part.tombs->bits.size() * 8 : 0));
  const std::lock_guard lock(writer_mutex_);
  figure.waiting = builder_.docs();
  return figure;
}

std::vector<ProductId> EmbeddedIndex::ids() const {
  const auto now = generation();
  std::vector<ProductId> ids;
  ids.reserve(now->living());
  for (const Part& part : now->parts)
    for (std::uint32_t doc = 0; doc < part.segment->docs(); ++doc)
      if (!part.removed(doc)) ids.push_back(ProductId{part.segment->ids[doc]});
  return ids;
}

std::vector<search_index::Completion> EmbeddedIndex::suggest(std::string_view prefix, std::size_t limit) const {
  std::shared_ptr<const Completions> all;
  {
    const std::lock_guard lock(generation_mutex_);
    all = completions_;
  }
  return all == nullptr ? std::vector<search_index::Completion>() : all->suggest(prefix, limit);
}

void EmbeddedIndex::set_completions(std::vector<search_index::Completion> completions) {
  auto all = std::make_shared<const Completions>(std::move(completions));
  const std::lock_guard lock(generation_mutex_);
  completions_.swap(all);
}

std::vector<std::vector<search_index::Piece>> EmbeddedIndex::highlight(std::span<const std::string_view> texts,
                                                                       const Query& query) const {
  const auto now = generation();
  Memory memory(*this);
  const search_index::Pause no_pause;
  Budget budget(query.work_limit, no_pause);
  Planner planner(dictionary_, *now, memory.get().stemmers, budget, query.corrects);
  const LanguageTag asked = language_tag(query.language), language = asked == kNeutral ? language_ : asked;
  const Plan plan = planner.plan(query.text, language, query.typing);
  const Marker marker(plan);
  std::vector<std::vector<search_index::Piece>> pieces;
  for (const std::string_view text : texts) pieces.push_back(marker.mark(text, language, planner));
  return pieces;
}

Result<void> EmbeddedIndex::save(const std::string& path, std::string_view position) {
  std::shared_ptr<const Generation> now;
  std::optional<DictionarySizes> sizes;
  {
    const std::lock_guard lock(writer_mutex_);
    seal(generation()->today);
    now = generation();
    sizes.emplace(dictionary_);
  }
  return write_snapshot(path, dictionary_, *sizes, *now, position);
}

Result<std::string> EmbeddedIndex::load(const std::string& path) {
  const std::lock_guard lock(writer_mutex_);
  KONTOR_ASSERT(dictionary_.terms() == 0 && generation()->parts.empty() && builder_.docs() == 0);
  TRY(Restored restored, read_snapshot(path, dictionary_));
  publish_changed([&](Generation& next) {
    next.parts = std::move(restored.parts);
    for (Part& part : next.parts)
      for (std::size_t arm = 0; arm < next.arms.size(); ++arm)
        rank_all(*part.segment, arm, *next.arms[arm], next.today);
  });
  return std::move(restored.position);
}

}  // namespace kontor::search_embedded
