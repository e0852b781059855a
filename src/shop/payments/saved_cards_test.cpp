#include "shop/payments/saved_cards.h"

#include <doctest/doctest.h>

#include "tests/support/shop_world.h"

namespace kontor::payments {
namespace {

using testing::ShopWorld;

struct CardsWorld : ShopWorld {
  SavedCards& cards = shop->saved_cards;
  CustomerId ada = guest();
  CustomerId ben = guest();

  std::string problems() {
    services::CheckReport report;
    REQUIRE(cards.check(report));
    return report.ok() ? "" : report.findings().begin()->first;
  }
  std::string defaults(CustomerId customer) {
    std::string out;
    const auto kept = cards.of(customer);
    REQUIRE(kept);
    for (const SavedCard& card : *kept) out += card.last4 + (card.is_default ? "* " : " ");
    return out;
  }
};

TEST_CASE("the first card is the default; another is chosen; the newest follows one that is forgotten") {
  CardsWorld world;
  const auto first = world.cards.keep(world.ada, "tok_approve", false);
  REQUIRE(first);
  CHECK(first->is_default);
  CHECK(first->last4 == "4242");
  world.test.clock.advance_ms(1000);
  REQUIRE(world.cards.keep(world.ada, "tok_slow", false));
  world.test.clock.advance_ms(1000);
  const auto third = world.cards.keep(world.ada, "tok_twice", true);
  REQUIRE(third);
  CHECK(world.defaults(world.ada) == "0005* 4444 4242 ");
  CHECK(world.cards.make_default(world.ada, first->id)->is_default);
  CHECK(world.defaults(world.ada) == "4242* 0005 4444 ");
  for (int i = 0; i < 2; ++i) REQUIRE(world.cards.forget(world.ada, first->id));
  CHECK(world.defaults(world.ada) == "0005* 4444 ");
  CHECK(world.problems() == "");
}

TEST_CASE("the same card is kept once, and asked for again it is as it was") {
  CardsWorld world;
  const auto first = world.cards.keep(world.ada, "tok_approve", false);
  const auto again = world.cards.keep(world.ada, "tok_approve", false);
  REQUIRE((first && again));
  CHECK(first->id == again->id);
  CHECK(again->is_default);
  CHECK(world.cards.of(world.ada)->size() == 1);
}

TEST_CASE("a card is its holder's alone") {
  CardsWorld world;
  const auto card = world.cards.keep(world.ada, "tok_approve", false);
  REQUIRE(card);
  CHECK_FALSE(world.cards.find(world.ben, card->id)->has_value());
  CHECK(world.cards.make_default(world.ben, card->id).error().reason == "payments.no_such_card");
  REQUIRE(world.cards.forget(world.ben, card->id));
  CHECK(world.cards.find(world.ada, card->id)->has_value());
  // Both may have the same card; each keeps one of their own.
  const auto shared = world.cards.keep(world.ben, "tok_approve", false);
  REQUIRE(shared);
  CHECK(shared->id != card->id);
  CHECK(world.problems() == "");
}

TEST_CASE("what the gateway does not know, or does not answer, is not kept") {
  CardsWorld world;
  CHECK(world.cards.keep(world.ada, "tok_nonsense", false).error().reason == "gateway.unknown_token");
  world.gateway.silent = true;
  CHECK(world.cards.keep(world.ada, "tok_approve", false).error().code == Errc::kTimeout);
  CHECK(world.cards.of(world.ada)->empty());
}

TEST_CASE("a purchase is paid with a saved card, and only with one's own") {
  CardsWorld world;
  const auto tea = world.offer(450, 9);
  const auto card = world.cards.keep(world.ada, "tok_approve", false);
  REQUIRE(card);
  const auto buy = [&](CustomerId customer, const std::string& key) {
    auto purchase = world.purchase(customer, key);
    purchase.body.payments.reset();
    purchase.body.payment_method_id = card->id;
    return world.shop->checkouts.buy(purchase);
  };
  world.put(world.ada, tea, 1);
  const auto mine = buy(world.ada, "k1");
  REQUIRE(mine);
  CHECK(mine->status == 201);
  world.put(world.ben, tea, 1);
  const auto theirs = buy(world.ben, "k2");
  REQUIRE_FALSE(theirs);
  CHECK(theirs.error().reason == "checkout.no_such_payment_method");
  CHECK(world.stock_of(tea).reserved == 0);
  // Forgotten meanwhile: what was bought with it is still answered.
  REQUIRE(world.cards.forget(world.ada, card->id));
  const auto replayed = buy(world.ada, "k1");
  REQUIRE(replayed);
  CHECK((replayed->replayed && replayed->body == mine->body));
  CHECK(world.check() == "");
}

}  // namespace
}  // namespace kontor::payments
