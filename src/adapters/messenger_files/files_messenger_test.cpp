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
  FilesMessenger messenger(folder.path() + "/mail", "Kontor <shop@example.com>", clock);
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

TEST_CASE("no subject or address breaks out of its header") {
  const auto text = mail_text({"k", "a@b", "Hi\r\nBcc: eve@example.com", "x"}, "s@b", Time{});
  CHECK(text.find("\r\nBcc:") == std::string::npos);
  testing::TempFolder folder;
  testing::FakeClock clock;
  FilesMessenger messenger(folder.path(), "s@b", clock);
  CHECK(messenger.send({"k", "a@b\r\nBcc: e@c", "s", "t"}).error().reason == "messenger.bad_address");
  CHECK(messenger.send({"k", "nobody", "s", "t"}).error().reason == "messenger.bad_address");
  CHECK(files(folder.path()).empty());
}

TEST_CASE("keys that are no file names give distinct files inside the folder") {
  testing::TempFolder folder;
  testing::FakeClock clock;
  FilesMessenger messenger(folder.path() + "/mail", "s@b", clock);
  for (const auto* key : {"../../etc/x", "..", "a/b", "a:b", "", ".hidden"})
    REQUIRE(messenger.send({key, "a@b", "s", "t"}));
  REQUIRE(messenger.send({std::string(4000, 'k'), "a@b", "s", "t"}));
  CHECK(files(folder.path() + "/mail").size() == 7);
  CHECK(files(folder.path()).size() == 1);
}

TEST_CASE("words beyond ASCII are encoded, in pieces that end between characters") {
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "ü";
  const auto text = mail_text({"k", "a@b", subject, "Grüße"}, "s@b", Time{});
  CHECK(text.find("Subject: =?UTF-8?B?w7zDvMO8") != std::string::npos);
  CHECK(text.find("?=\r\n =?UTF-8?B?w7zD") != std::string::npos);
  CHECK(text.find("8bit\r\n\r\nGrüße\r\n") != std::string::npos);
  CHECK(mail_text({"k", "a@b", "s", std::string(2000, 'x')}, "s@b", Time{}).find("base64\r\n\r\neHh4") !=
        std::string::npos);
}

TEST_CASE("a folder that takes nothing is an outage, not a crash") {
  testing::TempFolder folder;
  testing::FakeClock clock;
  std::ofstream(folder.path() + "/file") << "x";
  FilesMessenger messenger(folder.path() + "/file", "s@b", clock);
  const auto sent = messenger.send({"k", "a@b", "s", "t"});
  CHECK(sent.error().code == Errc::kUnavailable);
  CHECK(sent.error().reason == "messenger.cannot_write");
}

}  // namespace
}  // namespace kontor::messenger_files
