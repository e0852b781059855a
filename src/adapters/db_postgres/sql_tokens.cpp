#include "adapters/db_postgres/sql_tokens.h"

#include <cctype>

namespace kontor::db_postgres {
namespace {

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
char upper_of(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// The end of the token that begins at `at`, and its kind; `at` itself where nothing is understood.
std::size_t end_of_token(std::string_view sql, std::size_t at, Token::Kind& kind) {
  std::size_t end = at + 1;
  const char c = sql[at];
  if (c == '$') {
    while (end < sql.size() && digit(sql[end])) ++end;
    kind = Token::Kind::kParam;
    return end == at + 1 || end > at + 4 ? at : end;
  }
  if (digit(c)) {
    while (end < sql.size() && digit(sql[end])) ++end;
    kind = Token::Kind::kNumber;
    return end < sql.size() && (in_word(sql[end]) || sql[end] == '.') ? at : end;
  }
  if (in_word(c)) {
    while (end < sql.size() && in_word(sql[end])) ++end;
    kind = Token::Kind::kWord;
    return end < sql.size() && sql[end] == '\'' ? at : end;  // E'…' and its kin
  }
  if (c == '\'') {
    end = sql.find('\'', at + 1);
    kind = Token::Kind::kText;
    return end == std::string_view::npos ? at : end + 1;  // '' inside makes two texts, which is no harm
  }
  kind = Token::Kind::kSign;
  const std::string_view two = sql.substr(at, 2);
  if (two == "--" || two == "/*" || two == "::") return at;
  if (two == "<=" || two == ">=" || two == "<>" || two == "||" || two == "!=") return at + 2;
  return std::string_view("(),.=<>+-*/%").find(c) == std::string_view::npos ? at : at + 1;
}

}  // namespace

bool Token::is(std::string_view upper) const {
  if (kind == Kind::kText || text.size() != upper.size()) return false;
  for (std::size_t i = 0; i < upper.size(); ++i)
    if (upper_of(text[i]) != upper[i]) return false;
  return true;
}

std::optional<std::vector<Token>> tokens_of(std::string_view sql) {
  std::vector<Token> tokens;
  int depth = 0;
  for (std::size_t at = 0; at < sql.size();) {
    if (std::isspace(static_cast<unsigned char>(sql[at])) != 0) {
      ++at;
      continue;
    }
    Token token;
    const std::size_t end = end_of_token(sql, at, token.kind);
    if (end == at) return std::nullopt;
    token.text = sql.substr(at, end - at);
    token.offset = at;
    if (token.kind == Token::Kind::kParam)
      for (const char c : token.text.substr(1)) token.param = token.param * 10 + (c - '0');
    if (token.text == ")") --depth;
    if (depth < 0) return std::nullopt;
    token.depth = depth;
    if (token.text == "(") ++depth;
    tokens.push_back(token);
    at = end;
  }
  if (depth != 0) return std::nullopt;
  return tokens;
}

std::size_t find_word(Tokens tokens, std::string_view upper, int depth, std::size_t from) {
  for (std::size_t i = from; i < tokens.size(); ++i)
    if (tokens[i].depth == depth && tokens[i].is(upper)) return i;
  return tokens.size();
}

bool has_word(Tokens tokens, std::string_view upper) {
  for (const Token& token : tokens)
    if (token.is(upper)) return true;
  return false;
}

std::vector<Tokens> split(Tokens tokens, std::string_view separator, int depth) {
  std::vector<Tokens> pieces;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= tokens.size(); ++i) {
    if (i < tokens.size() && !(tokens[i].depth == depth && tokens[i].is(separator))) continue;
    pieces.push_back(tokens.subspan(begin, i - begin));
    begin = i + 1;
  }
  return pieces;
}

Inside inside(Tokens tokens, std::size_t open) {
  std::size_t close = open + 1;
  while (close < tokens.size() && !(tokens[close].text == ")" && tokens[close].depth == tokens[open].depth)) ++close;
  return {tokens.subspan(open + 1, close - open - 1), close};
}

}  // namespace kontor::db_postgres
