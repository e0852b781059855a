#include <doctest/doctest.h>

#include "shop/search/plain_language_test.h"
#include "shop/search/plain_number.h"
#include "shop/search/plain_tokens.h"

using namespace kontor;
using search::Grouping;
using search::KnownNumber;
using search::KnownValue;
using search::PlainQuery;
using search::read_plainly;
using search::Vocabulary;
using search::testing_plain::PlainRow;
using search::testing_plain::read;
using search::testing_plain::understood;
using search::testing_plain::vocabulary;

namespace {

// clang-format off
constexpr PlainRow kAttributes[] = {
    {"black laptop 16gb between 500 and 900 euro", "laptop", "color=Black; ram_gb 16..16; 50000..90000 EUR"},
    {"laptop at least 16 gb ram", "laptop", "ram_gb 16.."},
    {"red dress size 38", "dress", "color=Red; size=38"},
    {"cable under 50 cm", "cable", "cable_length ..0.5"},
    {"dumbbell under 5 kg", "dumbbell", "weight_kg ..5"},
    {"laptop 16gb", "laptop", "ram_gb 16..16"},
    {"laptop 512gb", "laptop", "storage_gb 512..512"},
    {"laptop 16gb 512gb", "laptop", "ram_gb 16..16; storage_gb 512..512"},
    {"laptop 16gb ram 512gb ssd", "laptop", "ram_gb 16..16; storage_gb 512..512"},
    {"laptop ram 16 gb ssd 512 gb", "laptop", "ram_gb 16..16; storage_gb 512..512"},
    {"laptop 1tb ssd", "laptop", "storage_gb 1000..1024"},
    {"laptop ssd 1 tb", "laptop", "storage_gb 1000..1024"},
    {"27 inch monitor", "monitor", "display_diagonal 27..27.999999"},
    {"27\" monitor", "monitor", "display_diagonal 27..27.999999"},
    {"15.6\" laptop", "laptop", "display_diagonal 15.6..15.6"},
    {"4-port usb hub", "usb hub", "ports 4..4"},
    {"hub with at least 4 ports", "hub", "ports 4.."},
    {"cable at least 3 m", "cable", "cable_length 3.."},
    {"iphone 14 in white", "iphone 14", "color=White"},
    {"iphone 14 pro max 256gb", "iphone 14 pro max", "storage_gb 256..256"},
    {"black or white shirt", "shirt", "color=Black|White"},
    {"shirt red, blue or green", "shirt", "color=Red|Blue|Green"},
    {"shirt in black or in white", "shirt", "color=Black|White"},
    {"shirt size 38 or 40", "shirt", "size=38|40"},
    {"dress size: m", "dress", "size=M"},
    {"farbe schwarz schuhe", "schuhe", "color=Black"},
    {"schwarze schuhe unter 50 euro", "schuhe", "color=Black; ..5000 EUR"},
    {"rote jacke größe 38 unter 100", "jacke", "color=Red; size=38; ..10000 EUR"},
    {"laptop weight under 2 kg", "laptop", "weight_kg ..2"},
    {"laptop under 2 kg", "laptop", "weight_kg ..2"},
    {"laptop less than 4.5 lbs", "laptop", "weight_kg ..2.041166"},
    {"toner at least 3000 pages", "toner", "page_yield 3000.."},
    {"toner under 1000 pages", "toner", "page_yield ..1000"},
    {"monitor 24-27 inch", "monitor", "display_diagonal 24..27.999999"},
    {"monitor 24 - 27 inch under 200", "monitor", "display_diagonal 24..27.999999; ..20000 EUR"},
    {"monitor between 24 and 27 inch", "monitor", "display_diagonal 24..27.999999"},
    {"laptop 8-16gb ram", "laptop", "ram_gb 8..16"},
    {"laptop, under 500, black", "laptop", "..50000 EUR; color=Black"},
    {"laptop 16gb+ ram", "laptop", "ram_gb 16.."},
    {"laptop 16gb or more", "laptop", "ram_gb 16.."},
    {"laptop 16gb ram or more", "laptop", "ram_gb 16.."},
    {"laptop 16 gb of ram", "laptop", "ram_gb 16..16"},
    {"laptop with 16gb ram", "laptop", "ram_gb 16..16"},
    {"mit mindestens 16 gb arbeitsspeicher laptop", "laptop", "ram_gb 16.."},
    {"tv over 50 inch", "tv", "display_diagonal 50.."},
    {"black jet", "jet", "color=Black"},
    {"laptop under 500 16gb", "laptop", "..50000 EUR; ram_gb 16..16"},
    {"laptop under 500 black", "laptop", "..50000 EUR; color=Black"},
    {"laptop 15 inch", "laptop", "display_diagonal 15..15.999999"},
    {"laptop at most 15 inch", "laptop", "display_diagonal ..15.999999"},
    {"laptop at least 15 inch", "laptop", "display_diagonal 15.."},
    {"laptop 15 to 17 inch", "laptop", "display_diagonal 15..17.999999"},
    {"laptop 15.6 inch", "laptop", "display_diagonal 15.6..15.6"},
    {"shirt xl", "shirt", "size=XL"},
    {"laptop under 500 and 16gb ram", "laptop", "..50000 EUR; ram_gb 16..16"},
    {"running shoes under $50,black", "running shoes", "..5000 USD; color=Black"},
    {"tv under 500 65 inch", "tv", "..50000 EUR; display_diagonal 65..65.999999"},
    {"tv 65\" under 500", "tv", "display_diagonal 65..65.999999; ..50000 EUR"},
    {"tv 65\" and under 500", "tv", "display_diagonal 65..65.999999; ..50000 EUR"},
    {"kindle 6\" 16gb black under 150", "kindle",
     "display_diagonal 6..6.999999; ram_gb 16..16; color=Black; ..15000 EUR"},
    {"iphone 13 128gb under 700", "iphone 13", "storage_gb 128..128; ..70000 EUR"},
    {"coffee under 500 g", "coffee", "weight_kg ..0.5"},
    {"coffee over 1kg", "coffee", "weight_kg 1.."},
    {"shoe size 42 under 60", "shoe", "size=42; ..6000 EUR"},
    {"little black dress", "little dress", "color=Black"},
    {"blue or navy blue shirt", "shirt", "color=Blue|Navy Blue"},
    {"navy blue shirt", "shirt", "color=Navy Blue"},
    {"multi-coloured scarf", "scarf", "color=Multi-coloured"},
    {"multi coloured scarf", "scarf", "color=Multi-coloured"},
    {"colour: red shirt", "shirt", "color=Red"},
    {"red colour shirt", "colour shirt", "color=Red"},
    {"size xl shirt", "shirt", "size=XL"},
    {"one size hat", "hat", "size=One Size"},
    {"size one size hat", "hat", "size=One Size"},
    {"touchscreen yes laptop", "laptop", "touchscreen=Yes"},
    {"leather shoes", "shoes", "material=Leather"},
    {"wool or cotton sweater", "sweater", "material=Wool|Cotton"},
    {"schwarzer anzug", "anzug", "color=Black"},
    {"schwarzes kleid unter 100€", "kleid", "color=Black; ..10000 EUR"},
    {"rotes kleid größe 38", "kleid", "color=Red; size=38"},
    {"rosen rot", "rosen", "color=Red"},
    {"blau oder rot jacke", "jacke", "color=Blue|Red"},
    {"fernseher 55 zoll unter 600 euro", "fernseher", "display_diagonal 55..55.999999; ..60000 EUR"},
    {"fernseher ab 55 zoll", "fernseher", "display_diagonal 55.."},
    {"laptop mit 16 gb ram unter 1000 euro", "laptop", "ram_gb 16..16; ..100000 EUR"},
    {"laptop mit mindestens 16gb ram und 512gb ssd", "laptop", "ram_gb 16..; storage_gb 512..512"},
    {"laptop 16 GB RAM, 512 GB SSD, 15,6 Zoll", "laptop",
     "ram_gb 16..16; storage_gb 512..512; display_diagonal 15.6..15.6"},
    {"laptop i5 8gb 256gb ssd 15.6\"", "laptop i5", "ram_gb 8..8; storage_gb 256..256; display_diagonal 15.6..15.6"},
    {"macbook pro 14 16gb 512gb", "macbook pro 14", "ram_gb 16..16; storage_gb 512..512"},
    {"galaxy s23 ultra 256 gb schwarz", "galaxy s23 ultra", "storage_gb 256..256; color=Black"},
    {"iphone 15 pro max schwarz", "iphone 15 pro max", "color=Black"},
    {"iphone 15 pro 128 gb blue titanium", "iphone 15 pro titanium", "storage_gb 128..128; color=Blue"},
    {"tv 55 inch 4k 120hz", "tv 4k 120hz", "display_diagonal 55..55.999999"},
    {"monitor 144hz 27 inch", "monitor 144hz", "display_diagonal 27..27.999999"},
    {"paint 2.5 l white", "paint 2.5 l", "color=White"},
    {"dress xl red", "dress", "size=XL; color=Red"},
    {"t-shirt m black", "t-shirt m", "color=Black"},
    {"men's shoes size 42 under 60 euro", "men's shoes", "size=42; ..6000 EUR"},
    {"women's dress size 38 or 40 under $100", "women's dress", "size=38|40; ..10000 USD"},
    {"nike shoes white size 42", "nike shoes", "color=White; size=42"},
    {"laptop 15-17 inch between 500 and 1,000", "laptop", "display_diagonal 15..17.999999; 50000..100000 EUR"},
    {"between 15 and 17 inch laptop", "laptop", "display_diagonal 15..17.999999"},
    {"under 2kg laptop", "laptop", "weight_kg ..2"},
    {"less than 2 kilos laptop", "laptop", "weight_kg ..2"},
    {"at most 1.5 kg laptop", "laptop", "weight_kg ..1.5"},
    {"laptop lighter than 1.5 kg", "laptop", "weight_kg ..1.5"},
    {"tv larger than 50\"", "tv", "display_diagonal 50.."},
    {"tv bigger than 50 inches", "tv", "display_diagonal 50.."},
    {"cable longer than 5 m", "cable", "cable_length 5.."},
    {"cable of at least 5m", "cable of", "cable_length 5.."},
    {"cable 5m or longer", "cable", "cable_length 5.."},
    {"laptop ram between 8 and 16", "laptop", "ram_gb 8..16"},
    {"laptop ram 8-16", "laptop", "ram_gb 8..16"},
    {"hub ports >= 4", "hub", "ports 4.."},
};
// clang-format on

std::string decimal(std::string_view text, Grouping grouping) {
  const auto number = search::parse_decimal(text, grouping);
  return number ? std::to_string(number->digits) + "e-" + std::to_string(number->scale) : "none";
}

}  // namespace

