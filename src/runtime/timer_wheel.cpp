#include "runtime/timer_wheel.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace kontor::runtime {
namespace {
constexpr std::size_t slot_of(std::int64_t tick, std::size_t slots) { return static_cast<std::size_t>(tick) % slots; }
}  // namespace

std::uint32_t TimerWheel::take_node() {
  if (free_ != kNone) return std::exchange(free_, nodes_[free_].next);
  nodes_.emplace_back();
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void TimerWheel::release(std::uint32_t index) {
  Node& node = nodes_[index];
  ++node.generation;
  node.running = false;
  node.previous = kNone;
  node.next = std::exchange(free_, index);
  --size_;
}

void TimerWheel::link(std::uint32_t index) {
  Node& node = nodes_[index];
  if (exact_) {
    ordered_.emplace(node.due, node.order, index);
    return;
  }
  const std::size_t slot = slot_of(node.due, kSlots);
  node.previous = kNone;
  node.next = slots_[slot];
  if (node.next != kNone) nodes_[node.next].previous = index;
  slots_[slot] = index;
  filled_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerWheel::unlink(std::uint32_t index) {
  Node& node = nodes_[index];
  if (exact_) {
    ordered_.erase(Key{node.due, node.order, index});
    return;
  }
  const std::size_t slot = slot_of(node.due, kSlots);
  if (node.previous != kNone) {
    nodes_[node.previous].next = node.next;
  } else {
    slots_[slot] = node.next;
    if (node.next == kNone) filled_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  }
  if (node.next != kNone) nodes_[node.next].previous = node.previous;
}

TimerWheel::Id TimerWheel::start(std::int64_t now_ms, std::int64_t after_ms, std::function<void()> callback) {
  const std::int64_t due_ms = now_ms + std::max<std::int64_t>(after_ms, 0);
  const std::uint32_t index = take_node();
  Node& node = nodes_[index];
  node.callback = std::move(callback);
  node.order = next_order_++;
  node.running = true;
  if (exact_) {
    node.due = due_ms;
  } else {
    if (size_ == 0) last_tick_ = now_ms / kTickMs;  // nothing waited, so nothing was missed
    // The slots up to last_tick_ were looked at already.
    node.due = std::max((due_ms + kTickMs - 1) / kTickMs, last_tick_ + 1);
  }
  ++size_;
  link(index);
  return (Id{node.generation} << 32) | index;
}

void TimerWheel::cancel(Id id) {
  const auto index = static_cast<std::uint32_t>(id);
  if (id == 0 || index >= nodes_.size()) return;
  Node& node = nodes_[index];
  if (!node.running || node.generation != static_cast<std::uint32_t>(id >> 32)) return;
  unlink(index);
  node.callback = nullptr;
  release(index);
}

void TimerWheel::collect(std::int64_t now_ms) {
  due_.clear();
  const auto note = [this](std::uint32_t index) { due_.push_back((Id{nodes_[index].generation} << 32) | index); };
  if (exact_) {
    for (auto it = ordered_.begin(); it != ordered_.end() && std::get<0>(*it) <= now_ms; ++it) note(std::get<2>(*it));
    return;
  }
  const std::int64_t tick = now_ms / kTickMs;
  const std::int64_t first = std::max(last_tick_ + 1, tick - static_cast<std::int64_t>(kSlots) + 1);
  for (std::int64_t at = first; at <= tick; ++at) {
    for (auto index = slots_[slot_of(at, kSlots)]; index != kNone; index = nodes_[index].next) {
      if (nodes_[index].due <= tick) note(index);
    }
  }
  last_tick_ = std::max(last_tick_, tick);
  std::sort(due_.begin(), due_.end(), [this](Id a, Id b) {
    const Node& left = nodes_[static_cast<std::uint32_t>(a)];
    const Node& right = nodes_[static_cast<std::uint32_t>(b)];
    return std::tie(left.due, left.order) < std::tie(right.due, right.order);
  });
}

std::size_t TimerWheel::fire(std::int64_t now_ms) {
  if (size_ == 0) return 0;
  if (!exact_ && now_ms / kTickMs <= last_tick_) return 0;
  collect(now_ms);
  std::size_t fired = 0;
  // A callback may start or cancel timers, so each id is looked up again.
  const std::vector<Id> due = std::move(due_);
  for (const Id id : due) {
    const auto index = static_cast<std::uint32_t>(id);
    if (!nodes_[index].running || nodes_[index].generation != static_cast<std::uint32_t>(id >> 32)) continue;
    unlink(index);
    const auto callback = std::exchange(nodes_[index].callback, nullptr);
    release(index);
    callback();
    ++fired;
  }
  return fired;
}

std::int64_t TimerWheel::until_next(std::int64_t now_ms) const {
  if (size_ == 0) return -1;
  if (exact_) return std::max<std::int64_t>(std::get<0>(*ordered_.begin()) - now_ms, 0);
  for (std::int64_t at = last_tick_ + 1; at <= last_tick_ + static_cast<std::int64_t>(kSlots);) {
    const std::size_t slot = slot_of(at, kSlots);
    const std::uint64_t rest = filled_[slot / 64] >> (slot % 64);
    if (rest != 0) return std::max<std::int64_t>((at + std::countr_zero(rest)) * kTickMs - now_ms, 0);
    at += static_cast<std::int64_t>(64 - slot % 64);
  }
  return kTickMs * static_cast<std::int64_t>(kSlots);
}

void TimerWheel::clear() {
  for (std::uint32_t index = 0; index < nodes_.size(); ++index) {
    if (nodes_[index].running) cancel((Id{nodes_[index].generation} << 32) | index);
  }
}

}  // namespace kontor::runtime
