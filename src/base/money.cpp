#include "base/money.h"

#include <limits>

namespace kontor {
namespace {

// ISO 4217 by digits after the point. Metals, bond units and test codes have no minor unit and are no prices, so they
// are not here.
constexpr std::string_view kNone = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
constexpr std::string_view kTwo =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
    "CHW CNY "
    "COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD "
    "NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS "
    "TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
constexpr std::string_view kThree = "BHD IQD JOD KWD LYD OMR TND";
constexpr std::string_view kFour = "CLF UYW";

constexpr std::size_t place_of(std::string_view code) {
  return (static_cast<std::size_t>(code[0] - 'A') * 26 + static_cast<std::size_t>(code[1] - 'A')) * 26 +
         static_cast<std::size_t>(code[2] - 'A');
}

using Exponents = std::array<std::int8_t, 26 * 26 * 26>;

constexpr void note(Exponents& table, std::string_view codes, std::int8_t exponent) {
  for (std::size_t at = 0; at < codes.size(); at += 4) table[place_of(codes.substr(at, 3))] = exponent;
}

constexpr Exponents make_exponents() {
  Exponents table{};
  for (auto& entry : table) entry = -1;
  note(table, kNone, 0);
  note(table, kTwo, 2);
  note(table, kThree, 3);
  note(table, kFour, 4);
  return table;
}

constexpr Exponents kExponents = make_exponents();
static_assert(kExponents[place_of("USD")] == 2 && kExponents[place_of("JPY")] == 0 &&
              kExponents[place_of("XXX")] == -1);

std::int64_t narrowed(__int128 value) {
  KONTOR_ASSERT(value >= std::numeric_limits<std::int64_t>::min() && value <= std::numeric_limits<std::int64_t>::max());
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::optional<Currency> Currency::parse(std::string_view code) {
  if (code.size() != 3) return std::nullopt;
  for (const char c : code)
    if (c < 'A' || c > 'Z') return std::nullopt;
  if (kExponents[place_of(code)] < 0) return std::nullopt;
  return Currency(std::array<char, 3>{code[0], code[1], code[2]});
}

int Currency::exponent() const { return kExponents[place_of(code())]; }

Money Money::operator+(Money other) const {
  KONTOR_ASSERT(currency_ == other.currency_);
  return {narrowed(static_cast<__int128>(amount_) + other.amount_), currency_};
}

Money Money::operator-(Money other) const {
  KONTOR_ASSERT(currency_ == other.currency_);
  return {narrowed(static_cast<__int128>(amount_) - other.amount_), currency_};
}

Money Money::operator*(std::int64_t count) const {
  return {narrowed(static_cast<__int128>(amount_) * count), currency_};
}

Money Money::portion(BasisPoints rate) const {
  constexpr __int128 kWhole = 10'000;
  const __int128 exact = static_cast<__int128>(amount_) * rate.value;
  const __int128 half = exact < 0 ? -kWhole / 2 : kWhole / 2;
  return {narrowed((exact + half) / kWhole), currency_};
}

std::vector<Money> Money::split(std::span<const std::int64_t> weights) const {
  __int128 total = 0;
  for (const auto weight : weights) {
    KONTOR_ASSERT(weight >= 0);
    total += weight;
  }
  KONTOR_ASSERT(total > 0);
  std::vector<Money> parts;
  parts.reserve(weights.size());
  std::int64_t left = amount_;
  for (const auto weight : weights) {
    const auto part = narrowed(static_cast<__int128>(amount_) * weight / total);
    parts.push_back({part, currency_});
    left -= part;
  }
  const std::int64_t unit = left < 0 ? -1 : 1;
  for (std::size_t i = 0; left != 0; ++i) {
    KONTOR_ASSERT(i < parts.size());
    if (weights[i] == 0) continue;  // who weighs nothing pays nothing, not even a leftover cent
    parts[i].amount_ += unit;
    left -= unit;
  }
  return parts;
}

std::string Money::text() const {
  const auto digits = static_cast<std::size_t>(currency_.exponent());
  const bool minus = amount_ < 0;
  const auto magnitude = minus ? 0 - static_cast<std::uint64_t>(amount_) : static_cast<std::uint64_t>(amount_);
  std::string number = std::to_string(magnitude);
  if (digits > 0) {
    if (number.size() <= digits) number.insert(0, digits + 1 - number.size(), '0');
    number.insert(number.size() - digits, 1, '.');
  }
  return (minus ? "-" : "") + number + " " + std::string(currency_.code());
}

}  // namespace kontor
