#include "shop/search/plain_language_test.h"

#include <doctest/doctest.h>

#include <set>
#include <vector>

#include "base/text.h"

using namespace kontor;
using search::PlainQuery;
using search::read_plainly;
using search::UnderstoodKind;
using search::without_parts;
using search::testing_plain::PlainRow;
using search::testing_plain::read;
using search::testing_plain::understood;
using search::testing_plain::vocabulary;

namespace {

// In a shop whose currency is the euro.
// clang-format off
constexpr PlainRow kPricesAndStars[] = {
    {"running shoes under $50", "running shoes", "..5000 USD"},
    {"headphones 4 stars and up", "headphones", "4000 stars"},
    {"tv over 1.500 €", "tv", "150000.. EUR"},
    {"shoes under 50", "shoes", "..5000 EUR"},
    {"laptop 500-900 euro", "laptop", "50000..90000 EUR"},
    {"shoes $20 to $40", "shoes", "2000..4000 USD"},
    {"shirt from 20 to 40 euro", "shirt", "2000..4000 EUR"},
    {"kopfhörer max 30€", "kopfhörer", "..3000 EUR"},
    {"kopfhörer 30€ max", "kopfhörer", "..3000 EUR"},
    {"monitor less than 200", "monitor", "..20000 EUR"},
    {"monitor up to 200", "monitor", "..20000 EUR"},
    {"monitor more than 200", "monitor", "20000.. EUR"},
    {"mouse not more than 20", "mouse", "..2000 EUR"},
    {"mouse cheaper than 20", "mouse", "..2000 EUR"},
    {"mouse <50", "mouse", "..5000 EUR"},
    {"headphones >= 4 stars", "headphones", "4000 stars"},
    {"headphones 4+ stars", "headphones", "4000 stars"},
    {"headphones rated 4 or more", "headphones", "4000 stars"},
    {"kopfhörer mindestens 4 Sterne", "kopfhörer", "4000 stars"},
    {"kopfhörer ab 4 sterne", "kopfhörer", "4000 stars"},
    {"black under $50", "black", "..5000 USD"},
    {"under $50", "", "..5000 USD"},
    {"iphone 14 pro max under 800", "iphone 14 pro max", "..80000 EUR"},
    {"nike air max 90 under 100 euro", "nike air max 90", "..10000 EUR"},
    {"black & decker drill under 50 euro", "black & decker drill", "..5000 EUR"},
    {"printer under 100 dollars", "printer", "..10000 USD"},
    {"laptop under 1.5k", "laptop", "..150000 EUR"},
    {"laptop under 1k", "laptop", "..100000 EUR"},
    {"hdmi cable 4k under 20", "hdmi cable 4k", "..2000 EUR"},
    {"tv 1-2k euro", "tv", "100000..200000 EUR"},
    {"laptop 900-500 euro", "laptop", "50000..90000 EUR"},
    {"laptop between 900 and 500", "laptop", "50000..90000 EUR"},
    {"under 50 headphones", "headphones", "..5000 EUR"},
    {"headphones under 50 wireless", "headphones wireless", "..5000 EUR"},
    {"lego 1000 piece under 50", "lego 1000 piece", "..5000 EUR"},
    {"gift for kids under 50", "gift for kids", "..5000 EUR"},
    {"laptop under 1 500 €", "laptop", "..150000 EUR"},
    {"laptop under 1 500", "laptop", "..150000 EUR"},
    {"laptop under 1,500.50 dollars", "laptop", "..150050 USD"},
    {"laptop unter 1.500,50 €", "laptop", "..150050 EUR"},
    {"laptop unter 1'500 CHF", "laptop", "..150000 CHF"},
    {"phone under ₹1,00,000", "phone", "..10000000 INR"},
    {"watch under ¥5000", "watch", "..5000 JPY"},
    {"watch under 1.500 KWD", "watch", "..1500 KWD"},
    {"watch under 50.00 JPY", "watch", "..50 JPY"},
    {"2 euro coin under 20 euro", "2 euro coin", "..2000 EUR"},
    {"shirt $20-40", "shirt", "2000..4000 USD"},
    {"shirt 20-40$", "shirt", "2000..4000 USD"},
    {"shirt 20€-40€", "shirt", "2000..4000 EUR"},
    {"shirt €20 - €40", "shirt", "2000..4000 EUR"},
    {"shirt 500€+", "shirt", "50000.. EUR"},
    {"shirt 500 euro or less", "shirt", "..50000 EUR"},
    {"shirt €50 and up", "shirt", "5000.. EUR"},
    {"with a price under 50 laptop", "laptop", "..5000 EUR"},
    {"laptop priced under 500", "laptop", "..50000 EUR"},
    {"laptop that costs less than 500 euro", "laptop", "..50000 EUR"},
    {"laptop for under 500", "laptop", "..50000 EUR"},
    {"laptop in the price range of 500 to 900", "laptop", "50000..90000 EUR"},
    {"laptop price 500-900", "laptop", "50000..90000 EUR"},
    {"laptop price: 500 - 900", "laptop", "50000..90000 EUR"},
    {"laptop zum preis von 500 bis 900 euro", "laptop", "50000..90000 EUR"},
    {"laptop (under 500)", "laptop", "..50000 EUR"},
    {"laptop around 500 euro", "laptop", "40000..60000 EUR"},
    {"laptop ca. 500€", "laptop", "40000..60000 EUR"},
    {"laptop max. 500", "laptop", "..50000 EUR"},
    {"laptop min. 500 euro", "laptop", "50000.. EUR"},
    {"speaker rating over 4", "speaker", "4000 stars"},
    {"speaker rating of 4 or more", "speaker", "4000 stars"},
    {"speaker with a rating of at least 4", "speaker", "4000 stars"},
    {"speaker with 4 stars and above", "speaker", "4000 stars"},
    {"speaker at least a 4 star rating", "speaker", "4000 stars"},
    {"speaker at least 4 out of 5 stars", "speaker", "4000 stars"},
    {"speaker 4.5+ rating", "speaker", "4500 stars"},
    {"speaker 4★+", "speaker", "4000 stars"},
    {"aa batteries 24 pack under 15", "aa batteries 24 pack", "..1500 EUR"},
    {"under 50 100 pack", "100 pack", "..5000 EUR"},
    {"under $5 500 gb", "500 gb", "..500 USD"},
    {"under 50 ps5 games", "ps5 games", "..5000 EUR"},
    {"under 50 a4 paper", "a4 paper", "..5000 EUR"},
    {"moins de 50 euros chaussures", "chaussures", "..5000 EUR"},
    {"chaussures entre 20 et 40 euros", "chaussures", "2000..4000 EUR"},
    {"zapatos menos de 50 euros", "zapatos", "..5000 EUR"},
    {"laptop tot 500 euro", "laptop", "..50000 EUR"},
    {"laptop tussen 500 en 900 euro", "laptop", "50000..90000 EUR"},
    {"scarpe sotto i 50 euro", "scarpe", "..5000 EUR"},
    {"laptop over 500 under 900", "laptop", "50000.. EUR; ..90000 EUR"},
    {"laptop over 500 and under 900 euro", "laptop", "50000.. EUR; ..90000 EUR"},
    {"shoes < $50", "shoes", "..5000 USD"},
    {"shoes<50", "shoes", "..5000 EUR"},
    {"shoes ≤ 50 €", "shoes", "..5000 EUR"},
    {"shoes > 20 < 50", "shoes", "2000.. EUR; ..5000 EUR"},
    {"20% off under 50", "20% off", "..5000 EUR"},
    {"US$50 shirt under US$20", "US$50 shirt", "..2000 USD"},
    {"shirt under A$20", "shirt", "..2000 AUD"},
    {"shirt under us $20", "shirt", "..2000 USD"},
    {"shirt under a $20", "shirt", "..2000 USD"},
    {"under 50 pounds dumbbell", "dumbbell", "..5000 GBP"},
    {"books under 10 quid", "books", "..1000 GBP"},
    {"shirt under 50 AMD", "shirt AMD", "..5000 EUR"},
    {"ryzen under 500 AMD", "ryzen AMD", "..50000 EUR"},
    {"shirt under 50 all", "shirt all", "..5000 EUR"},
    {"shirt under 500 TRY", "shirt TRY", "..50000 EUR"},
    {"shirt bis 50", "shirt", "..5000 EUR"},
    {"shirt von 20 bis 40", "shirt", "2000..4000 EUR"},
    {"shirt von 20 bis 40 euro", "shirt", "2000..4000 EUR"},
    {"shirt zwischen 20 und 40", "shirt", "2000..4000 EUR"},
    {"schuhe bis zu 50 euro", "schuhe", "..5000 EUR"},
    {"laptop höchstens 500 euro", "laptop", "..50000 EUR"},
    {"laptop nicht mehr als 500", "laptop", "..50000 EUR"},
    {"laptop ueber 500", "laptop", "50000.. EUR"},
    {"laptop über 500", "laptop", "50000.. EUR"},
    {"calendar under 2024", "calendar", "..202400 EUR"},
    {"under under 50", "under", "..5000 EUR"},
    {"laptop over 500 and under 900 dollars", "laptop", "50000.. USD; ..90000 USD"},
    {"laptop over 500 dollars and under 900", "laptop", "50000.. USD; ..90000 USD"},
    {"mouse up to $20", "mouse", "..2000 USD"},
    {"mouse upto 20 dollars", "mouse", "..2000 USD"},
    {"mouse no more than 20 bucks", "mouse", "..2000 USD"},
    {"mouse below £20", "mouse", "..2000 GBP"},
    {"mouse under £ 20", "mouse", "..2000 GBP"},
    {"mouse 20 € max", "mouse", "..2000 EUR"},
    {"mouse max 20 €", "mouse", "..2000 EUR"},
    {"mouse maximum 20", "mouse", "..2000 EUR"},
    {"mouse under 20 USD", "mouse", "..2000 USD"},
    {"mouse under USD 20", "mouse", "..2000 USD"},
    {"mouse under usd20", "mouse", "..2000 USD"},
    {"mouse under 20usd", "mouse", "..2000 USD"},
    {"mouse under 20,99", "mouse", "..2099 EUR"},
    {"mouse under 20.99", "mouse", "..2099 EUR"},
    {"mouse under 20,9", "mouse", "..2090 EUR"},
    {"mouse under 1.234.567,89 €", "mouse", "..123456789 EUR"},
    {"mouse under 1,234,567.89", "mouse", "..123456789 EUR"},
    {"mouse under 12,34,567.89", "mouse", "..123456789 EUR"},
    {"mouse under 50,- €", "mouse", "..5000 EUR"},
    {"mouse under 50.- CHF", "mouse", "..5000 CHF"},
    {"mouse under 50,-", "mouse", "..5000 EUR"},
    {"mouse under 50 and wireless", "mouse and wireless", "..5000 EUR"},
    {"mouse under 50 with cable", "mouse with cable", "..5000 EUR"},
    {"mouse over 50 with cable", "mouse with cable", "5000.. EUR"},
    {"mouse over 50 euro gaming", "mouse gaming", "5000.. EUR"},
    {"mouse at least 50", "mouse", "5000.. EUR"},
    {"maus über 50 mit kabel", "maus mit kabel", "5000.. EUR"},
    {"maus teurer als 50", "maus", "5000.. EUR"},
    {"under $50 running shoes", "running shoes", "..5000 USD"},
    {"running shoes under $ 50", "running shoes", "..5000 USD"},
    {"running shoes under 50$", "running shoes", "..5000 USD"},
    {"running shoes under 50 $", "running shoes", "..5000 USD"},
    {"running shoes UNDER $50", "running shoes", "..5000 USD"},
    {"RUNNING SHOES UNDER 50 DOLLARS", "RUNNING SHOES", "..5000 USD"},
    {"running shoes  under   $50", "running shoes", "..5000 USD"},
    {"running\tshoes\tunder\t$50", "running\tshoes", "..5000 USD"},
    {"running shoes under $50!", "running shoes", "..5000 USD"},
    {"running shoes under $50?", "running shoes", "..5000 USD"},
    {"running shoes under $50.", "running shoes", "..5000 USD"},
    {"\"running shoes\" under $50", "\"running shoes\"", "..5000 USD"},
    {"running shoes [under $50]", "running shoes", "..5000 USD"},
    {"running shoes,under $50", "running shoes", "..5000 USD"},
    {"running shoes under$50", "running shoes", "..5000 USD"},
    {"playstation 5 under 500", "playstation 5", "..50000 EUR"},
    {"ps5 under 500", "ps5", "..50000 EUR"},
    {"rtx 3060 under 400", "rtx 3060", "..40000 EUR"},
    {"i7 laptop under 1000", "i7 laptop", "..100000 EUR"},
    {"canon eos r5 over 3000", "canon eos r5", "300000.. EUR"},
    {"wd-40 under 10", "wd-40", "..1000 EUR"},
    {"2x4 lumber under 5 dollars", "2x4 lumber", "..500 USD"},
    {"70-200 lens under 1000", "70-200 lens", "..100000 EUR"},
    {"calendar 2024 under 20", "calendar 2024", "..2000 EUR"},
    {"kinder unter 50", "kinder", "..5000 EUR"},
    {"4 sterne und mehr hotel", "hotel", "4000 stars"},
    {"mind. 4 sterne", "", "4000 stars"},
    {"4 stars or higher", "", "4000 stars"},
    {"4 stars & up", "", "4000 stars"},
    {"4.5 stars and up", "", "4500 stars"},
    {"4,5 sterne oder mehr", "", "4500 stars"},
    {"5 stars and up", "", "5000 stars"},
    {"over 4 stars", "", "4000 stars"},
    {"more than 4 stars", "", "4000 stars"},
    {"min 4 stars", "", "4000 stars"},
    {"minimum 4 stars", "", "4000 stars"},
    {"4 stars minimum", "", "4000 stars"},
    {"from 4 stars", "", "4000 stars"},
    {"4 ★ and up", "", "4000 stars"},
    {"4⭐ and up", "", "4000 stars"},
    {"rating 4+", "", "4000 stars"},
    {"rating: 4+", "", "4000 stars"},
    {"rating > 4", "", "4000 stars"},
    {"rating >= 4.5", "", "4500 stars"},
    {"rated above 4", "", "4000 stars"},
    {"rated at least 4", "", "4000 stars"},
    {"rated 4 stars", "", "4000 stars"},
    {"rated 4.5 and up", "", "4500 stars"},
    {"bewertung ab 4", "", "4000 stars"},
    {"bewertung mindestens 4,5", "", "4500 stars"},
    {"bewertet mit mindestens 4 sternen", "", "4000 stars"},
    {"mit 4 sternen und mehr", "", "4000 stars"},
    {"4 out of 5 stars and up", "", "4000 stars"},
    {"4 von 5 sternen und mehr", "", "4000 stars"},
    {"laptop under 500 please", "laptop please", "..50000 EUR"},
    {"cheap laptops below 400 euros for students", "cheap laptops for students", "..40000 EUR"},
    {"i want a laptop for less than 500 euro", "i want a laptop", "..50000 EUR"},
    {"show me shoes under $50", "show me shoes", "..5000 USD"},
    {"good headphones under 100 with noise cancelling", "good headphones with noise cancelling", "..10000 EUR"},
    {"wireless mouse between 10 and 20 euro", "wireless mouse", "1000..2000 EUR"},
    {"what costs less than 20 euro", "what", "..2000 EUR"},
    {"gift under 20", "gift", "..2000 EUR"},
    {"gifts for her under 50", "gifts for her", "..5000 EUR"},
    {"gift for a 5 year old girl under 30 euro", "gift for a 5 year old girl", "..3000 EUR"},
    {"present for 10 year old boy between 20 and 40", "present for 10 year old boy", "2000..4000 EUR"},
    {"geschenk unter 20 euro", "geschenk", "..2000 EUR"},
    {"günstige kopfhörer unter 30", "günstige kopfhörer", "..3000 EUR"},
    {"waschmaschine bis 400 €", "waschmaschine", "..40000 EUR"},
    {"oneplus 9 pro under 500", "oneplus 9 pro", "..50000 EUR"},
    {"oneplus 9 under 500 euro", "oneplus 9", "..50000 EUR"},
    {"windows 11 pro under 50", "windows 11 pro", "..5000 EUR"},
    {"office 2021 under 50 euro", "office 2021", "..5000 EUR"},
    {"fifa 23 ps5 under 30", "fifa 23 ps5", "..3000 EUR"},
    {"lego star wars 75192 under 800", "lego star wars 75192", "..80000 EUR"},
    {"500-1000 pieces puzzle under 20", "500-1000 pieces puzzle", "..2000 EUR"},
    {"board game 2-4 players under 30", "board game 2-4 players", "..3000 EUR"},
};

constexpr const char* kNothing[] = {
    "cheap laptop", "shoes under 12 years", "iphone under glass", "iphone 14", "ps5", "size 42", "500 gb ssd",
    "i7-1165G7", "windows 11", "5 star hotel quality towels", "black", "black 16gb", "16gb", "ssd 1tb",
    "\"27\" monitor\"", "\"shoes under 50\"", "laptop sleeve for 15.6 inch laptop", "usb c hub 4 port",
    "usb 3 port hub", "3m hdmi cable", "3m tape", "cable length 3m", "1.7 l kettle", "2 in 1 laptop", "nike air max 90",
    "black decker drill", "black and white printer", "shirt size 38 to 40", "shirt size 38-40", "dress size 39 or 38",
    "dress size 38 or 39", "not black shoes", "case for black iphone", "silver ring", "silver crest blender",
    "orange juice", "touchscreen laptop", "toner 3000 pages", "monitor up to 4k", "over ear headphones", "over 40 bra",
    "puzzle over 1000 pieces", "gift for kids under 12", "laptop 1 500 €", "₹1,00,000 phone", "watch under 50.5 JPY",
    "gift card $50", "$50 gift card", "2 euro coin", "eur 42 shoes", "shoes eur 42-44", "shoes EUR 42-44",
    "shoes size eur 42", "usd 20-40 shirt", "shirt 50 or less", "laptop about 500", "timer 30 min 20 euro",
    "speaker 4 stars", "4 star hotel soap", "speaker under 3 stars", "speaker rated 4", "fuse rated 5 amps",
    "speaker rated 10 or more", "flag with 50 stars and more", "24/7 book", "1920x1080 monitor", "1920 x 1080 monitor",
    "30 x 40 cm frame", "frame under 30 x 40 cm", "2 x 16gb ram", "2x16gb ram", "wh-1000xm4", "rtx 4090",
    "galaxy s21 - 500 euro", "fifty shades of grey", "1000 piece puzzle", "pack of 4 towels", "between 2 fires",
    "games 2 to 4 players", "1-2-3 book", "555-123-4567", "phone under 500 or 600", "under 20% alcohol",
    "shirt under 200 kr", "shirt from 50", "shirt ab 50", "spiel ab 12 jahren", "year 2020 calendar",
    "screen size over 50", "tv size over 50", "ages 3 to 6", "between 3 and 6 years", "kids between 3 and 6",
    "between 20 and 40 people", "at least 8 cores", "printer under 007", "shoes under 0",
    "shoes under 99999999999999999999", "shoes under -50", "laptop under $", "laptop between 500",
    "laptop between 500 and", "hp 364 xl", "monitor 24 or 27 inch", "laptop 16gb or 32gb", "laptop 16gb or 32gb ram",
    "mouse under 1.2.3", "mouse under 1,2,3", "mouse over 50 gaming", "mouse at least 50 gaming",
    "running shoes under50", "running shoes under-50", "running shoes under 50-", "running shoes under 50x",
    "running shoes under 50%", "running shoes under 50 %", "running shoes under 50°", "running shoes under 50th",
    "running shoes under 50's", "running shoes under 5'0", "9mm ammo", ".22 lr", "7 up", "7up", "3 in 1 oil", "4 in 1",
    "24 7", "24-70mm lens", "ef 70-300", "8-bit game", "16-bit", "1080p monitor", "4k tv", "4 k tv", "5g phone",
    "5 g phone", "10k run", "10k gold ring", "18k gold", "a4 paper 500 sheets", "paper 80 g", "coffee 500g",
    "coffee 500 g", "e27 bulb", "12v battery", "100w bulb", "cr2032", "aa batteries", "size 10 shoes", "shoes size 10",
    "shoes 42", "shoes 42 44", "year 2019", "2019 calendar", "2019-2020 planner", "planner 2019 - 2020", "ages 3-5 toy",
    "toy age 3+", "toy 3+", "toys for 3 year old", "toys under 3 years", "kids under 5", "kinder unter 5",
    "spielzeug ab 3", "spielzeug ab 3 jahre", "spielzeug bis 3 jahre", "puzzle 1000 teile", "puzzle unter 1000 teile",
    "hotel 4 sterne", "4 sterne hotel", "6 stars and up", "0 stars and up", "up to 4 stars", "max 4 stars",
    "about 4 stars", "3-4 stars", "⭐4", "★★★★", "4.5 rated", "highly rated", "reviews over 100", "over 100 reviews",
    "rated under 3", "5 star notebook", "3 star", "silver or gold", "black shoes and white shirt", "black, white",
    "black/white shoes", "black-white shoes", "black&white shoes", "blackberry phone", "blackout curtains",
    "black dress black shoes", "color black", "size s", "size small shirt", "xl", "m shirt", "shirt m",
    "cotton leather shoes", "without leather shoes", "leather-free shoes", "gift for 5 year old girl",
    "laptop 16GB/512GB", "laptop 8/16gb", "usb stick 64gb", "micro sd 128 gb", "sd card 64gb", "128 gb micro sd",
    "1 tb hard drive", "2gb ddr2", "16gb ddr4 3200mhz", "3000va ups", "12mm label tape", "50ft ethernet cable",
    "usb 3.0 cable 2m", "usb c cable 2 m long", "hdmi 2.1 cable 3 m", "led bulb 60w e27", "battery 12v 7ah",
    "tyres 205/55 r16", "205 55 16", "screws 4x40", "wine 0.75l", "kids shoes size 28", "levis 501 32/34",
    "jeans 32x34", "ring size 7", "bra 75b", "80/20 rule book", "catch 22", "1984", "fahrenheit 451", "room 101",
    "area 51 poster", "blink 182", "apollo 13 dvd", "district 9", "ocean's eleven", "over the hedge dvd",
    "under the dome", "between us", "from dusk till dawn", "from 0 to 1", "zero to one", "7 to 11", "less than zero",
    "more than a feeling", "at least", "up to you", "under pressure 2 lp", "max mara dress", "max 3 adapter",
    "maxi cosi", "min ho poster", "about a boy", "round 2", "plus size dress", "plus 50", "lego 75192",
    "lego under 20 pieces", "lego set 500-1000 pieces", "puzzle between 500 and 1000 pieces", "laptop ram under 16gb+",
    "laptop under 16gb+", "laptop under 50+",
};
// clang-format on

}  // namespace

