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
#include "shop/cart/cart_cache.h"
#include "shop/cart/cart_for_checkout.h"
#include "shop/cart/cart_parts.h"
#include "shop/cart/cart_view.h"
#include "shop/cart/named_carts.h"
#include "shop/inventory/inventory.h"
#include "shop/pricing/pricing.h"
#include "shop/promotions/promotions.h"
#include "shop/showcase/showcase.h"

namespace kontor::cart {

class CartClaims;
struct Cart;
struct Line;
struct Room;
namespace sql {
struct Swept;
}

// Names a line by its own id, its offer's or its product's.
struct ItemRef {
  CartItemId item;
  OfferId offer;
  ProductId product;
  // nullopt for a text that is none of them.
  static std::optional<ItemRef> parse(std::string_view text);
};

// Mistakes for the simulator to find.
struct PlantedBugs {
  bool keep_copies = false;  // a cart is changed, and its copy in memory stays as it was
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
    // For copies of carts that were looked at; 0: none are held. On an embedded store who holds copies changes all
    // carts.
    std::size_t cache_bytes = 0;
    // What else of `from` becomes the customer's with a merge; its Error is the merge's. Repeatable. May be empty.
    std::function<Result<void>(CustomerId into, CustomerId from)> beside_merge = {};
  };
  struct Parts {
    db::Store& store;
    Clock& clock;
    IdSource& ids;
    OfferSource& offers;
    inventory::Inventory& inventory;
    const pricing::Pricing& pricing;
    promotions::Promotions* promotions = nullptr;  // null: no coupons are known
    CartClaims* claims = nullptr;                  // null: nothing is set aside in carts
    Cache* cache = nullptr;                        // where wrong codes are counted; null: they are not
  };
  Carts(Parts parts, Settings settings)
      : parts_(parts),
        settings_(std::move(settings)),
        cache_(parts_.store, settings_.cache_bytes),
        wrong_codes_(parts_.cache, "coupons", {settings_.most_wrong_codes}),
        wrong_codes_of_addresses_(parts_.cache, "coupons.address", {settings_.most_wrong_codes_of_address}) {
    if (!settings_.secret.empty()) recovery_.emplace(settings_.secret, "cart_recovery");
  }

  // In the currency that is asked for, else in the chosen one, else in the goods' own. kInvalid "pricing.no_rate" for
  // what is asked for; where the chosen one has no rate any more the goods' own counts.
  Result<CartView> view(const Owner& owner, std::optional<Currency> asked = {});
  // What the cart is shown and sold in from now on. kInvalid "pricing.no_rate".
  Result<CartView> choose_currency(const Owner& owner, Currency currency, const services::IfMatch& if_match = {});
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
  // The same from lines that lie in no cart; ids of its lines are taken over.
  Result<CartView> copy_in(const Owner& into, const Cart& from);

  Result<std::optional<CartContents>> contents(CustomerId customer) override;
  Writing writing(CustomerId customer) override { return {cache_, customer}; }
  Result<void> claim(db::Tx& tx, Writing& cart, std::int64_t version, CheckoutId checkout) override;
  Result<void> unclaim(db::Tx& tx, Writing& cart, CheckoutId checkout) override;
  Result<void> bought(db::Tx& tx, Writing& cart, CheckoutId checkout) override;
  Result<bool> claims_any(std::span<const CartLine> lines) override;
  Result<void> give_claims(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now) override;
  Result<void> take_claims_back(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now) override;

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
  runtime::CacheStats cache_stats() const { return cache_.stats(); }
  void plant(PlantedBugs bugs) { cache_.outlive_changes(bugs.keep_copies); }

 private:
  // Works on the cart as it is inside the write function; an Error leaves the store as it was.
  using Edit = std::function<Result<void>(Cart&)>;
  using Card = std::shared_ptr<const showcase::OfferCard>;
  // How many of an offer may lie in a cart. `plenty` is a figure that surely can be had, `exact` the whole of it when
  // known.
  struct Supply;
  using SupplyEdit = std::function<Result<void>(Cart&, Supply&)>;

  // For showing: as the store has it, and perhaps without asking it.
  Result<std::shared_ptr<const Cart>> seen(const Owner& owner);
  // What leads to a change looks here, and decides again inside the write function.
  Result<Cart> load(const Owner& owner);
  Result<Cart> load(db::Tx& tx, const Owner& owner, Time now);
  Cart fresh_cart(const Owner& owner, Time now) const;
  Result<Cart> change(const Owner& owner, const services::IfMatch& if_match, const Edit& edit);
  void raise_version(Cart& cart, const Owner& owner, std::vector<Line> before, Time now) const;
  Result<std::map<OfferId, Room>> rooms_for(const Cart& from, CustomerId customer);
  Result<Cart> change_with_supply(const Owner& owner, const services::IfMatch& if_match, const Card& card,
                                  std::int64_t asked, const SupplyEdit& edit);
  // The same where the units are set aside: first claimed, then put in. What the cart refuses is not claimed.
  Result<Cart> change_with_claim(const Owner& owner, const services::IfMatch& if_match, const Card& card,
                                 const SupplyEdit& edit);
  Result<std::int64_t> claim_minutes(OfferId offer);
  void settle_claims(CustomerId customer, const std::vector<Line>& before, const std::vector<Line>& after);
  void claim_lines(CustomerId customer, const std::vector<Line>& lines);
  Result<void> show_claims(const Cart& cart, CartView& out);
  Result<Card> card_for_sale(OfferId offer);
  Result<std::int64_t> exact_supply(const showcase::OfferCard& card);
  Result<void> grow(Cart& cart, Line& line, std::int64_t quantity, Supply& supply);
  Line fresh_line(CartItemId id, const showcase::OfferCard& card) const;
  Result<Line*> line_of(Cart& cart, const showcase::OfferCard& card, const Line& fresh);
  Result<CartView> show(const Cart& cart, std::optional<Currency> asked = {});
  Result<CartView> show_in(const Cart& cart, Currency currency);
  Result<void> may_use(const Cart& cart, const std::string& code);
  void note_wrong_code(const Owner& owner, Time at);
  Result<void> tell_of(const sql::Swept& found, Time now);

  Parts parts_;
  Settings settings_;
  CartCache cache_;
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
