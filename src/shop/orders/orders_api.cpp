#include "shop/orders/orders_api.h"

namespace kontor::orders {
namespace {

struct ListAllOrders {
  std::optional<Time> updated_since;
  std::int64_t limit = services::kListLimitDefault;
  std::optional<std::string> cursor;

  static constexpr auto fields() {
    return described(Field("updated_since", &ListAllOrders::updated_since,
                           "Only what changed since then, in the order of change, for keeping a copy"),
                     Field("limit", &ListAllOrders::limit, "How many at once", services::kListLimit, Default{}),
                     Field("cursor", &ListAllOrders::cursor, "next_cursor of the page before"));
  }
};

struct LookUp {
  std::string number;
  std::string email;

  static constexpr auto fields() {
    return described(Field("number", &LookUp::number, "As the confirmation says it", Length{1, 40}),
                     Field("email", &LookUp::email, "Where the confirmation went", Length{1, 254}));
  }
};

using OrderPage = services::Page<OrderView>;

tl::unexpected<Error> no_such_order() {
  return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
}

class OrderHandlers {
 public:
  OrderHandlers(Orders& orders, const services::Shoppers& shoppers, const services::Cursors& cursors)
      : orders_(orders), shoppers_(shoppers), cursors_(cursors) {}

  Result<OrderPage> own(http::Call& call, const services::PageQuery& in) const {
    TRY(const auto shopper, shoppers_.require_buyer(call.request));
    const std::string query = "orders of " + shopper.customer.text();
    ListQuery list;
    list.customer = shopper.customer;
    TRY_DO(continue_by_id(query, in.cursor, list));
    return page(query, list, in.limit);
  }

  Result<OrderView> own_one(http::Call& call) const {
    TRY(const auto shopper, shoppers_.require_buyer(call.request));
    TRY(const auto id, call.id<OrderId>("id"));
    TRY(const auto order, orders_.find(id));
    if (!order || order->customer != shopper.customer) return no_such_order();
    return view_of(*order);
  }

  Result<OrderView> look_up(const LookUp& in) const {
    TRY(const auto order, orders_.look_up(in.number, in.email));
    return view_of(order);
  }

  Result<OrderPage> all(http::Call& call, const ListAllOrders& in) const {
    TRY_DO(shoppers_.require_role(call.request, services::Role::kSupport));
    ListQuery list;
    list.updated_since = in.updated_since;
    if (!in.updated_since) {
      TRY_DO(continue_by_id("admin orders", in.cursor, list));
      return page("admin orders", list, in.limit);
    }
    const std::string query = "admin orders since " + std::to_string(in.updated_since->ms);
    TRY(const auto after, cursors_.after(query, in.cursor, 2));
    if (after) list.after = std::pair{Time{after->numbers[0]}, OrderId{after->numbers[1]}};
    return page(query, list, in.limit);
  }

  Result<OrderView> any_one(http::Call& call) const {
    TRY_DO(shoppers_.require_role(call.request, services::Role::kSupport));
    TRY(const auto id, call.id<OrderId>("id"));
    TRY(const auto order, orders_.find(id));
    if (!order) return no_such_order();
    return view_of(*order);
  }

 private:
  Result<void> continue_by_id(const std::string& query, const std::optional<std::string>& cursor,
                              ListQuery& list) const {
    TRY(const auto after, cursors_.after(query, cursor, 1));
    if (after) list.before = OrderId{after->numbers[0]};
    return {};
  }
  Result<OrderPage> page(const std::string& query, ListQuery list, std::int64_t limit) const {
    list.limit = static_cast<int>(limit) + 1;
    TRY(const auto found, orders_.list(list));
    OrderPage out;
    for (const auto& order : found) {
      if (static_cast<std::int64_t>(out.items.size()) == limit) {
        const auto& last = out.items.back();
        const auto key = list.updated_since ? services::ListKey{{last.updated_at.ms, last.id.value}, ""}
                                            : services::ListKey{{last.id.value}, ""};
        out.next_cursor.emplace(cursors_.make(query, key));
        break;
      }
      out.items.push_back(view_of(order));
    }
    return out;
  }

  Orders& orders_;
  const services::Shoppers& shoppers_;
  const services::Cursors& cursors_;
};

}  // namespace

void add_orders_routes(http::Router& router, Orders& orders, const services::Shoppers& shoppers,
                       const services::Cursors& cursors) {
  const OrderHandlers api(orders, shoppers, cursors);
  router.get<services::PageQuery, OrderPage>(
      "/orders", {"The caller's orders, newest first", {"request.bad_cursor"}},
      [api](http::Call& call, const services::PageQuery& in) { return api.own(call, in); });
  router.get<http::None, OrderView>("/orders/{id}", {"One of the caller's orders", {"orders.no_such_order"}},
                                    [api](http::Call& call, http::None) { return api.own_one(call); });
  router.post<LookUp, OrderView>("/orders/lookup",
                                 {"An order by its number and e-mail, for guests", {"orders.no_such_order"}},
                                 [api](http::Call&, const LookUp& in) { return api.look_up(in); });
  router.get<ListAllOrders, OrderPage>("/admin/orders", {"All orders", {"request.bad_cursor"}, 200, "admin"},
                                       [api](http::Call& call, const ListAllOrders& in) { return api.all(call, in); });
  router.get<http::None, OrderView>("/admin/orders/{id}", {"Any order", {"orders.no_such_order"}, 200, "admin"},
                                    [api](http::Call& call, http::None) { return api.any_one(call); });
}

}  // namespace kontor::orders
