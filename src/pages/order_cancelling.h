// The form on an order's page that cancels lines of it, and what it sent.
#pragma once
#include "pages/html.h"
#include "shop/orders/orders.h"

namespace kontor::pages {

bool may_cancel(orders::OrderState state);
// One field a line that has units left, each 0 at first, and the order's version, so that a form sent twice is one
// cancellation.
void put_cancelling(Html& out, const orders::Order& order);
// Without "what=lines" it means the whole order. kInvalid "pages.nothing_to_cancel" when no line was chosen or a
// quantity is no number.
Result<orders::CancelOrder> read_cancelling(const Form& form);

}  // namespace kontor::pages
