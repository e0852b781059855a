#include "shop/credit/credit_store.h"

namespace kontor::credit::sql {
namespace {

using db::Home;
using db::Query;

constexpr Query kInsert{"credit.insert", Home::kCustomer, R"sql(
  INSERT INTO credit_accounts (id, kind, state, name, origin, customer_id, currency, balance, issued, expires_at,
                               ending, email, note, order_id, line_id, unsent, created_at, updated_at)
  VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
  ON CONFLICT (origin) DO NOTHING
)sql"};

#define KONTOR_CREDIT_COLUMNS                                                                                   \
  "SELECT id, kind, state, customer_id, currency, balance, issued, expires_at, ending, email, note, order_id, " \
  "line_id, created_at, updated_at FROM credit_accounts "
constexpr Query kFind{"credit.find", Home::kCustomer, KONTOR_CREDIT_COLUMNS "WHERE id = $1"};
constexpr Query kFindName{"credit.find_name", Home::kCustomer, KONTOR_CREDIT_COLUMNS "WHERE name = $1"};
constexpr Query kCardsBefore{"credit.cards_before", Home::kCustomer,
                             KONTOR_CREDIT_COLUMNS "WHERE id < $1 AND kind = 1 ORDER BY id DESC LIMIT $2"};
constexpr Query kOfCustomer{"credit.of_customer", Home::kCustomer,
                            KONTOR_CREDIT_COLUMNS "WHERE customer_id = $1 AND customer_id <> 0 ORDER BY currency"};
constexpr Query kOfLine{"credit.of_line", Home::kCustomer,
                        KONTOR_CREDIT_COLUMNS "WHERE line_id = $1 AND line_id <> 0 ORDER BY id"};
constexpr Query kSetState{"credit.set_state", Home::kCustomer, R"sql(
  UPDATE credit_accounts SET state = $3, updated_at = $4 WHERE id = $1 AND state = $2
)sql"};
constexpr Query kUnsent{"credit.unsent", Home::kCustomer, "SELECT unsent FROM credit_accounts WHERE id = $1"};
constexpr Query kForgetCode{"credit.forget_code", Home::kCustomer,
                            "UPDATE credit_accounts SET unsent = '' WHERE id = $1 AND unsent <> ''"};

// The condition is in the statement: of two who spend the last of a card one is refused, at any isolation.
constexpr Query kTake{"credit.take", Home::kCustomer, R"sql(
  UPDATE credit_accounts SET balance = balance - CAST($2 AS BIGINT), updated_at = $4
   WHERE id = $1 AND currency = $3 AND balance >= CAST($2 AS BIGINT) AND state = 1
     AND (expires_at = 0 OR expires_at > CAST($4 AS BIGINT))
)sql"};
constexpr Query kGive{"credit.give", Home::kCustomer, R"sql(
  UPDATE credit_accounts SET balance = balance + CAST($2 AS BIGINT), updated_at = $3,
         expires_at = CASE WHEN expires_at <> 0 AND expires_at <= CAST($3 AS BIGINT) THEN CAST($4 AS BIGINT)
                           ELSE expires_at END
   WHERE id = $1
)sql"};
constexpr Query kChangeIssued{"credit.change_issued", Home::kCustomer, R"sql(
  UPDATE credit_accounts SET balance = balance + CAST($2 AS BIGINT), issued = issued + CAST($2 AS BIGINT),
         updated_at = $3
   WHERE id = $1 AND balance + CAST($2 AS BIGINT) >= 0 AND balance + CAST($2 AS BIGINT) <= CAST($4 AS BIGINT)
)sql"};
constexpr Query kWithdraw{"credit.withdraw", Home::kCustomer, R"sql(
  UPDATE credit_accounts SET balance = 0, issued = 0, state = 3, unsent = '', updated_at = $3
   WHERE id = $1 AND balance = issued AND balance = $2 AND state <> 3
)sql"};

constexpr Query kAddMovement{"credit.add_movement", Home::kCustomer, R"sql(
  INSERT INTO credit_movements (account_id, entry, kind, amount, at, actor, reason)
  VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, entry) DO NOTHING
)sql"};
constexpr Query kHasMovement{"credit.has_movement", Home::kCustomer,
                             "SELECT kind FROM credit_movements WHERE account_id = $1 AND entry = $2"};
constexpr Query kMovements{"credit.movements", Home::kCustomer, R"sql(
  SELECT entry, kind, amount, at, actor, reason FROM credit_movements
   WHERE account_id = $1 ORDER BY at DESC, entry DESC LIMIT $2
)sql"};
constexpr Query kIssues{"credit.issues", Home::kCustomer, R"sql(
  SELECT entry, kind, amount, at, actor, reason FROM credit_movements
   WHERE account_id = $1 AND kind <= 2 ORDER BY entry
)sql"};

#define KONTOR_CHARGE_COLUMNS \
  "SELECT charge_key, account_id, checkout_id, state, amount, refunded, currency, decline FROM credit_charges "
constexpr Query kFindCharge{"credit.find_charge", Home::kCustomer, KONTOR_CHARGE_COLUMNS "WHERE charge_key = $1"};
constexpr Query kChargesAfter{"credit.charges_after", Home::kCustomer,
                              KONTOR_CHARGE_COLUMNS "WHERE charge_key > $1 ORDER BY charge_key LIMIT 1000"};
constexpr Query kInsertCharge{"credit.insert_charge", Home::kCustomer, R"sql(
  INSERT INTO credit_charges (charge_key, account_id, checkout_id, state, amount, refunded, currency, decline,
                              created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $8)
)sql"};
constexpr Query kSetCharge{"credit.set_charge", Home::kCustomer, R"sql(
  UPDATE credit_charges SET state = $3, amount = $4, updated_at = $5 WHERE charge_key = $1 AND state = $2
)sql"};
constexpr Query kRefundCharge{"credit.refund_charge", Home::kCustomer, R"sql(
  UPDATE credit_charges SET refunded = refunded + CAST($2 AS BIGINT), updated_at = $3,
         state = CASE WHEN refunded + CAST($2 AS BIGINT) = amount THEN 5 ELSE state END
   WHERE charge_key = $1 AND state = 2 AND refunded + CAST($2 AS BIGINT) <= amount
)sql"};

constexpr Query kSumsAfter{"credit.sums_after", Home::kCustomer, R"sql(
  SELECT a.id, a.kind, a.state, a.customer_id, a.currency, a.balance, a.issued, a.expires_at, a.ending, a.email,
         a.note, a.order_id, a.line_id, a.created_at, a.updated_at,
         (SELECT CAST(COALESCE(SUM(m.amount), 0) AS BIGINT) FROM credit_movements AS m WHERE m.account_id = a.id),
         (SELECT CAST(COALESCE(SUM(m.amount), 0) AS BIGINT) FROM credit_movements AS m
           WHERE m.account_id = a.id AND m.kind <= 2),
         (SELECT CAST(COALESCE(SUM(c.amount - c.refunded), 0) AS BIGINT) FROM credit_charges AS c
           WHERE c.account_id = a.id AND c.state IN (1, 2, 5))
    FROM credit_accounts AS a WHERE a.id > $1 ORDER BY a.id LIMIT 500
)sql"};

Currency currency_in(const db::Rows::Row& row, std::size_t column) {
  return Currency::parse(row.text(column)).value_or(Currency());
}

Account account_of(const db::Rows::Row& row) {
  Account account;
  account.id = row.id<CreditId>(0);
  account.kind = static_cast<CreditKind>(row.i64(1));
  account.state = static_cast<CreditState>(row.i64(2));
  account.customer = row.id<CustomerId>(3);
  const Currency currency = currency_in(row, 4);
  account.balance = Money::minor(row.i64(5), currency);
  account.issued = Money::minor(row.i64(6), currency);
  if (row.i64(7) != 0) account.expires = row.time(7);
  account.ending = row.str(8);
  account.email = row.str(9);
  account.note = row.str(10);
  account.order = row.id<OrderId>(11);
  account.line = row.id<OrderLineId>(12);
  account.created = row.time(13);
  account.updated = row.time(14);
  return account;
}

std::optional<Account> first_of(const db::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(account_of(rows.front()));
}

std::vector<Account> accounts_of(const db::Rows& rows) {
  std::vector<Account> out;
  out.reserve(rows.size());
  for (const auto row : rows) out.push_back(account_of(row));
  return out;
}

std::vector<Movement> movements_of(const db::Rows& rows, Currency currency) {
  std::vector<Movement> out;
  out.reserve(rows.size());
  for (const auto row : rows)
    out.push_back({row.str(0), static_cast<MovementKind>(row.i64(1)), Money::minor(row.i64(2), currency), row.time(3),
                   row.str(4), row.str(5)});
  return out;
}

ChargeRow charge_of(const db::Rows::Row& row) {
  const Currency currency = currency_in(row, 6);
  return {row.str(0),
          row.id<CreditId>(1),
          row.id<CheckoutId>(2),
          static_cast<TakenState>(row.i64(3)),
          Money::minor(row.i64(4), currency),
          Money::minor(row.i64(5), currency),
          row.str(7)};
}

}  // namespace

