#include "runtime/http_trust.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kLongestIp = INET6_ADDRSTRLEN;

// "192.0.2.1:4711" and "[2001:db8::1]:4711" as some proxies write them.
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos)
    return text.substr(0, colon);
  return text;
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.empty() || text.size() >= kLongestIp) return std::nullopt;
  std::array<char, kLongestIp> ended{};
  std::memcpy(ended.data(), text.data(), text.size());
  IpAddress out{};
  if (inet_pton(AF_INET6, ended.data(), out.data()) == 1) return out;
  out = {};
  out[10] = out[11] = 0xff;
  if (inet_pton(AF_INET, ended.data(), out.data() + 12) == 1) return out;
  return std::nullopt;
}

bool Network::contains(const IpAddress& address) const {
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (std::memcmp(base.data(), address.data(), whole) != 0) return false;
  const int rest = bits % 8;
  return rest == 0 || (base[whole] ^ address[whole]) >> (8 - rest) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network out{*address, 128};
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const bool v4 = text.find(':') == std::string_view::npos;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.bits);
    if (error != std::errc() || end != digits.data() + digits.size() || out.bits < 0 || out.bits > (v4 ? 32 : 128))
      return std::nullopt;
    if (v4) out.bits += 96;
  }
  for (int bit = out.bits; bit < 128; ++bit)
    if ((out.base[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0) return std::nullopt;
  return out;
}

bool contains(const std::vector<Network>& networks, std::string_view address) {
  if (networks.empty()) return false;
  const auto parsed = parse_ip(address);
  return parsed && std::any_of(networks.begin(), networks.end(), [&](const Network& n) { return n.contains(*parsed); });
}

std::string_view client_of(std::string_view forwarded_for, const std::vector<Network>& trusted) {
  std::string_view found;
  for (std::string_view rest = forwarded_for;;) {
    const auto comma = rest.rfind(',');
    const std::string_view last = without_port(trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
    if (!parse_ip(last)) return found;  // what comes before was said by someone who cannot be told
    found = last;
    if (comma == std::string_view::npos || !contains(trusted, last)) return found;
    rest = rest.substr(0, comma);
  }
}

std::string_view last_of(std::string_view list) {
  const auto comma = list.rfind(',');
  return trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
}

std::string_view host_name(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  std::string_view name = authority.substr(0, authority.find(':'));
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool is_loopback_name(std::string_view name) {
  constexpr std::string_view kLocal = "localhost";
  if (name.size() >= kLocal.size() && iequals_ascii(name.substr(name.size() - kLocal.size()), kLocal))
    return name.size() == kLocal.size() || name[name.size() - kLocal.size() - 1] == '.';
  if (name == "[::1]") return true;
  const auto address = name.starts_with("127.") ? parse_ip(name) : std::nullopt;
  return address.has_value();
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  if (text.starts_with('['))
    return text.ends_with(']') && parse_ip(text.substr(1, text.size() - 2)) && text.find(':') != std::string_view::npos;
  return std::all_of(text.begin(), text.end(), is_name_char) && text.front() != '.' && text.back() != '.';
}

bool is_known_host(const std::vector<std::string>& hosts, std::string_view authority) {
  const std::string_view name = host_name(authority);
  if (name.empty()) return false;
  return is_loopback_name(name) ||
         std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) { return iequals_ascii(host, name); });
}

bool is_origin(std::string_view text) {
  const auto at = text.find("://");
  if (at == std::string_view::npos || (text.substr(0, at) != "https" && text.substr(0, at) != "http")) return false;
  const std::string_view authority = text.substr(at + 3);
  const std::string_view name = host_name(authority);
  if (!is_host_name(name) || std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return false;
  const std::string_view rest = authority.substr(name.size());
  if (rest.empty()) return true;
  int port = 0;
  const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), port);
  return rest.front() == ':' && error == std::errc() && end == rest.data() + rest.size() && rest[1] != '0' &&
         port > 0 && port < 65536 && port != (text.starts_with("https") ? 443 : 80);
}

}  // namespace kontor::runtime
