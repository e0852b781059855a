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

TEST_CASE("a day's mails lie in one mailbox, each whole") {
  testing::TempFolder folder;
  testing::FakeClock clock(Time{1'795'238'652'000});
  const std::string box = folder.path() + "/mail/2026-11-21.mbox";
  {
    FilesMessenger messenger(folder.path() + "/mail", Mailbox{"Kontor", "shop@example.com"}, clock);
    REQUIRE(messenger.send({"order.placed-ord_1", "ada@example.com", "Your order", "Dear Ada,\nthank you.\n"}));
    const auto text = content(box);
    CHECK(text.find("From shop@example.com Sat Nov 21 05:24:12 2026\nFrom: Kontor <shop@example.com>\n"
                    "To: ada@example.com\nSubject: Your order\n") == 0);
    CHECK(text.find("Date: Sat, 21 Nov 2026 05:24:12 +0000\n") != std::string::npos);
    CHECK(text.ends_with("\n\nDear Ada,\nthank you.\n\n"));
    clock.advance_ms(24 * 3600 * 1000);
    REQUIRE(messenger.send({"order.placed-ord_2", "bob@example.com", "Your order", "Dear Bob,\n"}));
    CHECK(content(box) == text);
  }
  const auto found = files(folder.path() + "/mail");
  REQUIRE(found.size() == 2);
  FilesMessenger again(folder.path() + "/mail", Mailbox{"Kontor", "shop@example.com"}, clock);
  const auto before = content(folder.path() + "/mail/2026-11-22.mbox");
  REQUIRE(again.send({"order.placed-ord_3", "eve@example.com", "Your order", "Dear Eve,\n"}));
  const auto after = content(folder.path() + "/mail/2026-11-22.mbox");
  CHECK(after.starts_with(before));
  CHECK(after.find("To: eve@example.com", before.size()) != std::string::npos);
}

TEST_CASE("a mailbox that was taken away is begun anew") {
  testing::TempFolder folder;
  testing::FakeClock clock(Time{1'795'238'652'000});
  FilesMessenger messenger(folder.path(), Mailbox{"", "s@b"}, clock);
  REQUIRE(messenger.send({"1", "ada@example.com", "one", "t"}));
  std::filesystem::remove(folder.path() + "/2026-11-21.mbox");
  REQUIRE(messenger.send({"2", "ada@example.com", "two", "t"}));
  CHECK(content(folder.path() + "/2026-11-21.mbox").find("Subject: two") != std::string::npos);
}

TEST_CASE("a line that looks like the beginning of a mail is quoted") {
  CHECK(mailbox_entry("Subject: s\r\n\r\nFrom here on\r\n>From there\r\nnot From\r\n", "s@b", Time{0}) ==
        "From s@b Thu Jan  1 00:00:00 1970\nSubject: s\n\n>From here on\n>>From there\nnot From\n\n");
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
