// A customer's cart that is left alone, in the whole shop: the sweep, the event, the mail and its link.
#include <doctest/doctest.h>

#include "tests/support/whole_shop.h"

namespace kontor::app {
namespace {

struct Kept : Messenger {
  std::vector<Mail> sent;
  Result<void> send(const Mail& mail) override {
    sent.push_back(mail);
    return {};
  }
};

TEST_CASE("a cart left alone is mailed once, with a link that opens it; what is no longer sold is mailed too") {
  testing::WholeShop world;
  Kept mails;
  ShopSettings settings;
  settings.public_url = "https://shop.example";
  auto made =
      Shop::make({world.small.store, world.log, world.small.test.clock, world.small.test.random, world.small.test.ids,
                  world.small.gateway, mails, world.blobs, world.codec, world.web, world.lines, world.metrics},
                 settings);
  REQUIRE(made);
  Shop& shop = **made;
  REQUIRE(shop.consumers.prepare());
  const CustomerId eve{7700};
  REQUIRE(shop.accounts.create(eve, "eve@example.com", "Eve"));
  catalog::Draft draft;
  draft.product.external_id = draft.product.title = "Tea";
  catalog::Offer wanted;
  wanted.seller = SellerId{1};
  wanted.sku = "TEA";
  wanted.price = Money::minor(450, *Currency::parse("USD"));
  draft.product.offers = {wanted};
  const auto saved = shop.catalog.save({&draft, 1});
  REQUIRE(saved);
  const OfferId tea = saved->at(0).offers.at(0);
  REQUIRE(world.small.store.write(db::Home::kStock, [&](db::Tx& tx) {
    return shop.inventory.set_on_hand(tx, {tea, inventory::kMainWarehouse, 10}, "test", world.small.test.clock.now());
  }));
  REQUIRE(shop.consumers.run_until_quiet());
  REQUIRE(shop.carts.add({eve, false}, {tea, {}, 2}));
  const auto tidies = [&] {
    REQUIRE(shop.tidy());
    REQUIRE(shop.consumers.run_until_quiet());
    return mails.sent.size();
  };
  CHECK(tidies() == 0);
  world.small.test.clock.advance_ms(kDayMs);
  REQUIRE(tidies() == 1);
  CHECK(tidies() == 1);
  CHECK(mails.sent[0].to == "eve@example.com");
  CHECK(mails.sent[0].text.find("2 x Tea") != std::string::npos);
  const std::string_view text = mails.sent[0].text;
  constexpr std::string_view kLink = "https://shop.example/cart/recover?token=";
  const auto at = text.find(kLink);
  REQUIRE(at != text.npos);
  const auto token = text.substr(at + kLink.size());
  CHECK(shop.carts.recovered(token.substr(0, token.find('\n'))) == eve);

  auto product = shop.catalog.product(saved->at(0).product);
  REQUIRE((product && *product));
  catalog::Draft gone;
  gone.product = **product;
  gone.product.status = catalog::ProductStatus::kDiscontinued;
  REQUIRE(shop.catalog.save({&gone, 1}));
  REQUIRE(tidies() == 2);
  CHECK(tidies() == 2);
  CHECK(mails.sent[1].subject == "Something in your cart is no longer sold");
}

}  // namespace
}  // namespace kontor::app
