// A change of a stock row, as its history keeps it.
#pragma once
#include <array>
#include <cstdint>
#include <string>

#include "base/described.h"
#include "base/time.h"

namespace kontor::inventory {

enum class MovementKind {
  kCounted = 1,
  kAdjusted = 2,
  kTransferredOut = 3,
  kTransferredIn = 4,
  kReceived = 5,
  kSpread = 6,
  kReserved = 10,
  kConfirmed = 11,  // of older stores
  kReleased = 12,
  kExpired = 13,
  kDeallocated = 14,
  kShipped = 15,
  kReconciled = 20
};
constexpr auto enum_names(MovementKind) {
  using K = MovementKind;
  using N = EnumName<K>;
  return std::array{N{K::kCounted, "counted"},
                    N{K::kAdjusted, "adjusted"},
                    N{K::kTransferredOut, "transferred_out"},
                    N{K::kTransferredIn, "transferred_in"},
                    N{K::kReceived, "received"},
                    N{K::kSpread, "spread"},
                    N{K::kReserved, "reserved"},
                    N{K::kConfirmed, "confirmed"},
                    N{K::kReleased, "released"},
                    N{K::kExpired, "expired"},
                    N{K::kDeallocated, "deallocated"},
                    N{K::kShipped, "shipped"},
                    N{K::kReconciled, "reconciled"}};
}

// What changed in each column, and why. To confirm what was reserved changes none: it is promised all the while.
struct Movement {
  std::int64_t id = 0;
  MovementKind kind = MovementKind::kCounted;
  std::int64_t on_hand = 0;
  std::int64_t promised = 0;
  std::int64_t safety_stock = 0;
  std::int64_t incoming = 0;
  std::string reason;
  std::string reference;  // the checkout, shipment or order behind it
  Time at;
  std::int64_t reserved = 0;  // of `promised`: what the checkout behind it still held when it was looked at
};

}  // namespace kontor::inventory
