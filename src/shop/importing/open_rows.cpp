// NDJSON as a source of rows, and the choice among the formats.
#include "runtime/line_file.h"
#include "shop/importing/csv_rows.h"
#include "shop/importing/shopify_rows.h"

namespace kontor::importing {
namespace {

class NdjsonRows : public RowSource {
 public:
  explicit NdjsonRows(runtime::LineFile file) : file_(std::move(file)) {}

  Result<bool> next(SourceRow& row) override {
    TRY(const auto line, file_.next());
    if (!line) return false;
    row.line = line->number;
    row.offer_lines.clear();
    row.wrong.clear();
    row.text = line->text;
    if (line->too_long)
      row.wrong.push_back({line->number, "", "too_long",
                           "A row has at most " + std::to_string(runtime::LineFile::kLongest) + " bytes."});
    return true;
  }
  SourcePlace place() const override { return {file_.place().offset, file_.place().line}; }
  Result<void> seek(SourcePlace place) override { return file_.seek({place.offset, place.line}); }
  std::int64_t size() const override { return file_.size(); }
  std::string name_of(std::string_view pointer) const override { return std::string(pointer); }

 private:
  runtime::LineFile file_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_rows(const std::string& path, const Reading& reading) {
  if (reading.format == FileFormat::kNdjson) {
    TRY(auto file, runtime::LineFile::open(path));
    return std::unique_ptr<RowSource>(std::make_unique<NdjsonRows>(std::move(file)));
  }
  Mapping mapping;
  if (!reading.mapping.empty()) {
    TRY(mapping, read_mapping(reading.mapping));
  }
  char delimiter = reading.delimiter;
  if (delimiter == '\0' && mapping.delimiter) delimiter = delimiter_of(*mapping.delimiter).value_or('\0');
  TRY(auto table, CsvTable::open(path, delimiter));
  if (reading.format == FileFormat::kShopifyCsv) return ShopifyRows::open(std::move(table), reading.currency);
  return CsvRows::open(std::move(table), mapping, reading.currency);
}

}  // namespace kontor::importing
