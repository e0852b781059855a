#include "runtime/csv_file.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kontor::runtime {
namespace {

constexpr std::size_t kHead = 64 * 1024;  // the delimiter is looked for within the first line's beginning

constexpr std::size_t kMostProblems = 20;  // of one record

bool is_line_end(char c) { return c == '\n' || c == '\r'; }

using Stops = std::array<bool, 256>;
Stops stops_at(std::string_view characters) {
  Stops stops{};
  for (const char c : characters) stops[static_cast<unsigned char>(c)] = true;
  return stops;
}
std::size_t find_stop(std::string_view text, std::size_t at, const Stops& stops) {
  while (at < text.size() && !stops[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
  } else {
    if (code < 0x10000) {
      out += static_cast<char>(0xe0 | (code >> 12));
    } else {
      out += static_cast<char>(0xf0 | (code >> 18));
      out += static_cast<char>(0x80 | ((code >> 12) & 63));
    }
    out += static_cast<char>(0x80 | ((code >> 6) & 63));
  }
  out += static_cast<char>(0x80 | (code & 63));
}

// How many bytes of UTF-16 became this UTF-8: a code point of four bytes was a pair.
std::size_t utf16_bytes(std::string_view utf8) {
  std::size_t bytes = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xf0 && byte < 0xf8)
      bytes += 4;
    else if (byte < 0x80 || byte >= 0xc0)
      bytes += 2;
  }
  return bytes;
}

std::string kib(std::size_t bytes) { return std::to_string(bytes >> 10) + " KiB"; }

}  // namespace

Result<CsvFile> CsvFile::open(const std::string& path, char delimiter) {
  TRY(InputFile file, InputFile::open(path));
  CsvFile csv(std::move(file));
  TRY_DO(csv.begin(delimiter));
  return csv;
}

Result<void> CsvFile::begin(char delimiter) {
  TRY(const std::size_t got, file_.read(raw_, InputFile::kPiece));
  ended_ = got < InputFile::kPiece;
  const auto starts = [&](std::string_view mark, Encoding encoding) {
    if (!std::string_view(raw_).starts_with(mark)) return false;
    encoding_ = encoding;
    place_.offset = static_cast<std::int64_t>(mark.size());
    raw_.erase(0, mark.size());
    return true;
  };
  if (!starts("\xEF\xBB\xBF", Encoding::kUtf8) && !starts("\xFF\xFE", Encoding::kUtf16Le))
    starts("\xFE\xFF", Encoding::kUtf16Be);
  decode();
  const std::string_view head(buffer_);
  if (head.size() > 5 && ascii_lower(head.substr(0, 4)) == "sep=" && is_line_end(head[5])) {
    delimiter_ = delimiter != '\0' ? delimiter : head[4];
    const std::size_t bytes = head[5] == '\r' && head.size() > 6 && head[6] == '\n' ? 7 : 6;
    at_ = bytes;
    account();
    place_.line = 1;
  } else {
    delimiter_ = delimiter != '\0' ? delimiter : find_delimiter();
  }
  return {};
}

// The one that stands most often in the first line, outside of quotes; the earlier of kDelimiters when two do.
char CsvFile::find_delimiter() const {
  std::array<std::size_t, kDelimiters.size()> counts{};
  bool quoted = false;
  for (const char c : std::string_view(buffer_).substr(0, kHead)) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (is_line_end(c)) break;
    if (const auto kind = kDelimiters.find(c); kind != std::string_view::npos) ++counts[kind];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return kDelimiters[static_cast<std::size_t>(most - counts.begin())];
}

Result<bool> CsvFile::fill() {
  while (!ended_) {
    account();
    buffer_.erase(0, at_);
    at_ = counted_ = 0;
    const auto before = buffer_.size();
    TRY(const std::size_t got, file_.read(raw_, InputFile::kPiece));
    ended_ = got < InputFile::kPiece;
    decode();
    if (buffer_.size() > before) return true;
  }
  return false;
}

