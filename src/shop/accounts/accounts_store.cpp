#include "shop/accounts/accounts_store.h"

namespace kontor::accounts {

const db::Query kInsertCustomer{"accounts.insert", db::Home::kCustomer, R"sql(
  INSERT INTO accounts_customers (id, email, email_folded, name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)
  ON CONFLICT DO NOTHING
)sql"};

const db::Query kFindCustomer{"accounts.find", db::Home::kCustomer, R"sql(
  SELECT id, email, name, created_at, updated_at, member_until, segments, cart_mails
    FROM accounts_customers WHERE id = $1
)sql"};

const db::Query kFindByEmail{"accounts.find_by_email", db::Home::kCustomer, R"sql(
  SELECT id, email, name, created_at, updated_at, member_until, segments, cart_mails
    FROM accounts_customers WHERE email_folded = $1
)sql"};

const db::Query kCustomersAfter{"accounts.after", db::Home::kCustomer, R"sql(
  SELECT id, email, name, created_at, updated_at, member_until, segments, cart_mails
    FROM accounts_customers WHERE id > $1 ORDER BY id LIMIT $2
)sql"};

const db::Query kChangeCustomer{"accounts.change", db::Home::kCustomer, R"sql(
  UPDATE accounts_customers SET member_until = $2, segments = $3, updated_at = $4, cart_mails = $5 WHERE id = $1
)sql"};

}  // namespace kontor::accounts
