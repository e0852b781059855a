#include <doctest/doctest.h>

#include "adapters/log_outbox/outbox_log.h"
#include "runtime/json.h"
#include "shop/cart/events.h"
#include "tests/support/cart_shop.h"

namespace kontor::cart {
namespace {

using namespace testing_shop;

struct Sweeping : Shop {
  log_outbox::OutboxLog log{test.store()};

  // The names of what was told since the last call.
  std::vector<std::string> hears() {
    REQUIRE(carts.sweep_expired().has_value());
    std::vector<std::string> out;
    for (const auto& stream : log.streams()) {
      auto& from = read[stream];
      const auto events = log.read(stream, from, 1000);
      REQUIRE(events.has_value());
      for (const auto& event : *events) {
        from = event.position;
        if (event.name.starts_with("cart.")) out.push_back(event.name);
      }
    }
    return out;
  }
  void eve_adds(OfferId offer) { REQUIRE(carts.add(kEve, {offer, {}, 1}).has_value()); }
  std::map<std::string, std::int64_t> read;
};

using Told = std::vector<std::string>;

TEST_CASE("a customer's silence is told once, and once more before the cart expires") {
  Sweeping shop;
  shop.eve_adds(kTea);
  REQUIRE(shop.add(kTea, 1).has_value());  // guests have no address
  CHECK(shop.hears().empty());
  shop.test.clock.advance_ms(kDayMs - 1);
  CHECK(shop.hears().empty());
  shop.test.clock.advance_ms(1);
  CHECK(shop.hears() == Told{"cart.left_alone"});
  shop.test.clock.advance_ms(30 * kDayMs);
  CHECK(shop.hears().empty());
  shop.test.clock.advance_ms(56 * kDayMs);
  CHECK(shop.hears() == Told{"cart.expiring"});
  CHECK(shop.hears().empty());
  shop.test.clock.advance_ms(3 * kDayMs);
  CHECK(shop.hears().empty());
  CHECK(shop.carts.view(kEve)->items.empty());
}

TEST_CASE(
    "a change ends the silence; empty carts, claimed ones and those of shops that do not want it are left alone") {
  Sweeping shop;
  shop.eve_adds(kTea);
  shop.test.clock.advance_ms(kDayMs);
  CHECK(shop.hears() == Told{"cart.left_alone"});
  shop.eve_adds(kTea);
  CHECK(shop.hears().empty());
  shop.test.clock.advance_ms(kDayMs);
  CHECK(shop.hears() == Told{"cart.left_alone"});
  const auto version = shop.carts.view(kEve)->version;
  REQUIRE(shop.carts.set_quantity(kEve, by(kTeaProduct), 1).has_value());
  shop.test.clock.advance_ms(kDayMs);
  auto cart = shop.carts.writing(kEve.customer);
  const auto claims = [&](auto&& does) { REQUIRE(shop.write(does).has_value()); };
  claims([&](db::Tx& tx) { return shop.carts.claim(tx, cart, version + 1, kCheckout); });
  CHECK(shop.hears().empty());
  claims([&](db::Tx& tx) { return shop.carts.unclaim(tx, cart, kCheckout); });
  CHECK(shop.hears() == Told{"cart.left_alone"});
  REQUIRE(shop.carts.clear(kEve).has_value());
  shop.test.clock.advance_ms(2 * kDayMs);
  CHECK(shop.hears().empty());

  Carts::Settings silent;
  silent.remind_after_ms = silent.remind_before_end_ms = 0;
  Carts quiet({shop.test.store(), shop.test.clock, shop.test.ids, shop.source, shop.inventory, shop.pricing}, silent);
  shop.eve_adds(kTea);
  shop.test.clock.advance_ms(89 * kDayMs);
  REQUIRE(quiet.sweep_expired().has_value());
  CHECK(shop.hears() == Told{"cart.expiring"});  // this one was told nothing by the other
}

TEST_CASE("what is no longer sold is told once a line, and again when it was sold meanwhile; the version stays") {
  Sweeping shop;
  shop.eve_adds(kTea);
  shop.eve_adds(kCup);
  REQUIRE(shop.add(kTea, 1).has_value());
  const auto version = shop.carts.view(kEve)->version;
  shop.source.cards[kTea].buyable = false;
  CHECK(shop.hears() == Told{"cart.lines_removed"});
  CHECK(shop.hears().empty());
  shop.source.cards.erase(kCup);
  CHECK(shop.hears() == Told{"cart.lines_removed"});
  CHECK(shop.hears().empty());
  shop.source.cards[kTea].buyable = true;
  CHECK(shop.hears().empty());
  shop.source.cards[kTea].buyable = false;
  CHECK(shop.hears() == Told{"cart.lines_removed"});
  CHECK(shop.carts.view(kEve)->version == version);
  CHECK(shop.carts.view(kEve)->items.at(0).availability == Availability::kRemoved);
  // Words of the lines are kept through it.
  REQUIRE(shop.carts.set_words(kEve, by(kTeaProduct), {"a note", true, "for Bob"}).has_value());
  shop.source.cards[kTea].buyable = true;
  CHECK(shop.hears().empty());
  CHECK(shop.carts.view(kEve)->items.at(0).note == "a note");
  CHECK(shop.carts.view(kEve)->items.at(0).gift->message == "for Bob");
}

TEST_CASE("two who sweep at once tell once") {
  Sweeping shop;
  shop.eve_adds(kTea);
  shop.test.clock.advance_ms(kDayMs);
  Carts other({shop.test.store(), shop.test.clock, shop.test.ids, shop.source, shop.inventory, shop.pricing}, {});
  REQUIRE(other.sweep_expired().has_value());
  CHECK(shop.hears().size() == 1);
}

TEST_CASE("a mail's link opens the cart to whoever holds it, until its time is over") {
  Shop shop;
  Carts::Settings settings;
  settings.secret = "a secret of sixteen bytes";
  Carts carts({shop.test.store(), shop.test.clock, shop.test.ids, shop.source, shop.inventory, shop.pricing}, settings);
  REQUIRE(carts.add(kEve, {kTea, {}, 2}).has_value());
  REQUIRE(carts.add(kEve, {kCup, {}, 3}).has_value());
  REQUIRE(carts.set_words(kEve, by(kTeaProduct), {"private", {}, {}}).has_value());
  const auto until = shop.test.clock.now().plus_ms(kDayMs);
  const auto token = carts.recovery_token(kEve.customer, until);
  CHECK(carts.recovered(token) == kEve.customer);
  CHECK_FALSE(carts.recovered(token + "A").has_value());
  CHECK_FALSE(carts.recovered("").has_value());
  CHECK_FALSE(shop.carts.recovered(token).has_value());  // a shop without a secret opens nothing
  // Into a cart with less of one, limited in the other: the higher quantity, as far as it may be had.
  REQUIRE(carts.add(shop.ada, {kTea, {}, 1}).has_value());
  shop.source.cards[kCup].purchase_limit = 2;
  const auto once = carts.recover(shop.ada, kEve.customer);
  REQUIRE(once.has_value());
  CHECK(once->items.at(0).quantity == 2);
  CHECK(once->items.at(1).quantity == 2);
  CHECK_FALSE(once->items.at(0).note.has_value());
  CHECK(once->saved_for_later.empty());
  const auto twice = carts.recover(shop.ada, kEve.customer);
  CHECK(twice->version == once->version);
  CHECK(carts.view(kEve)->items.at(1).quantity == 3);  // it stays as it is
  shop.test.clock.advance_ms(kDayMs);
  CHECK_FALSE(carts.recovered(token).has_value());
}

}  // namespace
}  // namespace kontor::cart
