// `/admin/warehouses`: where they are, and what they can do in a day.
#include <algorithm>

#include "shop/inventory/stock_views.h"

namespace kontor::inventory {
namespace {

bool is_code(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}
constexpr Format kCode{"code", is_code};

bool is_country_or_none(std::string_view text) {
  return text.empty() ||
         (text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
}
constexpr Format kCountry{"country", is_country_or_none};
constexpr Range kLatitude{-90'000'000, 90'000'000};
constexpr Range kLongitude{-180'000'000, 180'000'000};
constexpr Range kHours{0, 720};

struct WarehouseView {
  WarehouseId id;
  std::string code;
  std::string name;
  std::string country;
  std::string postal_code;
  std::int64_t latitude_e6 = 0;
  std::int64_t longitude_e6 = 0;
  std::int64_t processing_hours = 24;
  std::int64_t daily_capacity = 0;
  bool active = true;
  std::optional<std::int64_t> load;

  static constexpr auto fields() {
    using V = WarehouseView;
    return described(Field("id", &V::id, "The warehouse"), Field("code", &V::code, "Its short name in imports"),
                     Field("name", &V::name, "Its name for people"),
                     Field("country", &V::country, "ISO 3166-1 alpha-2; empty when unknown"),
                     Field("postal_code", &V::postal_code, "Empty when unknown"),
                     Field("latitude_e6", &V::latitude_e6, "Where it is, millionths of a degree"),
                     Field("longitude_e6", &V::longitude_e6, "Where it is, millionths of a degree"),
                     Field("processing_hours", &V::processing_hours, "From order to parcel"),
                     Field("daily_capacity", &V::daily_capacity, "Units it can send a day; 0: nobody has said"),
                     Field("active", &V::active, "Whether its stock is for sale"),
                     Field("load", &V::load, "Units promised and not sent; only where one warehouse is asked for"));
  }
};

WarehouseView view(const Warehouse& w) {
  return {w.id,
          w.code,
          w.name,
          w.country,
          w.postal_code,
          w.latitude_e6,
          w.longitude_e6,
          w.processing_hours,
          w.daily_capacity,
          w.active,
          {}};
}

struct NewWarehouse {
  std::string code;
  std::string name;
  std::string country;
  std::string postal_code;
  std::int64_t latitude_e6 = 0;
  std::int64_t longitude_e6 = 0;
  std::int64_t processing_hours = 24;
  std::int64_t daily_capacity = 0;

  static constexpr auto fields() {
    using V = NewWarehouse;
    return described(
        Field("code", &V::code, "Short name: lower-case letters, digits, '-'", Length{1, 40}, kCode),
        Field("name", &V::name, "Name for people", Length{1, 200}),
        Field("country", &V::country, "ISO 3166-1 alpha-2", kCountry, Default{}),
        Field("postal_code", &V::postal_code, "As written there", Length{0, 20}, Default{}),
        Field("latitude_e6", &V::latitude_e6, "Millionths of a degree", kLatitude, Default{}),
        Field("longitude_e6", &V::longitude_e6, "Millionths of a degree", kLongitude, Default{}),
        Field("processing_hours", &V::processing_hours, "From order to parcel", kHours, Default{}),
        Field("daily_capacity", &V::daily_capacity, "Units it can send a day", Range{0, kMostUnits}, Default{}));
  }
};

struct WarehousePatch {
  std::optional<std::string> name, country, postal_code;
  std::optional<std::int64_t> latitude_e6, longitude_e6, processing_hours, daily_capacity;

  static constexpr auto fields() {
    using V = WarehousePatch;
    return described(Field("name", &V::name, "Name for people", Length{1, 200}),
                     Field("country", &V::country, "ISO 3166-1 alpha-2", kCountry),
                     Field("postal_code", &V::postal_code, "As written there", Length{0, 20}),
                     Field("latitude_e6", &V::latitude_e6, "Millionths of a degree", kLatitude),
                     Field("longitude_e6", &V::longitude_e6, "Millionths of a degree", kLongitude),
                     Field("processing_hours", &V::processing_hours, "From order to parcel", kHours),
                     Field("daily_capacity", &V::daily_capacity, "Units it can send a day", Range{0, kMostUnits}));
  }
};

struct WarehouseList {
  std::vector<WarehouseView> items;
  Nullable<std::string> next_cursor;

  static constexpr auto fields() {
    return described(Field("items", &WarehouseList::items, "All warehouses"),
                     Field("next_cursor", &WarehouseList::next_cursor, "Always null: they are few"));
  }
};

class WarehouseHandlers {
 public:
  explicit WarehouseHandlers(InventoryApiParts parts) : p_(parts) {}

  Result<WarehouseList> list(const http::Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto all, p_.inventory.warehouses());
    WarehouseList out;
    for (const Warehouse& warehouse : all) out.items.push_back(view(warehouse));
    return out;
  }

  Result<WarehouseView> show(const http::Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto id, call.id<WarehouseId>("warehouse_id"));
    TRY(const auto all, p_.inventory.warehouses());
    for (const Warehouse& warehouse : all) {
      if (warehouse.id != id) continue;
      WarehouseView out = view(warehouse);
      TRY(out.load, p_.inventory.load(id));
      return out;
    }
    return fail(no_such_warehouse(id));
  }

