#include "adapters/db_postgres/footprint.h"

#include <algorithm>
#include <optional>

#include "adapters/db_postgres/sql_tokens.h"

namespace kontor::db_postgres {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Footprint everything(bool writes) { return {true, writes, {}}; }

// $k, or CAST($k AS BIGINT) and its kin; 0 when it is something else.
int param_of(Tokens value) {
  if (value.size() == 1) return value[0].param;
  if (value.size() == 6 && value[0].is("CAST") && value[1].is("(") && value[3].is("AS") && value[5].is(")"))
    return value[2].param;
  return 0;
}

struct Column {
  std::string_view table;  // its alias, or nothing
  std::string_view name;
};
std::optional<Column> column_of(Tokens tokens) {
  if (tokens.size() == 1 && tokens[0].kind == Token::Kind::kWord) return Column{{}, tokens[0].text};
  if (tokens.size() == 3 && tokens[0].kind == Token::Kind::kWord && tokens[1].is(".") &&
      tokens[2].kind == Token::Kind::kWord)
    return Column{tokens[0].text, tokens[2].text};
  return std::nullopt;
}

struct Equality {
  Column column;
  std::vector<int> params;
};

// column IN ($1, $2): several values.
std::optional<Equality> membership(Tokens piece) {
  const std::size_t in = find_word(piece, "IN", piece.front().depth);
  if (in + 3 > piece.size() || !piece[in + 1].is("(") || inside(piece, in + 1).close + 1 != piece.size())
    return std::nullopt;
  const auto column = column_of(piece.subspan(0, in));
  if (!column) return std::nullopt;
  Equality equality{*column, {}};
  for (const Tokens value : split(inside(piece, in + 1).tokens, ",", piece.front().depth + 1)) {
    if (param_of(value) == 0) return std::nullopt;
    equality.params.push_back(param_of(value));
  }
  return equality;
}

std::optional<Equality> equality_of(Tokens piece) {
  if (piece.size() < 3) return std::nullopt;
  const auto sides = split(piece, "=", piece.front().depth);
  if (sides.size() != 2) return membership(piece);
  for (int turn = 0; turn < 2; ++turn) {
    const auto column = column_of(sides[static_cast<std::size_t>(turn)]);
    const int param = param_of(sides[static_cast<std::size_t>(1 - turn)]);
    if (column && param != 0) return Equality{*column, {param}};
  }
  return std::nullopt;
}

// What all rows of the answer have in common; the rest of the condition only makes them fewer.
std::vector<Equality> equalities(Tokens condition) {
  std::vector<Equality> found;
  for (const std::string_view word : {"OR", "CASE", "BETWEEN", "NOT"})
    if (find_word(condition, word, 0) < condition.size()) return found;
  for (const Tokens piece : split(condition, "AND", 0))
    if (!piece.empty())
      if (auto one = equality_of(piece)) found.push_back(std::move(*one));
  return found;
}

struct Reader {
  Names& names;

  void add_named(Region& region, const Equality& equality) {
    region.named.push_back({names.column(lower(equality.column.name)), equality.params});
  }

  // SET c = CASE WHEN CAST($k AS BIGINT) = 1 THEN … ELSE c END
  SetColumn set_column(Tokens assignment) {
    SetColumn set{names.column(lower(assignment[0].text)), 0, 0};
    const Tokens value = assignment.subspan(2);
    const std::size_t size = value.size();
    if (size < 14 || !value[0].is("CASE") || !value[1].is("WHEN") || !value[8].is("=") || !value[10].is("THEN"))
      return set;
    const int param = param_of(value.subspan(2, 6));
    const bool keeps = value[size - 1].is("END") && value[size - 3].is("ELSE") &&
                       lower(value[size - 2].text) == lower(assignment[0].text);
    const auto whens = std::count_if(value.begin(), value.end(), [](const Token& t) { return t.is("WHEN"); });
    if (param == 0 || !keeps || whens != 1 || value[9].kind != Token::Kind::kNumber || value[9].text.size() > 9)
      return set;
    set.unless = param;
    for (const char c : value[9].text) set.is = set.is * 10 + (c - '0');
    return set;
  }

