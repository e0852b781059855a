#include "shop/importing/csv_table.h"

#include <algorithm>
#include <map>

#include "base/text.h"

namespace kontor::importing {
namespace {

constexpr std::size_t kShownColumns = 30;

std::string word_of(char delimiter) {
  switch (delimiter) {
    case '\t':
      return "tab";
    case ',':
      return "comma";
    case ';':
      return "semicolon";
    case '|':
      return "pipe";
    default:
      return std::string("'") + delimiter + "'";
  }
}

}  // namespace

std::optional<char> delimiter_of(std::string_view word) {
  if (word == "comma") return ',';
  if (word == "semicolon") return ';';
  if (word == "tab") return '\t';
  if (word == "pipe") return '|';
  if (word.size() != 1) return std::nullopt;
  const auto c = static_cast<unsigned char>(word[0]);
  const bool usual = c == '\t' || (c > ' ' && c < 0x7f && c != '"');
  return usual ? std::optional<char>(word[0]) : std::nullopt;
}

std::string quoted(std::string_view text) { return "'" + std::string(clip(text, 80)) + "'"; }

Result<CsvTable> CsvTable::open(const std::string& path, char delimiter) {
  TRY(auto file, runtime::CsvFile::open(path, delimiter));
  CsvTable table(std::move(file));
  TRY_DO(table.read_header());
  return table;
}

Result<void> CsvTable::read_header() {
  TRY(const bool any, file_.next(record_));
  if (!any) return fail(bad_header("", "required", "The file has no header line."));
  header_line_ = record_.line;
  if (!record_.wrong.empty()) return fail(bad_header("", record_.wrong[0].code, record_.wrong[0].message));
  for (const auto cell : record_.cells) columns_.emplace_back(trim(cell));
  while (!columns_.empty() && columns_.back().empty()) columns_.pop_back();  // a line that ends in delimiters
  if (columns_.empty()) return fail(bad_header("", "required", "The header names no column."));
  if (columns_.size() == 1) {
    for (const char other : runtime::CsvFile::kDelimiters)
      if (other != file_.delimiter() && columns_[0].find(other) != std::string::npos)
        return fail(bad_header("", "wrong_delimiter",
                               "The header is one column when " + word_of(file_.delimiter()) +
                                   " separates the cells. Is it " + word_of(other) + "?"));
  }
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].empty())
      return fail(bad_header("", "required", "Column " + std::to_string(i + 1) + " of the header has no name."));
    const auto [before, fresh] = places.emplace(columns_[i], i);
    if (!fresh)
      return fail(bad_header(columns_[i], "duplicate",
                             "Columns " + std::to_string(before->second + 1) + " and " + std::to_string(i + 1) +
                                 " have the same name '" + std::string(clip(columns_[i], 100)) + "'."));
  }
  begin_ = file_.place();
  return {};
}

Error CsvTable::bad_header(const std::string& column, std::string code, const std::string& words) const {
  std::string shown;
  for (std::size_t i = 0; i < std::min(columns_.size(), kShownColumns); ++i)
    shown += (i == 0 ? "'" : ", '") + std::string(clip(columns_[i], 60)) + "'";
  if (columns_.size() > kShownColumns) shown += ", …";
  const std::string where = "line " + std::to_string(header_line_);
  std::string detail = where + ": " + words;
  if (!columns_.empty()) detail += " The columns are " + shown + ", separated by " + word_of(file_.delimiter()) + ".";
  Error error{Errc::kInvalid, "importing.bad_header", detail, {}, {}, 0};
  error.fields.push_back({column.empty() ? where : where + ", " + column, std::move(code), words});
  return error;
}

Result<bool> CsvTable::next(Record& record) {
  while (true) {
    TRY(const bool more, file_.next(record_));
    if (!more) return false;
    record.line = record_.line;
    record.wrong.clear();
    record.cells = record_.cells;
    for (auto& wrong : record_.wrong) {
      const std::size_t column = wrong.column;
      std::string name = column == 0                 ? ""
                         : column <= columns_.size() ? columns_[column - 1]
                                                     : "column " + std::to_string(column);
      record.wrong.push_back({wrong.line, std::move(name), std::move(wrong.code), std::move(wrong.message)});
    }
    if (!record.wrong.empty()) return true;
    const auto blank = [](std::string_view cell) { return trim(cell).empty(); };
    if (std::all_of(record.cells.begin(), record.cells.end(), blank)) continue;
    while (record.cells.size() > columns_.size() && blank(record.cells.back())) record.cells.pop_back();
    if (record.cells.size() != columns_.size())
      record.wrong.push_back({record.line, "", "wrong_length",
                              "The line has " + std::to_string(record.cells.size()) + " cells, the header " +
                                  std::to_string(columns_.size()) +
                                  ". A cell that holds a delimiter or a line end is written in quotes."});
    return true;
  }
}

Result<void> CsvTable::seek(SourcePlace place) {
  if (place.offset == 0) return file_.seek(begin_);
  return file_.seek({place.offset, place.line});
}

}  // namespace kontor::importing
