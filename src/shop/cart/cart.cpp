#include "shop/cart/cart.h"

#include <algorithm>

#include "shop/cart/cart_claims.h"
#include "shop/cart/cart_document.h"
#include "shop/cart/cart_store.h"
#include "shop/cart/cart_supply.h"

namespace kontor::cart {
namespace {

// A card's figure is seconds old: it is trusted only where it is plainly larger than what is asked.
constexpr std::int64_t kPlainlyLarger = 10;

Error stale() {
  return {Errc::kVersionConflict, "cart.version_conflict", "The cart has changed since it was read.", {}, {}, 0};
}

Error no_such_item() { return {Errc::kNotFound, "cart.no_such_item", "The cart has no such item.", {}, {}, 0}; }

// `bought`: what the customer has of it beside the cart.
Error over_limit(std::int64_t limit, bool by_offer, std::int64_t bought = 0) {
  Error error{Errc::kPurchaseLimit,
              by_offer ? "cart.purchase_limit" : "cart.quantity_limit",
              bought == 0 ? "At most " + std::to_string(limit) + " of it may be bought at once."
                          : "At most " + std::to_string(limit) + " of it go to one buyer, who has " +
                                std::to_string(bought) + " already.",
              {},
              {},
              0};
  error.members = "\"limit\":" + std::to_string(limit);
  if (bought > 0) error.members += ",\"bought\":" + std::to_string(bought);
  return error;
}

Result<void> fits_step(const showcase::OfferCard& card, std::int64_t quantity) {
  if (quantity >= card.min_quantity && quantity % card.quantity_step == 0) return {};
  return invalid("cart.quantity_step", "/quantity", "out_of_step",
                 "“" + card.title + "” is sold from " + std::to_string(card.min_quantity) + " on, in multiples of " +
                     std::to_string(card.quantity_step) + "; this would be " + std::to_string(quantity) + ".");
}

bool meant(const Line& line, const ItemRef& ref) {
  return (ref.item && line.id == ref.item) || (ref.offer && line.offer == ref.offer) ||
         (ref.product && line.product == ref.product);
}

// The line that is meant, or null; kAmbiguousItem when there are several.
Result<Line*> find_line(std::vector<Line>& lines, const ItemRef& ref) {
  Line* found = nullptr;
  for (Line& line : lines) {
    if (!meant(line, ref)) continue;
    if (found != nullptr)
      return fail(Errc::kAmbiguousItem, "cart.ambiguous_item",
                  "Several lines have this product; name one by its own id.");
    found = &line;
  }
  return found;
}

void drop(std::vector<Line>& lines, const Line* line) { lines.erase(lines.begin() + (line - lines.data())); }

void empty(Cart& cart) {
  cart.lines.clear();
  cart.saved.clear();
  cart.coupons.clear();
  cart.messages.clear();
}

}  // namespace

std::optional<ItemRef> ItemRef::parse(std::string_view text) {
  if (const auto item = CartItemId::parse(text)) return ItemRef{*item, {}, {}};
  if (const auto product = ProductId::parse(text)) return ItemRef{{}, {}, *product};
  if (const auto offer = OfferId::parse(text)) return ItemRef{{}, *offer, {}};
  return std::nullopt;
}

Result<Cart> Carts::load(db::Tx& tx, const Owner& owner, Time now) {
  TRY(auto found, sql::find(tx, owner.customer));
  if (!found) return fresh_cart(owner, now);
  if (found->is_over(now)) empty(*found);
  return std::move(*found);
}

Cart Carts::fresh_cart(const Owner& owner, Time now) const {
  Cart cart;
  cart.customer = owner.customer;
  cart.created = cart.updated = now;
  cart.expires = now.plus_ms((owner.guest ? settings_.guest_days : settings_.customer_days) * kDayMs);
  return cart;
}

Result<Cart> Carts::load(const Owner& owner) {
  Cart cart;
  const Time now = parts_.clock.now();
  TRY_DO(parts_.store.look(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(cart, load(tx, owner, now));
    return {};
  }));
  return cart;
}

Result<std::shared_ptr<const Cart>> Carts::seen(const Owner& owner) {
  TRY(auto cart, cache_.find(owner.customer));
  const Time now = parts_.clock.now();
  if (cart && !cart->is_over(now)) return cart;
  Cart out = cart ? *cart : fresh_cart(owner, now);
  empty(out);
  return std::make_shared<const Cart>(std::move(out));
}

