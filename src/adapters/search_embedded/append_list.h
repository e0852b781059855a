// A list that only grows and never moves what it holds: one thread appends while any number read what was there when
// they learnt of it. Blocks double in size, so that finding an element is a shift and an addition.
#pragma once
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace kontor::search_embedded {

template <class T>
class AppendList {
 public:
  AppendList() = default;
  AppendList(const AppendList&) = delete;
  AppendList& operator=(const AppendList&) = delete;
  ~AppendList() {
    for (auto& block : blocks_) delete[] block.load(std::memory_order_relaxed);
  }

  // How many there are; what is below may be read, if the writer published it before (an acquire pairs with push()).
  std::uint32_t size() const { return size_.load(std::memory_order_acquire); }
  T& operator[](std::uint32_t at) { return *slot(at); }
  const T& operator[](std::uint32_t at) const { return *slot(at); }

  // The writer's.
  std::uint32_t push(T value) {
    const std::uint32_t at = size_.load(std::memory_order_relaxed);
    const auto [block, offset] = place(at);
    if (offset == 0) blocks_[block].store(new T[std::size_t{kFirst} << block]{}, std::memory_order_release);
    blocks_[block].load(std::memory_order_relaxed)[offset] = std::move(value);
    size_.store(at + 1, std::memory_order_release);
    return at;
  }

  // Calls f(first, count, values) for runs that lie side by side, of the first `size` elements.
  template <class F>
  void each_run(std::uint32_t size, F&& f) const {
    for (std::uint32_t first = 0; first < size;) {
      const auto [block, offset] = place(first);
      const std::uint32_t room = (kFirst << block) - offset;
      const std::uint32_t count = size - first < room ? size - first : room;
      f(first, count, blocks_[block].load(std::memory_order_acquire) + offset);
      first += count;
    }
  }

 private:
  static constexpr std::uint32_t kFirst = 1024;
  static std::pair<std::uint32_t, std::uint32_t> place(std::uint32_t at) {
    const auto block = static_cast<std::uint32_t>(std::bit_width((at >> 10) + 1) - 1);
    return {block, at - kFirst * ((1u << block) - 1)};
  }
  T* slot(std::uint32_t at) const {
    const auto [block, offset] = place(at);
    return blocks_[block].load(std::memory_order_acquire) + offset;
  }

  std::array<std::atomic<T*>, 22> blocks_{};
  std::atomic<std::uint32_t> size_{0};
};

}  // namespace kontor::search_embedded
