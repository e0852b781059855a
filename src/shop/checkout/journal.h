// A checkout's journal: one row that is its idempotency key, its saga's memory and its stored answer at once, since
// every further row would be another random page to write. Every change names the state it expects, so of two who act
// only one succeeds.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/time.h"
#include "ports/db.h"
#include "shop/checkout/checkout_body.h"
#include "shop/checkout/checkout_state.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/orders.h"
#include "shop/promotions/promotions.h"

namespace kontor::checkout {

// What was agreed, kept until the checkout is settled: enough to place the order without asking the buyer again.
struct Plan {
  orders::Document
      document;  // lines, totals, payments as attempts, addresses; shipments and timeline come with the order
  std::vector<std::int64_t> backorders;  // by line: how far below zero its offer may be sold
  std::vector<std::int64_t> limits;      // by line: how many one customer may hold of it, 0: any; empty: none has one
  std::vector<promotions::Use> uses;     // of promotions that run out
  std::string email;
  std::string shipping_option;
  std::vector<std::string> shipping_zones = {};  // where sellers send apart; empty: the address's own
  std::optional<DeliveryPreference> delivery_preference;
  OrderId order_id;
  std::int64_t cart_version = 0;
  std::string request_id;
  std::optional<std::string> action_url;  // the step that the buyer must take
  bool stock_released = false;            // the money came to nothing in time, and the stock went back
  bool review = false;                    // staff must look at it before it becomes an order
  bool cart_claims = false;               // some of it may have been set aside in the cart

  static constexpr auto fields() {
    return described(Field("document", &Plan::document, "The order to be"),
                     Field("backorders", &Plan::backorders, "By line"),
                     Field("limits", &Plan::limits, "By line; empty when no offer has one", Default{}),
                     Field("uses", &Plan::uses, "Of promotions that run out", Default{}),
                     Field("email", &Plan::email, "For the confirmation"),
                     Field("shipping_option", &Plan::shipping_option, "How it travels", Default{}),
                     Field("shipping_zones", &Plan::shipping_zones, "Where sellers send apart", Default{}),
                     Field("delivery_preference", &Plan::delivery_preference, "What the choice of warehouses goes by"),
                     Field("order_id", &Plan::order_id, "The order's id"),
                     Field("cart_version", &Plan::cart_version, "The cart that is bought"),
                     Field("request_id", &Plan::request_id, "Of the first request"),
                     Field("action_url", &Plan::action_url, "The step that the buyer must take"),
                     Field("stock_released", &Plan::stock_released, "Whether the stock went back"),
                     Field("review", &Plan::review, "Whether staff must look at it", Default{}),
                     Field("cart_claims", &Plan::cart_claims, "Whether the cart may hold some of it", Default{}));
  }
};

struct Journal {
  CheckoutId id;
  CustomerId customer;
  std::string key;  // "" once it is free again
  std::string fingerprint;
  CheckoutState state = CheckoutState::kCreated;
  OrderId order;           // 0 until placed
  CheckoutId reservation;  // the key of its stock: its own id, until it has to reserve again
  int attempts = 0;        // of the sweeper
  int answer_status = 0;   // 0: nobody was answered yet
  Time created, updated, expires;
  std::optional<Time> next;  // when the saga goes on; nothing: settled
  std::optional<std::string> problem;
  std::string answer_body;
  Plan plan;                    // empty once it is settled
  std::string by = "customer";  // who goes on with it, for the order's timeline; not kept

  bool settled() const { return !next.has_value(); }
};

// How a row changes; what is absent stays.
struct Change {
  CheckoutState from = CheckoutState::kCreated;  // the state that is expected
  CheckoutState to = CheckoutState::kCreated;
  std::optional<Time> next;           // nothing settles the row and drops its plan
  const std::string* plan = nullptr;  // printed; null keeps what is there (or drops it when settled)
  OrderId order;                      // 0 keeps it
  CheckoutId reservation;             // 0 keeps it
  Time expires;                       // 0 keeps it
  int answer_status = 0;              // 0: leaves the answer alone; an answer once given is never replaced
  const std::string* answer_body = nullptr;
  std::optional<std::string> problem;
  bool free_key = false;
  bool unanswered = false;  // only while nobody was answered: else the answer that goes out would not be the kept one
};

// Inside write functions of the home customer.
// kConflict "checkout.key_taken" when the customer has used the key already.
Result<void> insert(db::Tx& tx, const Journal& journal, const std::string& plan);
// kConflict "checkout.moved" when the row is in another state by now.
Result<void> apply(db::Tx& tx, CheckoutId id, const Change& change, Time now);
Result<void> free_key(db::Tx& tx, CheckoutId id);
// Takes a due row for a while; false when somebody else has.
Result<bool> lease(db::Tx& tx, const Journal& journal, Time until);

// Inside any function of the home customer.
Result<std::optional<Journal>> find(db::Tx& tx, CheckoutId id);
Result<std::optional<Journal>> find_key(db::Tx& tx, CustomerId customer, const std::string& key);
// What is due until `until`, and what waits_for_another_time().
Result<std::vector<Journal>> due(db::Tx& tx, Time until, Time furthest, int limit);
// Its `next` lies further ahead than the row may wait, from `furthest` (now and the longest wait) on: the clock was set
// back since. It is looked after at once, lest it hold money and stock until the clock has caught up.
bool waits_for_another_time(const Journal& journal, Time furthest);
Result<std::vector<Journal>> journals_after(db::Tx& tx, CheckoutId last);  // 500 in the order of ids

}  // namespace kontor::checkout
