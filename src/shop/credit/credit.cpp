#include "shop/credit/credit.h"

#include <limits>

#include "base/card_number.h"
#include "services/outbox.h"
#include "shop/credit/credit_store.h"
#include "shop/credit/gift_code.h"

namespace kontor::credit {
namespace {

constexpr std::string_view kToken = "credit:";
constexpr std::size_t kEnding = 4;

tl::unexpected<Error> no_such_card() {
  return fail(Errc::kNotFound, "credit.no_such_card", "There is no such gift card.");
}

Money other_way(Money amount) { return Money::minor(-amount.amount_minor(), amount.currency()); }

// The liability against what it came from: the sale of the card, or what the shop gave away.
payments::Entry booked(const Account& account, const Movement& movement, payments::Account from) {
  payments::Entry entry;
  entry.payment = PaymentId{account.id.value};
  entry.key = movement.entry;
  entry.kind = movement.amount.amount_minor() > 0 ? payments::EntryKind::kIssued : payments::EntryKind::kWithdrawn;
  entry.currency = movement.amount.currency();
  entry.legs.add(from, movement.amount.amount_minor());
  entry.legs.add(payments::Account::kCredit, -movement.amount.amount_minor());
  entry.at = movement.at;
  return entry;
}

std::optional<OrderId> order_of(const Account& account) {
  return account.order ? std::optional(account.order) : std::nullopt;
}

// What of a line its buyer pays for the goods, a share a unit; whole units of money, and together exactly that.
std::vector<Money> values_of(const orders::OrderLine& line) {
  const std::vector<std::int64_t> weights(static_cast<std::size_t>(line.quantity), 1);
  return (line.unit_price * line.quantity - line.discount).split(weights);
}

}  // namespace

std::string token_of(CreditId id) { return std::string(kToken) + id.text(); }
bool is_credit_token(std::string_view token) { return token.starts_with(kToken); }
std::optional<CreditId> credit_in(std::string_view token) {
  return is_credit_token(token) ? CreditId::parse(token.substr(kToken.size())) : std::nullopt;
}

Account Credits::new_account(CreditKind kind, Money amount, Time now) {
  Account account;
  const std::int64_t drawn = parts_.ids.draw(now, 0);
  account.id = parts_.ids.next<CreditId>(now, static_cast<int>(drawn % kBuckets));
  account.kind = kind;
  account.balance = account.issued = amount;
  account.created = account.updated = now;
  return account;
}

Result<void> Credits::put_on(db::Tx& tx, const Account& account, const Movement& movement, payments::Account from) {
  TRY(const bool added, sql::add_movement(tx, account.id, movement));
  if (!added) return fail(Errc::kConflict, "credit.moved", "The account has changed in the meantime.");
  TRY_DO(payments::write_entry(tx, booked(account, movement, from)));
  const std::string kind(name_of(account.kind));
  if (movement.amount.amount_minor() > 0)
    return services::emit(tx, CreditIssued{account.id, kind, movement.amount, order_of(account)}, account.id.text(),
                          movement.at);
  return services::emit(tx, CreditWithdrawn{account.id, kind, other_way(movement.amount), order_of(account)},
                        account.id.text(), movement.at);
}

Result<IssuedCard> Credits::issue(const NewCard& card, const std::string& by, const CardFunction& also) {
  const Time now = parts_.clock.now();
  const auto minor = card.amount.amount_minor();
  if (minor < 1 || minor > kMostIssuedMinor)
    return invalid(
        "credit.wrong_amount", "/amount", "out_of_range",
        "A gift card holds from 1 to " + std::to_string(kMostIssuedMinor) + " of its currency's smallest unit.");
  if (card.expires && *card.expires <= now)
    return invalid("credit.wrong_expiry", "/expires_at", "out_of_range", "A new card expires later than now.");
  if (holds_card_number(card.note))
    return invalid("credit.card_number", "/note", "card_number", "Card numbers are not taken here.");
  IssuedCard issued{new_account(CreditKind::kGiftCard, card.amount, now), draw_code(parts_.random)};
  auto& account = issued.account;
  account.expires = card.expires;
  account.email = card.email;
  account.note = card.note;
  account.ending = issued.code.substr(issued.code.size() - kEnding);
  const std::string name = hash_of(issued.code), origin = "staff:" + account.id.text();
  const Movement movement{"issue", MovementKind::kIssued, card.amount, now, by, card.note};
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(sql::insert(tx, account, name, origin, card.email.empty() ? std::string_view() : issued.code));
    if (also) TRY_DO(also(tx, issued));
    return put_on(tx, account, movement, payments::Account::kGoodwill);
  }));
  return issued;
}

