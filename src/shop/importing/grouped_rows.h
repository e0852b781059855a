// Lines of a CSV file that follow one another and have the same key are one product: what CSV sources share. A product
// of which any line is wrong is refused as a whole; a key that comes back later in the file is refused as well, since
// half of a product would overwrite the other half.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shop/importing/csv_table.h"
#include "shop/importing/row_source.h"

namespace kontor::importing {

// One line's cells, kept.
class KeptLine {
 public:
  KeptLine(std::int64_t line, const std::vector<std::string_view>& cells);
  std::int64_t line() const { return line_; }
  std::string_view cell(std::size_t column) const {
    return std::string_view(text_).substr(ends_[column], ends_[column + 1] - ends_[column]);
  }
  std::size_t bytes() const { return text_.size(); }

 private:
  std::int64_t line_;
  std::string text_;
  std::vector<std::uint32_t> ends_{0};
};

class GroupedRows : public RowSource {
 public:
  static constexpr std::size_t kMostLines = 3000;      // of one product
  static constexpr std::size_t kMostBytes = 8u << 20;  // the same

  Result<bool> next(SourceRow& row) final;
  SourcePlace place() const final { return place_; }
  Result<void> seek(SourcePlace place) final;
  std::int64_t size() const final { return table_.size(); }

 protected:
  GroupedRows(CsvTable table, std::size_t key_column)
      : table_(std::move(table)), key_column_(key_column), place_(table_.place()) {}

  const CsvTable& table() const { return table_; }
  // Makes one product of its lines, or adds to row.wrong.
  virtual void make(const std::vector<KeptLine>& lines, SourceRow& row) const = 0;

 private:
  Result<bool> read();  // the next record → record_, key_
  void take(SourceRow& row);

  CsvTable table_;
  std::size_t key_column_;
  SourcePlace place_;     // before the pending record
  bool pending_ = false;  // record_ is read and begins the next product
  CsvTable::Record record_;
  std::string key_;
  SeenKeys seen_;
  std::vector<KeptLine> lines_;
  std::size_t bytes_ = 0;
};

// JSON of a row, member by member.
class RowJson {
 public:
  explicit RowJson(std::string& out) : out_(out) { out_ += '{'; }
  void text(std::string_view name, std::string_view value);
  void raw(std::string_view name, std::string_view json);
  void end() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};
std::string json_text(std::string_view text);
std::string json_list(const std::vector<std::string>& texts);

}  // namespace kontor::importing
