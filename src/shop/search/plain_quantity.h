// Numbers of a query with what belongs to them: "$1,500", "50 €", "16gb", "27-inch", "4+ stars", "1.5k", and two of
// them joined: "500-900 euro". A number that is a piece of something longer ("i7-1165G7", "ps5", "24/7") is none.
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/money.h"
#include "shop/search/plain_lexicon.h"
#include "shop/search/plain_number.h"
#include "shop/search/plain_tokens.h"
#include "shop/search/plain_vocabulary.h"

namespace kontor::search {

struct Quantity {
  std::size_t from = 0, to = 0;   // tokens
  std::string_view number;        // as written, with its marks
  bool kilo = false;              // "1.5k"
  bool plus = false;              // "4+"
  bool joined = false;            // thousands parted by blanks
  std::optional<Currency> money;  // what was written beside it
  bool letters_before = false;    // the currency, as letters: "EUR 42" may be a size
  std::string_view unit;          // "gb"; empty: none
  bool short_unit = false;        // one letter at a whole number: "3m", "5g" may be names
  bool stars = false;
  bool name_follows = false;  // the name of an attribute is written to it: "8-port"
};

struct TwoQuantities {
  Quantity low, high;   // in the order of the text
  bool hyphen = false;  // or another sign between them
  bool apart = false;   // with a blank before it
};

struct MatchedBound {
  const BoundRow* row = nullptr;  // null: none
  std::size_t to = 0;
};

class Scanner {
 public:
  Scanner(std::string_view text, const Tokens& tokens, const Vocabulary& vocabulary, Currency shop)
      : text_(text), tokens_(tokens), vocabulary_(vocabulary), shop_(shop) {}

  std::optional<Quantity> quantity(std::size_t i, bool after_bound = false) const;
  // A number whose thousands are parted by blanks, without currency or unit; quantity() takes the first of them alone.
  std::optional<Quantity> joined(std::size_t i) const;
  // Joined by one of these classes of words.
  std::optional<TwoQuantities> two(std::size_t i, std::uint32_t joiners) const;
  MatchedBound before(std::size_t i) const { return match(i, kBeginsBound, bound_before); }
  MatchedBound after(std::size_t i) const;

  // Nothing is written to the left of token i, or to the right of the token before i, that it could be a piece of.
  bool opens(std::size_t i) const;
  bool closes(std::size_t i) const;
  bool is(std::size_t i, std::uint32_t classes) const { return i < tokens_.size() && (tokens_[i].classes & classes); }

 private:
  enum Option : unsigned { kJoins = 1, kJoinerMayFollow = 2, kAfterSign = 4 };
  struct Money {
    Currency currency;
    bool letters = false;
    std::size_t to = 0;  // 0: none
  };
  std::optional<Quantity> parse(std::size_t i, unsigned options) const;
  std::size_t tail(Quantity& quantity, std::size_t at, unsigned options) const;
  std::size_t joiner(std::size_t i, std::uint32_t joiners) const;
  Money money(std::size_t i, MoneyFlag place) const;
  std::optional<Currency> currency_of(const MoneyRow& row) const;
  bool is_unit(std::size_t i, bool written_to, unsigned options) const;
  bool is_group(std::size_t i) const;
  bool is_sign(std::size_t i, std::string_view sign) const {
    return i < tokens_.size() && tokens_[i].kind == TokenKind::kSign && tokens_.folded(i) == sign;
  }
  bool is_number(std::size_t i) const { return i < tokens_.size() && tokens_[i].kind == TokenKind::kNumber; }
  MatchedBound match(std::size_t i, std::uint32_t begins, const BoundRow* (*row)(std::string_view)) const;

  std::string_view text_;
  const Tokens& tokens_;
  const Vocabulary& vocabulary_;
  Currency shop_;
};

}  // namespace kontor::search
