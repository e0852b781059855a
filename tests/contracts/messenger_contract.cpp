// The contract of the messenger port, run on every adapter: files always, SMTP against a real server when
// KONTOR_TEST_SMTP names one (tools/with_smtp starts it).
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "adapters/messenger_files/files_messenger.h"
#include "adapters/messenger_smtp/smtp_messenger.h"
#include "runtime/json.h"
#include "tests/support/test_store.h"

namespace kontor::contract {
namespace {

const Mailbox kFrom{"Tea House", "shop@example.com"};

struct Subject {
  Messenger& messenger;
  // The texts that have arrived since the subject was made.
  std::function<std::vector<std::string>()> arrived;
};

std::string content(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

// What the test's mail server kept; see tests/support/smtp_server.py.
struct Received {
  std::string from;
  std::vector<std::string> to;
  std::string text;
  bool tls = false;
  std::string user;
  json::Raw connection;
  static constexpr auto fields() {
    return described(Field("from", &Received::from, ""), Field("to", &Received::to, ""),
                     Field("text", &Received::text, ""), Field("tls", &Received::tls, ""),
                     Field("user", &Received::user, ""), Field("connection", &Received::connection, ""));
  }
};

class Inbox {
 public:
  explicit Inbox(std::string folder) : folder_(std::move(folder)), before_(names()) {}
  std::vector<Received> received() const {
    std::vector<Received> all;
    for (const auto& name : names()) {
      if (before_.contains(name)) continue;
      const auto mail = json::read<Received>(content(name));
      REQUIRE_MESSAGE(mail, (mail ? "" : mail.error().detail));
      all.push_back(*mail);
    }
    return all;
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> all;
    for (const auto& mail : received()) all.push_back(mail.text);
    return all;
  }

 private:
  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      if (entry.path().extension() == ".json") found.insert(entry.path());
    return found;
  }
  std::string folder_;
  std::set<std::string> before_;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool has_server() {
  if (!environment("KONTOR_TEST_SMTP").empty()) return true;
  static bool told = false;
  if (!told) MESSAGE("smtp: skipped, KONTOR_TEST_SMTP is not set");
  told = true;
  return false;
}

messenger_smtp::Options server_options() {
  messenger_smtp::Options options;
  options.url = environment("KONTOR_TEST_SMTP");
  options.user = "tea";
  options.password = "house";
  options.from = kFrom;
  options.ca_file = environment("KONTOR_TEST_SMTP_CA");
  return options;
}

std::unique_ptr<messenger_smtp::SmtpMessenger> smtp(const messenger_smtp::Options& options, Clock& clock,
                                                    runtime::Workers* workers = nullptr) {
  auto opened = messenger_smtp::SmtpMessenger::open(options, clock, workers);
  REQUIRE_MESSAGE(opened, (opened ? "" : opened.error().detail));
  return std::move(*opened);
}

// The mails of a mailbox, with the line ends they are sent with.
void append_mails(std::vector<std::string>& mails, const std::string& box) {
  std::istringstream lines(box);
  bool empty_before = true;
  for (std::string line; std::getline(lines, line); empty_before = line.empty()) {
    if (empty_before && line.starts_with("From ")) {
      if (!mails.empty()) mails.back().resize(mails.back().size() - 2);  // the empty line between them
      mails.emplace_back();
      continue;
    }
    const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
    const bool quoted = quotes > 0 && line.substr(quotes).starts_with("From ");
    mails.back() += (quoted ? line.substr(1) : line) + "\r\n";
  }
  if (!mails.empty()) mails.back().resize(mails.back().size() - 2);
}

void on_each_messenger(const std::function<void(Subject&)>& test) {
  testing::FakeClock clock;
  runtime::Workers workers(2, 10);
  {
    INFO("files");
    testing::TempFolder folder;
    messenger_files::FilesMessenger messenger(folder.path(), kFrom, clock);
    Subject subject{messenger, [&] {
                      std::vector<std::string> texts;
                      for (const auto& box : std::filesystem::directory_iterator(folder.path()))
                        append_mails(texts, content(box.path()));
                      return texts;
                    }};
    test(subject);
  }
  if (!has_server()) return;
  INFO("smtp");
  const Inbox inbox(environment("KONTOR_TEST_SMTP_INBOX"));
  const auto messenger = smtp(server_options(), clock, &workers);
  Subject subject{*messenger, [&] { return inbox.texts(); }};
  test(subject);
}

TEST_CASE("messenger: a mail arrives as it was written, whatever its text") {
  on_each_messenger([](Subject& subject) {
    const Mail mail{"order.placed-1", "ada@example.org", "Ihre Bestellung für Käse",
                    "Grüße!\n.\n..two dots\nFrom here\n\n" + std::string(3000, 'x') + "\nend"};
    const auto sent = subject.messenger.send(mail);
    REQUIRE_MESSAGE(sent, (sent ? "" : sent.error().detail));
    const auto texts = subject.arrived();
    REQUIRE(texts.size() == 1);
    CHECK(texts[0] == mail_text(mail, kFrom, testing::FakeClock().now()));
  });
}

TEST_CASE("messenger: a repetition is the same mail: one file, or one Message-ID") {
  on_each_messenger([](Subject& subject) {
    std::set<std::string> ids;
    for (int i = 0; i < 3; ++i) REQUIRE(subject.messenger.send({"key-1", "ada@example.org", "s", "t"}));
    REQUIRE(subject.messenger.send({"key-2", "ada@example.org", "s", "t"}));
    for (const auto& text : subject.arrived()) {
      const auto at = text.find("Message-ID: ");
      ids.insert(text.substr(at, text.find("\r\n", at) - at));
    }
    CHECK(ids == std::set<std::string>{"Message-ID: <key-1@example.com>", "Message-ID: <key-2@example.com>"});
  });
}

TEST_CASE("messenger: an address that is none is refused for good, and nothing goes out") {
  on_each_messenger([](Subject& subject) {
    for (const auto* to : {"", "nobody", "a@b\r\nRCPT TO:<eve@example.com>", "a@b> SIZE=1\r\nDATA", "a@b,c@d"}) {
      const auto sent = subject.messenger.send({"k", to, "s", "t"});
      REQUIRE_FALSE(sent);
      CHECK(sent.error().code == Errc::kInvalid);
      CHECK(sent.error().reason == "messenger.bad_address");
    }
    CHECK(subject.arrived().empty());
  });
}

TEST_CASE("messenger: a subject cannot add a header") {
  on_each_messenger([](Subject& subject) {
    REQUIRE(subject.messenger.send({"k", "ada@example.org", "Hi\r\nBcc: eve@example.com\r\n\r\nbody", "t"}));
    const auto texts = subject.arrived();
    REQUIRE(texts.size() == 1);
    CHECK(texts[0].find("\nBcc:") == std::string::npos);
    CHECK(texts[0].ends_with("\r\n\r\nt\r\n"));
  });
}

TEST_CASE("messenger: many at once from several threads all arrive") {
  on_each_messenger([](Subject& subject) {
    std::vector<std::thread> threads;
    std::atomic<int> failed{0};
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i)
          if (!subject.messenger.send({std::to_string(t) + "-" + std::to_string(i), "ada@example.org", "s", "t"}))
            ++failed;
      });
    for (auto& thread : threads) thread.join();
    CHECK(failed == 0);
    CHECK(subject.arrived().size() == 30);
  });
}

