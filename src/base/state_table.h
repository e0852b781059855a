// A state machine as a constexpr table of (from, on, to, emits); a pair that is not in the table is refused.
//
//   inline constexpr auto kOrderTable = state_table<State, Trigger>({
//       {State::kPending, Trigger::kPaid, State::kConfirmed, "order.confirmed"}, …
//   });
//   static_assert(kOrderTable.deterministic() && kOrderTable.emits_on_every_move());
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/described.h"
#include "base/result.h"

namespace kontor {

template <class State, class Trigger>
struct Transition {
  State from;
  Trigger on;
  State to;
  std::string_view emits;  // the event's name; empty where nothing new became true
};

template <class State, class Trigger, std::size_t N>
struct StateTable {
  std::array<Transition<State, Trigger>, N> rows;

  constexpr const Transition<State, Trigger>* find(State from, Trigger on) const {
    for (const auto& row : rows)
      if (row.from == from && row.on == on) return &row;
    return nullptr;
  }
  constexpr bool deterministic() const {
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t j = i + 1; j < N; ++j)
        if (rows[i].from == rows[j].from && rows[i].on == rows[j].on) return false;
    return true;
  }
  constexpr bool emits_on_every_move() const {
    for (const auto& row : rows)
      if (row.from != row.to && row.emits.empty()) return false;
    return true;
  }
  // Whether some trigger leads from `from` to `to`.
  constexpr bool leads(State from, State to) const {
    for (const auto& row : rows)
      if (row.from == from && row.to == to && from != to) return true;
    return false;
  }
};

template <class State, class Trigger, std::size_t N>
constexpr StateTable<State, Trigger, N> state_table(const Transition<State, Trigger> (&rows)[N]) {
  StateTable<State, Trigger, N> table{};
  for (std::size_t i = 0; i < N; ++i) table.rows[i] = rows[i];
  return table;
}

// 409 invalid_transition with `{from, to, allowed}`, where `to` is the state the caller wanted.
template <class State, class Trigger, std::size_t N>
Error transition_refused(const StateTable<State, Trigger, N>& table, State from, State to, std::string_view reason) {
  std::string allowed;
  for (const auto& row : table.rows) {
    if (row.from != from || row.to == from) continue;
    const std::string quoted = "\"" + std::string(name_of(row.to)) + "\"";
    if (allowed.find(quoted) == std::string::npos) allowed += (allowed.empty() ? "" : ",") + quoted;
  }
  Error error;
  error.code = Errc::kInvalidTransition;
  error.reason = reason;
  error.detail = "It is " + std::string(name_of(from)) + " and cannot become " + std::string(name_of(to)) + ".";
  error.members = "\"from\":\"" + std::string(name_of(from)) + "\",\"to\":\"" + std::string(name_of(to)) +
                  "\",\"allowed\":[" + allowed + "]";
  return error;
}

}  // namespace kontor
