#include "sim/world.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "sim/checkers.h"
#include "sim/process.h"
#include "sim/risk_desk.h"

namespace kontor::sim {
namespace {

constexpr int kMostCrashes = 5;                           // of a history, drawn up to
constexpr std::int64_t kColdOpenings = 16;                // of so many openings, one
constexpr std::int64_t kMostSteps = 2'000'000;            // a history that goes round in circles
constexpr std::int64_t kFaultyMs = 10 * kMinuteMs;        // faults end then at the latest
constexpr std::int64_t kFaultySilentMs = 40 * kMinuteMs;  // a silence outlasts a reservation
constexpr std::int64_t kSettleMs = 2 * kHourMs;           // and by then all has settled
constexpr std::int64_t kStepsOfDoomedDisk = 100;          // how long a process lives on with a disk that fails
constexpr std::int64_t kRoomLeft = 60'000;                // bytes, on a disk that is nearly full
constexpr std::int64_t kJumpMs = 4 * kMinuteMs;

}  // namespace

World::World(std::uint64_t seed, const Scenario& scenario_in, Planted planted_in, bool keep_trace)
    : scenario(scenario_in),
      planted(planted_in),
      trace(keep_trace),
      true_clock(clock),
      gateway(seed * 4 + 1, trace, true_clock, scenario.faults),
      model([this](const std::string& words) { problem(words); }),
      computer_(Computer::take(seed)),
      disk_(computer_->disk),
      luck_(seed * 4 + 2),
      scheduler_(seed * 4 + 3) {
  model.expect(scenario.backorder > 0 || scenario.oversells || scenario.tampers, scenario.tampers);
}

// A history that ends badly may do so with a shop that is open.
World::~World() {
  founded_.reset();
  Computer::give_back(std::move(computer_));
}

bool World::opens_cold() {
  const bool cold = luck_.once_in(kColdOpenings);
  if (cold) trace.reached("start: cold");
  return cold;
}

void World::problem(const std::string& words) {
  if (!problem_.empty()) return;
  problem_ = words;
  say("BROKEN: " + words);
}

std::string World::work_left() const {
  const auto [shopping, waiting] = intention_left();
  if (waiting) return "the warehouse has not sent " + shopping->name + ", " + shopping->order.text();
  if (shopping != nullptr)
    return "the shopper of " + shopping->name + " is in phase " + std::to_string(static_cast<int>(shopping->phase));
  if (stockroom.left > 0) return "the stockroom has " + std::to_string(stockroom.left) + " acts before it";
  if (pricer.left > 0) return "the merchandiser has " + std::to_string(pricer.left) + " acts before them";
  if (clerk.left > 0) return "the clerk has " + std::to_string(clerk.left) + " deals before them";
  return {};
}

// The first that is not over, and whether it only waits for the warehouse.
std::pair<const Intention*, bool> World::intention_left() const {
  for (const ShopperMemory& shopper : shoppers) {
    for (const Intention& intention : shopper.intentions) {
      if (intention.phase != Phase::kDone) return {&intention, false};
      if (intention.ships && intention.order && !intention.sent) return {&intention, true};
    }
  }
  return {nullptr, false};
}

bool World::work_is_done() const {
  return stockroom.left <= 0 && clerk.left <= 0 && pricer.left <= 0 && intention_left().first == nullptr;
}

void World::draw_shoppers() {
  IdSource ids(luck_.next());
  for (int number = 0; number < scenario.shoppers; ++number) {
    ShopperMemory shopper;
    shopper.number = number;
    shopper.customer = ids.next<CustomerId>(clock.now(), static_cast<int>(luck_.below(kBuckets)));
    shopper.luck = Luck(luck_.next());
    for (int i = 0; i < scenario.purchases; ++i) {
      Intention intention;
      intention.name = "s" + std::to_string(number) + "i" + std::to_string(i);
      intention.cancels = luck_.chance(scenario.cancel_pct);
      if (scenario.part_cancel_pct > 0 && luck_.chance(scenario.part_cancel_pct))
        intention.part_cancels = 1 + static_cast<int>(luck_.below(4));
      intention.ships = luck_.chance(scenario.ship_pct);
      intention.clicks = luck_.chance(scenario.double_click_pct) ? 2 : 1;
      intention.one_key = luck_.chance(50);
      intention.two_cards = luck_.chance(scenario.split_pct);
      if (scenario.saved_card_pct > 0) intention.keeps_card = luck_.chance(scenario.saved_card_pct);
      intention.suspicious = luck_.chance(scenario.suspicious_pct);
      if (scenario.coupon_uses > 0) intention.uses_coupon = luck_.chance(75);
      if (scenario.gift_card_pct > 0) {
        intention.uses_gift_card = luck_.chance(scenario.gift_card_pct);
        intention.by_gift_card_alone = luck_.chance(30);
        if (!intention.by_gift_card_alone && luck_.chance(60)) intention.gift_card_part = 1 + luck_.below(99);
      }
      if (scenario.sign_in_pct > 0 && luck_.chance(scenario.sign_in_pct))
        intention.visitor = ids.next<CustomerId>(clock.now(), static_cast<int>(luck_.below(kBuckets)));
      for (const OfferId offer : offers)
        if (luck_.chance(60)) intention.wishes.push_back({offer, 1 + luck_.below(scenario.most_per_line)});
      if (intention.wishes.empty())
        intention.wishes.push_back({offers[static_cast<std::size_t>(luck_.below(scenario.offers))], 1});
      shopper.intentions.push_back(std::move(intention));
    }
    shoppers.push_back(std::move(shopper));
  }
}

// The main one has no place, as in a new shop; of the others some are near, some beyond a border, and one says nothing.
bool World::open_warehouses(Process& process) {
  warehouses = {inventory::kMainWarehouse};
  stockroom.left = scenario.stock_acts;
  stockroom.luck = Luck(luck_.next());
  clerk.left = scenario.clerk_deals;
  clerk.luck = Luck(luck_.next());
  stockroom.letters = Luck(luck_.next());
  const int count = std::max(scenario.warehouses, scenario.stock_acts > 0 && !scenario.one_house ? 2 : 1);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPlaces = {
      {{"DE", "20095"}, {"US", "10001"}, {"", ""}}};
  while (static_cast<int>(warehouses.size()) < count) {
    const auto& [country, postal_code] = kPlaces[(warehouses.size() - 1) % kPlaces.size()];
    inventory::Warehouse made;
    made.id = process.ids().next<WarehouseId>(clock.now(), 0);
    made.name = made.code = "other-" + std::to_string(warehouses.size());
    made.country = country;
    made.postal_code = postal_code;
    made.processing_hours = 1 + luck_.below(48);
    made.daily_capacity = luck_.below(20);
    const auto added = process.store().write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      TRY_DO(process.shop().inventory.add_warehouse(tx, made));
      return {};
    });
    if (!added) problem("a warehouse cannot be opened: " + added.error().reason);
    if (!added) return false;
    warehouses.push_back(made.id);
  }
  stockroom.other = warehouses.back();
  return true;
}

