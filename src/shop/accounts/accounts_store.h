// All SQL of accounts: accounts_customers.
#pragma once
#include "ports/db.h"

namespace kontor::accounts {

extern const db::Query kInsertCustomer;
extern const db::Query kFindCustomer;
extern const db::Query kFindByEmail;
extern const db::Query kCustomersAfter;
extern const db::Query kChangeCustomer;

}  // namespace kontor::accounts