// raw_ → buffer_. Halves of pairs become what no UTF-8 text may hold, and are found with it.
void CsvFile::decode() {
  if (encoding_ == Encoding::kUtf8) {
    buffer_ += raw_;
    raw_.clear();
    return;
  }
  const std::size_t high = encoding_ == Encoding::kUtf16Le ? 1 : 0;
  const auto unit = [&](std::size_t at) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(raw_[at + high]) << 8 |
                                      static_cast<unsigned char>(raw_[at + 1 - high]));
  };
  std::size_t at = 0;
  for (; at + 1 < raw_.size(); at += 2) {
    std::uint32_t code = unit(at);
    if (code >= 0xd800 && code < 0xdc00) {
      if (at + 3 >= raw_.size() && !ended_) break;  // its other half comes with the next piece
      if (at + 3 < raw_.size() && unit(at + 2) >= 0xdc00 && unit(at + 2) < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (unit(at + 2) - 0xdc00);
        at += 2;
      }
    }
    append_utf8(buffer_, code);
  }
  raw_.erase(0, at);
  if (ended_ && !raw_.empty()) {
    buffer_ += '\xff';
    raw_.clear();
  }
}

// The place is where the buffer is read to.
void CsvFile::account() {
  const std::string_view read = std::string_view(buffer_).substr(counted_, at_ - counted_);
  place_.offset += static_cast<std::int64_t>(encoding_ == Encoding::kUtf8 ? read.size() : utf16_bytes(read));
  counted_ = at_;
}

Result<int> CsvFile::peek() {
  if (at_ == buffer_.size()) {
    TRY(const bool more, fill());
    if (!more) return -1;
  }
  return static_cast<unsigned char>(buffer_[at_]);
}

// The first character of a line's end is taken already; CRLF has another. True: so it was.
Result<bool> CsvFile::take_line_end(char first) {
  ++line_;
  if (first != '\r') return false;
  TRY(const int next, peek());
  if (next != '\n') return false;
  ++at_;
  return true;
}

Result<bool> CsvFile::next(Record& record) {
  while (true) {
    record.wrong.clear();
    record.cells.clear();
    text_.clear();
    cells_.clear();
    line_ = 0;
    record.line = place_.line + 1;
    TRY(const int first, peek());
    if (first < 0) return false;
    const bool begins_quoted = first == '"';
    End end = End::kCell;
    while (end == End::kCell) {
      TRY(end, read_cell(record));
    }
    account();
    place_.line += line_;
    if (end == End::kFile) ++place_.line;
    if (cells_.size() > 1 || cells_[0].size > 0 || begins_quoted || !record.wrong.empty()) break;
  }
  if (cells_.size() > kMostColumns)
    record.wrong.push_back(
        {record.line, 0, "too_many", "The line has more than " + std::to_string(kMostColumns) + " cells."});
  if (record.wrong.empty() && (text_.find('\0') != std::string::npos || !is_utf8(text_))) check_text(record);
  record.cells.reserve(cells_.size());
  for (const Cell& cell : cells_) record.cells.push_back(std::string_view(text_).substr(cell.begin, cell.size));
  return true;
}

Result<CsvFile::End> CsvFile::read_cell(Record& record) {
  Cell cell;
  cell.begin = text_.size();
  cell.line = place_.line + 1 + line_;
  if (cells_.size() <= kMostColumns) cells_.push_back(cell);  // one too many is enough to tell
  dropping_ = cells_.size() > kMostColumns;
  TRY(const int first, peek());
  if (first == '"') TRY_DO(read_quoted(record));
  TRY(const End end, read_plain(record));
  cells_.back().size = text_.size() - cells_.back().begin;
  if (cells_.size() <= kMostColumns) text_ += '\n';
  return end;
}

