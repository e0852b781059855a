#include "adapters/cache_memory/memory_cache.h"

#include <charconv>

namespace kontor::cache_memory {
namespace {

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

MemoryCache::Entries::iterator MemoryCache::Shard::find(std::string_view key, std::int64_t now) {
  const auto at = entries.find(key);
  if (at == entries.end()) return at;
  const std::int64_t left = at->second.end->first - now;
  if (left > 0 && left <= at->second.ttl_ms) return at;
  erase(at);
  return entries.end();
}

void MemoryCache::Shard::erase(Entries::iterator at) {
  weight -= weight_of(at->first, at->second.value);
  ends.erase(at->second.end);
  entries.erase(at);
}

void MemoryCache::Shard::keep(std::string_view key, std::string value, std::int64_t now, std::int64_t ttl_ms) {
  auto at = entries.find(key);
  if (at != entries.end()) {
    weight -= weight_of(key, at->second.value);
    ends.erase(at->second.end);
  } else {
    at = entries.emplace(std::string(key), Entry{}).first;
  }
  weight += weight_of(key, value);
  at->second.value = std::move(value);
  at->second.ttl_ms = ttl_ms;
  at->second.end = ends.emplace(now + ttl_ms, &at->first);
}

void MemoryCache::Shard::make_room(std::size_t limit, std::int64_t now) {
  while (weight > limit && !ends.empty()) {
    const auto first = ends.begin();
    if (first->first > now) ++evicted;
    erase(entries.find(*first->second));
  }
}

std::optional<std::string> MemoryCache::look(std::string_view key, std::int64_t now) {
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto at = shard.find(key, now);
  if (at == shard.entries.end()) {
    ++shard.misses;
    return std::nullopt;
  }
  ++shard.hits;
  return at->second.value;
}

Result<std::optional<std::string>> MemoryCache::get(std::string_view key) {
  TRY_DO(check_cache_key(key));
  return look(key, clock_.now().ms);
}

Result<std::vector<std::optional<std::string>>> MemoryCache::get_many(std::span<const std::string> keys) {
  for (const std::string& key : keys) TRY_DO(check_cache_key(key));
  std::vector<std::optional<std::string>> found;
  found.reserve(keys.size());
  const std::int64_t now = clock_.now().ms;
  for (const std::string& key : keys) found.push_back(look(key, now));
  return found;
}

Result<void> MemoryCache::put(std::string_view key, std::string_view value, std::int64_t ttl_ms) {
  TRY_DO(check_cache_key(key));
  TRY_DO(check_cache_value(value));
  TRY_DO(check_cache_ttl(ttl_ms));
  Shard& shard = shard_of(key);
  const std::int64_t now = clock_.now().ms;
  const std::lock_guard lock(shard.mutex);
  if (weight_of(key, value) > shard_bytes_) {
    if (const auto at = shard.entries.find(key); at != shard.entries.end()) shard.erase(at);
    return {};
  }
  shard.keep(key, std::string(value), now, ttl_ms);
  shard.make_room(shard_bytes_, now);
  return {};
}

Result<bool> MemoryCache::remove(std::string_view key) {
  TRY_DO(check_cache_key(key));
  Shard& shard = shard_of(key);
  const std::lock_guard lock(shard.mutex);
  const auto at = shard.find(key, clock_.now().ms);
  if (at == shard.entries.end()) return false;
  shard.erase(at);
  return true;
}

Result<std::int64_t> MemoryCache::add(std::string_view key, std::int64_t amount, std::int64_t ttl_ms) {
  TRY_DO(check_cache_key(key));
  TRY_DO(check_cache_ttl(ttl_ms));
  Shard& shard = shard_of(key);
  const std::int64_t now = clock_.now().ms;
  const std::lock_guard lock(shard.mutex);
  const auto at = shard.find(key, now);
  const auto before = at == shard.entries.end() ? std::optional<std::int64_t>(0) : number_in(at->second.value);
  std::int64_t sum = 0;
  if (!before || __builtin_add_overflow(*before, amount, &sum))
    return fail(Errc::kConflict, "cache.no_number", "What the cache holds there is no number that can be added to.");
  shard.keep(key, std::to_string(sum), now, ttl_ms);
  shard.make_room(shard_bytes_, now);
  return sum;
}

runtime::CacheStats MemoryCache::stats() const {
  runtime::CacheStats sum;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    sum.hits += shard.hits;
    sum.misses += shard.misses;
    sum.evicted += shard.evicted;
    sum.entries += shard.entries.size();
    sum.weight += shard.weight;
  }
  return sum;
}

}  // namespace kontor::cache_memory
