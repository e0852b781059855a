// How the taxes of an order read on invoices and pages.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "shop/orders/order_document.h"

namespace kontor::orders {

// "19 %", "8.875 %"; parts per million.
std::string percent_text(std::int64_t rate_ppm);
// A label and an amount each: the taxes one by one, or all of it where the order has no breakdown; nothing where there
// is no tax.
std::vector<std::pair<std::string, Money>> tax_lines(const OrderTotals& totals);
// A sentence about why no tax is due, or how sure it is; "" where there is nothing to say.
std::string tax_note(const OrderTotals& totals);

}  // namespace kontor::orders