TEST_CASE("plain language: values and figures of attributes") {
  for (const PlainRow& row : kAttributes) {
    const std::string text = row.text;
    CAPTURE(text);
    const auto query = read(text);
    CHECK(query.words == std::string(row.words));
    CHECK(understood(query) == std::string(row.parts));
  }
}

TEST_CASE("plain language: taking one part away leaves what the others say") {
  for (const PlainRow& row : kAttributes) {
    const std::string text = row.text;
    const auto query = read(text);
    for (std::size_t i = 0; i < query.parts.size(); ++i) {
      auto others = query;
      others.parts.erase(others.parts.begin() + static_cast<std::ptrdiff_t>(i));
      const std::string rest = search::without_parts(text, {query.parts[i]});
      CAPTURE(rest);
      CHECK(understood(read(rest)) == understood(others));
    }
  }
}

TEST_CASE("plain language: nothing is an attribute where the shop has none") {
  const Vocabulary empty;
  for (const PlainRow& row : kAttributes)
    for (const auto& part : read(row.text, empty).parts) CHECK(part.kind != search::UnderstoodKind::kAttribute);
  CHECK(understood(read("black laptop 16gb under 500 euro", empty)) == "..50000 EUR");
}

TEST_CASE("plain language: a figure goes to the attribute that has such figures, or to none") {
  Vocabulary two;
  two.add(KnownNumber{"ram_gb", "gb", {}, {}, {}});
  CHECK(understood(read("laptop 16gb", two)) == "ram_gb 16..16");
  CHECK(understood(read("laptop 500 gb ssd", two)) == "");
  CHECK(understood(read("ssd laptop 500gb", two)) == "ram_gb 500..500");  // of nothing else is anything known
  CHECK(understood(read("laptop 16gb 500gb", two)) == "");
  two.add(KnownNumber{"disk", "GB", {"ssd"}, {}, {}});
  CHECK(understood(read("laptop 16gb", two)) == "");
  CHECK(understood(read("laptop 16gb ram 500gb ssd", two)) == "ram_gb 16..16; disk 500..500");
  CHECK(understood(read("laptop ram: 16gb", two)) == "ram_gb 16..16");
  CHECK(understood(read("laptop 1tb ssd", two)) == "disk 1000..1024");
}

