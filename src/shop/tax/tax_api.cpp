#include "shop/tax/tax_api.h"

#include "runtime/json.h"
#include "services/if_match.h"

namespace kontor::tax {
namespace {

using http::Call;
using http::None;
using services::Role;

struct RateView {
  TaxRateId id;
  std::string country, region, postal_prefix, tax_class, name;
  std::int64_t rate_ppm = 0;
  std::optional<Time> from, until;
  std::int64_t version = 0;
  Time updated_at;

  static constexpr auto fields() {
    using V = RateView;
    return described(Field("id", &V::id, "The rate"), Field("country", &V::country, "ISO 3166-1 alpha-2"),
                     Field("region", &V::region, "Only this state or province; empty: all"),
                     Field("postal_prefix", &V::postal_prefix, "Only postal codes that begin so; empty: all"),
                     Field("tax_class", &V::tax_class, "Of products of this class"),
                     Field("name", &V::name, "As it stands on the invoice"),
                     Field("rate_ppm", &V::rate_ppm, "Parts per million"), Field("from", &V::from, "Only from then on"),
                     Field("until", &V::until, "Only before"),
                     Field("version", &V::version, "Raised by every change; also the ETag"),
                     Field("updated_at", &V::updated_at, "When it last changed"));
  }
};

RateView view(const KeptRate& k) {
  const RateText& r = k.rate;
  return {k.id,       r.country, r.region, r.postal_prefix, r.tax_class, r.name,
          r.rate_ppm, r.from,    r.until,  k.version,       k.updated_at};
}

struct SettingsView {
  SettingsText settings;
  std::int64_t version = 0;
  Time updated_at;

  static constexpr auto fields() {
    return described(Field("settings", &SettingsView::settings, "How prices, rounding and shipping are taxed"),
                     Field("version", &SettingsView::version, "Raised by every change; also the ETag"),
                     Field("updated_at", &SettingsView::updated_at, "When it last changed"));
  }
};

struct ExemptionView {
  ExemptionText exemption;
  std::int64_t version = 0;
  Time updated_at;

  static constexpr auto fields() {
    return described(Field("exemption", &ExemptionView::exemption, "Who owes no tax, and where"),
                     Field("version", &ExemptionView::version, "Raised by every change; also the ETag"),
                     Field("updated_at", &ExemptionView::updated_at, "When it last changed"));
  }
};

struct ExemptionList {
  std::vector<ExemptionView> items;
  Nullable<std::string> next_cursor;
  static constexpr auto fields() {
    return described(Field("items", &ExemptionList::items, "All of them, by number"),
                     Field("next_cursor", &ExemptionList::next_cursor, "Always null"));
  }
};

struct ListRates {
  std::optional<std::string> country;
  std::int64_t limit = services::kListLimitDefault;
  std::optional<std::string> cursor;

  static constexpr auto fields() {
    return described(Field("country", &ListRates::country, "Only of this one", Format{"country", is_country}),
                     Field("limit", &ListRates::limit, "How many at once", services::kListLimit, Default{}),
                     Field("cursor", &ListRates::cursor, "next_cursor of the page before"));
  }
};

using RatePage = services::Page<RateView>;

class TaxHandlers {
 public:
  explicit TaxHandlers(const ApiParts& parts) : p_(parts) {}

  Result<RatePage> list(Call& call, const ListRates& in) const {
    TRY_DO(p_.shoppers.require_role(call, Role::kFinance));
    const std::string country = in.country.value_or(""), query = "admin/tax-rates/" + country;
    TRY(const auto after, p_.cursors.after(query, in.cursor, 0));
    TRY(const auto rates, p_.taxes.rates(country, after ? after->text : "", static_cast<int>(in.limit) + 1));
    RatePage page;
    for (const auto& rate : rates) {
      if (static_cast<std::int64_t>(page.items.size()) == in.limit) {
        page.next_cursor.emplace(p_.cursors.make(query, {{}, rate_key(rates[page.items.size() - 1].rate)}));
        break;
      }
      page.items.push_back(view(rate));
    }
    return page;
  }

  Result<RateView> show(Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, Role::kFinance));
    TRY(const auto id, call.id<TaxRateId>("id"));
    TRY(const auto rate, p_.taxes.rate(id));
    call.set_header("ETag", services::version_etag(rate.version));
    return view(rate);
  }

  Result<RateView> add(Call& call, const RateText& in) const {
    TRY(const auto noted, note(call, "tax.add_rate", in.country, json::print(in)));
    TRY(const auto made, p_.taxes.add(in, noted));
    call.set_header("ETag", services::version_etag(made.version));
    call.set_header("Location", "/api/v1/admin/tax-rates/" + made.id.text());
    return view(made);
  }

  Result<RateView> change(Call& call, const RateText& in) const {
    TRY(const auto noted, note(call, "tax.change_rate", std::string(call.param("id")), json::print(in)));
    TRY(const auto id, call.id<TaxRateId>("id"));
    TRY(const auto changed, p_.taxes.change(id, in, services::if_match(call.request), noted));
    call.set_header("ETag", services::version_etag(changed.version));
    return view(changed);
  }

