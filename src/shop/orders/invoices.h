// Invoices: one an order, when it is confirmed, and a credit note for each cancellation after it, numbered in one row a
// year without gaps. Owns orders_invoices and orders_invoice_years. Numbers are given by a consumer after the fact (or
// when somebody asks earlier), never by a checkout: all purchases would wait for the one row of the year. What stands
// on an invoice is the order's own document, which never changes; only numbers and dates are kept here.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "runtime/http.h"
#include "services/check_report.h"
#include "services/consumers.h"
#include "services/formats.h"
#include "shop/orders/orders.h"

namespace kontor::orders {

struct Invoice {
  std::string number;  // 2026-000042
  std::int64_t part = 0;
  Time issued_at;

  static constexpr auto fields() {
    return described(Field("number", &Invoice::number, "The year, and its number there"),
                     Field("part", &Invoice::part, "0: the invoice; else the cancellation that is credited"),
                     Field("issued_at", &Invoice::issued_at, "When it was issued"));
  }
};

class Invoices {
 public:
  Invoices(db::Store& store, Orders& orders, Clock& clock) : store_(store), orders_(orders), clock_(clock) {}

  // The order's invoice and its credit notes, in this order; what is missing is issued now. kNotFound
  // "orders.not_invoiced" before the order is confirmed.
  Result<std::vector<Invoice>> of(const Order& order);
  // Inside a write function (home customer): issues the invoice and the credit notes up to number `parts`, once.
  Result<void> issue(db::Tx& tx, OrderId order, std::int64_t parts, Time now);
  // Inside a write function: the invoices of orders that were confirmed, numbered in this order; once each.
  Result<void> issue_first(db::Tx& tx, std::span<const OrderId> orders, Time now);
  // Issues what an event of orders calls for, in the transaction of the consumer's position.
  services::Consumer consumer();

  // The numbers of each year run from 1 to the last without a gap, and belong to orders.
  Result<void> check(services::CheckReport& report);

 private:
  Result<void> take(db::Tx& tx, const LoggedEvent& event);
  Result<void> take_all(db::Tx& tx, std::span<const LoggedEvent* const> events);
  db::Store& store_;
  Orders& orders_;
  Clock& clock_;
};

// A whole document for paper and screen: A4, its style inside, a page for the invoice and one for each credit note.
// `invoices` as Invoices::of() answers them.
// Amounts and dates as `style.formats` writes them: the shop's, since an invoice is the shop's document.
struct InvoiceStyle {
  std::string seller;
  services::Formats formats;
};
std::string invoice_html(const Order& order, const std::vector<Invoice>& invoices, const InvoiceStyle& style);
// With the headers that such a document needs.
http::Response invoice_response(std::string html);

}  // namespace kontor::orders
