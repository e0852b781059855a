// A category of the tree in which products stand.
#pragma once
#include <cstdint>
#include <string>

#include "base/id.h"

namespace kontor::catalog {

struct Category {
  CategoryId id;
  CategoryId parent;  // 0: a root
  std::string name;
  std::string slug;
  std::string path;  // "Electronics > Laptops", for people
  std::int64_t version = 1;
};

}  // namespace kontor::catalog
