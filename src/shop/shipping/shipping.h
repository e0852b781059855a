// How a cart may travel to an address, what each way costs, and when it arrives. Owns shipping_zones in the home
// `global`: they are the shop's own words, of no product and no customer, like its settings. The few rows are held
// compiled in memory, read anew at once by the process that changed them and by event in the others.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/exchange.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/if_match.h"
#include "services/snapshot.h"
#include "shop/shipping/shipping_places.h"
#include "shop/shipping/shipping_zone.h"

namespace kontor::shipping {

// What is sent; weight and sides are of one piece, 0 where nobody has said.
struct Line {
  SellerId seller;
  std::int64_t quantity = 0;
  std::int64_t weight_g = 0;
  std::array<std::int64_t, 3> sides_mm = {};
  Money price;  // of the line, after its discounts
};

struct Request {
  std::vector<Line> lines;
  Destination to;  // no country: only zones that are everywhere are known to lead there
  Currency currency;
  const Exchange* exchange = nullptr;  // converts what zones ask in other currencies; not owned
  Time now;
  bool carbon_neutral = false;
  bool consolidate = false;
};

// A part of a price: "base", "carbon_neutral", "consolidated" (negative), or a surcharge's code.
struct Charge {
  std::string code, label;
  Money amount;
};

struct CompiledOption;
struct Table;

// A way that is offered. It stays usable when zones change meanwhile.
struct Option {
  std::string code, label;
  Money price;  // the sum of the charges, never negative
  std::vector<Charge> charges;
  std::optional<Money> carbon_neutral;  // what that adds, or would add; absent: not offered
  std::optional<Money> consolidated;    // what few parcels take off, or would
  std::optional<std::string> carrier;
  Speed speed = Speed::kStandard;
  // The zones' own options that it is made of, one for each sender, and where it goes; for window().
  std::vector<std::shared_ptr<const CompiledOption>> parts;
  std::vector<std::string> zones;  // theirs, where sellers send apart; empty: the shop's zone of the address
  Spot to;
};

struct Days {
  std::int64_t earliest = 0, latest = 0;
  bool operator==(const Days&) const = default;
};

// What a warehouse says of a parcel: when all of it is bought and there, how long it is packed, and how many days it
// travels by distance, for options without a transit table of their own.
struct Dispatch {
  Time ready;
  std::int64_t processing_hours = 24;
  Days standard, express;
  std::string from_country;
};

// Days on which a parcel may arrive, both included, as midnight UTC of each.
struct Window {
  Time earliest, latest;
};

// A zone as it is kept.
struct KeptZone {
  Zone zone;
  std::int64_t version = 0;
  Time updated_at;
};

struct Settings {
  std::optional<Money> express_price;  // zone `everywhere` has an option `express` at that, unless it has one itself
};

class Shipping {
 public:
  // `store` may be null: then only hold() brings zones (tests), and the zone of a new store is there until then.
  Shipping(db::Store* store, Clock& clock, Settings settings = {});
  ~Shipping();

  // What is offered for these lines, in the order of the zone; nothing for no lines. kInvalid
  // "shipping.not_delivered_there" at /shipping_address when no zone has the address, or none of its options takes the
  // goods in this currency. Reads the store only when zones were never read.
  Result<std::vector<Option>> options(const Request& request);
  // When it arrives. Days count in the zone's working days; with a cut-off, what is ready later is ready on the next.
  Window window(const Option& option, const Dispatch& dispatch) const;
  // The option of an earlier answer as it is now, for window(): no price. What is not offered any more travels as a
  // parcel without a table or a calendar. `zones` as in Option.
  Option way(const std::string& code, const Destination& to, std::span<const std::string> zones);

  // All zones, by code.
  Result<std::vector<KeptZone>> zones();
  // kNotFound "shipping.no_such_zone".
  Result<KeptZone> zone(const std::string& code);
  // A new one, or its next version. kInvalid "shipping.bad_zone", kConflict "shipping.zones_overlap" and
  // "shipping.zone_exists" (`fresh`), kVersionConflict "shipping.version_conflict", kNotFound where If-Match names a
  // version of a zone that is not there. `also` runs in the transaction.
  struct Save {
    Zone zone;
    bool fresh = false;  // it must not be there yet
    services::IfMatch if_match = {};
  };
  Result<KeptZone> save(const Save& wish, const db::Function& also = {});
  Result<void> remove(const std::string& code, const services::IfMatch& if_match, const db::Function& also = {});

  // Reads and compiles the zones. What is there stays where the store does not answer.
  Result<void> reload();
  // The same with these zones instead of the store's. The zone's mistakes as in save().
  Result<void> hold(const std::vector<Zone>& zones);

 private:
  Result<std::shared_ptr<const Table>> table();

  db::Store* store_;
  Clock& clock_;
  Settings settings_;
  services::Snapshot<Table> table_;
};

}  // namespace kontor::shipping
