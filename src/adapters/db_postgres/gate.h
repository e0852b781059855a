// The gate of a database: an empty table, whose lock says who writes. A batch takes it alone; a function that runs by
// itself takes it together with others of its kind, and is kept apart from those by SERIALIZABLE. LOCK takes no
// snapshot, so whoever has it sees all that was committed by those before.
#pragma once

namespace kontor::db_postgres {

inline constexpr const char* kGateMake = "CREATE TABLE IF NOT EXISTS kontor_gate (unused BIGINT)";
inline constexpr const char* kGateAlone = "LOCK TABLE kontor_gate IN EXCLUSIVE MODE";
inline constexpr const char* kGateTogether = "LOCK TABLE kontor_gate IN ROW EXCLUSIVE MODE";

}  // namespace kontor::db_postgres
