#include "shop/cart/cart_document.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "runtime/json.h"

namespace kontor::cart {
namespace {

void append(std::string& out, std::int64_t number, char after) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out.append(buffer, end);
  out.push_back(after);
}

class Cursor {
 public:
  explicit Cursor(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}
  bool next_is(char wanted) const { return at_ != end_ && *at_ == wanted; }
  void take(char wanted) {
    KONTOR_ASSERT(next_is(wanted));
    ++at_;
  }
  std::int64_t number(char after) {
    std::int64_t value = 0;
    const auto [end, wrong] = std::from_chars(at_, end_, value);
    KONTOR_ASSERT(wrong == std::errc());
    at_ = end;
    take(after);
    return value;
  }
  bool done() const { return at_ == end_; }

 private:
  const char* at_;
  const char* end_;
};

struct LineExtra {
  CartItemId item_id;
  std::optional<std::string> note;
  std::optional<bool> gift_wrap;
  std::optional<std::string> gift_message;
  std::optional<Currency> currency;
  std::optional<bool> told_removed;

  static constexpr auto fields() {
    using E = LineExtra;
    return described(Field("item_id", &E::item_id, "The line"), Field("note", &E::note, "The buyer's words"),
                     Field("gift_wrap", &E::gift_wrap, "Whether it is wrapped"),
                     Field("gift_message", &E::gift_message, "Words for who receives it"),
                     Field("currency", &E::currency, "Of the price, where it is not the cart's"),
                     Field("told_removed", &E::told_removed, "Whether its customer heard that it is gone"));
  }
};

struct Extras {
  std::vector<Message> messages;
  std::vector<LineExtra> lines;
  std::optional<Currency> chosen;

  static constexpr auto fields() {
    return described(Field("messages", &Extras::messages, "Of the last change", Default{}),
                     Field("lines", &Extras::lines, "What few lines have", Default{}),
                     Field("chosen", &Extras::chosen, "The currency that was chosen"));
  }
};

void note_extra(const std::vector<Line>& lines, Extras& out) {
  for (const Line& line : lines) {
    LineExtra extra{line.id, {}, {}, {}, line.currency, {}};
    if (!line.note.empty()) extra.note = line.note;
    if (line.gift_wrap) extra.gift_wrap = true;
    if (!line.gift_message.empty()) extra.gift_message = line.gift_message;
    if (line.told_removed) extra.told_removed = true;
    if (extra.note || extra.gift_wrap || extra.gift_message || extra.currency || extra.told_removed)
      out.lines.push_back(std::move(extra));
  }
}

}  // namespace

std::string print_lines(const std::vector<Line>& lines) {
  std::string out;
  out.reserve(2 + lines.size() * 88);
  out.push_back('[');
  for (const Line& line : lines) {
    if (out.size() > 1) out.push_back(',');
    out.push_back('[');
    append(out, line.id.value, ',');
    append(out, line.offer.value, ',');
    append(out, line.product.value, ',');
    append(out, line.quantity, ',');
    append(out, line.price_minor, ',');
    append(out, line.added.ms, ']');
  }
  out.push_back(']');
  return out;
}

std::vector<Line> read_lines(std::string_view text) {
  std::vector<Line> out;
  Cursor cursor(text);
  cursor.take('[');
  while (!cursor.next_is(']')) {
    if (!out.empty()) cursor.take(',');
    cursor.take('[');
    Line& line = out.emplace_back();
    line.id.value = cursor.number(',');
    line.offer.value = cursor.number(',');
    line.product.value = cursor.number(',');
    line.quantity = cursor.number(',');
    line.price_minor = cursor.number(',');
    line.added.ms = cursor.number(']');
    KONTOR_ASSERT(line.id && line.offer && line.quantity > 0);
  }
  cursor.take(']');
  KONTOR_ASSERT(cursor.done());
  return out;
}

std::optional<std::string> print_extras(const Cart& cart) {
  Extras extras;
  extras.messages = cart.messages;
  extras.chosen = cart.chosen;
  note_extra(cart.lines, extras);
  note_extra(cart.saved, extras);
  if (extras.messages.empty() && extras.lines.empty() && !extras.chosen) return std::nullopt;
  return json::print(extras);
}

void read_extras(std::string_view text, Cart& cart) {
  auto extras = json::read<Extras>(text);
  KONTOR_ASSERT(extras.has_value());
  cart.messages = std::move(extras->messages);
  cart.chosen = extras->chosen;
  for (LineExtra& extra : extras->lines)
    for (auto* const lines : {&cart.lines, &cart.saved})
      for (Line& line : *lines) {
        if (line.id != extra.item_id) continue;
        line.note = extra.note.value_or("");
        line.gift_wrap = extra.gift_wrap.value_or(false);
        line.gift_message = extra.gift_message.value_or("");
        line.currency = extra.currency;
        line.told_removed = extra.told_removed.value_or(false);
      }
}

void Line::take_words(const Line& other) {
  if (note.empty()) note = other.note;
  if (gift_message.empty()) gift_message = other.gift_message;
  gift_wrap = gift_wrap || other.gift_wrap;
}

void Cart::turn_to(Currency other) {
  KONTOR_ASSERT(lines.empty());
  if (other == currency) return;
  for (Line& line : saved) {
    const Currency of_line = line.currency.value_or(currency);
    line.currency = of_line == other ? std::nullopt : std::optional(of_line);
  }
  currency = other;
}

void take_out(std::vector<Line>& lines, const std::vector<Line>& bought) {
  for (const Line& gone : bought)
    for (Line& line : lines)
      if (line.id == gone.id) line.quantity -= gone.quantity;
  std::erase_if(lines, [](const Line& line) { return line.quantity <= 0; });
}

}  // namespace kontor::cart
