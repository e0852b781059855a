#include "runtime/json.h"

#include <doctest/doctest.h>

#include <limits>

namespace kontor::json {
namespace {

enum class Colour { kRed, kBlue };
constexpr auto enum_names(Colour) {
  return std::array{EnumName<Colour>{Colour::kRed, "red"}, EnumName<Colour>{Colour::kBlue, "blue"}};
}

bool no_blank(std::string_view text) { return text.find(' ') == std::string_view::npos; }

struct Line {
  std::int64_t quantity = 1;
  std::optional<OfferId> offer_id;
  static constexpr auto fields() {
    return described(Field("quantity", &Line::quantity, "How many", Range{1, 999}, Default{}),
                     Field("offer_id", &Line::offer_id, ""));
  }
};

struct All {
  bool flag = false;
  std::int64_t big = 0;
  int small = 0;
  double ratio = 0;
  std::string name;
  ProductId id{1};
  Money price;
  Currency currency;
  Time at;
  Colour colour = Colour::kRed;
  std::optional<std::string> note;
  Nullable<std::int64_t> cursor;
  std::vector<Line> lines;
  std::map<std::string, std::string> labels;
  Raw extra;
  static constexpr auto fields() {
    return described(Field("flag", &All::flag, ""), Field("big", &All::big, ""), Field("small", &All::small, ""),
                     Field("ratio", &All::ratio, "", Range{0, 5}),
                     Field("name", &All::name, "", Length{2, 5}, Format{"no blank", no_blank}),
                     Field("id", &All::id, ""), Field("price", &All::price, "", Range{0, kMaxAmountMinor}),
                     Field("currency", &All::currency, ""), Field("at", &All::at, ""),
                     Field("colour", &All::colour, ""), Field("note", &All::note, "", Length{1, 3}),
                     Field("cursor", &All::cursor, ""), Field("lines", &All::lines, "", Length{0, 3}),
                     Field("labels", &All::labels, "", Length{0, 2}), Field("extra", &All::extra, "", Default{}));
  }
};

struct Empty {
  static constexpr auto fields() { return described(); }
};
struct Sparse {
  std::optional<int> a, b;
  static constexpr auto fields() { return described(Field("a", &Sparse::a, ""), Field("b", &Sparse::b, "")); }
};

const std::string kGood =
    R"({"flag":true,"big":-9223372036854775808,"small":7,"ratio":4.5,"name":"tea","id":"prod_0000000000001",)"
    R"("price":{"amount":2999,"currency":"EUR"},"currency":"JPY","at":"2025-11-21T05:24:12Z",)"
    R"("colour":"blue","note":"hey",)"
    R"("cursor":null,"lines":[{"quantity":2,"offer_id":"off_0000000000002"},{"quantity":1}],)"
    R"("labels":{"a":"1","b":"2"},)"
    R"("extra":{"deep":[1,2.5,"x",null,true]}})";

// "field code" of everything wrong with a text that replaces one part of the good one.
std::vector<std::string> wrong(std::string_view part, std::string_view by) {
  std::string text = kGood;
  const auto at = text.find(part);
  REQUIRE(at != std::string::npos);
  text.replace(at, part.size(), by);
  const auto read_ = read<All>(text);
  if (read_) return {};
  std::vector<std::string> out;
  for (const auto& field : read_.error().fields) out.push_back(field.field + " " + field.code);
  return out;
}
std::vector<std::string> one(std::string text) { return {std::move(text)}; }

std::string detail_of(std::string_view text) {
  const auto document = parse(text);
  return document ? "" : document.error().detail;
}

}  // namespace

TEST_CASE("what is printed reads back the same") {
  const auto all = read<All>(kGood);
  REQUIRE(all.has_value());
  CHECK(all->big == std::numeric_limits<std::int64_t>::min());
  CHECK(all->price.text() == "29.99 EUR");
  CHECK(all->lines.size() == 2);
  CHECK(all->lines[1].quantity == 1);
  CHECK_FALSE(all->cursor.has_value());
  CHECK(print(*all) == kGood);
}

TEST_CASE("empty optionals are left out, wherever they stand") {
  CHECK(print(Empty{}) == "{}");
  CHECK(print(Sparse{}) == "{}");
  CHECK(print(Sparse{std::nullopt, 2}) == R"({"b":2})");
  CHECK(print(std::vector<Sparse>{{1, 2}, {}}) == R"([{"a":1,"b":2},{}])");
  CHECK(print(Nullable<std::string>{}) == "null");
}

TEST_CASE("each wrong member has its code") {
  CHECK(wrong("\"flag\":true,", "") == one("/flag required"));
  CHECK(wrong("true", "\"true\"") == one("/flag wrong_type"));
  CHECK(wrong("true", "null") == one("/flag not_nullable"));
  CHECK(wrong("-9223372036854775808", "9223372036854775808") == one("/big out_of_range"));
  CHECK(wrong("-9223372036854775808", "-9223372036854775809") == one("/big wrong_type"));
  CHECK(wrong(":7,", ":1.0,") == one("/small wrong_type"));
  CHECK(wrong(":7,", ":3000000000,") == one("/small out_of_range"));
  CHECK(wrong("4.5", "5.01") == one("/ratio out_of_range"));
  CHECK(wrong("4.5", "3") == std::vector<std::string>{});
  CHECK(wrong("tea", "t") == one("/name too_short"));
  CHECK(wrong("tea", "日本語日本語") == one("/name too_long"));
  CHECK(wrong("tea", "日本語日本") == std::vector<std::string>{});
  CHECK(wrong("tea", "a b") == one("/name bad_format"));
  CHECK(wrong("tea", "a\\u0000b") == one("/name bad_format"));
  CHECK(wrong("prod_0000000000001", "off_0000000000001") == one("/id bad_format"));
  CHECK(wrong("2999", "29.99") == one("/price/amount wrong_type"));
  CHECK(wrong("2999", "-1") == one("/price/amount out_of_range"));
  CHECK(wrong("2999", "1000000000000001") == one("/price/amount out_of_range"));
  CHECK(wrong("\"amount\":2999,", "") == one("/price/amount required"));
  CHECK(wrong("\"EUR\"", "\"eur\"") == one("/price/currency bad_format"));
  CHECK(wrong("\"EUR\"", "\"EUR\",\"x\":1") == one("/price/x unknown_field"));
  CHECK(wrong("{\"amount\":2999,\"currency\":\"EUR\"}", "29.99") == one("/price wrong_type"));
  CHECK(wrong("JPY", "XXX") == one("/currency bad_format"));
  CHECK(wrong("05:24:12Z", "25:24:12Z") == one("/at bad_format"));
  CHECK(wrong("blue", "green") == one("/colour unknown_value"));
  CHECK(wrong("\"hey\"", "null") == one("/note not_nullable"));
  CHECK(wrong("hey", "heyo") == one("/note too_long"));
  CHECK(wrong("\"cursor\":null", "\"cursor\":\"x\"") == one("/cursor wrong_type"));
  CHECK(wrong("\"cursor\":null,", "") == std::vector<std::string>{});
  CHECK(wrong("\"quantity\":2", "\"quantity\":1000") == one("/lines/0/quantity out_of_range"));
  CHECK(wrong("{\"quantity\":1}", "{},{},{}") == one("/lines too_long"));
  CHECK(wrong("{\"quantity\":1}", "7") == one("/lines/1 wrong_type"));
  CHECK(wrong("\"b\":\"2\"", "\"b/~\":2") == one("/labels/b~1~0 wrong_type"));
  CHECK(wrong("\"x\"", "\"\\u0000\"") == one("/extra bad_format"));
  CHECK(wrong("\"x\"", "\"\\\\u0000\"") == std::vector<std::string>{});
}

TEST_CASE("everything wrong is told at once, and unknown members alone are a kind of their own") {
  const auto both = read<Line>(R"({"quantity":0,"offer_id":5,"offre":1})");
  REQUIRE_FALSE(both.has_value());
  CHECK(both.error().code == Errc::kInvalid);
  CHECK(both.error().fields.size() == 3);
  const auto unknown = read<Line>(R"({"offre":1,"b":2})");
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().code == Errc::kUnknownField);
  CHECK(unknown.error().fields.size() == 2);
  std::string many = "{";
  for (int i = 0; i < 5000; ++i) many += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
  CHECK(read<Line>(many + "}").error().fields.size() == 100);
  CHECK(read<Line>("[]").error().fields.front().code == "wrong_type");
}

