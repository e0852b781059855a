#include "runtime/json.h"
#include "shop/orders/orders_api.h"

namespace kontor::orders {
namespace {

struct InvoiceView {
  OrderId order_id;
  std::string order_number;
  std::string number;
  Time issued_at;
  std::optional<std::string> tax_id;
  Money total;
  std::vector<Invoice> credit_notes;
  Money current_total;

  static constexpr auto fields() {
    using V = InvoiceView;
    return described(
        Field("order_id", &V::order_id, "The order"), Field("order_number", &V::order_number, "Its number for people"),
        Field("number", &V::number, "The invoice's number: the year, and its number there"),
        Field("issued_at", &V::issued_at, "When it was issued"), Field("tax_id", &V::tax_id, "The buyer's tax number"),
        Field("total", &V::total, "What it is over"),
        Field("credit_notes", &V::credit_notes, "What corrected it since, oldest first"),
        Field("current_total", &V::current_total, "The total less what they credit"));
  }
};

Result<http::Response> show(const InvoiceApiParts& parts, const http::Call& call, const Order& order) {
  TRY(const auto invoices, parts.invoices.of(order));
  if (call.request.header("Accept").find("application/json") == std::string_view::npos)
    return invoice_response(invoice_html(order, invoices, parts.style));
  InvoiceView view{order.id,
                   order.number(),
                   invoices.front().number,
                   invoices.front().issued_at,
                   order.document.tax_id,
                   order.document.totals.total,
                   {invoices.begin() + 1, invoices.end()},
                   view_of(order).current_totals.total};
  http::Response response;
  response.headers = {{"Cache-Control", "private, no-store"}};
  response.body = json::print(view);
  return response;
}

Result<Order> order_for(const InvoiceApiParts& parts, const http::Call& call, bool staff) {
  CustomerId customer;
  if (staff) {
    TRY_DO(parts.shoppers.require_role(call.request, services::Role::kSupport));
  } else {
    TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
    customer = shopper.customer;
  }
  TRY(const auto id, call.id<OrderId>("id"));
  TRY(auto order, parts.orders.find(id));
  if (!order || (!staff && order->customer != customer))
    return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  return std::move(*order);
}

http::Endpoint endpoint_at(const InvoiceApiParts& parts, std::string pattern, const http::About& about, bool staff) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kGet;
  endpoint.pattern = std::move(pattern);
  endpoint.about = about;
  http::describe<http::None, InvoiceView>(endpoint);
  endpoint.handle = [parts, staff](http::Call& call) {
    const auto answer = [&]() -> Result<http::Response> {
      TRY_DO(http::read_query<http::None>(call.request.query));
      TRY(const auto order, order_for(parts, call, staff));
      return show(parts, call, order);
    };
    auto response = answer();
    return response ? std::move(*response) : http::problem(response.error(), call.request.request_id);
  };
  return endpoint;
}

}  // namespace

void add_invoice_routes(http::Router& router, const InvoiceApiParts& parts) {
  router.add(endpoint_at(parts, "/orders/{id}/invoice",
                         {"The invoice of one of the caller's orders, with its credit notes: HTML to print, or JSON "
                          "when that is accepted",
                          {"orders.no_such_order", "orders.not_invoiced"}},
                         false));
  router.add(endpoint_at(parts, "/admin/orders/{id}/invoice",
                         {"The invoice of any order", {"orders.no_such_order", "orders.not_invoiced"}, 200, "admin"},
                         true));
}

}  // namespace kontor::orders
