#include "app/archive.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "runtime/json.h"

namespace kontor::app {
namespace {

constexpr std::size_t kPiece = 1 << 20;
// What is written without being synced delays the syncs of everybody else on that disk.
constexpr std::int64_t kSyncEvery = 8ll << 20;
constexpr const char* kSums = "SHA256SUMS";
constexpr const char* kManifest = "manifest.json";

tl::unexpected<Error> file_error(const std::string& path, std::string_view what, int why) {
  const bool full = why == ENOSPC || why == EDQUOT;
  return fail(full ? Errc::kFull : Errc::kUnavailable, full ? "archive.full" : "archive.file",
              path + " cannot be " + std::string(what) + ": " + std::strerror(why) + ".");
}

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0600) : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

class Sha256 {
 public:
  Sha256() { crypto_hash_sha256_init(&state_); }
  void add(std::string_view bytes) {
    crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  std::string hex() {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> sum{};
    crypto_hash_sha256_final(&state_, sum.data());
    return to_hex(sum);
  }

 private:
  crypto_hash_sha256_state state_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

// Hands the file's bytes to `take` piece by piece, at most `limit` of them; the number of bytes, or -1 and errno.
std::int64_t each_piece(int fd, std::int64_t limit, const std::function<bool(std::string_view)>& take) {
  std::string piece(kPiece, '\0');
  std::int64_t total = 0;
  while (limit < 0 || total < limit) {
    const auto wanted = limit < 0 ? kPiece : std::min<std::size_t>(kPiece, static_cast<std::size_t>(limit - total));
    const auto count = ::read(fd, piece.data(), wanted);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    total += count;
    if (!take(std::string_view(piece).substr(0, static_cast<std::size_t>(count)))) return -1;
  }
  return total;
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  const File file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (!file.open() || !write_all(file.fd(), bytes) || ::fsync(file.fd()) != 0)
    return file_error(path, "written", errno);
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const File file(path, O_RDONLY);
  std::string bytes;
  const auto append = [&](std::string_view piece) {
    bytes += piece;
    return true;
  };
  if (!file.open() || each_piece(file.fd(), -1, append) < 0) return file_error(path, "read", errno);
  return bytes;
}

tl::unexpected<Error> damaged(const std::string& folder, const std::string& words) {
  return fail(Errc::kInvalid, "archive.damaged", "The archive " + folder + " is damaged: " + words + ".");
}

Result<std::vector<ArchivedFile>> read_sums(const std::string& folder, std::string_view sums) {
  std::vector<ArchivedFile> files;
  for (const auto line : split(sums, '\n')) {
    if (line.empty()) continue;
    if (line.size() < 67 || line.substr(64, 2) != "  " || !fit_for_archive(line.substr(66)))
      return damaged(folder, "SHA256SUMS has a line that it cannot have");
    files.push_back({std::string(line.substr(66)), std::string(line.substr(0, 64)), 0});
  }
  return files;
}

}  // namespace

bool fit_for_archive(std::string_view name) {
  if (name.empty() || name.front() == '/') return false;
  for (const unsigned char c : name)
    if (c < 0x20 || c == 0x7f || c == '\\') return false;
  for (const auto part : split(name, '/'))
    if (part.empty() || part == "." || part == "..") return false;
  return true;
}

Result<ArchivedFile> digest(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  const File file(path, O_RDONLY);
  if (!file.open()) return file_error(path, "read", errno);
  Sha256 sum;
  const auto bytes = each_piece(file.fd(), -1, [&](std::string_view piece) {
    sum.add(piece);
    return true;
  });
  if (bytes < 0) return file_error(path, "read", errno);
  return ArchivedFile{name, sum.hex(), bytes};
}

Result<ArchivedFile> copy_file(const std::string& from, const std::string& to_folder, const std::string& name,
                               std::int64_t limit) {
  const std::string to = to_folder + "/" + name;
  const File source(from, O_RDONLY | O_NOFOLLOW);
  if (!source.open()) return file_error(from, "read", errno);
  struct stat about {};
  if (::fstat(source.fd(), &about) != 0) return file_error(from, "read", errno);
  std::error_code made;
  std::filesystem::create_directories(std::filesystem::path(to).parent_path(), made);
  const File target(to, O_WRONLY | O_CREAT | O_EXCL, about.st_mode & 0777);
  if (!target.open()) return file_error(to, "written", errno);
  Sha256 sum;
  std::int64_t unsynced = 0;
  bool writing = true;
  const auto bytes = each_piece(source.fd(), limit, [&](std::string_view piece) {
    sum.add(piece);
    unsynced += static_cast<std::int64_t>(piece.size());
    writing = write_all(target.fd(), piece) && (unsynced < kSyncEvery || ::fdatasync(target.fd()) == 0);
    if (unsynced >= kSyncEvery) unsynced = 0;
    return writing;
  });
  if (bytes < 0) return writing ? file_error(from, "read", errno) : file_error(to, "written", errno);
  if (::fsync(target.fd()) != 0) return file_error(to, "written", errno);
  return ArchivedFile{name, sum.hex(), bytes};
}

Result<void> sync_folder(const std::string& folder) {
  const File opened(folder, O_RDONLY | O_DIRECTORY);
  if (!opened.open() || ::fsync(opened.fd()) != 0) return file_error(folder, "synced", errno);
  return {};
}

Result<void> seal_archive(const std::string& folder, const std::vector<ArchivedFile>& files, Manifest manifest) {
  std::string sums;
  for (const auto& file : files) {
    sums += file.sha256 + "  " + file.name + "\n";
    manifest.bytes += file.bytes;
  }
  manifest.files = static_cast<std::int64_t>(files.size());
  Sha256 sum;
  sum.add(sums);
  manifest.sums = sum.hex();
  TRY_DO(write_file(folder + "/" + kSums, sums));
  std::error_code failed;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failed))
    if (entry.is_directory()) TRY_DO(sync_folder(entry.path()));
  TRY_DO(write_file(folder + "/" + kManifest, json::print(manifest) + "\n"));
  return sync_folder(folder);
}

