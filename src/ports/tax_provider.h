// Who says what tax is due. The shop's own table of rates is the built-in provider (src/shop/tax); a service that knows
// more takes its place behind this port.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"

namespace kontor {

struct TaxQuestion {
  struct Line {
    std::string tax_class;  // "standard", or what the product says
    Money amount;           // of the whole line, after its discounts; not negative
  };
  std::vector<Line> lines;
  Money shipping;
  std::string country, region, postal_code;  // where it goes; the country is known
  Currency currency;                         // of all amounts
  std::string tax_id;                        // the buyer's; "" when none was given
  bool prices_include_tax = false;           // the amounts hold their tax
  Time at;
};

// Why no tax is due although there are rates.
enum class TaxTreatment { kTaxed, kReverseCharge, kExempt };
constexpr auto enum_names(TaxTreatment) {
  using N = EnumName<TaxTreatment>;
  return std::array{N{TaxTreatment::kTaxed, "taxed"}, N{TaxTreatment::kReverseCharge, "reverse_charge"},
                    N{TaxTreatment::kExempt, "exempt"}};
}

// One tax of the breakdown.
struct TaxPart {
  std::string name;
  std::int64_t rate_ppm = 0;  // parts per million: 19 % is 190,000
  Money taxable;              // without the tax
  Money tax;
};

struct TaxAnswer {
  std::vector<Money> lines;  // the tax of each, in the order of the question
  Money shipping;            // the tax on shipping
  std::vector<TaxPart> parts;
  TaxTreatment treatment = TaxTreatment::kTaxed;
};

class TaxProvider {
 public:
  virtual ~TaxProvider() = default;
  virtual std::string_view name() const = 0;
  // Runs on a fiber and may wait, with no transaction open; asked anew for each quote and purchase, so a repetition
  // changes nothing. The tax of lines and shipping makes the tax of the parts, to the unit. kUnavailable and kTimeout:
  // the table answers instead. kInvalid, with fields of the checkout's body, is the buyer's to mend.
  virtual Result<TaxAnswer> ask(const TaxQuestion& question) = 0;
};

}  // namespace kontor
