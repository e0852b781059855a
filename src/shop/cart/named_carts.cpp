#include "shop/cart/named_carts.h"

#include <algorithm>

#include "shop/cart/cart.h"
#include "shop/cart/cart_availability.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/named_carts_store.h"

namespace kontor::cart {
namespace {

tl::unexpected<Error> no_such_cart() {
  return fail(Errc::kNotFound, "cart.no_such_named_cart", "There is no such named cart, or it is not yours to see.");
}

bool has_joined(const NamedCart& cart, CustomerId customer) {
  return std::find(cart.members.begin(), cart.members.end(), customer) != cart.members.end();
}

bool may_see(const NamedCart& cart, CustomerId customer, Time now) {
  return cart.expires > now && (cart.owner == customer || has_joined(cart, customer));
}

Result<void> owners_alone(const NamedCart& cart, const Owner& asker) {
  if (cart.owner == asker.customer) return {};
  return fail(Errc::kForbidden, "cart.not_the_owner", "Only who made the named cart may do that.");
}

tl::unexpected<Error> too_many(std::string_view which) {
  return fail(Errc::kConflict, "cart.named_cart_limit",
              "At most " + std::to_string(kMostNamedCarts) + " named carts are " + std::string(which) +
                  "; remove or leave one first.");
}

// Null for an offer that is gone.
Result<std::shared_ptr<const showcase::OfferCard>> card_of(OfferSource& offers, OfferId offer) {
  auto card = offers.offer_card(offer);
  if (!card && card.error().code == Errc::kNotFound) return std::shared_ptr<const showcase::OfferCard>();
  return card;
}

void summarise(const NamedCart& cart, CustomerId asker, NamedCartSummary& out) {
  out.id = cart.id;
  out.name = cart.name;
  out.role = cart.owner == asker ? NamedRole::kOwner : NamedRole::kMember;
  out.version = cart.version;
  for (const NamedLine& line : cart.lines) out.item_count += line.quantity;
  out.members = static_cast<std::int64_t>(cart.members.size());
  out.shared = cart.shared;
  out.created_at = cart.created;
  out.last_modified = cart.updated;
  out.expires_at = cart.expires;
}

// What a token says: the cart, and which of its links.
struct Link {
  CartId cart;
  std::int64_t link = 0;
  Time until;
};

std::optional<Link> opened(const services::Signer& signer, std::string_view token) {
  const auto numbers = signer.open_numbers<3>(token);
  if (!numbers) return std::nullopt;
  return Link{CartId{numbers->at(0)}, numbers->at(1), Time{numbers->at(2)}};
}

}  // namespace

Time NamedCarts::end_of(const Owner& asker) const {
  return parts_.clock.now().plus_ms((asker.guest ? settings_.guest_days : settings_.customer_days) * kDayMs);
}

Result<NamedCart> NamedCarts::load(const Owner& asker, CartId id) {
  std::optional<NamedCart> cart;
  TRY_DO(parts_.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(cart, sql::find_named(tx, id));
    return {};
  }));
  if (!cart || !may_see(*cart, asker.customer, parts_.clock.now())) return no_such_cart();
  return std::move(*cart);
}

Result<NamedCart> NamedCarts::change(const Owner& asker, CartId id, const services::IfMatch& if_match,
                                     const Edit& edit) {
  NamedCart cart;
  const Time now = parts_.clock.now();
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(auto found, sql::find_named(tx, id));
    if (!found || !may_see(*found, asker.customer, now)) return no_such_cart();
    cart = std::move(*found);
    if (!if_match.allows(cart.version))
      return fail(Errc::kVersionConflict, "cart.version_conflict", "The cart has changed since it was read.");
    TRY_DO(edit(cart));
    ++cart.version;
    cart.updated = now;
    cart.expires = std::max(cart.expires, end_of(asker));
    return sql::save_named(tx, cart);
  }));
  return cart;
}

Result<NamedCartView> NamedCarts::show(const Owner& asker, const NamedCart& cart) {
  NamedCartView out;
  summarise(cart, asker.customer, out);
  bool one_currency = true;
  for (const NamedLine& line : cart.lines) {
    TRY(const auto card, card_of(parts_.offers, line.offer));
    NamedItemView item{line.offer, line.product, card ? card->title : "No longer sold", {}, line.quantity, {}, {}};
    const bool sold = card && card->buyable;
    item.availability = sold ? availability_of(*card, line.quantity) : Availability::kRemoved;
    if (card && !card->image.empty()) item.image = card->image;
    if (sold) {
      item.unit_price = card->price;
      one_currency = one_currency && (!out.subtotal || out.subtotal->currency() == card->price.currency());
      if (one_currency) {
        const Money more = card->price * line.quantity;
        out.subtotal = out.subtotal ? *out.subtotal + more : more;
      }
    }
    out.items.push_back(std::move(item));
  }
  if (!one_currency) out.subtotal.reset();
  return out;
}

