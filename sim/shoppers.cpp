#include "sim/shoppers.h"

#include "services/bell.h"
#include "sim/devices.h"
#include "sim/risk_desk.h"
#include "sim/shown_cart.h"

namespace kontor::sim {
namespace {

constexpr int kMostAttempts = 3;  // then the shopper gives the wish up
using checkout::CheckoutState;

// What a shopper reads in the answer to a purchase; 0: no order.
OrderId order_in(const std::string& body) {
  constexpr std::string_view kMember = "\"order_id\":\"";
  const auto at = body.find(kMember);
  if (at == body.npos) return OrderId{};
  const auto from = at + kMember.size();
  return OrderId::parse(std::string_view(body).substr(from, body.find('"', from) - from)).value_or(OrderId{});
}

class Shopping {
 public:
  Shopping(Process& process, runtime::Loop& loop, ShopperMemory& shopper)
      : process_(process), world_(process.world()), shop_(process.shop()), loop_(loop), shopper_(shopper) {}

  void go(Intention& intention);

 private:
  void fill(Intention& intention);
  void keep_card(Intention& intention);
  Result<void> agree(Intention& intention);
  Result<bool> tend_cart(Intention& intention);
  Result<bool> tend_coupon(Intention& intention, const cart::CartView& view);
  void buy(Intention& intention);
  bool holds_all(const Intention& intention);
  void click(Intention& intention, int number);
  void judge(Intention& intention);
  void follow(Intention& intention);
  void after(Intention& intention);
  void cancel_part(Intention& intention);
  void try_again(Intention& intention);
  void bought(Intention& intention, OrderId order);
  void keep(Intention& intention, const std::string& key, const checkout::Answer& answer);
  bool reply_is_lost() {
    if (!world_.faulty() || !shopper_.luck.chance(world_.scenario.faults.lost_reply_pct)) return false;
    world_.trace.reached("shopper: a reply is lost");
    return true;
  }
  void pause(std::int64_t most_ms) { runtime::sleep_for(1 + shopper_.luck.below(most_ms)); }
  void say(const Intention& intention, const std::string& words) { world_.say(intention.name + " " + words); }