// From the opening quote to behind the closing one.
Result<void> CsvFile::read_quoted(Record& record) {
  const std::int64_t opened = place_.line + 1 + line_;
  const std::size_t column = cells_.size();
  static const Stops kQuotedStops = stops_at("\"\r\n");
  ++at_;
  while (true) {
    TRY(const int found, peek());
    if (found < 0) {
      record.wrong.push_back({opened, column, "unclosed_quote",
                              "The quote that opens this cell is never closed: the rest of the file is in it. A quote "
                              "within a quoted cell is written twice."});
      return {};
    }
    const auto stop = find_stop(buffer_, at_, kQuotedStops);
    keep(std::string_view(buffer_).substr(at_, stop - at_), record);
    at_ = stop;
    if (at_ == buffer_.size()) continue;
    const char c = buffer_[at_++];
    if (c != '"') {
      TRY(const bool pair, take_line_end(c));
      keep(pair ? "\r\n" : std::string_view(&c, 1), record);
      continue;
    }
    TRY(const int behind, peek());
    if (behind == '"') {
      ++at_;
      keep("\"", record);
      continue;
    }
    if (behind >= 0 && behind != static_cast<unsigned char>(delimiter_) && !is_line_end(static_cast<char>(behind)))
      record.wrong.push_back({place_.line + 1 + line_, column, "bad_quote",
                              "There is text behind the closing quote of this cell. A quote within a quoted cell is "
                              "written twice."});
    return {};
  }
}

// To behind the delimiter or the line's end.
Result<CsvFile::End> CsvFile::read_plain(Record& record) {
  Stops stops{};
  for (const char c : {delimiter_, '\r', '\n'}) stops[static_cast<unsigned char>(c)] = true;
  while (true) {
    TRY(const int found, peek());
    if (found < 0) return End::kFile;
    const auto stop = find_stop(buffer_, at_, stops);
    keep(std::string_view(buffer_).substr(at_, stop - at_), record);
    at_ = stop;
    if (at_ == buffer_.size()) continue;
    const char c = buffer_[at_++];
    if (c == delimiter_) return End::kCell;
    TRY_DO(take_line_end(c));
    return End::kLine;
  }
}

// Adds to the cell, which is the last one, as far as it may grow.
void CsvFile::keep(std::string_view text, Record& record) {
  if (dropping_) return;
  const bool cell = text_.size() - cells_.back().begin + text.size() > kLongestCell;
  if (!cell && text_.size() + text.size() <= kLongestRecord) {
    text_ += text;
    return;
  }
  dropping_ = true;
  if (record.wrong.size() >= kMostProblems) return;
  record.wrong.push_back({cells_.back().line, cells_.size(), "too_long",
                          cell ? "A cell has at most " + kib(kLongestCell) + "."
                               : "The cells of a line have at most " + kib(kLongestRecord) + " together."});
}

// NUL and bytes that are not UTF-8, by line and column.
void CsvFile::check_text(Record& record) const {
  for (std::size_t i = 0; i < cells_.size() && record.wrong.size() < kMostProblems; ++i) {
    std::string_view rest = std::string_view(text_).substr(cells_[i].begin, cells_[i].size);
    for (std::int64_t line = cells_[i].line;; ++line) {
      const auto end = rest.find('\n');
      const std::string_view piece = rest.substr(0, end);
      if (piece.find('\0') != std::string_view::npos) {
        record.wrong.push_back({line, i + 1, "bad_encoding",
                                "There is a NUL in this cell. Is the file UTF-16 without a byte-order mark? Save it as "
                                "UTF-8."});
      } else if (!is_utf8(piece)) {
        record.wrong.push_back(
            {line, i + 1, "bad_encoding", "This cell is not UTF-8. Save the file as UTF-8 (\"CSV UTF-8\" in Excel)."});
      }
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
}

Result<void> CsvFile::seek(Place place) {
  if (place.offset == place_.offset && place.line == place_.line) return {};
  TRY_DO(file_.seek(place.offset));
  raw_.clear();
  buffer_.clear();
  at_ = counted_ = 0;
  ended_ = false;
  place_ = place;
  return {};
}

}  // namespace kontor::runtime
