#include "shop/payments/ledger.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "runtime/fiber.h"
#include "shop/payments/payments_store.h"

namespace kontor::payments {
namespace {

// The columns of the accounts, from `column` on.
Legs legs_at(const db::Rows::Row& row, std::size_t column) {
  Legs legs;
  for (std::size_t account = 0; account < kAccounts; ++account)
    legs.add(static_cast<Account>(account), row.i64(column + account));
  return legs;
}

std::vector<Entry> entries_of(const db::Rows& rows) {
  std::vector<Entry> entries;
  entries.reserve(rows.size());
  for (const auto row : rows) entries.push_back(entry_of(row));
  return entries;
}

std::array<db::Param, 14> entry_params(const Entry& entry, bool lose_leg) {
  KONTOR_ASSERT(entry.legs.balanced());
  KONTOR_ASSERT(entry.legs.moved() > 0);
  const auto leg = [&](Account account) { return entry.legs.of(account); };
  return {entry.payment,
          entry.key,
          entry.kind,
          entry.legs.moved(),
          entry.currency,
          entry.at,
          leg(Account::kGateway),
          leg(Account::kReceivable),
          leg(Account::kSales),
          leg(Account::kShipping),
          leg(Account::kTax),
          lose_leg ? 0 : leg(Account::kRefunds),
          leg(Account::kCredit),
          leg(Account::kGoodwill)};
}

}  // namespace

void Legs::add(Account account, std::int64_t minor) {
  auto& leg = minor_[static_cast<std::size_t>(account)];
  KONTOR_ASSERT(!__builtin_add_overflow(leg, minor, &leg));
}

Legs& Legs::operator+=(const Legs& other) {
  for (std::size_t account = 0; account < kAccounts; ++account)
    add(static_cast<Account>(account), other.minor_[account]);
  return *this;
}

std::int64_t Legs::total() const {
  __int128 sum = 0;
  for (const auto leg : minor_) sum += leg;
  KONTOR_ASSERT(sum <= std::numeric_limits<std::int64_t>::max() && sum >= std::numeric_limits<std::int64_t>::min());
  return static_cast<std::int64_t>(sum);
}

std::int64_t Legs::moved() const {
  std::int64_t debits = 0;
  for (const auto leg : minor_) KONTOR_ASSERT(!__builtin_add_overflow(debits, std::max<std::int64_t>(leg, 0), &debits));
  return debits;
}

Entry entry_of(const db::Rows::Row& row) {
  Entry entry;
  entry.payment = row.id<PaymentId>(0);
  entry.key = row.str(1);
  entry.kind = static_cast<EntryKind>(row.i64(2));
  entry.currency = Currency::parse(row.text(3)).value_or(Currency());
  entry.at = row.time(4);
  entry.order = row.id<OrderId>(5);
  entry.legs = legs_at(row, 6);
  return entry;
}

Account account_of(std::string_view method) {
  return method == kGiftCard || method == kStoreCredit ? Account::kCredit : Account::kGateway;
}

Legs sale_legs(Account debtor, Money amount, Besides besides) {
  Legs legs;
  legs.add(debtor, amount.amount_minor());
  legs.add(Account::kSales, besides.shipping_minor + besides.tax_minor - amount.amount_minor());
  legs.add(Account::kShipping, -besides.shipping_minor);
  legs.add(Account::kTax, -besides.tax_minor);
  return legs;
}

Legs return_legs(Account creditor, std::int64_t amount_minor, std::int64_t tax_minor) {
  Legs legs;
  legs.add(creditor, -amount_minor);
  legs.add(Account::kTax, tax_minor);
  legs.add(Account::kRefunds, amount_minor - tax_minor);
  return legs;
}

Result<bool> write_entry(db::Tx& tx, const Entry& entry, bool lose_leg) {
  const auto params = entry_params(entry, lose_leg);
  TRY(const auto written, tx.run_params(kAddEntry, params));
  return written == 1;
}

Result<void> write_first_entry(db::Tx& tx, const Entry& entry) {
  return tx.later_params(kAddEntry, entry_params(entry, false), nullptr);
}

Result<Legs> legs_of(db::Tx& tx, PaymentId payment) {
  TRY(const auto rows, tx.ask(kLegsOfPayment, payment));
  return rows.empty() ? Legs() : legs_at(rows.front(), 0);
}

Result<std::vector<Balance>> Ledger::balances() {
  std::map<Currency, Legs> sums;
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (bool more = true; more;) {
    std::map<Currency, Legs> some;
    std::int64_t end = last;
    TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      some.clear();
      TRY(const auto piece, tx.ask(kLedgerPiece, last));
      more = !piece.front().is_null(0);
      end = more ? piece.front().i64(0) : last;
      if (!more) return {};
      TRY(const auto rows, tx.ask(kLedgerSums, last, end));
      for (const auto row : rows) some[Currency::parse(row.text(0)).value_or(Currency())] += legs_at(row, 1);
      return {};
    }));
    for (const auto& [currency, legs] : some) sums[currency] += legs;
    last = end;
    if (runtime::on_fiber()) runtime::yield();
  }
  std::vector<Balance> balances;
  for (const auto& [currency, legs] : sums) balances.push_back({currency, legs});
  return balances;
}

Result<std::vector<Entry>> Ledger::newest(const std::optional<EntryPlace>& before, int limit) {
  const EntryPlace place = before.value_or(EntryPlace{Time{std::numeric_limits<std::int64_t>::max()}, {}, {}});
  std::vector<Entry> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kNewestEntries, place.at, place.payment, place.key, limit));
    found = entries_of(rows);
    return {};
  }));
  return found;
}

Result<std::vector<Entry>> Ledger::of_payments(std::span<const PaymentId> payments) {
  std::vector<Entry> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    for (const PaymentId payment : payments) {
      TRY(const auto rows, tx.ask(kEntriesOfPayment, payment));
      for (const auto row : rows) found.push_back(entry_of(row));
    }
    return {};
  }));
  std::stable_sort(found.begin(), found.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.at, a.payment) < std::pair(b.at, b.payment);
  });
  return found;
}

Result<std::vector<Entry>> Ledger::between(Time from, Time until, const std::optional<EntryPlace>& last) {
  const EntryPlace place = last.value_or(EntryPlace{from, {}, {}});
  std::vector<Entry> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kEntriesBetween, place.at, place.payment, place.key, until));
    found = entries_of(rows);
    return {};
  }));
  return found;
}

Result<std::optional<Entry>> Ledger::find(PaymentId payment, const std::string& key) {
  std::optional<Entry> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.reset();
    TRY(const auto rows, tx.ask(kFindEntry, payment, key));
    if (!rows.empty()) found = entry_of(rows.front());
    return {};
  }));
  return found;
}

Result<std::optional<Time>> Ledger::first_entry() {
  std::optional<Time> first;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    first.reset();
    TRY(const auto rows, tx.ask(kFirstEntry));
    if (!rows.front().is_null(0)) first = rows.front().time(0);
    return {};
  }));
  return first;
}

}  // namespace kontor::payments
