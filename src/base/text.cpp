#include "base/text.h"

#include <algorithm>
#include <cstring>

#include "base/text_fold.h"

namespace kontor {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080ull;
constexpr std::size_t kSlugBytes = 80;

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// How many bytes the well-formed sequence at `p` has; 0 when there is none within `left` bytes (RFC 3629, table 3-7 of
// Unicode).
std::size_t sequence(const unsigned char* p, std::size_t left) {
  const unsigned char a = p[0];
  if (a < 0x80) return 1;
  if (a < 0xC2) return 0;
  if (a < 0xE0) return left >= 2 && is_continuation(p[1]) ? 2 : 0;
  if (a < 0xF0) {
    if (left < 3 || !is_continuation(p[1]) || !is_continuation(p[2])) return 0;
    if (a == 0xE0 && p[1] < 0xA0) return 0;
    if (a == 0xED && p[1] > 0x9F) return 0;
    return 3;
  }
  if (a > 0xF4 || left < 4 || !is_continuation(p[1]) || !is_continuation(p[2]) || !is_continuation(p[3])) return 0;
  if (a == 0xF0 && p[1] < 0x90) return 0;
  if (a == 0xF4 && p[1] > 0x8F) return 0;
  return 4;
}

std::uint32_t decode(const unsigned char* p, std::size_t size) {
  switch (size) {
    case 2:
      return (p[0] & 0x1Fu) << 6 | (p[1] & 0x3Fu);
    case 3:
      return (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
    case 4:
      return (p[0] & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
    default:
      return p[0];
  }
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool is_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    while (left >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, p, 8);
      if ((word & kHighBits) != 0) break;
      p += 8;
      left -= 8;
    }
    if (left == 0) break;
    const std::size_t size = sequence(p, left);
    if (size == 0) return false;
    p += size;
    left -= size;
  }
  return true;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += !is_continuation(static_cast<unsigned char>(c));
  return count;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

bool iequals_ascii(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::string_view clip(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_continuation(static_cast<unsigned char>(text[bytes]))) --bytes;
  return text.substr(0, bytes);
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t at = 0; at < text.size();) {
    if (p[at] < 0x80) {
      out += lower(text[at++]);
      continue;
    }
    const std::size_t size = sequence(p + at, text.size() - at);
    if (size == 0) {  // not UTF-8: kept, so that folding never loses bytes
      out += text[at++];
      continue;
    }
    const auto folded = folded_form(decode(p + at, size));
    if (folded)
      out += *folded;
    else
      out.append(text.substr(at, size));
    at += size;
  }
  return out;
}

std::string slugify(std::string_view text) {
  std::string out;
  bool gap = false;
  for (const char c : fold(text)) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
      gap = !out.empty();
      continue;
    }
    if (out.size() + (gap ? 2 : 1) > kSlugBytes) break;
    if (gap) out += '-';
    gap = false;
    out += c;
  }
  return out;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const auto byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '+' && plus_is_blank) {
      out += ' ';
    } else if (c == '%') {
      if (at + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[at + 1]);
      const int low = hex_digit(text[at + 2]);
      if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      at += 2;
    } else if (c == '\0') {
      return std::nullopt;
    } else {
      out += c;
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

std::string html_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

}  // namespace kontor
