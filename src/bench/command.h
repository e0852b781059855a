// `kontor bench MIX --url URL …`: measures a running shop over HTTP, as its visitors see it. Knows nothing of the shop
// but its public API.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace kontor::bench {

// Answers the exit code: 0 measured, 1 measured and not sound (a flash sale that sold more than there was), 2 bad use,
// 3 nothing to measure with, 4 not reachable. `environment` is asked for KONTOR_ADMIN_TOKEN. `seed` tells this run from
// others.
int command(std::span<char* const> words,
            const std::function<std::optional<std::string>(const std::string&)>& environment, std::uint64_t seed);

}  // namespace kontor::bench
