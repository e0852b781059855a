#include "services/visitors.h"

#include <sodium.h>

#include <cstring>
#include <string>

#include "services/signer.h"

namespace kontor::services {

Visitors::Visitors(std::string_view secret) {
  static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == sizeof(std::uint64_t));
  const std::string root = blake2b(blake2b(secret) + "visitors");
  std::memcpy(key_.data(), root.data(), key_.size());
}

std::uint64_t Visitors::number(CustomerId customer) const {
  if (!customer) return 0;
  std::uint64_t out = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&out), reinterpret_cast<const unsigned char*>(&customer.value),
                   sizeof customer.value, key_.data());
  return out == 0 ? 1 : out;
}

}  // namespace kontor::services
