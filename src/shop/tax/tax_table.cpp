#include "shop/tax/tax_table.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace kontor::tax {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

// Half away from zero.
std::int64_t divided(__int128 amount, __int128 by) {
  const __int128 half = amount < 0 ? -(by / 2) : by / 2;
  return static_cast<std::int64_t>((amount + half) / by);
}

Money zero(Currency currency) { return Money::minor(0, currency); }

struct Found {
  const CompiledRate* rate = nullptr;
  std::size_t precision = 0;
};

void look(const std::vector<CompiledRate>& rates, const TaxQuestion& question, std::size_t postal,
          std::map<std::string, Found>& best) {
  const std::string region = plain_region(question.region);
  for (const CompiledRate& rate : rates) {
    if (!rate.holds(question.at) || (!rate.region.empty() && rate.region != region)) continue;
    Found& found = best[fold(rate.name)];
    const std::size_t precision = 1 + postal * 2 + (rate.region.empty() ? 0 : 1);
    if (precision > found.precision) found = {&rate, precision};
  }
}

std::vector<Due> due_in(const Table::ByPostal& rates, const TaxQuestion& question) {
  std::map<std::string, Found> best;  // by name, whatever its upper and lower case
  const std::string postal = plain_code(question.postal_code);
  for (std::size_t length = 0; length <= postal.size(); ++length) {
    const auto at = rates.find(postal.substr(0, length));
    if (at != rates.end()) look(at->second, question, length, best);
  }
  std::vector<Due> out;
  for (const auto& [name, found] : best) out.push_back({found.rate->name, found.rate->rate_ppm});
  return out;
}

// A line or shipping, and the taxes on it.
struct Piece {
  Money amount;
  std::vector<Due> due;
  Money tax;
};

std::int64_t sum_of(const std::vector<Due>& due) {
  std::int64_t sum = 0;
  for (const Due& one : due) sum += one.rate_ppm;
  return sum;
}

// By tax, in the order of `due`.
std::vector<Money> taxes_on(Money amount, const std::vector<Due>& due, bool included) {
  std::vector<Money> out;
  if (!included) {
    for (const Due& one : due) out.push_back(part_of(amount, one.rate_ppm));
    return out;
  }
  const std::int64_t all = sum_of(due);
  if (all == 0) return std::vector<Money>(due.size(), zero(amount.currency()));
  std::vector<std::int64_t> weights;
  for (const Due& one : due) weights.push_back(one.rate_ppm);
  return contained_in(amount, all).split(weights);
}

Money total(const std::vector<Money>& all, Currency currency) {
  Money sum = zero(currency);
  for (const Money& one : all) sum = sum + one;
  return sum;
}

// Adds what one rounding came to.
void book(std::vector<TaxPart>& parts, const Piece& piece, const std::vector<Money>& taxes, bool included) {
  const Money taxable = included ? piece.amount - total(taxes, piece.amount.currency()) : piece.amount;
  for (std::size_t i = 0; i < taxes.size(); ++i) {
    const Due& due = piece.due[i];
    auto at = std::find_if(parts.begin(), parts.end(),
                           [&](const TaxPart& part) { return part.name == due.name && part.rate_ppm == due.rate_ppm; });
    if (at == parts.end()) {
      parts.push_back({due.name, due.rate_ppm, zero(taxable.currency()), zero(taxable.currency())});
      at = parts.end() - 1;
    }
    at->taxable = at->taxable + taxable;
    at->tax = at->tax + taxes[i];
  }
}

void by_line(std::vector<Piece>& pieces, bool included, std::vector<TaxPart>& parts) {
  for (Piece& piece : pieces) {
    const auto taxes = taxes_on(piece.amount, piece.due, included);
    piece.tax = total(taxes, piece.amount.currency());
    book(parts, piece, taxes, included);
  }
}

// What has the same taxes is rounded once, and spread over its pieces so that they add up.
void by_order(std::vector<Piece>& pieces, bool included, std::vector<TaxPart>& parts) {
  std::vector<bool> done(pieces.size());
  for (std::size_t first = 0; first < pieces.size(); ++first) {
    if (done[first]) continue;
    Piece whole{zero(pieces[first].amount.currency()), pieces[first].due, {}};
    std::vector<std::int64_t> weights(pieces.size());
    for (std::size_t i = first; i < pieces.size(); ++i) {
      if (done[i] || pieces[i].due != whole.due) continue;
      done[i] = true;
      weights[i] = pieces[i].amount.amount_minor();
      whole.amount = whole.amount + pieces[i].amount;
    }
    const auto taxes = taxes_on(whole.amount, whole.due, included);
    book(parts, whole, taxes, included);
    if (whole.amount.amount_minor() <= 0) continue;
    const auto shares = total(taxes, whole.amount.currency()).split(weights);
    for (std::size_t i = first; i < pieces.size(); ++i)
      if (weights[i] > 0) pieces[i].tax = shares[i];
  }
}

