// Carts of guests and customers: lines, versions, totals by pricing. One row per customer in the home `customer` holds
// the lines as a document, so a change is one row. Two devices adding at once both count; a stale If-Match is refused.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/check_report.h"
#include "services/if_match.h"
#include "services/misses.h"
#include "services/shopper.h"
#include "services/signer.h"
#include "shop/cart/cart_view.h"
#include "shop/inventory/inventory.h"
#include "shop/pricing/pricing.h"
#include "shop/promotions/promotions.h"
#include "shop/showcase/showcase.h"

namespace kontor::cart {

struct Cart;
struct Line;
struct Room;
namespace sql {
struct Swept;
}

// A line as checkout needs it.
struct CartLine {
  CartItemId id;
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;
  bool unlooked = false;  // its card is not at hand: whether it is for sale, and for which currency, is yet to be seen
  std::string note = {};  // "": none
  bool gift_wrap = false;
  std::string gift_message = {};
};

struct CartContents {
  CartId id;
  std::int64_t version = 0;
  Currency currency;
  std::vector<std::string> coupons;      // codes
  std::vector<CartLine> lines;           // without those that are known not to be for sale any more
  std::optional<CheckoutId> claimed_by;  // a checkout is under way
  std::optional<CheckoutId> bought_by;   // the checkout that last emptied it
  std::int64_t bought_version = 0;       // the version that it bought; unchanged since when version is one more
};

// The part of the face that checkout uses; functions on a Tx run inside the caller's write function (home customer).
class CartsForCheckout {
 public:
  virtual ~CartsForCheckout() = default;
  virtual Result<std::optional<CartContents>> contents(CustomerId customer) = 0;
  // Binds this version of the cart to the checkout. kConflict "cart.claimed" when another holds it,
  // kVersionConflict "cart.version_conflict" when it has changed. Repeating with the same checkout is harmless.
  virtual Result<void> claim(db::Tx& tx, CustomerId customer, std::int64_t version, CheckoutId checkout) = 0;
  virtual Result<void> unclaim(db::Tx& tx, CustomerId customer, CheckoutId checkout) = 0;
  // Takes the bought lines out (what was added meanwhile stays), raises the version, remembers who bought which
  // version. Repeatable; a cart that is gone is nothing to do. kConflict "cart.not_claimed" when the checkout does not
  // hold it.
  virtual Result<void> bought(db::Tx& tx, CustomerId customer, CheckoutId checkout) = 0;
};

// Where carts look offers up; showcase behind it, memory speed. kNotFound "catalog.no_such_offer",
// "catalog.no_such_product".
class OfferSource {
 public:
  virtual ~OfferSource() = default;
  virtual Result<std::shared_ptr<const showcase::OfferCard>> offer_card(OfferId offer) = 0;
  // What is at hand, and never a wait: nullopt when nothing is, null when there is no such offer.
  virtual std::optional<std::shared_ptr<const showcase::OfferCard>> card_at_hand(OfferId offer) = 0;
  virtual Result<OfferId> featured_offer(ProductId product) = 0;
  // Which of them are not for sale, or gone.
  virtual Result<std::vector<OfferId>> not_sold(std::span<const OfferId> offers);
};

inline constexpr std::int64_t kMostOfALine = 999;
inline constexpr std::size_t kMostCoupons = 10;
inline constexpr std::size_t kMostLines = 100;                         // in the cart, and again saved for later
inline constexpr std::size_t kMostNote = 500, kMostGiftMessage = 300;  // characters

// Whose cart, and how long it lives.
struct Owner {
  CustomerId customer;
  bool guest = true;
  std::string peer = {};  // the address that asks, for counting wrong codes; "" where nobody guesses
};

// Names a line by its own id, its offer's or its product's.
struct ItemRef {
  CartItemId item;
  OfferId offer;
  ProductId product;
  // nullopt for a text that is none of them.
  static std::optional<ItemRef> parse(std::string_view text);
};

class Carts : public CartsForCheckout {
 public:
  struct Settings {
    std::int64_t guest_days = 7;
    std::int64_t customer_days = 90;
    std::int64_t silent_ms = kDayMs;        // a cart with lines that was left alone for so long counts as abandoned
    std::int64_t remind_after_ms = kDayMs;  // customers of such a silence; 0: never
    std::int64_t remind_before_end_ms = 3 * kDayMs;  // and so long before the cart expires; 0: never
    std::string secret = {};                         // signs recovery links
    std::function<void()> on_new = {};               // a first line made a cart; may be empty
    std::function<void(CustomerId)> on_change = {};  // from any thread; may be empty
    // Wrong codes within ten minutes, of one customer and of one address; then no code is looked at for a while.
    std::size_t most_wrong_codes = 10;
    std::size_t most_wrong_codes_of_address = 100;
    std::function<void()> on_wrong_code = {};  // may be empty
  };
  struct Parts {
    db::Store& store;
    Clock& clock;
    IdSource& ids;
    OfferSource& offers;
    inventory::Inventory& inventory;
    const pricing::Pricing& pricing;
    promotions::Promotions* promotions = nullptr;  // null: no coupons are known
  };
  Carts(Parts parts, Settings settings)
      : parts_(parts),
        settings_(std::move(settings)),
        wrong_codes_({settings_.most_wrong_codes}),
        wrong_codes_of_addresses_({settings_.most_wrong_codes_of_address}) {
    if (!settings_.secret.empty()) recovery_.emplace(settings_.secret, "cart_recovery");
  }

