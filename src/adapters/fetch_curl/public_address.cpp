#include "adapters/fetch_curl/public_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace kontor::fetch_curl {
namespace {

struct Block4 {
  std::uint32_t first;
  int bits;
};
constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
// IANA's registry of special-purpose addresses, multicast and the future's use.
constexpr std::array kClosed4 = {
    Block4{ip(0, 0, 0, 0), 8},      Block4{ip(10, 0, 0, 0), 8},     Block4{ip(100, 64, 0, 0), 10},
    Block4{ip(127, 0, 0, 0), 8},    Block4{ip(169, 254, 0, 0), 16}, Block4{ip(172, 16, 0, 0), 12},
    Block4{ip(192, 0, 0, 0), 24},   Block4{ip(192, 0, 2, 0), 24},   Block4{ip(192, 88, 99, 0), 24},
    Block4{ip(192, 168, 0, 0), 16}, Block4{ip(198, 18, 0, 0), 15},  Block4{ip(198, 51, 100, 0), 24},
    Block4{ip(203, 0, 113, 0), 24}, Block4{ip(224, 0, 0, 0), 4},    Block4{ip(240, 0, 0, 0), 4},
};

bool is_public4(std::uint32_t address) {
  for (const Block4& block : kClosed4)
    if (address >> (32 - block.bits) == block.first >> (32 - block.bits)) return false;
  return true;
}

using Bytes16 = std::array<std::uint8_t, 16>;

std::uint32_t four(const Bytes16& bytes, std::size_t at) {
  return ip(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool begins(const Bytes16& bytes, std::span<const std::uint8_t> with) {
  return std::memcmp(bytes.data(), with.data(), with.size()) == 0;
}

bool is_public6(const Bytes16& bytes) {
  static constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  static constexpr std::uint8_t kTranslated[12] = {0, 0x64, 0xFF, 0x9B};
  static constexpr std::uint8_t kProtocols[2] = {0x20, 0x01};  // 2001::/23: Teredo and others
  static constexpr std::uint8_t kDocuments[4] = {0x20, 0x01, 0x0D, 0xB8};
  static constexpr std::uint8_t k6to4[2] = {0x20, 0x02};
  if (begins(bytes, kMapped) || begins(bytes, kTranslated)) return is_public4(four(bytes, 12));
  if (begins(bytes, kProtocols) && bytes[2] < 2) return false;
  if (begins(bytes, kDocuments)) return false;
  if (begins(bytes, k6to4)) return is_public4(four(bytes, 2));
  return bytes[0] >> 5 == 1;  // 2000::/3 is all that has been given out
}

}  // namespace

bool is_public(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in four_bytes{};
    std::memcpy(&four_bytes, address, sizeof four_bytes);
    return is_public4(ntohl(four_bytes.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 sixteen{};
    std::memcpy(&sixteen, address, sizeof sixteen);
    Bytes16 bytes{};
    std::memcpy(bytes.data(), &sixteen.sin6_addr, bytes.size());
    return is_public6(bytes);
  }
  return false;
}

}  // namespace kontor::fetch_curl