Result<Cart> Carts::change(const Owner& owner, const services::IfMatch& if_match, const Edit& edit) {
  Cart cart;
  std::vector<Line> lines_before;
  bool made = false, kept = false;
  const Time now = parts_.clock.now();
  const auto write = [&](db::Tx& tx, Writing& writing) -> Result<void> {
    made = kept = false;
    TRY(cart, load(tx, owner, now));
    if (!if_match.allows(cart.version)) return fail(stale());
    Cart before = cart;
    TRY_DO(edit(cart));
    const bool same = cart.lines == before.lines && cart.saved == before.saved && cart.coupons == before.coupons &&
                      cart.chosen == before.chosen;
    if (same && cart.messages == before.messages) return {};
    if (cart.messages == before.messages) cart.messages.clear();  // they told of the change before
    made = !cart.stored;
    kept = true;
    if (parts_.claims != nullptr && parts_.claims->any_rule()) lines_before = before.lines;
    raise_version(cart, owner, std::move(before.lines), now);
    return sql::save(tx, writing, cart);
  };
  {
    Writing writing(cache_, owner.customer);
    TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) { return write(tx, writing); }));
  }
  if (made && settings_.on_new) settings_.on_new();
  if (kept) settle_claims(owner.customer, lines_before, cart.lines);
  if (kept && settings_.on_change) settings_.on_change(owner.customer);
  return cart;
}

// Makes the changed cart its next version; what a checkout under way has claimed is remembered.
void Carts::raise_version(Cart& cart, const Owner& owner, std::vector<Line> before, Time now) const {
  if (cart.claimed_by && !cart.claimed_lines) cart.claimed_lines = std::move(before);
  ++cart.version;
  cart.updated = now;
  cart.guest = owner.guest;
  cart.expires = now.plus_ms((owner.guest ? settings_.guest_days : settings_.customer_days) * kDayMs);
}

Result<Carts::Card> Carts::card_for_sale(OfferId offer) {
  TRY(auto card, parts_.offers.offer_card(offer));
  if (!card->buyable)
    return fail(Errc::kNotFound, "catalog.no_such_offer", "The offer " + offer.text() + " is not for sale.");
  return card;
}

Result<std::int64_t> Carts::exact_supply(const showcase::OfferCard& card) {
  const OfferId offers[] = {card.offer};
  TRY(const auto figures, parts_.inventory.figures(offers));
  if (figures.empty()) return 0;
  return std::max<std::int64_t>(figures.front().sellable + card.backorder, 0);
}

Line Carts::fresh_line(CartItemId id, const showcase::OfferCard& card) const {
  return {id, card.offer, card.product, 0, card.price.amount_minor(), parts_.clock.now()};
}

// Tries with the figure at hand, and once more with the exact one when that was too little; at once with the exact one
// when already what is `asked` for now is more.
Result<Cart> Carts::change_with_supply(const Owner& owner, const services::IfMatch& if_match, const Card& card,
                                       std::int64_t asked, const SupplyEdit& edit) {
  TRY(const auto minutes, claim_minutes(card->offer));
  if (minutes > 0) return change_with_claim(owner, if_match, card, edit);
  Supply supply{*card, card->sellable / kPlainlyLarger};
  if (card->purchase_limit > 0) {
    TRY(supply.bought, parts_.inventory.bought(owner.customer, card->offer));
  }
  if (asked <= supply.most) {
    auto tried = change(owner, if_match, [&](Cart& cart) { return edit(cart, supply); });
    if (tried || !supply.ask_exact) return tried;
  }
  TRY(supply.most, exact_supply(*card));
  supply.exact = true;
  return change(owner, if_match, [&](Cart& cart) { return edit(cart, supply); });
}

