// Carts that are kept under a name ("office", "party"), beside the one cart that is bought from. A named cart is a list
// of offers and quantities: it promises nothing, has no coupons and is never bought itself; its lines are taken into
// the cart. Its owner may share it by a link, and whoever joins reads and changes it as the owner does.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/clock.h"
#include "ports/db.h"
#include "services/check_report.h"
#include "services/if_match.h"
#include "services/signer.h"
#include "shop/cart/cart_parts.h"
#include "shop/cart/named_cart_view.h"

namespace kontor::cart {

class Carts;

inline constexpr std::size_t kMostNamedCarts = 20;  // of one owner, and again joined
inline constexpr std::size_t kMostMembers = 20;     // beside the owner
inline constexpr std::size_t kMostName = 100;       // characters
inline constexpr std::int64_t kMostLinkDays = 90;

struct NamedLine {
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;

  static constexpr auto fields() {
    return described(Field("offer", &NamedLine::offer, "What is kept"),
                     Field("product", &NamedLine::product, "Its product"),
                     Field("quantity", &NamedLine::quantity, "How many"));
  }
};

// As it lies in its row.
struct NamedCart {
  CartId id;
  CustomerId owner;
  std::string name;
  std::int64_t version = 1;
  std::vector<NamedLine> lines;
  std::vector<CustomerId> members;  // beside the owner
  std::int64_t link = 0;            // raised when the link is taken back: links of before open nothing
  bool shared = false;
  Time created, updated, expires;
};

// Everything here answers kNotFound "cart.no_such_named_cart" for a cart that is not the asker's and that they have not
// joined, and a change kVersionConflict "cart.version_conflict" for a stale If-Match.
class NamedCarts {
 public:
  struct Parts {
    db::Store& store;
    Clock& clock;
    IdSource& ids;
    OfferSource& offers;
    Carts& carts;
  };
  struct Settings {
    std::string secret;  // signs links
    std::int64_t guest_days = 7;
    std::int64_t customer_days = 90;
  };
  NamedCarts(const Parts& parts, const Settings& settings)
      : parts_(parts), settings_(settings), links_(settings.secret, "cart_sharing") {}

  // With the lines of the asker's cart, which stays as it is, or without any. kConflict "cart.named_cart_limit".
  Result<NamedCartView> create(const Owner& asker, const std::string& name, bool from_cart);
  // Their own and those they have joined, by the time they were made.
  Result<std::vector<NamedCartSummary>> list(const Owner& asker);
  Result<NamedCartView> find(const Owner& asker, CartId id);
  // The owner's alone: kForbidden "cart.not_the_owner".
  Result<NamedCartView> rename(const Owner& asker, CartId id, const std::string& name,
                               const services::IfMatch& if_match);
  // Exactly so many, 0..999; 0 takes the line out. kNotFound "catalog.no_such_offer", kConflict "cart.line_limit".
  Result<NamedCartView> set_item(const Owner& asker, CartId id, OfferId offer, std::int64_t quantity,
                                 const services::IfMatch& if_match);
  // The owner's is gone, for everybody; a member leaves. Repeatable.
  Result<void> remove(const Owner& asker, CartId id);
  // Its lines into the asker's cart: of an offer in both the higher quantity, so it may be repeated. What had no room
  // is told; the named cart stays as it is.
  Result<TakenView> take(const Owner& asker, CartId id);

  // A link for others, good for so many days; the owner's alone.
  Result<SharedLink> share(const Owner& asker, CartId id, std::int64_t days);
  // No link opens it any more, and who joined is out. Repeatable; the owner's alone.
  Result<void> unshare(const Owner& asker, CartId id);
  // kInvalid "cart.bad_link", kConflict "cart.member_limit", "cart.named_cart_limit". Repeatable.
  Result<NamedCartView> join(const Owner& asker, std::string_view token);

  // Everything of the guest `from` is `into`'s from now on. Repeatable.
  Result<void> take_over(CustomerId into, CustomerId from);
  // How many were removed whose time is over.
  Result<int> prune(int limit);
  Result<void> check(services::CheckReport& report);

 private:
  using Edit = std::function<Result<void>(NamedCart&)>;
  Result<NamedCart> change(const Owner& asker, CartId id, const services::IfMatch& if_match, const Edit& edit);
  Result<NamedCart> load(const Owner& asker, CartId id);
  Result<NamedCartView> show(const Owner& asker, const NamedCart& cart);
  Time end_of(const Owner& asker) const;

  Parts parts_;
  Settings settings_;
  services::Signer links_;
};

}  // namespace kontor::cart
