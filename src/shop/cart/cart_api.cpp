#include "shop/cart/cart_api.h"

namespace kontor::cart {
namespace {

struct CartQuery {
  std::optional<Currency> currency;
  std::optional<std::string> locale;
  std::optional<std::string> country;

  static constexpr auto fields() {
    return described(Field("currency", &CartQuery::currency,
                           "In which the cart is shown this once; what is not sold in it is converted"),
                     Field("locale", &CartQuery::locale, "Language of the messages", Length{1, 35}),
                     Field("country", &CartQuery::country, "Where it would go", Length{2, 2}));
  }
};

struct ChangeCart {
  Currency currency;

  static constexpr auto fields() {
    return described(Field("currency", &ChangeCart::currency, "In which the cart is shown and sold from now on"));
  }
};

struct AddItem {
  std::optional<OfferId> offer_id;
  std::optional<ProductId> product_id;
  std::int64_t quantity = 1;

  static constexpr auto fields() {
    return described(Field("offer_id", &AddItem::offer_id, "The offer to put in the cart"),
                     Field("product_id", &AddItem::product_id, "Or a product: its featured offer is taken"),
                     Field("quantity", &AddItem::quantity, "How many more of it", Range{1, kMostOfALine}));
  }
};

struct SetQuantity {
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    return described(
        Field("quantity", &SetQuantity::quantity, "How many there shall be; 0 removes", Range{0, kMostOfALine}));
  }
};

struct AddCoupon {
  std::string code;

  static constexpr auto fields() {
    return described(Field("code", &AddCoupon::code, "As the shopper has it", Length{1, 100}));
  }
};

struct Gift {
  std::optional<bool> wrap;
  std::optional<std::string> message;

  static constexpr auto fields() {
    return described(Field("wrap", &Gift::wrap, "Whether it is wrapped"),
                     Field("message", &Gift::message, "Words for who receives it; \"\" takes them away",
                           Length{0, kMostGiftMessage}, kNoCards));
  }
};

struct ChangeItem {
  std::optional<std::string> note;
  std::optional<Gift> gift;

  static constexpr auto fields() {
    return described(
        Field("note", &ChangeItem::note, "Words to the shop; \"\" takes them away", Length{0, kMostNote}, kNoCards),
        Field("gift", &ChangeItem::gift, "When it is a gift"));
  }
};

struct Merge {
  std::string session_token;

  static constexpr auto fields() {
    return described(Field("session_token", &Merge::session_token,
                           "The token whose cart is taken over: holding it shows that the cart is the caller's",
                           Length{1, 500}));
  }
};

struct Recover {
  std::string token;

  static constexpr auto fields() {
    return described(Field("token", &Recover::token, "Of the link in the mail", Length{1, 500}));
  }
};

class CartHandlers {
 public:
  CartHandlers(Carts& carts, const services::Shoppers& shoppers) : carts_(carts), shoppers_(shoppers) {}

  Result<CartView> show(http::Call& call, const CartQuery& query) const {
    TRY(const auto owner, owner_of(call));
    TRY(auto view, carts_.view(owner, query.currency));
    return answer(call, std::move(view));
  }

  Result<CartView> change_cart(http::Call& call, const ChangeCart& in) const {
    TRY(const auto owner, owner_of(call));
    TRY(auto view, carts_.choose_currency(owner, in.currency, services::if_match(call.request)));
    return answer(call, std::move(view));
  }

  Result<CartView> add(http::Call& call, const AddItem& in) const {
    TRY(const auto owner, owner_of(call));
    if (!in.offer_id && !in.product_id)
      return invalid("cart.which_offer", "/offer_id", "required", "Say offer_id or product_id.");
    if (in.offer_id && in.product_id)
      return invalid("cart.which_offer", "/product_id", "not_together", "Say offer_id or product_id, not both.");
    TRY(auto view,
        carts_.add(owner, {in.offer_id.value_or(OfferId{}), in.product_id.value_or(ProductId{}), in.quantity},
                   services::if_match(call.request)));
    return answer(call, std::move(view));
  }

  Result<CartView> set(http::Call& call, const SetQuantity& in) const {
    TRY(const auto owner, owner_of(call));
    TRY(const auto ref, ref_of(call));
    TRY(auto view, carts_.set_quantity(owner, ref, in.quantity, services::if_match(call.request)));
    return answer(call, std::move(view));
  }

