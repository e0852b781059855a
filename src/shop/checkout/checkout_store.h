// All SQL of checkout: checkout_checkouts (the journal), checkout_quotes, checkout_cancellations.
#pragma once
#include "ports/db.h"

namespace kontor::checkout {

extern const db::Query kInsertJournal;
extern const db::Query kApplyChange;
extern const db::Query kFreeKey;
extern const db::Query kLease;
extern const db::Query kFindJournal;
extern const db::Query kFindByKey;
extern const db::Query kDue;
extern const db::Query kJournalsAfter;

extern const db::Query kInsertQuote;
extern const db::Query kFindQuote;
extern const db::Query kPruneQuotes;

extern const db::Query kOpenCancellation;
extern const db::Query kCancellationsDue;
extern const db::Query kLeaseCancellation;
extern const db::Query kCloseCancellation;
extern const db::Query kDelayCancellation;

}  // namespace kontor::checkout