TEST_CASE("plain language: prices and stars") {
  for (const PlainRow& row : kPricesAndStars) {
    const std::string text = row.text;
    CAPTURE(text);
    const auto query = read(text);
    CHECK(query.words == std::string(row.words));
    CHECK(understood(query) == std::string(row.parts));
  }
}

TEST_CASE("plain language: models, sizes, years, packs, titles and half sentences stay as they are") {
  for (const char* written : kNothing) {
    const std::string text = written;
    CAPTURE(text);
    const auto query = read(text);
    CHECK(query.words == text);
    CHECK(understood(query) == "");
  }
}

TEST_CASE("plain language: each part says where it stands") {
  const std::string text = "Für mich: black laptop 16gb, between 500 and 900 €!";
  const auto query = read(text);
  REQUIRE(query.parts.size() == 3);
  CHECK(query.parts[0].text == "black");
  CHECK(query.parts[1].text == "16gb");
  CHECK(query.parts[2].text == "between 500 and 900 €");
  CHECK(query.parts[2].begin == text.find("between"));
  CHECK(query.parts[2].end == text.size() - 1);
  CHECK(query.parts[2].kind == UnderstoodKind::kPrice);
  CHECK(query.words == "Für mich: laptop");
  CHECK(without_parts(text, {query.parts[1]}) == "Für mich: black laptop between 500 and 900 €!");
  CHECK(without_parts(text, {}) == text);
}

