// An allocator for std::allocate_shared that leaves room behind the object: both in one piece of memory.
#pragma once
#include <cstddef>
#include <new>

namespace kontor {

// Allocates what shared pointers need and `tail` bytes behind it; says at `*begin` where these begin.
template <class T>
struct WithTail {
  using value_type = T;
  std::size_t tail;
  char** begin;
  WithTail(std::size_t tail_, char** begin_) : tail(tail_), begin(begin_) {}
  template <class Other>
  WithTail(const WithTail<Other>& other) : tail(other.tail), begin(other.begin) {}
  T* allocate(std::size_t count) {
    auto* block = static_cast<char*>(::operator new(count * sizeof(T) + tail));
    *begin = block + count * sizeof(T);
    return reinterpret_cast<T*>(block);
  }
  void deallocate(T* block, std::size_t) { ::operator delete(block); }
  template <class Other>
  bool operator==(const WithTail<Other>&) const {
    return true;
  }
};

}  // namespace kontor
