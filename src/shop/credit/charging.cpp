// What payments take of accounts and give back: each call is one write, and the same again answers what is so.
#include <algorithm>

#include "shop/credit/credit.h"
#include "shop/credit/credit_store.h"

namespace kontor::credit {
namespace {

using sql::ChargeRow;

// "" for an unknown reason is not given: an account that a token names is there.
std::string why_not(const Account& account, Money amount, Time now) {
  if (account.state != CreditState::kActive) return "card_disabled";
  if (account.expires && *account.expires <= now) return "expired_card";
  return account.balance.currency() != amount.currency() ? "other_currency" : "insufficient_funds";
}

Charge charge_of(const std::optional<ChargeRow>& row) {
  Charge charge;
  if (!row || (!row->account && row->state != TakenState::kDeclined)) return charge;
  charge.reference = row->account.text();
  charge.amount = row->amount;
  charge.refunded = row->refunded;
  charge.decline_code = row->decline;
  switch (row->state) {
    case TakenState::kHeld:
      charge.state = ChargeState::kAuthorised;
      break;
    case TakenState::kTaken:
      charge.state = ChargeState::kCaptured;
      break;
    case TakenState::kDeclined:
      charge.state = ChargeState::kDeclined;
      break;
    case TakenState::kGivenUp:
      charge.state = ChargeState::kVoided;
      break;
    case TakenState::kGivenBack:
      charge.state = ChargeState::kRefunded;
      break;
  }
  return charge;
}

Money none_of(Money amount) { return Money::minor(0, amount.currency()); }

Result<void> move(db::Tx& tx, CreditId account, Movement movement) {
  movement.actor = "system";
  TRY(const bool added, sql::add_movement(tx, account, movement));
  if (!added) return fail(Errc::kConflict, "credit.moved", "The account has changed in the meantime.");
  return {};
}

}  // namespace

Result<Charge> Credits::take(CreditId id, const ChargeRequest& request) {
  std::optional<ChargeRow> row;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    const Time now = parts_.clock.now();
    TRY(row, sql::find_charge(tx, request.key));
    if (row) return {};
    row = ChargeRow{request.key, id, request.checkout, TakenState::kDeclined, request.amount, none_of(request.amount),
                    ""};
    TRY(const bool taken, sql::take(tx, id, request.amount, now));
    if (taken) {
      row->state = request.capture ? TakenState::kTaken : TakenState::kHeld;
      const Money less = Money::minor(-request.amount.amount_minor(), request.amount.currency());
      TRY_DO(move(tx, id, {"spend:" + request.key, MovementKind::kSpent, less, now, "", ""}));
    } else {
      TRY(const auto account, sql::find(tx, id));
      row->decline = account ? why_not(*account, request.amount, now) : "card_disabled";
    }
    return sql::insert_charge(tx, *row, now);
  }));
  Charge charge = charge_of(row);
  if (!row->account && row->state == TakenState::kGivenUp) charge.state = ChargeState::kVoided;  // before it came
  return charge;
}

Result<Charge> Credits::capture(const std::string& key, Money amount) {
  std::optional<ChargeRow> row;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    const Time now = parts_.clock.now();
    TRY(row, sql::find_charge(tx, key));
    if (!row || row->state != TakenState::kHeld) return {};
    if (amount > row->amount || amount.amount_minor() <= 0)
      return fail(Errc::kConflict, "gateway.capture_too_large", "More than was set aside cannot be taken.");
    const Money rest = row->amount - amount;
    row->state = TakenState::kTaken;
    row->amount = amount;
    TRY_DO(sql::set_charge(tx, *row, TakenState::kHeld, now));
    if (rest.amount_minor() == 0) return {};
    TRY_DO(sql::give(tx, row->account, rest, now));
    return move(tx, row->account, {"rest:" + key, MovementKind::kGivenBack, rest, now, "", ""});
  }));
  return charge_of(row);
}

Result<Charge> Credits::find_charge(const std::string& key) {
  std::optional<ChargeRow> row;
  TRY_DO(parts_.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(row, sql::find_charge(tx, key));
    return {};
  }));
  return charge_of(row);
}

Result<Charge> Credits::give_up(const std::string& key) {
  std::optional<ChargeRow> row;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    const Time now = parts_.clock.now();
    TRY(row, sql::find_charge(tx, key));
    if (!row) {
      row = ChargeRow{key, {}, {}, TakenState::kGivenUp, {}, {}, ""};
      return sql::insert_charge(tx, *row, now);
    }
    const auto from = row->state;
    const bool holds = from == TakenState::kHeld || (from == TakenState::kTaken && row->refunded.amount_minor() == 0);
    if (!holds) return {};
    row->state = TakenState::kGivenUp;
    TRY_DO(sql::set_charge(tx, *row, from, now));
    if (bugs_.keep_what_is_held) return {};
    TRY_DO(sql::give(tx, row->account, row->amount, now));
    return move(tx, row->account, {"void:" + key, MovementKind::kGivenBack, row->amount, now, "", ""});
  }));
  return charge_of(row);
}

Result<Charge> Credits::give_back(const std::string& key, const std::string& refund_key, Money amount) {
  const std::string entry = "refund:" + key + ":" + refund_key;
  std::optional<ChargeRow> row;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    const Time now = parts_.clock.now();
    TRY(row, sql::find_charge(tx, key));
    if (!row || !row->account) return {};
    TRY(const bool done, sql::has_movement(tx, row->account, entry));
    if (done) return {};
    const bool fits = amount.amount_minor() > 0 && amount.currency() == row->amount.currency();
    TRY(const bool given, fits ? sql::refund_charge(tx, *row, amount, now) : Result<bool>(false));
    if (!given) return fail(Errc::kConflict, "gateway.refund_too_large", "More than was taken cannot be given back.");
    TRY_DO(sql::give(tx, row->account, amount, now));
    TRY_DO(move(tx, row->account, {entry, MovementKind::kRefunded, amount, now, "", ""}));
    TRY(row, sql::find_charge(tx, key));
    return {};
  }));
  return charge_of(row);
}

Result<std::vector<std::pair<std::string, Charge>>> Credits::all_charges() {
  std::vector<std::pair<std::string, Charge>> all;
  std::string last;
  while (true) {
    std::vector<ChargeRow> some;
    TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      TRY(some, sql::charges_after(tx, last));
      return {};
    }));
    if (some.empty()) return all;
    last = some.back().key;
    for (const auto& row : some)
      if (row.account) all.emplace_back(row.key, charge_of(row));
  }
}

}  // namespace kontor::credit