// A fifth off, for so many purchases and no more.
bool World::print_coupon(Process& process) {
  if (scenario.coupon_uses == 0) return true;
  auto& promotions = process.shop().promotions;
  const auto beside = [](db::Tx&) { return Result<void>(); };
  promotions::Promotion wish;
  wish.name = wish.label = "A fifth";
  wish.type = "percentage";
  wish.parameters.text = "{\"basis_points\":2000}";
  wish.needs_coupon = true;
  wish.max_uses = scenario.coupon_uses;
  const auto made = promotions.create(wish, beside);
  const std::string codes[] = {kCoupon};
  auto done = made ? promotions.add_coupons(made->promotion.id, codes, 0, beside) : Result<void>(fail(made.error()));
  if (!done) problem("the coupon cannot be made: " + done.error().reason);
  if (made) promotion = made->promotion.id;
  return done.has_value();
}

bool World::set_claim_rules(Process& process) {
  for (const OfferId offer : offers) {
    if (scenario.claim_minutes == 0) break;
    const auto set = process.shop().cart_claims.set_rule(offer, scenario.claim_minutes, {});
    if (!set) problem("a rule cannot be set: " + set.error().reason);
    if (!set) return false;
  }
  return true;
}

bool World::issue_gift_card(Process& process) {
  if (scenario.gift_card_minor == 0) return true;
  credit::NewCard card;
  card.amount = Money::minor(scenario.gift_card_minor, Currency());
  auto made = process.shop().credits.issue(card, "founder", {});
  if (!made) problem("the gift card cannot be issued: " + made.error().reason);
  if (!made) return false;
  gift_card = made->account.id;
  gift_code = std::move(made->code);
  return true;
}