Result<Archive> open_archive(const std::string& folder) {
  const auto text = read_file(folder + "/" + kManifest);
  if (!text)
    return fail(Errc::kInvalid, "archive.none",
                folder + " is no whole archive: it has no readable manifest.json (" + text.error().detail + ")");
  auto manifest = json::read<Manifest>(*text);
  if (!manifest) return damaged(folder, "manifest.json is not what kontor backup writes");
  if (manifest->format != 1 || manifest->store != "sqlite")
    return fail(Errc::kInvalid, "archive.unknown_format",
                "The archive " + folder + " has format " + std::to_string(manifest->format) + " of a " +
                    manifest->store + " store; this program reads format 1 of sqlite.");
  const auto sums = read_file(folder + "/" + kSums);
  if (!sums) return damaged(folder, "SHA256SUMS is missing");
  Sha256 sum;
  sum.add(*sums);
  if (sum.hex() != manifest->sums) return damaged(folder, "SHA256SUMS is not the one of the manifest");
  TRY(auto files, read_sums(folder, *sums));
  std::int64_t bytes = 0;
  for (auto& file : files) {
    const auto found = digest(folder, file.name);
    if (!found) return damaged(folder, found.error().detail);
    if (found->sha256 != file.sha256) return damaged(folder, file.name + " differs from its checksum");
    file.bytes = found->bytes;
    bytes += found->bytes;
  }
  if (static_cast<std::int64_t>(files.size()) != manifest->files || bytes != manifest->bytes)
    return damaged(folder, "it does not hold as much as the manifest says");
  return Archive{std::move(*manifest), std::move(files)};
}

}  // namespace kontor::app