// Sets the line to `quantity`, which is more than it has.
Result<void> Carts::grow(Cart& cart, Line& line, std::int64_t quantity, Supply& supply) {
  const auto& card = supply.card;
  TRY_DO(fits_step(card, quantity));
  if (card.purchase_limit > 0 && quantity + supply.bought > card.purchase_limit)
    return fail(over_limit(card.purchase_limit, true, supply.bought));
  if (quantity > kMostOfALine) return fail(over_limit(kMostOfALine, false));
  if (quantity > supply.most) {
    supply.ask_exact = !supply.exact;
    const inventory::Shortage shortage{card.offer, quantity, supply.most};
    return fail(inventory::out_of_stock({&shortage, 1}));
  }
  KONTOR_ASSERT(card.price.currency() == cart.currency);
  line.quantity = quantity;
  return {};
}

// The cart's line of the offer, made with quantity 0 when it is new.
Result<Line*> Carts::line_of(Cart& cart, const showcase::OfferCard& card, const Line& fresh) {
  const Currency currency = card.price.currency();
  if (cart.lines.empty()) cart.turn_to(currency);
  if (currency != cart.currency)
    return invalid(
        "cart.other_currency", "/offer_id", "other_currency",
        "The cart is in " + std::string(cart.currency.code()) + ", the offer in " + std::string(currency.code()) + ".");
  for (Line& line : cart.lines)
    if (line.offer == card.offer) return &line;
  if (cart.lines.size() >= kMostLines)
    return fail(Errc::kConflict, "cart.line_limit", "A cart holds at most " + std::to_string(kMostLines) + " lines.");
  cart.lines.push_back(fresh);
  return &cart.lines.back();
}

Result<CartView> Carts::view(const Owner& owner, std::optional<Currency> asked) {
  TRY(const auto cart, seen(owner));
  return show(*cart, asked);
}

Result<CartView> Carts::choose_currency(const Owner& owner, Currency currency, const services::IfMatch& if_match) {
  TRY(const auto before, load(owner));
  if (before.lines.empty() || currency != before.currency)
    TRY_DO(parts_.pricing.sells_in(currency, parts_.clock.now()));
  TRY_DO(show_in(before, currency));
  TRY(const auto cart, change(owner, if_match, [&](Cart& now) -> Result<void> {
        now.chosen = currency;
        return {};
      }));
  return show(cart);
}

Result<CartView> Carts::add(const Owner& owner, const Addition& addition, const services::IfMatch& if_match) {
  KONTOR_ASSERT(addition.quantity > 0 && addition.quantity <= kMostOfALine);
  KONTOR_ASSERT(static_cast<bool>(addition.offer) != static_cast<bool>(addition.product));
  OfferId offer = addition.offer;
  if (!offer) {
    TRY(offer, parts_.offers.featured_offer(addition.product));
  }
  TRY(const auto card, card_for_sale(offer));
  const Line fresh = fresh_line(parts_.ids.next<CartItemId>(parts_.clock.now(), owner.customer.bucket()), *card);
  TRY(const auto cart,
      change_with_supply(owner, if_match, card, addition.quantity, [&](Cart& now, Supply& supply) -> Result<void> {
        TRY(Line* const line, line_of(now, *card, fresh));
        return grow(now, *line, line->quantity + addition.quantity, supply);
      }));
  return show(cart);
}

Result<CartView> Carts::set_quantity(const Owner& owner, const ItemRef& ref, std::int64_t quantity,
                                     const services::IfMatch& if_match) {
  KONTOR_ASSERT(quantity >= 0 && quantity <= kMostOfALine);
  TRY(auto before, load(owner));
  TRY(const Line* const seen, find_line(before.lines, ref));
  TRY(const auto minutes, seen == nullptr ? Result<std::int64_t>(0) : claim_minutes(seen->offer));
  const bool claims = minutes > 0 && quantity > 0;  // also as many as there are: what has ended is claimed anew
  if (quantity == 0 || (seen != nullptr && !claims && quantity <= seen->quantity)) {  // less needs no look at the stock
    if (quantity > 0) {
      const auto card = parts_.offers.offer_card(seen->offer);
      if (card) {
        TRY_DO(fits_step(**card, quantity));
      }
    }
    TRY(const auto cart, change(owner, if_match, [&](Cart& now) -> Result<void> {
          TRY(Line* const line, find_line(now.lines, ref));
          if (quantity == 0) {
            if (line != nullptr) drop(now.lines, line);
            return {};
          }
          if (line == nullptr) return fail(no_such_item());
          line->quantity = std::min(line->quantity, quantity);  // somebody else may have taken some out meanwhile
          return {};
        }));
    return show(cart);
  }
  if (seen == nullptr) return fail(no_such_item());
  TRY(const auto card, card_for_sale(seen->offer));
  const ItemRef exactly{seen->id, {}, {}};
  TRY(const auto cart,
      change_with_supply(owner, if_match, card, quantity, [&](Cart& now, Supply& supply) -> Result<void> {
        TRY(Line* const line, find_line(now.lines, exactly));
        if (line == nullptr) return fail(no_such_item());
        if (card->price.currency() != now.currency) return fail(no_such_item());
        return grow(now, *line, quantity, supply);
      }));
  return show(cart);
}

