#include "shop/catalog/sales_api.h"

#include <memory>

#include "base/described.h"

namespace kontor::catalog {
namespace {

using services::Role;

struct SaleView {
  SaleId id, batch_id;
  OfferId offer_id;
  Money price;
  Time starts_at, ends_at;
  std::string label;
  SaleState state = SaleState::kPlanned;
  Time created_at;
  std::optional<Time> cancelled_at;

  static constexpr auto fields() {
    using V = SaleView;
    return described(
        Field("id", &V::id, "The sale"), Field("batch_id", &V::batch_id, "Those that were planned together have one"),
        Field("offer_id", &V::offer_id, "Of this offer"), Field("price", &V::price, "What it costs meanwhile"),
        Field("starts_at", &V::starts_at, "From then on"), Field("ends_at", &V::ends_at, "Until then"),
        Field("label", &V::label, "For staff"), Field("state", &V::state, "planned, running, over or cancelled"),
        Field("created_at", &V::created_at, "When it was planned"),
        Field("cancelled_at", &V::cancelled_at, "When it was cancelled"));
  }
};

SaleView view_of(const Sale& s, Time now) {
  return {s.id, s.batch, s.offer, s.price, s.starts, s.ends, s.label, s.state(now), s.created, s.cancelled};
}

struct NewSale {
  Money price;
  std::optional<Time> starts_at;
  Time ends_at;
  std::string label;

  static constexpr auto fields() {
    using V = NewSale;
    return described(Field("price", &V::price, "What it costs meanwhile; below the base price"),
                     Field("starts_at", &V::starts_at, "From then on; absent: now"),
                     Field("ends_at", &V::ends_at, "Until then"),
                     Field("label", &V::label, "For staff", Length{0, 100}, Default{}));
  }
};

struct OfferPrice {
  OfferId offer_id;
  Money price;
  static constexpr auto fields() {
    return described(Field("offer_id", &OfferPrice::offer_id, "The offer"),
                     Field("price", &OfferPrice::price, "What it costs meanwhile"));
  }
};

struct NewSales {
  std::vector<OfferPrice> prices;
  std::optional<std::int64_t> percent;
  std::vector<OfferId> offers;
  std::optional<CategoryId> category;
  std::optional<std::string> brand;
  std::optional<Time> starts_at;
  Time ends_at;
  std::string label;

  static constexpr auto fields() {
    using V = NewSales;
    return described(Field("prices", &V::prices, "Offers with a price each", Length{0, Sales::kMostAtOnce}, Default{}),
                     Field("percent", &V::percent, "Or so much off the base price", Range{1, 99}),
                     Field("offers", &V::offers, "… of these offers", Length{0, Sales::kMostAtOnce}, Default{}),
                     Field("category", &V::category, "… or of all that is sold in this category and below it"),
                     Field("brand", &V::brand, "… or of this brand", Length{1, 200}),
                     Field("starts_at", &V::starts_at, "From then on; absent: now"),
                     Field("ends_at", &V::ends_at, "Until then"),
                     Field("label", &V::label, "For staff", Length{0, 100}, Default{}));
  }
};

struct RefusedSale {
  OfferId offer_id;
  std::string reason, detail;
  static constexpr auto fields() {
    return described(Field("offer_id", &RefusedSale::offer_id, "The offer"),
                     Field("reason", &RefusedSale::reason, "As in a problem document"),
                     Field("detail", &RefusedSale::detail, "In words"));
  }
};

struct SalesPlanned {
  SaleId batch_id;
  std::int64_t planned = 0;
  std::vector<RefusedSale> refused;
  static constexpr auto fields() {
    return described(Field("batch_id", &SalesPlanned::batch_id, "Lists and cancels all of them"),
                     Field("planned", &SalesPlanned::planned, "How many"),
                     Field("refused", &SalesPlanned::refused, "Offers without one, and why"));
  }
};

struct SalesQuery {
  std::optional<OfferId> offer_id;
  std::optional<SaleId> batch_id;
  std::optional<std::string> cursor;
  std::int64_t limit = services::kListLimitDefault;
  static constexpr auto fields() {
    using V = SalesQuery;
    return described(Field("offer_id", &V::offer_id, "Only of this offer"),
                     Field("batch_id", &V::batch_id, "Only of this batch"),
                     Field("cursor", &V::cursor, "From next_cursor"),
                     Field("limit", &V::limit, "How many", services::kListLimit, Default{}));
  }
};

struct PastPriceView {
  Time at;
  Money price, previous;
  static constexpr auto fields() {
    return described(Field("at", &PastPriceView::at, "When it changed"),
                     Field("price", &PastPriceView::price, "What it cost from then on"),
                     Field("previous", &PastPriceView::previous, "What it had cost until then"));
  }
};

using SalePage = services::Page<SaleView>;
using HistoryPage = services::Page<PastPriceView>;

Error unclear(std::string field, std::string words) {
  Error error{Errc::kInvalid, "catalog.unclear_sale", words, {}, {}, 0};
  error.fields.push_back({std::move(field), "ambiguous", std::move(words)});
  return error;
}

class SaleHandlers {
 public:
  explicit SaleHandlers(const SalesApi& api) : api_(api) {}

