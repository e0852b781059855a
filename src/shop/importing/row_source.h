// Where an import's rows come from. Whatever the format, a source hands out one product at a time as a JSON row of
// import_row.h, so that every format is checked, applied and reported alike; and it knows which line and column of its
// file a member came from.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/money.h"
#include "base/result.h"

namespace kontor::importing {

// What is wrong with one member of one row.
struct BadRow {
  std::int64_t line = 0;
  std::string field;
  std::string code;
  std::string message;
  static constexpr auto fields() {
    return described(Field("line", &BadRow::line, "The row's line, from 1"),
                     Field("field", &BadRow::field,
                           "Which member, as a JSON pointer; of CSV the name of the column; empty: the whole row"),
                     Field("code", &BadRow::code, "What kind of mistake"),
                     Field("message", &BadRow::message, "In words"));
  }
};

// A product as the source gives it.
struct SourceRow {
  std::int64_t line = 0;                  // where it begins
  std::vector<std::int64_t> offer_lines;  // where each of its offers stands; empty: with the product
  std::string text;                       // the row as JSON
  std::vector<BadRow> wrong;              // what the source itself refuses; the text then means nothing
};

// How far a source is read.
struct SourcePlace {
  std::int64_t offset = 0;
  std::int64_t line = 0;
};

// Reads forward in bounded memory; blocking, of the local disk. Errors are the file's.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // False at the end.
  virtual Result<bool> next(SourceRow& row) = 0;
  // Behind the last row that next() gave; {0, 0} is the beginning for every source.
  virtual SourcePlace place() const = 0;
  virtual Result<void> seek(SourcePlace place) = 0;
  virtual std::int64_t size() const = 0;  // bytes; -1 when not known
  // What the file calls the member at this JSON pointer of a row: a column's name, or the pointer itself.
  virtual std::string name_of(std::string_view pointer) const = 0;
};

enum class FileFormat { kNdjson, kCsv, kShopifyCsv };
constexpr auto enum_names(FileFormat) {
  return std::array{EnumName<FileFormat>{FileFormat::kNdjson, "ndjson"}, EnumName<FileFormat>{FileFormat::kCsv, "csv"},
                    EnumName<FileFormat>{FileFormat::kShopifyCsv, "shopify-csv"}};
}

// How a file is to be read.
struct Reading {
  FileFormat format = FileFormat::kNdjson;
  Currency currency;      // of amounts that name none
  char delimiter = '\0';  // of CSV; NUL: it is found
  std::string mapping;    // of csv: the JSON of a Mapping (import_mapping.h); empty: columns are named like members
};

// kInvalid "importing.bad_header" when the file's header does not fit, with what would; else the file's errors.
Result<std::unique_ptr<RowSource>> open_rows(const std::string& path, const Reading& reading);

// "comma", "semicolon", "tab", "pipe", or the character itself; nothing for anything else.
std::optional<char> delimiter_of(std::string_view word);

}  // namespace kontor::importing
