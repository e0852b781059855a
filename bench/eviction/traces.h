// Made-up traces of reads for comparing evictions: popularity by Zipf's law, with what a shop's reads have beside it.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace eviction {

using Key = std::uint32_t;  // 0 … keys - 1

enum class Mix {
  kPlain,  // nothing but Zipf
  kScan,   // every tenth read is a crawler's, who walks over all keys in order
  kDrift,  // ten times a trace a twentieth of all keys, popular ones too, change places: sales begin, fashions end
};
constexpr std::string_view name_of(Mix mix) {
  return mix == Mix::kPlain ? "plain" : mix == Mix::kScan ? "scan" : "drift";
}

// The same for the same numbers. `skew`: Zipf's exponent.
std::vector<Key> make_trace(Mix mix, double skew, Key keys, std::size_t reads, std::uint64_t seed);

}  // namespace eviction
