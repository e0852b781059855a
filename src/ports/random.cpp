#include "ports/random.h"

#include <array>
#include <bit>
#include <vector>

#include "base/text.h"

namespace kontor {

std::uint64_t Random::number() {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  fill(bytes);
  return std::bit_cast<std::uint64_t>(bytes);
}

std::string Random::hex(std::size_t bytes) {
  std::vector<std::uint8_t> buffer(bytes);
  fill(buffer);
  return to_hex(buffer);
}

}  // namespace kontor