Result<Account> Credits::disable(CreditId id, const db::Function& also) {
  Account account;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    const Time now = parts_.clock.now();
    TRY(const auto found, sql::find(tx, id));
    if (!found || found->kind != CreditKind::kGiftCard) return no_such_card();
    account = *found;
    const auto* row = kCreditTable.find(account.state, CreditTrigger::kDisable);
    if (row == nullptr)
      return fail(transition_refused(kCreditTable, account.state, CreditState::kDisabled, "credit.not_to_be_disabled"));
    if (row->to == account.state) return {};
    TRY_DO(sql::set_state(tx, account, row->to, now));
    if (also) TRY_DO(also(tx));
    account.state = row->to;
    account.updated = now;
    return services::emit(tx, CreditDisabled{id}, id.text(), now);
  }));
  return account;
}

Result<Account> Credits::adjust(CustomerId customer, Money amount, const std::string& reason, const std::string& by,
                                const AccountFunction& also) {
  const Time now = parts_.clock.now();
  const auto minor = amount.amount_minor();
  if (minor == 0 || minor > kMostIssuedMinor || minor < -kMostIssuedMinor)
    return invalid("credit.wrong_amount", "/amount", "out_of_range",
                   "At most " + std::to_string(kMostIssuedMinor) + " more or less at once, and not nothing.");
  if (holds_card_number(reason))
    return invalid("credit.card_number", "/reason", "card_number", "Card numbers are not taken here.");
  auto fresh = new_account(CreditKind::kStoreCredit, Money::minor(0, amount.currency()), now);
  fresh.customer = customer;
  const std::string name = customer.text() + "/" + std::string(amount.currency().code());
  const Movement movement{"adjust:" + CreditId{parts_.ids.draw(now, 0)}.text(),
                          minor > 0 ? MovementKind::kIssued : MovementKind::kWithdrawn,
                          amount,
                          now,
                          by,
                          reason};
  Account account;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(auto found, sql::find_name(tx, name));
    if (!found) {
      TRY_DO(sql::insert(tx, fresh, name, name, ""));
      found = fresh;
    }
    TRY(const bool changed, sql::change_issued(tx, found->id, amount, now));
    if (!changed && minor > 0) return fail(Errc::kConflict, "credit.too_much", "Nobody has that much store credit.");
    if (!changed)
      return fail(Errc::kConflict, "credit.not_enough", "There are " + found->balance.text() + " to take back.");
    TRY_DO(put_on(tx, *found, movement, payments::Account::kGoodwill));
    account = *found;
    account.balance = account.balance + amount;
    account.issued = account.issued + amount;
    return also ? also(tx, account, movement) : Result<void>();
  }));
  return account;
}

Result<std::optional<Account>> Credits::find(CreditId id) {
  std::optional<Account> found;
  TRY_DO(parts_.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::find(tx, id));
    return {};
  }));
  return found;
}

Result<std::vector<Account>> Credits::cards_before(CreditId before, int limit) {
  std::vector<Account> found;
  if (!before) before.value = std::numeric_limits<std::int64_t>::max();
  TRY_DO(parts_.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::cards_before(tx, before, limit));
    return {};
  }));
  return found;
}

Result<std::vector<Account>> Credits::store_credit(CustomerId customer) {
  std::vector<Account> found;
  TRY_DO(parts_.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::of_customer(tx, customer));
    return {};
  }));
  return found;
}

Result<std::vector<Movement>> Credits::movements(CreditId id, int limit) {
  std::vector<Movement> found;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto account, sql::find(tx, id));
    if (!account) return no_such_card();
    TRY(found, sql::movements(tx, *account, limit));
    return {};
  }));
  return found;
}

// A typo is nobody's guess: the check characters tell it without a look at the store.
Result<Account> Credits::by_code(std::string_view typed, const Asker& asker) {
  const auto code = tidy_gift_code(typed);
  if (!code)
    return invalid("credit.mistyped", "/code", "bad_format",
                   "That is no code of a gift card; it has four groups of four letters and digits.");
  const Time now = parts_.clock.now();
  TRY_DO(wrong_codes_.allowed(asker.customer.text(), now));
  if (!asker.peer.empty()) TRY_DO(wrong_codes_of_addresses_.allowed(asker.peer, now));
  const std::string name = hash_of(*code);
  std::optional<Account> found;
  TRY_DO(parts_.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::find_name(tx, name));
    return {};
  }));
  if (found && found->kind == CreditKind::kGiftCard) return std::move(*found);
  wrong_codes_.note(asker.customer.text(), now);
  if (!asker.peer.empty()) wrong_codes_of_addresses_.note(asker.peer, now);
  if (settings_.on_wrong_code) settings_.on_wrong_code();
  return invalid("credit.no_such_card", "/code", "unknown_value", "There is no gift card with this code.");
}