TEST_CASE("plain language: the unit of an attribute may stand in its name") {
  Vocabulary shop;
  shop.add(KnownNumber{"net_weight_kg", "", {}, {}, {}});
  shop.add(KnownNumber{"built_in", "", {}, {}, {}});
  shop.add(KnownNumber{"watt", "W", {}, {}, {}});
  shop.add(KnownNumber{"watt", "w", {}, 1'000'000, 100'000'000});  // said twice is said once
  CHECK(understood(read("laptop under 2 kg", shop)) == "net_weight_kg ..2");
  CHECK(understood(read("laptop net weight 2 kg", shop)) == "net_weight_kg 2..2");
  CHECK(understood(read("hob under 27 inch", shop)) == "");
  CHECK(understood(read("bulb over 40 watts", shop)) == "watt 40..");
  CHECK(understood(read("kettle over 2kw", shop)) == "");
}

TEST_CASE("plain language: a word of two attributes, a brand and what only a name explains stay words") {
  Vocabulary shop;
  shop.add(KnownValue{"ink", "Black", ""});
  shop.add(KnownValue{"case", "black", ""});
  shop.add(KnownValue{"case", "Jet Black", ""});
  shop.add(KnownValue{"wireless", "Yes", ""});
  shop.add(KnownValue{"cable", "Cat 6", ""});
  shop.add(KnownValue{"case", "With", ""});
  shop.add(KnownValue{"case", "Orange", ""});
  shop.keep("Orange");
  for (const std::string text : {"black printer", "yes album", "cat 6 cable x", "laptop with bag", "orange phone"}) {
    CAPTURE(text);
    CHECK(understood(read(text, shop)) == "");
  }
  CHECK(understood(read("ink black printer", shop)) == "ink=Black");
  CHECK(understood(read("ink: black, printer", shop)) == "ink=Black");
  CHECK(understood(read("jet black printer", shop)) == "case=Jet Black");
  CHECK(understood(read("wireless yes mouse", shop)) == "wireless=Yes");
}

