#include "runtime/line_file.h"

#include <doctest/doctest.h>

using namespace kontor;
using runtime::LineFile;
using runtime::SpoolFile;

namespace {
std::vector<std::pair<std::int64_t, std::string>> lines_of(std::string_view text) {
  auto spool = SpoolFile::create("/tmp/kontor-line-file-test", "lines");
  REQUIRE(spool);
  REQUIRE(spool->write(text));
  auto file = LineFile::open(spool->path());
  REQUIRE(file);
  std::vector<std::pair<std::int64_t, std::string>> all;
  while (true) {
    auto line = file->next();
    REQUIRE(line);
    if (!*line) return all;
    all.emplace_back((*line)->number, (*line)->too_long ? "too long" : std::string((*line)->text));
  }
}
using WrittenLines = std::vector<std::pair<std::int64_t, std::string>>;
}  // namespace

TEST_CASE("lines: ends of every kind, empty ones counted and left out") {
  CHECK(lines_of("") == WrittenLines{});
  CHECK(lines_of("a") == WrittenLines{{1, "a"}});
  CHECK(lines_of("a\n") == WrittenLines{{1, "a"}});
  CHECK(lines_of("\xEF\xBB\xBF"
                 "a\r\n\n  \nb\r\n") == WrittenLines{{1, "a"}, {4, "b"}});
}

TEST_CASE("lines: one that is too long is named and the next is read") {
  CHECK(lines_of("x\n" + std::string(LineFile::kLongest + 5, 'y') + "\nz\n") ==
        WrittenLines{{1, "x"}, {2, "too long"}, {3, "z"}});
  CHECK(lines_of(std::string(3 * LineFile::kLongest, 'y')) == WrittenLines{{1, "too long"}});
}

TEST_CASE("lines: reading goes on from a place that was told") {
  auto spool = SpoolFile::create("/tmp/kontor-line-file-test", "seek");
  REQUIRE(spool);
  REQUIRE(spool->write("one\ntwo\nthree\n"));
  auto file = LineFile::open(spool->path());
  REQUIRE(file);
  REQUIRE(file->next());
  const auto place = file->place();
  REQUIRE(file->next());
  REQUIRE(file->seek(place));
  const auto again = file->next();
  REQUIRE(again);
  REQUIRE(*again);
  CHECK((*again)->text == "two");
  CHECK((*again)->number == 2);
}

TEST_CASE("lines: a file that is not there is named") {
  const auto file = LineFile::open("/nowhere/at/all");
  REQUIRE_FALSE(file);
  CHECK(file.error().detail.find("/nowhere/at/all") != std::string::npos);
}
