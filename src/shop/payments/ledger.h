// The shop's books: every movement of a payment is one entry, whose legs say which accounts it moved and add up to
// zero. Entries are written with the state change they belong to and never change; the rest here reads them.
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/db.h"

namespace kontor::payments {

// The order is the one of the columns (payments_store.cpp).
enum class Account {
  kGateway = 0,
  kReceivable = 1,
  kSales = 2,
  kShipping = 3,
  kTax = 4,
  kRefunds = 5,
  kCredit = 6,   // what the shop owes in gift cards and store credit
  kGoodwill = 7  // what it gave away in them
};
inline constexpr std::size_t kAccounts = 8;
constexpr auto enum_names(Account) {
  using A = Account;
  return std::array{EnumName<A>{A::kGateway, "gateway_clearing"},
                    EnumName<A>{A::kReceivable, "customer_receivable"},
                    EnumName<A>{A::kSales, "sales"},
                    EnumName<A>{A::kShipping, "shipping"},
                    EnumName<A>{A::kTax, "tax"},
                    EnumName<A>{A::kRefunds, "refunds"},
                    EnumName<A>{A::kCredit, "customer_credit"},
                    EnumName<A>{A::kGoodwill, "goodwill"}};
}

// Minor units of one currency by account. Debits are positive, credits negative.
class Legs {
 public:
  std::int64_t of(Account account) const { return minor_[static_cast<std::size_t>(account)]; }
  void add(Account account, std::int64_t minor);  // asserts that it does not overflow
  Legs& operator+=(const Legs& other);
  bool balanced() const { return total() == 0; }
  std::int64_t total() const;
  std::int64_t moved() const;  // the debits
  bool operator==(const Legs&) const = default;

 private:
  std::array<std::int64_t, kAccounts> minor_{};
};

// A promise is released in part when some of its order is cancelled before it is taken. What is issued and withdrawn is
// of an account of credit: the entry stands under that account's id and belongs to no payment.
enum class EntryKind {
  kAuthorised = 1,
  kCaptured = 2,
  kRefunded = 3,
  kVoided = 4,
  kReleased = 5,
  kIssued = 6,
  kWithdrawn = 7
};
constexpr bool is_of_credit(EntryKind kind) { return kind == EntryKind::kIssued || kind == EntryKind::kWithdrawn; }
constexpr auto enum_names(EntryKind) {
  using K = EntryKind;
  return std::array{EnumName<K>{K::kAuthorised, "authorised"}, EnumName<K>{K::kCaptured, "captured"},
                    EnumName<K>{K::kRefunded, "refunded"},     EnumName<K>{K::kVoided, "voided"},
                    EnumName<K>{K::kReleased, "released"},     EnumName<K>{K::kIssued, "issued"},
                    EnumName<K>{K::kWithdrawn, "withdrawn"}};
}

// Unique by payment and key, so that what is repeated is written once.
struct Entry {
  PaymentId payment;
  std::string key;  // "capture", "authorise", "void", or the refund's key
  EntryKind kind = EntryKind::kCaptured;
  Currency currency;
  Legs legs;
  Time at;
  OrderId order;  // when read

  // What the gateway holds more for it; less, for a refund.
  Money at_gateway() const { return Money::minor(legs.of(Account::kGateway), currency); }
};

// What an amount pays for besides the goods.
struct Besides {
  std::int64_t shipping_minor = 0;
  std::int64_t tax_minor = 0;
};

// The methods that take what the shop owes its customers.
inline constexpr std::string_view kGiftCard = "gift_card", kStoreCredit = "store_credit";
// What a payment by this method is taken out of, and goes back to: the gateway, or what the shop owes the customer.
Account account_of(std::string_view method);
// `debtor` owes or holds the amount: the gateway of a capture, the customer of an authorisation.
Legs sale_legs(Account debtor, Money amount, Besides besides);
// Gives `amount` back out of `creditor`. The tax in it is owed to nobody any more, the rest stays visible as refunds.
Legs return_legs(Account creditor, std::int64_t amount_minor, std::int64_t tax_minor);

// Inside write functions of the home customer. False when the payment has an entry of this key already, which stays.
// Asserts that the legs balance and move something. `lose_leg` is the planted bug.
Result<bool> write_entry(db::Tx& tx, const Entry& entry, bool lose_leg = false);
// The same for a payment that has no entries yet: nobody asks whether it was there.
Result<void> write_first_entry(db::Tx& tx, const Entry& entry);
// Everything written for the payment so far, in one sum.
Result<Legs> legs_of(db::Tx& tx, PaymentId payment);

// Where a list of entries goes on: below this, newest first.
struct EntryPlace {
  Time at;
  PaymentId payment;
  std::string key;
};

struct Balance {
  Currency currency;
  Legs legs;
};

// Reads the books. Waits for the store between pieces, so that a long look keeps nobody waiting.
class Ledger {
 public:
  explicit Ledger(db::Store& store) : store_(store) {}

  // Every account's balance by currency, in the order of codes. A walk over the whole ledger, in pieces: entries
  // written meanwhile may count or not, but each counts whole, so the accounts add up to zero at any time.
  Result<std::vector<Balance>> balances();
  Result<std::vector<Entry>> newest(const std::optional<EntryPlace>& before, int limit);
  // Of these payments, oldest first.
  Result<std::vector<Entry>> of_payments(std::span<const PaymentId> payments);
  // The entries with `from` <= at < `until` after `last`, oldest first, at most 1000.
  Result<std::vector<Entry>> between(Time from, Time until, const std::optional<EntryPlace>& last);
  Result<std::optional<Entry>> find(PaymentId payment, const std::string& key);
  Result<std::optional<Time>> first_entry();

 private:
  db::Store& store_;
};

}  // namespace kontor::payments
