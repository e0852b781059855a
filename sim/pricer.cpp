#include "sim/pricer.h"

#include <algorithm>
#include <array>
#include <set>

#include "sim/process.h"

namespace kontor::sim {
namespace {

constexpr std::int64_t kLeast = 60, kMost = 5000;  // one of two cards pays 50

class Pricer {
 public:
  explicit Pricer(Process& process) : process_(process), world_(process.world()), memory_(world_.pricer) {}

  void go() {
    while (memory_.left > 0 && !world_.broken()) {
      if (memory_.act) {  // begun in this life or an earlier one, without an answer
        resolve();
        continue;
      }
      runtime::sleep_for(1 + memory_.luck.below(250));
      draw();
      if (const auto done = perform(); !done) {
        const Error& error = done.error();
        world_.trace.reached("pricer: " + error.reason);
        if (error.code == Errc::kUnavailable || error.code == Errc::kFull || error.code == Errc::kTimeout)
          runtime::sleep_for(1 + memory_.luck.below(500));
        else if (error.code == Errc::kInternal)
          world_.problem("a change of prices ended in " + error.reason + ": " + error.detail);
      }
      resolve();
    }
  }

 private:
  catalog::Sales& sales() { return process_.shop().sales; }
  Time now() const { return world_.clock.now(); }
  PriceState& last(OfferId offer) { return memory_.steps[offer].back().state; }

  void draw();
  Result<void> perform();
  Result<void> set_base(const PriceAct& act);
  Result<void> bring_rates(const PriceAct& act);
  void resolve();
  Result<bool> happened(const PriceAct& act, PriceState& state);

  Process& process_;
  World& world_;
  PricerMemory& memory_;
};

void Pricer::draw() {
  Luck& luck = memory_.luck;
  PriceAct act;
  act.begun = now();
  act.label = "act-" + std::to_string(++memory_.number);
  act.offer = world_.offers[static_cast<std::size_t>(luck.below(static_cast<std::int64_t>(world_.offers.size())))];
  const PriceState& state = last(act.offer);
  const std::int64_t kind = luck.below(12);
  act.minor = kLeast + luck.below(kMost);
  if (kind >= 10) {
    act.kind = PriceAct::Kind::kRates;
    act.minor = 500'000'000 + luck.below(1'500'000'000);
  } else if (kind < 3) {
    act.kind = PriceAct::Kind::kBase;
  } else if (kind < 8 || state.sales.empty()) {
    act.kind = PriceAct::Kind::kSale;
    act.minor = kLeast + luck.below(std::max<std::int64_t>(1, state.base - kLeast));
    if (luck.chance(70)) act.from = now().plus_ms(luck.below(3000));
    act.to = act.from.value_or(now()).plus_ms(1 + luck.below(luck.chance(50) ? 300 : 6000));
  } else {
    act.kind = PriceAct::Kind::kCancel;
    auto at = state.sales.begin();
    std::advance(at, luck.below(static_cast<std::int64_t>(state.sales.size())));
    act.sale = at->first;
  }
  memory_.act = act;
}

Result<void> Pricer::perform() {
  const PriceAct& act = *memory_.act;
  switch (act.kind) {
    case PriceAct::Kind::kBase:
      return set_base(act);
    case PriceAct::Kind::kSale: {
      const catalog::Sales::Wish wish{act.offer, Money::minor(act.minor, Currency())};
      TRY_DO(sales().plan(std::span(&wish, 1), {act.from, act.to, act.label}));
      return {};
    }
    case PriceAct::Kind::kCancel:
      TRY_DO(sales().cancel(act.sale));
      return {};
    case PriceAct::Kind::kRates:
      return bring_rates(act);
  }
  return {};
}

// As staff do it: by the product as it is.
Result<void> Pricer::set_base(const PriceAct& act) {
  auto& catalog = process_.shop().catalog;
  TRY(auto offers, catalog.offers(std::span(&act.offer, 1)));
  TRY(auto products, catalog.products(std::span(&offers.at(0).product, 1)));
  catalog::Draft draft;
  draft.if_version = products.at(0).version;
  draft.product = std::move(products[0]);
  offers[0].price = Money::minor(act.minor, Currency());
  draft.product.offers = std::move(offers);
  TRY_DO(catalog.save(std::span(&draft, 1)));
  return {};
}

Result<void> Pricer::bring_rates(const PriceAct& act) {
  return process_.shop().currency_rates.put({Currency(), act.begun, {{other_currency(), act.minor}}}, {});
}

// Whether the rows say that it happened; they are asked until they answer.
Result<bool> Pricer::happened(const PriceAct& act, PriceState& state) {
  if (act.kind == PriceAct::Kind::kBase) {
    TRY(const auto offers, process_.shop().catalog.offers(std::span(&act.offer, 1)));
    const bool changed = offers.at(0).price.amount_minor() == act.minor && state.base != act.minor;
    state.base = offers.at(0).price.amount_minor();
    return changed;
  }
  if (act.kind == PriceAct::Kind::kRates) {
    TRY_DO(process_.shop().currency_rates.reload());
    const auto table = process_.shop().currency_rates.table();
    return table && table->as_of == act.begun && table->rates.at(0).nano == act.minor;
  }
  TRY(const auto rows, sales().list({act.offer, {}, {}, 1000}));
  for (const auto& row : rows) {
    if (act.kind == PriceAct::Kind::kSale && row.label == act.label) {
      state.sales[row.id] = {row.starts, row.ends, row.price.amount_minor()};
      return true;
    }
    if (act.kind == PriceAct::Kind::kCancel && row.id == act.sale && row.cancelled) {
      state.sales.erase(row.id);
      return true;
    }
  }
  return false;
}

void Pricer::resolve() {
  const PriceAct& act = *memory_.act;
  PriceState state = last(act.offer);
  const auto done = happened(act, state);
  if (!done) {
    runtime::sleep_for(1 + memory_.luck.below(200));
    return;
  }
  constexpr std::array<std::string_view, 4> kWords = {"base price", "sale", "sale cancelled", "rates"};
  world_.trace.reached("pricer: " + std::string(kWords[static_cast<std::size_t>(act.kind)]) +
                       (*done ? "" : ", not done"));
  if (*done && act.kind == PriceAct::Kind::kRates) memory_.rates.push_back({act.begun, now(), act.minor});
  if (*done && act.kind != PriceAct::Kind::kRates)
    memory_.steps[act.offer].push_back({act.begun, now(), std::move(state)});
  memory_.act.reset();
  --memory_.left;
}

// ---- judging ------------------------------------------------------------------------------------------------------

// By the promise, not by the code that keeps it.
std::int64_t costs(const PriceState& state, Time at) {
  std::int64_t lowest = state.base;
  for (const auto& [id, sale] : state.sales)
    if (at.ms >= sale.from.ms && at.ms < sale.to.ms && sale.minor < lowest) lowest = sale.minor;
  return lowest;
}

// What the offer may have cost at that moment.
std::set<std::int64_t> prices_at(const std::vector<PriceStep>& steps, Time at) {
  std::set<std::int64_t> prices;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].earliest > at) break;
    if (i + 1 < steps.size() && steps[i + 1].latest < at) continue;
    prices.insert(costs(steps[i].state, at));
  }
  return prices;
}