TEST_CASE("plain language: a sign or a name is the shop's currency where it can be") {
  struct Shop {
    const char* currency;
    const char* text;
    const char* parts;
  };
  constexpr Shop kShops[] = {
      {"USD", "shirt under $50", "..5000 USD"},
      {"CAD", "shirt under $50", "..5000 CAD"},
      {"MXN", "shirt under $50", "..5000 MXN"},
      {"EUR", "shirt under $50", "..5000 USD"},
      {"CAD", "shirt under 50 dollars", "..5000 CAD"},
      {"MXN", "shirt under 50 dollars", "..5000 USD"},
      {"CAD", "shirt under US$50", "..5000 USD"},
      {"GBP", "dumbbell under 50 pounds", "..5000 GBP"},
      {"EUR", "dumbbell under 50 pounds", "..5000 GBP"},
      {"USD", "dumbbell under 50 pounds", "weight_kg ..22.679619"},
      {"CHF", "shirt under 50 francs", "..5000 CHF"},
      {"XOF", "shirt under 50 francs", "..50 XOF"},
      {"JPY", "shirt under ¥5000", "..5000 JPY"},
      {"CNY", "shirt under ¥5000", "..500000 CNY"},
      {"SEK", "shirt under 200 kr", "..20000 SEK"},
      {"DKK", "shirt under 200 kr.", "..20000 DKK"},
      {"USD", "shirt under 200 kr", ""},
      {"HUF", "shirt under 5000 ft", "..500000 HUF"},
      {"INR", "shirt under Rs. 500", "..50000 INR"},
      {"PKR", "shirt under Rs 500", "..50000 PKR"},
      {"JPY", "shirt under 5000", "..5000 JPY"},
      {"JPY", "shirt under 1.999", "..1999 JPY"},
      {"JPY", "shirt under 50.5", ""},
      {"KWD", "shirt under 1.500", "..1500 KWD"},
      {"KWD", "shirt under 1,500", "..1500000 KWD"},
      {"KWD", "shirt under 1.5k", "..1500000 KWD"},
      {"USD", "shirt under 50 AMD", "..5000 USD"},  // makers of processors
      {"AMD", "shirt under 5000 amd", "..500000 AMD"},
      {"TRY", "shirt under 500 try", "..50000 TRY"},
      {"USD", "shirt under 500 VND", "..500 VND"},
      {"USD", "shirt over 20 and under 50 euros", "2000.. EUR; ..5000 EUR"},
      {"USD", "shirt over 10,000,000,000,000", "1000000000000000.. USD"},
      {"USD", "shirt over 10,000,000,000,001", ""},
  };
  for (const Shop& shop : kShops) {
    const std::string what = std::string(shop.currency) + ": " + shop.text;
    CAPTURE(what);
    CHECK(understood(read(shop.text, vocabulary(), shop.currency)) == std::string(shop.parts));
  }
}

