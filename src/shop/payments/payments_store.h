// All SQL of payments: payments_payments, one row an attempt that came to an order, payments_ledger, one row an entry
// with all its legs, and payments_settlements, one row a day.
#pragma once
#include "ports/db.h"

namespace kontor::payments {

struct Payment;
struct Entry;
// From rows of the columns that these statements name.
Payment payment_of(const db::Rows::Row& row);
Entry entry_of(const db::Rows::Row& row);

extern const db::Query kInsertPayment;
extern const db::Query kFindPayment;
extern const db::Query kSetPaymentState;
extern const db::Query kReleasePart;
extern const db::Query kAddEntry;
extern const db::Query kPaymentsAfter;
extern const db::Query kEntriesOfPayments;
extern const db::Query kEntriesOfPayment;
extern const db::Query kFindEntry;
extern const db::Query kLegsOfPayment;
extern const db::Query kNewestEntries;
extern const db::Query kEntriesBetween;
extern const db::Query kFirstEntry;
extern const db::Query kLedgerPiece;
extern const db::Query kLedgerSums;
extern const db::Query kSaveSettlement;
extern const db::Query kFindSettlement;
extern const db::Query kSettlementsBefore;

}  // namespace kontor::payments
