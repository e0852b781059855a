// The short number of an order for people: its id in Crockford's base32 without leading zeros, in groups of four from
// the right, so it is unique without a counter that every purchase would wait for, and leads back to the id without an
// index.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace kontor::orders {

std::string order_number(OrderId id);
// Takes lower case, blanks, missing dashes, and the letters people mistake (O for 0, I and L for 1).
std::optional<OrderId> parse_order_number(std::string_view number);

}  // namespace kontor::orders
