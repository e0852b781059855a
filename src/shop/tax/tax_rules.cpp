// What rates, settings and exemptions must not say.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "shop/tax/tax_rate.h"
#include "shop/tax/vat_number.h"

namespace kontor::tax {
namespace {

Result<void> done(std::string_view reason, std::string_view detail, const std::vector<Wrong>& wrong) {
  if (wrong.empty()) return {};
  Error error{Errc::kInvalid, std::string(reason), std::string(detail), {}, {}, 0};
  for (const Wrong& one : wrong) error.fields.push_back({one.field, one.code, one.message});
  return fail(std::move(error));
}

}  // namespace

bool is_tax_class(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

bool is_country_or_none(std::string_view text) { return text.empty() || is_country(text); }

std::string plain_code(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '+' || c == '*') out += c;
    if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string plain_region(std::string_view text) { return fold(trim(text)); }

std::string place_key(const RateText& rate) {
  std::string key = rate.country;
  for (std::string part :
       {plain_region(rate.region), plain_code(rate.postal_prefix), rate.tax_class, fold(rate.name)}) {
    std::replace(part.begin(), part.end(), '|', '/');
    key.append("|").append(part);
  }
  return key;
}

std::string rate_key(const RateText& rate) {
  return place_key(rate) + "|" + (rate.from ? to_rfc3339(*rate.from) : std::string());
}

std::vector<Wrong> wrong_in(const RateText& rate) {
  std::vector<Wrong> wrong;
  if (rate.from && rate.until && *rate.until <= *rate.from)
    wrong.push_back({"/until", "reversed", "The rate ends before it begins."});
  if (!rate.postal_prefix.empty() && plain_code(rate.postal_prefix).empty())
    wrong.push_back({"/postal_prefix", "bad_format", "A postal code has letters or digits."});
  if (is_exempt(rate.tax_class) && rate.rate_ppm != 0)
    wrong.push_back({"/rate_ppm", "contradiction", "The classes 'exempt' and 'gift_card' are never taxed."});
  return wrong;
}

Result<void> check(const SettingsText& settings) {
  std::vector<Wrong> wrong;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < settings.countries.size(); ++i)
    if (!seen.insert(settings.countries[i].country).second)
      wrong.push_back({"/countries/" + std::to_string(i) + "/country", "repeated", "This country is there twice."});
  if (in_eu(settings.home_country) && !settings.seller_tax_id.empty() && !vat_number(settings.seller_tax_id))
    wrong.push_back({"/seller_tax_id", "bad_format", "This is no VAT number of a member of the European Union."});
  return done("tax.bad_settings", "The settings contradict themselves.", wrong);
}

Result<void> check(const ExemptionText& exemption) {
  std::vector<Wrong> wrong;
  if (plain_code(exemption.tax_id).empty())
    wrong.push_back({"/tax_id", "bad_format", "A number has letters or digits."});
  if (exemption.from && exemption.until && *exemption.until <= *exemption.from)
    wrong.push_back({"/until", "reversed", "The exemption ends before it begins."});
  if (!exemption.region.empty() && exemption.country.empty())
    wrong.push_back({"/country", "required", "A region is one of a country."});
  return done("tax.bad_exemption", "The exemption contradicts itself.", wrong);
}

}  // namespace kontor::tax