  Result<SaleView> create(http::Call& call, const NewSale& in) const {
    TRY(const auto who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const auto offer, call.id<OfferId>("id"));
    const Sales::Wish wish{offer, in.price};
    TRY(auto planned, api_.sales.plan(std::span(&wish, 1), {in.starts_at, in.ends_at, in.label},
                                      noting(who, "catalog.sale_create", offer.text())));
    if (!planned.refused.empty()) return fail(std::move(planned.refused[0].why));
    call.set_header("Location", "/api/v1/admin/sales?batch_id=" + planned.batch.text());
    return view_of(planned.sales.at(0), api_.sales.now());
  }

  Result<SalesPlanned> create_many(http::Call& call, const NewSales& in) const {
    TRY(const auto who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const auto wishes, wishes_of(in));
    TRY(const auto planned,
        api_.sales.plan(wishes, {in.starts_at, in.ends_at, in.label}, noting(who, "catalog.sales_create", in.label)));
    SalesPlanned out{planned.batch, static_cast<std::int64_t>(planned.sales.size()), {}};
    for (const auto& [offer, why] : planned.refused) out.refused.push_back({offer, why.reason, why.detail});
    return out;
  }

  Result<SalePage> list(http::Call& call, Sales::Filter filter, const std::optional<std::string>& cursor,
                        std::int64_t limit) const {
    TRY_DO(api_.shoppers.require_role(call, Role::kMerchandiser));
    const std::string question =
        "admin.sales|" + std::to_string(filter.offer.value) + "|" + std::to_string(filter.batch.value);
    TRY(const auto key, api_.cursors.after(question, cursor, 1));
    if (key) filter.before = SaleId{key->numbers[0]};
    filter.limit = static_cast<int>(limit) + 1;
    TRY(auto found, api_.sales.list(filter));
    SalePage page;
    const bool more = found.size() > static_cast<std::size_t>(limit);
    if (more) found.resize(static_cast<std::size_t>(limit));
    for (const Sale& sale : found) page.items.push_back(view_of(sale, api_.sales.now()));
    if (more) page.next_cursor = Nullable<std::string>(api_.cursors.make(question, {{found.back().id.value}, ""}));
    return page;
  }

  Result<http::None> cancel(http::Call& call) const {
    TRY(const auto who, api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const auto id, call.id<SaleId>("id"));
    TRY_DO(api_.sales.cancel(id, noting(who, "catalog.sale_cancel", id.text())));
    return http::None{};
  }

  Result<HistoryPage> history(http::Call& call, const services::PageQuery& query) const {
    TRY_DO(api_.shoppers.require_role(call, Role::kMerchandiser));
    TRY(const auto offer, call.id<OfferId>("id"));
    const std::string question = "admin.prices|" + offer.text();
    TRY(const auto key, api_.cursors.after(question, query.cursor, 1));
    const auto before = key ? std::optional<Time>(Time{key->numbers[0]}) : std::nullopt;
    TRY(auto found, api_.sales.history(offer, before, static_cast<int>(query.limit) + 1));
    HistoryPage page;
    const bool more = found.size() > static_cast<std::size_t>(query.limit);
    if (more) found.resize(static_cast<std::size_t>(query.limit));
    for (const PastPrice& one : found) page.items.push_back({one.at, one.price, one.previous});
    if (more) page.next_cursor = Nullable<std::string>(api_.cursors.make(question, {{found.back().at.ms}, ""}));
    return page;
  }

