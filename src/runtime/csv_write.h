// Cells and lines of CSV as they are written: RFC 4180 with CRLF-free lines, and safe to open in a spreadsheet.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace kontor::runtime {

// Spreadsheets run a cell that begins with = + - @ (or a tab, or a line end) as a formula. guarded() puts an apostrophe
// before such a cell, as people do to say "text"; a cell that has apostrophes before such a character gets one more, so
// that unguarded() always gives back what guarded() took. Plain numbers such as -5 stay as they are.
std::string guarded(std::string_view cell);
std::string_view unguarded(std::string_view cell);

// Collects one line: cells separated by commas, ended by LF, guarded, and quoted where they need it.
class CsvLine {
 public:
  explicit CsvLine(std::string& out) : out_(out) {}
  CsvLine& text(std::string_view cell);   // guarded
  CsvLine& plain(std::string_view cell);  // figures, ids, codes: known to be harmless
  CsvLine& number(std::int64_t value) { return plain(std::to_string(value)); }
  void end();

 private:
  void put(std::string_view cell);
  std::string& out_;
  bool first_ = true;
};

}  // namespace kontor::runtime
