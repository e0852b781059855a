// The gates of a database: empty tables, whose locks say who writes. A batch takes one alone; a function that runs by
// itself takes it together with others of its kind, and is kept apart from those by SERIALIZABLE. LOCK takes no
// snapshot, so whoever has it sees all that was committed by those before.
//
// What visitors do has a gate of its own: it is written by functions that touch nothing else, whose rows no purchase
// wants, so neither waits for the other. A function that touches both takes both, the shop's first.
#pragma once
#include "ports/db.h"

namespace kontor::db_postgres {

enum class Gate { kShop, kBehaviour };

inline constexpr const char* kGatesMake =
    "CREATE TABLE IF NOT EXISTS kontor_gate (unused BIGINT);"
    "CREATE TABLE IF NOT EXISTS kontor_gate_behaviour (unused BIGINT)";
constexpr const char* alone(Gate gate) {
  return gate == Gate::kShop ? "LOCK TABLE kontor_gate IN EXCLUSIVE MODE"
                             : "LOCK TABLE kontor_gate_behaviour IN EXCLUSIVE MODE";
}
constexpr const char* together(Gate gate) {
  return gate == Gate::kShop ? "LOCK TABLE kontor_gate IN ROW EXCLUSIVE MODE"
                             : "LOCK TABLE kontor_gate_behaviour IN ROW EXCLUSIVE MODE";
}
inline constexpr const char* kAllGatesTogether = "LOCK TABLE kontor_gate, kontor_gate_behaviour IN ROW EXCLUSIVE MODE";

// Whether a function of these homes has to do with what is behind the gate.
constexpr bool needs(db::Homes homes, Gate gate) {
  constexpr auto kBehaviour = static_cast<unsigned>(db::Home::kTelemetry);
  const unsigned behaviour = homes.bits & kBehaviour;
  return gate == Gate::kBehaviour ? behaviour != 0 : homes.bits != behaviour;
}

}  // namespace kontor::db_postgres
