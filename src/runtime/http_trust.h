// Whom to believe: networks of trusted proxies, names under which the shop may be asked for, origins whose scripts may
// read its answers. Everything is parsed once; asking allocates nothing.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::runtime {

// IPv4 addresses are held as ::ffff:a.b.c.d, so that both kinds compare.
using IpAddress = std::array<std::uint8_t, 16>;
std::optional<IpAddress> parse_ip(std::string_view text);

struct Network {
  IpAddress base{};
  int bits = 128;
  bool contains(const IpAddress& address) const;
};
// "10.0.0.0/8", "192.0.2.7", "2001:db8::/32"; nullopt when it is none, or has bits behind its length.
std::optional<Network> parse_network(std::string_view text);
bool contains(const std::vector<Network>& networks, std::string_view address);

// The client in an X-Forwarded-For header: the last address that is no trusted proxy's, or the first of all when they
// all are; ports and brackets are taken off. "" when what stands there is no address.
std::string_view client_of(std::string_view forwarded_for, const std::vector<Network>& trusted);
// The last value of a list: what the nearest proxy said.
std::string_view last_of(std::string_view list);

// The name of "Shop.Example.org.:8443" without port and final dot; brackets of IPv6 stay. "" when there is none.
std::string_view host_name(std::string_view authority);
// localhost, names below it, 127.0.0.0/8 and [::1].
bool is_loopback_name(std::string_view name);
// A host name or address as it may stand in the setting: no port, no path.
bool is_host_name(std::string_view text);
bool is_known_host(const std::vector<std::string>& hosts, std::string_view authority);

// "https://shop.example.org" or "http://localhost:3000": scheme and authority in lower case, no path, no default port.
bool is_origin(std::string_view text);

}  // namespace kontor::runtime
