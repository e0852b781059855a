#include "runtime/folder_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/test_store.h"

using namespace kontor;
using runtime::read_below;

TEST_CASE("files below a folder: read by name, and by no name outside of it") {
  const testing::TempFolder temp;
  const std::string folder = temp.path() + "/pictures";
  std::filesystem::create_directories(folder + "/shoes");
  std::ofstream(folder + "/front.jpg") << "front";
  std::ofstream(folder + "/shoes/red.jpg") << "red";
  std::ofstream(temp.path() + "/secret") << "secret";
  std::filesystem::create_symlink("../secret", folder + "/link.jpg");
  std::filesystem::create_symlink("..", folder + "/up");
  std::filesystem::create_symlink("front.jpg", folder + "/inner.jpg");
  REQUIRE(::mkfifo((folder + "/pipe").c_str(), 0600) == 0);
  const auto reason = [&](const std::string& name) {
    const auto read = read_below(folder, name, 100);
    return read ? "read " + *read : read.error().reason;
  };
  CHECK(reason("front.jpg") == "read front");
  CHECK(reason("shoes/red.jpg") == "read red");
  for (const std::string name : {"../secret", "shoes/../../secret", "/etc/passwd", "", ".", "..", "shoes/",
                                 "./front.jpg", "shoes//red.jpg", "link.jpg", "up/secret", "inner.jpg"}) {
    CAPTURE(name);
    CHECK(reason(name) == "runtime.bad_file_name");
  }
  CHECK(reason(std::string("front.jpg\0.png", 14)) == "runtime.bad_file_name");
  CHECK(reason("back.jpg") == "runtime.no_such_file");
  CHECK(reason("front.jpg/x") == "runtime.no_such_file");
  CHECK(reason("shoes") == "runtime.no_such_file");
  CHECK(reason("pipe") == "runtime.no_such_file");
  std::ofstream(folder + "/large") << std::string(101, 'x');
  CHECK(reason("large") == "runtime.file_too_large");
  std::ofstream(folder + "/fits") << std::string(100, 'x');
  CHECK(reason("fits") == "read " + std::string(100, 'x'));
  CHECK(read_below(temp.path() + "/nowhere", "x", 100).error().reason == "runtime.cannot_read");
}
