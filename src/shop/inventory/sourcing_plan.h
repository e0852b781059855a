// From which stock rows a request takes its units: the fewest warehouses that have everything together, among those the
// best by score, and within them the better scored first. Exact for up to nine warehouses, for up to thirty-two while
// two are enough, for any number while one is; beyond that greedy, so that the work stays bounded.
#pragma once
#include <span>
#include <vector>

#include "shop/inventory/inventory.h"
#include "shop/inventory/inventory_store.h"

namespace kontor::inventory {

// So many units from one stock row; `room` as in Taking.
struct Take {
  Place place;
  std::int64_t quantity = 0;
  std::int64_t room = 0;
  CustomerId customer = {};        // who it counts for, where the offer has a purchase limit
  bool one_of_many = false;        // the offer has other slots in the warehouse
  std::optional<Time> there = {};  // as in Allotment
};

// What can be had of an offer by one request, over all of its rows.
struct Supply {
  Demand demand;
  std::vector<SlotRow> rows;  // of active warehouses, in key order, slots in the order in which to try them
  std::int64_t available() const;
};
std::vector<Shortage> shortages(const std::vector<Supply>& supplies);

// A warehouse that sells, and the way from it.
struct Source {
  WarehouseId id;
  Way way;
  std::int64_t load_percent = 0;
};

// Takes in key order that add up to the demands. What is sold beyond the stock is owed by the best of the chosen
// warehouses. Each supply has a row.
std::vector<Take> plan(const std::vector<Supply>& supplies, std::span<const Source> sources, Preference preference);

// The core, for its tests: need[i] units of thing i, stock[i * scores.size() + w] of it in warehouse w. The chosen
// warehouses, the best first. What is needed is there.
std::vector<std::size_t> fewest_sources(std::span<const std::int64_t> need, std::span<const std::int64_t> stock,
                                        std::span<const double> scores);

}  // namespace kontor::inventory
