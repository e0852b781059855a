// A cart as it lies in its row: lines and saved lines as compact JSON, a list of integers each
// ([item, offer, product, quantity, price in minor units when added, milliseconds when added]), so that the hottest
// write of the shop parses and prints almost nothing.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/time.h"

namespace kontor::cart {

struct Line {
  CartItemId id;
  OfferId offer;
  ProductId product;
  std::int64_t quantity = 0;
  std::int64_t price_minor = 0;  // of one, in the cart's currency, when it was added
  Time added;
  bool operator==(const Line&) const = default;
};

struct Cart {
  CustomerId customer;
  bool stored = false;  // whether there is a row
  std::int64_t version = 0;
  Currency currency;
  std::vector<Line> lines;
  std::vector<Line> saved;
  std::vector<std::string> coupons;
  CheckoutId claimed_by;
  std::int64_t claimed_version = 0;
  std::optional<std::vector<Line>> claimed_lines;  // what the claim bought, once the lines have changed since
  CheckoutId bought_by;
  std::int64_t bought_version = 0;
  Time created;
  Time updated;
  Time expires;
};

std::string print_lines(const std::vector<Line>& lines);
// Asserts what print_lines() made.
std::vector<Line> read_lines(std::string_view text);

// Takes the bought units out of the lines: what was added, or raised, meanwhile stays.
void take_out(std::vector<Line>& lines, const std::vector<Line>& bought);

}  // namespace kontor::cart
