// A customer's cart that is left alone, in the whole shop: the sweep, the event, the mail and its link.
#include <doctest/doctest.h>

#include "tests/support/whole_shop.h"

namespace kontor::app {
namespace {

// Eve, a customer, and a shop that sells what a test wants.
struct Mailing {
  testing::WholeShop world;
  testing::Outgoing mails;
  std::unique_ptr<Shop> shop;
  CustomerId eve{7700};
  std::map<std::string, ProductId> products;

  Mailing() {
    ShopSettings settings;
    settings.public_url = "https://shop.example";
    auto made = Shop::make(
        {world.small.store, world.log, world.small.test.clock, world.small.test.random, world.small.test.ids,
         world.small.gateway, mails, world.blobs, world.codec, world.web, world.cache, world.lines, world.metrics},
        settings);
    REQUIRE(made);
    shop = std::move(*made);
    REQUIRE(shop->consumers.prepare());
    REQUIRE(shop->accounts.create(eve, "eve@example.com", "Eve"));
  }
  OfferId sells(const std::string& name) {
    catalog::Draft draft;
    draft.product.external_id = draft.product.title = name;
    catalog::Offer wanted;
    wanted.seller = SellerId{1};
    wanted.sku = name;
    wanted.price = Money::minor(450, *Currency::parse("USD"));
    draft.product.offers = {wanted};
    const auto saved = shop->catalog.save({&draft, 1});
    REQUIRE(saved);
    products[name] = saved->at(0).product;
    const OfferId offer = saved->at(0).offers.at(0);
    REQUIRE(world.small.store.write(db::Home::kStock, [&](db::Tx& tx) {
      return shop->inventory.set_on_hand(tx, {offer, inventory::kMainWarehouse, 10}, "test",
                                         world.small.test.clock.now());
    }));
    REQUIRE(shop->consumers.run_until_quiet());
    return offer;
  }
  void sells_no_more(const std::string& name) {
    auto product = shop->catalog.product(products.at(name));
    REQUIRE((product && *product));
    catalog::Draft gone;
    gone.product = **product;
    gone.product.status = catalog::ProductStatus::kDiscontinued;
    REQUIRE(shop->catalog.save({&gone, 1}));
  }
  // How many mails there are by now.
  std::size_t tidies() {
    REQUIRE(shop->tidy());
    REQUIRE(shop->consumers.run_until_quiet());
    return mails.sent.size();
  }
  std::size_t next_day() {
    world.small.test.clock.advance_ms(kDayMs);
    return tidies();
  }
  void adds(OfferId offer) { REQUIRE(shop->carts.add({eve, false}, {offer, {}, 2})); }
};

// What follows `prefix` in the text, until the line's end.
std::string after(std::string_view text, std::string_view prefix) {
  const auto at = text.find(prefix);
  REQUIRE(at != text.npos);
  text.remove_prefix(at + prefix.size());
  return std::string(text.substr(0, text.find('\n')));
}

TEST_CASE("a cart left alone is mailed once, with a link that opens it; what is no longer sold is mailed too") {
  Mailing at;
  at.adds(at.sells("Tea"));
  CHECK(at.tidies() == 0);
  REQUIRE(at.next_day() == 1);
  CHECK(at.tidies() == 1);
  const Mail& mail = at.mails.sent[0];
  CHECK(mail.to == "eve@example.com");
  CHECK(mail.text.find("2 x Tea") != std::string::npos);
  CHECK(at.shop->carts.recovered(after(mail.text, "https://shop.example/cart/recover?token=")) == at.eve);
  at.sells_no_more("Tea");
  REQUIRE(at.tidies() == 2);
  CHECK(at.tidies() == 2);
  CHECK(at.mails.sent[1].subject == "Something in your cart is no longer sold");
}

TEST_CASE("mails about the cart end by the link in each of them, and come again when the customer wants them") {
  Mailing at;
  const OfferId tea = at.sells("Tea");
  at.adds(tea);
  REQUIRE(at.next_day() == 1);
  CustomerCarts& carts = at.shop->customer_carts;
  const std::string stop = after(at.mails.sent[0].unsubscribe, "https://shop.example/cart/mails/stop?token=");
  CHECK(carts.stops(stop) == at.eve);
  CHECK(!carts.stops(stop.substr(1)));
  CHECK(!carts.stops(after(at.mails.sent[0].text, "/cart/recover?token=")));  // a link made for something else
  for (int i = 0; i < 2; ++i) REQUIRE(carts.stop(at.eve));
  REQUIRE(carts.stop(CustomerId{7799}));  // gone meanwhile
  at.adds(tea);
  CHECK(at.next_day() == 1);
  accounts::CustomerChange again;
  again.cart_mails = true;
  REQUIRE(at.shop->accounts.change(at.eve, again));
  at.adds(tea);
  CHECK(at.next_day() == 2);
}

}  // namespace
}  // namespace kontor::app
