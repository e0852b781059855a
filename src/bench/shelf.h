// What the visitors of a measurement know of the shop: products and categories, found over its API as anybody would.
#pragma once
#include <string>
#include <vector>

#include "bench/target.h"

namespace kontor::bench {

struct Shelf {
  struct Product {
    std::string id;
    std::string slug;
  };
  std::vector<Product> products;        // in stock
  std::vector<std::string> categories;  // slugs
  std::vector<std::string> words;       // of titles, each once
};

// At most `most` products. kUnavailable when the shop does not answer; kNotFound "bench.nothing_in_stock".
Result<Shelf> look_around(const Target& target, std::size_t most);

}  // namespace kontor::bench
