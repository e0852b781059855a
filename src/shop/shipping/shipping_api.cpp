#include "shop/shipping/shipping_api.h"

#include "runtime/json.h"
#include "services/if_match.h"

namespace kontor::shipping {
namespace {

using http::Call;
using http::None;

struct ZoneView {
  std::string code, name;
  std::optional<SellerId> seller_id;
  std::vector<Place> places;
  CalendarText calendar;
  std::vector<ZoneOption> options;
  std::int64_t version = 0;
  Time updated_at;

  static constexpr auto fields() {
    using V = ZoneView;
    return described(Field("code", &V::code, "Its short name"), Field("name", &V::name, "Its name for people"),
                     Field("seller_id", &V::seller_id, "Only for goods of this seller; absent: the shop's"),
                     Field("places", &V::places, "Where it is; empty: wherever no other zone is"),
                     Field("calendar", &V::calendar, "Working days and time"),
                     Field("options", &V::options, "How parcels may go there, the usual one first"),
                     Field("version", &V::version, "Raised by every change; also the ETag"),
                     Field("updated_at", &V::updated_at, "When it last changed"));
  }
};

ZoneView view(const KeptZone& kept) {
  const Zone& zone = kept.zone;
  return {zone.code,     zone.name,    zone.seller_id, zone.places,
          zone.calendar, zone.options, kept.version,   kept.updated_at};
}

struct ZoneList {
  std::vector<ZoneView> items;
  Nullable<std::string> next_cursor;

  static constexpr auto fields() {
    return described(Field("items", &ZoneList::items, "All zones, by code"),
                     Field("next_cursor", &ZoneList::next_cursor, "Always null: they are few"));
  }
};

class ShippingHandlers {
 public:
  explicit ShippingHandlers(const ApiParts& parts) : p_(parts) {}

  Result<ZoneList> list(Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    TRY(const auto all, p_.shipping.zones());
    ZoneList out;
    for (const auto& zone : all) out.items.push_back(view(zone));
    return out;
  }

  Result<ZoneView> show(Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    TRY(const auto found, p_.shipping.zone(std::string(call.param("code"))));
    call.set_header("ETag", services::version_etag(found.version));
    return view(found);
  }

  Result<ZoneView> add(Call& call, const Zone& in) const {
    TRY(auto made, save(call, {in, true, {}}, "shipping.add_zone"));
    call.set_header("Location", "/api/v1/admin/shipping-zones/" + in.code);
    return made;
  }

  Result<ZoneView> put(Call& call, const Zone& in) const {
    if (in.code != call.param("code"))
      return invalid("shipping.bad_zone", "/code", "contradiction", "The zone's code is that of its address.");
    return save(call, {in, false, services::if_match(call.request)}, "shipping.change_zone");
  }

  Result<None> remove(Call& call) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kMerchandiser));
    const std::string code(call.param("code"));
    const auto entry = p_.audit.entry(staff.caller(), "shipping.remove_zone", code);
    TRY_DO(p_.shipping.remove(code, services::if_match(call.request),
                              [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    return None{};
  }

 private:
  Result<ZoneView> save(Call& call, const Shipping::Save& wish, std::string_view action) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kMerchandiser));
    const auto entry = p_.audit.entry(staff.caller(), std::string(action), wish.zone.code, json::print(wish.zone));
    TRY(const auto kept, p_.shipping.save(wish, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    call.set_header("ETag", services::version_etag(kept.version));
    return view(kept);
  }

  ApiParts p_;
};

}  // namespace

void add_shipping_routes(http::Router& router, const ApiParts& parts) {
  const ShippingHandlers api(parts);
  const std::vector<std::string_view> writes{
      "services.sign_in",     "services.role_needed",  "shipping.bad_zone",         "shipping.zones_overlap",
      "shipping.zone_exists", "shipping.no_such_zone", "shipping.version_conflict", "shipping.too_many_zones"};
  router.get<None, ZoneList>("/admin/shipping-zones", {"Where the shop delivers, and how", {}, 200, "admin"},
                             [api](Call& call, None) { return api.list(call); });
  router.get<None, ZoneView>("/admin/shipping-zones/{code}", {"One zone", {"shipping.no_such_zone"}, 200, "admin"},
                             [api](Call& call, None) { return api.show(call); });
  router.post<Zone, ZoneView>("/admin/shipping-zones", {"Adds a zone", writes, 201, "admin"},
                              [api](Call& call, const Zone& in) { return api.add(call, in); });
  router.put<Zone, ZoneView>("/admin/shipping-zones/{code}",
                             {"Adds a zone or says it anew, whole", writes, 200, "admin"},
                             [api](Call& call, const Zone& in) { return api.put(call, in); });
  router.del<None, None>("/admin/shipping-zones/{code}", {"Removes a zone", writes, 204, "admin"},
                         [api](Call& call, None) { return api.remove(call); });
}

}  // namespace kontor::shipping
