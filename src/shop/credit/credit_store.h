// All SQL of credit. Functions run inside functions of the home customer.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "shop/credit/credit.h"

namespace kontor::credit::sql {

struct ChargeRow {
  std::string key;
  CreditId account;  // 0: given up before it was charged
  CheckoutId checkout;
  TakenState state = TakenState::kHeld;
  Money amount;
  Money refunded;
  std::string decline;
};

// False when `origin` has made one already. `unsent`: the code, until it is mailed.
Result<bool> insert(db::Tx& tx, const Account& account, std::string_view name, std::string_view origin,
                    std::string_view unsent);
Result<std::optional<Account>> find(db::Tx& tx, CreditId id);
Result<std::optional<Account>> find_name(db::Tx& tx, std::string_view name);
Result<std::vector<Account>> cards_before(db::Tx& tx, CreditId before, int limit);
Result<std::vector<Account>> of_customer(db::Tx& tx, CustomerId customer);
Result<std::vector<Account>> of_line(db::Tx& tx, OrderLineId line);
Result<bool> set_state(db::Tx& tx, const Account& account, CreditState to, Time now);
Result<std::optional<UnsentCard>> unsent(db::Tx& tx, CreditId id);
Result<void> forget_code(db::Tx& tx, CreditId id);

// Only what is there is taken, and only of a card that may be used now in that currency. False: nothing was.
Result<bool> take(db::Tx& tx, CreditId id, Money amount, Time now);
Result<void> give(db::Tx& tx, CreditId id, Money amount, Time now);
// What staff put on it or take off: `issued` follows. False when there is not that much, or it would be too much.
Result<bool> change_issued(db::Tx& tx, CreditId id, Money amount, Time now);
// The whole of a card that was not used yet.
Result<bool> withdraw(db::Tx& tx, const Account& account, Time now);

// False when the entry is there already.
Result<bool> add_movement(db::Tx& tx, CreditId id, const Movement& movement);
Result<bool> has_movement(db::Tx& tx, CreditId id, const std::string& entry);
Result<std::vector<Movement>> movements(db::Tx& tx, const Account& account, int limit);

Result<std::optional<ChargeRow>> find_charge(db::Tx& tx, const std::string& key);
Result<void> insert_charge(db::Tx& tx, const ChargeRow& charge, Time now);
Result<void> set_charge(db::Tx& tx, const ChargeRow& charge, TakenState from, Time now);
// Within what was taken. False: it is more than that.
Result<bool> refund_charge(db::Tx& tx, const ChargeRow& charge, Money amount, Time now);
Result<std::vector<ChargeRow>> charges_after(db::Tx& tx, const std::string& key);

// An account beside what its movements and payments come to.
struct Sums {
  Account account;
  std::int64_t moved = 0, issued = 0, paid = 0;
};
Result<std::vector<Sums>> sums_after(db::Tx& tx, CreditId last);
Result<std::vector<Movement>> issues_of(db::Tx& tx, const Account& account);

}  // namespace kontor::credit::sql
