// The commands backup and restore. A backup is taken beside the running shop, which goes on selling; a restore fills an
// empty data folder. Both return the program's exit code.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "ports/clock.h"
#include "runtime/config.h"

namespace kontor::app {

struct BackupWords {
  std::string to;    // backup: the folder that the archives lie in
  std::string from;  // restore: an archive
  std::string keep;  // how many archives stay; "" keeps all
};

int backup_command(const runtime::Config& config, const BackupWords& words);
int restore_command(const runtime::Config& config, const BackupWords& words);

// What the commands do, for tests.
struct BackedUp {
  std::string archive;  // its folder
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::int64_t held_us = 0;  // how long writers were held up
  int removed = 0;           // older archives
};
// Errors: of the store (db.*), of files (archive.*), kConflict "archive.busy" when another backup runs into `to`.
Result<BackedUp> back_up(const std::string& data, const std::string& to, std::optional<int> keep, Clock& clock);
// kInvalid "archive.*": nothing was written. kConflict "restore.not_empty".
Result<std::int64_t> restore(const std::string& from, const std::string& data);

// What a restore leaves in the data folder until it is done; a program that finds it does not open the folder.
inline constexpr const char* kUnfinishedRestore = "unfinished-restore";

}  // namespace kontor::app
