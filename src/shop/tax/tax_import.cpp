#include "shop/tax/tax_import.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "runtime/csv_file.h"
#include "runtime/json.h"
#include "runtime/line_file.h"

namespace kontor::tax {
namespace {

constexpr std::size_t kMostRows = 200'000;
constexpr std::int64_t kPpmOfPercent = 10'000;

class Rows {
 public:
  Result<void> add(Result<RateText> rate, std::int64_t row) {
    if (file_.rates.size() >= kMostRows)
      return fail(Errc::kTooLarge, "tax.too_many_rates", "A file has at most 200,000 rates.");
    if (rate) {
      file_.rates.push_back(std::move(*rate));
      return {};
    }
    const Error& error = rate.error();
    if (error.fields.empty()) complain(row, "", "malformed", error.detail);
    for (const auto& field : error.fields) complain(row, field.field, field.code, field.message);
    return {};
  }
  void complain(std::int64_t row, std::string field, std::string code, std::string message) {
    if (file_.errors.size() < kMostBadRates)
      file_.errors.push_back({row, std::move(field), std::move(code), std::move(message)});
  }
  RateFile done() && { return std::move(file_); }

 private:
  RateFile file_;
};

tl::unexpected<Error> bad_file(std::string words) { return fail(Errc::kInvalid, "tax.bad_file", std::move(words)); }

Result<RateText> rate_in(const boost::json::value& value) {
  RateText rate;
  json::Problems problems;
  json::read_value(value, rate, "", problems);
  if (!problems.empty()) return fail(std::move(problems).error());
  return rate;
}

Result<RateFile> from_ndjson(const std::string& path) {
  TRY(auto file, runtime::LineFile::open(path));
  Rows rows;
  while (true) {
    TRY(const auto line, file.next());
    if (!line) return std::move(rows).done();
    if (line->too_long)
      rows.complain(line->number, "", "too_long", "The line is longer than a megabyte.");
    else
      TRY_DO(rows.add(json::read<RateText>(line->text), line->number));
  }
}

Result<RateFile> from_json(const std::string& path) {
  TRY(auto file, runtime::LineFile::open(path));
  std::string text;
  while (true) {
    TRY(const auto line, file.next());
    if (!line) break;
    if (line->too_long) return bad_file("A line of the document is longer than a megabyte; NDJSON has no such limit.");
    text.append(line->text).push_back('\n');
  }
  TRY(const auto document, json::parse(text));
  const auto* array = document.root().if_array();
  if (array == nullptr) return bad_file("The document is a list of rates.");
  Rows rows;
  for (std::size_t i = 0; i < array->size(); ++i)
    TRY_DO(rows.add(rate_in((*array)[i]), static_cast<std::int64_t>(i) + 1));
  return std::move(rows).done();
}

constexpr std::string_view kColumns[] = {"country",  "region",       "postal_prefix", "tax_class", "name",
                                         "rate_ppm", "rate_percent", "from",          "until"};

Result<RateText> rate_of(const std::vector<std::string>& columns, const std::vector<std::string_view>& cells) {
  boost::json::object object;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string_view cell = trim(cells[i]);
    if (cell.empty()) continue;
    if (columns[i] == "rate_percent" || columns[i] == "rate_ppm") {
      std::optional<std::int64_t> ppm;
      if (columns[i] == "rate_percent") {
        ppm = parse_percent(cell);
      } else {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
        if (error == std::errc() && end == cell.data() + cell.size()) ppm = number;
      }
      if (!ppm)
        return invalid("tax.bad_rate", "/" + columns[i], "wrong_type",
                       "'" + std::string(clip(cell, 40)) + "' is no rate; 8.875 percent is 88750 parts per million.");
      object["rate_ppm"] = *ppm;
    } else {
      object[boost::json::string_view(columns[i].data(), columns[i].size())] =
          boost::json::string(cell.data(), cell.size());
    }
  }
  return rate_in(boost::json::value(std::move(object)));
}

Result<RateFile> from_csv(const std::string& path) {
  TRY(auto file, runtime::CsvFile::open(path));
  runtime::CsvFile::Record record;
  TRY(const bool any, file.next(record));
  if (!any || !record.wrong.empty()) return bad_file("The file begins with the names of its columns.");
  std::vector<std::string> columns;
  for (const auto cell : record.cells) {
    columns.push_back(ascii_lower(trim(cell)));
    const auto& name = columns.back();
    if (std::find(std::begin(kColumns), std::end(kColumns), name) == std::end(kColumns))
      return bad_file("'" + std::string(clip(name, 40)) +
                      "' is no column; they are country, region, postal_prefix, tax_class, name, rate_ppm or "
                      "rate_percent, from and until.");
    if (std::count(columns.begin(), columns.end(), name) > 1)
      return bad_file("The column '" + name + "' is there twice.");
  }
  Rows rows;
  while (true) {
    TRY(const bool more, file.next(record));
    if (!more) return std::move(rows).done();
    if (!record.wrong.empty())
      rows.complain(record.line, "", record.wrong.front().code, record.wrong.front().message);
    else if (record.cells.size() != columns.size())
      rows.complain(record.line, "", "bad_format",
                    "The row has " + std::to_string(record.cells.size()) + " cells, the header " +
                        std::to_string(columns.size()) + ".");
    else
      TRY_DO(rows.add(rate_of(columns, record.cells), record.line));
  }
}

}  // namespace

std::optional<std::int64_t> parse_percent(std::string_view text) {
  if (text.ends_with('%')) text = trim(text.substr(0, text.size() - 1));
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > 3 || part.size() > 4 || text.ends_with('.')) return std::nullopt;
  std::int64_t ppm = 0, unit = kPpmOfPercent;
  for (const char c : whole) {
    if (c < '0' || c > '9') return std::nullopt;
    ppm = ppm * 10 + (c - '0');
  }
  ppm *= kPpmOfPercent;
  for (const char c : part) {
    if (c < '0' || c > '9') return std::nullopt;
    unit /= 10;
    ppm += unit * (c - '0');
  }
  return ppm;
}

Result<RateFile> read_rates(const std::string& path, RateFormat format) {
  switch (format) {
    case RateFormat::kCsv:
      return from_csv(path);
    case RateFormat::kJson:
      return from_json(path);
    case RateFormat::kNdjson:
      break;
  }
  return from_ndjson(path);
}

}  // namespace kontor::tax
