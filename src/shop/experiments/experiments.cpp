#include "shop/experiments/experiments.h"

#include "base/assert.h"
#include "runtime/rings.h"
#include "shop/experiments/experiments_store.h"
#include "shop/experiments/experiments_table.h"

namespace kontor::experiments {
namespace {

constexpr std::size_t kRingPlaces = 4096;       // of exposures that a thread has not handed over
constexpr std::size_t kMostAtOnce = 100'000;    // handed over by one drain
constexpr std::size_t kChunk = 500;             // rows a write
constexpr std::int64_t kRecountEvery = 10'000;  // new visitors of an experiment

}  // namespace

struct Experiments::Exposure {
  std::int64_t experiment = 0, visitor = 0, arm = 0, at = 0;
};
struct Experiments::Queue {
  struct Count {
    std::int64_t visitors = 0, since = 0;  // when last counted, and who may have come since
  };
  runtime::Rings<Exposure> rings{kRingPlaces};
  std::atomic<bool> woken{false}, draining{false};
  std::map<std::int64_t, Count> counts;  // of the draining fiber
  std::vector<Exposure> waiting;         // likewise: what the store did not take
};

Experiments::Experiments(const Parts& parts, Settings settings)
    : parts_(parts), settings_(std::move(settings)), queue_(std::make_unique<Queue>()) {}
Experiments::~Experiments() = default;

void Experiments::add_subject(Subject subject) {
  const std::string name = subject.name;
  KONTOR_ASSERT(!name.empty() && subjects_.emplace(name, std::move(subject)).second);
}

void Experiments::on_change(std::function<void()> told) { told_ = std::move(told); }

Choice Experiments::choose(std::string_view subject, std::uint64_t visitor) const {
  if (visitor == 0) return {};
  const auto table = table_.get();
  if (table == nullptr || table->by_subject.empty()) return {};
  const auto found = table->by_subject.find(subject);
  if (found == table->by_subject.end()) return {};
  const auto& running = found->second;
  const std::size_t arm = running->arm_of(visitor);
  return {arm, running->arms[arm].label, running->arms[arm].configuration, running};
}

bool Experiments::runs(std::string_view subject) const {
  const auto table = table_.get();
  return table != nullptr && table->by_subject.find(subject) != table->by_subject.end();
}

std::vector<std::shared_ptr<const json::Raw>> Experiments::arms(std::string_view subject) const {
  std::vector<std::shared_ptr<const json::Raw>> out;
  const auto table = table_.get();
  if (table == nullptr) return out;
  const auto found = table->by_subject.find(subject);
  if (found == table->by_subject.end()) return out;
  for (const CompiledArm& arm : found->second->arms) out.push_back(arm.configuration);
  return out;
}

void Experiments::exposed(const Choice& choice, std::uint64_t visitor) {
  if (choice.of == nullptr || visitor == 0 || !choice.of->is_new(visitor)) return;
  using Pushed = runtime::Rings<Exposure>::Pushed;
  const auto pushed = queue_->rings.push({choice.of->id.value, static_cast<std::int64_t>(visitor),
                                          static_cast<std::int64_t>(choice.arm), parts_.clock.now().ms});
  if (pushed == Pushed::kNo) return;  // shown again, they are noted then, if another came to their place meanwhile
  const bool first = !queue_->woken.load(std::memory_order_relaxed) && !queue_->woken.exchange(true);
  if ((first || pushed == Pushed::kHalfFull) && settings_.wake) settings_.wake();
}

// How many visitors each has; those that have enough take no more in.
Result<void> Experiments::recount(const std::vector<ExperimentId>& experiments) {
  for (const ExperimentId id : experiments) {
    auto& count = queue_->counts[id.value];
    TRY_DO(parts_.store.look(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
      TRY(count.visitors, store::count_visitors(tx, id));
      return {};
    }));
    count.since = 0;
  }
  return {};
}

