#include "adapters/host/system_random.h"

#include <sodium.h>

#include "base/assert.h"

namespace kontor::host {

SystemRandom::SystemRandom() { KONTOR_ASSERT(sodium_init() >= 0); }

void SystemRandom::fill(std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

}  // namespace kontor::host
