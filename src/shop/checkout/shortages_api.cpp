#include "shop/checkout/shortages_api.h"

#include "runtime/json.h"

namespace kontor::checkout {
namespace {

constexpr int kAlternatives = 4;

struct Decision {
  ShortageDecision decision = ShortageDecision::kWait;
  std::optional<OfferId> offer_id;

  static constexpr auto fields() {
    return described(Field("decision", &Decision::decision, "wait for the units, or cancel them and be refunded"),
                     Field("offer_id", &Decision::offer_id, "Of which offer; absent: of all that are missing"));
  }
};

struct ShortageView {
  OrderId order_id;
  OfferId offer_id;
  WarehouseId warehouse_id;
  std::int64_t quantity = 0;
  ShortageState state = ShortageState::kOpen;
  Time since;
  Time decide_by;
  std::optional<std::vector<orders::Alternative>> alternatives;

  static constexpr auto fields() {
    using V = ShortageView;
    return described(
        Field("order_id", &V::order_id, "The order"), Field("offer_id", &V::offer_id, "What is missing"),
        Field("warehouse_id", &V::warehouse_id, "Where it should lie"),
        Field("quantity", &V::quantity, "How many units of it"),
        Field("state", &V::state, "open, waiting, cancelled, or settled when nothing is missing any more"),
        Field("since", &V::since, "When it was found"),
        Field("decide_by", &V::decide_by, "When an open one is cancelled"),
        Field("alternatives", &V::alternatives, "What may be had in its place; only of one order, while undecided"));
  }
};

struct ShortageList {
  std::vector<ShortageView> items;

  static constexpr auto fields() { return described(Field("items", &ShortageList::items, "What is missing, or was")); }
};

ShortageView view(const Shortage& one) {
  return {one.order, one.offer, one.warehouse, one.quantity, one.state, one.since, one.decide_by, {}};
}

class ShortageHandlers {
 public:
  explicit ShortageHandlers(const ShortagesApiParts& parts) : p_(parts) {}

  Result<ShortageList> show(http::Call& call) const {
    TRY(const auto id, call.id<OrderId>("id"));
    TRY_DO(who_may(call, id));
    TRY(const auto found, p_.shortages.of_order(id));
    return list_of(found);
  }

  Result<ShortageList> decide(http::Call& call, const Decision& in) const {
    TRY(const auto id, call.id<OrderId>("id"));
    TRY(const auto shopper, who_may(call, id));
    const bool staff = shopper.roles.has(services::Role::kSupport);
    Decider decider{staff ? "staff" : "customer"};
    if (staff)
      decider.also = [&](const Shortage& one) -> db::Function {
        const auto detail = json::print(Decision{in.decision, one.offer});
        const auto entry = p_.audit.entry(shopper.caller(), "orders.shortage", id.text(), detail);
        return [entry](db::Tx& tx) { return services::Audit::record(tx, entry); };
      };
    TRY(const auto found, p_.shortages.decide(id, in.offer_id, in.decision, decider));
    return list_of(found);
  }

  Result<services::Page<ShortageView>> list(const http::Call& call, const services::PageQuery& query) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kSupport));
    TRY(const auto key, p_.cursors.after("admin/shortages", query.cursor, 3));
    std::optional<Shortage> after;
    if (key)
      after = Shortage{OrderId{key->numbers[0]}, OfferId{key->numbers[1]}, WarehouseId{key->numbers[2]}, 0, {}, {}, {}};
    TRY(const auto found, p_.shortages.unsettled(after, static_cast<int>(query.limit) + 1));
    services::Page<ShortageView> page;
    const auto shown = std::min<std::size_t>(found.size(), static_cast<std::size_t>(query.limit));
    for (std::size_t at = 0; at < shown; ++at) page.items.push_back(view(found[at]));
    if (found.size() > shown) {
      const Shortage& last = found[shown - 1];
      page.next_cursor =
          p_.cursors.make("admin/shortages", {{last.order.value, last.offer.value, last.warehouse.value}, ""});
    }
    return page;
  }

 private:
  // The buyer's own, or any for staff.
  Result<services::Shopper> who_may(http::Call& call, OrderId id) const {
    TRY(auto shopper, p_.shoppers.of(call.request));
    TRY(const auto order, p_.orders.find(id));
    const bool staff = shopper.roles.has(services::Role::kSupport);
    if (!staff) {
      TRY(shopper, p_.shoppers.require_buyer(call.request));
    }
    if (!order || (!staff && order->customer != shopper.customer))
      return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
    return shopper;
  }

  Result<ShortageList> list_of(const std::vector<Shortage>& found) const {
    ShortageList out;
    for (const Shortage& one : found) {
      auto& shown = out.items.emplace_back(view(one));
      if (one.state != ShortageState::kOpen) continue;
      TRY(shown.alternatives, p_.alternatives.alternatives(one.offer, kAlternatives));
    }
    return out;
  }

  ShortagesApiParts p_;
};

}  // namespace

void add_shortages_routes(http::Router& router, const ShortagesApiParts& parts) {
  const ShortageHandlers api(parts);
  router.get<http::None, ShortageList>(
      "/orders/{id}/shortages",
      {"What of an order is missing after all, and what may be had in its place", {"orders.no_such_order"}},
      [api](http::Call& call, const http::None&) { return api.show(call); });
  router.post<Decision, ShortageList>(
      "/orders/{id}/shortages",
      {"Waits for what is missing, or cancels it; the money follows",
       {"orders.no_such_order", "checkout.nothing_missing", "orders.not_cancellable", "orders.not_captured"}},
      [api](http::Call& call, const Decision& in) { return api.decide(call, in); });
  router.get<services::PageQuery, services::Page<ShortageView>>(
      "/admin/shortages",
      {"Orders that cannot be kept in full: undecided, or waiting", {"request.bad_cursor"}, 200, "admin"},
      [api](http::Call& call, const services::PageQuery& query) { return api.list(call, query); });
}

}  // namespace kontor::checkout