  Result<CartView> change(http::Call& call, const ChangeItem& in) const {
    TRY(const auto owner, owner_of(call));
    TRY(const auto ref, ref_of(call));
    Carts::Words words{in.note, {}, {}};
    if (in.gift) words.gift_wrap = in.gift->wrap;
    if (in.gift) words.gift_message = in.gift->message;
    TRY(auto view, carts_.set_words(owner, ref, words, services::if_match(call.request)));
    return answer(call, std::move(view));
  }

  Result<CartView> merge(http::Call& call, const Merge& in) const {
    TRY(const auto owner, owner_of(call));
    TRY(const auto other, shoppers_.of_token(in.session_token));
    if (!other || !other->buys())
      return invalid("cart.bad_session", "/session_token", "unknown_value",
                     "This is no token of a guest or customer of this shop, or it has expired.");
    TRY(auto view, carts_.merge(owner, {other->customer, other->kind == services::Shopper::Kind::kGuest}));
    return answer(call, std::move(view));
  }

  Result<CartView> recover(http::Call& call, const Recover& in) const {
    TRY(const auto owner, owner_of(call));
    const auto customer = carts_.recovered(in.token);
    if (!customer)
      return invalid("cart.bad_link", "/token", "unknown_value", "This link is none of this shop, or has expired.");
    TRY(auto view, carts_.recover(owner, *customer));
    return answer(call, std::move(view));
  }

  Result<http::None> dismiss(http::Call& call) const {
    TRY(const auto owner, owner_of(call));
    TRY_DO(carts_.dismiss_messages(owner, services::if_match(call.request)));
    return http::None{};
  }

  Result<http::None> remove(http::Call& call) const {
    TRY(const auto owner, owner_of(call));
    TRY(const auto ref, ref_of(call));
    TRY_DO(carts_.remove(owner, ref, services::if_match(call.request)));
    return http::None{};
  }

  Result<http::None> clear(http::Call& call) const {
    TRY(const auto owner, owner_of(call));
    TRY_DO(carts_.clear(owner, services::if_match(call.request)));
    return http::None{};
  }

  Result<CartView> add_coupon(http::Call& call, const AddCoupon& in) const {
    TRY(const auto owner, owner_of(call));
    TRY(auto view, carts_.add_coupon(owner, in.code, services::if_match(call.request)));
    return answer(call, std::move(view));
  }

  Result<http::None> remove_coupon(http::Call& call) const {
    TRY(const auto owner, owner_of(call));
    TRY_DO(carts_.remove_coupon(owner, std::string(call.param("code")), services::if_match(call.request)));
    return http::None{};
  }

  Result<CartView> save(http::Call& call) const {
    TRY(const auto owner, owner_of(call));
    TRY(const auto ref, ref_of(call));
    TRY(auto view, carts_.save_for_later(owner, ref, services::if_match(call.request)));
    return answer(call, std::move(view));
  }

  Result<CartView> move(http::Call& call) const {
    TRY(const auto owner, owner_of(call));
    TRY(const auto ref, ref_of(call));
    TRY(auto view, carts_.move_to_cart(owner, ref, services::if_match(call.request)));
    return answer(call, std::move(view));
  }

 private:
  Result<Owner> owner_of(http::Call& call) const { return cart::owner_of(carts_, shoppers_, call); }
  static Result<ItemRef> ref_of(const http::Call& call) {
    const auto ref = ItemRef::parse(call.param("item_id"));
    if (!ref) return fail(Errc::kNotFound, "cart.no_such_item", "The cart has no such item.");
    return *ref;
  }
  static CartView answer(http::Call& call, CartView view) {
    call.set_header("ETag", services::version_etag(view.version));
    keep_private(call);
    return view;
  }

  Carts& carts_;
  const services::Shoppers& shoppers_;
};

// Carts of other sessions, and what is told of them.
void add_taking_over_routes(http::Router& router, const CartHandlers& api) {
  using http::Call;
  using http::None;
  router.post<Merge, CartView>("/cart/merge",
                               {"Takes over the cart of another session, as after signing in",
                                {"cart.bad_session", "cart.claimed", "cart.too_much_kept", "cart.busy"}},
                               [api](Call& call, const Merge& in) { return api.merge(call, in); });
  router.post<Recover, CartView>(
      "/cart/recover",
      {"Copies what lies in the cart of a mail's link into the caller's, which stays who it is", {"cart.bad_link"}},
      [api](Call& call, const Recover& in) { return api.recover(call, in); });
  router.del<None, None>("/cart/messages", {"The messages of the last change are heard", {"cart.version_conflict"}},
                         [api](Call& call, None) { return api.dismiss(call); });
}

}  // namespace

