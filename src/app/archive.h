// An archive of a shop: a folder with copies of files, `SHA256SUMS` (also read by sha256sum -c) and `manifest.json`,
// which is written last and vouches for the sums. A folder without a manifest is no archive. Owns the format; knows no
// store.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/migration_order.h"

namespace kontor::app {

struct ArchivedMigration {
  std::string module;
  std::int64_t number = 0;

  static constexpr auto fields() {
    return described(Field("module", &ArchivedMigration::module, "Whose tables"),
                     Field("number", &ArchivedMigration::number, "The script that was applied"));
  }
};

struct Manifest {
  std::int64_t format = 1;
  std::string kontor;  // the program's version
  std::string store = "sqlite";
  Time made_at;  // the instant that the archive holds
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::string sums;  // SHA-256 of SHA256SUMS
  std::vector<ArchivedMigration> migrations;

  static constexpr auto fields() {
    return described(Field("format", &Manifest::format, "Of the archive"),
                     Field("kontor", &Manifest::kontor, "The version that made it"),
                     Field("store", &Manifest::store, "What kind of store"),
                     Field("made_at", &Manifest::made_at, "The instant that it holds"),
                     Field("files", &Manifest::files, "How many"), Field("bytes", &Manifest::bytes, "Of all files"),
                     Field("sums", &Manifest::sums, "SHA-256 of SHA256SUMS"),
                     Field("migrations", &Manifest::migrations, "What had been applied to the store"));
  }
};

struct ArchivedFile {
  std::string name;  // below the archive's folder, with / between folders
  std::string sha256;
  std::int64_t bytes = 0;
};

// Of everything up to the file's end. kUnavailable "archive.file" names the file and the reason, kFull "archive.full".
Result<ArchivedFile> digest(const std::string& folder, const std::string& name);
// Copies at most `limit` bytes (below 0: all) with the file's mode, syncs the copy, and answers what was copied.
// Folders above `to` are made. `to` must not exist.
Result<ArchivedFile> copy_file(const std::string& from, const std::string& to_folder, const std::string& name,
                               std::int64_t limit = -1);
// A plain relative path: no "..", no empty part, nothing that a line of SHA256SUMS could not hold.
bool fit_for_archive(std::string_view name);

// Writes SHA256SUMS and then the manifest, completed with files, bytes and sums; everything is on the disk afterwards.
Result<void> seal_archive(const std::string& folder, const std::vector<ArchivedFile>& files, Manifest manifest);

struct Archive {
  Manifest manifest;
  std::vector<ArchivedFile> files;
};
// Reads the manifest and compares every file with its sum. kInvalid "archive.none", "archive.damaged",
// "archive.unknown_format": one line that says which file is wrong.
Result<Archive> open_archive(const std::string& folder);

// The folder's entries are on the disk.
Result<void> sync_folder(const std::string& folder);

}  // namespace kontor::app
