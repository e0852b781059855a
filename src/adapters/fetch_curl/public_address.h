// Which addresses of the internet are for everyone. What is private, local, reserved, for tests or for many is not, nor
// is an address that carries such a one inside (mapped, translated, tunnelled).
#pragma once
#include <sys/socket.h>

namespace kontor::fetch_curl {

// False also for what is neither IPv4 nor IPv6.
// `address` points to as much as its family has.
bool is_public(const sockaddr* address);

}  // namespace kontor::fetch_curl
