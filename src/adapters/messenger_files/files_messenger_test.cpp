#include "adapters/messenger_files/files_messenger.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/test_store.h"

namespace kontor::messenger_files {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}
std::vector<std::filesystem::path> files(const std::string& folder) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) found.push_back(entry.path());
  return found;
}

TEST_CASE("a mail becomes one file, however often it is sent") {
  testing::TempFolder folder;
  testing::FakeClock clock(Time{1'795'238'652'000});
  FilesMessenger messenger(folder.path() + "/mail", Mailbox{"Kontor", "shop@example.com"}, clock);
  const Mail mail{"order.placed-ord_1", "ada@example.com", "Your order", "Dear Ada,\nthank you.\n"};
  REQUIRE(messenger.send(mail));
  REQUIRE(messenger.send(mail));
  const auto found = files(folder.path() + "/mail");
  REQUIRE(found.size() == 1);
  CHECK(found[0].filename() == "order.placed-ord_1.eml");
  const auto text = content(found[0]);
  CHECK(text.find("From: Kontor <shop@example.com>\r\nTo: ada@example.com\r\nSubject: Your order\r\n") == 0);
  CHECK(text.find("Date: Sat, 21 Nov 2026 05:24:12 +0000\r\n") != std::string::npos);
  CHECK(text.find("\r\n\r\nDear Ada,\r\nthank you.\r\n") != std::string::npos);
}

TEST_CASE("keys that are no file names give distinct files inside the folder") {
  testing::TempFolder folder;
  testing::FakeClock clock;
  FilesMessenger messenger(folder.path() + "/mail", Mailbox{"", "s@b"}, clock);
  for (const auto* key : {"../../etc/x", "..", "a/b", "a:b", "", ".hidden"})
    REQUIRE(messenger.send({key, "a@b", "s", "t"}));
  REQUIRE(messenger.send({std::string(4000, 'k'), "a@b", "s", "t"}));
  CHECK(files(folder.path() + "/mail").size() == 7);
  CHECK(files(folder.path()).size() == 1);
}

TEST_CASE("a folder that takes nothing is an outage, not a crash") {
  testing::TempFolder folder;
  testing::FakeClock clock;
  std::ofstream(folder.path() + "/file") << "x";
  FilesMessenger messenger(folder.path() + "/file", Mailbox{"", "s@b"}, clock);
  const auto sent = messenger.send({"k", "a@b", "s", "t"});
  CHECK(sent.error().code == Errc::kUnavailable);
  CHECK(sent.error().reason == "messenger.cannot_write");
}

}  // namespace
}  // namespace kontor::messenger_files