 private:
  Sales::Beside noting(const services::Shopper& who, std::string action, std::string subject) const {
    return [entry = api_.audit.entry(who.caller(), std::move(action), std::move(subject))](db::Tx& tx, Time) {
      return services::Audit::record(tx, entry);
    };
  }

  Result<std::vector<Sales::Wish>> wishes_of(const NewSales& in) const {
    if (in.prices.empty() != in.percent.has_value())
      return fail(unclear("/percent", "Give either prices, or a percentage and what it is off."));
    std::vector<Sales::Wish> wishes;
    for (const auto& [offer, price] : in.prices) wishes.push_back({offer, price});
    const int named = !in.offers.empty() + in.category.has_value() + in.brand.has_value();
    if (named != (in.percent ? 1 : 0))
      return fail(unclear("/offers", "A percentage is off offers, or a category, or a brand: one of them."));
    if (!in.percent) return wishes;
    TRY(wishes, api_.sales.reduced({in.offers, in.category.value_or(CategoryId{}), in.brand.value_or("")},
                                   BasisPoints{*in.percent * 100}));
    if (wishes.empty())
      return invalid("catalog.nothing_to_reduce",
                     in.category ? "/category"
                     : in.brand  ? "/brand"
                                 : "/offers",
                     "unknown_value", "Nothing of that is sold.");
    return wishes;
  }

  SalesApi api_;
};

const std::vector<std::string_view> kSaleWrites{
    "services.sign_in",     "services.role_needed",   "catalog.no_such_offer",   "catalog.wrong_sale",
    "catalog.unclear_sale", "catalog.too_many_sales", "catalog.too_many_offers", "catalog.nothing_to_reduce"};
const std::vector<std::string_view> kSaleReads{"services.sign_in", "services.role_needed", "request.bad_cursor"};

}  // namespace

void add_sales_routes(http::Router& router, const SalesApi& api) {
  using http::Call, http::None;
  const auto on = std::make_shared<const SaleHandlers>(api);
  router.post<NewSale, SaleView>("/admin/offers/{id}/sales",
                                 {"Reduces an offer for a while", kSaleWrites, 201, "admin"},
                                 [on](Call& call, const NewSale& in) { return on->create(call, in); });
  router.get<services::PageQuery, SalePage>("/admin/offers/{id}/sales",
                                            {"Its sales, newest first", kSaleReads, 200, "admin"},
                                            [on](Call& call, const services::PageQuery& in) -> Result<SalePage> {
                                              TRY(const auto offer, call.id<OfferId>("id"));
                                              return on->list(call, {offer, {}, {}, 0}, in.cursor, in.limit);
                                            });
  router.post<NewSales, SalesPlanned>("/admin/sales", {"Reduces many offers for a while", kSaleWrites, 201, "admin"},
                                      [on](Call& call, const NewSales& in) { return on->create_many(call, in); });
  router.get<SalesQuery, SalePage>(
      "/admin/sales", {"Sales, newest first", kSaleReads, 200, "admin"}, [on](Call& call, const SalesQuery& in) {
        return on->list(call, {in.offer_id.value_or(OfferId{}), in.batch_id.value_or(SaleId{}), {}, 0}, in.cursor,
                        in.limit);
      });
  router.del<None, None>("/admin/sales/{id}",
                         {"Cancels a sale, or all of a batch", {"catalog.no_such_sale"}, 204, "admin"},
                         [on](Call& call, None) { return on->cancel(call); });
  router.get<services::PageQuery, HistoryPage>(
      "/admin/offers/{id}/price-history", {"What it cost when, newest first", kSaleReads, 200, "admin"},
      [on](Call& call, const services::PageQuery& in) { return on->history(call, in); });
}

}  // namespace kontor::catalog
