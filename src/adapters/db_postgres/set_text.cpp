#include "adapters/db_postgres/set_text.h"

#include "adapters/db_postgres/sql_tokens.h"

namespace kontor::db_postgres {
namespace {

// A piece of the statement, with $k as a column of the source.
std::string rewritten(std::string_view sql, Tokens piece) {
  if (piece.empty()) return {};
  std::string out;
  std::size_t at = piece.front().offset;
  for (const Token& token : piece) {
    if (token.kind != Token::Kind::kParam) continue;
    out += sql.substr(at, token.offset - at);
    out += "kv.kv_" + std::to_string(token.param);
    at = token.offset + token.text.size();
  }
  const Token& last = piece.back();
  out += sql.substr(at, last.offset + last.text.size() - at);
  return out;
}

struct Statement {
  std::string_view sql;
  Tokens tokens;
  std::string part(Tokens piece) const { return rewritten(sql, piece); }
  std::string part(std::size_t from, std::size_t to) const { return part(tokens.subspan(from, to - from)); }
  std::size_t find(std::string_view word, std::size_t from = 0) const { return find_word(tokens, word, 0, from); }
};

bool has_params(Tokens tokens) {
  for (const Token& token : tokens)
    if (token.kind == Token::Kind::kParam) return true;
  return false;
}

// Words that make a statement more than this understands.
bool plain(Tokens tokens) {
  for (const std::string_view word : {"WITH", "UNION", "EXCEPT", "INTERSECT", "CURRENT", "OVERRIDING", "DEFAULT",
                                      "NEXTVAL", "RANDOM", "NOW", "LATERAL", "ONLY"})
    if (has_word(tokens, word)) return false;
  return true;
}

SetText select(const Statement& s) {
  // FOR UPDATE: the locks of a batch are its own affair, but the grammar is another one.
  if (s.find("FOR") < s.tokens.size() || s.find("INTO") < s.tokens.size()) return {};
  if (!has_params(s.tokens)) return {SetText::Kind::kShared, {}};
  std::string text = "SELECT kv.kv_n, kq.* FROM \x01, LATERAL (" + s.part(s.tokens) + ") AS kq";
  return {SetText::Kind::kSelect, std::move(text)};
}

// RETURNING …; * would name the source's columns as well.
bool returning_is_plain(Tokens list) {
  for (const Token& token : list)
    if (token.is("*") && token.depth == 0) return false;
  return !has_word(list, "SELECT");
}

SetText change(const Statement& s, std::size_t where, const std::string& head, std::string_view source) {
  const std::size_t end = s.tokens.size();
  const std::size_t returning = s.find("RETURNING");
  if (where >= end || returning < where || has_word(s.tokens, "SELECT") || !has_params(s.tokens)) return {};
  std::string text =
      head + std::string(source) + "\x01 WHERE (" + s.part(where + 1, std::min(returning, end)) + ") RETURNING kv.kv_n";
  if (returning < end) {
    if (!returning_is_plain(s.tokens.subspan(returning + 1))) return {};
    text += ", " + s.part(returning + 1, end);
  }
  return {SetText::Kind::kChange, std::move(text)};
}

SetText update(const Statement& s) {
  if (s.tokens.size() < 6 || !s.tokens[2].is("SET") || s.find("FROM") < s.tokens.size()) return {};
  const std::size_t where = s.find("WHERE");
  if (where >= s.tokens.size()) return {};
  for (const Tokens one : split(s.tokens.subspan(3, where - 3), ",", 0))
    if (one.size() < 3 || one[0].kind != Token::Kind::kWord || !one[1].is("=")) return {};
  return change(s, where, s.part(0, where), " FROM ");
}

SetText remove(const Statement& s) {
  if (s.tokens.size() < 5 || !s.tokens[1].is("FROM") || !s.tokens[3].is("WHERE")) return {};
  return change(s, 3, s.part(0, 3), " USING ");
}

// Nothing but `RETURNING id`: what else a row says could not be told apart.
bool returns_id(const Statement& s, std::size_t returning) {
  return returning + 2 == s.tokens.size() && s.tokens[returning + 1].is("ID");
}

struct InsertParts {
  std::size_t columns_close = 0;
  std::size_t conflict = 0;
  std::size_t returning = 0;
};

enum class Conflict { kNone, kSkips, kUpdates, kOther };

// What becomes of a row that is there already. The update's own condition would leave open which set changed nothing.
Conflict conflict_of(const Statement& s, const InsertParts& p) {
  const Tokens clause = s.tokens.subspan(p.conflict, p.returning - p.conflict);
  if (clause.empty()) return Conflict::kNone;
  if (p.returning != s.tokens.size() || has_params(clause) || has_word(clause, "WHERE") || has_word(clause, "SELECT"))
    return Conflict::kOther;
  const std::size_t action = find_word(clause, "DO", 0);
  if (action + 2 == clause.size() && clause.back().is("NOTHING")) return Conflict::kSkips;
  const bool updates = action + 5 < clause.size() && clause[action + 1].is("UPDATE") && clause[action + 2].is("SET");
  return updates ? Conflict::kUpdates : Conflict::kOther;
}

SetText insert_values(const Statement& s, const InsertParts& p) {
  const Conflict conflict = conflict_of(s, p);
  if (conflict == Conflict::kOther) return {};
  const std::size_t open = p.columns_close + 2;
  if (open >= s.tokens.size() || !s.tokens[open].is("(")) return {};
  const Inside row = inside(s.tokens, open);
  if (row.close + 1 != p.conflict || has_word(row.tokens, "SELECT") || !has_params(row.tokens)) return {};
  std::string text = s.part(0, p.columns_close + 1) + " SELECT " + s.part(row.tokens) + " FROM \x01 ORDER BY kv.kv_n";
  if (p.conflict < p.returning) text += " " + s.part(p.conflict, p.returning);
  if (p.returning < s.tokens.size()) return {SetText::Kind::kInsertIds, text + " RETURNING id"};
  return {conflict == Conflict::kUpdates ? SetText::Kind::kUpsert : SetText::Kind::kInsert, std::move(text)};
}

// The reading comes first and once, so that what was inserted can be told apart: ids are given in its order.
SetText insert_select(const Statement& s, const InsertParts& p) {
  const Tokens reading = s.tokens.subspan(p.columns_close + 1, p.returning - p.columns_close - 1);
  for (const std::string_view word : {"ORDER", "LIMIT", "GROUP", "DISTINCT", "OVER", "FOR"})
    if (has_word(reading, word)) return {};
  if (p.conflict != p.returning || !has_params(reading) || has_word(reading.subspan(1), "SELECT")) return {};
  const Tokens list = reading.subspan(1, find_word(reading, "FROM", 0) - 1);
  const std::size_t count = split(list, ",", 0).size();
  if (find_word(reading, "FROM", 0) == reading.size() || returning_is_plain(list) == false) return {};
  if (count != split(inside(s.tokens, 3).tokens, ",", 1).size()) return {};
  std::string names;
  for (std::size_t i = 1; i <= count; ++i) names += (i > 1 ? ", kq_" : "kq_") + std::to_string(i);
  std::string text = "WITH ks AS MATERIALIZED (SELECT kv.kv_n, kq.* FROM \x01, LATERAL (" + s.part(reading) +
                     ") AS kq(" + names + ")), ki AS (" + s.part(0, p.columns_close + 1) + " SELECT " + names +
                     " FROM ks ORDER BY kv_n RETURNING ";
  const bool ids = p.returning < s.tokens.size();
  text += ids ? "id" : "1";
  text += ") SELECT 0, kv_n FROM ks";
  if (ids) text += " UNION ALL SELECT 1, id FROM ki";
  return {SetText::Kind::kInsertSelect, std::move(text)};
}

SetText insert(const Statement& s) {
  const std::size_t end = s.tokens.size();
  if (end < 8 || !s.tokens[1].is("INTO") || !s.tokens[3].is("(")) return {};
  InsertParts p;
  p.columns_close = inside(s.tokens, 3).close;
  p.returning = s.find("RETURNING");
  p.conflict = std::min(s.find("ON", p.columns_close), p.returning);
  if (p.returning < end && !returns_id(s, p.returning)) return {};
  if (p.columns_close + 1 >= end) return {};
  const Token& next = s.tokens[p.columns_close + 1];
  if (next.is("VALUES")) return insert_values(s, p);
  if (!next.is("SELECT")) return {};
  // JOIN … ON is not told from ON CONFLICT, so a join is left alone.
  return p.conflict == p.returning ? insert_select(s, p) : SetText{};
}

}  // namespace

std::string SetText::sql(std::string_view kinds) const {
  std::string arrays, names;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    arrays += (i == 0 ? "$" : ", $") + number;
    arrays += kinds[i] == 'i' ? "::bigint[]" : kinds[i] == 'b' ? "::bytea[]" : "::text[]";
    names += "kv_" + number + ", ";
  }
  const std::string source = "unnest(" + arrays + ") WITH ORDINALITY AS kv(" + names + "kv_n)";
  std::string out = text;
  const std::size_t at = out.find(kSource);
  if (at != std::string::npos) out.replace(at, 1, source);
  return out;
}

SetText set_text(std::string_view sql) {
  const auto tokens = tokens_of(sql);
  if (!tokens || tokens->empty() || !plain(*tokens)) return {};
  const Statement s{sql, *tokens};
  const Token& first = tokens->front();
  if (first.is("SELECT")) return select(s);
  if (first.is("UPDATE")) return update(s);
  if (first.is("DELETE")) return remove(s);
  if (first.is("INSERT")) return insert(s);
  return {};
}

}  // namespace kontor::db_postgres
