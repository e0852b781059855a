#include "sim/clerk.h"

#include <array>

namespace kontor::sim {
namespace {

constexpr int kSteps = 7;

class Clerk {
 public:
  explicit Clerk(Process& process) : process_(process), world_(process.world()), memory_(world_.clerk) {}

  void go() {
    while (memory_.left > 0 && !world_.broken()) {
      runtime::sleep_for(1 + memory_.luck.below(250));
      if (!memory_.deal) draw();
      if (!step() && !world_.broken()) continue;  // no clear answer: the same again
      if (memory_.deal->step < kSteps) continue;
      memory_.deal.reset();
      --memory_.left;
    }
  }

 private:
  void draw();
  bool step();
  bool reserve(bool again);
  bool end();
  bool wrong_end();
  bool take_back();
  // True when the answer is clear; `may` says which refusal is right, and without it none is.
  bool judge(const Result<void>& done, std::string_view what, std::optional<Errc> may);
  Result<void> write(const db::Function& function) { return process_.store().write(db::Home::kStock, function); }
  Time now() const { return world_.clock.now(); }
  inventory::Inventory& stock() { return process_.shop().inventory; }

  Process& process_;
  World& world_;
  ClerkMemory& memory_;
};

// Lines of one offer come twice on purpose.
void Clerk::draw() {
  ClerkDeal deal;
  Luck& luck = memory_.luck;
  deal.key = process_.ids().next<CheckoutId>(now(), 0);
  for (std::int64_t lines = 1 + luck.below(3); lines > 0; --lines) {
    inventory::Demand demand;
    demand.offer = world_.offers[static_cast<std::size_t>(luck.below(static_cast<std::int64_t>(world_.offers.size())))];
    demand.quantity = 1;
    deal.lines.push_back(demand);
  }
  constexpr std::array kEnds = {ClerkEnd::kRelease, ClerkEnd::kExpire, ClerkEnd::kSell};
  deal.end = kEnds[static_cast<std::size_t>(luck.below(3))];
  memory_.deal = std::move(deal);
}

bool Clerk::judge(const Result<void>& done, std::string_view what, std::optional<Errc> may) {
  const std::string words = "clerk: " + std::string(what) + (done ? " done" : ": " + done.error().reason);
  if (!done && (done.error().code == Errc::kUnavailable || done.error().code == Errc::kFull)) return false;
  world_.trace.reached(words);
  const bool right = may ? !done && done.error().code == *may : done.has_value();
  if (!right) world_.problem(words + ", of " + memory_.deal->key.text() + (done ? "" : ": " + done.error().detail));
  return true;
}

bool Clerk::step() {
  ClerkDeal& deal = *memory_.deal;
  bool clear = false;
  switch (deal.step) {
    case 0:
    case 1:
      clear = reserve(deal.step == 1);
      break;
    case 2:
    case 3:
      clear = end();
      break;
    case 4:
      clear = wrong_end();
      break;
    default:
      clear = deal.end != ClerkEnd::kSell || take_back();
  }
  if (clear) ++deal.step;
  return clear;
}

bool Clerk::reserve(bool again) {
  ClerkDeal& deal = *memory_.deal;
  std::vector<inventory::Allotment> got;
  inventory::ReserveRequest request;
  request.key = deal.key;
  request.lines = deal.lines;
  const auto done = write([&](db::Tx& tx) -> Result<void> {
    TRY(got, stock().reserve(tx, request, now()));
    return {};
  });
  if (!done && done.error().code == Errc::kOutOfStock && !again) {
    world_.trace.reached("clerk: nothing left");
    deal.step = kSteps;
    return false;
  }
  if (!judge(done, again ? "reserve again" : "reserve", std::nullopt)) return false;
  std::map<OfferId, std::int64_t> wanted;
  for (const auto& line : deal.lines) wanted[line.offer] += line.quantity;
  for (const auto& one : got) wanted[one.offer] -= one.quantity;
  for (const auto& [offer, missing] : wanted)
    if (missing != 0) world_.problem("clerk: got " + std::to_string(-missing) + " more than wanted of " + offer.text());
  deal.got = std::move(got);
  return true;
}

bool Clerk::end() {
  ClerkDeal& deal = *memory_.deal;
  switch (deal.end) {
    case ClerkEnd::kRelease:
      return judge(write([&](db::Tx& tx) { return stock().release(tx, deal.key, now()); }), "release", std::nullopt);
    case ClerkEnd::kExpire:
      return judge(write([&](db::Tx& tx) { return stock().expire(tx, deal.key, now()); }), "expire", std::nullopt);
    case ClerkEnd::kSell:
      break;
  }
  return judge(write([&](db::Tx& tx) { return stock().confirm(tx, deal.key); }), "confirm", std::nullopt);
}

bool Clerk::wrong_end() {
  ClerkDeal& deal = *memory_.deal;
  if (deal.end == ClerkEnd::kSell)
    return judge(write([&](db::Tx& tx) { return stock().release(tx, deal.key, now()); }), "release what is sold",
                 Errc::kConflict);
  return judge(write([&](db::Tx& tx) { return stock().confirm(tx, deal.key); }), "confirm what was let go",
               Errc::kConflict);
}

bool Clerk::take_back() {
  ClerkDeal& deal = *memory_.deal;
  return judge(
      write([&](db::Tx& tx) { return stock().deallocate(tx, deal.key, deal.got, "clerk:" + deal.key.text(), now()); }),
      "take back", std::nullopt);
}

}  // namespace

void deal_by_hand(Process& process) { Clerk(process).go(); }

}  // namespace kontor::sim