TEST_CASE("what is no JSON is refused with its place") {
  CHECK(detail_of("") == "The body is empty; JSON is expected.");
  CHECK(detail_of(" \n ") == "The body is empty; JSON is expected.");
  CHECK(detail_of("{\"a\":1,\n \"b\":}").find("line 2, column 6") != std::string::npos);
  CHECK(detail_of("[1]x").find("more after the value") != std::string::npos);
  CHECK(detail_of("[1").find("ends too early") != std::string::npos);
  CHECK(detail_of("\"ab\xFF\"").find("not UTF-8 at line 1, column 4") != std::string::npos);
  CHECK(detail_of("{\"a\":{\"b\":1,\"\\u0062\":2}}").find("'b' is there twice") != std::string::npos);
  for (const auto* bad : {"\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "1e999", "[1,]", "{\"a\":1,}", "01", "+1",
                          "nan", "'a'", "\"\t\"", "\xEF\xBB\xBF{}", "/**/1", "{a:1}"})
    CHECK_MESSAGE(detail_of(bad) != "", bad);
  CHECK(detail_of(std::string(64, '[') + std::string(64, ']')) == "");
  CHECK(detail_of(std::string(65, '[') + std::string(65, ']')).find("64 levels") != std::string::npos);
  CHECK(detail_of(std::string(100'000, '[')) != "");
}

TEST_CASE("the canonical text does not depend on order or blanks") {
  const auto a = parse(R"({ "b": [1, {"y": 2, "x": null}], "a": "ü" })");
  const auto b = parse("{\"a\":\"\\u00fc\",\"b\":[1,{\"x\":null,\"y\":2}]}");
  CHECK(canonical(a->root()) == canonical(b->root()));
  CHECK(canonical(a->root()) == R"({"a":"ü","b":[1,{"x":null,"y":2}]})");
}

TEST_CASE("numbers with fractions keep their value") {
  for (const double value : {0.1, 15.6, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.25, 123456.789, 1e21}) {
    std::string text;
    print_double(text, value);
    CHECK(parse(text)->root().to_number<double>() == value);
  }
}

TEST_CASE("texts are escaped") {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  for (std::size_t cut = 0; cut < 16; ++cut) {  // every alignment of the eight-byte scan
    const std::string text = all.substr(cut) + "ü😀";
    std::string out;
    print_text(out, text);
    CHECK(parse(out)->root().as_string() == boost::json::string_view(text.data(), text.size()));
  }
}

}  // namespace kontor::json