Result<bool> insert(db::Tx& tx, const Account& a, std::string_view name, std::string_view origin,
                    std::string_view unsent) {
  TRY(const auto made,
      tx.run(kInsert, a.id, a.kind, name, origin, a.customer, a.balance.currency(), a.balance.amount_minor(),
             a.expires.value_or(Time{}), a.ending, a.email, a.note, a.order, a.line, unsent, a.created));
  return made == 1;
}

Result<std::optional<Account>> find(db::Tx& tx, CreditId id) {
  TRY(const auto rows, tx.ask(kFind, id));
  return first_of(rows);
}

Result<std::optional<Account>> find_name(db::Tx& tx, std::string_view name) {
  TRY(const auto rows, tx.ask(kFindName, name));
  return first_of(rows);
}

Result<std::vector<Account>> cards_before(db::Tx& tx, CreditId before, int limit) {
  TRY(const auto rows, tx.ask(kCardsBefore, before, limit));
  return accounts_of(rows);
}

Result<std::vector<Account>> of_customer(db::Tx& tx, CustomerId customer) {
  TRY(const auto rows, tx.ask(kOfCustomer, customer));
  return accounts_of(rows);
}

Result<std::vector<Account>> of_line(db::Tx& tx, OrderLineId line) {
  TRY(const auto rows, tx.ask(kOfLine, line));
  return accounts_of(rows);
}

