// What carts do with offers whose units are set aside: claimed before they are put in, given back when they are taken
// out, taken along by a merge and by a checkout.
#include <algorithm>

#include "base/assert.h"
#include "shop/cart/cart.h"
#include "shop/cart/cart_claims.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_supply.h"

namespace kontor::cart {
namespace {

std::int64_t quantity_of(const std::vector<Line>& lines, OfferId offer) {
  for (const Line& line : lines)
    if (line.offer == offer) return line.quantity;
  return 0;
}

}  // namespace

Result<std::int64_t> Carts::claim_minutes(OfferId offer) {
  return parts_.claims == nullptr ? Result<std::int64_t>(0) : parts_.claims->minutes_of(offer);
}

Result<Cart> Carts::change_with_claim(const Owner& owner, const services::IfMatch& if_match, const Card& card,
                                      const SupplyEdit& edit) {
  Supply supply{*card, kMostOfALine, true};  // the claim is what says how many there are
  if (card->purchase_limit > 0) {
    TRY(supply.bought, parts_.inventory.bought(owner.customer, card->offer));
  }
  TRY(const Cart before, load(owner));
  Cart draft = before;
  TRY_DO(edit(draft, supply));
  TRY_DO(parts_.claims->hold(owner.customer, card->offer, quantity_of(draft.lines, card->offer)));
  auto changed = change(owner, if_match, [&](Cart& cart) { return edit(cart, supply); });
  const std::int64_t there = quantity_of(changed ? changed->lines : before.lines, card->offer);
  // Somebody else changed the line meanwhile, or nothing was put in: the claim follows the cart. If it cannot, it ends
  // by itself.
  if (there != quantity_of(draft.lines, card->offer))
    static_cast<void>(parts_.claims->hold(owner.customer, card->offer, there));
  return changed;
}

// After lines were taken out or lowered; raising claims first. A claim that cannot be lowered now ends by itself.
void Carts::settle_claims(CustomerId customer, const std::vector<Line>& before, const std::vector<Line>& after) {
  if (parts_.claims == nullptr || !parts_.claims->any_rule()) return;
  for (const Line& line : before) {
    const std::int64_t left = quantity_of(after, line.offer);
    if (left >= line.quantity) continue;
    const auto minutes = claim_minutes(line.offer);
    if (minutes && *minutes > 0) static_cast<void>(parts_.claims->lower(customer, line.offer, left));
  }
}

// After a merge: as far as there are units; the cart says of each line whether it is set aside.
void Carts::claim_lines(CustomerId customer, const std::vector<Line>& lines) {
  if (parts_.claims == nullptr || !parts_.claims->any_rule()) return;
  for (const Line& line : lines) {
    const auto minutes = claim_minutes(line.offer);
    if (minutes && *minutes > 0) static_cast<void>(parts_.claims->hold(customer, line.offer, line.quantity));
  }
}

// What is set aside can be had, whatever pages say of the rest.
Result<void> Carts::show_claims(const Cart& cart, CartView& out) {
  if (parts_.claims == nullptr || !parts_.claims->any_rule()) return {};
  std::vector<CartClaim> claims;
  bool looked = false;
  for (ItemView& item : out.items) {
    TRY(const auto minutes, claim_minutes(item.offer_id));
    if (minutes == 0 || item.availability == Availability::kRemoved) continue;
    if (!looked) {
      TRY(claims, parts_.claims->of(cart.customer));
    }
    looked = true;
    for (const CartClaim& claim : claims)
      if (claim.offer == item.offer_id && claim.quantity >= item.quantity) item.reserved_until = claim.until;
    if (!item.reserved_until) {
      out.messages.push_back({"not_reserved", item.id, "“" + item.title + "” is not set aside for you any more."});
      continue;
    }
    if (item.availability == Availability::kOutOfStock) item.availability = Availability::kInStock;
    std::erase_if(out.messages, [&](const MessageView& message) {
      return message.code == "out_of_stock" && message.item_id == item.id;
    });
  }
  return {};
}

Result<bool> Carts::claims_any(std::span<const CartLine> lines) {
  if (parts_.claims == nullptr || !parts_.claims->any_rule()) return false;
  for (const CartLine& line : lines) {
    TRY(const auto minutes, claim_minutes(line.offer));
    if (minutes > 0) return true;
  }
  return false;
}

Result<void> Carts::give_claims(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now) {
  return parts_.claims == nullptr ? Result<void>() : parts_.claims->give(tx, customer, offers, now);
}

Result<void> Carts::take_claims_back(db::Tx& tx, CustomerId customer, std::span<const OfferId> offers, Time now) {
  return parts_.claims == nullptr ? Result<void>() : parts_.claims->take_back(tx, customer, offers, now);
}

}  // namespace kontor::cart
