// Text without locale: UTF-8 checks, folding for comparison, slugs, hex, percent-encoding.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kontor {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_utf8(std::string_view text);                   // well-formed, no surrogates, no overlong forms
std::size_t count_code_points(std::string_view text);  // of well-formed UTF-8
std::string ascii_lower(std::string_view text);
bool iequals_ascii(std::string_view a, std::string_view b);
// The first `bytes` bytes at most, without cutting a code point in two.
std::string_view clip(std::string_view text, std::size_t bytes);
std::string_view trim(std::string_view text);  // blanks and tabs at both ends
// Lower case without accents, for comparing and searching: Latin, Greek and Cyrillic letters are folded, the rest is
// kept.
std::string fold(std::string_view text);
// Words of folded ASCII letters and digits joined by '-', at most 80 bytes: "Xerox 006R90321" → "xerox-006r90321"; may
// be empty.
std::string slugify(std::string_view text);
std::string to_hex(std::span<const std::uint8_t> bytes);
std::string percent_encode(std::string_view text);  // everything but unreserved characters
// nullopt for a broken escape, an encoded NUL, or bytes that are not UTF-8; '+' is a blank when `plus_is_blank`.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank);
std::string html_escape(std::string_view text);  // & < > " '
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace kontor
