// Everything outside the shop's process, which survives its crashes: the disk, the gateway, the mail box, the clock on
// the wall, what the shoppers remember. It lets the process live one life after another until the work is done and all
// has settled, and notes the first promise that was broken.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/blobs_memory/memory_blobs.h"
#include "adapters/codec_vips/vips_codec.h"
#include "base/id.h"
#include "ports/clock.h"
#include "runtime/fiber.h"
#include "shop/credit/credit.h"
#include "shop/inventory/inventory.h"
#include "shop/orders/order_document.h"
#include "shop/payments/payments.h"
#include "sim/computer.h"
#include "sim/intentions.h"
#include "sim/luck.h"
#include "sim/model.h"
#include "sim/outside.h"
#include "sim/pricer.h"
#include "sim/scenario.h"
#include "sim/sim_gateway.h"

namespace kontor::sim {

// The time since the beginning runs on through all lives; a skewed clock shows another one, and the skew may jump.
class SimClock : public Clock {
 public:
  Time now() const override { return Time{true_ms() + skew_ms}; }
  std::int64_t true_ms() const { return base_ms_ + (loop_ == nullptr ? 0 : loop_->now_ms()); }
  void follow(const runtime::Loop* loop) { loop_ = loop; }
  void leave() {
    base_ms_ = true_ms();
    loop_ = nullptr;
  }
  std::int64_t skew_ms = 0;

 private:
  std::int64_t base_ms_ = 1'767'600'000'000;
  const runtime::Loop* loop_ = nullptr;
};
// The same time without the skew, for those outside the process.
class TrueClock : public Clock {
 public:
  explicit TrueClock(const SimClock& clock) : clock_(clock) {}
  Time now() const override { return Time{clock_.true_ms()}; }

 private:
  const SimClock& clock_;
};

struct ShopperMemory {
  int number = 0;
  CustomerId customer;
  std::vector<Intention> intentions;
  Luck luck{0};
};

// What the warehouses' staff mean to do, and remember to have done.
struct StockAct {
  std::string reference;
  OfferId offer;
  std::int64_t quantity = 0;
  enum class Kind { kCarry, kDeliver, kSpread, kTamper, kCount } kind = Kind::kCarry;
  WarehouseId from, to;
};
struct StockroomMemory {
  WarehouseId other;
  int left = 0;
  int number = 0;
  std::optional<StockAct> act;  // begun, and not answered yet
  std::map<OfferId, std::int64_t> delivered;
  Luck luck{0};
  Luck letters{0};
};

// A reservation that the clerk makes by hand, and how far it is.
enum class ClerkEnd { kRelease, kExpire, kSell };
struct ClerkDeal {
  CheckoutId key;
  std::vector<inventory::Demand> lines;
  std::vector<inventory::Allotment> got;
  ClerkEnd end = ClerkEnd::kRelease;
  int step = 0;
};
struct ClerkMemory {
  int left = 0;
  std::optional<ClerkDeal> deal;  // begun, and not answered yet
  Luck luck{0};
};

class Process;

class World {
 public:
  World(std::uint64_t seed, const Scenario& scenario, Planted planted, bool keep_trace);
  ~World();
  Outcome run();

  // Notes the first broken promise and ends the history.
  void problem(const std::string& words);
  bool broken() const { return !problem_.empty(); }
  void say(const std::string& words) { trace.say(clock.true_ms(), words); }
  bool faulty() const { return faulty_; }
  std::string work_left() const;  // what is left of it; "" when all is done
  bool work_is_done() const;
  void note_open(std::string words) { open_ = std::move(words); }
  Computer& computer() { return *computer_; }
  // Whether the next life opens its files as a new program does, without the connections of an earlier one.
  bool opens_cold();

  const Scenario scenario;
  const Planted planted;
  Trace trace;
  SimClock clock;
  TrueClock true_clock;
  SimGateway gateway;
  MailBox mails;
  blobs_memory::MemoryBlobs blobs;
  codec_vips::VipsCodec codec;
  NoWeb web;
  std::vector<OfferId> offers;
  std::vector<WarehouseId> warehouses;
  PromotionId promotion;  // behind the coupon, where there is one
  credit::CreditId gift_card;
  std::string gift_code;  // of the card that is passed around, where there is one
  std::vector<ShopperMemory> shoppers;
  StockroomMemory stockroom;
  ClerkMemory clerk;
  PricerMemory pricer;
  Model model;
  bool settled = false;

 private:
  enum class End { kCrash, kRestart };
  std::pair<const Intention*, bool> intention_left() const;
  void draw_shoppers();
  bool found_shop();
  bool open_warehouses(Process& process);
  bool print_coupon(Process& process);
  bool set_claim_rules(Process& process);
  bool issue_gift_card(Process& process);
  void live();
  void die(runtime::Loop& loop);
  bool before_step();
  void maybe_end_faults();
  void verdict();
  void watch_disk();
  std::uint64_t draw_hiccup();

  std::unique_ptr<Computer> computer_;
  db_sqlite::FaultDisk& disk_;
  Luck luck_;
  Luck scheduler_;
  bool faulty_ = true;
  std::string problem_;
  std::string open_;  // what was last seen to be open
  std::int64_t steps_ = 0;
  std::int64_t life_steps_ = 0;
  std::int64_t crash_at_ = 0;  // in steps of this life; 0: not planned
  std::int64_t faults_until_ms_ = 0;
  std::int64_t give_up_ms_ = 0;
  std::uint64_t disk_failures_ = 0;
  std::uint64_t disk_hiccups_ = 0;
  bool doomed_ = false;  // the disk has failed in this life
  End end_ = End::kCrash;
  int crashes_ = 0;
  int most_crashes_ = 0;
  std::unique_ptr<Process> founded_;  // goes over into the first life
  int orders_ = 0;
  std::int64_t began_ms_ = 0;
};

}  // namespace kontor::sim
