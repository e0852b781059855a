// Reads one query (plain_language.h): from left to right, at each token the first kind of part that begins there; in
// the end, parts that turned out doubtful are given back to the words.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "shop/search/plain_language.h"
#include "shop/search/plain_quantity.h"

namespace kontor::search {

class Reader {
 public:
  Reader(std::string_view text, const Vocabulary& vocabulary, Currency shop);
  PlainQuery run();

 private:
  struct Draft {
    UnderstoodPart part;
    std::size_t from = 0, to = 0;  // tokens
    bool named = false;            // the attribute's name stands beside it
    bool exact = false;            // one number, not a bound
    std::optional<Quantity> bare;  // a bound of money that no currency was written to
  };
  // Numbers of an attribute as they were asked for; one of the two may be missing.
  struct Figure {
    const Quantity* low = nullptr;
    const Quantity* high = nullptr;
    bool exact() const { return low == high; }
    const Quantity& any() const { return low ? *low : *high; }
  };
  struct Name {
    std::span<const std::uint32_t> attributes;  // empty: none
    std::size_t to = 0;
  };
  using Names = std::span<const std::uint32_t>;
  enum class Nearness : std::uint8_t { kSame, kExact, kRounded, kForeign };

  void classify();
  // The first token after the part that begins at i; 0: none does.
  std::size_t part_at(std::size_t i);
  std::size_t kept_at(std::size_t i) const;
  std::size_t read_bound(std::size_t i);
  std::size_t read_amount(std::size_t i);
  std::size_t read_rated(std::size_t i);
  std::size_t read_named(std::size_t i);
  std::size_t read_value(std::size_t i);

  // A bound (null: none was written) with what it bounds; `to` is the first token after all of it.
  std::size_t take(std::size_t from, const BoundRow& row, const Quantity& quantity, std::size_t to);
  std::size_t take_two(std::size_t from, const BoundRow* row, const TwoQuantities& two);
  std::size_t add_price(std::size_t from, std::size_t to, const Figure& figure, Currency currency, bool about = false);
  std::size_t add_rating(std::size_t from, std::size_t to, const Quantity& quantity);
  std::size_t add_figure(std::size_t from, std::size_t to, const Figure& figure, Names names = {});
  std::size_t add_value(std::size_t from, std::size_t to, const Vocabulary::Value& value, bool named);
  std::size_t add(Draft draft);

  bool bare_is_price(std::size_t from, std::size_t to, const BoundRow& row, const Quantity& quantity) const;
  bool follows(std::size_t i, std::uint32_t classes) const;
  std::size_t stars_after(Quantity& quantity, std::size_t at) const;
  std::size_t named_value(std::size_t from, const Name& name, std::size_t at);
  std::size_t named_figure(std::size_t from, const Name& name, std::size_t at);
  Name name_at(std::size_t i) const;
  Name name_after(const Quantity& quantity, std::size_t to) const;
  bool is_of_another(std::size_t i) const;
  bool stands_apart(const Figure& figure, std::size_t to) const;
  bool goes_on(std::size_t to, std::string_view unit = {}) const;
  bool comes_from_number(std::size_t from) const;
  bool is_multiple(const Quantity& quantity) const;
  bool is_model(std::size_t number) const;
  static Nearness nearness(const Vocabulary::Number& number, std::string_view unit, const ScaleRow* scale);
  bool fits(const Vocabulary::Number& number, const Figure& figure, bool named, UnderstoodPart& part) const;
  const Vocabulary::Value* value_of(std::string_view phrase, Names names) const;
  std::size_t lead(const Draft& draft) const;

  void settle();
  void settle_prices();
  void settle_values();
  bool joins_next(std::size_t i, bool& either) const;
  void settle_figures();
  bool leaves_a_word() const;
  PlainQuery finish();

  std::string_view word(std::size_t i) const { return tokens_.folded(i); }
  bool is(std::size_t i, std::uint32_t classes) const { return scanner_.is(i, classes); }

  std::string_view text_;
  const Vocabulary& vocabulary_;
  Currency shop_;
  Tokens tokens_;
  Scanner scanner_;
  std::size_t floor_ = 0;    // the first token that no part has taken
  std::size_t blocked_ = 0;  // numbers before this token have a bound that nothing was made of
  std::vector<Draft> drafts_;
};

}  // namespace kontor::search
