// All SQL of payments: payments_payments, one row an attempt that came to an order, and payments_ledger, double
// entries.
#pragma once
#include "ports/db.h"

namespace kontor::payments {

extern const db::Query kInsertPayment;
extern const db::Query kFindPayment;
extern const db::Query kSetPaymentState;
extern const db::Query kAddEntry;
extern const db::Query kPaymentsAfter;
extern const db::Query kEntriesOfPayments;

}  // namespace kontor::payments