TEST_CASE("plain language: what is put into a vocabulary is bounded") {
  Vocabulary shop;
  shop.add(KnownValue{"a", "", ""});
  shop.add(KnownValue{"a", "one two three four five six seven", ""});
  shop.add(KnownValue{"a", std::string(10'000, 'x'), ""});
  shop.add(KnownValue{"a", "\xFF\xFE!?", ""});
  shop.keep("");
  CHECK(understood(read("one two three four five six seven things", shop)) == "");
  for (std::size_t i = 0; i < Vocabulary::kMostPhrases + 10; ++i)
    shop.keep("w" + std::string(1, static_cast<char>('a' + i % 26)) + " " + std::to_string(i));
  shop.add(KnownValue{"b", "violet", ""});
  CHECK(understood(read("violet shoes", shop)) == "");
}

TEST_CASE("plain language: numbers as people write them") {
  CHECK(decimal("1500", Grouping::kPrice) == "1500e-0");
  CHECK(decimal("1,500", Grouping::kPrice) == "1500e-0");
  CHECK(decimal("1.500", Grouping::kPrice) == "1500e-0");
  CHECK(decimal("1.500", Grouping::kPoint) == "1500e-3");
  CHECK(decimal("1,500", Grouping::kPoint) == "1500e-0");
  CHECK(decimal("1.500", Grouping::kDecimal) == "1500e-3");
  CHECK(decimal("1.500", Grouping::kMeasure) == "none");
  CHECK(decimal("0.500", Grouping::kMeasure) == "500e-3");
  CHECK(decimal("1 500", Grouping::kPrice) == "1500e-0");
  CHECK(decimal("1\xC2\xA0"
                "500,25",
                Grouping::kPrice) == "150025e-2");
  CHECK(decimal("1'500.25", Grouping::kPrice) == "150025e-2");
  CHECK(decimal("1,00,000", Grouping::kPrice) == "100000e-0");
  CHECK(decimal("12,34,567.5", Grouping::kPrice) == "12345675e-1");
  CHECK(decimal("15.6", Grouping::kMeasure) == "156e-1");
  CHECK(decimal("15,60", Grouping::kPrice) == "1560e-2");
  for (const std::string bad : {"", ".", "1.", ".5", "007", "1.2.3", "1,2,3", "1.500,5.5", "1,500.500.1", "12'34",
                                "1.1234567", "1234567890123456", "1 50", "0,500,000", "1.00.000", "x", "1x"}) {
    CAPTURE(bad);
    CHECK(decimal(bad, Grouping::kPrice) == "none");
  }
  CHECK(search::scaled({15, 1}, 2) == 150);
  CHECK(search::scaled({1500, 3}, 2) == 150);
  CHECK(search::scaled({1505, 3}, 2) == std::nullopt);
  CHECK(search::scaled({1'000'000'000'000'000, 0}, 0) == 1'000'000'000'000'000);
  CHECK(search::scaled({1'000'000'000'000'000, 0}, 1) == std::nullopt);
}

TEST_CASE("plain language: tokens") {
  const search::Tokens tokens("Men's T-Shirt 1.500,50€ (ÜBER 7\") \xFF");
  std::string shown;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    shown += (tokens[i].glued ? "+" : " ") + std::string(tokens.folded(i));
  CHECK(shown == " men's t+-+shirt 1.500,50+€ (+uber 7+\"+) \xFF");
  CHECK(tokens.phrase(0, 2) == "men's t");
  CHECK(tokens[0].end == 5);
}