  Result<WarehouseView> add(http::Call& call, const NewWarehouse& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    Warehouse made;
    made.id = p_.inventory.ids().next<WarehouseId>(p_.inventory.clock().now(), 0);
    made.code = in.code;
    made.name = in.name;
    made.country = in.country;
    made.postal_code = in.postal_code;
    made.latitude_e6 = in.latitude_e6;
    made.longitude_e6 = in.longitude_e6;
    made.processing_hours = in.processing_hours;
    made.daily_capacity = in.daily_capacity;
    const auto entry =
        p_.audit.entry(staff.caller(), "inventory.add_warehouse", made.id.text(), json::print(view(made)));
    TRY_DO(p_.inventory.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(p_.inventory.add_warehouse(tx, made));
      return services::Audit::record(tx, entry);
    }));
    return view(made);
  }

  Result<WarehouseView> change(http::Call& call, const WarehousePatch& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kWarehouse));
    TRY(const auto id, call.id<WarehouseId>("warehouse_id"));
    const WarehouseChange wish{in.name,         in.country,          in.postal_code,   in.latitude_e6,
                               in.longitude_e6, in.processing_hours, in.daily_capacity};
    return write_act<WarehouseView>(call, p_, staff, {"inventory.change_warehouse", id.text(), json::print(in)},
                                    [&](db::Tx& tx, Time) -> Result<WarehouseView> {
                                      TRY(const auto changed, p_.inventory.change_warehouse(tx, id, wish));
                                      return view(changed);
                                    });
  }

 private:
  InventoryApiParts p_;
};

}  // namespace

void add_warehouse_routes(http::Router& router, InventoryApiParts parts) {
  using http::Call;
  const WarehouseHandlers api(parts);
  router.get<http::None, WarehouseList>("/admin/warehouses", {"All warehouses", {}},
                                        [api](Call& call, http::None) { return api.list(call); });
  router.post<NewWarehouse, WarehouseView>("/admin/warehouses",
                                           {"Adds a warehouse", {"inventory.warehouse_code_taken"}, 201},
                                           [api](Call& call, const NewWarehouse& in) { return api.add(call, in); });
  router.get<http::None, WarehouseView>("/admin/warehouses/{warehouse_id}",
                                        {"One warehouse, and how much it has to do", {"inventory.no_such_warehouse"}},
                                        [api](Call& call, http::None) { return api.show(call); });
  router.patch<WarehousePatch, WarehouseView>(
      "/admin/warehouses/{warehouse_id}", {"Changes a warehouse", {"inventory.no_such_warehouse"}},
      [api](Call& call, const WarehousePatch& in) { return api.change(call, in); });
}

}  // namespace kontor::inventory
