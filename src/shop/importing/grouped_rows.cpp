#include "shop/importing/grouped_rows.h"

#include "base/text.h"
#include "runtime/csv_write.h"
#include "runtime/fiber.h"
#include "runtime/json.h"

namespace kontor::importing {

KeptLine::KeptLine(std::int64_t line, const std::vector<std::string_view>& cells) : line_(line) {
  std::size_t bytes = 0;
  for (const auto cell : cells) bytes += cell.size();
  text_.reserve(bytes);
  ends_.reserve(cells.size() + 1);
  for (const auto cell : cells) {
    text_ += cell;
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
}

Result<bool> GroupedRows::read() {
  place_ = table_.place();
  TRY(const bool more, table_.next(record_));
  pending_ = more;
  if (!more) {
    place_ = table_.place();
    return false;
  }
  key_ = key_column_ < record_.cells.size() ? std::string(runtime::unguarded(record_.cells[key_column_])) : "";
  return true;
}

Result<bool> GroupedRows::next(SourceRow& row) {
  if (!pending_) {
    TRY(const bool more, read());
    if (!more) return false;
  }
  row.line = record_.line;
  row.offer_lines.clear();
  row.text.clear();
  row.wrong.clear();
  lines_.clear();
  bytes_ = 0;
  const std::string key = key_;
  const std::string& column = table_.columns()[key_column_];
  if (trim(key).empty() && record_.wrong.empty())
    row.wrong.push_back({record_.line, column, "required", "Every line names its product here."});
  else if (!trim(key).empty() && !seen_.add(key))
    row.wrong.push_back({record_.line, column, "duplicate",
                         "'" + std::string(clip(key, 100)) +
                             "' stood in earlier lines already. The lines of a product follow one another."});
  do {
    take(row);
    TRY(const bool more, read());
    if (!more) break;
  } while (!trim(key).empty() && key_ == key);
  if (row.wrong.empty()) make(lines_, row);
  return true;
}

// The record is one more line of the product.
void GroupedRows::take(SourceRow& row) {
  constexpr std::size_t kMostWrong = 100;
  for (auto& wrong : record_.wrong)
    if (row.wrong.size() < kMostWrong) row.wrong.push_back(std::move(wrong));
  if (!row.wrong.empty()) return;
  KeptLine line(record_.line, record_.cells);
  bytes_ += line.bytes();
  if (lines_.size() < kMostLines && bytes_ <= kMostBytes) {
    lines_.push_back(std::move(line));
    return;
  }
  row.wrong.push_back({record_.line, "", "too_long",
                       "A product has at most " + std::to_string(kMostLines) + " lines and " +
                           std::to_string(kMostBytes >> 20) + " MiB."});
}

Result<void> GroupedRows::seek(SourcePlace place) {
  if (place.offset == place_.offset) return {};
  pending_ = false;
  seen_.clear();
  TRY_DO(table_.seek({}));
  place_ = table_.place();
  if (place.offset == 0) return {};
  // The keys of what is done already are read once more, so that one of them that comes back is still noticed.
  for (int records = 1; place_.offset < place.offset; ++records) {
    if (records % 256 == 0 && runtime::on_fiber()) runtime::yield();
    TRY(const bool more, read());
    if (!more) break;
    if (!trim(key_).empty()) seen_.add(key_);
    place_ = table_.place();
  }
  pending_ = false;
  place_ = place;
  return table_.seek(place);
}

std::string json_text(std::string_view text) {
  std::string out;
  json::print_text(out, text);
  return out;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) {
    if (out.size() > 1) out += ',';
    json::print_text(out, text);
  }
  return out + "]";
}

void RowJson::text(std::string_view name, std::string_view value) {
  if (!first_) out_ += ',';
  first_ = false;
  json::print_text(out_, name);
  out_ += ':';
  json::print_text(out_, value);
}

void RowJson::raw(std::string_view name, std::string_view json) {
  if (!first_) out_ += ',';
  first_ = false;
  json::print_text(out_, name);
  out_ += ':';
  out_ += json;
}

}  // namespace kontor::importing
