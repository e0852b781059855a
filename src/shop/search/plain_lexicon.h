// The words that queries are made of apart from what is looked for: bounds, currencies, units, stars, things that are
// counted. All of it is tables: another language is more rows, and nothing else. Everything is folded (text_fold.h) and
// taken apart as Tokens does: "max." is "max .", ">=" is "> =".
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace kontor::search {

// What a token may be or begin; a set of bits.
enum WordClass : std::uint32_t {
  kBeginsBound = 1u << 0,  // bounds_before()
  kBeginsAfter = 1u << 1,  // bounds_after()
  kBeginsMoney = 1u << 2,  // currencies()
  kUnitWord = 1u << 3,     // units()
  kStarWord = 1u << 4,     // "stars"
  kAndJoin = 1u << 5,      // between 1 AND 2
  kToJoin = 1u << 6,       // from 1 TO 2
  kRatedWord = 1u << 7,    // "rated", "rating"
  kPriceWord = 1u << 8,    // "price", "costs"
  kGlueWord = 1u << 9,     // says nothing alone and may stand before those two: "with a", "of"
  kConnector = 1u << 10,   // begins what has nothing to do with the number before it
  kForWord = 1u << 11,     // what follows is said of another thing: "case for"
  kNotWord = 1u << 12,     // "not", "without"
  kPerson = 1u << 13,      // before a small number: an age
  kMeasured = 1u << 14,    // before a bare number: not a price ("size")
  kAmount = 1u << 15,      // beside a number with a unit it says of what ("ssd")
  kCounted = 1u << 16,     // after a number: not a price ("years", "pieces")
  kOrWord = 1u << 17,      // between values of one attribute
  kMaxName = 1u << 18,     // "pro max", "air max" are names
  kEndsInA = 1u << 19,     // "of", "von" before what is measured: "16 gb of ram"
};
std::uint32_t classes_of(std::string_view word);  // 0: any other word

enum class Bound : std::uint8_t {
  kAtMost,
  kAtLeast,
  kAbout,    // a fifth to both sides; of money only
  kBetween,  // two numbers joined by kAndJoin or kToJoin
  kFrom,     // two numbers joined by kToJoin; alone: at least
};

// When a bound with a number is a price, and what else it may bound.
enum BoundFlag : std::uint8_t {
  kBeforeNoun = 1,   // a bare number is a price even if any word follows ("under 50 headphones")
  kNeedsMoney = 2,   // a bare number is no price ("from 4")
  kMoneyOnly = 4,    // nothing but a number with a currency ("max 30 €": "pro max 256gb" is a name)
  kNeverPrice = 8,   // sizes, weights ("larger than")
  kTwoOnly = 16,     // not without its second number ("von 20 bis 40")
  kPriceAlways = 32  // "cheaper than"
};

struct BoundRow {
  std::string_view words;
  Bound bound;
  std::uint8_t flags = 0;
};

enum MoneyFlag : std::uint8_t {
  kStandsBefore = 1,  // "$50", "EUR 50"
  kStandsAfter = 2,   // "50 $"; "dollars 50" is none
  kShopOnly = 4,      // only where the shop's currency is one of them ("kr")
  kWeightToo = 8      // "pounds"
};

struct MoneyRow {
  std::string_view words;
  std::string_view codes;  // the shop's currency where it is among them, else the first
  std::uint8_t flags = kStandsBefore | kStandsAfter;
};

struct UnitRow {
  std::string_view word, unit;
};

// How units of one kind are made of each other, as exact fractions of the smallest.
struct ScaleRow {
  std::string_view unit, kind;
  std::int64_t times = 1, over = 1;
  bool rounded = false;  // other units of its kind are only near when written in it: 15.6 in are sold as 39.6 cm
};

// Rows by their words, tokens with single blanks between them; null: there is none.
inline constexpr std::size_t kLongestRow = 4;  // tokens
const BoundRow* bound_before(std::string_view phrase);
const BoundRow* bound_after(std::string_view phrase);
const MoneyRow* money_row(std::string_view phrase);
std::string_view unit_of(std::string_view word);         // "gigabytes" → "gb"; empty: no unit
const ScaleRow* scale_of(std::string_view unit);         // null: it stands for itself alone
std::string_view adjective_base(std::string_view word);  // "schwarze" → "schwarz"; empty: none of these
bool is_ordinary_code(std::string_view upper);           // ISO 4217 codes that are words: ALL, TRY, AMD

}  // namespace kontor::search
