// What the server says of the tables that statements may be understood of (footprint.h). Read once: a table made later
// is not understood until the program starts again or migrates.
#pragma once
#include <optional>

#include "adapters/db_postgres/connection.h"
#include "adapters/db_postgres/footprint.h"

namespace kontor::db_postgres {

std::optional<Failure> load_catalogue(Connection& connection, Catalogue& catalogue);

}  // namespace kontor::db_postgres
