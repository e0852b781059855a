// How a product begins: its title, then its description, two bytes a term, as many as fit one line of memory. Whether
// the words of a question stand together is judged by it, without lists of positions: that would be a third of the
// index, for a signal that matters in titles. Terms are told apart by a hash that is the same in every segment.
#pragma once
#include <array>
#include <cstdint>
#include <span>

namespace kontor::search_embedded {

inline constexpr std::size_t kLead = 32;
inline constexpr std::uint16_t kLeadEnd = 0, kLeadGap = 1;  // nothing more; between title and description

struct alignas(64) Lead {
  std::array<std::uint16_t, kLead> lanes{};
};

// Of a term, from its text's hash.
constexpr std::uint16_t lane_of_hash(std::uint64_t hash) {
  const auto lane = static_cast<std::uint16_t>(hash >> 20);
  return lane <= kLeadGap ? static_cast<std::uint16_t>(lane + 2) : lane;
}

// Bit i: the term stands at place i.
std::uint32_t places_of(const Lead& lead, std::uint16_t lane);

// Whether the terms stand side by side, in this order.
bool stand_together(const Lead& lead, std::span<const std::uint16_t> lanes);

// How closely the terms, in their order, follow each other: for each pair of neighbours 4 side by side, 2 one or two
// places apart, 1 side by side the other way round; at most 4 * (count - 1).
std::uint32_t closeness(const Lead& lead, std::span<const std::uint16_t> lanes);

}  // namespace kontor::search_embedded
