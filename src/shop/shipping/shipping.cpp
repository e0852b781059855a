#include "shop/shipping/shipping.h"

#include <algorithm>

#include "services/outbox.h"
#include "shop/shipping/events.h"
#include "shop/shipping/shipping_store.h"
#include "shop/shipping/shipping_table.h"

namespace kontor::shipping {
namespace {

constexpr std::size_t kMostZones = 2000;

Error no_such_zone(const std::string& code) {
  return Error{Errc::kNotFound, "shipping.no_such_zone", "There is no shipping zone '" + code + "'.", {}, {}, 0};
}

Error version_conflict(std::int64_t now_at) {
  return Error{Errc::kVersionConflict,
               "shipping.version_conflict",
               "The zone has been changed meanwhile: its version is " + std::to_string(now_at) + ".",
               {},
               {},
               0};
}

Error not_delivered(const Request& request) {
  const std::string words = request.to.country.empty()
                                ? "Nothing can be delivered before there is an address."
                                : "These goods are not delivered to this address (" + request.to.country + ") for " +
                                      std::string(request.currency.code()) + ".";
  Error error{Errc::kInvalid, "shipping.not_delivered_there", words, {}, {}, 0};
  error.fields.push_back({"/shipping_address", "not_delivered_there", words});
  return error;
}

const KeptZone* find(const std::vector<KeptZone>& all, const std::string& code) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const KeptZone& one) { return one.zone.code == code; });
  return at == all.end() ? nullptr : &*at;
}

std::vector<Zone> texts_of(const std::vector<KeptZone>& kept) {
  std::vector<Zone> zones;
  for (const KeptZone& one : kept) zones.push_back(one.zone);
  return zones;
}

// The short way to a second option: a setting.
void add_express(std::vector<Zone>& zones, const Money& price) {
  for (Zone& zone : zones) {
    if (zone.code != everywhere().code) continue;
    if (std::any_of(zone.options.begin(), zone.options.end(), [](const auto& one) { return one.code == "express"; }))
      continue;
    ZoneOption express;
    express.code = "express";
    express.label = "Express";
    express.speed = Speed::kExpress;
    express.rate.tables.push_back({price.currency(), {{{}, price.amount_minor()}}});
    zone.options.push_back(std::move(express));
  }
}

std::shared_ptr<const CompiledOption> option_of(const CompiledZone& zone, std::string_view code) {
  for (const auto& option : zone.options)
    if (option->text.code == code) return option;
  return nullptr;
}

// What one sender sends: a seller with zones of their own, or the shop for all others.
struct Sender {
  const CompiledZone* zone = nullptr;
  bool apart = false;
  Load load;
};

// Nothing where goods of some sender cannot go there.
std::vector<Sender> senders_of(const Table& table, const Request& request, const Spot& spot) {
  std::vector<Sender> senders;
  for (const Line& line : request.lines) {
    const bool own = line.seller && table.by_seller.contains(line.seller);
    const CompiledZone* zone = table.find(own ? line.seller : SellerId{}, spot);
    if (zone == nullptr) return {};
    auto at = std::find_if(senders.begin(), senders.end(), [&](const Sender& one) { return one.zone == zone; });
    if (at == senders.end()) {
      senders.push_back({zone, own, {}});
      at = senders.end() - 1;
      at->load.price = Money::minor(0, request.currency);
    }
    add_line(at->load, line);
  }
  return senders;
}

// Adds the sender's part; false where this one does not offer such an option.
bool add_part(Option& option, const Sender& sender, const Wish& wish) {
  const auto own = option_of(*sender.zone, option.code);
  if (own == nullptr) return false;
  auto charges = price_of(*own, sender.load, wish);
  if (!charges) return false;
  for (Charge& charge : *charges) {
    option.price = option.price + charge.amount;
    const auto same = std::find_if(option.charges.begin(), option.charges.end(),
                                   [&](const Charge& one) { return one.code == charge.code; });
    if (same == option.charges.end())
      option.charges.push_back(std::move(charge));
    else
      same->amount = same->amount + charge.amount;
  }
  const auto both = [&](std::optional<Money>& sum, const std::optional<Money>& more) {
    if (option.parts.empty())
      sum = more;
    else if (sum && more)
      sum = *sum + *more;
    else
      sum.reset();
  };
  both(option.carbon_neutral, amount_in(own->text.carbon_neutral, wish.currency, wish.exchange));
  both(option.consolidated, amount_in(own->text.consolidated, wish.currency, wish.exchange));
  option.parts.push_back(own);
  return true;
}

}  // namespace

Shipping::Shipping(db::Store* store, Clock& clock, Settings settings)
    : store_(store), clock_(clock), settings_(std::move(settings)) {}
Shipping::~Shipping() = default;

Result<std::shared_ptr<const Table>> Shipping::table() {
  if (auto known = table_.get()) return known;
  TRY_DO(store_ == nullptr ? hold({everywhere()}) : reload());
  return table_.get();
}

