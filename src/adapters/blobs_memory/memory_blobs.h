// Blobs in memory, for the simulator and for tests: they outlive a simulated crash, as a disk does, and end with the
// object.
#pragma once
#include <functional>
#include <map>
#include <mutex>

#include "ports/blob_store.h"

namespace kontor::blobs_memory {

class MemoryBlobs final : public BlobStore {
 public:
  Result<void> put(std::string_view key, std::string_view bytes) override {
    TRY_DO(check_blob(key, bytes));
    const std::lock_guard lock(mutex_);
    blobs_.insert_or_assign(std::string(key), std::string(bytes));
    return {};
  }
  Result<std::optional<std::string>> get(std::string_view key) override {
    TRY_DO(check_blob_key(key));
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(key);
    return found == blobs_.end() ? std::nullopt : std::optional<std::string>(found->second);
  }
  Result<bool> exists(std::string_view key) override {
    TRY_DO(check_blob_key(key));
    const std::lock_guard lock(mutex_);
    return blobs_.contains(key);
  }
  Result<bool> remove(std::string_view key) override {
    TRY_DO(check_blob_key(key));
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(key);
    if (found == blobs_.end()) return false;
    blobs_.erase(found);
    return true;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> blobs_;
};

}  // namespace kontor::blobs_memory