  Process& process_;
  World& world_;
  app::Shop& shop_;
  runtime::Loop& loop_;
  ShopperMemory& shopper_;
};

void Shopping::go(Intention& intention) {
  while (intention.phase != Phase::kDone && !world_.broken()) {
    switch (intention.phase) {
      case Phase::kFill:
        fill(intention);
        break;
      case Phase::kBuy:
        buy(intention);
        break;
      case Phase::kFollow:
        follow(intention);
        break;
      case Phase::kAfter:
        after(intention);
        break;
      case Phase::kDone:
        break;
    }
  }
}

// One look at the cart and one step towards what is wished; true when it is as wished.
Result<bool> Shopping::tend_cart(Intention& intention) {
  const cart::Owner owner{shopper_.customer, true};
  TRY(const auto view, shop_.carts.view(owner));
  intention.cart_version = view.version;
  for (const auto& item : view.items) {
    const auto wish = std::find_if(intention.wishes.begin(), intention.wishes.end(),
                                   [&](const Wish& one) { return one.offer == item.offer_id; });
    if (wish != intention.wishes.end() && wish->quantity == item.quantity) continue;
    const std::int64_t quantity = wish == intention.wishes.end() ? 0 : wish->quantity;
    TRY_DO(shop_.carts.set_quantity(owner, {item.id, {}, {}}, quantity));
    compare_shown_cart(process_, shopper_.customer);
    return false;
  }
  for (const Wish& wish : intention.wishes) {
    const bool there = std::any_of(view.items.begin(), view.items.end(),
                                   [&](const auto& item) { return item.offer_id == wish.offer; });
    if (there) continue;
    const auto added = shop_.carts.add(owner, {wish.offer, {}, wish.quantity});
    if (added) {
      compare_shown_cart(process_, shopper_.customer);
      return false;
    }
    if (added.error().code == Errc::kOutOfStock || added.error().code == Errc::kPurchaseLimit) {
      world_.trace.reached("shopper: refused by the cart: " + added.error().reason);
      std::erase_if(intention.wishes, [&](const Wish& one) { return one.offer == wish.offer; });
      return false;
    }
    return fail(added.error());
  }
  return tend_coupon(intention, view);
}

// True when the cart has the coupon as it is meant to have.
Result<bool> Shopping::tend_coupon(Intention& intention, const cart::CartView& view) {
  const cart::Owner owner{shopper_.customer, true};
  if (intention.uses_coupon && view.coupons.empty()) {
    const auto added = shop_.carts.add_coupon(owner, kCoupon);
    world_.trace.reached(added ? "coupon: taken" : "coupon: " + added.error().reason);
    if (added) compare_shown_cart(process_, shopper_.customer);
    if (added) return false;
    if (added.error().code != Errc::kConflict) return fail(added.error());
    intention.uses_coupon = false;
  } else if (!intention.uses_coupon && !view.coupons.empty()) {
    TRY_DO(shop_.carts.remove_coupon(owner, kCoupon));
    compare_shown_cart(process_, shopper_.customer);
    return false;
  }
  return true;
}

void Shopping::fill(Intention& intention) {
  pause(60);
  if (intention.wishes.empty()) {
    say(intention, "has nothing left to wish for");
    intention.phase = Phase::kDone;
    return;
  }
  if (intention.visitor && !intention.signed_in) return sign_in(process_, loop_, shopper_, intention);
  const auto as_wished = tend_cart(intention);
  if (!as_wished) {
    world_.trace.reached("cart: " + as_wished.error().reason);
    if (as_wished.error().code == Errc::kOutOfStock || as_wished.error().code == Errc::kPurchaseLimit)
      intention.wishes.pop_back();
    pause(500);
    return;
  }
  if (!*as_wished || intention.wishes.empty()) return;
  keep_card(intention);
  if (!agree(intention)) return;
  intention.phase = Phase::kBuy;
}

// Where prices change, some buy at any price, some at what they saw, some at what they were quoted.
Result<void> Shopping::agree(Intention& intention) {
  if (world_.scenario.price_acts == 0) return {};
  BuyingBegun begun{world_.clock.now(), {}, {}, {}};
  const std::int64_t kind = shopper_.luck.below(3);
  // The second of two cards pays a part in the goods' currency.
  if (world_.pricer.rates.size() > 1 && !intention.two_cards && shopper_.luck.chance(40))
    begun.currency = other_currency();
  if (kind == 1) {
    TRY(const auto view, shop_.carts.view({shopper_.customer, true}, begun.currency));
    begun.expected = view.total;
  } else if (kind == 2) {
    const checkout::Purchase purchase = purchase_of(world_, shopper_, intention, intention.key(0));
    checkout::CheckoutBody body = purchase.body;
    body.quote_id.reset();
    body.expected_total.reset();
    body.currency = begun.currency;
    TRY(const auto quote, shop_.checkouts.quote(shopper_.customer, body));
    begun.expected = quote.totals.total;
    begun.quote = quote.quote_id;
    pause(3000);
  }
  intention.begun.push_back(begun);
  return {};
}

// Before the first click, so that every click means the same. A gateway that does not keep it is no reason not to buy.
void Shopping::keep_card(Intention& intention) {
  if (!intention.keeps_card || intention.two_cards || intention.card || intention.attempt > 0) return;
  const auto kept = shop_.saved_cards.keep(shopper_.customer, "tok_visa_" + intention.name, shopper_.luck.chance(50));
  if (!kept) {
    world_.trace.reached("card: " + kept.error().reason);
    intention.keeps_card = false;
    return;
  }
  world_.trace.reached("card: kept");
  intention.card = kept->id;
}

void Shopping::keep(Intention& intention, const std::string& key, const checkout::Answer& answer) {
  world_.trace.reached("answer: " + std::to_string(answer.status));
  say(intention, key + " is answered " + std::to_string(answer.status) + " of " + answer.checkout.text());
  const auto before = intention.kept.find(key);
  if (before != intention.kept.end() && (before->second.status != answer.status || before->second.body != answer.body))
    world_.problem("the key " + key + " was answered twice, differently: " + before->second.body + " / " + answer.body);
  intention.kept[key] = {answer.status, answer.body};
  auto& follows = intention.follows;
  if (answer.status == 202 && std::find(follows.begin(), follows.end(), answer.checkout) == follows.end())
    follows.push_back(answer.checkout);
}

// Whether all that is wished is set aside in the cart, and no checkout of it is under way.
bool Shopping::holds_all(const Intention& intention) {
  if (world_.scenario.claim_minutes == 0 || intention.clicks > 1) return false;
  const auto claims = shop_.cart_claims.of(shopper_.customer);
  const bool held = claims && std::all_of(intention.wishes.begin(), intention.wishes.end(), [&](const Wish& wish) {
                      return std::any_of(claims->begin(), claims->end(), [&](const cart::CartClaim& claim) {
                        return claim.offer == wish.offer && claim.reservation && claim.quantity >= wish.quantity;
                      });
                    });
  if (held) world_.trace.reached("claims: all is set aside");
  return held;
}

// Asks until there is an answer, or this click was refused and nothing is kept.
void Shopping::click(Intention& intention, int number) {
  const std::string key = intention.key(number);
  std::int64_t longest = 1500;
  while (!intention.kept.contains(key) && !intention.refused.contains({key, number}) && !world_.broken()) {
    pause(20);
    const bool held = holds_all(intention);
    const auto answer = shop_.checkouts.buy(purchase_of(world_, shopper_, intention, key));
    if (reply_is_lost()) continue;
    if (answer) {
      keep(intention, key, *answer);
      return;
    }
    const Error& error = answer.error();
    world_.trace.reached("buy: " + error.reason);
    switch (error.code) {
      case Errc::kInProgress:
      case Errc::kTimeout:
      case Errc::kUnavailable:
      case Errc::kGatewayUnavailable:
      case Errc::kFull:
        pause(longest);
        longest = std::min(longest * 2, kMinuteMs);
        break;
      case Errc::kInternal:
        world_.problem("a purchase ended in " + error.reason + ": " + error.detail);
        return;
      default:
        say(intention, key + " is refused: " + error.reason);
        if (error.code == Errc::kOutOfStock && held && holds_all(intention))
          world_.problem("out of stock, and set aside for this very cart: " + intention.name);
        if (error.reason == "promotions.used_up") intention.uses_coupon = false;
        if (error.reason.starts_with("credit.")) intention.gift_card_refused = true;
        intention.refused.emplace(key, number);
    }
  }
}

void Shopping::buy(Intention& intention) {
  if (intention.clicks == 2) {
    world_.trace.reached(intention.one_key ? "shopper: two clicks, one key" : "shopper: two clicks, two keys");
    const auto other = std::make_shared<services::Bell>();
    process_.spawn(loop_, [this, &intention, other] {
      click(intention, 1);
      other->ring();
    });
    click(intention, 0);
    while (!other->wait_for(kHourMs)) continue;
  } else {
    click(intention, 0);
  }
  judge(intention);
}

void Shopping::bought(Intention& intention, OrderId order) {
  if (!order) return world_.problem("a purchase without an order: " + intention.name);
  if (intention.order && intention.order != order)
    world_.problem("bought twice: " + intention.name + " has " + intention.order.text() + " and " + order.text());
  process_.acknowledged(order);
  compare_shown_cart(process_, shopper_.customer);
  intention.order = order;
  intention.phase = Phase::kAfter;
  // What was bought with it stands, and its key answers the same, without it too.
  if (intention.card && shopper_.luck.chance(50) && shop_.saved_cards.forget(shopper_.customer, *intention.card))
    world_.trace.reached("card: forgotten");
}

// What the answers of this attempt mean.
void Shopping::judge(Intention& intention) {
  bool waits = false;
  for (int number = 0; number < intention.clicks; ++number) {
    const auto answer = intention.kept.find(intention.key(number));
    if (answer == intention.kept.end()) continue;
    if (answer->second.status == 202) waits = true;
    if (answer->second.status != 201) continue;
    bought(intention, order_in(answer->second.body));
  }
  if (intention.phase != Phase::kBuy) return;
  if (waits)
    intention.phase = Phase::kFollow;
  else
    try_again(intention);
}

void Shopping::try_again(Intention& intention) {
  intention.follows.clear();
  if (intention.gift_card_refused) intention.uses_gift_card = false;
  if (++intention.attempt < kMostAttempts) {
    intention.phase = Phase::kFill;
    return;
  }
  say(intention, "is given up");
  world_.trace.reached("shopper: gives up");
  intention.phase = Phase::kDone;
}

// Behind a 202: looks, goes to the bank, or gives up, until the checkout is at an end.
void Shopping::follow(Intention& intention) {
  pause(2000);
  const CustomerId customer = shopper_.customer;
  const CheckoutId checkout = intention.follows.front();
  const int luck = static_cast<int>(shopper_.luck.below(100));
  if (luck < 8 && world_.faulty()) {
    const auto cancelled = shop_.checkouts.cancel(customer, checkout);
    world_.trace.reached(cancelled ? "follow: cancelled" : "follow: " + cancelled.error().reason);
    return;
  }
  if (luck < 40) {
    const auto completed = shop_.checkouts.complete(customer, checkout, "bank");
    world_.trace.reached(completed ? "follow: complete answers " + std::to_string(completed->status)
                                   : "follow: " + completed.error().reason);
    if (!completed || completed->status != 201 || reply_is_lost()) return;
    return bought(intention, order_in(completed->body));
  }
  const auto view = shop_.checkouts.view(customer, checkout);
  if (!view || reply_is_lost()) return;
  const CheckoutState state = view->state;
  if (state == CheckoutState::kPaymentPending || state == CheckoutState::kPaymentUnknown) return;
  say(intention, "sees its checkout " + checkout.text() + " " + std::string(name_of(state)));
  world_.trace.reached("follow: sees " + std::string(name_of(state)));
  if (state == CheckoutState::kCompleted) {
    return bought(intention, view->order_id.value_or(OrderId{}));
  }
  if (state == CheckoutState::kExpired) ++intention.ran_out;
  intention.follows.erase(intention.follows.begin());
  if (intention.follows.empty()) try_again(intention);
}

// Some units of one line of the order as it is now. The version makes a repetition harmless: who lost the answer looks
// again.
void Shopping::cancel_part(Intention& intention) {
  pause(400);
  const auto seen = shop_.orders.find(intention.order);
  if (!seen) return;
  if (!*seen) return world_.problem("an acknowledged order is gone: " + intention.order.text());
  std::vector<const orders::OrderLine*> open;
  for (const auto& line : (*seen)->document.lines)
    if (line.left() > 0) open.push_back(&line);
  if (open.empty()) {
    intention.part_cancels = 0;
    return;
  }
  const auto& line = *open[static_cast<std::size_t>(shopper_.luck.below(static_cast<std::int64_t>(open.size())))];
  const std::int64_t units = 1 + shopper_.luck.below(line.left());
  pause(100);
  orders::CancelOrder wish;
  wish.lines = {{line.id, {}, units}};
  wish.version = (*seen)->version;
  const auto order = shop_.checkouts.cancel_order(intention.order, "customer", wish);
  if (reply_is_lost()) return;
  world_.trace.reached(order ? "cancel lines: done" : "cancel lines: " + order.error().reason);
  if (order) {
    --intention.part_cancels;
    const auto& before = (*seen)->document.cancellations;
    const auto number = static_cast<std::int64_t>(before ? before->size() : 0) + 1;
    intention.part_cancelled.push_back({number, line.offer_id, units});
    say(intention, "has cancelled " + std::to_string(units) + " of " + line.offer_id.text());
    return;
  }
  if (order.error().code == Errc::kNotCancellable) intention.part_cancels = 0;
  if (order.error().code == Errc::kConflict) --intention.part_cancels;
  if (order.error().code == Errc::kNotFound)
    world_.problem("an acknowledged order is gone: " + intention.order.text() + " of " + intention.name);
  if (order.error().code == Errc::kInternal)
    world_.problem("a cancellation of lines ended in " + order.error().reason + ": " + order.error().detail);
}

void Shopping::after(Intention& intention) {
  if (intention.part_cancels > 0) return cancel_part(intention);
  if (!intention.cancels || intention.cancelled) {
    intention.phase = Phase::kDone;
    return;
  }
  pause(800);
  const auto order = shop_.checkouts.cancel_order(intention.order, "customer");
  if (reply_is_lost()) return;
  if (order) {
    world_.trace.reached("cancel: done");
    say(intention, "has cancelled");
    intention.cancelled = true;
    intention.phase = Phase::kDone;
    return;
  }
  world_.trace.reached("cancel: " + order.error().reason);
  if (order.error().code == Errc::kNotCancellable) intention.phase = Phase::kDone;
  if (order.error().code == Errc::kNotFound)
    world_.problem("an acknowledged order is gone: " + intention.order.text() + " of " + intention.name);
  if (order.error().code == Errc::kInternal) world_.problem("a cancellation ended in " + order.error().reason);
}

// Shoppers live in different places, and some say what matters to them.
orders::Address address_of(const ShopperMemory& shopper) {
  switch (shopper.number % 3) {
    case 0:
      return {"A Shopper", "1 Street", {}, "Town", {}, "10115", "DE", {}};
    case 1:
      return {"A Shopper", "1 Street", {}, "Town", "NY", "10025", "US", {}};
    default:
      return {"A Shopper", "1 Street", {}, "Town", {}, "1", "AQ", {}};
  }
}

}  // namespace

checkout::Purchase purchase_of(const World& world, const ShopperMemory& shopper, const Intention& intention,
                               const std::string& key) {
  checkout::Purchase purchase;
  purchase.customer = shopper.customer;
  purchase.key = key;
  purchase.fingerprint = "body of " + key.substr(0, key.find_last_not_of('b') + 1);
  purchase.request_id = "req-" + key;
  purchase.body.email = intention.email();
  purchase.body.shipping_address = address_of(shopper);
  if (shopper.number == 1) purchase.body.delivery_preference = checkout::DeliveryPreference::kSpeed;
  if (shopper.number == 2) purchase.body.delivery_preference = checkout::DeliveryPreference::kCost;
  purchase.body.payments.emplace();
  if (intention.suspicious)
    purchase.body.device = json::Raw{"{\"fingerprint\":\"" + std::string(kListedDevice) + "\"}"};
  if (intention.two_cards)
    purchase.body.payments->push_back(
        {checkout::PaymentMethod::kCard, "tok_other", Money::minor(50, Currency())});  // less than anything costs
  if (intention.uses_gift_card) {
    std::optional<Money> part;  // less than anything costs
    if (intention.gift_card_part > 0) part = Money::minor(intention.gift_card_part, Currency());
    purchase.body.payments->push_back({checkout::PaymentMethod::kGiftCard, world.gift_code, part});
  }
  if (!intention.uses_gift_card || !intention.by_gift_card_alone)
    purchase.body.payments->push_back({checkout::PaymentMethod::kCard, "tok_visa", {}});
  if (intention.card) {
    purchase.body.payments.reset();
    purchase.body.payment_method_id = intention.card;
  }
  if (shopper.number % 2 == 0) purchase.body.cart_version = intention.cart_version;
  if (!intention.begun.empty()) {
    purchase.body.expected_total = intention.begun.back().expected;
    purchase.body.quote_id = intention.begun.back().quote;
    purchase.body.currency = intention.begun.back().currency;
  }
  return purchase;
}

void go_shopping(Process& process, runtime::Loop& loop, ShopperMemory& shopper) {
  Shopping shopping(process, loop, shopper);
  for (Intention& intention : shopper.intentions) shopping.go(intention);
}

}  // namespace kontor::sim