Result<std::vector<Option>> Shipping::options(const Request& request) {
  std::vector<Option> out;
  if (request.lines.empty()) return out;
  TRY(const auto table, this->table());
  const Spot spot = spot_of(request.to);
  const auto senders = senders_of(*table, request, spot);
  if (senders.empty()) return fail(not_delivered(request));
  std::vector<std::string> zones;
  if (std::any_of(senders.begin(), senders.end(), [](const Sender& one) { return one.apart; }))
    for (const Sender& one : senders) zones.push_back(one.zone->code);
  const Wish wish{spot, request.currency, request.exchange, request.now, request.carbon_neutral, request.consolidate};
  for (const auto& first : senders.front().zone->options) {
    Option option;
    option.code = first->text.code;
    option.label = first->text.label;
    option.speed = first->text.speed;
    option.carrier = first->text.carrier;
    option.price = Money::minor(0, request.currency);
    option.to = spot;
    option.zones = zones;
    if (std::all_of(senders.begin(), senders.end(), [&](const Sender& one) { return add_part(option, one, wish); }) &&
        option.price.amount_minor() <= kMaxAmountMinor)
      out.push_back(std::move(option));
  }
  if (out.empty()) return fail(not_delivered(request));
  return out;
}

Window Shipping::window(const Option& option, const Dispatch& dispatch) const {
  Window latest;
  if (option.parts.empty()) {
    static const CompiledOption kPlain{{}, {}, {}, {}, std::make_shared<const Calendar>()};
    return window_of(kPlain, option.to, dispatch);
  }
  for (const auto& part : option.parts) {
    const Window one = window_of(*part, option.to, dispatch);
    latest = {std::max(latest.earliest, one.earliest), std::max(latest.latest, one.latest)};
  }
  return latest;
}

Option Shipping::way(const std::string& code, const Destination& to, std::span<const std::string> zones) {
  Option option;
  option.code = code;
  option.to = spot_of(to);
  const auto table = this->table();
  if (!table) return option;
  const auto add = [&](const CompiledZone* zone) {
    if (zone == nullptr) return;
    auto part = option_of(*zone, code);
    if (part == nullptr) return;
    if (option.parts.empty()) option.carrier = part->text.carrier;
    option.parts.push_back(std::move(part));
  };
  if (zones.empty()) add((*table)->find(SellerId{}, option.to));
  for (const auto& zone : zones) add((*table)->find(zone));
  return option;
}

Result<std::vector<KeptZone>> Shipping::zones() {
  KONTOR_ASSERT(store_ != nullptr);
  std::vector<KeptZone> all;
  TRY_DO(store_->look(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(all, store::zones(tx));
    return {};
  }));
  return all;
}

Result<KeptZone> Shipping::zone(const std::string& code) {
  TRY(const auto all, zones());
  const KeptZone* found = find(all, code);
  if (found == nullptr) return fail(no_such_zone(code));
  return *found;
}

Result<KeptZone> Shipping::save(const Save& wish, const db::Function& also) {
  KONTOR_ASSERT(store_ != nullptr);
  TRY_DO(check_zone(wish.zone));
  const std::string& code = wish.zone.code;
  KeptZone kept{wish.zone, 1, clock_.now()};
  TRY_DO(store_->write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto all, store::zones(tx));
    const KeptZone* before = find(all, code);
    if (before != nullptr && wish.fresh)
      return fail(Errc::kConflict, "shipping.zone_exists", "There is a zone '" + code + "' already.");
    if (before == nullptr && wish.if_match.given) return fail(no_such_zone(code));
    if (before != nullptr && !wish.if_match.allows(before->version)) return fail(version_conflict(before->version));
    if (before == nullptr && all.size() >= kMostZones)
      return fail(Errc::kConflict, "shipping.too_many_zones",
                  "A shop has at most " + std::to_string(kMostZones) + " zones.");
    TRY_DO(check_overlap(wish.zone, texts_of(all)));
    kept.version = before == nullptr ? 1 : before->version + 1;
    TRY_DO(store::save(tx, kept));
    if (also) TRY_DO(also(tx));
    return services::emit(tx, ZoneChanged{code}, code, kept.updated_at);
  }));
  static_cast<void>(reload());  // it stands; a store that is away now is asked again with the event
  return kept;
}

Result<void> Shipping::remove(const std::string& code, const services::IfMatch& if_match, const db::Function& also) {
  KONTOR_ASSERT(store_ != nullptr);
  const Time now = clock_.now();
  TRY_DO(store_->write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto all, store::zones(tx));
    const KeptZone* before = find(all, code);
    if (before == nullptr) return fail(no_such_zone(code));
    if (!if_match.allows(before->version)) return fail(version_conflict(before->version));
    TRY_DO(store::remove(tx, code));
    if (also) TRY_DO(also(tx));
    return services::emit(tx, ZoneChanged{code}, code, now);
  }));
  static_cast<void>(reload());
  return {};
}

Result<void> Shipping::reload() {
  KONTOR_ASSERT(store_ != nullptr);
  const std::int64_t began = table_.begin();
  TRY(const auto kept, zones());
  auto texts = texts_of(kept);
  if (settings_.express_price) add_express(texts, *settings_.express_price);
  table_.put(std::make_shared<const Table>(compile(texts)), began);
  return {};
}

Result<void> Shipping::hold(const std::vector<Zone>& zones) {
  for (const Zone& zone : zones) {
    TRY_DO(check_zone(zone));
    TRY_DO(check_overlap(zone, zones));
  }
  table_.put(std::make_shared<const Table>(compile(zones)), table_.begin());
  return {};
}

}  // namespace kontor::shipping