  Result<CartView> view(const Owner& owner);
  // `quantity` more of an offer: 1..999. A product stands for its featured offer; exactly one of the two is set.
  // kOutOfStock "inventory.out_of_stock", kPurchaseLimit "cart.purchase_limit", kConflict "cart.line_limit",
  // kInvalid "cart.other_currency", "cart.quantity_step", kVersionConflict "cart.version_conflict"; the source's.
  struct Addition {
    OfferId offer;
    ProductId product;
    std::int64_t quantity = 1;
  };
  Result<CartView> add(const Owner& owner, const Addition& addition, const services::IfMatch& if_match = {});
  // Exactly so many: 0..999, 0 removes. kNotFound "cart.no_such_item" (unless 0), kAmbiguousItem "cart.ambiguous_item";
  // else as add.
  Result<CartView> set_quantity(const Owner& owner, const ItemRef& ref, std::int64_t quantity,
                                const services::IfMatch& if_match = {});
  // Gone, also from what is saved; repeatable.
  Result<void> remove(const Owner& owner, const ItemRef& ref, const services::IfMatch& if_match = {});
  Result<void> clear(const Owner& owner, const services::IfMatch& if_match = {});  // the lines; what is saved stays
  Result<CartView> save_for_later(const Owner& owner, const ItemRef& ref, const services::IfMatch& if_match = {});
  // Puts a code on the cart; repeating it changes nothing. kInvalid for what is no code; kNotFound
  // "promotions.no_such_coupon"; kRateLimited after too many of these; kConflict "promotions.expired",
  // "promotions.min_purchase_not_met" … and "cart.coupon_limit".
  Result<CartView> add_coupon(const Owner& owner, const std::string& typed, const services::IfMatch& if_match = {});
  Result<void> remove_coupon(const Owner& owner, const std::string& typed, const services::IfMatch& if_match = {});
  Result<CartView> move_to_cart(const Owner& owner, const ItemRef& ref, const services::IfMatch& if_match = {});

  // What the buyer says of a line; what is absent stays, "" takes it away. Repeatable. Errors as of set_quantity.
  struct Words {
    std::optional<std::string> note;
    std::optional<bool> gift_wrap;
    std::optional<std::string> gift_message;
  };
  Result<CartView> set_words(const Owner& owner, const ItemRef& ref, const Words& words,
                             const services::IfMatch& if_match = {});
  // What the cart tells of its last change is heard; repeatable.
  Result<void> dismiss_messages(const Owner& owner, const services::IfMatch& if_match = {});
  // Puts everything of the cart `from` into the cart `into`, in one transaction, and answers that: of an offer in both
  // the higher quantity, capped by its purchase limit; what cannot stay in the cart is kept for later with a message.
  // Repeatable: what was taken is gone from `from`. kConflict "cart.claimed" while a checkout of `from` is under way,
  // "cart.too_much_kept"; then nothing has changed.
  Result<CartView> merge(const Owner& into, const Owner& from);

