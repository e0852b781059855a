// What a promotion's type works on: the lines of a purchase, what is left of their price, and which of them count for
// the promotion at hand. Lines lie in the order of their offers, so that nothing depends on how a cart was filled;
// what is taken off never exceeds what is left.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/exchange.h"
#include "base/id.h"
#include "base/money.h"
#include "shop/catalog/catalog.h"

namespace kontor::promotions {

struct Line {
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;
  std::int64_t unit_minor = 0;            // before discounts
  const catalog::Goods* goods = nullptr;  // not owned; null: nothing is known of them
};

struct BasketLine {
  Line line;
  std::int64_t left_minor = 0;   // of the whole line, after what was taken off so far
  std::int64_t taken_minor = 0;  // by the promotion at hand
  bool counts = false;           // for the promotion at hand
  bool gift = false;             // what the promotion at hand gives away
};

class Basket {
 public:
  // `exchange` converts what is given in other currencies; not owned, may be null.
  Basket(std::span<const Line> lines, Currency currency, const Exchange* exchange = nullptr);

  Currency currency() const { return currency_; }
  std::span<BasketLine> lines() { return lines_; }
  std::span<const BasketLine> lines() const { return lines_; }
  // The lines from the dearest unit to the cheapest, as places in lines().
  std::vector<std::size_t> dearest_first() const;
  // Where the line stands in what the Basket was made of.
  std::size_t place(std::size_t at) const { return places_[at]; }

  // Of the lines that count.
  std::int64_t subtotal() const;  // before discounts
  std::int64_t left() const;
  std::int64_t quantity() const;

  // Takes `minor`, at most what is left of it, off one line; what was taken.
  std::int64_t take(BasketLine& line, std::int64_t minor);
  // Takes `minor`, at most what is left, off all lines that count, in proportion to what is left of each; what was
  // taken.
  std::int64_t spread(std::int64_t minor);
  // The share of a line's price that so many of its units have.
  static std::int64_t share(const BasketLine& line, std::int64_t units);
  // `basis_points` of an amount, rounded half away from zero.
  std::int64_t portion(std::int64_t minor, std::int64_t basis_points) const;
  // The amount in the basket's currency, else what one in another comes to; 0 when none is given that can be converted.
  std::int64_t amount_in(std::span<const Money> amounts) const;

  void begin_promotion();  // nothing counts, nothing is taken
  std::int64_t taken() const;
  void undo_promotion();  // what it has taken is there again

 private:
  Currency currency_;
  const Exchange* exchange_;
  std::vector<BasketLine> lines_;
  std::vector<std::size_t> places_;
};

}  // namespace kontor::promotions