  Result<None> remove(Call& call) const {
    TRY(const auto noted, note(call, "tax.remove_rate", std::string(call.param("id")), "{}"));
    TRY(const auto id, call.id<TaxRateId>("id"));
    TRY_DO(p_.taxes.remove(id, services::if_match(call.request), noted));
    return None{};
  }

  Result<SettingsView> settings(Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, Role::kFinance));
    TRY(auto kept, p_.taxes.settings());
    call.set_header("ETag", services::version_etag(kept.version));
    return SettingsView{std::move(kept.settings), kept.version, kept.updated_at};
  }

  Result<SettingsView> set(Call& call, const SettingsText& in) const {
    TRY(const auto noted, note(call, "tax.set", "settings", json::print(in)));
    TRY(auto kept, p_.taxes.set(in, services::if_match(call.request), noted));
    call.set_header("ETag", services::version_etag(kept.version));
    return SettingsView{std::move(kept.settings), kept.version, kept.updated_at};
  }

  Result<ExemptionList> exemptions(Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, Role::kFinance));
    TRY(const auto all, p_.taxes.exemptions());
    ExemptionList list;
    for (const auto& one : all) list.items.push_back({one.exemption, one.version, one.updated_at});
    return list;
  }

  Result<ExemptionView> exempt(Call& call, const ExemptionText& in) const {
    if (plain_code(in.tax_id) != plain_code(call.param("tax_id")))
      return invalid("tax.bad_exemption", "/tax_id", "contradiction", "The number is that of the address.");
    TRY(const auto noted, note(call, "tax.exempt", plain_code(in.tax_id), "{}"));
    TRY(auto kept, p_.taxes.exempt(in, services::if_match(call.request), noted));
    call.set_header("ETag", services::version_etag(kept.version));
    return ExemptionView{std::move(kept.exemption), kept.version, kept.updated_at};
  }

  Result<None> end_exemption(Call& call) const {
    const std::string number(call.param("tax_id"));
    TRY(const auto noted, note(call, "tax.end_exemption", plain_code(number), "{}"));
    TRY_DO(p_.taxes.end_exemption(number, services::if_match(call.request), noted));
    return None{};
  }

 private:
  Result<db::Function> note(Call& call, std::string action, std::string subject, std::string detail) const {
    TRY(const auto staff, p_.shoppers.require_role(call, Role::kFinance));
    return db::Function(
        [entry = p_.audit.entry(staff.caller(), std::move(action), std::move(subject), std::move(detail))](db::Tx& tx) {
          return services::Audit::record(tx, entry);
        });
  }

  ApiParts p_;
};

}  // namespace

void add_tax_routes(http::Router& router, const ApiParts& parts) {
  const TaxHandlers api(parts);
  const std::vector<std::string_view> writes{"services.sign_in",     "services.role_needed", "tax.bad_rate",
                                             "tax.rate_exists",      "tax.rates_overlap",    "tax.no_such_rate",
                                             "tax.version_conflict", "tax.too_many_rates"};
  router.get<ListRates, RatePage>("/admin/tax-rates", {"The tax rates, by place", {"request.bad_cursor"}, 200, "admin"},
                                  [api](Call& call, const ListRates& in) { return api.list(call, in); });
  router.get<None, RateView>("/admin/tax-rates/{id}", {"One rate", {"tax.no_such_rate"}, 200, "admin"},
                             [api](Call& call, None) { return api.show(call); });
  router.post<RateText, RateView>("/admin/tax-rates", {"Adds a rate", writes, 201, "admin"},
                                  [api](Call& call, const RateText& in) { return api.add(call, in); });
  router.put<RateText, RateView>("/admin/tax-rates/{id}", {"Says a rate anew", writes, 200, "admin"},
                                 [api](Call& call, const RateText& in) { return api.change(call, in); });
  router.del<None, None>("/admin/tax-rates/{id}", {"Removes a rate", writes, 204, "admin"},
                         [api](Call& call, None) { return api.remove(call); });
  router.get<None, SettingsView>("/admin/tax-settings", {"How the shop taxes", {}, 200, "admin"},
                                 [api](Call& call, None) { return api.settings(call); });
  router.put<SettingsText, SettingsView>(
      "/admin/tax-settings", {"Says it anew, whole", {"tax.bad_settings", "tax.version_conflict"}, 200, "admin"},
      [api](Call& call, const SettingsText& in) { return api.set(call, in); });
  router.get<None, ExemptionList>("/admin/tax-exemptions", {"Buyers who owe no tax", {}, 200, "admin"},
                                  [api](Call& call, None) { return api.exemptions(call); });
  router.put<ExemptionText, ExemptionView>(
      "/admin/tax-exemptions/{tax_id}",
      {"Who buys under this number owes no tax",
       {"tax.bad_exemption", "tax.no_such_exemption", "tax.version_conflict", "tax.too_many_exemptions"},
       200,
       "admin"},
      [api](Call& call, const ExemptionText& in) { return api.exempt(call, in); });
  router.del<None, None>("/admin/tax-exemptions/{tax_id}",
                         {"Does again", {"tax.no_such_exemption", "tax.version_conflict"}, 204, "admin"},
                         [api](Call& call, None) { return api.end_exemption(call); });
  add_tax_import_route(router, parts);
}

}  // namespace kontor::tax
