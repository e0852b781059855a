#include "app/shop.h"

#include "app/searching.h"
#include "app/watch.h"
#include "shop/checkout/repricing.h"

namespace kontor::app {
namespace {

services::ConsumerRunner::Settings consumer_settings(const World& world, const ShopSettings& shop) {
  services::ConsumerRunner::Settings settings;
  // Where nobody else writes, looking unasked is only there in case a notice was lost.
  settings.notified = shop.notified && shop.only_process;
  if (settings.notified) settings.idle_poll_ms = settings.unasked_ms = settings.measure_ms = shop.unasked_ms;
  settings.lag = [&metrics = world.metrics](const services::ConsumerLag& lag) {
    metrics
        .gauge("kontor_consumer_lag_events",
               "Events that a consumer has not handled yet; outbox.relay: committed ones without a position",
               {{"consumer", lag.consumer}, {"stream", lag.stream}})
        .set(lag.events);
  };
  settings.tracer = world.tracer;
  settings.parked = [&metrics = world.metrics](std::string_view consumer) { dead_letters(metrics, consumer).add(); };
  settings.trouble = [&log = world.log](std::string_view consumer, std::string_view words) {
    log.warning("a consumer has trouble", {{"consumer", consumer}, {"words", words}});
  };
  return settings;
}

services::Degradation::Settings degradation_settings(const World& world, const ShopSettings& shop) {
  services::Degradation::Settings settings;
  settings.by_load = shop.degradation;
  settings.changed = [&world](const services::Degradation::Change& change) {
    degradation_changes(world.metrics, change.cause, change.to > change.from).add();
    world.log.warning("the level of degradation changes", {{"from", change.from},
                                                           {"to", change.to},
                                                           {"cause", name_of(change.cause)},
                                                           {"reason", change.reason},
                                                           {"delay_us", change.load.delay_us},
                                                           {"requests", change.load.requests}});
  };
  return settings;
}

services::JobRunner::Settings job_settings(const World& world, const services::Degradation& degradation) {
  services::JobRunner::Settings settings;
  settings.rests = [&degradation](std::string_view kind) {
    if (kind == "import") return !degradation.moves_bulk();
    const bool can_wait = kind == "images" || kind == "inventory.reconcile" || kind == "risk.learn";
    return can_wait && !degradation.keeps_house();
  };
  settings.trouble = [&log = world.log](std::string_view kind, std::string_view words) {
    log.warning("a job has trouble", {{"kind", kind}, {"words", words}});
  };
  settings.tracer = world.tracer;
  settings.begun = [&metrics = world.metrics](std::string_view kind) { jobs_running(metrics, kind).add(1); };
  settings.ended = [&metrics = world.metrics](std::string_view kind, std::string_view outcome) {
    jobs_running(metrics, kind).add(-1);
    job_tries(metrics, kind, outcome).add();
  };
  return settings;
}

services::Shoppers::Settings shopper_settings(const World& world, const ShopSettings& settings, std::string secret) {
  services::Shoppers::Settings shoppers;
  shoppers.secret = std::move(secret);
  shoppers.admin_token = settings.admin_token;
  shoppers.on_plain_cookie = [&log = world.log] {
    log.warning("a session cookie goes out without Secure: put TLS in front of the shop");
  };
  shoppers.on_new_guest = [&sessions = world.metrics.counter("kontor_sessions_total",
                                                             "Visitors who got their first token")] { sessions.add(); };
  return shoppers;
}

cart::Carts::Settings cart_settings(Shop& shop, const std::string& secret) {
  const World& world = shop.world;
  cart::Carts::Settings carts;
  carts.on_wrong_code = [&wrong = world.metrics.counter("kontor_wrong_coupon_codes_total",
                                                        "Coupon codes that are not known")] { wrong.add(); };
  carts.remind_after_ms = shop.settings.cart_reminder_ms;
  carts.remind_before_end_ms = shop.settings.cart_last_reminder_ms;
  carts.secret = secret;
  carts.cache_bytes = shop.settings.cart_cache_mb << 20;
  carts.on_change = [&shop](CustomerId customer) { shop.carts_live.cart_changed(customer); };
  carts.beside_merge = [&shop](CustomerId into, CustomerId from) -> Result<void> {
    TRY_DO(shop.cart_claims.take_over(into, from));
    static_cast<void>(shop.behaviour.experiments.take_over(into, from));  // a figure is not worth a cart
    return shop.named_carts.take_over(into, from);
  };
  carts.on_new = [&made = world.metrics.counter("kontor_carts_total", "Carts that a first line made")] { made.add(); };
  return carts;
}

shipping::Settings shipping_settings(const ShopSettings& settings) {
  shipping::Settings shipping;
  if (settings.express_price) shipping.express_price = Money::minor(*settings.express_price, settings.currency);
  return shipping;
}

checkout::Settings checkout_settings(const ShopSettings& shop, checkout::CheckoutMetrics& metrics) {
  checkout::Settings settings;
  settings.capture = shop.capture;
  settings.metrics = &metrics;
  return settings;
}

checkout::Parts checkout_parts(Shop& shop) {
  const World& world = shop.world;
  return {world.store,
          shop.carts,
          shop.prices,
          shop.pricing,
          shop.shipping,
          shop.inventory,
          shop.payments,
          shop.orders,
          world.clock,
          world.ids,
          shop.settings.looks_for_fraud ? &shop.risk : nullptr,
          &shop.saved_cards,
          &shop.promotions,
          &shop.credits};
}

credit::Credits::Settings credit_settings(const World& world) {
  credit::Credits::Settings credit;
  credit.on_wrong_code = [&wrong = world.metrics.counter("kontor_wrong_gift_card_codes_total",
                                                         "Codes of gift cards that are not known")] { wrong.add(); };
  return credit;
}

void tell_drift(const World& world, const inventory::ReconciliationReport& report) {
  stock_drift(world.metrics).set(static_cast<std::int64_t>(report.rows.size()) - report.repaired());
  stock_drift_repaired(world.metrics).add(report.repaired());
  for (const auto& one : report.rows)
    world.log.warning(one.repaired ? "a stock row had drifted and was repaired" : "a stock row drifts",
                      {{"offer", one.drift.place.offer.text()}, {"warehouse", one.drift.place.warehouse.text()}});
}

showcase::Showcase::Settings showcase_settings(const World& world, const ShopSettings& settings,
                                               const services::Degradation& degradation) {
  showcase::Showcase::Settings showcase;
  showcase.ready_bytes_mb = settings.ready_bytes_mb;
  showcase.packed_bytes_mb = settings.packed_bytes_mb;
  showcase.currency = settings.currency;
  showcase.locale = settings.formats.tag();
  showcase.sale_buffer_percent = settings.sale_buffer_percent;
  showcase.workers = world.workers;
  showcase.degradation = &degradation;
  return showcase;
}

}  // namespace

Result<std::unique_ptr<Shop>> Shop::make(const World& world, const ShopSettings& settings) {
  services::Settings stored(world.store, world.clock);
  TRY(auto secret, services::signing_secret(stored, world.random, settings.secret));
  auto shop = std::unique_ptr<Shop>(new Shop(world, settings, std::move(secret)));
  TRY_DO(shop->shipping.reload());
  TRY_DO(shop->taxes.reload());
  TRY_DO(shop->price_lists.reload());
  TRY_DO(shop->currency_rates.reload());
  if (shop->search) TRY_DO(shop->search->tuning().reload());
  TRY_DO(shop->behaviour.experiments.reload());
  shop->add_consumers();
  if (settings.serves) shop->add_routes();
  return shop;
}

Shop::Shop(const World& world_, const ShopSettings& settings_, std::string secret)
    : world(world_),
      settings(settings_),
      stored_settings(world.store, world.clock),
      degradation(world.store, world.clock, degradation_settings(world, settings)),
      leases(world.store, world.clock, settings.holder),
      shoppers(world.clock, world.random, world.ids, shopper_settings(world, settings, secret)),
      live(world.store, world.clock, world.random, shoppers, world.metrics, {secret}),
      cursors(secret),
      audit(world.store, world.clock, world.ids, world.random),
      idempotency(world.store, world.clock, world.random, {}),
      jobs(world.store, world.clock, world.ids),
      job_runner(jobs, settings.holder, job_settings(world, degradation)),
      consumers(world.store, world.events, leases, world.clock, consumer_settings(world, settings)),
      dead_letters(world.store, world.events, consumers, world.clock),
      catalog(world.store, world.clock, world.ids),
      sales(world.store, world.clock, world.ids),
      inventory(world.store, world.clock, world.ids, settings.sourcing),
      reconciliation(inventory, world.workers, [this](const auto& report) { tell_drift(world, report); }),
      promotion_shoppers(accounts, orders),
      promotions({world.store, world.clock, world.ids, world.random, &catalog, &promotion_shoppers,
                  settings.formats.time_zone()}),
      shipping(&world.store, world.clock, shipping_settings(settings)),
      taxes(&world.store, world.clock, world.ids),
      promotion_stage(promotions),
      shipping_stage(shipping),
      tax_stage(taxes),
      price_lists(world.store, world.clock, catalog, &promotion_shoppers),
      currency_rates(world.store, world.clock),
      operator_rates(currency_rates, price_lists, catalog, world.clock),
      pricing({&promotion_stage, &shipping_stage, &free_shipping_stage, &tax_stage}, &price_lists,
              [this] { return currency_rates.table(); }),
      showcase(world.store, catalog, inventory, showcase_settings(world, settings, degradation)),
      catch_up(showcase, world.events, stored_settings),
      offers(showcase, catalog),
      alternatives(showcase, search, settings.public_url),
      prices(catalog),
      lookup(catalog),
      cart_claims(world.store, world.clock, world.ids, inventory),
      carts({world.store, world.clock, world.ids, offers, inventory, pricing, &promotions, &cart_claims, &world.cache},
            cart_settings(*this, secret)),
      named_carts({world.store, world.clock, world.ids, offers, carts}, {secret}),
      carts_live(carts, live, world.clock),
      credits({world.store, orders, world.clock, world.ids, world.random, &world.cache}, credit_settings(world)),
      gateway(credits, world.gateway),
      payments(world.store, gateway, world.clock),
      settlements(world.store, gateway, world.clock),
      saved_cards(world.store, gateway, world.clock, world.ids),
      orders(world.store, world.clock),
      invoices(world.store, orders, world.clock),
      order_payments(orders),
      fulfilment(world.store, orders, inventory, world.clock),
      accounts(world.store, world.clock),
      risk(world.store, world.clock, &risk_model, settings.risk),
      checkout_metrics(world.metrics, settings.currency),
      checkouts(checkout_parts(*this), checkout_settings(settings, checkout_metrics)),
      shortages(checkout_parts(*this), checkouts, settings.shortages),
      refunds(checkout_parts(*this), {}),
      unplaced(world.store),
      customer_carts(carts, accounts, world.clock, settings.public_url, secret),
      unsent_gift_cards(credits),
      notifications(orders, world.messenger, std::string(kSeller), settings.formats),
      webhooks(world.store, world.gateway, world.clock, world.metrics,
               [this](CheckoutId checkout) { return checkouts.hint(checkout); }),
      sandbox_webhooks(webhooks),
      media({world.store, world.blobs, world.codec, world.clock, world.ids}, settings.picture_bytes_mb),
      importer(world.store, world.clock, catalog, inventory),
      mappings(world.store, world.clock),
      images({catalog, media, world.web, world.clock, world.workers}),
      behaviour({world.store, world.clock, world.ids, world.metrics, catalog, currency_rates, settings.currency},
                settings.behaviour, secret),
      warming({world.store, world.clock, world.metrics, world.log, world.workers, catalog, behaviour.telemetry,
               showcase, degradation},
              settings.warm_up) {
  if (world.search.index != nullptr) {
    search.emplace(search::FeedParts{world.store, catalog, showcase, *world.search.index, world.events, world.clock,
                                     world.workers, sales_source()},
                   cursors, &operator_rates,
                   search::SearchSettings{settings.listing_answers_mb << 20, world.search.searchers});
    showcase.set_follower(&search->feed());
    try_rankings(*this);
  }
  orders.set_desk(&fulfilment);
  orders.set_repricing(checkout::repricing());
  notifications.set_alternatives(&alternatives);
  notifications.set_unplaced(&unplaced);
  notifications.set_carts(&customer_carts);
  notifications.set_gift_cards(&unsent_gift_cards);
  const auto changed = [this](std::span<const ProductId> products) {
    for (const ProductId product : products) showcase.product_changed(product);
  };
  catalog.on_change(changed);
  const auto repriced = [this](std::span<const ProductId> products) {
    for (const ProductId product : products) showcase.prices_changed(product);
  };
  sales.on_change(repriced);
  catalog.base_prices().on_change(repriced);
  cart_claims.on_end([this](CustomerId customer) { carts_live.cart_changed(customer); });
  showcase.on_cards_changed([this](std::optional<ProductId> product) { carts_live.product_changed(product); });
  catalog.on_category_change([this] {
    showcase.categories_changed();
    promotions.changed();
  });
}

Shop::~Shop() = default;

Result<void> Shop::start(runtime::Loop& loop) {
  TRY_DO(consumers.prepare());
  TRY_DO(inventory.refresh_spread());
  complain("whether a level of degradation is set by hand is not known yet", degradation.refresh());
  consumers.start(loop);
  complain("settlement reports wait for the next start", payments::plan_settlements(jobs));
  complain("stock is not reconciled until the next start",
           inventory::plan_reconciliation(jobs, settings.reconciliation, world.clock.now()));
  complain("the risk model says nothing until the next start", risk_model.load(stored_settings));
  complain("the risk model learns after the next start", risk::plan_learning(jobs));
  job_runner.start(loop);
  const auto fiber = [this, &loop](void (Shop::*body)()) {
    fibers_.fetch_add(1);
    loop.spawn([this, body] {
      struct Left {
        std::atomic<int>& fibers;
        ~Left() { fibers.fetch_sub(1); }
      } left{fibers_};
      (this->*body)();
    });
  };
  fiber(&Shop::tick_fiber);
  fiber(&Shop::catch_up_fiber);
  fiber(&Shop::stock_fiber);
  fiber(&Shop::tidy_fiber);
  fiber(&Shop::carts_fiber);
  fiber(&Shop::prices_fiber);
  fiber(&Shop::behaviour_fiber);
  fiber(&Shop::warm_fiber);
  if (search) {
    fiber(&Shop::search_fiber);
    fiber(&Shop::merge_fiber);
  }
  return {};
}

void Shop::stop() {
  stopping_.store(true);
  for (services::Bell* bell : {&bells_.tick, &bells_.catch_up, &bells_.tidy, &bells_.stock, &bells_.carts,
                               &bells_.prices, &bells_.search, &bells_.merge})
    bell->ring();
  if (search) search->feed().stop();
  showcase.end_wait_for_notes();
  carts_live.end_wait();
  behaviour.end_wait();
  warming.end_wait();
  consumers.stop();
  job_runner.stop();
}

bool Shop::running() const { return consumers.running() || job_runner.running() || fibers_.load() > 0; }

template <class T>
bool Shop::complain(std::string_view what, const Result<T>& done) {
  if (!done) world.log.warning(what, {{"reason", done.error().reason}, {"detail", done.error().detail}});
  return done.has_value();
}
template bool Shop::complain(std::string_view what, const Result<void>& done);  // searching.cpp
template bool Shop::complain(std::string_view what, const Result<int>& done);
template bool Shop::complain(std::string_view what, const Result<std::vector<telemetry::PopularQuery>>& done);

// Until it is time, or the shop stops: true while it goes on.
bool Shop::rest(services::Bell& bell, std::int64_t ms) {
  if (!stopping_.load()) bell.wait_for(ms);
  return !stopping_.load();
}

void Shop::tick_fiber() {
  if (settings.only_process) complain("unfinished checkouts wait", checkouts.sweep(100'000, checkout::Which::kAllOpen));
  for (std::int64_t second = 1; rest(bells_.tick, kSecondMs); ++second) {
    complain("what level of degradation is set by hand is not known", degradation.refresh());
    showcase.drop_overdue(world.clock.now());
    complain("unfinished checkouts wait", checkouts.sweep(200));
    complain("refunds wait", refunds.sweep(100));
    complain("units stay set aside in carts", cart_claims.expire(200));
    if (second % 10 == 0) complain("orders that cannot be kept wait", look_after_shortages());
    if (second % 5 == 0) complain("shipments wait for their stock", fulfilment.sweep(100));
    if (second % 60 == 1) complain("which offers are spread is not known", inventory.refresh_spread());
    if (second % 60 == 1) complain("the choice of warehouses goes by old loads", inventory.refresh_loads());
  }
}

// Apart from the sweeps: in a shop of a million products that was away for long it is a walk over all of them.
void Shop::catch_up_fiber() {
  if (!complain("listings may show old stock", catch_up.run())) return;
  while (rest(bells_.catch_up, kMinuteMs)) complain("the next start takes longer", catch_up.remember());
  complain("the next start takes longer", catch_up.remember());
}

void Shop::tidy_fiber() {
  while (rest(bells_.tidy, kMinuteMs)) complain("tidying up waits", tidy());
}

void Shop::behaviour_fiber() {
  behaviour.run(stopping_, [this](const Result<int>& done) { complain("what visitors do is written later", done); });
}

void Shop::warm_fiber() { complain("the first requests find less at hand", warming.run(stopping_)); }

// Changes come by the hundred: a rest between two looks makes one look of many.
void Shop::stock_fiber() {
  constexpr std::int64_t kAfterTroubleMs = 500;
  while (!stopping_.load()) {
    const bool looked = complain("stock in listings is not fresh", showcase.refresh_stock());
    if (rest(bells_.stock, looked ? degradation.stock_rest_ms() : kAfterTroubleMs) && looked)
      showcase.wait_for_notes(kMinuteMs);
  }
}

// Open pages of carts hear of prices and stock.
void Shop::carts_fiber() {
  constexpr std::int64_t kAfterTroubleMs = 500;
  while (!stopping_.load()) {
    const bool told = complain("open carts are not fresh", carts_live.tell());
    if (rest(bells_.carts, told ? degradation.live_rest_ms() : kAfterTroubleMs) && told)
      carts_live.wait_for_changes(kMinuteMs);
  }
}

// Pages turn to a sale when it begins or ends; what another process plans is seen within a second.
void Shop::prices_fiber() {
  for (std::int64_t wait = 1; rest(bells_.prices, wait);) {
    const auto turned = sales.turn();
    const bool done = complain("sales begin or end late on pages", turned);
    wait = kSecondMs;
    if (done && turned->offers > 0) wait = 1;
    if (done && turned->next) wait = std::clamp<std::int64_t>(turned->next->ms - world.clock.now().ms, 1, wait);
  }
}

// One process at a time; it is harmless where two are at it.
Result<int> Shop::look_after_shortages() {
  TRY(const bool any, shortages.anything());
  if (!any) return 0;
  TRY(const auto lease, leases.take("checkout.shortages", 30 * kSecondMs));
  return lease ? shortages.sweep(200) : Result<int>(0);
}

Result<int> Shop::sweep() {
  int done = 0;
  TRY(const int checkouts_done, checkouts.sweep(1000));
  TRY(const int shipments_done, fulfilment.sweep(1000));
  TRY(const int stock_done, showcase.refresh_stock());
  TRY(const int shortages_done, shortages.sweep(1000));
  TRY(const int refunds_done, refunds.sweep(1000));
  TRY(const auto turned, sales.turn());
  done += turned.offers;
  done += refunds_done;
  done += checkouts_done + shipments_done + stock_done + shortages_done;
  return done;
}

Result<void> Shop::check(services::CheckReport& report) {
  TRY_DO(catalog.check(report));
  TRY_DO(inventory.check(report));
  TRY_DO(promotions.check(report));
  TRY_DO(carts.check(report));
  TRY_DO(named_carts.check(report));
  TRY_DO(orders.check(report));
  TRY_DO(invoices.check(report));
  TRY_DO(fulfilment.check(report));
  TRY_DO(checkouts.check(report));
  TRY_DO(webhooks.check(report));
  TRY_DO(saved_cards.check(report));
  TRY_DO(media.check(report));
  return {};
}

}  // namespace kontor::app