  Footprint update(Tokens tokens) {
    const std::size_t where = find_word(tokens, "WHERE", 0);
    const std::size_t returning = find_word(tokens, "RETURNING", 0);
    if (tokens.size() < 6 || !tokens[2].is("SET") || find_word(tokens, "FROM", 0) < tokens.size())
      return everything(true);
    Region region{names.table(lower(tokens[1].text)), Touch::kWrite, {}, {}, false};
    if (region.table < 0) return everything(true);
    const std::size_t end = std::min(where, returning);
    for (const Tokens one : split(tokens.subspan(3, end - 3), ",", 0)) {
      if (one.size() < 3 || one[0].kind != Token::Kind::kWord || !one[1].is("=")) return everything(true);
      region.set.push_back(set_column(one));
    }
    if (where < returning) restrict(region, tokens.subspan(where + 1, returning - where - 1));
    return {false, true, {std::move(region)}};
  }

  // A row that an UPDATE moves out of or into what its condition names is found by neither; so a column that it sets
  // says nothing about where.
  void restrict(Region& region, Tokens condition) {
    for (const Equality& equality : equalities(condition)) {
      const int column = names.column(lower(equality.column.name));
      const bool is_set =
          std::any_of(region.set.begin(), region.set.end(), [&](const SetColumn& set) { return set.column == column; });
      if (!is_set) add_named(region, equality);
    }
  }

  Footprint remove(Tokens tokens) {
    if (tokens.size() < 3 || !tokens[1].is("FROM") || (tokens.size() > 3 && !tokens[3].is("WHERE")))
      return everything(true);
    Region region{names.table(lower(tokens[2].text)), Touch::kWrite, {}, {}, true};
    if (region.table < 0) return everything(true);
    const std::size_t returning = find_word(tokens, "RETURNING", 0);
    if (tokens.size() > 3) restrict(region, tokens.subspan(4, returning - 4));
    return {false, true, {std::move(region)}};
  }

  Footprint insert(Tokens tokens) {
    if (tokens.size() < 8 || !tokens[1].is("INTO") || !tokens[3].is("(")) return everything(true);
    Region region{names.table(lower(tokens[2].text)), Touch::kInsert, {}, {}, false};
    const Inside columns = inside(tokens, 3);
    if (region.table < 0 || columns.close + 2 >= tokens.size()) return everything(true);
    const auto column_list = split(columns.tokens, ",", 1);
    const Token& next = tokens[columns.close + 1];
    const std::size_t returning = find_word(tokens, "RETURNING", 0);
    if (next.is("SELECT")) {
      const Tokens reading = tokens.subspan(columns.close + 1, returning - columns.close - 1);
      if (find_word(reading, "ON", 0) < reading.size()) return everything(true);
      Footprint footprint = select(reading);
      if (footprint.everything) return everything(true);
      footprint.writes = true;
      for (const Tokens column : column_list) region.set.push_back({names.column(lower(column[0].text)), 0, 0});
      footprint.regions.push_back(std::move(region));
      return footprint;
    }
    if (!next.is("VALUES") || !tokens[columns.close + 2].is("(")) return everything(true);
    const Inside row = inside(tokens, columns.close + 2);
    const auto values = split(row.tokens, ",", 1);
    if (values.size() != column_list.size()) return everything(true);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (column_list[i].size() != 1) return everything(true);
      const int column = names.column(lower(column_list[i][0].text));
      if (const int param = param_of(values[i]); param != 0)
        region.named.push_back({column, {param}});
      else
        region.set.push_back({column, 0, 0});
    }
    return conflicting(std::move(region), tokens.subspan(row.close + 1));
  }

  // What follows the row. Of ON CONFLICT … DO UPDATE the row that is met has only the key in common with the new one.
  Footprint conflicting(Region region, Tokens rest) {
    if (rest.empty() || rest[0].is("RETURNING") || rest.back().is("NOTHING")) return {false, true, {std::move(region)}};
    if (rest.size() < 5 || !rest[0].is("ON") || !rest[1].is("CONFLICT") || !rest[2].is("(")) return everything(true);
    const auto target = split(inside(rest, 2).tokens, ",", 1);
    std::vector<Named> kept;
    const Names::Keys& keys = names.keys_of(region.table);
    if (keys.columns.size() == 1 && !keys.odd) {  // with more keys the row met may be met by another one
      for (const Tokens column : target)
        for (const Named& named : region.named)
          if (column.size() == 1 && names.column(lower(column[0].text)) == named.column) kept.push_back(named);
    }
    region.touch = Touch::kWrite;
    region.named = std::move(kept);
    region.set.clear();
    region.removes = true;
    return {false, true, {std::move(region)}};
  }

