// A list made a set: in ascending order, each value once.
#pragma once
#include <algorithm>
#include <vector>

namespace kontor::search_embedded {

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace kontor::search_embedded