Result<void> Carts::remove(const Owner& owner, const ItemRef& ref, const services::IfMatch& if_match) {
  TRY_DO(change(owner, if_match, [&](Cart& now) -> Result<void> {
    TRY(Line* const line, find_line(now.lines, ref));
    if (line != nullptr) {
      drop(now.lines, line);
      return {};
    }
    std::erase_if(now.saved, [&](const Line& saved) { return ref.item && saved.id == ref.item; });
    return {};
  }));
  return {};
}

Result<void> Carts::clear(const Owner& owner, const services::IfMatch& if_match) {
  TRY_DO(change(owner, if_match, [](Cart& now) -> Result<void> {
    now.lines.clear();
    return {};
  }));
  return {};
}

Result<CartView> Carts::set_words(const Owner& owner, const ItemRef& ref, const Words& words,
                                  const services::IfMatch& if_match) {
  TRY(const auto cart, change(owner, if_match, [&](Cart& now) -> Result<void> {
        TRY(Line * line, find_line(now.lines, ref));
        if (line == nullptr) {
          TRY(line, find_line(now.saved, ref));
        }
        if (line == nullptr) return fail(no_such_item());
        if (words.note) line->note = *words.note;
        if (words.gift_wrap) line->gift_wrap = *words.gift_wrap;
        if (words.gift_message) line->gift_message = *words.gift_message;
        return {};
      }));
  return show(cart);
}

Result<void> Carts::dismiss_messages(const Owner& owner, const services::IfMatch& if_match) {
  TRY_DO(change(owner, if_match, [](Cart& now) -> Result<void> {
    now.messages.clear();
    return {};
  }));
  return {};
}

Result<CartView> Carts::save_for_later(const Owner& owner, const ItemRef& ref, const services::IfMatch& if_match) {
  TRY(const auto cart, change(owner, if_match, [&](Cart& now) -> Result<void> {
        TRY(Line* const line, find_line(now.lines, ref));
        if (line == nullptr) return fail(no_such_item());
        const Line moved = *line;
        drop(now.lines, line);
        for (Line& saved : now.saved) {
          if (saved.offer != moved.offer) continue;
          saved.quantity = std::min(saved.quantity + moved.quantity, kMostOfALine);
          saved.take_words(moved);
          return {};
        }
        if (now.saved.size() >= kMostLines)
          return fail(Errc::kConflict, "cart.line_limit",
                      "At most " + std::to_string(kMostLines) + " lines are kept for later.");
        now.saved.push_back(moved);
        return {};
      }));
  return show(cart);
}

Result<CartView> Carts::move_to_cart(const Owner& owner, const ItemRef& ref, const services::IfMatch& if_match) {
  TRY(auto before, load(owner));
  TRY(const Line* const seen, find_line(before.saved, ref));
  if (seen == nullptr) return fail(no_such_item());
  TRY(const auto card, card_for_sale(seen->offer));
  const ItemRef exactly{seen->id, {}, {}};
  const Line fresh = fresh_line(seen->id, *card);
  TRY(const auto cart,
      change_with_supply(owner, if_match, card, seen->quantity, [&](Cart& now, Supply& supply) -> Result<void> {
        TRY(Line* const saved, find_line(now.saved, exactly));
        if (saved == nullptr) return fail(no_such_item());
        const Line moved = *saved;
        drop(now.saved, saved);
        TRY(Line* const line, line_of(now, *card, fresh));
        line->take_words(moved);
        return grow(now, *line, line->quantity + moved.quantity, supply);
      }));
  return show(cart);
}

}  // namespace kontor::cart
