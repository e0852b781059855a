// All SQL of checkout: checkout_checkouts (the journal), checkout_quotes,
// checkout_order_cancellations (and checkout_cancellations, which the version before wrote).
#pragma once
#include "ports/db.h"

namespace kontor::checkout {

extern const db::Query kInsertJournal;
extern const db::Query kApplyChange;
extern const db::Query kFreeKey;
extern const db::Query kForgetPlan;
extern const db::Query kLease;
extern const db::Query kFindJournal;
extern const db::Query kFindByKey;
extern const db::Query kDueJournals;
extern const db::Query kJournalsAfter;

extern const db::Query kInsertQuote;
extern const db::Query kFindQuote;
extern const db::Query kPruneQuotes;

extern const db::Query kOpenCancellation;
struct CancellationQueries {
  db::Query due, lease, close, delay;
};
extern const CancellationQueries kCancellations[2];  // those of now, and those of the version before

}  // namespace kontor::checkout
