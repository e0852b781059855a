#include "shop/payments/saved_cards.h"

#include <algorithm>

#include "base/card_number.h"

namespace kontor::payments {
namespace {

constexpr db::Query kInsertCard{"payments.insert_card", db::Home::kCustomer, R"sql(
  INSERT INTO payments_cards (id, customer_id, token, brand, last4, expires_month, expires_year, is_default, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)
  ON CONFLICT (customer_id, token) DO UPDATE SET brand = excluded.brand, last4 = excluded.last4,
                                                 expires_month = excluded.expires_month,
                                                 expires_year = excluded.expires_year
)sql"};

constexpr db::Query kCardsOfCustomer{"payments.cards_of_customer", db::Home::kCustomer, R"sql(
  SELECT id, customer_id, token, brand, last4, expires_month, expires_year, is_default, created_at
    FROM payments_cards WHERE customer_id = $1 ORDER BY is_default DESC, id DESC
)sql"};

constexpr db::Query kChooseCard{"payments.choose_card", db::Home::kCustomer, R"sql(
  UPDATE payments_cards SET is_default = CASE WHEN id = $2 THEN 1 ELSE 0 END
   WHERE customer_id = $1 AND is_default <> CASE WHEN id = $2 THEN 1 ELSE 0 END
)sql"};

constexpr db::Query kForgetCard{"payments.forget_card", db::Home::kCustomer, R"sql(
  DELETE FROM payments_cards WHERE customer_id = $1 AND id = $2
)sql"};

constexpr db::Query kCardsAfter{"payments.cards_after", db::Home::kCustomer, R"sql(
  SELECT id, customer_id, token, brand, last4, expires_month, expires_year, is_default, created_at
    FROM payments_cards WHERE (customer_id, token) > ($1, $2) ORDER BY customer_id, token LIMIT 1000
)sql"};

SavedCard card_of(const db::Rows::Row& row) {
  return {row.id<PaymentMethodId>(0),   row.id<CustomerId>(1),        row.str(2),      row.str(3), row.str(4),
          static_cast<int>(row.i64(5)), static_cast<int>(row.i64(6)), row.i64(7) != 0, row.time(8)};
}

tl::unexpected<Error> no_such_card() {
  return fail(Errc::kNotFound, "payments.no_such_card", "There is no such payment method.");
}

bool is_last4(const std::string& text) {
  return text.size() == 4 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<std::vector<SavedCard>> SavedCards::of(db::Tx& tx, CustomerId customer) {
  std::vector<SavedCard> cards;
  TRY(const auto rows, tx.ask(kCardsOfCustomer, customer));
  for (const auto row : rows) cards.push_back(card_of(row));
  return cards;
}

Result<void> SavedCards::insert(db::Tx& tx, SavedCard& card, bool make_default) {
  TRY(const auto held, of(tx, card.customer));
  const bool known =
      std::any_of(held.begin(), held.end(), [&](const SavedCard& one) { return one.token == card.token; });
  if (!known && static_cast<std::int64_t>(held.size()) >= kMost)
    return fail(Errc::kConflict, "payments.too_many_cards",
                "A customer keeps " + std::to_string(kMost) + " cards at most; remove one first.");
  TRY_DO(tx.run(kInsertCard, card.id, card.customer, card.token, card.brand, card.last4, card.expires_month,
                card.expires_year, card.created));
  TRY(auto now, of(tx, card.customer));
  const auto mine = std::find_if(now.begin(), now.end(), [&](const SavedCard& one) { return one.token == card.token; });
  KONTOR_ASSERT(mine != now.end());
  const bool chosen = make_default || now.size() == 1 || mine->is_default;
  if (chosen) TRY_DO(tx.run(kChooseCard, card.customer, mine->id));
  card = std::move(*mine);
  card.is_default = chosen;
  return {};
}

Result<SavedCard> SavedCards::keep(CustomerId customer, const std::string& token, bool make_default) {
  KONTOR_ASSERT(customer);
  TRY(const auto on_file, gateway_.keep_card(token, customer));
  // What a gateway says is no reason to keep what must not be kept.
  if (holds_card_number(on_file.token) || !is_last4(on_file.last4))
    return fail(Errc::kInternal, "payments.not_a_token", "The gateway answered something that is no token of a card.");
  const Time now = clock_.now();
  const SavedCard drawn{ids_.next<PaymentMethodId>(now, customer.bucket()),
                        customer,
                        on_file.token,
                        on_file.brand,
                        on_file.last4,
                        on_file.expires_month,
                        on_file.expires_year,
                        false,
                        now};
  SavedCard card;
  TRY_DO(store_.write(db::Home::kCustomer, [&](db::Tx& tx) {
    card = drawn;
    return insert(tx, card, make_default);
  }));
  return card;
}

Result<std::vector<SavedCard>> SavedCards::of(CustomerId customer) {
  std::vector<SavedCard> cards;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(cards, of(tx, customer));
    return {};
  }));
  return cards;
}

Result<std::optional<SavedCard>> SavedCards::find(CustomerId customer, PaymentMethodId id) {
  TRY(auto cards, of(customer));
  const auto found = std::find_if(cards.begin(), cards.end(), [&](const SavedCard& card) { return card.id == id; });
  return found == cards.end() ? std::nullopt : std::optional(std::move(*found));
}

Result<SavedCard> SavedCards::make_default(CustomerId customer, PaymentMethodId id) {
  SavedCard card;
  TRY_DO(store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(auto cards, of(tx, customer));
    const auto found = std::find_if(cards.begin(), cards.end(), [&](const SavedCard& one) { return one.id == id; });
    if (found == cards.end()) return no_such_card();
    TRY_DO(tx.run(kChooseCard, customer, id));
    card = std::move(*found);
    card.is_default = true;
    return {};
  }));
  return card;
}

Result<void> SavedCards::forget(CustomerId customer, PaymentMethodId id) {
  return store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kForgetCard, customer, id));
    TRY(const auto left, of(tx, customer));
    if (!left.empty() && !left.front().is_default) TRY_DO(tx.run(kChooseCard, customer, left.front().id));
    return {};
  });
}

Result<void> SavedCards::check(services::CheckReport& report) {
  CustomerId customer, counted;
  std::string token;
  int defaults = 1;
  const auto judge = [&] {
    if (counted && defaults != 1)
      report.fail("payments.one_default_card", counted.text() + " has " + std::to_string(defaults) + " default cards");
  };
  for (std::vector<SavedCard> some(1); !some.empty();) {
    TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      some.clear();
      TRY(const auto rows, tx.ask(kCardsAfter, customer, token));
      for (const auto row : rows) some.push_back(card_of(row));
      return {};
    }));
    for (const SavedCard& card : some) {
      if (card.customer != counted) {
        judge();
        counted = card.customer;
        defaults = 0;
      }
      defaults += card.is_default ? 1 : 0;
      if (holds_card_number(card.token) || !is_last4(card.last4))
        report.fail("payments.no_card_numbers", card.id.text() + " holds more than a token");
      customer = card.customer;
      token = card.token;
    }
    report.looked_at("saved cards", static_cast<std::int64_t>(some.size()));
  }
  judge();
  return {};
}

}  // namespace kontor::payments
