// Rates compiled for answering, and the computation itself: which taxes a place and class have, what they come to, and
// how cents are rounded and spread. Pure; never changed once made.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "shop/tax/tax.h"

namespace kontor::tax {

struct CompiledRate {
  std::string region;  // plain; "" all
  std::string name;
  std::int64_t rate_ppm = 0;
  std::optional<Time> from, until;

  bool holds(Time now) const { return (!from || now >= *from) && (!until || now < *until); }
};

// A tax that is due.
struct Due {
  std::string name;
  std::int64_t rate_ppm = 0;
  bool operator==(const Due&) const = default;
};

struct Rules {
  bool included = false;
  Rounding rounding = Rounding::kLine;
  std::string shipping_class;
};

struct Table {
  // By country and class; then by beginning of the postal code, "" for the whole country or region.
  using ByPostal = std::unordered_map<std::string, std::vector<CompiledRate>>;
  std::map<std::string, std::map<std::string, ByPostal, std::less<>>, std::less<>> by_country;
  SettingsText settings;
  std::map<std::string, ExemptionText, std::less<>> exemptions;  // by plain number

  Rules rules_for(std::string_view country) const;
  // In the order of names; those of class `standard` where the class has none of its own there. Empty for "exempt".
  std::vector<Due> due(const TaxQuestion& question, const std::string& tax_class) const;
  bool exempts(const TaxQuestion& question) const;
};
Table compile(const Taxes::Texts& texts);

// The table's own answer, as if nobody were exempt. kInvalid "tax.no_rate".
Result<TaxAnswer> taxes_of(const Table& table, const TaxQuestion& question);
// `amount` × rate / 1,000,000, half away from zero.
Money part_of(Money amount, std::int64_t rate_ppm);
// What of `amount` is tax at that rate when it is contained in it.
Money contained_in(Money amount, std::int64_t rate_ppm);

}  // namespace kontor::tax
