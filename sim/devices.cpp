#include "sim/devices.h"

#include <algorithm>

#include "services/bell.h"
#include "sim/shown_cart.h"

namespace kontor::sim {
namespace {

constexpr int kPatience = 20;  // refusals of a device, then it leaves it at that

std::int64_t units(const cart::CartView& view, OfferId offer) {
  std::int64_t out = 0;
  for (const auto* const items : {&view.items, &view.saved_for_later})
    for (const auto& item : *items) out += item.offer_id == offer ? item.quantity : 0;
  return out;
}

class TwoDevices {
 public:
  TwoDevices(Process& process, runtime::Loop& loop, ShopperMemory& shopper, Intention& intention)
      : process_(process),
        world_(process.world()),
        carts_(process.shop().carts),
        loop_(loop),
        shopper_(shopper),
        intention_(intention) {}

  void go() {
    // Who begins again after a crash may have merged already: what is put in after that is another visit.
    if (!intention_.all_put) at_once([this] { put_in(); });
    if (!all_is_there()) return;
    intention_.all_put = true;
    std::optional<cart::CartContents> before, after;
    if (!contents(before)) return;
    at_once([this] { merge(); });
    if (merges_ < 2 || !contents(after)) return;  // begun again
    const bool alone = !before || (!before->claimed_by && after && before->bought_by == after->bought_by);
    if (!alone || all_came_along()) intention_.signed_in = true;
    world_.trace.reached(alone ? "devices: merged" : "devices: merged while a checkout took lines out");
  }

 private:
  cart::Owner own() const { return {shopper_.customer, true}; }
  cart::Owner visitor() const { return {intention_.visitor, true}; }
  void pause() { runtime::sleep_for(1 + shopper_.luck.below(30)); }

  template <class F>
  void at_once(const F& does) {
    const auto other = std::make_shared<services::Bell>();
    process_.spawn(loop_, [does, other] {
      does();
      other->ring();
    });
    does();
    while (!other->wait_for(kHourMs)) continue;
  }

  // A unit at a time, as two fingers press two buttons.
  void put_in() {
    int refused = 0;
    for (const Wish& wish : intention_.wishes)
      while (intention_.put[wish.offer] < wish.quantity && refused < kPatience && !world_.broken()) {
        pause();
        const auto added = carts_.add(visitor(), {wish.offer, {}, 1});
        if (added) {
          ++intention_.put[wish.offer];
          compare_shown_cart(process_, intention_.visitor);
          continue;
        }
        ++refused;
        world_.trace.reached("devices: " + added.error().reason);
        if (added.error().code == Errc::kOutOfStock || added.error().code == Errc::kPurchaseLimit) break;
      }
  }

  // In the visitor's cart, or in the shopper's, when the process died after it had merged them.
  bool all_is_there() {
    const auto guests = carts_.view(visitor()), own_cart = carts_.view(own());
    if (!guests || !own_cart) return false;
    std::optional<cart::CartContents> now;
    if (!contents(now)) return false;
    // A late checkout of an earlier wish may take its units out of a cart that was merged already.
    if (now && (now->claimed_by || now->bought_by)) return !world_.broken();
    for (const auto& [offer, count] : intention_.put)
      if (std::max(units(*guests, offer), units(*own_cart, offer)) < count)
        world_.problem("two devices put " + std::to_string(count) + " in a cart, and fewer are there: " +
                       intention_.name + " has " + std::to_string(units(*guests, offer)) + " as the guest and " +
                       std::to_string(units(*own_cart, offer)) + " as the customer");
    return !world_.broken();
  }

  void merge() {
    for (int tries = 0; tries < kPatience && !world_.broken(); ++tries) {
      const auto merged = carts_.merge(own(), visitor());
      if (merged) {
        ++merges_;
        for (const CustomerId customer : {shopper_.customer, intention_.visitor})
          compare_shown_cart(process_, customer);
        return;
      }
      world_.trace.reached("devices: merge: " + merged.error().reason);
      pause();
    }
  }

  bool contents(std::optional<cart::CartContents>& out) {
    auto found = carts_.contents(shopper_.customer);
    if (!found) return false;
    out = std::move(*found);
    return true;
  }

  bool all_came_along() {
    const auto guests = carts_.view(visitor()), own_cart = carts_.view(own());
    if (!guests || !own_cart) return false;
    for (const auto& [offer, count] : intention_.put) {
      if (units(*guests, offer) > 0)
        world_.problem("merged, and the guest's cart still has something: " + intention_.name);
      if (units(*own_cart, offer) < count)
        world_.problem("a merge lost units: " + intention_.name + " had " + std::to_string(count) + " of " +
                       offer.text());
    }
    return !world_.broken();
  }

  Process& process_;
  World& world_;
  cart::Carts& carts_;
  runtime::Loop& loop_;
  ShopperMemory& shopper_;
  Intention& intention_;
  int merges_ = 0;
};

}  // namespace

void sign_in(Process& process, runtime::Loop& loop, ShopperMemory& shopper, Intention& intention) {
  TwoDevices(process, loop, shopper, intention).go();
}

}  // namespace kontor::sim
