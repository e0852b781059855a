#include "shop/tax/tax.h"

#include <algorithm>

#include "shop/tax/tax_store.h"
#include "shop/tax/tax_table.h"
#include "shop/tax/vat_number.h"

namespace kontor::tax {
namespace {

TaxQuestion question_of(const Request& request, bool included) {
  TaxQuestion question;
  question.lines = request.lines;
  question.shipping = request.shipping;
  question.country = request.country;
  question.region = request.region;
  question.postal_code = request.postal_code;
  question.currency = request.currency;
  question.tax_id = request.tax_id;
  question.prices_include_tax = included;
  question.at = request.now;
  return question;
}

TaxAnswer nothing_due(const TaxQuestion& question) {
  TaxAnswer answer;
  answer.lines.assign(question.lines.size(), Money::minor(0, question.currency));
  answer.shipping = Money::minor(0, question.currency);
  return answer;
}

// What a provider may say: the tax of every line, in the currency, and parts that add up to it.
bool sound(const TaxAnswer& answer, const TaxQuestion& question) {
  if (answer.lines.size() != question.lines.size()) return false;
  const auto fits = [&](const Money& money) {
    return money.currency() == question.currency && money.amount_minor() >= 0 &&
           money.amount_minor() <= kMaxAmountMinor;
  };
  Money lines = Money::minor(0, question.currency), parts = lines;
  if (!fits(answer.shipping)) return false;
  if (question.prices_include_tax && answer.shipping > question.shipping) return false;
  for (std::size_t i = 0; i < answer.lines.size(); ++i) {
    if (!fits(answer.lines[i])) return false;
    if (question.prices_include_tax && answer.lines[i] > question.lines[i].amount) return false;
    lines = lines + answer.lines[i];
  }
  for (const TaxPart& part : answer.parts) {
    if (!fits(part.tax) || part.taxable.currency() != question.currency) return false;
    parts = parts + part.tax;
  }
  return lines + answer.shipping == parts;
}

// Why the buyer owes nothing, by the table.
Result<TaxTreatment> treatment_of(const Table& table, const TaxQuestion& question) {
  if (table.exempts(question)) return TaxTreatment::kExempt;
  const auto& home = table.settings.home_country;
  if (question.tax_id.empty() || !in_eu(home) || !in_eu(question.country)) return TaxTreatment::kTaxed;
  const auto number = vat_number(question.tax_id);
  if (!number && looks_like_vat_number(question.tax_id))
    return invalid("tax.bad_tax_id", "/tax_id", "bad_format",
                   "'" + question.tax_id + "' is no VAT number: its form or its check digits are wrong.");
  const bool abroad = question.country != home && number && number->country != home;
  return abroad ? TaxTreatment::kReverseCharge : TaxTreatment::kTaxed;
}

}  // namespace

Taxes::Taxes(db::Store* store, Clock& clock, IdSource& ids, TaxProvider* provider)
    : store_(store), clock_(clock), ids_(ids), provider_(provider) {}
Taxes::~Taxes() = default;

Result<std::shared_ptr<const Table>> Taxes::table() {
  if (auto known = table_.get()) return known;
  if (store_ == nullptr)
    hold({});
  else
    TRY_DO(reload());
  return table_.get();
}

// Nothing where there is none, or where it does not answer, or not soundly.
Result<std::optional<TaxAnswer>> Taxes::ask_provider(const TaxQuestion& question) {
  if (provider_ == nullptr) return std::optional<TaxAnswer>();
  auto answer = provider_->ask(question);
  if (!answer && answer.error().code == Errc::kInvalid) return fail(std::move(answer.error()));
  if (!answer || !sound(*answer, question)) return std::optional<TaxAnswer>();
  return std::optional(std::move(*answer));
}

Result<Computed> Taxes::compute(const Request& request) {
  TRY(const auto table, this->table());
  Computed out;
  out.included = table->rules_for(request.country).included;
  const auto question = question_of(request, out.included);
  out.answer = nothing_due(question);
  out.seller_tax_id = table->settings.seller_tax_id;
  out.relief = out.answer.lines;
  out.shipping_relief = out.answer.shipping;
  if (request.country.empty()) return out;
  TRY(auto provided, ask_provider(question));
  if (provided) {
    out.answer = std::move(*provided);
    return out;
  }
  out.estimated = provider_ != nullptr;
  TRY(const auto treatment, treatment_of(*table, question));
  out.answer.treatment = treatment;
  if (treatment != TaxTreatment::kTaxed && !out.included) return out;  // whether there is a rate is nothing to them
  TRY(auto taxed, taxes_of(*table, question));
  if (treatment == TaxTreatment::kTaxed) {
    out.answer = std::move(taxed);
    return out;
  }
  out.relief = std::move(taxed.lines);
  out.shipping_relief = taxed.shipping;
  return out;
}

void Taxes::hold(const Texts& texts) { table_.put(std::make_shared<const Table>(compile(texts)), table_.begin()); }

Result<void> Taxes::reload() {
  KONTOR_ASSERT(store_ != nullptr);
  const std::int64_t began = table_.begin();
  Texts texts;
  TRY_DO(store_->read(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    texts = {};
    TRY(auto rates, store::all_rates(tx));
    for (KeptRate& one : rates) texts.rates.push_back(std::move(one.rate));
    TRY(auto settings, store::settings(tx));
    texts.settings = std::move(settings.settings);
    TRY(auto exemptions, store::exemptions(tx));
    for (KeptExemption& one : exemptions) texts.exemptions.push_back(std::move(one.exemption));
    return {};
  }));
  table_.put(std::make_shared<const Table>(compile(texts)), began);
  return {};
}

}  // namespace kontor::tax
