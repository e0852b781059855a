// Fetches by libcurl, on threads of its own: a slow server elsewhere must not keep the workers busy. Each address that
// a name resolves to is looked at when its socket is opened, so a name cannot show one address to a check and another
// to the connection; redirects are followed here, and looked at the same way.
#pragma once
#include <memory>
#include <mutex>

#include "ports/web_fetcher.h"
#include "runtime/fiber.h"

namespace kontor::fetch_curl {

class CurlFetcher final : public WebFetcher {
 public:
  struct Settings {
    bool private_addresses = false;  // go there too: intranets and tests
    int parallel = 4;
    std::size_t most_bytes = 20 << 20;
    int redirects = 3;
    std::int64_t connect_ms = 5'000;
    std::int64_t total_ms = 30'000;  // redirects included
  };
  explicit CurlFetcher(const Settings& settings) : settings_(settings) {}

  Result<std::string> get(const std::string& address, const std::function<bool()>& given_up) override;

 private:
  Settings settings_;
  std::once_flag started_;
  std::unique_ptr<runtime::Workers> threads_;  // made at the first call
};

}  // namespace kontor::fetch_curl
