// What the operator says of tax: rates by place and class, how prices and rounding work in which country, and who is
// exempt. Kept as JSON documents; the functions below say everything that is wrong with one.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/country.h"
#include "base/described.h"
#include "base/id.h"
#include "base/result.h"
#include "base/tax_classes.h"
#include "base/time.h"

namespace kontor::tax {

KONTOR_ID(TaxRate, "txr");

bool is_tax_class(std::string_view text);  // lower-case letters, digits, '-' and '_'
bool is_country_or_none(std::string_view text);

inline constexpr std::string_view kStandard = "standard";  // of products that say nothing
inline constexpr Format kTaxClass{"code", is_tax_class};
inline constexpr Format kCountryOrNone{"country", is_country_or_none};

// A tax of a place. Several names add up (state and city); of one name the most precise place holds.
struct RateText {
  std::string country;
  std::string region;
  std::string postal_prefix;
  std::string tax_class = std::string(kStandard);
  std::string name;
  std::int64_t rate_ppm = 0;
  std::optional<Time> from, until;

  static constexpr auto fields() {
    using R = RateText;
    return described(
        Field("country", &R::country, "ISO 3166-1 alpha-2", Format{"country", is_country}),
        Field("region", &R::region, "Only this state or province; empty: all", Length{0, 120}, Default{}),
        Field("postal_prefix", &R::postal_prefix, "Only postal codes that begin so; empty: all", Length{0, 20},
              Default{}),
        Field("tax_class", &R::tax_class, "Of products of this class", Length{1, 60}, kTaxClass, Default{}),
        Field("name", &R::name, "As it stands on the invoice: VAT, State tax", Length{1, 60}),
        Field("rate_ppm", &R::rate_ppm, "Parts per million: 19 % is 190000, 8.875 % is 88750", Range{0, 1'000'000}),
        Field("from", &R::from, "Only from then on"), Field("until", &R::until, "Only before"));
  }
};

enum class Rounding { kLine, kOrder };
constexpr auto enum_names(Rounding) {
  return std::array{EnumName<Rounding>{Rounding::kLine, "line"}, EnumName<Rounding>{Rounding::kOrder, "order"}};
}
enum class WhenMissing { kUntaxed, kRefuse };
constexpr auto enum_names(WhenMissing) {
  using N = EnumName<WhenMissing>;
  return std::array{N{WhenMissing::kUntaxed, "untaxed"}, N{WhenMissing::kRefuse, "refuse"}};
}

struct CountryRule {
  std::string country;
  std::optional<bool> prices_include_tax;
  std::optional<Rounding> rounding;
  std::optional<std::string> shipping_class;

  static constexpr auto fields() {
    using C = CountryRule;
    return described(
        Field("country", &C::country, "ISO 3166-1 alpha-2", Format{"country", is_country}),
        Field("prices_include_tax", &C::prices_include_tax, "Whether prices hold the tax there"),
        Field("rounding", &C::rounding, "line or order"),
        Field("shipping_class", &C::shipping_class, "Of which class shipping is", Length{1, 60}, kTaxClass));
  }
};

struct SettingsText {
  bool prices_include_tax = false;
  Rounding rounding = Rounding::kLine;
  std::string shipping_class = std::string(kStandard);
  WhenMissing when_missing = WhenMissing::kUntaxed;
  std::string home_country;
  std::string seller_tax_id;
  std::vector<CountryRule> countries;

  static constexpr auto fields() {
    using S = SettingsText;
    return described(
        Field("prices_include_tax", &S::prices_include_tax, "Whether prices hold the tax, where no country says else",
              Default{}),
        Field("rounding", &S::rounding, "line, or order: the sum is rounded and spread over the lines", Default{}),
        Field("shipping_class", &S::shipping_class, "Of which class shipping is; exempt: it is not taxed",
              Length{1, 60}, kTaxClass, Default{}),
        Field("when_missing", &S::when_missing,
              "Where no rate is known: untaxed, or refuse, as soon as there are any rates", Default{}),
        Field("home_country", &S::home_country, "The seller's; needed for reverse charge in the EU", kCountryOrNone,
              Default{}),
        Field("seller_tax_id", &S::seller_tax_id, "The seller's number", Length{0, 40}, Default{}),
        Field("countries", &S::countries, "What is different where", Length{0, 250}, Default{}));
  }
};

// A buyer who owes no tax.
struct ExemptionText {
  std::string tax_id;
  std::string country;
  std::string region;
  std::string reason;
  std::optional<Time> from, until;

  static constexpr auto fields() {
    using E = ExemptionText;
    return described(
        Field("tax_id", &E::tax_id, "The buyer's number, or the certificate's", Length{1, 40}),
        Field("country", &E::country, "Only for what goes there; empty: anywhere", kCountryOrNone, Default{}),
        Field("region", &E::region, "Only for this state or province", Length{0, 120}, Default{}),
        Field("reason", &E::reason, "Why, for colleagues", Length{1, 200}),
        Field("from", &E::from, "Only from then on"), Field("until", &E::until, "Only before"));
  }
};

// Upper case, letters and digits only: how numbers of buyers and postal codes are compared.
std::string plain_code(std::string_view text);
std::string plain_region(std::string_view text);
// What one rate is the rate of; with when it begins, the same text is the same row.
std::string place_key(const RateText& rate);
std::string rate_key(const RateText& rate);

struct Wrong {
  std::string field, code, message;
};
// The mistakes of one document, with JSON pointers below it.
std::vector<Wrong> wrong_in(const RateText& rate);
Result<void> check(const SettingsText& settings);    // kInvalid "tax.bad_settings"
Result<void> check(const ExemptionText& exemption);  // kInvalid "tax.bad_exemption"

}  // namespace kontor::tax
