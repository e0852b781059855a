#include "shop/cart/named_carts_api.h"

#include "services/cursor.h"
#include "shop/cart/cart_api.h"

namespace kontor::cart {
namespace {

struct NewNamedCart {
  std::string name;
  bool from_cart = false;

  static constexpr auto fields() {
    return described(
        Field("name", &NewNamedCart::name, "For people; need not be unique", Length{1, kMostName}, kNoCards),
        Field("from_cart", &NewNamedCart::from_cart, "Whether it begins with the lines of the cart, which keeps them",
              Default{}));
  }
};

struct ChangedNamedCart {
  std::string name;

  static constexpr auto fields() {
    return described(Field("name", &ChangedNamedCart::name, "For people", Length{1, kMostName}, kNoCards));
  }
};

struct SetNamedItem {
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    return described(
        Field("quantity", &SetNamedItem::quantity, "How many there shall be; 0 removes", Range{0, kMostOfALine}));
  }
};

struct ShareNamedCart {
  std::int64_t days = 30;

  static constexpr auto fields() {
    return described(
        Field("days", &ShareNamedCart::days, "How long the link opens the cart", Range{1, kMostLinkDays}, Default{}));
  }
};

struct JoinNamedCart {
  std::string token;

  static constexpr auto fields() {
    return described(Field("token", &JoinNamedCart::token, "Of the link", Length{1, 500}));
  }
};

using NamedCartList = services::Page<NamedCartSummary>;

class NamedCartHandlers {
 public:
  NamedCartHandlers(NamedCarts& named, Carts& carts, const services::Shoppers& shoppers)
      : named_(named), carts_(carts), shoppers_(shoppers) {}

  Result<NamedCartList> list(http::Call& call) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    NamedCartList out;
    TRY(out.items, named_.list(asker));
    keep_private(call);
    return out;
  }
  Result<NamedCartView> create(http::Call& call, const NewNamedCart& in) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(auto view, named_.create(asker, in.name, in.from_cart));
    return answer(call, std::move(view));
  }
  Result<NamedCartView> find(http::Call& call) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(const auto id, id_of(call));
    TRY(auto view, named_.find(asker, id));
    return answer(call, std::move(view));
  }
  Result<NamedCartView> rename(http::Call& call, const ChangedNamedCart& in) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(const auto id, id_of(call));
    TRY(auto view, named_.rename(asker, id, in.name, services::if_match(call.request)));
    return answer(call, std::move(view));
  }
  Result<http::None> remove(http::Call& call) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    if (const auto id = CartId::parse(call.param("id"))) TRY_DO(named_.remove(asker, *id));
    return http::None{};
  }
  Result<NamedCartView> set_item(http::Call& call, std::int64_t quantity) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(const auto id, id_of(call));
    const auto offer = OfferId::parse(call.param("offer_id"));
    if (!offer) return fail(Errc::kNotFound, "catalog.no_such_offer", "There is no such offer.");
    TRY(auto view, named_.set_item(asker, id, *offer, quantity, services::if_match(call.request)));
    return answer(call, std::move(view));
  }
  Result<TakenView> take(http::Call& call) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(const auto id, id_of(call));
    TRY(auto taken, named_.take(asker, id));
    keep_private(call);
    return taken;
  }
  Result<SharedLink> share(http::Call& call, const ShareNamedCart& in) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(const auto id, id_of(call));
    TRY(auto link, named_.share(asker, id, in.days));
    keep_private(call);
    return link;
  }
  Result<http::None> unshare(http::Call& call) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(const auto id, id_of(call));
    TRY_DO(named_.unshare(asker, id));
    return http::None{};
  }
  Result<NamedCartView> join(http::Call& call, const JoinNamedCart& in) const {
    TRY(const auto asker, owner_of(carts_, shoppers_, call));
    TRY(auto view, named_.join(asker, in.token));
    return answer(call, std::move(view));
  }

 private:
  static Result<CartId> id_of(const http::Call& call) {
    const auto id = CartId::parse(call.param("id"));
    if (!id) return fail(Errc::kNotFound, "cart.no_such_named_cart", "There is no such named cart.");
    return *id;
  }
  static NamedCartView answer(http::Call& call, NamedCartView view) {
    call.set_header("ETag", services::version_etag(view.version));
    keep_private(call);
    return view;
  }

  NamedCarts& named_;
  Carts& carts_;
  const services::Shoppers& shoppers_;
};

void add_sharing_routes(http::Router& router, const NamedCartHandlers& api) {
  using http::Call;
  using http::None;
  router.post<ShareNamedCart, SharedLink>(
      "/carts/{id}/share",
      {"A link that lets others read and change it", {"cart.no_such_named_cart", "cart.not_the_owner"}},
      [api](Call& call, const ShareNamedCart& in) { return api.share(call, in); });
  router.del<None, None>(
      "/carts/{id}/share",
      {"Takes its links back, and who has joined is out", {"cart.no_such_named_cart", "cart.not_the_owner"}},
      [api](Call& call, None) { return api.unshare(call); });
  router.post<JoinNamedCart, NamedCartView>(
      "/carts/join",
      {"Joins the named cart of a link", {"cart.bad_link", "cart.member_limit", "cart.named_cart_limit"}},
      [api](Call& call, const JoinNamedCart& in) { return api.join(call, in); });
}

}  // namespace

void add_named_cart_routes(http::Router& router, NamedCarts& named, Carts& carts, const services::Shoppers& shoppers) {
  using http::Call;
  using http::None;
  const NamedCartHandlers api(named, carts, shoppers);
  router.get<None, NamedCartList>("/carts", {"The caller's named carts, and those they have joined", {}},
                                  [api](Call& call, None) { return api.list(call); });
  router.post<NewNamedCart, NamedCartView>("/carts", {"Keeps a cart under a name", {"cart.named_cart_limit"}, 201},
                                           [api](Call& call, const NewNamedCart& in) { return api.create(call, in); });
  add_sharing_routes(router, api);
  router.get<None, NamedCartView>("/carts/{id}", {"One at today's prices", {"cart.no_such_named_cart"}},
                                  [api](Call& call, None) { return api.find(call); });
  router.patch<ChangedNamedCart, NamedCartView>(
      "/carts/{id}",
      {"Gives it another name", {"cart.no_such_named_cart", "cart.not_the_owner", "cart.version_conflict"}},
      [api](Call& call, const ChangedNamedCart& in) { return api.rename(call, in); });
  router.del<None, None>("/carts/{id}", {"Removes the caller's own; leaves one that was joined", {}},
                         [api](Call& call, None) { return api.remove(call); });
  router.put<SetNamedItem, NamedCartView>(
      "/carts/{id}/items/{offer_id}",
      {"Sets how many of an offer it holds",
       {"cart.no_such_named_cart", "catalog.no_such_offer", "cart.line_limit", "cart.version_conflict"}},
      [api](Call& call, const SetNamedItem& in) { return api.set_item(call, in.quantity); });
  router.del<None, NamedCartView>("/carts/{id}/items/{offer_id}",
                                  {"Takes an offer out", {"cart.no_such_named_cart", "cart.version_conflict"}, 200},
                                  [api](Call& call, None) { return api.set_item(call, 0); });
  router.post<None, TakenView>(
      "/carts/{id}/take",
      {"Puts its lines into the caller's cart: of an offer in both the higher quantity", {"cart.no_such_named_cart"}},
      [api](Call& call, None) { return api.take(call); });
}

}  // namespace kontor::cart
