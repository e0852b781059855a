#include <map>

#include "shop/credit/credit.h"
#include "shop/credit/credit_store.h"

namespace kontor::credit {
namespace {

std::string said(const Account& account, std::int64_t minor) {
  return account.id.text() + ": " + account.balance.text() + " here, " + std::to_string(minor) + " by the rest";
}

void compare(services::CheckReport& report, const sql::Sums& sums) {
  const auto& [account, moved, issued, paid] = sums;
  const std::int64_t balance = account.balance.amount_minor();
  if (balance < 0) report.fail("credit.never_below_nothing", said(account, moved));
  if (balance != moved) report.fail("credit.movements_make_the_balance", said(account, moved));
  if (account.issued.amount_minor() != issued) report.fail("credit.issued_as_moved", said(account, issued));
  // What payments have is counted apart from what they moved, so that nothing of a payment is lost on the way back.
  if (balance != issued - paid)
    report.fail("credit.issued_less_paid_is_left",
                said(account, issued) + ", of which payments have " + std::to_string(paid));
}

}  // namespace

Result<void> Credits::check(services::CheckReport& report, payments::Ledger& ledger) {
  CreditId last;
  while (true) {
    std::vector<sql::Sums> some;
    std::vector<std::vector<Movement>> issues;
    TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      issues.clear();
      TRY(some, sql::sums_after(tx, last));
      for (const auto& sums : some) {
        TRY(auto of_one, sql::issues_of(tx, sums.account));
        issues.push_back(std::move(of_one));
      }
      return {};
    }));
    if (some.empty()) return {};
    report.looked_at("gift cards and store credits", static_cast<std::int64_t>(some.size()));
    for (std::size_t i = 0; i < some.size(); ++i) {
      compare(report, some[i]);
      const PaymentId booked_as{some[i].account.id.value};
      TRY(const auto entries, ledger.of_payments(std::span(&booked_as, 1)));
      std::map<std::string, std::int64_t> booked;
      for (const auto& entry : entries) booked[entry.key] = -entry.legs.of(payments::Account::kCredit);
      std::map<std::string, std::int64_t> moved;
      for (const auto& movement : issues[i]) moved[movement.entry] = movement.amount.amount_minor();
      if (booked != moved) report.fail("credit.issued_as_booked", said(some[i].account, some[i].issued));
    }
    last = some.back().account.id;
  }
}

}  // namespace kontor::credit