Result<void> Credits::usable(const Account& account, Currency currency, Time now) {
  if (account.state != CreditState::kActive)
    return fail(Errc::kConflict, "credit.disabled", "This gift card cannot be used any more.");
  if (account.expires && *account.expires <= now)
    return fail(Errc::kConflict, "credit.expired",
                "This gift card expired on " + to_rfc3339(*account.expires).substr(0, 10) + ".");
  if (account.balance.currency() != currency)
    return fail(Errc::kConflict, "credit.other_currency",
                "It holds " + std::string(account.balance.currency().code()) + ", and this purchase is in " +
                    std::string(currency.code()) + ".");
  return {};
}

// Drawn before the write, which may run more than once.
Result<std::vector<IssuedCard>> Credits::cards_for(const orders::Order& order) {
  std::vector<IssuedCard> cards;
  const Time now = parts_.clock.now();
  for (const auto& line : order.document.lines) {
    if (!line.is_gift_card() || line.left() <= 0) continue;
    const auto values = values_of(line);
    for (std::int64_t unit = 0; unit < line.left(); ++unit) {
      const Money value = values[static_cast<std::size_t>(unit)];
      if (value.amount_minor() <= 0) continue;  // a promotion paid for all of it
      auto& card =
          cards.emplace_back(IssuedCard{new_account(CreditKind::kGiftCard, value, now), draw_code(parts_.random)});
      card.account.order = order.id;
      card.account.line = line.id;
      card.account.email = order.email;
      card.account.ending = card.code.substr(card.code.size() - kEnding);
    }
  }
  return cards;
}

Result<void> Credits::issue_for(OrderId id) {
  TRY(const auto order, parts_.orders.find(id));
  if (!order) return {};
  for (const auto& payment : order->document.payments)
    if (payment.status == "authorised" || payment.status == "capturing" || payment.status == "voided") return {};
  TRY(const auto cards, cards_for(*order));
  if (cards.empty()) return {};
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto now_is, parts_.orders.load(tx, id));
    for (const auto& line : now_is.document.lines) {
      TRY(const auto there, sql::of_line(tx, line.id));
      std::int64_t left = there.empty() ? line.left() : 0;  // units that were cancelled since get none
      for (const auto& [account, code] : cards) {
        if (account.line != line.id || left-- <= 0) continue;
        const std::string origin = "line:" + line.id.text() + ":" + std::to_string(left);
        TRY(const bool made,
            sql::insert(tx, account, hash_of(code), origin, account.email.empty() ? std::string_view() : code));
        if (!made) continue;
        TRY_DO(put_on(tx, account,
                      {"issue", MovementKind::kIssued, account.issued, account.created, "system", order->number()},
                      payments::Account::kSales));
      }
    }
    return {};
  });
}

Result<void> Credits::take_back(db::Tx& tx, Account& account, Time now) {
  const Movement movement{"withdraw", MovementKind::kWithdrawn, other_way(account.balance), now, "system", ""};
  TRY_DO(put_on(tx, account, movement, payments::Account::kSales));
  account.state = CreditState::kWithdrawn;
  return {};
}

Result<void> Credits::follow(db::Tx& tx, const orders::Order& order) {
  const Time now = parts_.clock.now();
  for (const auto& line : order.document.lines) {
    if (!line.is_gift_card() || line.cancelled.value_or(0) == 0) continue;
    TRY(auto cards, sql::of_line(tx, line.id));
    std::int64_t standing = 0;
    for (const auto& card : cards) standing += card.state != CreditState::kWithdrawn;
    for (auto& card : cards) {
      if (standing <= line.left()) break;
      if (card.state == CreditState::kWithdrawn) continue;
      TRY(const bool gone, sql::withdraw(tx, card, now));
      if (!gone) continue;
      TRY_DO(take_back(tx, card, now));
      --standing;
    }
    if (standing > line.left())
      return fail(Errc::kNotCancellable, "credit.card_used",
                  "A gift card of this order was used already; it is not taken back.");
  }
  return {};
}

Result<std::optional<UnsentCard>> Credits::unsent(CreditId id) {
  std::optional<UnsentCard> found;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::unsent(tx, id));
    return {};
  }));
  return found;
}

Result<void> Credits::sent(CreditId id) {
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) { return sql::forget_code(tx, id); });
}

}  // namespace kontor::credit
