#include "base/text.h"
#include "shop/orders/invoices.h"

namespace kontor::orders {
namespace {

constexpr std::string_view kStyle = R"css(
@page { size: A4; margin: 18mm 16mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 50rem; color: #000; background: #fff; }
body { font: 11pt/1.45 "Liberation Sans", Arial, sans-serif; }
header { display: flex; justify-content: space-between; gap: 2rem; }
header { border-bottom: 2px solid #000; padding-bottom: .75rem; }
header strong { font-size: 1.4rem; }
h1 { font-size: 1.3rem; margin: 1.5rem 0 .25rem; }
address { font-style: normal; margin: 1.5rem 0 0; }
table { width: 100%; border-collapse: collapse; margin-top: 1.25rem; }
caption { text-align: left; font-weight: 700; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .5rem .35rem 0; border-bottom: 1px solid #999; }
th.n, td.n { text-align: right; white-space: nowrap; padding-right: 0; padding-left: .75rem; }
td.n { font-variant-numeric: tabular-nums; }
tr { break-inside: avoid; }
tfoot td, tfoot th { border: 0; padding-top: .2rem; padding-bottom: .2rem; font-weight: 400; text-align: right; }
tfoot .whole th, tfoot .whole td { font-weight: 700; border-top: 2px solid #000; }
section + section { break-before: page; margin-top: 3rem; }
@media print { body { padding: 0; max-width: none; font-size: 10pt; } section + section { margin-top: 0; } }
)css";

void put_address(std::string& out, const Address& to) {
  out += "<address>" + html_escape(to.name) + "<br>" + html_escape(to.line1) + "<br>";
  if (to.line2 && !to.line2->empty()) out += html_escape(*to.line2) + "<br>";
  out += html_escape(to.postal_code) + " " + html_escape(to.city);
  if (to.region && !to.region->empty()) out += ", " + html_escape(*to.region);
  out += "<br>" + html_escape(to.country) + "</address>";
}

void put_head(std::string& out, const Order& order, const Invoice& invoice, const InvoiceStyle& style) {
  const auto& document = order.document;
  out += "<header><strong>" + html_escape(style.seller) + "</strong><span>Order " + html_escape(order.number()) +
         "<br>of " + html_escape(style.formats.date(order.created)) + "</span></header>";
  put_address(out, document.billing_address ? *document.billing_address : document.shipping_address);
  if (document.tax_id) out += "<p>Tax number of the customer: " + html_escape(*document.tax_id) + "</p>";
  out += "<h1>" + std::string(invoice.part == 0 ? "Invoice " : "Credit note ") + html_escape(invoice.number) +
         "</h1><p>Issued on " + html_escape(style.formats.date(invoice.issued_at));
}

constexpr std::string_view kColumns =
    "<thead><tr><th scope=\"col\">Article</th><th class=\"n\" scope=\"col\">Quantity</th><th class=\"n\" "
    "scope=\"col\">Price of one</th><th class=\"n\" scope=\"col\">Discount</th><th class=\"n\" scope=\"col\">Tax</th>"
    "<th class=\"n\" scope=\"col\">Sum</th></tr></thead><tbody>";

void put_cell(std::string& out, const std::string& text) { out += "<td class=\"n\">" + html_escape(text) + "</td>"; }

void put_sum(std::string& out, std::string_view name, const std::string& amount, bool whole = false) {
  out += std::string(whole ? "<tr class=\"whole\">" : "<tr>") + "<th colspan=\"5\" scope=\"row\">" + html_escape(name) +
         "</th><td class=\"n\">" + html_escape(amount) + "</td></tr>";
}

void put_line(std::string& out, const services::Formats& formats, const OrderLine& line, const CancelledLine& part) {
  out += "<tr><td>" + html_escape(line.title) + "<br>" + html_escape(line.sku);
  if (part.quantity == 0) out += "<br>Discount of what stays";
  out += "</td>";
  put_cell(out, formats.number(part.quantity));
  put_cell(out, formats.money(line.unit_price));
  put_cell(out, formats.money(part.discount));
  put_cell(out, formats.money(part.tax));
  put_cell(out, formats.money(part.line_total));
  out += "</tr>";
}

void put_rates(std::string& out, const services::Formats& formats, const ExchangeTableText& table) {
  out += "<p>Converted at the rates of " + html_escape(formats.date(table.as_of)) + ":";
  for (const ExchangeRateText& one : table.rates)
    out += " 1 " + std::string(table.base.code()) + " = " + one.rate + " " + std::string(one.currency.code()) +
           (&one == &table.rates.back() ? "." : ",");
  out += "</p>";
}

void put_invoice(std::string& out, const Order& order, const std::vector<Invoice>& invoices,
                 const InvoiceStyle& style) {
  const auto& document = order.document;
  const auto& totals = document.totals;
  const auto money = [&](Money amount) { return style.formats.money(amount); };
  out += "<section>";
  put_head(out, order, invoices.front(), style);
  for (std::size_t i = 1; i < invoices.size(); ++i)
    out += std::string(i == 1 ? "; corrected by " : ", ") + "credit note " + html_escape(invoices[i].number);
  out += ".</p><table><caption>What was bought</caption>" + std::string(kColumns);
  for (const auto& line : document.lines)
    put_line(out, style.formats, line,
             {line.id, line.offer_id, line.quantity, line.discount, line.tax, line.line_total});
  out += "</tbody><tfoot>";
  put_sum(out, "Goods", money(totals.subtotal));
  for (const auto& discount : totals.discounts)
    put_sum(out, discount.label, money(Money::minor(-discount.amount.amount_minor(), discount.amount.currency())));
  put_sum(out, "Delivery", money(totals.shipping));
  const auto taxes = tax_lines(totals);
  for (const auto& [label, amount] : taxes) put_sum(out, label, money(amount));
  if (taxes.empty()) put_sum(out, "Tax", money(totals.tax));
  put_sum(out, "Total", money(totals.total), true);
  for (const auto& payment : document.payments) put_sum(out, "Paid by " + payment.method, money(payment.amount));
  out += "</tfoot></table>";
  if (document.seller_tax_id) out += "<p>Tax number of the seller: " + html_escape(*document.seller_tax_id) + "</p>";
  if (const auto note = tax_note(totals); !note.empty()) out += "<p>" + html_escape(note) + "</p>";
  if (totals.rates) put_rates(out, style.formats, *totals.rates);
  out += "</section>";
}

void put_credit_note(std::string& out, const Order& order, const Invoice& note, const Invoice& invoice,
                     const InvoiceStyle& style) {
  const auto& document = order.document;
  const auto& cancellation = document.cancellations->at(static_cast<std::size_t>(note.part - 1));
  const auto money = [&](Money amount) { return style.formats.money(amount); };
  out += "<section>";
  put_head(out, order, note, style);
  out += ", correcting invoice " + html_escape(invoice.number) + " of " +
         html_escape(style.formats.date(invoice.issued_at)) + ".";
  if (cancellation.reason) out += " Reason: " + html_escape(*cancellation.reason);
  out += "</p><table><caption>What was cancelled on " + html_escape(style.formats.date(cancellation.at)) +
         "</caption>" + std::string(kColumns);
  for (const auto& part : cancellation.lines)
    for (const auto& line : document.lines)
      if (line.id == part.line_id) put_line(out, style.formats, line, part);
  out += "</tbody><tfoot>";
  const bool on_top = cancellation.shipping_tax && !document.totals.tax_included.value_or(false);
  if (cancellation.shipping.amount_minor() > 0)
    put_sum(out, "Delivery",
            money(on_top ? cancellation.shipping - *cancellation.shipping_tax : cancellation.shipping));
  if (cancellation.shipping_tax)
    put_sum(out, on_top ? "Tax on delivery" : "of which tax", money(*cancellation.shipping_tax));
  put_sum(out, "Given back", money(cancellation.refund), true);
  put_sum(out, "Total of the order until then", money(cancellation.total_before));
  put_sum(out, "Total of the order since then", money(cancellation.total_after));
  out += "</tfoot></table></section>";
}

}  // namespace

std::string invoice_html(const Order& order, const std::vector<Invoice>& invoices, const InvoiceStyle& style) {
  KONTOR_ASSERT(!invoices.empty());
  std::string out =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>Invoice " +
      html_escape(invoices.front().number) + "</title><style>" + std::string(kStyle) + "</style></head><body>";
  put_invoice(out, order, invoices, style);
  for (std::size_t i = 1; i < invoices.size(); ++i) put_credit_note(out, order, invoices[i], invoices.front(), style);
  return out + "</body></html>";
}

http::Response invoice_response(std::string html) {
  http::Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(html);
  // The document is kept and printed apart from the shop, so its style is inside; nothing else may come in.
  response.headers = {{"Cache-Control", "private, no-store"},
                      {"Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                       "frame-ancestors 'none'"}};
  return response;
}

}  // namespace kontor::orders
