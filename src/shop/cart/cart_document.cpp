#include "shop/cart/cart_document.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"

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

void take_out(std::vector<Line>& lines, const std::vector<Line>& bought) {
  for (const Line& gone : bought)
    for (Line& line : lines)
      if (line.id == gone.id) line.quantity -= gone.quantity;
  std::erase_if(lines, [](const Line& line) { return line.quantity <= 0; });
}

}  // namespace kontor::cart
