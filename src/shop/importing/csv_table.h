// A CSV file with a header: named columns, and records that have as many cells as the header. What is wrong with a
// record is said by line and column name. Lines without any text are left out.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "runtime/csv_file.h"
#include "shop/importing/row_source.h"

namespace kontor::importing {

// As messages name what stands in a file: between quotes, and cut when it is long.
std::string quoted(std::string_view text);

class CsvTable {
 public:
  // kInvalid "importing.bad_header" for a file without a header, columns without a name or with one name for two, and
  // for a delimiter that does not seem to be the file's.
  static Result<CsvTable> open(const std::string& path, char delimiter);

  const std::vector<std::string>& columns() const { return columns_; }
  // "line 1: …; the columns are 'a', 'b' (separated by ',')" as kInvalid "importing.bad_header".
  Error bad_header(const std::string& column, std::string code, const std::string& words) const;

  struct Record {
    std::int64_t line = 0;
    std::vector<std::string_view> cells;  // as many as columns; good until the next call
    std::vector<BadRow> wrong;            // the cells then mean nothing, and may be fewer
  };
  Result<bool> next(Record& record);
  SourcePlace place() const { return {file_.place().offset, file_.place().line}; }
  Result<void> seek(SourcePlace place);  // {0, 0} is behind the header
  std::int64_t size() const { return file_.size(); }

 private:
  explicit CsvTable(runtime::CsvFile file) : file_(std::move(file)) {}
  Result<void> read_header();

  runtime::CsvFile file_;
  std::vector<std::string> columns_;
  std::int64_t header_line_ = 1;
  runtime::CsvFile::Place begin_;
  runtime::CsvFile::Record record_;
};

// Which products a file has named so far, by the hashes of their keys.
class SeenKeys {
 public:
  // False when it was there before.
  bool add(std::string_view key) { return seen_.insert(std::hash<std::string_view>{}(key)).second; }
  void clear() { seen_.clear(); }

 private:
  std::unordered_set<std::size_t> seen_;
};

}  // namespace kontor::importing
