// Every customer who has a row, for other programs.
#pragma once
#include "services/exporting.h"
#include "shop/accounts/accounts.h"

namespace kontor::accounts {

// id, e-mail, name and times; CSV texts are guarded against spreadsheets. `accounts` outlives the pieces.
services::Export customer_export(Accounts& accounts);

}  // namespace kontor::accounts