// The moments at which anything may have begun to be otherwise, within the purchase.
std::set<Time> moments(const PricerMemory& memory, Time from, Time to) {
  std::set<Time> out = {from, to};
  const auto add = [&](Time at) {
    if (from <= at && at <= to) out.insert(at);
  };
  for (const auto& [offer, steps] : memory.steps)
    for (const PriceStep& step : steps) {
      add(step.earliest);
      add(step.latest.plus_ms(1));
      for (const auto& [id, span] : step.state.sales) {
        add(span.from);
        add(span.to);
      }
    }
  return out;
}

// The rates are none that nobody brought, or that others had taken the place of before the purchase began.
bool had_rate(const PricerMemory& memory, std::int64_t nano, Time from, Time to) {
  for (std::size_t i = 0; i < memory.rates.size(); ++i)
    if (memory.rates[i].nano == nano && memory.rates[i].earliest <= to &&
        (i + 1 == memory.rates.size() || memory.rates[i + 1].latest >= from))
      return true;
  return false;
}

// What the order says it was converted by; nullopt: it was not.
std::optional<std::int64_t> rate_of(const orders::Order& order) {
  const auto& rates = order.document.totals.rates;
  return rates ? parse_rate(rates->rates.at(0).rate) : std::nullopt;
}

// Both currencies have two digits after the point; rounded half away from zero, as the docs say.
std::int64_t converted(std::int64_t minor, std::optional<std::int64_t> nano) {
  constexpr std::int64_t kNano = 1'000'000'000;
  return nano ? static_cast<std::int64_t>((static_cast<__int128>(minor) * *nano + kNano / 2) / kNano) : minor;
}

