// A cart as it lies in its row: lines and saved lines as compact JSON, a list of integers each
// ([item, offer, product, quantity, price in minor units when added, milliseconds when added]), so that the hottest
// write of the shop parses and prints almost nothing. What few carts have (messages, notes, gifts) is a document of its
// own beside them, absent in most.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
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
  // What few lines have, kept apart (print_extras):
  std::string note = {};
  bool gift_wrap = false;
  std::string gift_message = {};
  std::optional<Currency> currency = {};  // of the price, where it is not the cart's: only of what is kept for later
  bool told_removed = false;              // its customer has heard that it is no longer sold
  bool operator==(const Line&) const = default;

  // What is said of another line of the same offer, where this one says nothing yet.
  void take_words(const Line& other);
};

// What the shopper hears of the last change, until the next or until it is dismissed.
enum class Notice { kOverLimit, kNoRoom, kOtherCurrency };
constexpr auto enum_names(Notice) {
  using N = EnumName<Notice>;
  return std::array{N{Notice::kOverLimit, "saved_over_limit"}, N{Notice::kNoRoom, "saved_no_room"},
                    N{Notice::kOtherCurrency, "saved_other_currency"}};
}
struct Message {
  Notice code = Notice::kOverLimit;
  CartItemId item_id;
  std::int64_t quantity = 0;
  bool operator==(const Message&) const = default;

  static constexpr auto fields() {
    return described(Field("code", &Message::code, "What happened"),
                     Field("item_id", &Message::item_id, "To which line"),
                     Field("quantity", &Message::quantity, "To how many of it"));
  }
};

// How far the reminders of a silence have gone.
enum class Reminded : std::int64_t { kNot = 0, kOfSilence = 1, kOfEnd = 2 };

struct Cart {
  CustomerId customer;
  bool stored = false;  // whether there is a row
  std::int64_t version = 0;
  Currency currency;               // of the goods
  std::optional<Currency> chosen;  // what they are shown and sold in, where somebody chose one
  std::vector<Line> lines;
  std::vector<Line> saved;
  std::vector<std::string> coupons;
  std::vector<Message> messages;
  bool guest = true;
  CheckoutId claimed_by;
  std::int64_t claimed_version = 0;
  std::optional<std::vector<Line>> claimed_lines;  // what the claim bought, once the lines have changed since
  CheckoutId bought_by;
  std::int64_t bought_version = 0;
  Time created;
  Time updated;
  Time expires;

  // Its time is over, whether the sweep has come by or not. What a checkout has claimed stays.
  bool is_over(Time now) const { return expires <= now && !claimed_by; }
  bool holds_nothing() const { return lines.empty() && saved.empty() && coupons.empty(); }
  // For a cart without lines: what is kept for later stays in the currency it was added in.
  void turn_to(Currency other);
};

std::string print_lines(const std::vector<Line>& lines);
// Asserts what print_lines() made.
std::vector<Line> read_lines(std::string_view text);

// Messages, and what lines have beside figures; nothing when there is none of it.
std::optional<std::string> print_extras(const Cart& cart);
// Into a cart whose lines are read; what belongs to lines that are gone is left out.
void read_extras(std::string_view text, Cart& cart);

// Takes the bought units out of the lines: what was added, or raised, meanwhile stays.
void take_out(std::vector<Line>& lines, const std::vector<Line>& bought);

}  // namespace kontor::cart
