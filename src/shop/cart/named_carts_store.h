// All SQL of named carts: cart_named, with who has joined in the row itself and, to be found by, in cart_named_members.
#pragma once
#include <optional>
#include <vector>

#include "ports/db.h"
#include "shop/cart/named_carts.h"

namespace kontor::cart::sql {

Result<std::optional<NamedCart>> find_named(db::Tx& tx, CartId id);
// Those of the owner, and those the customer has joined; by id.
Result<std::vector<NamedCart>> named_of(db::Tx& tx, CustomerId owner);
Result<std::vector<NamedCart>> named_joined(db::Tx& tx, CustomerId customer);
Result<void> insert_named(db::Tx& tx, const NamedCart& cart);
Result<void> save_named(db::Tx& tx, const NamedCart& cart);
Result<void> remove_named(db::Tx& tx, const NamedCart& cart);
Result<void> join_named(db::Tx& tx, CustomerId customer, CartId id);  // repeatable
Result<void> leave_named(db::Tx& tx, CustomerId customer, CartId id);
// Those whose time is over, at most `limit`.
Result<std::vector<NamedCart>> named_expired(db::Tx& tx, Time now, int limit);
Result<void> check_named(db::Tx& tx, services::CheckReport& report);

}  // namespace kontor::cart::sql
