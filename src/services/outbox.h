// The transactional outbox: a fact is written in the transaction that made it true, and read by consumers after commit.
// Owns the tables outbox_*, which lie in every store. Events carry ids and figures, never personal data.
#pragma once
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/db.h"
#include "runtime/json.h"

namespace kontor::services {

// An event's struct: described, with `static constexpr std::string_view kName = "order.placed"`.
template <class E>
concept EventStruct = Described<E> && requires {
  { E::kName } -> std::convertible_to<std::string_view>;
};

// An event as it is stored.
struct Fact {
  std::string name;
  std::string subject;  // the id it is about, as text
  std::string body;     // JSON
};

template <EventStruct E>
Fact fact(const E& event, std::string_view subject) {
  return Fact{std::string(E::kName), std::string(subject), json::print(event)};
}

// Writes the facts in order, without a round trip of their own; inside the caller's write function, of any home.
Result<void> emit_all(db::Tx& tx, std::span<const Fact> facts, Time now);
Result<void> emit_text(db::Tx& tx, std::string_view name, std::string_view subject, std::string_view body, Time now);

template <EventStruct E>
Result<void> emit(db::Tx& tx, const E& event, std::string_view subject, Time now) {
  return emit_text(tx, E::kName, subject, json::print(event), now);
}

}  // namespace kontor::services
