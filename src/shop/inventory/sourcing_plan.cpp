#include "shop/inventory/sourcing_plan.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/assert.h"

namespace kontor::inventory {
namespace {

constexpr int kMostSets = 512;             // looked at before it goes greedy
constexpr std::size_t kMostTogether = 32;  // warehouses whose sets are looked at: the best scored

// The question with its warehouses in the order of their scores.
struct Board {
  std::span<const std::int64_t> need;
  std::vector<std::int64_t> stock;  // by thing, then by warehouse
  std::size_t width = 0;

  std::int64_t at(std::size_t thing, std::size_t warehouse) const { return stock[thing * width + warehouse]; }
  bool alone(std::size_t warehouse) const {
    for (std::size_t thing = 0; thing < need.size(); ++thing)
      if (at(thing, warehouse) < need[thing]) return false;
    return true;
  }
  bool enough(std::uint64_t set) const {
    for (std::size_t thing = 0; thing < need.size(); ++thing) {
      std::int64_t sum = 0;
      for (std::uint64_t rest = set; rest != 0; rest &= rest - 1)
        sum += at(thing, static_cast<std::size_t>(std::countr_zero(rest)));
      if (sum < need[thing]) return false;
    }
    return true;
  }
};

std::uint64_t next_of_same_size(std::uint64_t set) {
  const std::uint64_t low = set & -set, ripple = set + low;
  return ripple | (((set ^ ripple) >> 2) / low);
}

std::vector<std::size_t> members(std::uint64_t set) {
  std::vector<std::size_t> out;
  for (; set != 0; set &= set - 1) out.push_back(static_cast<std::size_t>(std::countr_zero(set)));
  return out;
}

// The best of the smallest sets of two and more; nothing when none was found within the work allowed.
std::vector<std::size_t> smallest_set(const Board& board, std::span<const double> scores) {
  const std::size_t width = std::min(board.width, kMostTogether);
  int left = kMostSets;
  for (std::size_t size = 2; size <= width; ++size) {
    std::uint64_t best = 0;
    double best_score = 0;
    const std::uint64_t end = std::uint64_t{1} << width;
    for (std::uint64_t set = (std::uint64_t{1} << size) - 1; set < end && left > 0; set = next_of_same_size(set)) {
      --left;
      if (!board.enough(set)) continue;
      double sum = 0;
      for (std::uint64_t rest = set; rest != 0; rest &= rest - 1)
        sum += scores[static_cast<std::size_t>(std::countr_zero(rest))];
      if (best == 0 || sum > best_score) {
        best = set;
        best_score = sum;
      }
    }
    if (best != 0) return members(best);
    if (left == 0) break;
  }
  return {};
}

// Always the one that brings most of what is still missing; in the end those that turned out to be needless go again.
std::vector<std::size_t> greedy_set(const Board& board) {
  std::vector<std::int64_t> missing(board.need.begin(), board.need.end());
  std::vector<std::size_t> chosen;
  for (;;) {
    std::int64_t most = 0;
    std::size_t best = 0;
    for (std::size_t warehouse = 0; warehouse < board.width; ++warehouse) {
      if (std::find(chosen.begin(), chosen.end(), warehouse) != chosen.end()) continue;
      std::int64_t brings = 0;
      for (std::size_t thing = 0; thing < missing.size(); ++thing)
        brings += std::min(missing[thing], board.at(thing, warehouse));
      if (brings > most) {
        most = brings;
        best = warehouse;
      }
    }
    if (most == 0) break;
    chosen.push_back(best);
    for (std::size_t thing = 0; thing < missing.size(); ++thing)
      missing[thing] -= std::min(missing[thing], board.at(thing, best));
  }
  std::sort(chosen.begin(), chosen.end());
  for (std::size_t i = chosen.size(); i-- > 0;) {
    const auto without = [&](std::size_t thing) {
      std::int64_t sum = 0;
      for (const std::size_t warehouse : chosen)
        if (warehouse != chosen[i]) sum += board.at(thing, warehouse);
      return sum;
    };
    bool needless = true;
    for (std::size_t thing = 0; thing < board.need.size() && needless; ++thing)
      needless = without(thing) >= board.need[thing];
    if (needless) chosen.erase(chosen.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return chosen;
}

// What the rows of a warehouse have above zero.
std::int64_t above_zero(const Supply& supply, WarehouseId warehouse) {
  std::int64_t sum = 0;
  for (const SlotRow& row : supply.rows)
    if (row.place.warehouse == warehouse) sum += std::max<std::int64_t>(row.sellable(), 0);
  return sum;
}

bool has_row(const Supply& supply, WarehouseId warehouse) {
  return std::any_of(supply.rows.begin(), supply.rows.end(),
                     [&](const SlotRow& row) { return row.place.warehouse == warehouse; });
}

// What is asked of the stock. Of what is sold out and may be owed, one imagined unit lies wherever there is a row.
struct Question {
  std::vector<std::int64_t> need;
  std::vector<std::int64_t> stock;
};
Question question_of(const std::vector<Supply>& supplies, std::span<const Source> sources) {
  Question out;
  out.need.reserve(supplies.size());
  out.stock.reserve(supplies.size() * sources.size());
  for (const Supply& supply : supplies) {
    std::int64_t sum = 0;
    for (const Source& source : sources) {
      out.stock.push_back(above_zero(supply, source.id));
      sum += out.stock.back();
    }
    out.need.push_back(std::min(supply.demand.quantity, std::max<std::int64_t>(sum, 1)));
    if (sum > 0) continue;
    for (std::size_t i = 0; i < sources.size(); ++i)
      out.stock[out.stock.size() - sources.size() + i] = has_row(supply, sources[i].id) ? 1 : 0;
  }
  return out;
}

std::vector<double> scores_of(const Question& question, std::span<const Source> sources, Preference preference) {
  std::vector<ScoreTerms> terms;
  terms.reserve(sources.size());
  // A distance that only some have would be held against those who said where they are. Who has nothing has no say.
  bool measured = true;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    std::int64_t stock = 0;
    for (std::size_t thing = 0; thing < question.need.size(); ++thing)
      stock += question.stock[thing * sources.size() + i];
    terms.push_back({sources[i].way, sources[i].load_percent, stock});
    measured = measured && (stock == 0 || sources[i].way.distance_km);
  }
  std::vector<double> out;
  out.reserve(sources.size());
  for (ScoreTerms& one : terms) {
    if (!measured) one.way.distance_km.reset();
    out.push_back(score(one, preference));
  }
  return out;
}

bool has_slots(const Supply& supply, WarehouseId warehouse) {
  return std::count_if(supply.rows.begin(), supply.rows.end(),
                       [&](const SlotRow& row) { return row.place.warehouse == warehouse; }) > 1;
}

// When what is owed there should come in; the first slot knows.
std::optional<Time> awaited_at(const Supply& supply, WarehouseId warehouse) {
  for (const SlotRow& row : supply.rows)
    if (row.place.warehouse == warehouse && row.incoming > 0 && row.incoming_at) return row.incoming_at;
  return std::nullopt;
}

// The first slot there that has them all; null when none has.
const SlotRow* slot_with(const Supply& supply, WarehouseId warehouse, std::int64_t quantity) {
  for (const SlotRow& row : supply.rows)
    if (row.place.warehouse == warehouse && row.sellable() >= quantity) return &row;
  return nullptr;
}

// One line's units from the chosen warehouses, the best first; one that has them all is preferred to two.
void take_from(const Supply& supply, std::span<const WarehouseId> chosen, std::vector<Take>& takes) {
  std::int64_t left = supply.demand.quantity;
  const auto all = std::find_if(chosen.begin(), chosen.end(),
                                [&](WarehouseId warehouse) { return above_zero(supply, warehouse) >= left; });
  const auto from = all == chosen.end() ? chosen : chosen.subspan(static_cast<std::size_t>(all - chosen.begin()), 1);
  struct Part {
    const SlotRow* row;
    std::int64_t quantity;
  };
  std::vector<Part> parts;
  for (const WarehouseId warehouse : from) {
    if (const SlotRow* whole = slot_with(supply, warehouse, left); whole != nullptr && left > 0) {
      parts.push_back({whole, left});
      left = 0;
      break;
    }
    for (const SlotRow& row : supply.rows) {
      if (row.place.warehouse != warehouse) continue;
      const std::int64_t part = std::clamp<std::int64_t>(row.sellable(), 0, left);
      if (part > 0 || parts.empty()) parts.push_back({&row, part});
      left -= part;
    }
  }
  KONTOR_ASSERT(!parts.empty());
  std::int64_t room = 0;
  if (left > 0) {
    parts.front().quantity += left;
    room = std::max<std::int64_t>(parts.front().quantity - parts.front().row->sellable(), 0);
  }
  for (const Part& part : parts) {
    if (part.quantity == 0) continue;
    auto& take = takes.emplace_back(Take{part.row->place, part.quantity});
    take.one_of_many = has_slots(supply, part.row->place.warehouse);
    if (&part != &parts.front() || room == 0) continue;
    take.room = room;
    take.there = awaited_at(supply, part.row->place.warehouse);
  }
}

}  // namespace

std::int64_t Supply::available() const {
  std::int64_t sum = demand.backorder;
  for (const SlotRow& row : rows) sum += row.sellable();
  return rows.empty() ? 0 : std::max<std::int64_t>(sum, 0);
}

std::vector<Shortage> shortages(const std::vector<Supply>& supplies) {
  std::vector<Shortage> out;
  for (const Supply& supply : supplies)
    if (supply.available() < supply.demand.quantity)
      out.push_back({supply.demand.offer, supply.demand.quantity, supply.available()});
  return out;
}

std::vector<std::size_t> fewest_sources(std::span<const std::int64_t> need, std::span<const std::int64_t> stock,
                                        std::span<const double> scores) {
  KONTOR_ASSERT(!scores.empty() && stock.size() == need.size() * scores.size());
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  Board board{need, {}, scores.size()};
  board.stock.reserve(stock.size());
  std::vector<double> sorted;
  for (std::size_t thing = 0; thing < need.size(); ++thing)
    for (const std::size_t warehouse : order) board.stock.push_back(stock[thing * scores.size() + warehouse]);
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    if (board.alone(rank)) return {order[rank]};
  for (const std::size_t warehouse : order) sorted.push_back(scores[warehouse]);
  auto chosen = smallest_set(board, sorted);
  if (chosen.empty()) chosen = greedy_set(board);
  for (std::size_t& warehouse : chosen) warehouse = order[warehouse];
  return chosen;
}

std::vector<Take> plan(const std::vector<Supply>& supplies, std::span<const Source> sources, Preference preference) {
  const Question question = question_of(supplies, sources);
  const auto chosen = fewest_sources(question.need, question.stock, scores_of(question, sources, preference));
  std::vector<WarehouseId> from;
  for (const std::size_t index : chosen) from.push_back(sources[index].id);
  std::vector<Take> takes;
  for (const Supply& supply : supplies) take_from(supply, from, takes);
  std::sort(takes.begin(), takes.end(), [](const Take& a, const Take& b) { return a.place < b.place; });
  return takes;
}

}  // namespace kontor::inventory