Result<NamedCartView> NamedCarts::create(const Owner& asker, const std::string& name, bool from_cart) {
  NamedCart cart;
  const Time now = parts_.clock.now();
  cart.id = parts_.ids.next<CartId>(now, asker.customer.bucket());
  cart.owner = asker.customer;
  cart.name = name;
  cart.created = cart.updated = now;
  cart.expires = end_of(asker);
  if (from_cart) {
    TRY(const auto contents, parts_.carts.view(asker));
    for (const ItemView& item : contents.items) cart.lines.push_back({item.offer_id, item.product_id, item.quantity});
  }
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto theirs, sql::named_of(tx, asker.customer));
    if (theirs.size() >= kMostNamedCarts) return too_many("kept");
    return sql::insert_named(tx, cart);
  }));
  return show(asker, cart);
}

Result<std::vector<NamedCartSummary>> NamedCarts::list(const Owner& asker) {
  std::vector<NamedCart> carts;
  TRY_DO(parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(carts, sql::named_of(tx, asker.customer));
    TRY(auto joined, sql::named_joined(tx, asker.customer));
    std::move(joined.begin(), joined.end(), std::back_inserter(carts));
    return {};
  }));
  const Time now = parts_.clock.now();
  std::erase_if(carts, [&](const NamedCart& cart) { return !may_see(cart, asker.customer, now); });
  std::sort(carts.begin(), carts.end(), [](const NamedCart& a, const NamedCart& b) { return a.id < b.id; });
  std::vector<NamedCartSummary> out(carts.size());
  for (std::size_t at = 0; at < carts.size(); ++at) summarise(carts[at], asker.customer, out[at]);
  return out;
}

Result<NamedCartView> NamedCarts::find(const Owner& asker, CartId id) {
  TRY(const auto cart, load(asker, id));
  return show(asker, cart);
}

Result<NamedCartView> NamedCarts::rename(const Owner& asker, CartId id, const std::string& name,
                                         const services::IfMatch& if_match) {
  TRY(const auto cart, change(asker, id, if_match, [&](NamedCart& now) -> Result<void> {
        TRY_DO(owners_alone(now, asker));
        now.name = name;
        return {};
      }));
  return show(asker, cart);
}

Result<NamedCartView> NamedCarts::set_item(const Owner& asker, CartId id, OfferId offer, std::int64_t quantity,
                                           const services::IfMatch& if_match) {
  KONTOR_ASSERT(quantity >= 0 && quantity <= kMostOfALine);
  ProductId product;
  if (quantity > 0) {
    TRY(const auto card, parts_.offers.offer_card(offer));
    if (!card->buyable)
      return fail(Errc::kNotFound, "catalog.no_such_offer", "The offer " + offer.text() + " is not for sale.");
    product = card->product;
  }
  TRY(const auto cart, change(asker, id, if_match, [&](NamedCart& now) -> Result<void> {
        const auto line =
            std::find_if(now.lines.begin(), now.lines.end(), [&](const NamedLine& one) { return one.offer == offer; });
        if (quantity == 0) {
          if (line != now.lines.end()) now.lines.erase(line);
          return {};
        }
        if (line != now.lines.end()) {
          line->quantity = quantity;
          return {};
        }
        if (now.lines.size() >= kMostLines)
          return fail(Errc::kConflict, "cart.line_limit",
                      "A named cart holds at most " + std::to_string(kMostLines) + " lines.");
        now.lines.push_back({offer, product, quantity});
        return {};
      }));
  return show(asker, cart);
}

Result<void> NamedCarts::remove(const Owner& asker, CartId id) {
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(auto cart, sql::find_named(tx, id));
    if (!cart) return {};
    if (cart->owner == asker.customer) return sql::remove_named(tx, *cart);
    if (std::erase(cart->members, asker.customer) == 0) return {};
    TRY_DO(sql::leave_named(tx, asker.customer, id));
    return sql::save_named(tx, *cart);
  });
}

Result<SharedLink> NamedCarts::share(const Owner& asker, CartId id, std::int64_t days) {
  KONTOR_ASSERT(days > 0 && days <= kMostLinkDays);
  TRY(const auto cart, change(asker, id, {}, [&](NamedCart& now) -> Result<void> {
        TRY_DO(owners_alone(now, asker));
        now.shared = true;
        return {};
      }));
  const Time until = std::min(cart.expires, parts_.clock.now().plus_ms(days * kDayMs));
  return SharedLink{links_.seal_numbers<3>({cart.id.value, cart.link, until.ms}), until};
}

