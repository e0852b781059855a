#include "sim/process.h"

#include "app/migrations.h"
#include "base/assert.h"
#include "shop/orders/events.h"
#include "sim/checkers.h"
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

Process::Process(World& world, std::uint64_t seed)
    : world_(world), luck_(seed), ids_(luck_.next()), log_(runtime::Level::kError) {}

Process::~Process() = default;

Result<std::unique_ptr<Process>> Process::open(World& world, std::uint64_t seed) {
  std::unique_ptr<Process> process(new Process(world, seed));
  TRY_DO(process->open());
  return process;
}

Result<void> Process::open() {
  db_sqlite::SqliteStore::Options options;
  options.folder = "data";
  options.vfs = world_.disk.name();
  options.inline_writer = true;
  options.cache_mb = 2;
  options.reader_cache_mb = 1;
  options.checkpoint_bytes = 1 << 20;
  options.alarm = [&world = world_](std::string_view line) {
    world.trace.reached("store: an alarm");
    if (line.find("db.assertion") != line.npos || line.find("db.exception") != line.npos)
      world.problem("in a store function: " + std::string(line));
  };
  TRY(store_, db_sqlite::SqliteStore::open(std::move(options)));
  auto migrations = app::all_migrations();
  migrations.push_back(kToldTable);
  TRY_DO(store_->migrate(migrations));
  events_ = std::make_unique<log_outbox::OutboxLog>(*store_);
  app::ShopSettings settings;
  settings.secret = "a secret of the simulated shop";
  settings.spool_folder = "";
  settings.ready_bytes_mb = 1;
  settings.risk.high_value_minor = 1;  // for a guest everything is
  settings.shortages.decide_ms = 3 * kMinuteMs;
  if (world_.scenario.capture_later) settings.capture = checkout::CaptureWhen::kLater;
  TRY(shop_, app::Shop::make({*store_, *events_, world_.clock, luck_, ids_, world_.gateway, world_.mails, world_.blobs,
                              world_.codec, world_.web, log_, metrics_},
                             settings));
  shop_->consumers.add(counting_consumer());
  shop_->inventory.plant({world_.planted.drop_stock_guard});
  shop_->payments.planted_bugs().timeout_means_no = world_.planted.timeout_means_no;
  shop_->orders.plant({world_.planted.cancel_what_is_packed});
  shop_->fulfilment.plant({world_.planted.cancel_what_is_packed});
  shop_->payments.planted_bugs().lose_ledger_leg = world_.planted.lose_ledger_leg;
  return {};
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

Result<void> Process::start(runtime::Loop& loop) {
  TRY_DO(shop_->start(loop));
  spawn(loop, [this] {
    for (;;) {
      world_.gateway.deliver_webhooks(shop_->hints);
      runtime::sleep_for(50);
    }
  });
  spawn(loop, [this] { sample_stock(*this); });
  for (ShopperMemory& shopper : world_.shoppers)
    spawn(loop, [this, &loop, &shopper] { go_shopping(*this, loop, shopper); });
  if (world_.scenario.ship_pct > 0) spawn(loop, [this] { work_in_warehouse(*this); });
  if (world_.scenario.suspicious_pct > 0) spawn(loop, [this] { look_for_fraud(*this); });
  const Scenario& scenario = world_.scenario;
  if (world_.stockroom.left > 0 || scenario.oversells || scenario.backorder > 0)
    spawn(loop, [this] { move_goods(*this); });
  if (scenario.oversells) spawn(loop, [this] { answer_letters(*this); });
  spawn(loop, [this, &loop] { wait_until_settled(*this, loop); });
  return {};
}

}  // namespace kontor::sim
