// A memory of what was refused a moment ago, in front of the store: who asks for more of an offer than there was when
// the store last refused it is turned away without a transaction, so that ten thousand who want the last unit cost ten
// thousand looks at a map. Never the last word: it forgets an offer when anything of it comes back, by this process at
// once, by another with its event, and in any case after `keep_ms`; and it never lets anybody have anything. Safe from
// any thread.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "ports/clock.h"

namespace kontor::inventory {

struct Demand;

class SoldOut {
 public:
  explicit SoldOut(Clock& clock, std::int64_t keep_ms) : clock_(clock), keep_ms_(keep_ms) {}

  // Before the store is asked: what remember() needs to know that nothing came back since.
  std::uint64_t look() const { return forgotten_.load(); }
  bool remembers() const { return remembered_.load() > 0; }
  // The store's own refusal of such a request, where it would surely come; lines that are not remembered are not said.
  std::optional<Error> refusal(std::span<const Demand> lines);
  // The store refused the lines with this error after look().
  void remember(std::span<const Demand> lines, const Error& refused, std::uint64_t look);
  // Something of the offer came back, or is about to: harmless inside a write function that is undone.
  void forget(OfferId offer);

 private:
  struct Entry {
    std::int64_t available = 0;
    std::int64_t backorder = 0;
    Time at;
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<OfferId, Entry> entries;
    std::uint64_t forgotten = 0;  // when something of it last came back
  };
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kMostOfAShard = 1000;
  Shard& shard_of(OfferId offer) { return shards_[static_cast<std::uint64_t>(offer.value) % kShards]; }

  Clock& clock_;
  const std::int64_t keep_ms_;
  std::atomic<std::int64_t> remembered_{0};  // over all shards: nearly always none
  std::atomic<std::uint64_t> forgotten_{0};  // counts
  std::array<Shard, kShards> shards_;
};

}  // namespace kontor::inventory
