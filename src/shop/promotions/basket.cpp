#include "shop/promotions/basket.h"

#include <algorithm>
#include <numeric>

#include "base/assert.h"

namespace kontor::promotions {

Basket::Basket(std::span<const Line> lines, Currency currency, const Exchange* exchange)
    : currency_(currency), exchange_(exchange), places_(lines.size()) {
  std::iota(places_.begin(), places_.end(), std::size_t{0});
  std::stable_sort(places_.begin(), places_.end(),
                   [&](std::size_t a, std::size_t b) { return lines[a].offer < lines[b].offer; });
  lines_.reserve(lines.size());
  for (const std::size_t at : places_) {
    KONTOR_ASSERT(lines[at].quantity > 0 && lines[at].unit_minor >= 0);
    lines_.push_back({lines[at], lines[at].unit_minor * lines[at].quantity, 0, false, false});
  }
}

std::vector<std::size_t> Basket::dearest_first() const {
  std::vector<std::size_t> order(lines_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return lines_[a].line.unit_minor > lines_[b].line.unit_minor;
  });
  return order;
}

std::int64_t Basket::subtotal() const {
  std::int64_t sum = 0;
  for (const BasketLine& one : lines_)
    if (one.counts) sum += one.line.unit_minor * one.line.quantity;
  return sum;
}

std::int64_t Basket::left() const {
  std::int64_t sum = 0;
  for (const BasketLine& one : lines_)
    if (one.counts) sum += one.left_minor;
  return sum;
}

std::int64_t Basket::quantity() const {
  std::int64_t sum = 0;
  for (const BasketLine& one : lines_)
    if (one.counts) sum += one.line.quantity;
  return sum;
}

std::int64_t Basket::take(BasketLine& line, std::int64_t minor) {
  KONTOR_ASSERT(minor >= 0 && (line.counts || line.gift));
  const std::int64_t taken = std::min(minor, line.left_minor);
  line.left_minor -= taken;
  line.taken_minor += taken;
  return taken;
}

std::int64_t Basket::spread(std::int64_t minor) {
  KONTOR_ASSERT(minor >= 0);
  const std::int64_t all = left();
  const std::int64_t wanted = std::min(minor, all);
  if (wanted == 0) return 0;
  std::vector<std::int64_t> weights(lines_.size(), 0);
  for (std::size_t i = 0; i < lines_.size(); ++i)
    if (lines_[i].counts) weights[i] = lines_[i].left_minor;
  const auto parts = Money::minor(wanted, currency_).split(weights);
  for (std::size_t i = 0; i < lines_.size(); ++i)
    if (lines_[i].counts) take(lines_[i], parts[i].amount_minor());
  return wanted;
}

std::int64_t Basket::share(const BasketLine& line, std::int64_t units) {
  KONTOR_ASSERT(units >= 0 && units <= line.line.quantity);
  return static_cast<std::int64_t>(static_cast<__int128>(line.left_minor) * units / line.line.quantity);
}

std::int64_t Basket::portion(std::int64_t minor, std::int64_t basis_points) const {
  return Money::minor(minor, currency_).portion(BasisPoints{basis_points}).amount_minor();
}

std::int64_t Basket::amount_in(std::span<const Money> amounts) const {
  const auto found = kontor::amount_in(amounts, currency_, exchange_);
  return found ? found->amount_minor() : 0;
}

void Basket::begin_promotion() {
  for (BasketLine& line : lines_) {
    line.counts = line.gift = false;
    line.taken_minor = 0;
  }
}

void Basket::undo_promotion() {
  for (BasketLine& line : lines_) {
    line.left_minor += line.taken_minor;
    line.taken_minor = 0;
  }
}

std::int64_t Basket::taken() const {
  std::int64_t sum = 0;
  for (const BasketLine& line : lines_) sum += line.taken_minor;
  return sum;
}

}  // namespace kontor::promotions
