#include "shop/promotions/promotions.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <set>
#include <thread>

#include "tests/support/dollars.h"
#include "tests/support/each_store.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> promotions_migrations();
}  // namespace kontor

namespace kontor::promotions {
namespace {

using testing::kUsd;

struct World {
  explicit World(db::Store& store_in) : store(store_in), promotions({store, clock, ids, random}) {}

  Promotion tenth(bool needs_coupon = true) {
    Promotion out;
    out.name = out.label = "A tenth";
    out.type = "percentage";
    out.parameters.text = R"({"basis_points":1000})";
    out.needs_coupon = needs_coupon;
    return out;
  }
  Promotion made(const Promotion& wish) {
    const auto row = promotions.create(wish, nothing);
    REQUIRE_MESSAGE(row.has_value(), (row ? "" : row.error().detail));
    return row->promotion;
  }
  void code(PromotionId promotion, const std::string& text, std::int64_t max_uses = 0) {
    const std::string codes[] = {text};
    REQUIRE(promotions.add_coupons(promotion, codes, max_uses, nothing).has_value());
  }
  Result<void> claim(std::int64_t reservation, std::int64_t customer, const Use& use) {
    return store.write(db::Home::kStock, [&](db::Tx& tx) {
      return promotions.claim(tx, CheckoutId{reservation}, CustomerId{customer}, {&use, 1}, clock.now());
    });
  }
  void release(std::int64_t reservation) {
    REQUIRE(store.write(db::Home::kStock, [&](db::Tx& tx) { return promotions.release(tx, CheckoutId{reservation}); })
                .has_value());
  }
  std::int64_t uses(PromotionId id) { return promotions.find(id).value()->uses; }
  std::string check() {
    services::CheckReport report;
    REQUIRE(promotions.check(report).has_value());
    return report.ok() ? "" : report.findings().begin()->first;
  }

