#include "shop/orders/order_export.h"

#include <memory>

#include "base/money_text.h"
#include "runtime/csv_write.h"
#include "runtime/json.h"

namespace kontor::orders {
namespace {

constexpr int kPage = 100;  // orders a piece

constexpr std::string_view kHeader =
    "order_id,number,status,created_at,updated_at,customer_id,email,currency,line,product_id,offer_id,sku,title,"
    "quantity,"
    "unit_price,discount,tax,line_total,order_subtotal,order_shipping,order_tax,order_total,payment_status,ship_name,"
    "ship_line1,ship_line2,ship_city,ship_region,ship_postal_code,ship_country,ship_phone,cancelled,"
    "order_current_total\n";

void print_csv(const OrderView& order, std::string& out) {
  const Address& to = order.shipping_address;
  std::int64_t number = 0;
  for (const OrderLine& line : order.items) {
    runtime::CsvLine cells(out);
    cells.plain(order.id.text()).plain(order.number).plain(name_of(order.status)).plain(to_rfc3339(order.created_at));
    cells.plain(to_rfc3339(order.updated_at)).plain(order.customer_id.text()).text(order.email);
    cells.plain(order.totals.total.currency().code()).number(++number).plain(line.product_id.text());
    cells.plain(line.offer_id.text()).text(line.sku).text(line.title).number(line.quantity);
    cells.plain(amount_text(line.unit_price)).plain(amount_text(line.discount)).plain(amount_text(line.tax));
    cells.plain(amount_text(line.line_total)).plain(amount_text(order.totals.subtotal));
    cells.plain(amount_text(order.totals.shipping)).plain(amount_text(order.totals.tax));
    cells.plain(amount_text(order.totals.total));
    cells.text(order.payments.empty() ? "" : order.payments[0].status);
    cells.text(to.name).text(to.line1).text(to.line2.value_or("")).text(to.city).text(to.region.value_or(""));
    cells.text(to.postal_code).text(to.country).text(to.phone.value_or(""));
    cells.number(line.cancelled.value_or(0)).plain(amount_text(order.current_totals.total)).end();
  }
}

}  // namespace

services::Export order_export(Orders& orders) {
  return [&orders](services::ExportFormat format) -> services::ExportPieces {
    const bool csv = format == services::ExportFormat::kCsv;
    return [&orders, csv, last = OrderId{}, first = true]() mutable -> Result<std::string> {
      std::string out = first && csv ? std::string(kHeader) : "";
      first = false;
      TRY(const auto page, orders.after(last, kPage));
      for (const Order& order : page) {
        last = order.id;
        if (csv)
          print_csv(view_of(order), out);
        else
          out += json::print(view_of(order)) + "\n";
      }
      return out;
    };
  };
}

}  // namespace kontor::orders
