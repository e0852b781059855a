#include "adapters/db_sqlite/sql_text.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace kontor::db_sqlite {
namespace {

// The length of the literal, quoted name or comment that begins at `at`; 0 when none does.
std::size_t untouched(std::string_view sql, std::size_t at) {
  const std::size_t rest = sql.size() - at;
  const auto upto = [&](std::size_t end, std::size_t length) {
    return end == std::string_view::npos ? rest : end + length - at;
  };
  const char c = sql[at];
  if (c == '\'' || c == '"') return upto(sql.find(c, at + 1), 1);  // a doubled quote reads as two literals side by side
  if (sql.substr(at, 2) == "--") return upto(sql.find('\n', at), 1);
  if (sql.substr(at, 2) == "/*") return upto(sql.find("*/", at + 2), 2);
  return 0;
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"id", "INTEGER"},
    {"int", "INTEGER"},
    {"text", "TEXT"},
    {"blob", "BLOB"},
    {"serial", "INTEGER PRIMARY KEY AUTOINCREMENT"},
    {"clustered", "WITHOUT ROWID"},
    {"postgres", "/*"},  // up to @end it is for the other engine
    {"end", "*/"},
};

}  // namespace

std::string numbered_parameters(std::string_view sql) {
  std::string out;
  out.reserve(sql.size());
  for (std::size_t at = 0; at < sql.size();) {
    if (const std::size_t length = untouched(sql, at); length > 0) {
      out.append(sql.substr(at, length));
      at += length;
      continue;
    }
    const bool parameter = sql[at] == '$' && at + 1 < sql.size() && is_digit(sql[at + 1]);
    out.push_back(parameter ? '?' : sql[at]);
    ++at;
  }
  return out;
}

Result<std::string> sqlite_dialect(std::string_view script) {
  std::string out;
  out.reserve(script.size() + 64);
  for (std::size_t at = 0; at < script.size();) {
    if (const std::size_t length = untouched(script, at); length > 0) {
      out.append(script.substr(at, length));
      at += length;
      continue;
    }
    if (script[at] != '@') {
      out.push_back(script[at++]);
      continue;
    }
    std::size_t end = at + 1;
    while (end < script.size() && is_word(script[end])) ++end;
    const std::string_view word = script.substr(at + 1, end - at - 1);
    const auto found =
        std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& w) { return w.first == word; });
    if (found == std::end(kWords)) {
      return fail(Errc::kInternal, "db.migration",
                  "A migration says @" + std::string(word) + ", which no engine knows.");
    }
    out.append(found->second);
    at = end;
  }
  return out;
}

}  // namespace kontor::db_sqlite
