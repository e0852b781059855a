// A text as words, numbers and signs. Words are folded (case, accents) and lie one after the other with single blanks
// between them, so that a phrase of several tokens is one piece of text. Any bytes are taken; linear.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::search {

enum class TokenKind : std::uint8_t {
  kWord,    // letters of any script, with apostrophes between them
  kNumber,  // ASCII digits, with . , ' between them
  kSign,    // one code point of anything else, or one byte that is no UTF-8
};

struct Token {
  std::uint32_t begin = 0, end = 0;              // bytes of the text
  std::uint32_t folded_from = 0, folded_to = 0;  // of Tokens::folded
  std::uint32_t classes = 0;                     // of plain_lexicon.h; filled by who reads
  std::uint8_t vocabulary = 0;                   // Vocabulary::longest_from; the same
  TokenKind kind = TokenKind::kSign;
  bool glued = false;          // no blank before it
  bool closing_quote = false;  // a quotation mark that ends what another began: no inches
};

class Tokens {
 public:
  explicit Tokens(std::string_view text);

  std::size_t size() const { return tokens_.size(); }
  const Token& operator[](std::size_t i) const { return tokens_[i]; }
  Token& operator[](std::size_t i) { return tokens_[i]; }
  std::string_view folded(std::size_t i) const { return phrase(i, 1); }
  // `count` tokens from i on, with single blanks between them; must exist.
  std::string_view phrase(std::size_t i, std::size_t count) const {
    const std::uint32_t from = tokens_[i].folded_from;
    return std::string_view(folded_).substr(from, tokens_[i + count - 1].folded_to - from);
  }

 private:
  struct Point {
    std::uint32_t value = 0;  // of a code point; a byte that is no UTF-8 counts as a sign
    std::uint32_t size = 1;
  };
  static Point decode(std::string_view text, std::size_t at);
  std::size_t word(std::string_view text, std::size_t at);
  std::size_t number(std::string_view text, std::size_t at);
  void sign(std::string_view text, std::size_t at, Point point, bool opens);
  void add(TokenKind kind, std::size_t begin, std::size_t end, std::size_t folded_from);

  std::vector<Token> tokens_;
  std::string folded_;
  bool blank_ = true;    // before what comes next
  bool quoted_ = false;  // a quotation was begun
};

}  // namespace kontor::search
