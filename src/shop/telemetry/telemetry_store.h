// All SQL of telemetry: telemetry_* in the home `telemetry`. Days are days since 1970.
#pragma once
#include "ports/db.h"

namespace kontor::telemetry::store {

extern const db::Query kAddToDay;
extern const db::Query kAddToProduct;
extern const db::Query kAddToQuery;
extern const db::Query kAddToKnownQuery;
extern const db::Query kAddToArm;
extern const db::Query kAddSale;

extern const db::Query kPopular;
extern const db::Query kVisitorsOf;
extern const db::Query kSoldOf;
extern const db::Query kAllSold;
extern const db::Query kChangedSales;
extern const db::Query kSeenOf;
extern const db::Query kSalesOf;

extern const db::Query kTotals;
extern const db::Query kMostSearched;
extern const db::Query kWithoutResults;
extern const db::Query kArms;
extern const db::Query kTopProducts;

extern const db::Query kQueriesOfDay;
extern const db::Query kPruneTail;
extern const db::Query kPruneRare;
extern const db::Query kPruneDays;
extern const db::Query kPruneProducts;
extern const db::Query kPruneSales;
extern const db::Query kPruneQueries;
extern const db::Query kPruneArms;

}  // namespace kontor::telemetry::store
