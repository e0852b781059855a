#include "runtime/csv_file.h"

#include <doctest/doctest.h>

#include <fstream>
#include <random>

#include <unistd.h>

#include "runtime/csv_write.h"
#include "runtime/toml_json.h"

using namespace kontor;
using runtime::CsvFile;
using runtime::CsvLine;

namespace {

using Table = std::vector<std::vector<std::string>>;

struct TestFile {
  std::string path = "/tmp/kontor-csv-" + std::to_string(::getpid()) + ".csv";
  explicit TestFile(std::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  ~TestFile() { ::unlink(path.c_str()); }
};

CsvFile open(const TestFile& file, char delimiter = '\0') {
  auto opened = CsvFile::open(file.path, delimiter);
  REQUIRE(opened);
  return std::move(*opened);
}

Table read_rest(CsvFile& csv) {
  Table table;
  CsvFile::Record record;
  while (true) {
    const auto more = csv.next(record);
    REQUIRE(more);
    if (!*more) return table;
    for (const auto& wrong : record.wrong) FAIL(wrong.message);
    table.emplace_back(record.cells.begin(), record.cells.end());
  }
}

Table read_all(std::string_view bytes, char delimiter = '\0') {
  const TestFile file(bytes);
  auto csv = open(file, delimiter);
  return read_rest(csv);
}

// "line:column:code" of everything that is wrong, and "ok" for each good record.
std::string verdicts(std::string_view bytes) {
  const TestFile file(bytes);
  auto csv = open(file);
  std::string out;
  CsvFile::Record record;
  while (true) {
    const auto more = csv.next(record);
    REQUIRE(more);
    if (!*more) return out;
    if (record.wrong.empty()) out += std::to_string(record.line) + ":ok ";
    for (const auto& wrong : record.wrong)
      out += std::to_string(wrong.line) + ":" + std::to_string(wrong.column) + ":" + wrong.code + " ";
  }
}

std::string utf16(std::string_view utf8, bool little) {
  std::string out = little ? "\xFF\xFE" : "\xFE\xFF";
  const auto unit = [&](std::uint32_t value) {
    const char high = static_cast<char>(value >> 8);
    const char low = static_cast<char>(value & 255);
    out += little ? low : high;
    out += little ? high : low;
  };
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t code = size == 1 ? lead : lead & (0xffu >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) code = code << 6 | (static_cast<unsigned char>(utf8[i + k]) & 63);
    i += size;
    if (code < 0x10000) {
      unit(code);
    } else {
      unit(0xd800 + ((code - 0x10000) >> 10));
      unit(0xdc00 + ((code - 0x10000) & 1023));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("csv: RFC 4180 and what programs make of it") {
  CHECK(read_all("a,b\n1,2\n") == Table{{"a", "b"}, {"1", "2"}});
  CHECK(read_all("a,b\r\n1,2") == Table{{"a", "b"}, {"1", "2"}});
  CHECK(read_all("a,b\r1,2\r\r3,4\r") == Table{{"a", "b"}, {"1", "2"}, {"3", "4"}});
  CHECK(read_all("\xEF\xBB\xBF\"a\",b\n\n\n,\n") == Table{{"a", "b"}, {"", ""}});
  CHECK(read_all("a,\"x \"\"y\"\"\r\nz,\",c\n") == Table{{"a", "x \"y\"\r\nz,", "c"}});
  CHECK(read_all("a,5\" pipe,c\n") == Table{{"a", "5\" pipe", "c"}});
  CHECK(read_all("a, \"b\" ,c\n") == Table{{"a", " \"b\" ", "c"}});
  CHECK(read_all("\"\"\n") == Table{{""}});
  CHECK(read_all("").empty());
  CHECK(read_all("\n\r\n\r").empty());
}

TEST_CASE("csv: the delimiter is found, named by the file, or given") {
  CHECK(read_all("a;b;c,d\n1;2;3\n") == Table{{"a", "b", "c,d"}, {"1", "2", "3"}});
  CHECK(read_all("a\tb\n1\t2\n") == Table{{"a", "b"}, {"1", "2"}});
  CHECK(read_all("\"a;b;c\",d\n1,2\n") == Table{{"a;b;c", "d"}, {"1", "2"}});
  CHECK(read_all("sep=;\r\na,b;c\r\n") == Table{{"a,b", "c"}});
  CHECK(read_all("a;b\n", ',') == Table{{"a;b"}});
  CHECK(read_all("one\ntwo\n") == Table{{"one"}, {"two"}});
  const TestFile file("sep=;\na;b\n");
  auto csv = open(file);
  CsvFile::Record record;
  REQUIRE(csv.next(record));
  CHECK(record.line == 2);
}

TEST_CASE("csv: UTF-16 of either order reads as the same text, also across the pieces that are read") {
  std::string text = "name;größe\n";
  for (int i = 0; i < 90'000; ++i) text += "päck😀;" + std::to_string(i) + "\n";
  const Table expected = read_all(text);
  REQUIRE(expected.size() == 90'001);
  CHECK(read_all(utf16(text, true)) == expected);
  CHECK(read_all(utf16(text, false)) == expected);
}

TEST_CASE("csv: what is wrong is said by line and column, and the records behind it are read") {
  CHECK(verdicts("a,b\n1,\"x\"y\n2,3\n") == "1:ok 2:2:bad_quote 3:ok ");
  CHECK(verdicts("a,b\n1,\"x\n\n\"y\n2,3\n") == "1:ok 4:2:bad_quote 5:ok ");
  CHECK(verdicts("a,b\n1,2\n3,\"never closed\n4,5\n") == "1:ok 2:ok 3:2:unclosed_quote ");
  CHECK(verdicts(std::string("a,b\n1,x\0y\n2,3\n", 14)) == "1:ok 2:2:bad_encoding 3:ok ");
  CHECK(verdicts("a,b\n1,\"x\n\xFF\"\n2,3\n") == "1:ok 3:2:bad_encoding 4:ok ");
  CHECK(verdicts("a,b\n\xC3,\xA9\n2,3\n") == "1:ok 2:1:bad_encoding 2:2:bad_encoding 3:ok ");
  const std::string lone = utf16("a,b\n", true) + std::string("\x00\xD8,\x00z\x00\n\x00", 8);
  CHECK(verdicts(lone) == "1:ok 2:1:bad_encoding ");
  CHECK(verdicts(utf16("a,b\n1,2", true) + "x") == "1:ok 2:2:bad_encoding ");
  // UTF-16 without its mark is recognisable by its NULs.
  CHECK(verdicts(utf16("a,b\n", true).substr(2)).find("bad_encoding") != std::string::npos);
}

TEST_CASE("csv: cells and lines beyond the limits are refused by name and not kept") {
  const std::string big(10'000'000, 'x');
  CHECK(verdicts("a,b\n1," + big + "\n2,3\n") == "1:ok 2:2:too_long 3:ok ");
  CHECK(verdicts("a,b\n1,\"" + big + "\"\n2,3\n") == "1:ok 2:2:too_long 3:ok ");
  CHECK(verdicts("a,b\n1,\"" + std::string(3'000'000, '\n') + "\"\n2,3\n") == "1:ok 2:2:too_long 3000003:ok ");
  CHECK(verdicts("a,b\n1,\"" + std::string(3'000'000, '\n')) == "1:ok 2:2:too_long 2:2:unclosed_quote ");
  const std::string most(CsvFile::kLongestCell, 'x');
  CHECK(verdicts("a,b\n1," + most + "\n") == "1:ok 2:ok ");
  CHECK(verdicts("a,b\n1," + most + "y\n") == "1:ok 2:2:too_long ");
  std::string line;
  for (int i = 0; i < 5; ++i) line += most + ",";
  CHECK(verdicts("a,b\n" + line + "\n2,3\n") == "1:ok 2:4:too_long 2:5:too_long 3:ok ");
  CHECK(verdicts("a,b\n" + std::string(5'000'000, ',') + "\n2,3\n") == "1:ok 2:0:too_many 3:ok ");
}

TEST_CASE("csv: any place told is a place to go on from, whatever the encoding") {
  std::string text = "a,b\r\n";
  for (int i = 0; i < 500; ++i)
    text += i % 7 == 0 ? "\"zeile\n" + std::to_string(i) + "\",😀ä\r\n" : std::to_string(i) + ",é\r\n";
  for (const std::string& bytes : {text, "\xEF\xBB\xBF" + text, utf16(text, true), utf16(text, false)}) {
    const TestFile file(bytes);
    auto csv = open(file);
    std::vector<CsvFile::Place> places{csv.place()};
    std::vector<std::int64_t> lines;
    CsvFile::Record record;
    while (*csv.next(record)) {
      places.push_back(csv.place());
      lines.push_back(record.line);
    }
    REQUIRE(places.size() == 502);
    CHECK(places.back().offset == csv.size());
    for (std::size_t i = 0; i < lines.size(); i += 37) {
      auto again = open(file);
      REQUIRE(again.seek(places[i]));
      REQUIRE(*again.next(record));
      CHECK(record.line == lines[i]);
      CHECK(read_rest(again).size() == 500 - i);
    }
  }
}

TEST_CASE("csv: random cells, written and read, are the same cells") {
  std::mt19937 luck(4180);
  const std::string_view pieces[] = {"a", "\"", ",", ";", "\n", "\r\n", " ", "'", "=", "-", "é", "😀", "\t", "7", "@x"};
  for (int round = 0; round < 300; ++round) {
    const std::size_t columns = 2 + luck() % 6;
    Table table;
    std::string bytes;
    CsvLine line(bytes);
    for (std::size_t row = 0, rows = 1 + luck() % 20; row < rows; ++row) {
      auto& cells = table.emplace_back();
      for (std::size_t column = 0; column < columns; ++column) {
        std::string cell;
        for (std::size_t k = luck() % 6; k > 0; --k) cell += pieces[luck() % std::size(pieces)];
        line.text(cell);
        cells.push_back(std::move(cell));
      }
      line.end();
    }
    Table back = read_all(bytes, ',');
    for (auto& cells : back)
      for (auto& cell : cells) cell = std::string(runtime::unguarded(cell));
    CHECK_MESSAGE(back == table, bytes);
  }
}

TEST_CASE("csv: a cell that a spreadsheet would run is guarded, a number is not") {
  for (const char* cell : {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-x", "- dash"})
    CHECK_MESSAGE(runtime::guarded(cell) == "'" + std::string(cell), cell);
  for (const char* cell : {"-5", "+3.25", "5-3", "'quoted'", "'", "", "a=b"})
    CHECK_MESSAGE(runtime::guarded(cell) == cell, cell);
  CHECK(runtime::unguarded("'=1") == "=1");
  CHECK(runtime::unguarded("'plain") == "'plain");
}

TEST_CASE("toml: as the JSON of the same shape; a mistake is named by line") {
  CHECK(runtime::json_from_toml("a = 1\n[b]\n\"c d\" = \"e\"\n").has_value());
  const auto wrong = runtime::json_from_toml("a = 1\nb = \n");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().detail.find("line 2") != std::string::npos);
}
