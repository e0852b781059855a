// All SQL of checkout_oversold and checkout_shortages.
#pragma once
#include "ports/db.h"

namespace kontor::checkout {

extern const db::Query kNoteOversold;
extern const db::Query kForgetOversold;
extern const db::Query kOversold;
extern const db::Query kOpenShortage;
extern const db::Query kSetShortage;
extern const db::Query kMoveShortage;
extern const db::Query kPostponeShortage;
extern const db::Query kShortagesAt;
extern const db::Query kShortagesOfOrder;
extern const db::Query kShortagesDue;
extern const db::Query kShortagesAfter;
extern const db::Query kReservedAgain;

}  // namespace kontor::checkout