TEST_CASE("smtp: what is final and what is worth another try") {
  if (!has_server()) return;
  testing::FakeClock clock;
  const Inbox inbox(environment("KONTOR_TEST_SMTP_INBOX"));
  auto options = server_options();
  options.timeout_ms = 3000;
  const auto fails = [&](const messenger_smtp::Options& with, const std::string& to) {
    const auto sent = smtp(with, clock)->send({"k", to, "s", "t"});
    REQUIRE_FALSE(sent);
    CAPTURE(sent.error().detail);
    CHECK(sent.error().detail.find("example.org") == std::string::npos);  // nobody's address goes into the log
    CHECK(sent.error().detail.find("house") == std::string::npos);        // nor the password
    return sent.error();
  };
  CHECK(fails(options, "nobody@example.org").reason == "messenger.refused");
  CHECK(fails(options, "nobody@example.org").code == Errc::kInvalid);
  CHECK(fails(options, "data@example.org").reason == "messenger.refused");
  CHECK(fails(options, "later@example.org").reason == "messenger.unavailable");
  CHECK(fails(options, "later@example.org").code == Errc::kUnavailable);
  options.timeout_ms = 300;
  CHECK(fails(options, "slow@example.org").code == Errc::kTimeout);
  options.timeout_ms = 3000;

  auto wrong = options;
  wrong.password = "mouse";
  CHECK(fails(wrong, "ada@example.org").code == Errc::kUnavailable);
  wrong = options;
  wrong.from = {"", "unwanted@example.com"};
  CHECK(fails(wrong, "ada@example.org").code == Errc::kUnavailable);
  wrong = options;
  wrong.url = "smtp://127.0.0.1:1";
  CHECK(fails(wrong, "ada@example.org").code == Errc::kUnavailable);
  CHECK(inbox.received().empty());
}

