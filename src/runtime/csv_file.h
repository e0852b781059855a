// Records of a CSV file, one after the other, in bounded memory: RFC 4180, and what programs make of it. UTF-8 with or
// without a byte-order mark, UTF-16 with one; lines end with LF, CRLF or CR; quoted cells may hold line ends; the
// delimiter is given, named by a first line "sep=;" (as Excel does), or found in the first line; empty lines are left
// out. What is wrong with a record is said with line and column, and reading goes on behind it. Blocking, of the local
// disk.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/input_file.h"

namespace kontor::runtime {

class CsvFile {
 public:
  static constexpr std::size_t kLongestCell = 1 << 20;    // bytes as UTF-8
  static constexpr std::size_t kLongestRecord = 4 << 20;  // the same, of all cells of a record
  static constexpr std::size_t kMostColumns = 2000;
  static constexpr std::string_view kDelimiters = ",;\t|";  // what is looked for

  // `delimiter` NUL: it is found. "-" is standard input. Errors are InputFile's.
  static Result<CsvFile> open(const std::string& path, char delimiter = '\0');

  struct Problem {
    std::int64_t line = 0;   // from 1
    std::size_t column = 0;  // from 1; 0: the whole record
    std::string code;        // bad_quote, unclosed_quote, too_long, too_many, bad_encoding
    std::string message;     // what is wrong and what would be right
  };
  struct Record {
    std::int64_t line = 0;                // where it begins, from 1
    std::vector<std::string_view> cells;  // good until the next call
    std::vector<Problem> wrong;           // when there are any, the cells mean nothing
  };
  // False at the end.
  Result<bool> next(Record& record);

  // Goes on behind a place that place() told earlier, also in another run. Standard input can only stay where it is.
  struct Place {
    std::int64_t offset = 0;  // bytes of the file as it is, whatever its encoding
    std::int64_t line = 0;    // lines read
  };
  Place place() const { return place_; }
  Result<void> seek(Place place);
  std::int64_t size() const { return file_.size(); }  // bytes; -1 when not known
  char delimiter() const { return delimiter_; }

 private:
  enum class Encoding { kUtf8, kUtf16Le, kUtf16Be };
  enum class End { kCell, kLine, kFile };
  explicit CsvFile(InputFile file) : file_(std::move(file)) {}

  Result<void> begin(char delimiter);
  char find_delimiter() const;
  Result<bool> fill();
  void decode();
  void account();
  Result<int> peek();  // -1 at the end
  Result<bool> take_line_end(char first);
  Result<End> read_cell(Record& record);
  Result<void> read_quoted(Record& record);
  Result<End> read_plain(Record& record);
  void keep(std::string_view text, Record& record);
  void check_text(Record& record) const;

  InputFile file_;
  Encoding encoding_ = Encoding::kUtf8;
  char delimiter_ = ',';
  std::string raw_;     // UTF-16 that is not decoded yet
  std::string buffer_;  // UTF-8
  std::size_t at_ = 0;
  std::size_t counted_ = 0;  // what of it place_ has
  bool ended_ = false;
  Place place_;
  std::int64_t line_ = 0;  // lines ended within the record
  std::string text_;       // the record's cells, a line end behind each
  struct Cell {
    std::size_t begin = 0, size = 0;
    std::int64_t line = 0;
  };
  std::vector<Cell> cells_;
  bool dropping_ = false;  // the cell is too long: nothing more of it is kept
};

}  // namespace kontor::runtime