  db::Store& store;
  testing::FakeClock clock;
  testing::SeededRandom random;
  IdSource ids{7};
  Promotions promotions;
  const Promotions::Beside nothing = [](db::Tx&) { return Result<void>(); };
};

void each(const std::function<void(World&)>& body) {
  testing::on_each_store({services_migrations(), promotions_migrations()}, [&](db::Store& store) {
    World world(store);
    body(world);
  });
}

TEST_CASE("a claim counts once per reservation, and its release gives it back once") {
  each([](World& world) {
    auto wish = world.tenth();
    wish.max_uses = 2;
    wish.budget = Money::minor(1000, kUsd);
    const auto promotion = world.made(wish);
    world.code(promotion.id, "TEA-2026", 1);
    const Use use{promotion.id, "TEA-2026", Money::minor(400, kUsd), 0};
    CHECK(world.claim(1, 5, use).has_value());
    CHECK(world.claim(1, 5, use).has_value());
    CHECK(world.uses(promotion.id) == 1);
    const auto code_gone = world.claim(2, 6, use);
    REQUIRE_FALSE(code_gone.has_value());
    CHECK(code_gone.error().reason == "promotions.used_up");
    CHECK(world.uses(promotion.id) == 1);  // the refusal counted nothing
    Use plain = use;
    plain.code.clear();
    CHECK(world.claim(3, 6, plain).has_value());
    CHECK(world.claim(4, 7, plain).error().reason == "promotions.used_up");
    world.release(1);
    world.release(1);
    CHECK(world.uses(promotion.id) == 1);
    CHECK(world.claim(5, 7, use).has_value());
    world.release(99);
    CHECK(world.check() == "");
  });
}

TEST_CASE("a budget is never passed, and one customer has no more than its uses") {
  each([](World& world) {
    auto wish = world.tenth(false);
    wish.budget = Money::minor(1000, kUsd);
    wish.max_uses_per_customer = 1;
    const auto promotion = world.made(wish);
    const auto of = [&](std::int64_t minor) { return Use{promotion.id, "", Money::minor(minor, kUsd), 1}; };
    CHECK(world.claim(1, 5, of(600)).has_value());
    CHECK(world.claim(2, 5, of(100)).error().reason == "promotions.already_used");
    CHECK(world.claim(3, 6, of(401)).error().reason == "promotions.used_up");
    // What is left of the budget is less than a tenth of this: it costs its price, instead of being refused for ever.
    const Line dear[] = {{OfferId{1}, ProductId{2}, 1, 5000, nullptr}};
    Request large;
    large.lines = dear;
    large.currency = kUsd;
    large.now = world.clock.now();
    world.promotions.changed();
    CHECK(world.promotions.consider(large)->outcome.applied.empty());
    CHECK(world.claim(4, 6, of(400)).has_value());
    CHECK(world.promotions.find(promotion.id).value()->spent_minor == 1000);
    // Who has used it sees no discount any more, and it is over for all.
    const Line lines[] = {{OfferId{1}, ProductId{2}, 1, 1000, nullptr}};
    Request request;
    request.lines = lines;
    request.currency = kUsd;
    request.customer = CustomerId{8};
    request.now = world.clock.now();
    world.promotions.changed();
    CHECK(world.promotions.consider(request)->outcome.applied.empty());
    world.release(4);
    world.promotions.changed();
    CHECK(world.promotions.consider(request)->outcome.applied.size() == 1);
    request.customer = CustomerId{5};
    CHECK(world.promotions.consider(request)->outcome.applied.empty());
    CHECK(world.check() == "");
  });
}

TEST_CASE("a thousand buyers of a coupon with a hundred uses: exactly a hundred") {
  each([](World& world) {
    auto wish = world.tenth();
    wish.max_uses = 100;
    const auto promotion = world.made(wish);
    world.code(promotion.id, "RUSH");
    std::atomic<int> won{0}, refused{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 250; ++i) {
          const auto claimed =
              world.claim(1 + t * 250 + i, 1 + t * 250 + i, {promotion.id, "RUSH", Money::minor(0, kUsd), 0});
          if (claimed)
            won.fetch_add(1);
          else if (claimed.error().reason == "promotions.used_up")
            refused.fetch_add(1);
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(won.load() == 100);
    CHECK(refused.load() == 900);
    CHECK(world.uses(promotion.id) == 100);
    CHECK(world.check() == "");
  });
}

TEST_CASE("a coupon may be put on a cart when it does something, or will once place and payment are known") {
  each([](World& world) {
    auto wish = world.tenth();
    wish.conditions.countries = {"DE"};
    const auto abroad = world.made(wish);
    world.code(abroad.id, "BERLIN");
    wish = world.tenth();
    wish.starts_at = world.clock.now().plus_ms(1000);
    const auto later = world.made(wish);
    world.code(later.id, "LATER");
    wish = world.tenth();
    const auto stopped = world.made(wish);
    world.code(stopped.id, "STOPPED");
    REQUIRE(world.promotions.stop_coupon("STOPPED", world.nothing).has_value());
    const Line lines[] = {{OfferId{1}, ProductId{2}, 1, 1000, nullptr}};
    const auto refusal = [&](const std::string& code, std::string_view country = "") {
      const std::string codes[] = {code};
      Request request;
      request.lines = lines;
      request.currency = kUsd;
      request.country = country;
      request.coupons = codes;
      request.now = world.clock.now();
      const auto answer = world.promotions.may_use(request, code);
      return answer ? std::string(word_of(*answer)) : answer.error().reason;
    };
    CHECK(refusal("BERLIN") == "applied");
    CHECK(refusal("BERLIN", "DE") == "applied");
    CHECK(refusal("BERLIN", "FR") == "not_in_country");
    CHECK(refusal("LATER") == "not_started");
    CHECK(refusal("STOPPED") == "not_active");
    CHECK(refusal("NOWHERE") == "promotions.no_such_coupon");
    world.clock.advance_ms(1000);
    CHECK(refusal("LATER") == "applied");
  });
}

TEST_CASE("changes keep what was used, and lose races") {
  each([](World& world) {
    auto wish = world.tenth(false);
    wish.max_uses = 5;
    auto promotion = world.made(wish);
    REQUIRE(world.claim(1, 5, {promotion.id, "", Money::minor(0, kUsd), 0}).has_value());
    promotion.label = "Another name";
    const auto changed = world.promotions.change(promotion, world.nothing);
    REQUIRE(changed.has_value());
    CHECK(changed->promotion.version == 2);
    CHECK(changed->uses == 1);
    CHECK(world.promotions.change(promotion, world.nothing).error().code == Errc::kVersionConflict);
    promotion.id = PromotionId{12345};
    CHECK(world.promotions.change(promotion, world.nothing).error().reason == "promotions.no_such_promotion");
    wish.ends_at = wish.starts_at = world.clock.now();
    CHECK(world.promotions.create(wish, world.nothing).error().fields.at(0).field == "/ends_at");
  });
}

TEST_CASE("drawn codes differ, and codes are tidied") {
  each([](World& world) {
    const auto codes = world.promotions.draw_codes(1000, "SALE-");
    std::set<std::string> distinct(codes.begin(), codes.end());
    CHECK(distinct.size() == 1000);
    CHECK(codes.front().size() == 17);
    CHECK(tidy_code(codes.front()) == codes.front());
    CHECK(tidy_code("  tea-10 ") == "TEA-10");
    CHECK_FALSE(tidy_code("ab").has_value());
    CHECK_FALSE(tidy_code("tea 10").has_value());
    CHECK_FALSE(tidy_code("thé").has_value());
    CHECK_FALSE(tidy_code(std::string(41, 'A')).has_value());
  });
}

}  // namespace
}  // namespace kontor::promotions
