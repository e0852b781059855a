// The words of a statement, as far as rewriting it and naming the rows it touches need them.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace kontor::db_postgres {

struct Token {
  enum class Kind { kWord, kNumber, kText, kParam, kSign };
  Kind kind = Kind::kSign;
  std::string_view text;   // as written, in the statement
  int param = 0;           // $3: 3
  int depth = 0;           // parentheses around it; of a parenthesis: those around the pair
  std::size_t offset = 0;  // in the statement

  bool is(std::string_view upper) const;  // a word or sign, in any case
};

// Nothing when the text holds what is not understood: comments, quoted names, `::`, unbalanced parentheses.
std::optional<std::vector<Token>> tokens_of(std::string_view sql);

using Tokens = std::span<const Token>;
// The first token at `depth` that is `upper`, at or after `from`; tokens.size() when there is none.
std::size_t find_word(Tokens tokens, std::string_view upper, int depth, std::size_t from = 0);
bool has_word(Tokens tokens, std::string_view upper);
// The pieces between `separator` at `depth`.
std::vector<Tokens> split(Tokens tokens, std::string_view separator, int depth);
// What stands between the parenthesis at `open` and its partner, and where that one is.
struct Inside {
  Tokens tokens;
  std::size_t close = 0;
};
Inside inside(Tokens tokens, std::size_t open);

}  // namespace kontor::db_postgres
