// The contract of the blob store port, one suite run on every adapter.
#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "adapters/blobs_folder/folder_blobs.h"
#include "adapters/blobs_memory/memory_blobs.h"
#include "tests/support/test_store.h"

namespace kontor {
namespace {

void on_each_blob_store(const std::function<void(BlobStore&)>& test) {
  {
    INFO("memory");
    blobs_memory::MemoryBlobs blobs;
    test(blobs);
  }
  {
    INFO("folder");
    const testing::TempFolder folder;
    blobs_folder::FolderBlobs blobs(folder.path() + "/data/media");
    test(blobs);
  }
  {
    INFO("folder, on workers");
    const testing::TempFolder folder;
    runtime::Workers workers(2, 100);
    blobs_folder::FolderBlobs blobs(folder.path() + "/media", &workers);
    test(blobs);
  }
}

std::string pattern(std::size_t size, char salt) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + static_cast<unsigned char>(salt));
  return bytes;
}

}  // namespace

TEST_CASE("blobs: what was put is read back, byte for byte, until it is removed") {
  on_each_blob_store([](BlobStore& blobs) {
    CHECK_FALSE(blobs.get("abcdef01.jpg")->has_value());
    CHECK_FALSE(*blobs.exists("abcdef01.jpg"));
    CHECK_FALSE(*blobs.remove("abcdef01.jpg"));
    const std::string bytes = pattern(100'000, 3);
    REQUIRE(blobs.put("abcdef01.jpg", bytes));
    REQUIRE(blobs.put("abcdef01-160.webp", "other"));
    REQUIRE(blobs.put("abcd9.empty", ""));
    CHECK(blobs.get("abcdef01.jpg")->value() == bytes);
    CHECK(blobs.get("abcdef01-160.webp")->value() == "other");
    CHECK(blobs.get("abcd9.empty")->value().empty());
    CHECK(*blobs.exists("abcdef01.jpg"));
    CHECK_FALSE(*blobs.exists("abcdef02.jpg"));
    CHECK(*blobs.remove("abcdef01.jpg"));
    CHECK_FALSE(*blobs.remove("abcdef01.jpg"));
    CHECK_FALSE(blobs.get("abcdef01.jpg")->has_value());
    CHECK(blobs.get("abcdef01-160.webp")->value() == "other");
  });
}

TEST_CASE("blobs: putting again replaces the whole") {
  on_each_blob_store([](BlobStore& blobs) {
    REQUIRE(blobs.put("abcdef01.jpg", pattern(50'000, 1)));
    REQUIRE(blobs.put("abcdef01.jpg", "short"));
    CHECK(blobs.get("abcdef01.jpg")->value() == "short");
  });
}

TEST_CASE("blobs: the largest fits, one byte more is refused and changes nothing") {
  on_each_blob_store([](BlobStore& blobs) {
    const std::string largest = pattern(BlobStore::kLargest, 7);
    REQUIRE(blobs.put("abcdef01.bin", largest));
    const auto refused = blobs.put("abcdef01.bin", largest + "x");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kTooLarge);
    CHECK(refused.error().reason == "blobs.too_large");
    CHECK(blobs.get("abcdef01.bin")->value() == largest);
  });
}

TEST_CASE("blobs: a key that could be a path, or is none, is refused on every call") {
  using namespace std::string_view_literals;
  on_each_blob_store([](BlobStore& blobs) {
    const std::string long_key(121, 'a');
    for (const std::string_view key :
         {""sv, "abcd"sv, "../../etc/passwd"sv, "abcd/../../x"sv, "abcd/x"sv, "/etc/passwd"sv, "..abcd"sv, "abcd\0x"sv,
          "abcd\\x"sv, "ABCDE.jpg"sv, "abcd e"sv, "abcdé"sv, "incoming/x"sv, std::string_view(long_key)}) {
      CAPTURE(key);
      CHECK(blobs.put(key, "x").error().reason == "blobs.bad_key");
      CHECK(blobs.get(key).error().reason == "blobs.bad_key");
      CHECK(blobs.exists(key).error().reason == "blobs.bad_key");
      CHECK(blobs.remove(key).error().reason == "blobs.bad_key");
    }
    CHECK(blobs.put(std::string(120, 'a'), "x"));
    CHECK(blobs.put("abcd..", "dots are no path"));
  });
}

TEST_CASE("blobs: many writers and readers of one key see whole blobs only") {
  on_each_blob_store([](BlobStore& blobs) {
    std::atomic<int> mixed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 15; ++i) {
          if (!blobs.put("abcdef01.jpg", std::string(20'000 + static_cast<std::size_t>(t), static_cast<char>('a' + t))))
            mixed.fetch_add(1);
          const auto read = blobs.get("abcdef01.jpg");
          if (!read || !*read || (*read)->find_first_not_of((**read)[0]) != std::string::npos ||
              (*read)->size() != 20'000 + static_cast<std::size_t>((**read)[0] - 'a'))
            mixed.fetch_add(1);
        }
      });
    for (auto& thread : threads) thread.join();
    CHECK(mixed.load() == 0);
  });
}

TEST_CASE("blobs in a folder: found again after a restart; leftovers of a died writer go, a fresh one stays") {
  const testing::TempFolder folder;
  const std::string root = folder.path() + "/media";
  {
    blobs_folder::FolderBlobs blobs(root);
    REQUIRE(blobs.put("abcdef01.jpg", "one"));
  }
  const std::string old_part = root + "/incoming/abcdef02.jpg.1.0.part";
  const std::string new_part = root + "/incoming/abcdef03.jpg.1.0.part";
  std::ofstream(old_part) << "half";
  std::ofstream(new_part) << "half";
  std::filesystem::last_write_time(old_part, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  blobs_folder::FolderBlobs blobs(root);
  CHECK(blobs.get("abcdef01.jpg")->value() == "one");
  CHECK_FALSE(*blobs.exists("abcdef02.jpg"));
  REQUIRE(blobs.put("abcdef04.jpg", "four"));
  CHECK_FALSE(std::filesystem::exists(old_part));
  CHECK(std::filesystem::exists(new_part));
  CHECK(std::filesystem::exists(root + "/ab/cd/abcdef04.jpg"));
}

TEST_CASE("blobs in a folder: a link in a blob's place is not followed, and a folder that is away is told") {
  const testing::TempFolder folder;
  std::ofstream(folder.path() + "/secret") << "secret";
  blobs_folder::FolderBlobs blobs(folder.path() + "/media");
  REQUIRE(blobs.put("abcdef01.jpg", "one"));
  std::filesystem::create_symlink(folder.path() + "/secret", folder.path() + "/media/ab/cd/abcdef02.jpg");
  const auto read = blobs.get("abcdef02.jpg");
  CHECK((!read || !read->has_value()));
  CHECK_FALSE(*blobs.exists("abcdef02.jpg"));
  REQUIRE(blobs.put("abcdef02.jpg", "two"));  // replaces the link, not what it names
  CHECK(blobs.get("abcdef02.jpg")->value() == "two");
  CHECK(std::filesystem::file_size(folder.path() + "/secret") == 6);
  blobs_folder::FolderBlobs nowhere("/proc/version/media");
  CHECK(nowhere.put("abcdef01.jpg", "one").error().reason == "blobs.away");
  CHECK_FALSE(nowhere.get("abcdef01.jpg")->has_value());
}

}  // namespace kontor
