#include "runtime/csv_write.h"

#include <algorithm>

#include "base/text.h"

namespace kontor::runtime {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@\t\r\n";

// -5, +3.25
bool is_number(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
  };
  return digits(text.substr(0, point)) && (point == std::string_view::npos || digits(text.substr(point + 1)));
}

// The cell without the apostrophes before it begins like a formula.
bool begins_formula(std::string_view cell) {
  const auto at = cell.find_first_not_of('\'');
  return at != std::string_view::npos && kFormulaStarts.find(cell[at]) != std::string_view::npos;
}

}  // namespace

std::string guarded(std::string_view cell) {
  return begins_formula(cell) && !is_number(cell) ? "'" + std::string(cell) : std::string(cell);
}

std::string_view unguarded(std::string_view cell) {
  return cell.starts_with('\'') && begins_formula(cell) ? cell.substr(1) : cell;
}

CsvLine& CsvLine::text(std::string_view cell) {
  put(guarded(cell));
  return *this;
}

CsvLine& CsvLine::plain(std::string_view cell) {
  put(cell);
  return *this;
}

void CsvLine::put(std::string_view cell) {
  if (!first_) out_ += ',';
  first_ = false;
  // Blanks at an end are kept by every reader only when they are quoted.
  const bool quote =
      cell.find_first_of(",;\t\"\r\n") != std::string_view::npos || cell.starts_with(' ') || cell.ends_with(' ');
  if (!quote) {
    out_ += cell;
    return;
  }
  out_ += '"';
  for (const char c : cell) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
}

void CsvLine::end() {
  out_ += '\n';
  first_ = true;
}

}  // namespace kontor::runtime