void keep_private(http::Call& call) {
  const auto said = std::any_of(call.headers().begin(), call.headers().end(),
                                [](const auto& header) { return header.first == "Cache-Control"; });
  if (!said) call.set_header("Cache-Control", "private, no-store");
}

void add_cart_routes(http::Router& router, Carts& carts, const services::Shoppers& shoppers) {
  using http::Call;
  using http::None;
  const CartHandlers api(carts, shoppers);
  router.get<CartQuery, CartView>("/cart", {"The cart at today's prices", {"pricing.no_rate"}},
                                  [api](Call& call, const CartQuery& query) { return api.show(call, query); });
  router.patch<ChangeCart, CartView>("/cart",
                                     {"Chooses the currency of the cart", {"pricing.no_rate", "cart.version_conflict"}},
                                     [api](Call& call, const ChangeCart& in) { return api.change_cart(call, in); });
  router.post<AddItem, CartView>("/cart/items",
                                 {"Puts an offer in the cart or raises its quantity",
                                  {"cart.which_offer", "cart.line_limit", "cart.purchase_limit", "cart.quantity_limit",
                                   "cart.quantity_step", "cart.other_currency", "cart.version_conflict",
                                   "catalog.no_such_offer", "catalog.no_such_product", "inventory.out_of_stock"}},
                                 [api](Call& call, const AddItem& in) { return api.add(call, in); });
  router.put<SetQuantity, CartView>(
      "/cart/items/{item_id}",
      {"Sets how many there are of a line, named by its own id, its product's or its offer's",
       {"cart.no_such_item", "cart.ambiguous_item", "cart.purchase_limit", "cart.version_conflict",
        "inventory.out_of_stock"}},
      [api](Call& call, const SetQuantity& in) { return api.set(call, in); });
  router.patch<ChangeItem, CartView>("/cart/items/{item_id}",
                                     {"Says something of a line: a note to the shop, or that it is a gift",
                                      {"cart.no_such_item", "cart.ambiguous_item", "cart.version_conflict"}},
                                     [api](Call& call, const ChangeItem& in) { return api.change(call, in); });
  router.del<None, None>("/cart/items/{item_id}",
                         {"Takes a line out", {"cart.ambiguous_item", "cart.version_conflict"}},
                         [api](Call& call, None) { return api.remove(call); });
  router.del<None, None>("/cart", {"Takes all lines out", {"cart.version_conflict"}},
                         [api](Call& call, None) { return api.clear(call); });
  add_taking_over_routes(router, api);
  router.post<AddCoupon, CartView>("/cart/coupons",
                                   {"Puts a coupon on the cart",
                                    {"cart.no_code",
                                     "cart.coupon_limit",
                                     "cart.version_conflict",
                                     "promotions.no_such_coupon",
                                     "promotions.not_active",
                                     "promotions.not_started",
                                     "promotions.expired",
                                     "promotions.used_up",
                                     "promotions.already_used",
                                     "promotions.min_purchase_not_met",
                                     "promotions.nothing_counts",
                                     "promotions.members_only",
                                     "promotions.first_order_only",
                                     "promotions.not_for_customer",
                                     "promotions.not_in_country",
                                     "promotions.not_with_payment",
                                     "promotions.not_today",
                                     "promotions.other_currency",
                                     "promotions.not_combinable",
                                     "promotions.no_effect",
                                     "services.too_many_misses"}},
                                   [api](Call& call, const AddCoupon& in) { return api.add_coupon(call, in); });
  router.del<None, None>("/cart/coupons/{code}", {"Takes a coupon off the cart", {"cart.version_conflict"}},
                         [api](Call& call, None) { return api.remove_coupon(call); });
  router.post<None, CartView>(
      "/cart/items/{item_id}/save-for-later",
      {"Keeps a line for later", {"cart.no_such_item", "cart.ambiguous_item", "cart.line_limit"}},
      [api](Call& call, None) { return api.save(call); });
  router.post<None, CartView>(
      "/cart/saved/{item_id}/move-to-cart",
      {"Puts a kept line back in the cart",
       {"cart.no_such_item", "cart.purchase_limit", "cart.line_limit", "inventory.out_of_stock"}},
      [api](Call& call, None) { return api.move(call); });
}

}  // namespace kontor::cart
