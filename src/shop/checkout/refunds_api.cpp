#include "shop/checkout/refunds_api.h"

#include "runtime/json.h"
#include "services/idempotency.h"

namespace kontor::checkout {
namespace {

struct RefundView {
  std::int64_t number = 0;
  OrderId order_id;
  PaymentId payment_id;
  Money amount;
  std::string reason;
  std::string by;
  Time at;

  static constexpr auto fields() {
    using V = RefundView;
    return described(Field("number", &V::number, "The order's first refund is 1"),
                     Field("order_id", &V::order_id, "The order"), Field("payment_id", &V::payment_id, "Its payment"),
                     Field("amount", &V::amount, "What goes back"), Field("reason", &V::reason, "Why"),
                     Field("by", &V::by, "Who decided it"), Field("at", &V::at, "When"));
  }
};

struct ListedRefund : RefundView {
  bool paid = false;

  static constexpr auto fields() {
    return joined_fields(RefundView::fields(),
                         described(Field("paid", &ListedRefund::paid, "The gateway has given it back")));
  }
};

struct RefundList {
  std::vector<ListedRefund> items;
  Nullable<std::string> next_cursor;

  static constexpr auto fields() {
    return described(Field("items", &RefundList::items, "Oldest first"),
                     Field("next_cursor", &RefundList::next_cursor, "Always null: they are few"));
  }
};

RefundView view_of(const Refund& refund) {
  return {refund.number, refund.order, refund.payment, refund.amount, refund.reason, refund.by, refund.created};
}

Result<RefundView> give_back(const RefundsApiParts& parts, http::Call& call, const RefundWish& wish) {
  TRY(const auto staff, parts.shoppers.require_role(call.request, services::Role::kFinance));
  TRY(const auto id, call.id<OrderId>("id"));
  const auto entry = parts.audit.entry(staff.caller(), "orders.refund", id.text(), json::print(wish));
  const auto* ticket = services::idempotency_ticket(call);
  TRY(const auto refund,
      parts.refunds.run(id, wish, staff.caller(), [&](db::Tx& tx, const Refund& decided) -> Result<void> {
        if (ticket != nullptr)
          TRY_DO(services::Idempotency::remember(tx, *ticket,
                                                 {201, "application/json", {}, json::print(view_of(decided))}));
        return services::Audit::record(tx, entry);
      }));
  return view_of(refund);
}

Result<RefundList> of_order(const RefundsApiParts& parts, http::Call& call) {
  TRY_DO(parts.shoppers.require_role(call.request, services::Role::kFinance));
  TRY(const auto id, call.id<OrderId>("id"));
  TRY(const auto refunds, parts.refunds.of_order(id));
  RefundList list;
  for (const Refund& refund : refunds) list.items.push_back({view_of(refund), !refund.next});
  return list;
}

}  // namespace

void add_refunds_routes(http::Router& router, const RefundsApiParts& parts) {
  router.post<RefundWish, RefundView>(
      "/admin/orders/{id}/refunds",
      {"Gives money back of an order that is packed or further; once it is paid the order's payment shows it",
       {"orders.no_such_order", "payments.no_such_payment", "payments.refund_of_nothing", "payments.refund_too_large",
        "checkout.cancel_instead", "checkout.not_captured"},
       201,
       "admin"},
      [parts](http::Call& call, const RefundWish& wish) { return give_back(parts, call, wish); });
  router.get<http::None, RefundList>("/admin/orders/{id}/refunds",
                                     {"What finance gave back of an order", {"orders.no_such_order"}, 200, "admin"},
                                     [parts](http::Call& call, http::None) { return of_order(parts, call); });
}

}  // namespace kontor::checkout