// The beginning of the first life, without faults: opens the shop and puts goods on its shelves.
bool World::found_shop() {
  auto process = Process::open(*this, luck_.next());
  if (!process) {
    problem("the shop cannot be founded: " + process.error().reason + ": " + process.error().detail);
    return false;
  }
  most_crashes_ = 1 + static_cast<int>(luck_.below(kMostCrashes));
  auto& shop = (*process)->shop();
  std::vector<catalog::Draft> drafts;
  for (int i = 0; i < scenario.offers; ++i) {
    catalog::Draft draft;
    draft.product.external_id = "thing-" + std::to_string(i);
    draft.product.title = "Thing " + std::to_string(i);
    catalog::Offer offer;
    offer.sku = "SKU-" + std::to_string(i);
    offer.seller = SellerId{1};
    offer.purchase_limit = scenario.purchase_limit;
    offer.backorder = scenario.backorder;
    offer.price = Money::minor(100 + luck_.below(5000), Currency());
    draft.product.offers.push_back(offer);
    drafts.push_back(std::move(draft));
  }
  auto saved = shop.catalog.save(drafts);
  if (!saved) {
    problem("the catalogue cannot be filled: " + saved.error().reason + ": " + saved.error().detail);
    return false;
  }
  if (scenario.price_acts > 0) {
    pricer.left = scenario.price_acts;
    pricer.luck = Luck(luck_.next());
  }
  if (!open_warehouses(**process) || !print_coupon(**process) || !issue_gift_card(**process)) return false;
  std::map<std::pair<OfferId, WarehouseId>, std::int64_t> strewn;
  for (const auto& one : *saved) {
    KONTOR_ASSERT(!one.refused && one.offers.size() == 1);
    offers.push_back(one.offers[0]);
    if (scenario.price_acts > 0) {
      const auto base = drafts[offers.size() - 1].product.offers[0].price.amount_minor();
      pricer.steps[one.offers[0]] = {{Time{}, Time{}, {base, {}}}};
    }
    for (int unit = 0; unit < scenario.units; ++unit)
      ++strewn[{one.offers[0], warehouses[static_cast<std::size_t>(luck_.below(scenario.warehouses))]}];
  }
  if (!set_claim_rules(**process)) return false;
  std::vector<inventory::StockSetting> counts;
  for (const auto& [place, units] : strewn) counts.push_back({place.first, place.second, units});
  auto counted = (*process)->store().write(db::Home::kStock, [&](db::Tx& tx) {
    return shop.inventory.set_on_hand_many(tx, counts, "founded", clock.now());
  });
  if (!counted) problem("the shelves cannot be filled: " + counted.error().reason);
  if (!counted) return false;
  if (scenario.suspicious_pct > 0 && !shop.risk.list_device(kListedDevice, "chargebacks")) return false;
  founded_ = std::move(*process);
  return true;
}

std::uint64_t World::draw_hiccup() {
  const int every = scenario.faults.disk_hiccup_every_calls;
  return every == 0 ? 0 : static_cast<std::uint64_t>(1 + luck_.below(2 * every));
}

// A disk that has failed fails until the process starts again, which it does soon.
void World::watch_disk() {
  if (disk_.counters().hiccups != disk_hiccups_) {
    disk_hiccups_ = disk_.counters().hiccups;
    trace.reached("disk: one call fails");
    say("one call of the disk fails");
    if (faulty_) disk_.fail_once(draw_hiccup());
  }
  if (doomed_ || disk_.counters().failed == disk_failures_) return;
  doomed_ = true;
  trace.reached("disk: fails while the process lives");
  say("the disk fails");
  const std::int64_t at = life_steps_ + 1 + luck_.below(kStepsOfDoomedDisk);
  if (crash_at_ == 0 || at < crash_at_) crash_at_ = at;
  end_ = End::kCrash;
}

void World::maybe_end_faults() {
  if (!faulty_ || doomed_ || (clock.true_ms() < faults_until_ms_ && !work_is_done())) return;
  faulty_ = false;
  crash_at_ = 0;
  disk_.revive();
  disk_.full_after(-1);
  gateway.end_faults();
  give_up_ms_ = clock.true_ms() + kSettleMs;
  say("faults end");
}

