// A simulation is data: who shops, what goes wrong, how often. The scenarios are a table in scenarios.cpp.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace.h"

namespace kontor::sim {

// Chances in percent of each call, or once every so many scheduler steps (0: never).
struct Faults {
  int lost_answer_pct = 0;   // the gateway charged, and the answer was lost
  int lost_request_pct = 0;  // it never arrived
  int late_effect_pct = 0;   // it arrives and takes effect after the caller gave up
  int refused_pct = 0;       // certainly not done: the gateway is down
  int decline_pct = 0;
  int step_up_pct = 0;              // the buyer must confirm at the bank
  int silence_pct = 0;              // with this charge it falls silent for minutes, for everybody
  int webhook_pct = 0;              // a webhook comes, once or twice, before or after the answer
  int lost_reply_pct = 0;           // the shop's own answer is lost: the shopper asks again
  int crash_every_steps = 0;        // the process dies between two steps, on average this often
  int disk_fails_every_writes = 0;  // a write or sync fails, and all after it until the process starts again
  int disk_hiccup_every_calls = 0;  // one read, write or sync fails, and those after it do not
  int disk_full_pct = 0;            // of the lives: little room is left on the disk
  int clock_jumps_every_steps = 0;
};

struct Scenario {
  std::string_view name;
  int shoppers = 3;
  int purchases = 2;  // each shopper's intentions
  int offers = 3;
  int units = 4;       // in stock of each
  int warehouses = 1;  // over which the units lie strewn
  int most_per_line = 2;
  int stock_acts = 0;          // goods carried between two warehouses, or delivered, while shoppers buy
  int clerk_deals = 0;         // units set aside by hand meanwhile, and what becomes of them
  bool one_house = false;      // the acts are of one warehouse: nothing is carried
  bool spreads = false;        // some of the acts spread an offer's units over slots, or merge them
  bool tampers = false;        // some change a stock row by hand, which is found and repaired
  bool oversells = false;      // some count less than is there: orders go without, and their buyers decide
  int backorder = 0;           // of every offer: so many may be sold beyond the stock, and come in at the end
  int purchase_limit = 0;      // of every offer, per customer
  int cancel_pct = 0;          // of the placed orders
  int part_cancel_pct = 0;     // of the placed orders: units of single lines, one after the other
  int ship_pct = 0;            // of the placed orders, by a warehouse that works beside
  int double_click_pct = 0;    // the same cart is checked out twice at once, under two keys or one
  int split_pct = 0;           // of the purchases: paid by two cards
  int saved_card_pct = 0;      // of the purchases by one card: with one that is kept first, and forgotten after
  int suspicious_pct = 0;      // of the purchases: staff look at them first
  int coupon_uses = 0;         // of a coupon that most shoppers try to use; 0: there is none
  int claim_minutes = 0;       // that units stay set aside in a cart, of every offer; 0: they do not
  int gift_card_minor = 0;     // on a card that shoppers pass around; 0: there is none
  int gift_card_pct = 0;       // of the purchases: paid by it as far as it goes, or by it alone
  int sign_in_pct = 0;         // of the purchases: a guest's cart is filled on two devices at once, and merged by both
  int price_acts = 0;          // base prices, sales and cancelled ones, while shoppers buy
  bool capture_later = false;  // cards are charged when the first parcel leaves
  Faults faults;
};

// Mistakes put in on purpose; the simulator must find each.
struct Planted {
  bool drop_stock_guard = false;
  bool lines_not_summed = false;
  bool release_twice = false;
  bool confirm_after_expiry = false;
  bool charge_before_reserve = false;
  bool answer_apart = false;
  bool timeout_means_no = false;
  bool repeated_webhooks = false;
  bool refund_over_capture = false;
  bool event_outside = false;
  bool cancel_what_is_packed = false;
  bool lose_ledger_leg = false;
  bool keep_what_is_held = false;
  bool cart_copy_not_dropped = false;
};
// All of them, with the words of the ledger of runs.
struct PlantedBug {
  std::string_view name;
  bool Planted::*flag;
};
std::span<const PlantedBug> planted_bugs();

std::span<const Scenario> scenarios();
// The scenario of that name; null when there is none. Without a name each seed has its own.
const Scenario* find_scenario(std::string_view name);
const Scenario& scenario_of(std::uint64_t seed);

struct Outcome {
  std::uint64_t hash = 0;
  std::string_view scenario;
  std::string problem;  // the first broken promise, with what is needed to see it; empty: all was kept
  std::int64_t steps = 0;
  std::int64_t virtual_ms = 0;
  int crashes = 0;
  int orders = 0;
  std::int64_t comparisons = 0;  // of the rows with the reference model
  Coverage coverage;
  std::vector<std::string> trace;  // when asked for

  bool ok() const { return problem.empty(); }
};

// One seed, one history. Deterministic: the same arguments give the same outcome.
Outcome run_seed(std::uint64_t seed, const Scenario& scenario, Planted planted = {}, bool keep_trace = false);

}  // namespace kontor::sim