Result<int> Experiments::drain() {
  Queue& queue = *queue_;
  KONTOR_ASSERT(!queue.draining.exchange(true));
  struct Done {
    std::atomic<bool>& flag;
    ~Done() { flag.store(false); }
  } done{queue.draining};
  queue.woken.store(false);
  if (queue.waiting.size() < kMostAtOnce)
    queue.rings.drain(kMostAtOnce, [&](const Exposure& one) { queue.waiting.push_back(one); });
  if (queue.waiting.empty()) return 0;
  std::vector<ExperimentId> uncounted;
  std::map<std::int64_t, std::int64_t> coming;
  for (const Exposure& one : queue.waiting) ++coming[one.experiment];
  for (const auto& [id, many] : coming) {
    auto [at, fresh] = queue.counts.try_emplace(id);
    if (fresh || at->second.since >= kRecountEvery) uncounted.push_back(ExperimentId{id});
  }
  TRY_DO(recount(uncounted));
  std::erase_if(queue.waiting,
                [&](const Exposure& one) { return queue.counts[one.experiment].visitors >= settings_.most_visitors; });
  int rows = 0;
  while (!queue.waiting.empty()) {
    const std::size_t size = std::min(kChunk, queue.waiting.size());
    const auto chunk = std::span(queue.waiting).last(size);
    std::vector<std::vector<db::Param>> sets;
    for (const Exposure& one : chunk) sets.push_back({one.experiment, one.visitor, one.arm, one.at});
    TRY_DO(parts_.store.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(tx.run_each(store::kNoteVisitor, sets));
      return {};
    }));
    for (const Exposure& one : chunk) ++queue.counts[one.experiment].since;
    rows += static_cast<int>(size);
    queue.waiting.resize(queue.waiting.size() - size);
  }
  return rows;
}

Result<void> Experiments::take_over(CustomerId into, CustomerId from) {
  const auto table = table_.get();
  if (table == nullptr || table->counted.empty() || !into || !from) return {};
  const auto number = [&](CustomerId id) { return static_cast<std::int64_t>(parts_.visitors.number(id)); };
  const std::int64_t to = number(into), of = number(from);
  return parts_.store.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    for (const auto& one : table->counted) {
      TRY_DO(tx.run(store::kRenameVisitor, one.id, of, to));
      TRY_DO(tx.run(store::kForgetIdle, one.id, of));
    }
    return {};
  });
}

Result<void> Experiments::forget(CustomerId customer) {
  const auto table = table_.get();
  const std::uint64_t visitor = parts_.visitors.number(customer);
  if (table == nullptr || table->counted.empty() || visitor == 0) return {};
  for (const auto& [subject, running] : table->by_subject) running->forget(visitor);
  return parts_.store.write(db::Home::kTelemetry, [&](db::Tx& tx) -> Result<void> {
    for (const auto& one : table->counted)
      TRY_DO(tx.run(store::kForgetVisitor, one.id, static_cast<std::int64_t>(visitor)));
    return {};
  });
}

Result<void> Experiments::count(db::Tx& tx, std::span<const Purchase> purchases) const {
  const auto table = table_.get();
  if (table == nullptr || table->counted.empty()) return {};
  const auto rates = settings_.exchange ? settings_.exchange() : nullptr;
  std::vector<std::vector<db::Param>> sets;
  for (const Purchase& one : purchases) {
    const auto visitor = static_cast<std::int64_t>(parts_.visitors.number(one.customer));
    if (visitor == 0) continue;
    const auto total = Exchange(rates).convert(one.total, settings_.currency);
    const std::int64_t revenue = total ? total->amount_minor() : 0;  // without a rate the order counts, its money not
    for (const auto& experiment : table->counted)
      if (!experiment.until || one.at <= *experiment.until) sets.push_back({experiment.id, visitor, one.at, revenue});
  }
  if (!sets.empty()) TRY_DO(tx.run_each(store::kCountOrder, sets));
  return {};
}

}  // namespace kontor::experiments
