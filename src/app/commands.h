// The commands beside `serve`: import, export, check, migrate, config, version. Each returns the program's exit code:
// 0 done, 2 bad use, 3 bad input, 4 store or engine not reachable.
#pragma once
#include <optional>
#include <string>

#include "runtime/config.h"

namespace kontor::app {

struct ImportWords {
  std::string file;
  std::string format = "ndjson";
  std::string on_error = "stop";
  std::optional<std::string> mapping;  // a TOML or JSON file; of --format csv
  std::optional<std::string> unknown;  // what unmapped columns become; of --format csv
  std::optional<std::string> import_currency;
  std::optional<std::string> delimiter;
  bool dry_run = false;
  std::string images;                 // a folder in which images[] are files
  bool fetch_images = false;          // or addresses of the web
  std::optional<std::string> report;  // where the bad rows go, one JSON object a line
};

int import_command(const runtime::Config& config, const ImportWords& words);
struct ExportWords {
  std::string what;  // products, orders, customers
  std::string format = "ndjson";
  std::optional<std::string> out;  // a file; standard output when absent
};

int export_command(const runtime::Config& config, const ExportWords& words);
// `repairs`: stock rows that drift are set right before.
int check_command(const runtime::Config& config, bool repairs);
int migrate_command(const runtime::Config& config);
int config_command(const runtime::Config& config);
int example_command();
int version_command();
std::string program_version();

inline constexpr int kBadUse = 2;
inline constexpr int kBadInput = 3;
inline constexpr int kNotReachable = 4;

}  // namespace kontor::app
