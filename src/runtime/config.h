// The settings of the program, described in one table: flags over KONTOR_* environment over the TOML file over
// defaults. Remembers where each value came from. Immutable once loaded; knows no environment or file but what it is
// handed.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kontor::runtime {

enum class SettingKind {
  kText,
  kNumber,
  kSwitch,
  kChoice,
  kAddress,
  kOptionalAddress,  // or ""
  // Lists: separated by commas or blanks, or an array in the file.
  kNetworks,  // addresses and networks: 10.0.0.0/8
  kHosts,     // host names
  kOrigins,   // "https://shop.example.org", or "*" alone
  kNames,     // any words; whoever uses them checks them
};

struct Setting {
  std::string_view name;  // "log_format": --log-format, KONTOR_LOG_FORMAT, log_format = "…"
  SettingKind kind;
  std::string_view initial;
  std::string_view words;
  std::int64_t min = 0, max = 0;  // kNumber
  std::string_view choices = {};  // kChoice: "text|json"
  bool secret = false;            // never shown
};
std::span<const Setting> settings();
// A TOML file with every setting, its meaning and its default, all of them commented out.
std::string example_settings();

struct Address {
  std::string host;
  int port = 0;
};
// "127.0.0.1:8080", "[::1]:8080", ":8080" (every interface), "8080" (loopback).
std::optional<Address> parse_address(std::string_view text);

class Config {
 public:
  struct Sources {
    std::vector<std::pair<std::string, std::string>> flags;  // name (with - or _), value
    std::function<std::optional<std::string>(const std::string& name)>
        environment;   // asked for "KONTOR_LOG_FORMAT"; may be null
    std::string file;  // TOML; "" for none
  };
  // kInvalid: reason "config.unknown_setting", "config.bad_value", "config.bad_file"; the detail is one line for a
  // person.
  static Result<Config> load(const Sources& sources);

  // An unknown name is an assertion.
  const std::string& text(std::string_view name) const { return entry(name).value; }
  std::int64_t number(std::string_view name) const;
  bool on(std::string_view name) const;          // switches
  Address address(std::string_view name) const;  // asserts that there is one
  std::vector<std::string> list(std::string_view name) const;
  // "default", "file kontor.toml", "environment KONTOR_PORT", "flag --port".
  const std::string& origin(std::string_view name) const { return entry(name).origin; }

  // Every setting with its value, origin and meaning, as a TOML file could say it; secrets are masked.
  std::string shown() const;

 private:
  struct Entry {
    std::string value;
    std::string origin;
  };
  Result<void> set(std::string_view name, std::string value, std::string origin);
  Result<void> read_file(const std::string& file);
  const Entry& entry(std::string_view name) const;

  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace kontor::runtime
