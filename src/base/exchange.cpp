#include "base/exchange.h"

#include <algorithm>

namespace kontor {
namespace {

constexpr std::int64_t kNano = 1'000'000'000;

__int128 power_of_ten(int exponent) {
  __int128 out = 1;
  for (int i = 0; i < exponent; ++i) out *= 10;
  return out;
}

tl::unexpected<Error> no_rate(Currency currency) {
  return invalid("pricing.no_rate", "?currency", "no_rate",
                 "The shop has no rate for " + std::string(currency.code()) + ".");
}

}  // namespace

std::optional<std::int64_t> ExchangeTable::nano(Currency currency) const {
  if (currency == base) return kNano;
  const auto found = std::find_if(rates.begin(), rates.end(), [&](const auto& r) { return r.currency == currency; });
  return found == rates.end() ? std::nullopt : std::optional(found->nano);
}

std::optional<std::int64_t> parse_rate(std::string_view text) {
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == text.npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > 7 || part.size() > 9 || (point != text.npos && part.empty())) return std::nullopt;
  std::int64_t nano = 0;
  const auto digits = [&](std::string_view some) {
    for (const char c : some) {
      if (c < '0' || c > '9') return false;
      nano = nano * 10 + (c - '0');
    }
    return true;
  };
  if (!digits(whole) || !digits(part)) return std::nullopt;
  for (std::size_t i = part.size(); i < 9; ++i) nano *= 10;
  return nano > 0 ? std::optional(nano) : std::nullopt;
}

std::string print_rate(std::int64_t nano) {
  std::string part = std::to_string(kNano + nano % kNano).substr(1);
  while (part.ends_with('0')) part.pop_back();
  return std::to_string(nano / kNano) + (part.empty() ? "" : "." + part);
}

Result<Money> convert(const ExchangeTable& table, Money amount, Currency to) {
  if (amount.currency() == to) return amount;
  const auto from_nano = table.nano(amount.currency()), to_nano = table.nano(to);
  if (!from_nano) return no_rate(amount.currency());
  if (!to_nano) return no_rate(to);
  const __int128 above = static_cast<__int128>(amount.amount_minor()) * *to_nano * power_of_ten(to.exponent());
  const __int128 below = static_cast<__int128>(*from_nano) * power_of_ten(amount.currency().exponent());
  const __int128 half = above < 0 ? -below / 2 : below / 2;
  const __int128 minor = (above + half) / below;
  if (minor > kMaxAmountMinor || minor < -kMaxAmountMinor)
    return invalid("pricing.total_too_large", "?currency", "out_of_range", "The amount is too large in this currency.");
  return Money::minor(static_cast<std::int64_t>(minor), to);
}

Result<Money> Exchange::convert(Money amount, Currency to) const {
  if (amount.currency() == to) return amount;
  if (table_ == nullptr) return no_rate(to);
  TRY(const Money out, kontor::convert(*table_, amount, to));
  for (const Currency one : {amount.currency(), to})
    if (std::find(used_.begin(), used_.end(), one) == used_.end()) used_.push_back(one);
  return out;
}

std::optional<ExchangeTable> Exchange::used() const {
  if (used_.empty()) return std::nullopt;
  ExchangeTable out{table_->base, table_->as_of, {}};
  for (const Currency one : used_)
    if (one != table_->base) out.rates.push_back({one, *table_->nano(one)});
  return out;
}

std::optional<Money> amount_in(std::span<const Money> amounts, Currency currency, const Exchange* exchange) {
  for (const Money amount : amounts)
    if (amount.currency() == currency) return amount;
  for (std::size_t i = 0; exchange != nullptr && i < amounts.size(); ++i)
    if (const auto converted = exchange->convert(amounts[i], currency)) return *converted;
  return std::nullopt;
}

ExchangeTableText text_of(const ExchangeTable& table) {
  ExchangeTableText out{table.base, table.as_of, {}};
  for (const ExchangeRate& rate : table.rates) out.rates.push_back({rate.currency, print_rate(rate.nano)});
  return out;
}

ExchangeTable table_of(const ExchangeTableText& text) {
  ExchangeTable out{text.base, text.as_of, {}};
  for (const ExchangeRateText& one : text.rates) {
    const auto nano = parse_rate(one.rate);
    KONTOR_ASSERT(nano.has_value());
    out.rates.push_back({one.currency, *nano});
  }
  return out;
}

}  // namespace kontor
