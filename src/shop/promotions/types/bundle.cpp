// Several things together for one price, as often as they are all there. The saving is spread over the units that are
// in bundles; where they cost less than the bundle, nothing happens.
#include <algorithm>
#include <limits>

#include "shop/promotions/types/types.h"

namespace kontor::promotions {
namespace {

struct Item {
  std::optional<ProductId> product_id;
  std::optional<OfferId> offer_id;
  std::int64_t quantity = 1;

  static constexpr auto fields() {
    return described(Field("product_id", &Item::product_id, "Any offer of this product"),
                     Field("offer_id", &Item::offer_id, "Or exactly this offer"),
                     Field("quantity", &Item::quantity, "How many in one bundle", Range{1, 1000}, Default{}));
  }
  bool is(const Line& line) const {
    return (product_id && line.product == *product_id) || (offer_id && line.offer == *offer_id);
  }
};

struct Bundle {
  std::vector<Item> items;
  std::vector<Money> prices;

  static constexpr auto fields() {
    return described(Field("items", &Bundle::items, "What is in one bundle", Length{1, 20}),
                     Field("prices", &Bundle::prices, "What one bundle costs, one per currency", Length{1, 40}));
  }
  void check(Wrong& wrong) const {
    check_amounts(prices, "/prices", wrong);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string at = "/items/" + std::to_string(i);
      if (items[i].product_id.has_value() == items[i].offer_id.has_value())
        wrong.push_back({at + "/product_id", "ambiguous", "Give either product_id or offer_id."});
      for (std::size_t j = 0; j < i; ++j)
        if (items[i].product_id == items[j].product_id && items[i].offer_id == items[j].offer_id)
          wrong.push_back({at, "duplicate", "Name a thing once, with its quantity."});
    }
  }

  // By line: how many of its units are in `times` bundles; empty when there are not enough. A unit is in one place.
  std::vector<std::int64_t> filled(const Basket& basket, std::span<const std::size_t> order, std::int64_t times) const {
    const auto lines = basket.lines();
    std::vector<std::int64_t> used(lines.size(), 0);
    for (const bool exact : {true, false})  // what names an offer has nothing else to choose from
      for (const Item& item : items) {
        if (item.offer_id.has_value() != exact) continue;
        std::int64_t wanted = item.quantity * times;
        for (const std::size_t i : order) {
          if (!lines[i].counts || !item.is(lines[i].line)) continue;
          const std::int64_t units = std::min(wanted, lines[i].line.quantity - used[i]);
          used[i] += units;
          wanted -= units;
        }
        if (wanted > 0) return {};
      }
    return used;
  }

  std::int64_t most(const Basket& basket) const {
    std::int64_t times = std::numeric_limits<std::int64_t>::max();
    for (const Item& item : items) {
      std::int64_t units = 0;
      for (const BasketLine& line : basket.lines())
        if (line.counts && item.is(line.line)) units += line.line.quantity;
      times = std::min(times, units / item.quantity);
    }
    return times;
  }

  void apply(Basket& basket) const {
    const std::int64_t price = basket.amount_in(prices);
    if (price == 0) return;
    const auto order = basket.dearest_first();  // so that a bundle saves the most it can
    std::int64_t times = most(basket);
    if (filled(basket, order, times).empty()) {  // things that overlap: fewer bundles than each alone would fill
      std::int64_t fits = 0;
      for (std::int64_t beyond = times; fits + 1 < beyond;) {
        const std::int64_t middle = fits + (beyond - fits) / 2;
        (filled(basket, order, middle).empty() ? beyond : fits) = middle;
      }
      times = fits;
    }
    if (times == 0) return;
    const auto used = filled(basket, order, times);
    std::vector<std::int64_t> worth(used.size(), 0);
    std::int64_t all = 0;
    for (std::size_t i = 0; i < used.size(); ++i)
      if (used[i] > 0) all += worth[i] = Basket::share(basket.lines()[i], used[i]);
    const __int128 saved = all - static_cast<__int128>(price) * times;
    if (saved <= 0) return;
    const auto parts = Money::minor(static_cast<std::int64_t>(saved), basket.currency()).split(worth);
    for (std::size_t i = 0; i < used.size(); ++i)
      if (used[i] > 0) basket.take(basket.lines()[i], parts[i].amount_minor());
  }
};

}  // namespace

Result<std::shared_ptr<const Rule>> read_bundle(const json::Raw& parameters) { return read_rule<Bundle>(parameters); }

}  // namespace kontor::promotions
