#include "shop/promotions/promotions_api.h"

#include <algorithm>

#include "base/card_number.h"
#include "services/if_match.h"

namespace kontor::promotions {
namespace {

constexpr std::int64_t kMostCodesAtOnce = 1000;

struct PromotionView : Promotion {
  std::int64_t uses = 0;
  std::optional<Money> spent;
  Time created_at, updated_at;

  static constexpr auto fields() {
    using V = PromotionView;
    return joined_fields(
        described(Field("id", &V::id, "The promotion"), Field("version", &V::version, "Also the ETag")),
        Promotion::fields(),
        described(Field("uses", &V::uses, "Purchases that used it; counted where something runs out"),
                  Field("spent", &V::spent, "What it took off, where there is a budget"),
                  Field("created_at", &V::created_at, "Since when"),
                  Field("updated_at", &V::updated_at, "When staff last changed it")));
  }
};

struct NewCoupons {
  std::optional<std::vector<std::string>> codes;
  std::optional<std::int64_t> count;
  std::string prefix;
  std::int64_t max_uses = 0;

  static constexpr auto fields() {
    using V = NewCoupons;
    return described(
        Field("codes", &V::codes, "These codes: letters, digits, '-' and '_'", Length{1, kMostCodesAtOnce}),
        Field("count", &V::count, "Or so many that nobody can guess", Range{1, kMostCodesAtOnce}),
        Field("prefix", &V::prefix, "What drawn codes begin with", Length{0, 20}, Default{}),
        Field("max_uses", &V::max_uses, "How many purchases may use each; 0: any number", Range{0, 1'000'000'000},
              Default{}));
  }
};

struct CouponView {
  std::string code;
  PromotionId promotion_id;
  std::int64_t max_uses = 0;
  std::int64_t uses = 0;
  bool active = true;
  Time created_at;

  static constexpr auto fields() {
    using V = CouponView;
    return described(Field("code", &V::code, "What shoppers type"),
                     Field("promotion_id", &V::promotion_id, "What it brings"),
                     Field("max_uses", &V::max_uses, "How many purchases may use it; 0: any number"),
                     Field("uses", &V::uses, "How many have"), Field("active", &V::active, "false: stopped by staff"),
                     Field("created_at", &V::created_at, "Since when"));
  }
};

struct MadeCoupons {
  std::vector<std::string> codes;
  static constexpr auto fields() { return described(Field("codes", &MadeCoupons::codes, "All that were made")); }
};

struct TypeView {
  std::string type;
  std::string description;
  json::Raw example;

  static constexpr auto fields() {
    return described(Field("type", &TypeView::type, "For `type`"),
                     Field("description", &TypeView::description, "What it does"),
                     Field("example", &TypeView::example, "Parameters that are right"));
  }
};
struct TypeList {
  std::vector<TypeView> items;
  static constexpr auto fields() { return described(Field("items", &TypeList::items, "By name")); }
};

using PromotionPage = services::Page<PromotionView>;
using CouponPage = services::Page<CouponView>;

PromotionView view_of(const PromotionRow& row) {
  PromotionView view{row.promotion, row.uses, {}, row.created, row.updated};
  if (row.promotion.budget) view.spent = Money::minor(row.spent_minor, row.promotion.budget->currency());
  return view;
}

class PromotionHandlers {
 public:
  explicit PromotionHandlers(const ApiParts& parts) : p_(parts) {}

  Result<PromotionView> create(http::Call& call, const Promotion& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call.request, services::Role::kMerchandiser));
    const auto entry = p_.audit.entry(staff.caller(), "promotions.create", in.name, json::print(in));
    TRY(const auto row, p_.promotions.create(in, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    return answer(call, row);
  }

  Result<PromotionView> change(http::Call& call, const Promotion& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call.request, services::Role::kMerchandiser));
    TRY(const auto id, call.id<PromotionId>("id"));
    Promotion wish = in;
    wish.id = id;
    return write(call, staff, std::move(wish), "promotions.change");
  }