Result<bool> set_state(db::Tx& tx, const Account& account, CreditState to, Time now) {
  TRY(const auto set, tx.run(kSetState, account.id, account.state, to, now));
  return set == 1;
}

Result<std::optional<UnsentCard>> unsent(db::Tx& tx, CreditId id) {
  TRY(const auto account, find(tx, id));
  TRY(const auto rows, tx.ask(kUnsent, id));
  if (!account || rows.empty() || rows.front().text(0).empty()) return std::optional<UnsentCard>();
  return std::optional(UnsentCard{*account, rows.front().str(0)});
}

Result<void> forget_code(db::Tx& tx, CreditId id) {
  TRY_DO(tx.run(kForgetCode, id));
  return {};
}

Result<bool> take(db::Tx& tx, CreditId id, Money amount, Time now) {
  TRY(const auto taken, tx.run(kTake, id, amount.amount_minor(), amount.currency(), now));
  return taken == 1;
}

Result<void> give(db::Tx& tx, CreditId id, Money amount, Time now) {
  TRY(const auto given, tx.run(kGive, id, amount.amount_minor(), now, now.plus_ms(kGraceMs)));
  if (given != 1) return fail(Errc::kInternal, "credit.account_missing", id.text() + " has payments and is gone.");
  return {};
}

Result<bool> change_issued(db::Tx& tx, CreditId id, Money amount, Time now) {
  TRY(const auto changed, tx.run(kChangeIssued, id, amount.amount_minor(), now, kMostHeldMinor));
  return changed == 1;
}

Result<bool> withdraw(db::Tx& tx, const Account& account, Time now) {
  TRY(const auto gone, tx.run(kWithdraw, account.id, account.balance.amount_minor(), now));
  return gone == 1;
}

Result<bool> add_movement(db::Tx& tx, CreditId id, const Movement& m) {
  TRY(const auto added, tx.run(kAddMovement, id, m.entry, m.kind, m.amount.amount_minor(), m.at, m.actor, m.reason));
  return added == 1;
}

Result<bool> has_movement(db::Tx& tx, CreditId id, const std::string& entry) {
  TRY(const auto rows, tx.ask(kHasMovement, id, entry));
  return !rows.empty();
}

Result<std::vector<Movement>> movements(db::Tx& tx, const Account& account, int limit) {
  TRY(const auto rows, tx.ask(kMovements, account.id, limit));
  return movements_of(rows, account.balance.currency());
}

Result<std::vector<Movement>> issues_of(db::Tx& tx, const Account& account) {
  TRY(const auto rows, tx.ask(kIssues, account.id));
  return movements_of(rows, account.balance.currency());
}

Result<std::optional<ChargeRow>> find_charge(db::Tx& tx, const std::string& key) {
  TRY(const auto rows, tx.ask(kFindCharge, key));
  return rows.empty() ? std::nullopt : std::optional(charge_of(rows.front()));
}

Result<void> insert_charge(db::Tx& tx, const ChargeRow& charge, Time now) {
  TRY_DO(tx.run(kInsertCharge, charge.key, charge.account, charge.checkout, charge.state, charge.amount.amount_minor(),
                charge.amount.currency(), charge.decline, now));
  return {};
}

Result<void> set_charge(db::Tx& tx, const ChargeRow& charge, TakenState from, Time now) {
  TRY(const auto set, tx.run(kSetCharge, charge.key, from, charge.state, charge.amount.amount_minor(), now));
  if (set != 1) return fail(Errc::kConflict, "credit.moved", "The payment has changed in the meantime.");
  return {};
}

Result<bool> refund_charge(db::Tx& tx, const ChargeRow& charge, Money amount, Time now) {
  TRY(const auto given, tx.run(kRefundCharge, charge.key, amount.amount_minor(), now));
  return given == 1;
}

Result<std::vector<ChargeRow>> charges_after(db::Tx& tx, const std::string& key) {
  TRY(const auto rows, tx.ask(kChargesAfter, key));
  std::vector<ChargeRow> out;
  out.reserve(rows.size());
  for (const auto row : rows) out.push_back(charge_of(row));
  return out;
}

Result<std::vector<Sums>> sums_after(db::Tx& tx, CreditId last) {
  TRY(const auto rows, tx.ask(kSumsAfter, last));
  std::vector<Sums> out;
  out.reserve(rows.size());
  for (const auto row : rows) out.push_back({account_of(row), row.i64(15), row.i64(16), row.i64(17)});
  return out;
}

}  // namespace kontor::credit::sql
