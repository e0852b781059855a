// The SQL of refunds: checkout_refunds.
#pragma once
#include "ports/db.h"

namespace kontor::checkout {

extern const db::Query kOpenRefund;
extern const db::Query kRefundsOfOrder;
extern const db::Query kRefundsDue;
extern const db::Query kLeaseRefund;
extern const db::Query kDelayRefund;
extern const db::Query kCloseRefund;

}  // namespace kontor::checkout
