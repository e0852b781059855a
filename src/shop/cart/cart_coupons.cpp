// Codes on a cart. A code is looked at when it is put on, exactly; later on it may come to do nothing (the cart gets
// smaller, the promotion ends): then it stays, and a message says so.
#include <algorithm>

#include "shop/cart/cart.h"
#include "shop/cart/cart_document.h"

namespace kontor::cart {
namespace {

Result<std::string> code_in(const std::string& typed) {
  auto code = promotions::tidy_code(typed);
  if (!code) return invalid("cart.no_code", "/code", "bad_format", "A code has 3 to 40 letters, digits, '-' and '_'.");
  return std::move(*code);
}

bool has(const std::vector<std::string>& coupons, const std::string& code) {
  return std::find(coupons.begin(), coupons.end(), code) != coupons.end();
}

}  // namespace

Result<void> Carts::may_use(const Cart& cart, const std::string& code) {
  if (parts_.promotions == nullptr)
    return fail(Errc::kNotFound, "promotions.no_such_coupon", "The coupon " + code + " is not known.");
  std::vector<Card> cards;
  std::vector<promotions::Line> lines;
  cards.reserve(cart.lines.size());
  for (const Line& line : cart.lines) {
    auto card = parts_.offers.offer_card(line.offer);
    if (!card && card.error().code != Errc::kNotFound) return fail(std::move(card.error()));
    if (!card || !(*card)->buyable || (*card)->price.currency() != cart.currency) continue;
    cards.push_back(std::move(*card));
    const auto& known = *cards.back();
    lines.push_back({line.offer, line.product, line.quantity, known.price.amount_minor(), &known.goods});
  }
  std::vector<std::string> coupons = cart.coupons;
  if (!has(coupons, code)) coupons.push_back(code);
  promotions::Request request;
  request.lines = lines;
  const Exchange exchange = parts_.pricing.exchange();
  request.currency = cart.currency;
  request.exchange = &exchange;
  request.customer = cart.customer;
  request.coupons = coupons;
  request.now = parts_.clock.now();
  TRY(const auto refusal, parts_.promotions->may_use(request, code));
  if (refusal == promotions::Refusal::kNone) return {};
  return fail(Errc::kConflict, "promotions." + std::string(word_of(refusal)), words_of(refusal, code));
}

void Carts::note_wrong_code(const Owner& owner, Time at) {
  wrong_codes_.note(owner.customer.text(), at);
  if (!owner.peer.empty()) wrong_codes_of_addresses_.note(owner.peer, at);
  if (settings_.on_wrong_code) settings_.on_wrong_code();
}

Result<CartView> Carts::add_coupon(const Owner& owner, const std::string& typed, const services::IfMatch& if_match) {
  TRY(const auto code, code_in(typed));
  const Time asked = parts_.clock.now();
  TRY_DO(wrong_codes_.allowed(owner.customer.text(), asked));
  TRY_DO(wrong_codes_of_addresses_.allowed(owner.peer, asked));
  TRY(const auto before, load(owner));
  if (auto fine = may_use(before, code); !fine) {
    if (fine.error().code == Errc::kNotFound) note_wrong_code(owner, asked);
    return fail(std::move(fine.error()));
  }
  TRY(const auto cart, change(owner, if_match, [&](Cart& now) -> Result<void> {
        if (has(now.coupons, code)) return {};
        if (now.coupons.size() >= kMostCoupons)
          return fail(Errc::kConflict, "cart.coupon_limit",
                      "A cart holds at most " + std::to_string(kMostCoupons) + " coupons.");
        now.coupons.push_back(code);
        return {};
      }));
  return show(cart);
}

Result<void> Carts::remove_coupon(const Owner& owner, const std::string& typed, const services::IfMatch& if_match) {
  const auto code = promotions::tidy_code(typed);
  if (!code) return {};  // it cannot be there
  TRY_DO(change(owner, if_match, [&](Cart& now) -> Result<void> {
    std::erase(now.coupons, *code);
    return {};
  }));
  return {};
}

}  // namespace kontor::cart