bool costs_so_at(const PricerMemory& memory, const orders::Order& order, Time at) {
  const auto rate = rate_of(order);
  return std::all_of(order.document.lines.begin(), order.document.lines.end(), [&](const orders::OrderLine& line) {
    const auto prices = prices_at(memory.steps.at(line.offer_id), at);
    return std::any_of(prices.begin(), prices.end(),
                       [&](std::int64_t minor) { return converted(minor, rate) == line.unit_price.amount_minor(); });
  });
}

// By the attempt that was under way when the order's checkout began.
const BuyingBegun* attempt_of(const World& world, const orders::Order& order) {
  constexpr std::int64_t kIdEpochMs = 1'577'836'800'000;  // ids tell their time since 2020
  const Time begun{(order.checkout.value >> 22) + kIdEpochMs};
  const BuyingBegun* found = nullptr;
  for (const ShopperMemory& shopper : world.shoppers)
    for (const Intention& intention : shopper.intentions)
      if (intention.email() == order.email)
        for (const BuyingBegun& attempt : intention.begun)
          if (found == nullptr || attempt.at <= begun) found = &attempt;
  return found;
}

void check_order(World& world, const orders::Order& order) {
  const BuyingBegun* attempt = attempt_of(world, order);
  if (attempt == nullptr) return world.problem("nobody began to buy " + order.id.text());
  const Money total = order.document.totals.total;
  if (attempt->expected && *attempt->expected != total)
    return world.problem(order.id.text() + " was charged " + total.text() + " where " + attempt->expected->text() +
                         " was agreed");
  if (total.currency() != attempt->currency.value_or(Currency()))
    return world.problem(order.id.text() + " was charged in " + std::string(total.currency().code()));
  const auto rate = rate_of(order);
  if (rate.has_value() != attempt->currency.has_value())
    return world.problem(order.id.text() + " does not say by which rates it was charged");
  if (rate) world.trace.reached(attempt->quote ? "price: in euros, as quoted" : "price: in euros");
  if (attempt->quote) return world.trace.reached("price: as quoted");
  if (rate && !had_rate(world.pricer, *rate, attempt->at, order.created))
    return world.problem(order.id.text() + " was charged by a rate that no moment of its purchase had");
  for (const Time at : moments(world.pricer, attempt->at, order.created))
    if (costs_so_at(world.pricer, order, at)) return world.trace.reached("price: of a moment");
  std::string words;
  for (const auto& line : order.document.lines) words += " " + line.offer_id.text() + " at " + line.unit_price.text();
  world.problem(order.id.text() + ", bought from " + to_rfc3339(attempt->at) + " to " + to_rfc3339(order.created) +
                ", has prices that no moment had:" + words);
}

// Rows, pages and history say the same as the notebook.
void check_offer(Process& process, OfferId offer, const PriceState& state) {
  World& world = process.world();
  auto& shop = process.shop();
  const auto rows = shop.catalog.offers(std::span(&offer, 1));
  const auto facts = shop.catalog.sale_facts(std::span(&offer, 1));
  const auto history = shop.sales.history(offer, {}, 10'000);
  if (!rows || !facts || !history) return world.problem("the prices cannot be read");
  const std::int64_t due = costs(state, world.clock.now());
  const std::int64_t shown = rows->at(0).now().amount_minor(), charged = facts->at(0).price.amount_minor();
  if (rows->at(0).price.amount_minor() != state.base || shown != due || charged != due)
    world.problem(offer.text() + " costs " + std::to_string(due) + " by the notebook, " + std::to_string(shown) +
                  " on pages and " + std::to_string(charged) + " in a purchase");
  for (std::size_t i = 0; i < history->size(); ++i) {
    const auto& one = history->at(i);
    const std::int64_t after = i == 0 ? shown : history->at(i - 1).previous.amount_minor();
    if (one.price.amount_minor() != after)
      world.problem("the history of " + offer.text() + " has a gap: " + one.price.text() + ", then " +
                    std::to_string(after));
  }
}

}  // namespace

Currency other_currency() { return *Currency::parse("EUR"); }

void change_prices(Process& process) { Pricer(process).go(); }

void check_prices(Process& process, const std::vector<orders::Order>& all) {
  World& world = process.world();
  if (world.pricer.steps.empty()) return;
  for (const orders::Order& order : all) check_order(world, order);
  for (int i = 0; i < 100; ++i) {
    const auto turned = process.shop().sales.turn();
    if (!turned) return world.problem("sales are not turned: " + turned.error().reason);
    if (turned->offers == 0) break;
  }
  for (const auto& [offer, steps] : world.pricer.steps) check_offer(process, offer, steps.back().state);
}

}  // namespace kontor::sim
