#include "shop/cart/named_carts_store.h"

#include <algorithm>

#include "base/assert.h"
#include "runtime/json.h"

namespace kontor::cart::sql {
namespace {

using db::Home;
using db::Query;

// What cart_of() reads.
#define KONTOR_NAMED_CART_COLUMNS                                                                              \
  "SELECT id, owner_id, name, version, lines, members, link, shared, created_at, updated_at, expires_at FROM " \
  "cart_named "

constexpr Query kFindNamed{"cart.find_named", Home::kCustomer, KONTOR_NAMED_CART_COLUMNS "WHERE id = $1"};

constexpr Query kOfOwner{"cart.named_of_owner", Home::kCustomer,
                         KONTOR_NAMED_CART_COLUMNS "WHERE owner_id = $1 ORDER BY id"};

constexpr Query kJoined{"cart.named_joined", Home::kCustomer,
                        KONTOR_NAMED_CART_COLUMNS
                        "WHERE id IN (SELECT cart_id FROM cart_named_members WHERE customer_id = $1) ORDER BY id"};

constexpr Query kInsertNamed{"cart.insert_named", Home::kCustomer, R"sql(
  INSERT INTO cart_named (id, owner_id, name, version, lines, members, link, shared, created_at, updated_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
)sql"};

constexpr Query kSave{"cart.save_named", Home::kCustomer, R"sql(
  UPDATE cart_named SET owner_id = $2, name = $3, version = $4, lines = $5, members = $6, link = $7, shared = $8,
         updated_at = $9, expires_at = $10
   WHERE id = $1
)sql"};

constexpr Query kRemoveNamed{"cart.remove_named", Home::kCustomer, "DELETE FROM cart_named WHERE id = $1"};

constexpr Query kJoin{"cart.join_named", Home::kCustomer, R"sql(
  INSERT INTO cart_named_members (customer_id, cart_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
)sql"};

constexpr Query kLeave{"cart.leave_named", Home::kCustomer, R"sql(
  DELETE FROM cart_named_members WHERE customer_id = $1 AND cart_id = $2
)sql"};

constexpr Query kExpired{"cart.named_expired", Home::kCustomer,
                         KONTOR_NAMED_CART_COLUMNS "WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"};

constexpr Query kAllMembers{"cart.all_named_members", Home::kCustomer, R"sql(
  SELECT customer_id, cart_id FROM cart_named_members WHERE (customer_id, cart_id) > ($1, $2)
   ORDER BY customer_id, cart_id LIMIT 1000
)sql"};

constexpr Query kAllNamed{"cart.all_named", Home::kCustomer,
                          KONTOR_NAMED_CART_COLUMNS "WHERE id > $1 ORDER BY id LIMIT 1000"};

template <class T>
std::vector<T> read_list(std::string_view text) {
  auto list = json::read<std::vector<T>>(text);
  KONTOR_ASSERT(list.has_value());
  return std::move(*list);
}

NamedCart cart_of(const db::Rows::Row& row) {
  NamedCart cart;
  cart.id = row.id<CartId>(0);
  cart.owner = row.id<CustomerId>(1);
  cart.name = row.str(2);
  cart.version = row.i64(3);
  cart.lines = read_list<NamedLine>(row.text(4));
  cart.members = read_list<CustomerId>(row.text(5));
  cart.link = row.i64(6);
  cart.shared = row.flag(7);
  cart.created = row.time(8);
  cart.updated = row.time(9);
  cart.expires = row.time(10);
  return cart;
}

std::vector<NamedCart> carts_of(const db::Rows& rows) {
  std::vector<NamedCart> carts;
  for (const auto row : rows) carts.push_back(cart_of(row));
  return carts;
}

}  // namespace

Result<std::optional<NamedCart>> find_named(db::Tx& tx, CartId id) {
  TRY(const auto rows, tx.ask(kFindNamed, id));
  return rows.empty() ? std::nullopt : std::optional(cart_of(rows.front()));
}

Result<std::vector<NamedCart>> named_of(db::Tx& tx, CustomerId owner) {
  TRY(const auto rows, tx.ask(kOfOwner, owner));
  return carts_of(rows);
}

Result<std::vector<NamedCart>> named_joined(db::Tx& tx, CustomerId customer) {
  TRY(const auto rows, tx.ask(kJoined, customer));
  return carts_of(rows);
}

Result<void> insert_named(db::Tx& tx, const NamedCart& cart) {
  TRY_DO(tx.run(kInsertNamed, cart.id, cart.owner, cart.name, cart.version, json::print(cart.lines),
                json::print(cart.members), cart.link, cart.shared, cart.created, cart.updated, cart.expires));
  return {};
}

Result<void> save_named(db::Tx& tx, const NamedCart& cart) {
  TRY(const auto changed, tx.run(kSave, cart.id, cart.owner, cart.name, cart.version, json::print(cart.lines),
                                 json::print(cart.members), cart.link, cart.shared, cart.updated, cart.expires));
  KONTOR_ASSERT(changed == 1);
  return {};
}

Result<void> remove_named(db::Tx& tx, const NamedCart& cart) {
  for (const CustomerId member : cart.members) TRY_DO(leave_named(tx, member, cart.id));
  TRY_DO(tx.run(kRemoveNamed, cart.id));
  return {};
}

Result<void> join_named(db::Tx& tx, CustomerId customer, CartId id) {
  TRY_DO(tx.run(kJoin, customer, id));
  return {};
}

Result<void> leave_named(db::Tx& tx, CustomerId customer, CartId id) {
  TRY_DO(tx.run(kLeave, customer, id));
  return {};
}

Result<std::vector<NamedCart>> named_expired(db::Tx& tx, Time now, int limit) {
  TRY(const auto rows, tx.ask(kExpired, now, std::int64_t{limit}));
  return carts_of(rows);
}

// Both tables say the same of who has joined.
Result<void> check_named(db::Tx& tx, services::CheckReport& report) {
  std::vector<std::pair<CustomerId, CartId>> joined, members;
  for (CartId last{};;) {
    TRY(const auto rows, tx.ask(kAllNamed, last));
    for (const auto& cart : carts_of(rows)) {
      for (const CustomerId member : cart.members) members.emplace_back(member, cart.id);
      last = cart.id;
    }
    report.looked_at("named carts", static_cast<std::int64_t>(rows.size()));
    if (rows.size() < 1000) break;
  }
  for (std::pair<CustomerId, CartId> last{};;) {
    TRY(const auto rows, tx.ask(kAllMembers, last.first, last.second));
    for (const auto row : rows) joined.push_back(last = {row.id<CustomerId>(0), row.id<CartId>(1)});
    if (rows.size() < 1000) break;
  }
  std::sort(members.begin(), members.end());
  std::vector<std::pair<CustomerId, CartId>> apart;
  std::set_symmetric_difference(joined.begin(), joined.end(), members.begin(), members.end(),
                                std::back_inserter(apart));
  for (const auto& [customer, cart] : apart)
    report.fail("cart.named_members", cart.text() + " and the list of members say otherwise of " + customer.text());
  return {};
}

}  // namespace kontor::cart::sql
