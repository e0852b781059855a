#include "shop/cart/cart_merge.h"

#include <algorithm>

#include "base/assert.h"
#include "shop/cart/cart.h"
#include "shop/cart/cart_store.h"

namespace kontor::cart {
namespace {

constexpr int kTries = 5;

Line* line_with(std::vector<Line>& lines, OfferId offer) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const Line& line) { return line.offer == offer; });
  return found == lines.end() ? nullptr : &*found;
}

void keep_for_later(Cart& cart, const Line& line, Notice why) {
  Line* there = line_with(cart.saved, line.offer);
  if (there != nullptr) {
    there->quantity = std::min(there->quantity + line.quantity, kMostOfALine);
    there->take_words(line);
  } else {
    there = &cart.saved.emplace_back(line);
  }
  cart.messages.push_back({why, there->id, line.quantity});
}

void merge_saved(Cart& into, Cart& from) {
  for (Line& line : from.saved) {
    const Currency currency = line.currency.value_or(from.currency);
    line.currency = currency == into.currency ? std::nullopt : std::optional(currency);
    if (Line* const there = line_with(into.saved, line.offer)) {
      there->quantity = std::max(there->quantity, line.quantity);
      there->take_words(line);
    } else {
      into.saved.push_back(std::move(line));
    }
  }
}

// The line into the cart's lines, as far as there is room.
void merge_line(Cart& into, Line line, const Room& room) {
  Line* const mine = line_with(into.lines, line.offer);
  const std::int64_t wanted = std::max(line.quantity, mine == nullptr ? 0 : mine->quantity);
  const std::int64_t fits = std::clamp<std::int64_t>(room.most, 0, std::min(wanted, kMostOfALine));
  Line more = mine == nullptr ? line : *mine;
  more.take_words(line);
  more.quantity = wanted - fits;
  if (mine == nullptr) {
    if (fits > 0 && into.lines.size() >= kMostLines) {
      more.quantity = wanted;
      return keep_for_later(into, more, Notice::kNoRoom);
    }
    if (fits > 0) {
      line.quantity = fits;
      into.lines.push_back(std::move(line));
    }
  } else if (fits > 0) {
    mine->quantity = fits;
    mine->take_words(line);
  } else {
    into.lines.erase(into.lines.begin() + (mine - into.lines.data()));
  }
  if (more.quantity == 0) return;
  if (fits > 0) more.id = room.spare;
  keep_for_later(into, more, Notice::kOverLimit);
}

}  // namespace

Result<void> merge_carts(Cart& into, Cart& from, const std::map<OfferId, Room>& rooms) {
  into.messages.clear();
  if (!into.chosen) into.chosen = from.chosen;
  if (into.lines.empty() && !from.lines.empty()) into.turn_to(from.currency);
  merge_saved(into, from);
  for (Line& line : from.lines) {
    if (into.currency == from.currency) {
      merge_line(into, std::move(line), rooms.at(line.offer));
    } else {
      line.currency = from.currency;
      keep_for_later(into, line, Notice::kOtherCurrency);
    }
  }
  for (std::string& coupon : from.coupons)
    if (into.coupons.size() < kMostCoupons &&
        std::find(into.coupons.begin(), into.coupons.end(), coupon) == into.coupons.end())
      into.coupons.push_back(std::move(coupon));
  from.lines.clear();
  from.saved.clear();
  from.coupons.clear();
  from.messages.clear();
  if (into.saved.size() > kMostKept)
    return fail(Errc::kConflict, "cart.too_much_kept",
                "More than " + std::to_string(kMostKept) + " lines would be kept for later; remove some first.");
  return {};
}

void copy_lines(Cart& into, const Cart& from, const std::map<OfferId, Room>& rooms) {
  for (const Line& line : from.lines) {
    if (into.lines.empty()) into.turn_to(from.currency);
    if (into.currency != from.currency) return;
    const Room& room = rooms.at(line.offer);
    const std::int64_t fits = std::min(line.quantity, room.most);
    Line* const mine = line_with(into.lines, line.offer);
    if (fits <= 0 || (mine == nullptr && into.lines.size() >= kMostLines)) continue;
    if (mine != nullptr) {
      mine->quantity = std::max(mine->quantity, fits);
      continue;
    }
    Line& copy = into.lines.emplace_back(line);
    copy.id = room.spare;
    copy.quantity = fits;
    copy.told_removed = false;
    copy.note.clear();  // words are the customer's own
    copy.gift_message.clear();
    copy.gift_wrap = false;
  }
}

