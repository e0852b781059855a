// Blobs as files of one folder, two levels deep by the key's first four characters: ab/cd/abcd….jpg. A file is written
// beside, synced, and moved to its place, so that it is there whole or not at all; replicas may share the folder.
#pragma once
#include <atomic>
#include <functional>
#include <string>

#include "ports/blob_store.h"
#include "runtime/fiber.h"

namespace kontor::blobs_folder {

class FolderBlobs final : public BlobStore {
 public:
  // The folder is made at the first put. With `workers` the disk is waited for there; without, on the calling thread.
  explicit FolderBlobs(std::string folder, runtime::Workers* workers = nullptr);

  Result<void> put(std::string_view key, std::string_view bytes) override;
  Result<std::optional<std::string>> get(std::string_view key) override;
  Result<bool> exists(std::string_view key) override;
  Result<bool> remove(std::string_view key) override;

 private:
  Result<void> off_the_loop(const std::function<void()>& work) const;
  Result<void> write(std::string_view key, std::string_view bytes);
  void sweep_leftovers();  // of processes that died while they wrote

  std::string folder_;
  runtime::Workers* workers_;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<bool> swept_{false};
};

}  // namespace kontor::blobs_folder
