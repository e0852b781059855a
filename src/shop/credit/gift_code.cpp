#include "shop/credit/gift_code.h"

#include <array>
#include <cstdint>

#include "base/assert.h"
#include "base/card_number.h"
#include "base/text.h"
#include "services/signer.h"

namespace kontor::credit {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kDrawn = 14, kLength = 16, kGroup = 4;
// The greatest prime that two characters can hold, and a number whose powers below kDrawn are all different.
constexpr int kPrime = 1021, kBase = 10;
constexpr std::string_view kPurpose = "gift card ";

int value_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

int check_of(std::string_view drawn) {
  int sum = 0, weight = kBase;
  for (const char c : drawn) {
    sum = (sum + value_of(c) * weight) % kPrime;
    weight = weight * kBase % kPrime;
  }
  return sum;
}

std::string grouped(std::string_view plain) {
  std::string out;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i > 0 && i % kGroup == 0) out += '-';
    out += plain[i];
  }
  return out;
}

}  // namespace

std::string draw_code(Random& random) {
  for (int tries = 0; tries < 100; ++tries) {
    std::array<std::uint8_t, kDrawn> bytes{};
    random.fill(bytes);
    std::string plain;
    for (const auto byte : bytes) plain += kAlphabet[byte % kAlphabet.size()];
    const int check = check_of(plain);
    plain += kAlphabet[static_cast<std::size_t>(check / 32)];
    plain += kAlphabet[static_cast<std::size_t>(check % 32)];
    auto code = grouped(plain);
    if (!holds_card_number(code)) return code;
  }
  KONTOR_ASSERT(!"luck that draws nothing but card numbers");
}

std::optional<std::string> tidy_gift_code(std::string_view typed) {
  std::string plain;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    const int value = value_of(c);
    if (value < 0 || plain.size() == kLength) return std::nullopt;
    plain += kAlphabet[static_cast<std::size_t>(value)];
  }
  if (plain.size() != kLength) return std::nullopt;
  const int check = value_of(plain[kDrawn]) * 32 + value_of(plain[kDrawn + 1]);
  if (check != check_of(std::string_view(plain).substr(0, kDrawn))) return std::nullopt;
  return grouped(plain);
}

std::string hash_of(std::string_view code) {
  const std::string hash = services::blake2b(std::string(kPurpose) + std::string(code));
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(hash.data()), hash.size()));
}

}  // namespace kontor::credit
