#include "runtime/log.h"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <thread>

#include "runtime/json.h"

namespace kontor::runtime {
namespace {

std::string line(LogFormat format, std::string_view message, std::vector<LogField> fields) {
  std::string out;
  append_log_line(out, format, {1'763'702'652'000, Level::kInfo, message, fields});
  return out;
}

std::string masked(std::string text) {
  mask_card_numbers(text);
  return text;
}

// The reading end of a pipe whose writing end a log holds.
struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  std::string read_all() {
    ::close(ends[1]);
    ends[1] = -1;
    std::string out;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
      out.append(buffer, static_cast<std::size_t>(count));
    return out;
  }
};

}  // namespace

TEST_CASE("a line in both forms") {
  CHECK(line(LogFormat::kText, "request", {{"path", "/a b"}, {"status", 200}, {"none", ""}}) ==
        "2025-11-21T05:24:12Z INFO  request path=\"/a b\" status=200");
  CHECK(line(LogFormat::kJson, "request", {{"path", "/a\"b"}, {"status", 200}}) ==
        R"({"at":"2025-11-21T05:24:12Z","level":"info","message":"request","path":"/a\"b","status":200})");
}

TEST_CASE("no value can pretend to be another line, and JSON lines stay JSON") {
  CHECK(line(LogFormat::kText, "a\nb", {{"x", "1\n2026 ERROR y=2"}}).find('\n') == std::string::npos);
  const auto text = line(LogFormat::kJson, "bad \xFF", {{"x", "\xC3("}});
  CHECK(json::parse(text).has_value());
  const std::string endless(100'000, 'x');
  CHECK(line(LogFormat::kJson, endless, {{"x", endless}}).size() < 10'000);
}

TEST_CASE("card numbers are masked, other numbers are not") {
  CHECK(masked("card 4111111111111111 ok") == "card ************1111 ok");
  CHECK(masked("4111 1111 1111 1111") == "**** **** **** 1111");
  CHECK(masked("5500-0000-0000-0004;") == "****-****-****-0004;");
  CHECK(masked("378282246310005") == "***********0005");
  CHECK(masked("no. 12 4111 1111 1111 1111 12/29") == "no. 12 **** **** **** 1111 12/29");
  CHECK(masked("4111111111111111,5500000000000004") == "************1111,************0004");
  CHECK(masked("4111111111111112") == "4111111111111112");
  CHECK(masked("1763702652000") == "1763702652000");
  CHECK(masked("41111111111111110000000000") == "41111111111111110000000000");
  CHECK(line(LogFormat::kJson, "x", {{"token", "4111111111111111"}}).find("4111111111111111") == std::string::npos);
  CHECK(json::parse(line(LogFormat::kJson, "x", {{"n", 4111111111111111}})).has_value());
}

TEST_CASE("lines of several threads all arrive, whole, and flush waits for them") {
  Pipe pipe;
  {
    StreamLog log({pipe.ends[1], LogFormat::kText, Level::kInfo, 1 << 20});
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 100; ++i) log.info("line", {{"thread", t}, {"i", i}});
      });
    for (auto& thread : threads) thread.join();
    log.debug("hidden");
    log.flush();
    log.error("last");
    CHECK(log.dropped() == 0);
  }
  const auto out = pipe.read_all();
  CHECK(std::count(out.begin(), out.end(), '\n') == 301);
  CHECK(out.find("thread=2 i=99\n") != std::string::npos);
  CHECK(out.find("hidden") == std::string::npos);
  CHECK(out.find("ERROR last\n") != std::string::npos);
}

TEST_CASE("beyond its buffer a log drops lines, counts them, and keeps nobody waiting") {
  Pipe pipe;
  {
    StreamLog log({pipe.ends[1], LogFormat::kText, Level::kInfo, 2000});
    const std::string wide(900, 'x');
    for (int i = 0; i < 2000; ++i) log.info(wide);  // far more than the pipe and the buffer hold; nobody reads yet
    CHECK(log.dropped() > 1000);
    std::thread reader([&pipe] {
      char buffer[4096];
      while (::read(pipe.ends[0], buffer, sizeof buffer) > 0) {
      }
    });
    log.flush();
    ::close(pipe.ends[1]);
    pipe.ends[1] = -1;
    reader.join();
  }
}

TEST_CASE("a capturing log keeps lines without times") {
  MemoryLog log(Level::kInfo);
  log.debug("no");
  log.warning("yes", {{"n", 5}});
  CHECK(log.lines() == std::vector<std::string>{"WARN  yes n=5"});
  CHECK(log.has("n=5"));
  CHECK_FALSE(log.has("no"));
  CHECK(parse_level("warning") == Level::kWarning);
  CHECK_FALSE(parse_level("loud"));
}

}  // namespace kontor::runtime
