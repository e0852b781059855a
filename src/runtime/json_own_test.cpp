#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "runtime/json.h"

namespace kontor::json {
namespace {

enum class Size { kSmall, kLarge };
constexpr auto enum_names(Size) {
  return std::array{EnumName<Size>{Size::kSmall, "small"}, EnumName<Size>{Size::kLarge, "large"}};
}

bool without_blanks(std::string_view text) { return text.find(' ') == std::string_view::npos; }

struct Part {
  std::optional<std::int64_t> number;
  std::optional<std::string> name;
  static constexpr auto fields() {
    return described(Field("number", &Part::number, "", Range{-5, 999}), Field("name", &Part::name, "", Length{1, 4}));
  }
};

struct Whole {
  bool flag = false;
  std::int64_t big = 0;
  int small = 7;
  double ratio = 0;
  std::string name;
  ProductId id{1};
  Money price;
  Currency currency;
  Time at;
  Size size = Size::kSmall;
  Nullable<std::int64_t> cursor;
  std::vector<Part> parts;
  std::map<std::string, std::string> labels;
  std::optional<Money> rest;
  static constexpr auto fields() {
    return described(Field("flag", &Whole::flag, ""), Field("big", &Whole::big, ""),
                     Field("small", &Whole::small, "", Default{}), Field("ratio", &Whole::ratio, "", Range{0, 5}),
                     Field("name", &Whole::name, "", Format{"no blank", without_blanks}), Field("id", &Whole::id, ""),
                     Field("price", &Whole::price, "", Range{0, kMaxAmountMinor}),
                     Field("currency", &Whole::currency, ""), Field("at", &Whole::at, ""),
                     Field("size", &Whole::size, ""), Field("cursor", &Whole::cursor, ""),
                     Field("parts", &Whole::parts, "", Length{0, 3}), Field("labels", &Whole::labels, "", Length{0, 2}),
                     Field("rest", &Whole::rest, ""));
  }
};

Whole example() {
  Whole whole;
  whole.flag = true;
  whole.big = std::numeric_limits<std::int64_t>::min();
  whole.ratio = 1.25;
  whole.name = "Grüße";
  whole.id = ProductId{77};
  whole.price = Money::minor(1999, *Currency::parse("EUR"));
  whole.at = Time{1'700'000'000'123};
  whole.size = Size::kLarge;
  whole.parts = {{1, "a"}, {std::nullopt, std::nullopt}, {-5, std::nullopt}};
  whole.labels = {{"a", ""}, {"b", "c"}};
  return whole;
}

// What the document's reader makes of it: printed again, or what is wrong.
std::string by_document(std::string_view text) {
  const auto document = parse(text);
  if (!document) return document.error().detail;
  const auto read = read_document<Whole>(*document);
  return read ? print(*read) : read.error().fields.front().field + " " + read.error().fields.front().code;
}

TEST_CASE("what was printed is read back without a document") {
  Whole whole = example();
  for (int turn = 0; turn < 3; ++turn) {
    const std::string text = print(whole);
    Whole again;
    REQUIRE(detail::read_own(text, again));
    CHECK(print(again) == text);
    CHECK(by_document(text) == text);
    whole = Whole{};
    if (turn == 0) continue;
    whole.cursor = 12;
    whole.rest = Money::minor(0, *Currency::parse("JPY"));
    whole.big = std::numeric_limits<std::int64_t>::max();
  }
  std::vector<std::string> texts;
  CHECK((detail::read_own(R"(["a","b"])", texts) && texts == std::vector<std::string>{"a", "b"}));
  CHECK((detail::read_own("[]", texts) && texts.empty()));
}

// Each change to a printed text is either read as the document's reader reads it, or left to that one.
TEST_CASE("what was not printed so is read by its document, with the same answers") {
  const std::string text = print(example());
  constexpr std::string_view kBytes = "\"\\{}[],:0159-+.eEntu \x01\x7F\xC3\xFF";
  int left = 0, taken = 0;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    std::vector<std::string> changed = {text.substr(0, at),
                                        text.substr(0, at) + text.substr(std::min(at + 1, text.size()))};
    for (const char byte : kBytes) {
      changed.push_back(text.substr(0, at) + byte + text.substr(at));
      if (at < text.size()) changed.push_back(text.substr(0, at) + byte + text.substr(at + 1));
    }
    for (const std::string& one : changed) {
      Whole own;
      const bool read = detail::read_own(one, own);
      ++(read ? taken : left);
      if (read) REQUIRE_MESSAGE(print(own) == by_document(one), one);
    }
  }
  CHECK(taken > 100);
  CHECK(left > 1000);
}

TEST_CASE("the rules hold for what is read back") {
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"1.25", "5.5"},
                                                        {"\"number\":1", "\"number\":1000"},
                                                        {"\"name\":\"a\"", "\"name\":\"abcde\""},
                                                        {"1999", "-1"},
                                                        {"1999", "99999999999999999"},
                                                        {"EUR", "eur"},
                                                        {"large", "huge"},
                                                        {"\"labels\":{", "\"labels\":{\"x\":\"\","},
                                                        {"\"labels\":{", "\"labels\":{\"b\":\"\","},
                                                        {"Grüße", "Gr ße"},
                                                        {"\"flag\":true", "\"flag\":null"},
                                                        {"\"flag\":true,", ""}}) {
    std::string text = print(example());
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    Whole whole;
    CHECK_MESSAGE(!detail::read_own(text, whole), text);
    CHECK_MESSAGE(!read<Whole>(text), text);
  }
}

}  // namespace
}  // namespace kontor::json
