// Zones compiled for answering: which zone has an address, what an option costs there, and when it arrives. Pure
// computation over what was compiled; never changed afterwards.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "shop/shipping/shipping.h"
#include "shop/shipping/shipping_calendar.h"

namespace kontor::shipping {

struct CompiledSurcharge {
  Surcharge text;
  std::vector<Area> areas;
};
struct CompiledTransit {
  Area area;
  std::string from_country;
  Days days;
};
struct CompiledOption {
  ZoneOption text;
  std::vector<CompiledSurcharge> surcharges;
  std::vector<CompiledTransit> transit;
  std::optional<std::int64_t> cut_off;  // minutes of the day
  std::shared_ptr<const Calendar> calendar;
};

struct CompiledZone {
  std::string code;
  std::vector<Area> areas;  // empty: everywhere
  std::vector<std::shared_ptr<const CompiledOption>> options;
};

struct Table {
  std::map<SellerId, std::vector<CompiledZone>> by_seller;  // 0: the shop's own

  // The one that names the spot most precisely; null where none has it.
  const CompiledZone* find(SellerId seller, const Spot& spot) const;
  const CompiledZone* find(std::string_view code) const;
};
Table compile(const std::vector<Zone>& zones);

// What one sender has to send.
struct Load {
  std::int64_t weight_g = 0, volume_cm3 = 0, units = 0, longest_side_mm = 0;
  Money price;
};
// Sums beyond 64 bits stop there.
void add_line(Load& load, const Line& line);

// What the option asks for the load; nothing where it does not take it, or not in this currency, or not now.
struct Wish {
  const Spot& to;
  Currency currency;
  const Exchange* exchange;  // as in Request
  Time now;
  bool carbon_neutral = false, consolidate = false;
};
std::optional<std::vector<Charge>> price_of(const CompiledOption& option, const Load& load, const Wish& wish);
Window window_of(const CompiledOption& option, const Spot& to, const Dispatch& dispatch);

}  // namespace kontor::shipping