// What each offer of the guest's lines may come to in the customer's cart.
Result<std::map<OfferId, Room>> Carts::rooms_for(const Cart& from, CustomerId customer) {
  std::map<OfferId, Room> rooms;
  std::vector<OfferId> limited;
  for (const Line& line : from.lines) {
    Room& room = rooms[line.offer];
    room = Room{kMostOfALine, parts_.ids.next<CartItemId>(parts_.clock.now(), customer.bucket()), 1, 1};
    const auto card = parts_.offers.offer_card(line.offer);
    if (!card && card.error().code != Errc::kNotFound) return fail(card.error());
    if (!card) continue;
    room.step = (*card)->quantity_step;
    room.least = (*card)->min_quantity;
    if ((*card)->purchase_limit == 0) continue;
    room.most = (*card)->purchase_limit;
    room.limited = true;
    limited.push_back(line.offer);
  }
  TRY(const auto bought, parts_.inventory.bought(customer, limited));
  for (std::size_t i = 0; i < limited.size(); ++i) rooms[limited[i]].most -= bought[i];
  return rooms;
}

std::map<OfferId, Room> rooms_beside(std::map<OfferId, Room> rooms, const Cart& cart) {
  if (cart.claimed_by)
    for (const Line& line : cart.claimed_lines ? *cart.claimed_lines : cart.lines)
      if (const auto room = rooms.find(line.offer); room != rooms.end() && room->second.limited)
        room->second.most += line.quantity;
  for (auto& [offer, room] : rooms) {
    room.most -= room.most % room.step;
    if (room.most < room.least) room.most = 0;
  }
  return rooms;
}

Result<CartView> Carts::merge(const Owner& into, const Owner& from) {
  if (into.customer == from.customer) return view(into);
  if (settings_.beside_merge) TRY_DO(settings_.beside_merge(into.customer, from.customer));
  for (int tries = 0; tries < kTries; ++tries) {
    const Time now = parts_.clock.now();
    TRY(const auto seen, load(from));
    if (seen.holds_nothing()) return view(into);
    TRY(const auto rooms, rooms_for(seen, into.customer));
    Cart cart;
    bool done = false, made = false;
    const auto write = [&](db::Tx& tx, Writing& of_into, Writing& of_from) -> Result<void> {
      made = false;
      TRY(auto source, load(tx, from, now));
      done = source.version == seen.version;  // else the rooms are those of another cart
      if (!done) return {};
      if (source.claimed_by) return fail(Errc::kConflict, "cart.claimed", "A checkout of the other cart is under way.");
      TRY(cart, load(tx, into, now));
      auto before = cart.lines;
      auto taken = source.lines;
      TRY_DO(merge_carts(cart, source, rooms_beside(rooms, cart)));
      made = !cart.stored;
      raise_version(cart, into, std::move(before), now);
      raise_version(source, from, std::move(taken), now);
      // In the order of keys, as everybody who writes several carts.
      if (into.customer < from.customer) TRY_DO(sql::save(tx, of_into, cart));
      TRY_DO(sql::save(tx, of_from, source));
      if (from.customer < into.customer) TRY_DO(sql::save(tx, of_into, cart));
      return {};
    };
    {
      Writing of_into(cache_, into.customer), of_from(cache_, from.customer);
      TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) { return write(tx, of_into, of_from); }));
    }
    if (!done) continue;
    if (made && settings_.on_new) settings_.on_new();
    claim_lines(into.customer, cart.lines);
    if (settings_.on_change)
      for (const CustomerId customer : {into.customer, from.customer}) settings_.on_change(customer);
    return show(cart);
  }
  return fail(Errc::kConflict, "cart.busy", "The other cart changes all the time; try again.");
}

void take_over_guest(Carts& carts, const services::Shoppers& shoppers, http::Call& call,
                     const services::Shopper& shopper) {
  const auto guest = shoppers.guest_beside(call.request, shopper);
  if (!guest) return;
  const auto merged = carts.merge({shopper.customer, false, {}}, {*guest, true, {}});
  // What does not fit will not fit the next time either.
  if (merged || merged.error().reason == "cart.too_much_kept") shoppers.drop_guest_beside(call);
}

Result<Owner> owner_of(Carts& carts, const services::Shoppers& shoppers, http::Call& call) {
  TRY(const auto shopper, shoppers.welcome(call));
  take_over_guest(carts, shoppers, call, shopper);
  return Owner{shopper.customer, shopper.kind == services::Shopper::Kind::kGuest, std::string(call.request.peer)};
}

}  // namespace kontor::cart
