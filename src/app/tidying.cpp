// What time makes useless, removed in small chunks with rests between them, so that buyers' writes hardly wait.
#include "app/shop.h"

namespace kontor::app {
namespace {

constexpr int kChunk = 500;   // rows
constexpr int kChunks = 200;  // of one kind in one go; the rest is for the next
constexpr std::int64_t kChunkRestMs = 10;
constexpr int kCartLooks = 20;  // each at 500 carts, in turn

}  // namespace

// Repeats `chunk`, which answers how many rows it removed, while it finds a whole chunk to remove.
Result<void> Shop::in_chunks(const std::function<Result<int>()>& chunk) {
  for (int i = 0; i < kChunks && !stopping_.load(); ++i) {
    TRY(const int removed, chunk());
    if (removed < kChunk) break;
    runtime::sleep_for(kChunkRestMs);
  }
  return {};
}

Result<void> Shop::tidy() {
  const Time now = world.clock.now();
  for (int look = 0; look < kCartLooks && !stopping_.load() && degradation.keeps_house(); ++look) {
    TRY_DO(carts.sweep_expired());
    if (carts.sweep_begins_anew()) break;  // the round is whole
    runtime::sleep_for(kChunkRestMs);
  }
  TRY_DO(in_chunks([&] { return named_carts.prune(kChunk); }));
  TRY_DO(in_chunks([&] { return idempotency.prune(kChunk); }));
  TRY_DO(in_chunks([&] { return jobs.prune(now.plus_ms(-7 * kDayMs), kChunk); }));
  TRY_DO(in_chunks([&] { return webhooks.prune(now.plus_ms(-7 * kDayMs), kChunk); }));
  TRY_DO(in_chunks([&] { return live.prune_tickets(now.plus_ms(-2 * kMinuteMs), kChunk); }));
  TRY_DO(in_chunks([&] { return sales.prune(kChunk); }));
  TRY_DO(in_chunks([&] { return catalog.addresses().name_brands(kChunk); }));
  TRY_DO(in_chunks([&] { return behaviour.prune(kChunk); }));
  for (const auto& stream : world.events.streams()) {
    TRY(const auto passed, consumers.passed(stream));
    TRY_DO(in_chunks(
        [&] { return world.events.prune(stream, passed, now.plus_ms(-settings.event_keep_days * kDayMs), kChunk); }));
  }
  return {};
}

}  // namespace kontor::app
