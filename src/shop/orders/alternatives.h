// What a buyer may have in place of what is not there: a small face that modules ask and the wiring fulfils, since
// orders know no catalogue.
#pragma once
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"

namespace kontor::orders {

struct Alternative {
  ProductId product_id;
  OfferId offer_id;
  std::string title;
  Money price;
  std::string url;

  static constexpr auto fields() {
    using A = Alternative;
    return described(Field("product_id", &A::product_id, "The product"), Field("offer_id", &A::offer_id, "The offer"),
                     Field("title", &A::title, "Its name"), Field("price", &A::price, "Of one"),
                     Field("url", &A::url, "Its page"));
  }
};

class AlternativeSource {
 public:
  virtual ~AlternativeSource() = default;
  // What is for sale now: other offers of the product first, then its category's products. At most `most`.
  virtual Result<std::vector<Alternative>> alternatives(OfferId offer, int most) = 0;
};

}  // namespace kontor::orders
