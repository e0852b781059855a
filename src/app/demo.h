// The demo catalogue for a store that has no product yet: sellers, warehouses, pictures and products of src/demo.
#pragma once
#include <string>

#include "app/shop.h"

namespace kontor::app {

struct DemoFill {
  std::int64_t products = 0;  // 0: nothing was to be done
  std::int64_t pictures = 0;
  std::int64_t shops = 0;
  bool went_on = false;  // an earlier filling had been interrupted
};

// Fills an empty store with `count` products, or goes on where an interrupted filling was; a store with other products,
// and one that is filled, is left alone. `folder` takes a file while it lasts.
Result<DemoFill> fill_with_demo(Shop& shop, const std::string& folder, std::int64_t count);

}  // namespace kontor::app
