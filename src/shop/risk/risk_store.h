// All SQL of risk: risk_reviews, one row a purchase that staff look at, and risk_devices.
#pragma once
#include "ports/db.h"

namespace kontor::risk {

extern const db::Query kInsertReview;
extern const db::Query kFindReview;
extern const db::Query kReviewsBefore;
extern const db::Query kDecideReview;
extern const db::Query kFindDevice;
extern const db::Query kListDevice;
extern const db::Query kUnlistDevice;
extern const db::Query kDevicesAfter;

}  // namespace kontor::risk
