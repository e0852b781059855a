#include "shop/search/plain_tokens.h"

#include "base/text_fold.h"

namespace kontor::search {
namespace {

constexpr std::uint32_t kBroken = 0xFFFFFFFF;

bool between(std::uint32_t value, std::uint32_t low, std::uint32_t high) { return value >= low && value <= high; }
bool is_digit(std::uint32_t value) { return between(value, '0', '9'); }

bool is_blank(std::uint32_t value) {
  return value <= 0x20 || value == 0x7F || value == 0x85 || value == 0xA0 || value == 0x1680 ||
         between(value, 0x2000, 0x200A) || value == 0x2028 || value == 0x2029 || value == 0x202F || value == 0x205F ||
         value == 0x3000;
}

// Marks of direction and form: not seen, and as if they were not there.
bool is_unseen(std::uint32_t value) {
  return value == 0xAD || between(value, 0x200B, 0x200F) || between(value, 0x202A, 0x202E) ||
         between(value, 0x2060, 0x206F) || value == 0xFEFF || between(value, 0xFE00, 0xFE0F);
}

bool is_letter(std::uint32_t value) {
  if (value < 0x80) return between(value | 0x20, 'a', 'z');
  const bool sign = (between(value, 0x80, 0xBF) && value != 0xAA && value != 0xB5 && value != 0xBA) || value == 0xD7 ||
                    value == 0xF7 || value == 0xE3F || between(value, 0x2000, 0x2BFF) ||
                    between(value, 0x3000, 0x303F) || between(value, 0xE000, 0xF8FF) || value == 0xFDFC ||
                    between(value, 0xFE00, 0xFE6F) || between(value, 0xFF00, 0xFF20) ||
                    between(value, 0xFFE0, 0xFFFF) || value >= 0x1F000;
  return !sign;
}

bool is_apostrophe(std::uint32_t value) { return value == '\'' || value == 0x2019; }
bool is_quote(std::uint32_t value) {
  return value == '"' || between(value, 0x201C, 0x201F) || value == 0xAB || value == 0xBB;
}

}  // namespace

Tokens::Point Tokens::decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[at + i]); };
  const auto tail = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const std::uint32_t a = byte(0);
  if (a < 0x80) return {a, 1};
  if (a >= 0xC2 && a < 0xE0 && tail(1)) return {(a & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (a >= 0xE0 && a < 0xF0 && tail(1) && tail(2)) {
    const std::uint32_t value = (a & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    if (value >= 0x800 && !between(value, 0xD800, 0xDFFF)) return {value, 3};
  }
  if (a >= 0xF0 && a < 0xF5 && tail(1) && tail(2) && tail(3)) {
    const std::uint32_t value = (a & 7) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    if (between(value, 0x10000, 0x10FFFF)) return {value, 4};
  }
  return {kBroken, 1};
}

Tokens::Tokens(std::string_view text) {
  tokens_.reserve(text.size() / 4 + 8);
  folded_.reserve(text.size() + text.size() / 4 + 16);
  for (std::size_t at = 0; at < text.size();) {
    const Point point = decode(text, at);
    if (is_blank(point.value)) {
      blank_ = true;
      at += point.size;
    } else if (is_unseen(point.value)) {
      at += point.size;
    } else if (is_digit(point.value)) {
      at = number(text, at);
    } else if (point.value != kBroken && is_letter(point.value)) {
      at = word(text, at);
    } else {
      const std::size_t after = at + point.size;
      sign(text, at, point, blank_ && after < text.size() && !is_blank(decode(text, after).value));
      at = after;
    }
  }
}

std::size_t Tokens::word(std::string_view text, std::size_t begin) {
  const std::size_t folded_from = folded_.size();
  std::size_t at = begin, end = begin;
  while (at < text.size()) {
    const Point point = decode(text, at);
    if (is_apostrophe(point.value) && at + point.size < text.size() && end == at) {
      const Point next = decode(text, at + point.size);
      if (next.value == kBroken || !is_letter(next.value)) break;
      folded_ += '\'';
    } else if (point.value < 0x80) {
      if (!is_letter(point.value)) break;
      folded_ += static_cast<char>(point.value | 0x20);
      end = at + 1;
    } else if (!is_unseen(point.value)) {
      if (point.value == kBroken || is_blank(point.value) || !is_letter(point.value)) break;
      const auto form = folded_form(point.value);
      folded_ += form ? *form : text.substr(at, point.size);
      end = at + point.size;
    }
    at += point.size;
  }
  add(TokenKind::kWord, begin, end, folded_from);
  return end;
}

std::size_t Tokens::number(std::string_view text, std::size_t begin) {
  const std::size_t folded_from = folded_.size();
  std::size_t at = begin;
  while (at < text.size()) {
    if (is_digit(static_cast<unsigned char>(text[at]))) {
      folded_ += text[at++];
      continue;
    }
    const Point point = decode(text, at);
    const std::size_t next = at + point.size;
    const bool mark = point.value == '.' || point.value == ',' || is_apostrophe(point.value);
    if (!mark || next >= text.size() || !is_digit(static_cast<unsigned char>(text[next]))) break;
    folded_ += is_apostrophe(point.value) ? '\'' : text[at];
    at = next;
  }
  add(TokenKind::kNumber, begin, at, folded_from);
  return at;
}

void Tokens::sign(std::string_view text, std::size_t at, Point point, bool opens) {
  const std::size_t folded_from = folded_.size();
  folded_ += text.substr(at, point.size);
  add(TokenKind::kSign, at, at + point.size, folded_from);
  if (!is_quote(point.value)) return;
  tokens_.back().closing_quote = quoted_ && !opens;
  quoted_ = opens;
}

void Tokens::add(TokenKind kind, std::size_t begin, std::size_t end, std::size_t folded_from) {
  Token token;
  token.begin = static_cast<std::uint32_t>(begin);
  token.end = static_cast<std::uint32_t>(end);
  token.folded_from = static_cast<std::uint32_t>(folded_from);
  token.folded_to = static_cast<std::uint32_t>(folded_.size());
  token.kind = kind;
  token.glued = !blank_;
  tokens_.push_back(token);
  folded_ += ' ';
  blank_ = false;
}

}  // namespace kontor::search