// Called before every step of a fiber; false ends this life there.
bool World::before_step() {
  ++steps_;
  ++life_steps_;
  trace.fold(static_cast<std::uint64_t>(clock.true_ms()));
  if (broken()) return false;
  if (steps_ > kMostSteps) problem("it never ends");
  watch_disk();
  maybe_end_faults();
  if (faulty_ && luck_.once_in(scenario.faults.clock_jumps_every_steps)) {
    clock.skew_ms += luck_.below(2 * kJumpMs) - kJumpMs / 2;
    trace.reached("clock: jumps");
    say("the clock jumps to " + std::to_string(clock.skew_ms));
  }
  if (!faulty_ && give_up_ms_ != 0 && clock.true_ms() > give_up_ms_) problem("it does not settle: " + open_);
  return !broken() && life_steps_ != crash_at_;
}

void World::die(runtime::Loop& loop) {
  if (end_ == End::kCrash) {
    ++crashes_;
    trace.reached("crash");
    say("crash");
    disk_.crash(luck_.next());
  } else {
    trace.reached("restart");
    say("restart");
  }
  loop.kill_all();
}

void World::live() {
  end_ = luck_.chance(15) ? End::kRestart : End::kCrash;
  life_steps_ = 0;
  crash_at_ = 0;
  doomed_ = false;
  disk_failures_ = disk_.counters().failed;
  const Faults& faults = scenario.faults;
  disk_.full_after(-1);
  if (faulty_ && crashes_ < most_crashes_) {
    if (luck_.chance(faults.disk_full_pct)) {
      trace.reached("disk: nearly full");
      disk_.full_after(disk_.counters().bytes + luck_.below(kRoomLeft));
    }
    disk_.fail_once(draw_hiccup());
    if (faults.crash_every_steps > 0) crash_at_ = 1 + luck_.below(2 * faults.crash_every_steps);
    if (faults.disk_fails_every_writes > 0)
      disk_.fail_at(static_cast<std::uint64_t>(1 + luck_.below(2 * faults.disk_fails_every_writes)));
  }
  runtime::Loop::Options options;
  options.virtual_time = true;
  options.choose = [this](std::size_t count) {
    trace.fold(count);
    return static_cast<std::size_t>(scheduler_.below(static_cast<std::int64_t>(count)));
  };
  options.before_step = [this] { return before_step(); };
  runtime::Loop loop(options);
  auto process = founded_ ? Result<std::unique_ptr<Process>>(std::move(founded_)) : Process::open(*this, luck_.next());
  if (process) {
    auto started = (*process)->start(loop);
    if (started) {
      clock.follow(&loop);
      loop.run();
      clock.leave();
    } else {
      process = tl::unexpected<Error>(started.error());
    }
  }
  if (!process) {
    trace.reached("start: refused by the disk");
    say("the shop does not start: " + process.error().reason);
    if (!faulty_) problem("the shop does not start: " + process.error().reason + ": " + process.error().detail);
    disk_.crash(luck_.next());
    ++crashes_;
    return;
  }
  die(loop);
}

// The last life, after one more crash: what was promised must be on the disk.
void World::verdict() {
  auto process = Process::open(*this, luck_.next());
  if (!process) return problem("the shop does not open for the verdict: " + process.error().reason);
  check_all(**process);
  orders_ = count_orders(**process);
  disk_.crash(0);  // nobody will read it any more
}

Outcome World::run() {
  const AssertionsThrow assertions_throw;
  began_ms_ = clock.true_ms();
  faults_until_ms_ = began_ms_ + (scenario.faults.silence_pct > 0 ? kFaultySilentMs : kFaultyMs);
  try {
    if (found_shop()) {
      draw_shoppers();
      while (!settled && !broken()) live();
      if (!broken()) verdict();
    }
  } catch (const AssertionFailed& failed) {
    problem(std::string("an assertion failed: ") + failed.what());
  }
  trace.fold(static_cast<std::uint64_t>(orders_));
  Outcome outcome;
  outcome.hash = trace.hash();
  outcome.scenario = scenario.name;
  outcome.problem = problem_;
  outcome.steps = steps_;
  outcome.virtual_ms = clock.true_ms() - began_ms_;
  outcome.crashes = crashes_;
  outcome.orders = orders_;
  outcome.comparisons = model.comparisons();
  outcome.coverage = trace.coverage();
  outcome.trace = std::move(trace.lines());
  return outcome;
}

Outcome run_seed(std::uint64_t seed, const Scenario& scenario, Planted planted, bool keep_trace) {
  return World(seed, scenario, planted, keep_trace).run();
}

}  // namespace kontor::sim
