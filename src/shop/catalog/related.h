// What staff put beside a product: each kind in their order. Kept both ways: a product that is removed takes its own
// list along and goes from those of others. Whether one of them is sold is asked when they are shown.
#pragma once
#include <cstddef>
#include <vector>

#include "base/described.h"
#include "base/id.h"

namespace kontor::catalog {

inline constexpr std::size_t kMostRelated = 50;  // of each kind

struct RelatedProducts {
  std::vector<ProductId> related, accessory, alternative;

  static constexpr auto fields() {
    using V = RelatedProducts;
    constexpr Length kSome{0, kMostRelated};
    return described(Field("related", &V::related, "Whoever looks at it may like these", kSome, Default{}),
                     Field("accessory", &V::accessory, "What goes with it", kSome, Default{}),
                     Field("alternative", &V::alternative, "What may be bought instead", kSome, Default{}));
  }
};

}  // namespace kontor::catalog