tl::unexpected<Error> no_rate(const TaxQuestion& question) {
  const std::string words = "No tax rate is known for this address (" + question.country +
                            (question.region.empty() ? std::string() : ", " + question.region) + ").";
  return invalid("tax.no_rate", "/shipping_address", "no_tax_rate", words);
}

}  // namespace

Money part_of(Money amount, std::int64_t rate_ppm) {
  return Money::minor(divided(static_cast<__int128>(amount.amount_minor()) * rate_ppm, kMillion), amount.currency());
}

Money contained_in(Money amount, std::int64_t rate_ppm) {
  return Money::minor(divided(static_cast<__int128>(amount.amount_minor()) * rate_ppm, kMillion + rate_ppm),
                      amount.currency());
}

Table compile(const Taxes::Texts& texts) {
  Table table;
  table.settings = texts.settings;
  for (const auto& rate : texts.rates)
    table.by_country[rate.country][rate.tax_class][plain_code(rate.postal_prefix)].push_back(
        {plain_region(rate.region), rate.name, rate.rate_ppm, rate.from, rate.until});
  for (const auto& exemption : texts.exemptions) table.exemptions[plain_code(exemption.tax_id)] = exemption;
  return table;
}

Rules Table::rules_for(std::string_view country) const {
  Rules rules{settings.prices_include_tax, settings.rounding, settings.shipping_class};
  for (const auto& one : settings.countries) {
    if (one.country != country) continue;
    rules.included = one.prices_include_tax.value_or(rules.included);
    rules.rounding = one.rounding.value_or(rules.rounding);
    rules.shipping_class = one.shipping_class.value_or(rules.shipping_class);
  }
  return rules;
}

std::vector<Due> Table::due(const TaxQuestion& question, const std::string& tax_class) const {
  const auto country = by_country.find(question.country);
  if (country == by_country.end() || is_exempt(tax_class)) return {};
  for (const std::string_view one : {std::string_view(tax_class), kStandard}) {
    const auto rates = country->second.find(one);
    if (rates == country->second.end()) continue;
    auto found = due_in(rates->second, question);
    if (!found.empty()) return found;
  }
  return {};
}

bool Table::exempts(const TaxQuestion& question) const {
  if (question.tax_id.empty()) return false;
  const auto at = exemptions.find(plain_code(question.tax_id));
  if (at == exemptions.end()) return false;
  const ExemptionText& text = at->second;
  if (text.from && question.at < *text.from) return false;
  if (text.until && question.at >= *text.until) return false;
  if (!text.country.empty() && text.country != question.country) return false;
  return text.region.empty() || plain_region(text.region) == plain_region(question.region);
}

Result<TaxAnswer> taxes_of(const Table& table, const TaxQuestion& question) {
  const Rules rules = table.rules_for(question.country);
  const bool refuses = table.settings.when_missing == WhenMissing::kRefuse && !table.by_country.empty();
  std::vector<Piece> pieces;
  const auto add = [&](Money amount, const std::string& tax_class) {
    pieces.push_back({amount, table.due(question, tax_class), zero(question.currency)});
    return !pieces.back().due.empty() || is_exempt(tax_class);
  };
  bool known = true;
  for (const auto& line : question.lines) known = add(line.amount, line.tax_class) && known;
  known = (add(question.shipping, rules.shipping_class) || question.shipping.amount_minor() == 0) && known;
  if (!known && refuses) return no_rate(question);
  TaxAnswer answer;
  if (rules.rounding == Rounding::kLine)
    by_line(pieces, question.prices_include_tax, answer.parts);
  else
    by_order(pieces, question.prices_include_tax, answer.parts);
  answer.shipping = pieces.back().tax;
  pieces.pop_back();
  for (const Piece& piece : pieces) answer.lines.push_back(piece.tax);
  std::erase_if(answer.parts,
                [](const TaxPart& part) { return part.taxable.amount_minor() == 0 && part.tax.amount_minor() == 0; });
  return answer;
}

}  // namespace kontor::tax
