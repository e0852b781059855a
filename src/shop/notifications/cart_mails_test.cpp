#include <doctest/doctest.h>

#include "adapters/log_outbox/outbox_log.h"
#include "services/consumers.h"
#include "services/leases.h"
#include "services/outbox.h"
#include "shop/cart/events.h"
#include "shop/notifications/notifications_consumers.h"
#include "tests/support/outgoing.h"
#include "tests/support/shop_world.h"

namespace kontor::notifications {
namespace {

using testing::Outgoing;

struct OneCart : CartSource {
  Result<std::optional<LeftCart>> left_cart(CustomerId) override { return cart; }
  std::optional<LeftCart> cart;
};

TEST_CASE("mails about carts: left alone, about to end, something no longer sold; each follows its event") {
  testing::ShopWorld world;
  Outgoing messenger;
  OneCart source;
  Notifications notifications(world.shop->orders, messenger, "Kontor");
  notifications.set_carts(&source);
  log_outbox::OutboxLog log(world.test.store());
  services::Leases leases(world.test.store(), world.test.clock, "test");
  services::ConsumerRunner runner(world.test.store(), log, leases, world.test.clock, {});
  runner.add(mail_consumer(notifications));
  REQUIRE(runner.prepare());
  const CustomerId eve{77};
  const CartId id{77};
  const OfferId tea{1}, cup{2};
  source.cart = LeftCart{"eve@example.com",
                         "Eve",
                         4,
                         {{tea, "Green tea", 2, Money::minor(450, *Currency::parse("USD"))},
                          {cup, "Cup", 1, Money::minor(1200, *Currency::parse("USD"))}},
                         *parse_rfc3339("2026-12-24T00:00:00Z"),
                         "https://shop.example/cart/recover?token=x",
                         "https://shop.example/cart/mails/stop?token=y"};
  const auto hears = [&](const auto& event) {
    messenger.sent.clear();
    REQUIRE(world.test.store().write(
        db::Home::kCustomer, [&](db::Tx& tx) { return services::emit(tx, event, id.text(), world.test.clock.now()); }));
    REQUIRE(runner.run_until_quiet());
    return messenger.sent;
  };
  auto mails = hears(cart::CartLeftAlone{id, eve, 4});
  REQUIRE(mails.size() == 1);
  CHECK(mails[0].to == "eve@example.com");
  CHECK(mails[0].subject == "Your cart is waiting for you");
  CHECK(mails[0].text.find("2 x Green tea  $4.50 each") != std::string::npos);
  CHECK(mails[0].text.find("https://shop.example/cart/recover?token=x") != std::string::npos);
  CHECK(mails[0].text.find("No more mails about your cart:\nhttps://shop.example/cart/mails/stop?token=y\n") !=
        std::string::npos);
  CHECK(mails[0].unsubscribe == source.cart->stop);
  CHECK(hears(cart::CartLeftAlone{id, eve, 3}).empty());  // it has changed meanwhile
  mails = hears(cart::CartExpiring{id, eve, 4, source.cart->expires});
  REQUIRE(mails.size() == 1);
  CHECK(mails[0].text.find("on December 24, 2026 we empty your cart") != std::string::npos);
  mails = hears(cart::CartLinesRemoved{id, eve, {cup, OfferId{3}}});
  REQUIRE(mails.size() == 1);
  CHECK(mails[0].subject == "Something in your cart is no longer sold");
  CHECK(mails[0].text.find("1 x Cup") != std::string::npos);
  CHECK(mails[0].text.find("Green tea") == std::string::npos);
  CHECK(hears(cart::CartLinesRemoved{id, eve, {OfferId{3}}}).empty());
  source.cart.reset();  // a guest's, or empty by now
  CHECK(hears(cart::CartLeftAlone{id, eve, 4}).empty());
  CHECK(hears(cart::CartLinesRemoved{id, eve, {cup}}).empty());
}

}  // namespace
}  // namespace kontor::notifications