Result<void> NamedCarts::unshare(const Owner& asker, CartId id) {
  const Time now = parts_.clock.now();
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(auto cart, sql::find_named(tx, id));
    if (!cart || !may_see(*cart, asker.customer, now)) return no_such_cart();
    TRY_DO(owners_alone(*cart, asker));
    if (!cart->shared && cart->members.empty()) return {};
    for (const CustomerId member : cart->members) TRY_DO(sql::leave_named(tx, member, id));
    cart->members.clear();
    cart->shared = false;
    ++cart->link;
    ++cart->version;
    cart->updated = now;
    return sql::save_named(tx, *cart);
  });
}

Result<NamedCartView> NamedCarts::join(const Owner& asker, std::string_view token) {
  const Time now = parts_.clock.now();
  const auto link = opened(links_, token);
  const auto bad_link = [] {
    return invalid("cart.bad_link", "/token", "unknown_value",
                   "This link is none of this shop, has expired or was taken back.");
  };
  if (!link || link->until <= now) return bad_link();
  NamedCart cart;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(auto found, sql::find_named(tx, link->cart));
    if (!found || found->expires <= now || !found->shared || found->link != link->link) return bad_link();
    cart = std::move(*found);
    if (may_see(cart, asker.customer, now)) return {};
    if (cart.members.size() >= kMostMembers)
      return fail(Errc::kConflict, "cart.member_limit",
                  "At most " + std::to_string(kMostMembers) + " others hold a named cart together with its owner.");
    TRY(const auto joined, sql::named_joined(tx, asker.customer));
    if (joined.size() >= kMostNamedCarts) return too_many("joined");
    cart.members.push_back(asker.customer);
    ++cart.version;
    cart.updated = now;
    TRY_DO(sql::join_named(tx, asker.customer, cart.id));
    return sql::save_named(tx, cart);
  }));
  return show(asker, cart);
}

Result<TakenView> NamedCarts::take(const Owner& asker, CartId id) {
  TRY(const auto named, load(asker, id));
  TRY(const auto before, parts_.carts.view(asker));
  std::optional<Currency> currency;
  if (!before.items.empty()) currency = before.currency;
  std::vector<std::shared_ptr<const showcase::OfferCard>> cards;
  Cart source;
  for (const NamedLine& line : named.lines) {
    TRY(auto card, card_of(parts_.offers, line.offer));
    const bool sold = card && card->buyable;
    if (sold && !currency) currency = card->price.currency();
    if (sold && card->price.currency() == *currency)
      source.lines.push_back({parts_.ids.next<CartItemId>(parts_.clock.now(), asker.customer.bucket()), line.offer,
                              line.product, line.quantity, card->price.amount_minor(), parts_.clock.now()});
    cards.push_back(std::move(card));
  }
  if (currency) source.currency = *currency;
  TakenView out;
  TRY(out.cart, parts_.carts.copy_in(asker, source));
  for (std::size_t at = 0; at < cards.size(); ++at) {
    const NamedLine& line = named.lines[at];
    std::int64_t missing = line.quantity;
    for (const ItemView& item : out.cart.items)
      if (item.offer_id == line.offer) missing -= item.quantity;
    if (missing <= 0) continue;
    NotTaken reason = NotTaken::kNoRoom;
    if (!cards[at] || !cards[at]->buyable)
      reason = NotTaken::kRemoved;
    else if (cards[at]->price.currency() != out.cart.currency)
      reason = NotTaken::kOtherCurrency;
    else if (cards[at]->purchase_limit > 0)
      reason = NotTaken::kPurchaseLimit;
    out.not_taken.push_back({line.offer, cards[at] ? cards[at]->title : "No longer sold", missing, reason});
  }
  return out;
}

Result<void> NamedCarts::take_over(CustomerId into, CustomerId from) {
  if (into == from) return {};
  return parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(auto owned, sql::named_of(tx, from));
    for (NamedCart& cart : owned) {
      cart.owner = into;
      if (std::erase(cart.members, into) > 0) TRY_DO(sql::leave_named(tx, into, cart.id));
      TRY_DO(sql::save_named(tx, cart));
    }
    TRY(auto joined, sql::named_joined(tx, from));
    for (NamedCart& cart : joined) {
      std::erase(cart.members, from);
      TRY_DO(sql::leave_named(tx, from, cart.id));
      if (cart.owner != into && !has_joined(cart, into)) {
        cart.members.push_back(into);
        TRY_DO(sql::join_named(tx, into, cart.id));
      }
      TRY_DO(sql::save_named(tx, cart));
    }
    return {};
  });
}

Result<int> NamedCarts::prune(int limit) {
  int removed = 0;
  const Time now = parts_.clock.now();
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto over, sql::named_expired(tx, now, limit));
    removed = static_cast<int>(over.size());
    for (const NamedCart& cart : over) TRY_DO(sql::remove_named(tx, cart));
    return {};
  }));
  return removed;
}

Result<void> NamedCarts::check(services::CheckReport& report) {
  return parts_.store.read(db::Home::kCustomer, [&](db::Tx& tx) { return sql::check_named(tx, report); });
}

}  // namespace kontor::cart