  Result<http::None> archive(http::Call& call) const {
    TRY(const auto staff, p_.shoppers.require_role(call.request, services::Role::kMerchandiser));
    TRY(auto row, row_in(call));
    if (row.promotion.status == Status::kArchived) return http::None{};
    row.promotion.status = Status::kArchived;
    TRY_DO(write(call, staff, std::move(row.promotion), "promotions.archive"));
    return http::None{};
  }

  Result<PromotionView> show(http::Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    TRY(const auto row, row_in(call));
    return answer(call, row);
  }

  Result<PromotionPage> list(const http::Call& call, const services::PageQuery& in) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    constexpr std::string_view kQuery = "admin/promotions";
    TRY(const auto after, p_.cursors.after(kQuery, in.cursor, 1));
    const PromotionId before{after ? after->numbers[0] : 0};
    TRY(const auto rows, p_.promotions.list(before, static_cast<int>(in.limit) + 1));
    PromotionPage page;
    for (const auto& row : rows) page.items.push_back(view_of(row));
    if (static_cast<std::int64_t>(page.items.size()) > in.limit) {
      page.items.pop_back();
      page.next_cursor.emplace(p_.cursors.make(kQuery, {{page.items.back().id.value}, ""}));
    }
    return page;
  }

  Result<MadeCoupons> add_coupons(http::Call& call, const NewCoupons& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call.request, services::Role::kMerchandiser));
    TRY(const auto id, call.id<PromotionId>("id"));
    TRY(const auto codes, codes_of(in));
    const auto entry = p_.audit.entry(staff.caller(), "promotions.add_coupons", id.text(),
                                      "{\"count\":" + std::to_string(codes.size()) + "}");
    TRY_DO(p_.promotions.add_coupons(id, codes, in.max_uses,
                                     [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    return MadeCoupons{codes};
  }

  Result<CouponPage> coupons(const http::Call& call, const services::PageQuery& in) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    TRY(const auto id, call.id<PromotionId>("id"));
    const std::string query = "admin/coupons/" + id.text();
    TRY(const auto after, p_.cursors.after(query, in.cursor, 0));
    TRY(const auto rows, p_.promotions.coupons(id, after ? after->text : "", static_cast<int>(in.limit) + 1));
    CouponPage page;
    for (const auto& row : rows)
      page.items.push_back({row.code, row.promotion, row.max_uses, row.uses, row.active, row.created});
    if (static_cast<std::int64_t>(page.items.size()) > in.limit) {
      page.items.pop_back();
      page.next_cursor.emplace(p_.cursors.make(query, {{}, page.items.back().code}));
    }
    return page;
  }

  Result<http::None> stop_coupon(http::Call& call) const {
    TRY(const auto staff, p_.shoppers.require_role(call.request, services::Role::kMerchandiser));
    const auto code = tidy_code(call.param("code"));
    if (!code) return fail(Errc::kNotFound, "promotions.no_such_coupon", "That is no code.");
    const auto entry = p_.audit.entry(staff.caller(), "promotions.stop_coupon", *code);
    TRY_DO(p_.promotions.stop_coupon(*code, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    return http::None{};
  }

  Result<TypeList> types(const http::Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kMerchandiser));
    TypeList list;
    for (const auto& type : promotion_types())
      list.items.push_back({std::string(type.name), std::string(type.words), {std::string(type.example)}});
    return list;
  }

 private:
  Result<PromotionRow> row_in(const http::Call& call) const {
    TRY(const auto id, call.id<PromotionId>("id"));
    TRY(auto row, p_.promotions.find(id));
    if (!row) return fail(Errc::kNotFound, "promotions.no_such_promotion", "There is no such promotion.");
    return std::move(*row);
  }

  static PromotionView answer(http::Call& call, const PromotionRow& row) {
    call.set_header("ETag", services::version_etag(row.promotion.version));
    return view_of(row);
  }

  Result<PromotionView> write(http::Call& call, const services::Shopper& staff, Promotion wish,
                              std::string_view action) const {
    const auto wanted = services::if_match(call.request);
    wish.version = 0;
    if (wanted.given) {
      if (wanted.versions.size() != 1)
        return fail(Errc::kVersionConflict, "promotions.version_conflict", "If-Match names one version here.");
      wish.version = wanted.versions.front();
    }
    const auto entry = p_.audit.entry(staff.caller(), std::string(action), wish.id.text(), json::print(wish));
    TRY(const auto row,
        p_.promotions.change(std::move(wish), [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
    return answer(call, row);
  }

  Result<std::vector<std::string>> codes_of(const NewCoupons& in) const {
    if (in.codes.has_value() == in.count.has_value())
      return invalid("promotions.which_codes", "/codes", "ambiguous", "Give either codes or count.");
    if (in.count) {
      if (in.prefix.empty()) return p_.promotions.draw_codes(*in.count, "");
      const auto prefix = tidy_code(in.prefix + "000");
      if (!prefix)
        return invalid("promotions.wrong_code", "/prefix", "bad_format", "A code has letters, digits, '-' and '_'.");
      return p_.promotions.draw_codes(*in.count, std::string_view(*prefix).substr(0, prefix->size() - 3));
    }
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < in.codes->size(); ++i) {
      auto code = tidy_code(in.codes->at(i));
      if (!code || holds_card_number(*code))
        return invalid("promotions.wrong_code", "/codes/" + std::to_string(i), "bad_format",
                       "A code has 3 to 40 letters, digits, '-' and '_'.");
      if (std::find(codes.begin(), codes.end(), *code) != codes.end())
        return invalid("promotions.wrong_code", "/codes/" + std::to_string(i), "duplicate", "A code is named once.");
      codes.push_back(std::move(*code));
    }
    return codes;
  }

  ApiParts p_;
};

}  // namespace

void add_promotions_routes(http::Router& router, const ApiParts& parts) {
  using http::Call;
  using http::None;
  const PromotionHandlers api(parts);
  router.get<services::PageQuery, PromotionPage>(
      "/admin/promotions", {"All promotions, newest first", {"request.bad_cursor"}, 200, "admin"},
      [api](Call& call, const services::PageQuery& in) { return api.list(call, in); });
  router.post<Promotion, PromotionView>(
      "/admin/promotions",
      {"Makes a promotion",
       {"promotions.no_such_type", "promotions.wrong_parameters", "promotions.wrong_terms", "promotions.too_many"},
       201,
       "admin"},
      [api](Call& call, const Promotion& in) { return api.create(call, in); });
  router.get<None, PromotionView>("/admin/promotions/{id}",
                                  {"One promotion", {"promotions.no_such_promotion"}, 200, "admin"},
                                  [api](Call& call, None) { return api.show(call); });
  router.put<Promotion, PromotionView>(
      "/admin/promotions/{id}",
      {"Replaces a promotion; what was used stays counted",
       {"promotions.no_such_promotion", "promotions.no_such_type", "promotions.wrong_parameters",
        "promotions.wrong_terms", "promotions.budget_currency", "promotions.too_many", "promotions.version_conflict"},
       200,
       "admin"},
      [api](Call& call, const Promotion& in) { return api.change(call, in); });
  router.del<None, None>(
      "/admin/promotions/{id}",
      {"Archives a promotion", {"promotions.no_such_promotion", "promotions.version_conflict"}, 204, "admin"},
      [api](Call& call, None) { return api.archive(call); });
  router.post<NewCoupons, MadeCoupons>("/admin/promotions/{id}/coupons",
                                       {"Makes codes for a promotion",
                                        {"promotions.no_such_promotion", "promotions.automatic",
                                         "promotions.code_taken", "promotions.wrong_code", "promotions.which_codes"},
                                        201,
                                        "admin"},
                                       [api](Call& call, const NewCoupons& in) { return api.add_coupons(call, in); });
  router.get<services::PageQuery, CouponPage>(
      "/admin/promotions/{id}/coupons", {"Its codes, in their order", {"request.bad_cursor"}, 200, "admin"},
      [api](Call& call, const services::PageQuery& in) { return api.coupons(call, in); });
  router.del<None, None>("/admin/coupons/{code}", {"Stops a code", {"promotions.no_such_coupon"}, 204, "admin"},
                         [api](Call& call, None) { return api.stop_coupon(call); });
  router.get<None, TypeList>("/admin/promotion-types", {"What promotions can do", {}, 200, "admin"},
                             [api](Call& call, None) { return api.types(call); });
}

}  // namespace kontor::promotions
