#include "services/visitors.h"

#include <doctest/doctest.h>

namespace kontor::services {
namespace {

TEST_CASE("visitors: the same number for the same customer and secret, none for nobody") {
  const Visitors visitors("a secret of sixteen"), again("a secret of sixteen"), others("another secret, longer");
  const CustomerId one{123456789}, two{123456790};
  CHECK(visitors.number(one) == again.number(one));
  CHECK(visitors.number(one) != visitors.number(two));
  CHECK(visitors.number(one) != others.number(one));
  CHECK(visitors.number({}) == 0);
}

}  // namespace
}  // namespace kontor::services