  // For a link in a mail: opens the cart to whoever holds it.
  std::string recovery_token(CustomerId customer, Time until) const;
  std::optional<CustomerId> recovered(std::string_view token) const;  // nothing when forged or over
  // Copies the lines of that customer's cart, which stays as it is, without words. Repeatable.
  Result<CartView> recover(const Owner& into, CustomerId from);

  Result<std::optional<CartContents>> contents(CustomerId customer) override;
  Result<void> claim(db::Tx& tx, CustomerId customer, std::int64_t version, CheckoutId checkout) override;
  Result<void> unclaim(db::Tx& tx, CustomerId customer, CheckoutId checkout) override;
  Result<void> bought(db::Tx& tx, CustomerId customer, CheckoutId checkout) override;

  // Looks at the next `limit` carts and removes those whose time is over; how many were. To be called again and again:
  // it goes round the store, and one that a checkout has claimed stays. Tells what customers should hear (events.h).
  Result<int> sweep_expired(int limit = 500);
  // Carts with lines in them, as the last whole round of the sweep found them. From any thread.
  struct Census {
    std::int64_t active = 0;
    std::int64_t abandoned = 0;  // silent for Settings::silent_ms
  };
  Census census() const { return {active_.load(), abandoned_.load()}; }
  bool sweep_begins_anew() const { return swept_.load() == 0; }
  Result<void> check(services::CheckReport& report);

 private:
  // Works on the cart as it is inside the write function; an Error leaves the store as it was.
  using Edit = std::function<Result<void>(Cart&)>;
  using Card = std::shared_ptr<const showcase::OfferCard>;
  // How many of an offer may lie in a cart. `plenty` is a figure that surely can be had, `exact` the whole of it when
  // known.
  struct Supply;
  using SupplyEdit = std::function<Result<void>(Cart&, Supply&)>;

  Result<Cart> load(const Owner& owner);
  Result<Cart> load(db::Tx& tx, const Owner& owner, Time now);
  Result<Cart> change(const Owner& owner, const services::IfMatch& if_match, const Edit& edit);
  Result<void> keep(db::Tx& tx, Cart& cart, const Owner& owner, std::vector<Line> before, Time now);
  Result<std::map<OfferId, Room>> rooms_for(const Cart& from, CustomerId customer);
  Result<Cart> change_with_supply(const Owner& owner, const services::IfMatch& if_match, const Card& card,
                                  std::int64_t asked, const SupplyEdit& edit);
  Result<Card> card_for_sale(OfferId offer);
  Result<std::int64_t> exact_supply(const showcase::OfferCard& card);
  Result<void> grow(Cart& cart, Line& line, std::int64_t quantity, Supply& supply);
  Line fresh_line(CartItemId id, const showcase::OfferCard& card) const;
  Result<Line*> line_of(Cart& cart, const showcase::OfferCard& card, const Line& fresh);
  Result<CartView> show(const Cart& cart);
  Result<void> may_use(const Cart& cart, const std::string& code);
  void note_wrong_code(const Owner& owner, Time at);
  Result<void> tell_of(const sql::Swept& found, Time now);

  Parts parts_;
  Settings settings_;
  services::Misses wrong_codes_, wrong_codes_of_addresses_;
  std::optional<services::Signer> recovery_;
  std::atomic<std::int64_t> swept_{0};  // the last key the sweep looked at
  Census round_;                        // of the round under way; the sweeper's fiber only
  std::atomic<std::int64_t> active_{0}, abandoned_{0};
};

// Whose cart a call means; a guest is made where there is nobody. The guest's session that a browser still carries
// beside a customer's is merged first, and then dropped.
Result<Owner> owner_of(Carts& carts, const services::Shoppers& shoppers, http::Call& call);
// That part alone, where it is known who asks. What cannot be merged now is tried again with the next call.
void take_over_guest(Carts& carts, const services::Shoppers& shoppers, http::Call& call,
                     const services::Shopper& shopper);

}  // namespace kontor::cart
