#include "adapters/db_postgres/answer.h"

#include <cstdlib>
#include <numeric>

#include "base/text.h"

namespace kontor::db_postgres {
namespace {

// Type numbers of the server's catalogue; they never change.
constexpr Oid kBool = 16, kBytea = 17, kChar = 18, kName = 19, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25,
              kOid = 26;
constexpr Oid kUnknown = 705, kBpchar = 1042, kVarchar = 1043, kNumeric = 1700, kVoid = 2278;

std::uint64_t big_endian(const char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::int64_t whole(const char* bytes, int count) {
  const std::uint64_t value = big_endian(bytes, count);
  const int unused = 64 - 8 * count;
  return static_cast<std::int64_t>(value << unused) >> unused;
}

// sum() over bigint answers numeric: groups of four decimal digits, the first one weighing 10000^weight.
std::optional<std::int64_t> whole_numeric(const char* bytes, int size) {
  if (size < 8) return std::nullopt;
  const auto count = static_cast<int>(whole(bytes, 2));
  const auto weight = static_cast<int>(whole(bytes + 2, 2));
  const auto sign = static_cast<unsigned>(big_endian(bytes + 4, 2));
  if ((sign != 0 && sign != 0x4000) || size < 8 + 2 * count || weight > 4) return std::nullopt;
  __int128 value = 0;
  for (int i = 0; i <= weight || i < count; ++i) {
    const auto digits = i < count ? whole(bytes + 8 + 2 * i, 2) : 0;
    if (i <= weight)
      value = value * 10000 + digits;
    else if (digits != 0)
      return std::nullopt;
  }
  if (sign != 0) value = -value;
  if (value > INT64_MAX || value < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

bool add_cell(db::Rows& rows, Oid type, const char* bytes, int size) {
  const auto length = static_cast<std::size_t>(size);
  switch (type) {
    case kBool:
    case kChar:
      rows.add_int(static_cast<unsigned char>(bytes[0]));
      return true;
    case kInt2:
      rows.add_int(whole(bytes, 2));
      return true;
    case kInt4:
      rows.add_int(whole(bytes, 4));
      return true;
    case kInt8:
      rows.add_int(whole(bytes, 8));
      return true;
    case kOid:
      rows.add_int(static_cast<std::int64_t>(big_endian(bytes, 4)));
      return true;
    case kText:
    case kVarchar:
    case kBpchar:
    case kName:
    case kUnknown:
      rows.add_bytes(db::Param::Kind::kText, {bytes, length});
      return true;
    case kBytea:
      rows.add_bytes(db::Param::Kind::kBlob, {bytes, length});
      return true;
    case kVoid:
      rows.add_null();
      return true;
    case kNumeric: {
      const auto value = whole_numeric(bytes, size);
      if (value) rows.add_int(*value);
      return value.has_value();
    }
    default:
      return false;
  }
}

Failure make(Failure::Kind kind, Errc code, std::string_view reason, std::string detail) {
  return {kind, Error{code, std::string(reason), std::move(detail), {}, {}, 0}};
}

}  // namespace

std::string one_line(const char* message) {
  std::string line;
  for (const char c : std::string_view(message == nullptr ? "" : message)) line += c == '\n' || c == '\t' ? ' ' : c;
  return std::string(trim(line));
}

Failure failure_of(const PGresult* result, std::string_view what) {
  using Kind = Failure::Kind;
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = field == nullptr ? "" : field;
  // The primary message names tables and constraints; the further lines may carry the values, which are nobody's
  // business.
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  std::string detail = std::string(what) + ": " + one_line(primary != nullptr ? primary : PQresultErrorMessage(result));
  if (!state.empty()) detail += " (" + std::string(state) + ")";

  if (state == "23505") return make(Kind::kStatement, Errc::kConflict, "db.duplicate", std::move(detail));
  if (state.starts_with("23")) return make(Kind::kStatement, Errc::kConflict, "db.constraint", std::move(detail));
  if (state == "40001" || state == "40P01" || state == "55P03")
    return make(Kind::kRepeat, Errc::kUnavailable, "db.busy", std::move(detail));
  if (state.empty() || state.starts_with("08") || state.starts_with("57P0") || state == "25P03" || state == "25P04")
    return make(Kind::kLost, Errc::kUnavailable, "db.away", std::move(detail));
  if (state == "0A000" || state == "26000")
    return make(Kind::kStale, Errc::kInternal, "db.statement", std::move(detail));
  if (state == "57014") return make(Kind::kStatement, Errc::kUnavailable, "db.timeout", std::move(detail));
  if (state == "53100") return make(Kind::kStatement, Errc::kFull, "db.full", std::move(detail));
  if (state.starts_with("53")) return make(Kind::kStatement, Errc::kUnavailable, "db.overloaded", std::move(detail));
  if (state.starts_with("58") || state.starts_with("XX"))
    return make(Kind::kStatement, Errc::kUnavailable, "db.damaged", std::move(detail));
  if (state == "25006") return make(Kind::kStatement, Errc::kInternal, "db.write_in_read", std::move(detail));
  if (state == "22021" || state == "22P05")
    return make(Kind::kStatement, Errc::kInvalid, "db.bad_text", "A text holds characters that cannot be stored.");
  return make(Kind::kStatement, Errc::kInternal, "db.statement", std::move(detail));
}

Result<db::Rows> rows_of(const PGresult* result, std::string_view what) {
  if (PQresultStatus(result) != PGRES_TUPLES_OK) return db::Rows();
  std::vector<int> all(static_cast<std::size_t>(PQntuples(result)));
  std::iota(all.begin(), all.end(), 0);
  return some_rows_of(result, all, 0, what);
}

Result<db::Rows> some_rows_of(const PGresult* result, std::span<const int> rows_wanted, int first,
                              std::string_view what) {
  db::Rows rows;
  const int columns = PQnfields(result);
  rows.set_columns(static_cast<std::size_t>(columns - first));
  for (const int row : rows_wanted) {
    for (int column = first; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        rows.add_null();
      } else if (!add_cell(rows, PQftype(result, column), PQgetvalue(result, row, column),
                           PQgetlength(result, row, column))) {
        return fail(Errc::kInternal, "db.not_an_integer",
                    std::string(what) + ": column " + std::to_string(column - first) + " (" + PQfname(result, column) +
                        ") is neither an integer, a text nor bytes (type " + std::to_string(PQftype(result, column)) +
                        "); cast it");
      }
    }
  }
  return rows;
}

std::int64_t number_at(const PGresult* result, int row, int column) {
  return whole(PQgetvalue(result, row, column), PQgetlength(result, row, column));
}

std::vector<std::int64_t> ids_of(std::span<const db::Rows> answers) {
  std::vector<std::int64_t> ids;
  ids.reserve(answers.size());
  for (const db::Rows& rows : answers) ids.push_back(rows.front().i64(0));
  return ids;
}

std::int64_t changed_by(const PGresult* result) {
  const std::string_view tag = PQcmdStatus(const_cast<PGresult*>(result));
  if (!tag.starts_with("INSERT") && !tag.starts_with("UPDATE") && !tag.starts_with("DELETE")) return 0;
  return std::strtoll(PQcmdTuples(const_cast<PGresult*>(result)), nullptr, 10);
}

}  // namespace kontor::db_postgres
