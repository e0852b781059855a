#include "shop/orders/order_taxes.h"

namespace kontor::orders {

std::string percent_text(std::int64_t rate_ppm) {
  std::string text = std::to_string(rate_ppm / 10'000);
  std::string part = std::to_string(10'000 + rate_ppm % 10'000).substr(1);
  while (!part.empty() && part.back() == '0') part.pop_back();
  if (!part.empty()) text.append(".").append(part);
  return text + " %";
}

std::vector<std::pair<std::string, Money>> tax_lines(const OrderTotals& totals) {
  std::vector<std::pair<std::string, Money>> lines;
  const std::string contained = totals.tax_included.value_or(false) ? ", contained" : "";
  if (totals.taxes) {
    for (const auto& tax : *totals.taxes)
      lines.emplace_back(tax.name + " " + percent_text(tax.rate_ppm) + " of " + tax.taxable.text() + contained,
                         tax.tax);
  } else if (totals.tax.amount_minor() != 0) {
    lines.emplace_back("Tax" + contained, totals.tax);
  }
  return lines;
}

std::string tax_note(const OrderTotals& totals) {
  if (totals.tax_treatment == "reverse_charge")
    return "Reverse charge: the recipient owes the tax (Article 196 of Directive 2006/112/EC).";
  if (totals.tax_treatment == "exempt") return "Exempt: no tax is charged.";
  return {};
}

}  // namespace kontor::orders
