// Typed 64-bit identifiers: 42 bits of milliseconds since 2020, 10 of the owner's bucket (which shard it lives on), 12
// of luck. As text: type prefix and 13 base32 characters, "prod_0abc…"; texts of one type sort by creation.
#pragma once
#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace kontor {

std::string id_text(std::string_view prefix, std::int64_t value);
void append_id_text(std::string& out, std::string_view prefix,
                    std::int64_t value);  // the same, without an allocation of its own
// The value, when `text` is exactly `prefix`, '_' and 13 lower-case base32 characters of a positive number.
std::optional<std::int64_t> parse_id_text(std::string_view prefix, std::string_view text);

template <class Tag>
struct Id {
  std::int64_t value = 0;  // 0 is "none"; a real id is positive

  static constexpr std::string_view prefix() { return Tag::kPrefix; }
  constexpr explicit operator bool() const { return value != 0; }
  auto operator<=>(const Id&) const = default;
  constexpr int bucket() const { return static_cast<int>((value >> 12) & 1023); }
  std::string text() const { return id_text(Tag::kPrefix, value); }
  static std::optional<Id> parse(std::string_view text) {
    const auto value = parse_id_text(Tag::kPrefix, text);
    if (!value) return std::nullopt;
    return Id{*value};
  }
};

#define KONTOR_ID(Name, prefix_text)                         \
  struct Name##Tag {                                         \
    static constexpr std::string_view kPrefix = prefix_text; \
  };                                                         \
  using Name##Id = ::kontor::Id<Name##Tag>

KONTOR_ID(Product, "prod");
KONTOR_ID(Offer, "off");
KONTOR_ID(Category, "cat");
KONTOR_ID(Seller, "sel");
KONTOR_ID(Warehouse, "whs");
KONTOR_ID(Cart, "cart");
KONTOR_ID(CartItem, "itm");
KONTOR_ID(Checkout, "chk");
KONTOR_ID(Quote, "quo");
KONTOR_ID(Reservation, "rsv");
KONTOR_ID(Order, "ord");
KONTOR_ID(OrderLine, "oli");
KONTOR_ID(Shipment, "shp");
KONTOR_ID(Payment, "pay");
KONTOR_ID(Customer, "usr");
KONTOR_ID(Address, "adr");
KONTOR_ID(Promotion, "promo");
KONTOR_ID(Job, "job");
KONTOR_ID(Event, "evt");

// Draws ids that never repeat within the process; clashes between replicas are caught by the primary key, and another
// is drawn. Safe to call from any thread. `seed` is luck for the low bits of the first id (a simulator passes its own).
class IdSource {
 public:
  explicit IdSource(std::uint64_t seed) : luck_(seed & 4095) {}
  std::int64_t draw(Time now, int bucket);
  template <class IdType>
  IdType next(Time now, int bucket) {
    return IdType{draw(now, bucket)};
  }

 private:
  std::atomic<std::int64_t> last_{0};  // milliseconds << 12 | sequence
  std::uint64_t luck_;
};

// The bucket of something that belongs to no customer: spread by its own luck.
inline constexpr int kBuckets = 1024;

}  // namespace kontor

template <class Tag>
struct std::hash<kontor::Id<Tag>> {
  std::size_t operator()(kontor::Id<Tag> id) const noexcept {
    auto x = static_cast<std::uint64_t>(id.value) * 0x9E3779B97F4A7C15ull;
    return static_cast<std::size_t>(x ^ (x >> 32));
  }
};