  // One table, or several joined, without anything nested.
  Footprint select(Tokens tokens) {
    const std::size_t from = find_word(tokens, "FROM", 0);
    if (has_word(tokens.subspan(1), "SELECT") || has_word(tokens, "UNION")) return everything(false);
    if (from == tokens.size()) return {false, false, {}};  // no rows
    std::size_t end = tokens.size();
    for (const std::string_view word : {"WHERE", "GROUP", "ORDER", "LIMIT", "HAVING", "WINDOW", "OFFSET", "FOR"})
      end = std::min(end, find_word(tokens, word, 0, from));
    Footprint footprint;
    std::vector<std::string> aliases;
    for (std::size_t at = from + 1; at < end;) {
      if (tokens[at].kind != Token::Kind::kWord) return everything(false);
      Region region{names.table(lower(tokens[at].text)), Touch::kRead, {}, {}, false};
      if (region.table < 0) return everything(false);
      std::string alias = lower(tokens[at].text);
      ++at;
      if (at < end && tokens[at].is("AS")) ++at;
      const bool keyword = at >= end || tokens[at].is("JOIN") || tokens[at].is("LEFT") || tokens[at].is("INNER") ||
                           tokens[at].is("ON") || tokens[at].is(",");
      if (!keyword) alias = lower(tokens[at++].text);
      footprint.regions.push_back(std::move(region));
      aliases.push_back(std::move(alias));
      while (at < end && !(tokens[at].depth == 0 && (tokens[at].is("JOIN") || tokens[at].is(",")))) ++at;
      ++at;
    }
    if (end < tokens.size() && tokens[end].is("WHERE")) where(footprint, aliases, tokens.subspan(end + 1));
    return footprint;
  }

  void where(Footprint& footprint, const std::vector<std::string>& aliases, Tokens rest) {
    std::size_t end = rest.size();
    for (const std::string_view word : {"GROUP", "ORDER", "LIMIT", "HAVING", "WINDOW", "OFFSET", "FOR"})
      end = std::min(end, find_word(rest, word, 0));
    for (const Equality& equality : equalities(rest.subspan(0, end)))
      for (std::size_t i = 0; i < aliases.size(); ++i)
        if (lower(equality.column.table) == aliases[i] || (equality.column.table.empty() && aliases.size() == 1))
          add_named(footprint.regions[i], equality);
  }
};

}  // namespace

int Names::table(std::string_view name) {
  const auto known = tables_.find(name);
  if (known != tables_.end()) return known->second;
  const auto found = catalogue_.tables.find(name);
  if (found == catalogue_.tables.end()) return -1;
  Keys keys{{}, found->second.odd_keys};
  for (const auto& key : found->second.unique_keys) {
    auto& columns = keys.columns.emplace_back();
    for (const std::string& one : key) columns.push_back(column(one));
  }
  keys_.push_back(std::move(keys));
  const int number = static_cast<int>(keys_.size()) - 1;
  tables_.emplace(name, number);
  return number;
}

int Names::column(std::string_view name) {
  const auto known = columns_.find(name);
  if (known != columns_.end()) return known->second;
  const int number = static_cast<int>(columns_.size());
  columns_.emplace(name, number);
  return number;
}

Footprint footprint_of(std::string_view sql, Names& names) {
  const auto tokens = tokens_of(sql);
  if (!tokens || tokens->empty()) return everything(true);
  Reader reader{names};
  const Token& first = tokens->front();
  if (first.is("SELECT")) return has_word(*tokens, "NEXTVAL") ? everything(true) : reader.select(*tokens);
  const bool nested = has_word(std::span(*tokens).subspan(1), "SELECT");
  if (first.is("UPDATE")) return nested ? everything(true) : reader.update(*tokens);
  if (first.is("DELETE")) return nested ? everything(true) : reader.remove(*tokens);
  if (first.is("INSERT")) return reader.insert(*tokens);
  return everything(true);
}

}  // namespace kontor::db_postgres