TEST_CASE("smtp: no mail and no password without TLS, unless told otherwise") {
  if (!has_server()) return;
  testing::FakeClock clock;
  const Inbox inbox(environment("KONTOR_TEST_SMTP_INBOX"));
  const Mail mail{"k", "ada@example.org", "s", "t"};
  auto options = server_options();
  options.url = environment("KONTOR_TEST_SMTP_BARE");
  options.user = "";
  CHECK(smtp(options, clock)->send(mail).error().code == Errc::kUnavailable);
  options.tls = messenger_smtp::Tls::kOffered;
  CHECK(smtp(options, clock)->send(mail));
  options.tls = messenger_smtp::Tls::kOff;
  CHECK(smtp(options, clock)->send(mail));
  options = server_options();
  options.ca_file = "";  // a certificate that nobody vouches for
  CHECK(smtp(options, clock)->send(mail).error().code == Errc::kUnavailable);
  options = server_options();
  options.url = environment("KONTOR_TEST_SMTPS");
  CHECK(smtp(options, clock)->send(mail));
  const auto all = inbox.received();
  REQUIRE(all.size() == 3);
  CHECK_FALSE(all[0].tls);
}

TEST_CASE("smtp: a connection is used again, also after a refusal") {
  if (!has_server()) return;
  testing::FakeClock clock;
  const Inbox inbox(environment("KONTOR_TEST_SMTP_INBOX"));
  const auto messenger = smtp(server_options(), clock);
  for (int i = 0; i < 5; ++i) REQUIRE(messenger->send({std::to_string(i), "ada@example.org", "s", "t"}));
  CHECK_FALSE(messenger->send({"no", "nobody@example.org", "s", "t"}));
  REQUIRE(messenger->send({"6", "ada@example.org", "s", "t"}));
  std::set<std::string> connections;
  const auto all = inbox.received();
  REQUIRE(all.size() == 6);
  for (const auto& mail : all) {
    connections.insert(mail.connection.text);
    CHECK(mail.from == "shop@example.com");
    CHECK(mail.to == std::vector<std::string>{"ada@example.org"});
    CHECK(mail.tls);
    CHECK(mail.user == "tea");
  }
  CHECK(connections.size() <= 2);
}

TEST_CASE("smtp: a URL that is none is told at once") {
  testing::FakeClock clock;
  for (const auto* url :
       {"", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://u:p@mail.example.com"}) {
    messenger_smtp::Options options;
    options.url = url;
    options.from = kFrom;
    CAPTURE(url);
    CHECK(messenger_smtp::SmtpMessenger::open(options, clock, nullptr).error().code == Errc::kInvalid);
  }
}

}  // namespace
}  // namespace kontor::contract