TEST_CASE("plain language: capitals and blanks do not matter") {
  for (const PlainRow& row : kPricesAndStars) {
    const std::string text = row.text;
    CAPTURE(text);
    std::string capitals = text, blanks;
    for (char& c : capitals)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    for (const char c : text) blanks += c == ' ' ? std::string(" \xC2\xA0\t ") : std::string(1, c);
    CHECK(understood(read(capitals)) == std::string(row.parts));
    CHECK(understood(read(blanks)) == std::string(row.parts));
    CHECK(understood(read("  " + text + " ")) == std::string(row.parts));
  }
}

TEST_CASE("plain language: the number of a model is not the lower of two prices") {
  std::set<std::string, std::less<>> models;
  for (const char* title : {"Windows 10 Home", "Office 2021, boxed", "Galaxy S 23", "Tape 10 m", "Tea 50g",
                            "Screen 10-inch", "Set of 12 pieces", "10 cups", "Über 7"})
    search::add_models(title, models);
  CHECK(models == std::set<std::string, std::less<>>{"office 2021", "s 23", "uber 7", "windows 10"});
  search::Vocabulary shop;
  for (const auto& model : models) shop.add_model(model);
  const auto in_shop = [&](std::string_view text) {
    return understood(read_plainly(text, shop, *Currency::parse("EUR")));
  };
  CHECK(in_shop("windows 10 - 50 euro") == "");
  CHECK(in_shop("Windows 10 – 50 €") == "");
  CHECK(in_shop("windows 11 - 50 euro") == "1100..5000 EUR");
  CHECK(in_shop("windows 10-50 euro") == "1000..5000 EUR");
  CHECK(in_shop("windows $10 - $50") == "1000..5000 USD");
  CHECK(in_shop("windows price 10 - 50 euro") == "1000..5000 EUR");
  CHECK(in_shop("windows 10 under 50 euro") == "..5000 EUR");
  CHECK(in_shop("windows 10 20 - 50 euro") == "2000..5000 EUR");
}

TEST_CASE("plain language: signs that nobody sees change nothing") {
  CHECK(understood(read("\xE2\x80\x8Fshoes un\xC2\xAD"
                        "der 50 €")) == "..5000 EUR");
  CHECK(understood(read("shoes under 50\xEF\xB8\x8F €")) == "..5000 EUR");
}

TEST_CASE("plain language: long texts are read, still longer ones are left alone") {
  std::string text = "shoes under 50 euro";
  text.resize(10'000, ' ');
  text += "leather";
  CHECK(understood(read(text)) == "..5000 EUR; material=Leather");
  text.resize(search::kLongestPlainText + 1, ' ');
  CHECK(read(text).words == text);
  std::string many = "x";
  for (int i = 0; i < 100; ++i) many += " under 50 euro";
  CHECK(read(many).parts.size() == search::kMostParts);
}
