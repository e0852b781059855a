// Checkout: turns a cart into an order, exactly once, whatever fails in between. Owns the journal of every purchase
// under way (which is its idempotency key as well), quotes, and the cancelling of orders; all in the home `customer`.
// Reserve, pay, place, confirm: a step touches one home, each decision is in the journal before its effect goes out,
// and what a dead process left is completed or undone by sweep().
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/check_report.h"
#include "shop/cart/cart.h"
#include "shop/checkout/checkout_body.h"
#include "shop/checkout/checkout_state.h"
#include "shop/checkout/checkout_view.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"
#include "shop/pricing/pricing.h"
#include "shop/promotions/promotions.h"
#include "shop/risk/risk.h"
#include "shop/shipping/shipping.h"

namespace kontor::credit {
class Credits;
}

namespace kontor::checkout {

class CheckoutMetrics;

// What checkout must know of an offer, exact and fresh: it is what the buyer pays.
struct OfferFacts {
  OfferId offer;
  ProductId product;
  std::string title;
  std::string sku;
  Money price;
  std::int64_t purchase_limit = 0;  // 0: none
  std::int64_t backorder = 0;
  bool buyable = true;
  pricing::Goods goods = {};
  std::int64_t min_quantity = 1;
  std::int64_t quantity_step = 1;
};

class PriceSource {
 public:
  virtual ~PriceSource() = default;
  // One read for all; what does not exist is left out.
  virtual Result<std::vector<OfferFacts>> offers(std::span<const OfferId> ids) = 0;
};

// When a card is charged: with the order, or when its first parcel leaves. Several payments for one order are always
// authorised first, so that no card is charged for an order that another card refuses.
enum class CaptureWhen { kNow, kLater };

// Mistakes made on purpose, to show that the simulator finds them. Never set outside of tests.
struct PlantedBugs {
  bool charge_before_reserve = false;  // money is taken for goods that may not be there
  bool answer_apart = false;           // the answer is stored after the order, by a write of its own
  bool repeated_webhooks = false;      // a webhook acts each time it comes, whatever the checkout has come to
  bool refund_over_capture = false;    // each cancellation gives the whole payment back
};

struct Settings {
  std::int64_t flight_ms = 30 * kSecondMs;   // how long a request may be at work before the sweeper looks after it
  std::int64_t first_question_ms = 1000;     // after an unanswered charge the gateway is asked
  std::int64_t longest_wait_ms = kMinuteMs;  // between two tries of the sweeper
  std::int64_t reservation_ms = 10 * kMinuteMs;
  std::int64_t step_up_ms = 30 * kMinuteMs;
  std::int64_t review_ms = kDayMs;  // how long staff may take
  std::int64_t key_ms = kDayMs;
  std::int64_t quote_ms = 10 * kMinuteMs;
  CaptureWhen capture = CaptureWhen::kNow;
  CheckoutMetrics* metrics = nullptr;  // outlives the Checkouts; may be null
  PlantedBugs planted = {};
};

// Not owned; they outlive the Checkouts.
struct Parts {
  db::Store& store;
  cart::CartsForCheckout& carts;
  PriceSource& prices;
  const pricing::Pricing& pricing;
  shipping::Shipping& shipping;
  inventory::Inventory& inventory;
  payments::Payments& payments;
  orders::Orders& orders;
  Clock& clock;
  IdSource& ids;
  risk::Risk* risk = nullptr;                    // null: nobody looks for fraud
  payments::SavedCards* cards = nullptr;         // null: nobody keeps cards
  promotions::Promotions* promotions = nullptr;  // null: none are counted
  credit::Credits* credits = nullptr;            // null: no gift cards and no store credit
};

struct Purchase {
  CustomerId customer;
  std::string key;          // the idempotency key
  std::string fingerprint;  // fingerprint_of() the body
  CheckoutBody body;
  std::string request_id;
  std::optional<Time> account_since;  // nothing for a guest
  std::string peer = {};              // the address that asks, for counting wrong codes
};

// What goes out, and is kept for a repetition of the request. A problem document when the status is 400 or above.
struct Answer {
  int status = 201;
  std::string body;
  bool replayed = false;
  CheckoutId checkout;               // for Location, behind a 202
  std::optional<Errc> refusal = {};  // of a problem that is answered for the first time
};

// A purchase as staff imagine it; at least one line.
struct Imagined {
  CustomerId customer;  // 0: a stranger
  std::vector<cart::CartLine> lines;
  std::vector<std::string> coupons;
  CheckoutBody body;
  std::optional<Time> at;  // nothing: now
};

using OrderFunction = std::function<Result<void>(db::Tx&, const orders::Order&)>;

enum class Which { kDue, kAllOpen };

class Checkouts {
 public:
  Checkouts(const Parts& parts, Settings settings);
  ~Checkouts();

  // The purchase, or the answer that its key already has. Errors are answers that are not kept (the key is free again).
  Result<Answer> buy(const Purchase& purchase);
  Result<QuoteView> quote(CustomerId customer, const CheckoutBody& body);
  // What a purchase would cost; nothing is kept.
  Result<PreviewView> imagine(const Imagined& purchase);
  // kNotFound for other people's.
  Result<CheckoutView> view(CustomerId customer, CheckoutId id);
  // The buyer took the step, or wants to know: asks the gateway and goes on. 201, 202 or 402.
  Result<Answer> complete(CustomerId customer, CheckoutId id, const std::string& request_id);
  // Gives up what waits behind a 202; money and stock go back. kInvalidTransition once it is completed.
  Result<CheckoutView> cancel(CustomerId customer, CheckoutId id);

  // What staff decide of a purchase that waits for them: it goes on, or is undone. `also` is done in the same write.
  // kNotFound; kConflict "checkout.not_under_review"; kInvalidTransition "risk.already_decided".
  Result<CheckoutView> decide_review(CheckoutId id, bool approve, const std::string& by,
                                     const std::function<Result<void>(db::Tx&)>& also);

  // Cancels an order, or lines of it, until it is packed: order, shipments and stock at once, the money right after, by
  // sweep() if need be. Errors as Orders::cancel(). `also` runs in the transaction, with the order as it is there.
  Result<orders::Order> cancel_order(OrderId id, const std::string& by, const orders::CancelOrder& wish = {},
                                     const OrderFunction& also = {});

  // Charges what was only authorised, as far as it is not yet. kNotFound; kGatewayUnavailable and kTimeout: again,
  // later. `also` is done in the write that begins it.
  Result<orders::Order> capture_order(OrderId id, const std::string& by = "system", const db::Function& also = {});

  // Goes on with what waits: at start with kAllOpen where this is the only process on the store, and every second with
  // kDue. How many rows were taken up.
  Result<int> sweep(int limit, Which which = Which::kDue);
  // A gateway says that a charge of this checkout changed. Harmless at any time, however often.
  Result<void> hint(CheckoutId id);

  // One order per completed checkout, and payments, orders and the gateway's charges agree (payments' own check
  // included).
  Result<void> check(services::CheckReport& report);

  void plant(PlantedBugs bugs);

 private:
  Result<Answer> attempt(const Purchase& purchase);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kontor::checkout
