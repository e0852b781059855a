#include "shop/inventory/sold_out.h"

#include <algorithm>
#include <map>

#include "runtime/json.h"
#include "shop/inventory/inventory.h"

namespace kontor::inventory {
namespace {

struct WantedOfOffer {
  std::int64_t quantity = 0;
  std::int64_t backorder = 0;
};
std::map<OfferId, WantedOfOffer> by_offer(std::span<const Demand> lines) {
  std::map<OfferId, WantedOfOffer> out;
  for (const Demand& line : lines) {
    auto& wanted = out[line.offer];
    wanted.quantity += line.quantity;
    wanted.backorder = std::max(wanted.backorder, line.backorder);
  }
  return out;
}

// What out_of_stock() puts into the problem document.
struct Lines {
  std::vector<Shortage> lines;
  static constexpr auto fields() { return described(Field("lines", &Lines::lines, "What could not be had")); }
};

}  // namespace

std::optional<Error> SoldOut::refusal(std::span<const Demand> lines) {
  if (remembered_.load() == 0) return std::nullopt;
  const Time now = clock_.now();
  std::vector<Shortage> missing;
  for (const auto& [offer, wanted] : by_offer(lines)) {
    Shard& shard = shard_of(offer);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(offer);
    if (found == shard.entries.end()) continue;
    const Entry& entry = found->second;
    if (now < entry.at || now >= entry.at.plus_ms(keep_ms_)) {  // a clock that was set back is no reason to refuse
      shard.entries.erase(found);
      remembered_.fetch_sub(1);
      continue;
    }
    if (wanted.backorder <= entry.backorder && wanted.quantity > entry.available)
      missing.push_back({offer, wanted.quantity, entry.available});
  }
  if (missing.empty()) return std::nullopt;
  return out_of_stock(missing);
}

void SoldOut::remember(std::span<const Demand> lines, const Error& refused, std::uint64_t look) {
  if (keep_ms_ == 0) return;
  const auto said = json::read<Lines>("{" + refused.members + "}");
  if (!said) return;
  const auto wanted = by_offer(lines);
  const Time now = clock_.now();
  for (const Shortage& line : said->lines) {
    const auto asked = wanted.find(line.offer);
    if (asked == wanted.end()) continue;
    Shard& shard = shard_of(line.offer);
    const std::lock_guard lock(shard.mutex);
    if (shard.forgotten > look || shard.entries.size() >= kMostOfAShard) continue;
    if (shard.entries.insert_or_assign(line.offer, Entry{line.available, asked->second.backorder, now}).second)
      remembered_.fetch_add(1);
  }
}

void SoldOut::forget(OfferId offer) {
  const std::uint64_t now = forgotten_.fetch_add(1) + 1;
  Shard& shard = shard_of(offer);
  const std::lock_guard lock(shard.mutex);
  shard.forgotten = now;
  if (shard.entries.erase(offer) > 0) remembered_.fetch_sub(1);
}

}  // namespace kontor::inventory
