#include "shop/orders/order_document.h"

#include <algorithm>

namespace kontor::orders {
bool is_postal_code(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == ' ' || c == '-';
  });
}

}  // namespace kontor::orders
