#include "sim/process.h"

#include "app/migrations.h"
#include "base/assert.h"
#include "shop/orders/events.h"
#include "sim/checkers.h"
#include "sim/clerk.h"
#include "sim/risk_desk.h"
#include "sim/shoppers.h"
#include "sim/stockroom.h"
#include "sim/warehouse.h"

namespace kontor::sim {
namespace {

// How often each order was told to a consumer that counts inside the transaction of its position: once, whatever
// crashes.
constexpr db::Migration kToldTable{
    "sim", 1, "told", db::Home::kCustomer,
    "CREATE TABLE sim_told (order_id @text PRIMARY KEY, times @int NOT NULL) @clustered;"};
constexpr db::Query kTold{"sim.told", db::Home::kCustomer, R"sql(
  INSERT INTO sim_told (order_id, times) VALUES ($1, 1) ON CONFLICT (order_id) DO UPDATE SET times = sim_told.times + 1
)sql"};

services::Consumer counting_consumer() {
  services::Consumer consumer;
  consumer.name = "sim.told";
  consumer.handles = {std::string(orders::OrderPlaced::kName)};
  consumer.handle_in_tx = [](db::Tx& tx, const LoggedEvent& event) -> Result<void> {
    TRY_DO(tx.run(kTold, event.subject));
    return {};
  };
  return consumer;
}

}  // namespace

std::vector<db::Migration> migrations() {
  auto all = app::all_migrations();
  all.push_back(kToldTable);
  return all;
}

Process::Process(World& world, std::uint64_t seed)
    : world_(world), luck_(seed), ids_(luck_.next()), log_(runtime::Level::kError), cache_(world.clock, 1 << 20) {}

Process::~Process() = default;

Result<std::unique_ptr<Process>> Process::open(World& world, std::uint64_t seed) {
  std::unique_ptr<Process> process(new Process(world, seed));
  TRY_DO(process->open());
  return process;
}

Result<void> Process::open() {
  auto options = world_.computer().store_options(world_.opens_cold());
  options.alarm = [&world = world_](std::string_view line) {
    world.trace.reached("store: an alarm");
    if (line.find("db.assertion") != line.npos || line.find("db.exception") != line.npos)
      world.problem("in a store function: " + std::string(line));
  };
  TRY(store_, db_sqlite::SqliteStore::open(std::move(options)));
  TRY_DO(store_->migrate(migrations()));
  modelled_ = std::make_unique<ModelledStore>(*store_, world_.model);
  events_ = std::make_unique<log_outbox::OutboxLog>(*store_);
  app::ShopSettings settings;
  settings.secret = "a secret of the simulated shop";
  settings.spool_folder = "";
  settings.serves = false;
  settings.notified = true;
  settings.unasked_ms = 10 * kSecondMs;  // what waits for it would wait for ever
  settings.ready_bytes_mb = 1;
  settings.cart_cache_mb = 1;
  settings.risk.high_value_minor = 1;  // for a guest everything is
  settings.shortages.decide_ms = 3 * kMinuteMs;
  if (world_.scenario.capture_later) settings.capture = checkout::CaptureWhen::kLater;
  // Few failures open the circuit, so that histories have it.
  guarded_ = std::make_unique<app::GuardedGateway>(world_.gateway, world_.clock, metrics_,
                                                   app::GuardedGateway::Settings{4, 2000, kMinuteMs, 256});
  TRY(shop_, app::Shop::make({*modelled_, *events_, world_.clock, luck_, ids_, *guarded_, world_.mails, world_.blobs,
                              world_.codec, world_.web, cache_, log_, metrics_},
                             settings));
  modelled_->set_listener([shop = shop_.get()] { shop->consumers.notify(); });
  shop_->consumers.add(counting_consumer());
  plant_bugs();
  return {};
}

void Process::plant_bugs() {
  const Planted& planted = world_.planted;
  shop_->inventory.plant({.drop_stock_guard = planted.drop_stock_guard,
                          .lines_not_summed = planted.lines_not_summed,
                          .release_twice = planted.release_twice,
                          .confirm_after_expiry = planted.confirm_after_expiry});
  shop_->checkouts.plant({.charge_before_reserve = planted.charge_before_reserve,
                          .answer_apart = planted.answer_apart,
                          .repeated_webhooks = planted.repeated_webhooks,
                          .refund_over_capture = planted.refund_over_capture});
  shop_->payments.planted_bugs() = {planted.timeout_means_no, planted.lose_ledger_leg};
  shop_->credits.planted_bugs() = {planted.keep_what_is_held};
  shop_->carts.plant({planted.cart_copy_not_dropped});
  shop_->webhooks.forget_what_came(planted.repeated_webhooks);
  shop_->orders.plant({planted.cancel_what_is_packed, planted.event_outside});
  shop_->fulfilment.plant({planted.cancel_what_is_packed});
}

void Process::spawn(runtime::Loop& loop, std::function<void()> body) {
  loop.spawn([&world = world_, body = std::move(body)] {
    try {
      body();
    } catch (const AssertionFailed& failed) {
      world.problem(std::string("an assertion failed: ") + failed.what());
    }
  });
}

void Process::acknowledged(OrderId order) {
  if (!world_.model.knows(order) && !modelled_->catch_up()) return;  // the disk fails; the verdict will look for it
  world_.model.acknowledged(order);
}

Result<void> Process::start(runtime::Loop& loop) {
  TRY_DO(shop_->start(loop));
  spawn(loop, [this] {
    for (;;) {
      world_.gateway.deliver_webhooks(shop_->sandbox_webhooks);
      runtime::sleep_for(50);
    }
  });
  spawn(loop, [this] { sample_stock(*this); });
  for (ShopperMemory& shopper : world_.shoppers)
    spawn(loop, [this, &loop, &shopper] { go_shopping(*this, loop, shopper); });
  if (world_.scenario.ship_pct > 0) spawn(loop, [this] { work_in_warehouse(*this); });
  if (world_.scenario.suspicious_pct > 0) spawn(loop, [this] { look_for_fraud(*this); });
  if (world_.pricer.left > 0) spawn(loop, [this] { change_prices(*this); });
  if (world_.clerk.left > 0) spawn(loop, [this] { deal_by_hand(*this); });
  const Scenario& scenario = world_.scenario;
  if (world_.stockroom.left > 0 || scenario.oversells || scenario.backorder > 0)
    spawn(loop, [this] { move_goods(*this); });
  if (scenario.oversells) spawn(loop, [this] { answer_letters(*this); });
  spawn(loop, [this, &loop] { wait_until_settled(*this, loop); });
  return {};
}

}  // namespace kontor::sim
