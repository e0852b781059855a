#include "shop/accounts/accounts.h"

#include "base/text.h"
#include "runtime/json.h"
#include "shop/accounts/accounts_store.h"

namespace kontor::accounts {
namespace {

Customer customer_of(const db::Rows::Row& row) {
  Customer out{row.id<CustomerId>(0), row.str(1), row.str(2), row.time(3), row.time(4), {}, {}};
  if (const auto until = row.opt_i64(5)) out.member_until = Time{*until};
  out.cart_mails = row.flag(7);
  if (row.text(6) == "[]") return out;
  auto segments = json::read<std::vector<std::string>>(row.text(6));
  KONTOR_ASSERT(segments.has_value());
  out.segments = std::move(*segments);
  return out;
}

std::optional<Customer> customer_of(const db::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(customer_of(rows.front()));
}

}  // namespace

Result<Customer> Accounts::create(CustomerId id, const std::string& email, const std::string& name) {
  KONTOR_ASSERT(id && !email.empty());
  const Time now = clock_.now();
  const std::string folded = ascii_lower(email);
  TRY_DO(store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto inserted, tx.run(kInsertCustomer, id, email, folded, name, now));
    if (inserted == 0)
      return fail(Errc::kConflict, "accounts.email_taken", "There is a customer with this e-mail already.");
    return {};
  }));
  return Customer{id, email, name, now, now, {}, {}};
}

Result<std::optional<Customer>> Accounts::find(CustomerId id) {
  std::optional<Customer> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kFindCustomer, id));
    found = customer_of(rows);
    return {};
  }));
  return found;
}

Result<std::optional<Customer>> Accounts::find_by_email(const std::string& email) {
  std::optional<Customer> found;
  const std::string folded = ascii_lower(email);
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kFindByEmail, folded));
    found = customer_of(rows);
    return {};
  }));
  return found;
}

Result<Customer> Accounts::change(CustomerId id, const CustomerChange& change, const db::Function& beside) {
  const Time now = clock_.now();
  Customer customer;
  TRY_DO(store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kFindCustomer, id));
    auto found = customer_of(rows);
    if (!found) return fail(Errc::kNotFound, "accounts.no_such_customer", "There is no such customer.");
    customer = std::move(*found);
    if (change.member_until) customer.member_until = *change.member_until;
    if (change.segments) customer.segments = *change.segments;
    if (change.cart_mails) customer.cart_mails = *change.cart_mails;
    customer.updated = now;
    const std::string segments = json::print(customer.segments);
    TRY_DO(tx.run(kChangeCustomer, id, customer.member_until, segments, now, customer.cart_mails));
    return beside ? beside(tx) : Result<void>();
  }));
  return customer;
}

Result<std::vector<Customer>> Accounts::after(CustomerId last, int limit) {
  std::vector<Customer> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    TRY(const auto rows, tx.ask(kCustomersAfter, last, limit));
    for (const auto& row : rows) found.push_back(customer_of(row));
    return {};
  }));
  return found;
}

}  // namespace kontor::accounts
