#include "shop/importing/csv_rows.h"

#include <doctest/doctest.h>

#include "shop/importing/rows_test.h"

using namespace kontor;
using importing::FileFormat;
using importing::Outcome;
using importing::Reading;
using importing::SourceRow;
using importing::TestFile;

namespace {

Reading csv(std::string mapping = "", const char* currency = "USD") {
  Reading reading;
  reading.format = FileFormat::kCsv;
  reading.mapping = std::move(mapping);
  reading.currency = *Currency::parse(currency);
  return reading;
}

Outcome read(const std::string& text, const Reading& reading) { return importing::read_rows(text, reading); }

std::string header_error(const std::string& text, const Reading& reading) {
  const TestFile file(text);
  const auto rows = importing::open_rows(file.path, reading);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().reason == "importing.bad_header");
  return rows.error().detail;
}

}  // namespace

TEST_CASE("csv rows: columns named like members; a sku defaults to the product's key, a warehouse to main") {
  const auto read_rows = read(
      "external_id,title,price,on_hand,attributes.color,attributes.ram_gb:number,attributes.tags:list,category_path,"
      "images,rating,returnable,dimensions_mm\n"
      "A,Tea,3.50,7,green,16,a|b,Food > Tea,1.jpg|https://x/2.jpg,4.5,no,300x200x20.0\n"
      "B,\"Say \"\"hi\"\"\",0.5,,,,,,,,,\n",
      csv());
  CHECK(read_rows.wrong == "");
  REQUIRE(read_rows.good.size() == 2);
  const auto& tea = read_rows.good[0];
  CHECK(tea.attributes.text == R"({"color":"green","ram_gb":16,"tags":["a","b"]})");
  CHECK(tea.category_path == std::vector<std::string>{"Food", "Tea"});
  CHECK(tea.images == std::vector<std::string>{"1.jpg", "https://x/2.jpg"});
  CHECK(tea.dimensions_mm == std::vector<std::int64_t>{300, 200, 20});
  CHECK(tea.rating == 4.5);
  CHECK_FALSE(tea.returnable);
  REQUIRE(tea.offers.size() == 1);
  CHECK(tea.offers[0].sku == "A");
  CHECK(tea.offers[0].price.amount_minor() == 350);
  CHECK(tea.offers[0].stock[0].warehouse == "main");
  CHECK(tea.offers[0].stock[0].on_hand == 7);
  CHECK(read_rows.good[1].title == "Say \"hi\"");
  CHECK(read_rows.good[1].offers[0].stock.empty());
}

TEST_CASE("csv rows: lines that follow one another are one product, with offers and their warehouses") {
  const auto read_rows = read(
      "external_id,title,sku,price,options.size,warehouse,on_hand,stock.north\n"
      "A,Shirt,A-S,10,S,main,1,5\nA,,A-M,11,M,main,2,\nA,Shirt,A-M,,,east,9,\n",
      csv());
  CHECK(read_rows.wrong == "");
  REQUIRE(read_rows.good.size() == 1);
  const auto& offers = read_rows.good[0].offers;
  REQUIRE(offers.size() == 2);
  CHECK(offers[0].stock.size() == 2);
  CHECK(offers[1].options.at("size") == "M");
  REQUIRE(offers[1].stock.size() == 2);
  CHECK(offers[1].stock[1].warehouse == "east");
}

TEST_CASE("csv rows: what is wrong is named by line and column, and refuses the whole product") {
  const auto wrong = [](const std::string& lines) {
    return read("external_id,title,sku,price,on_hand\n" + lines, csv()).wrong;
  };
  CHECK(wrong("A,Tea,S,x,1\n") == "2|price|bad_format ");
  CHECK(wrong("A,Tea,S,1.999,1.5\n") == "2|price|bad_format 2|on_hand|wrong_type ");
  CHECK(wrong("A,Tea,S,1,1\nA,Coffee,S2,1,1\n") == "3|title|conflict ");
  CHECK(wrong("A,Tea,S,1,1\nA,,S,2,1\n") == "3|sku|taken ");
  CHECK(wrong("A,Tea,S,1,1\nB,Bee,T,1,1\nA,Tea,U,1,1\n") == "4|external_id|duplicate ");
  CHECK(wrong(",Tea,S,1,1\n") == "2|external_id|required ");
  CHECK(wrong("A,Tea,S\n") == "2||wrong_length ");
  CHECK(wrong("A,Tea,S,1,1\nA,Tea\nB,Bee,T,1,1\n") == "3||wrong_length ");
  CHECK(read("external_id,title,price\nA,Tea,1\n", csv("", "JPY")).good[0].offers[0].price.amount_minor() == 1);
  CHECK(read("external_id,title,price\nA,Tea,1.5\n", csv("", "JPY")).wrong == "2|price|bad_format ");
  CHECK(read("external_id,title,price,currency\nA,Tea,1.5,KWD\n", csv()).good[0].offers[0].price.amount_minor() ==
        1500);
  CHECK(read("external_id,title,price,currency\nA,Tea,1.5,XXX\n", csv()).wrong == "2|currency|bad_format ");
}

TEST_CASE("csv rows: a header that does not fit is refused with what would") {
  CHECK(header_error("", csv()).find("no header") != std::string::npos);
  CHECK(header_error("external_id,price\nA,1\n", csv()).find("title") != std::string::npos);
  CHECK(header_error("external_id,title,external_id\n", csv()).find("Columns 1 and 3") != std::string::npos);
  CHECK(header_error("external_id,,title\n", csv()).find("Column 2") != std::string::npos);
  CHECK(header_error("external_id,title,colour\n", csv()).find("'colour'") != std::string::npos);
  Reading wrong_delimiter = csv();
  wrong_delimiter.delimiter = ';';
  CHECK(header_error("external_id,title\n", wrong_delimiter).find("Is it comma?") != std::string::npos);
  CHECK(read("external_id,title,colour,\nA,Tea,green,\n", csv(R"({"unknown":"attribute"})")).good[0].attributes.text ==
        R"({"colour":"green"})");
  CHECK(read("external_id,title,colour\nA,Tea,green\n", csv(R"({"unknown":"ignore"})")).good[0].attributes.text ==
        "{}");
  CHECK(header_error("Nr,Name\n", csv(R"({"columns":{"Nr":"external_id","Name":"title","Preis":"price"}})"))
            .find("'Preis'") != std::string::npos);
  CHECK(header_error("Nr,Name,X\n", csv(R"({"columns":{"Nr":"external_id","Name":"title"}})")).find("'X'") !=
        std::string::npos);
  CHECK(header_error("a,b\n", csv(R"({"columns":{"a":"external_id","b":"external_id"}})")).find("both external_id") !=
        std::string::npos);
}

TEST_CASE("csv rows: a mapping names columns, constants, separators and how numbers are written") {
  const std::string mapping = R"({"columns":{"Nr":"external_id","Name":"title","Preis":"price","Gruppe":"category_path",
      "Untergruppe":"category_path","Bilder":"images","Lager Nord":"stock.north","Gewicht":"attributes.weight:number"},
      "constants":{"brand":"Acme","condition":"used"},"separators":{"images":" "},"decimal":",","thousands":".",
      "currency":"EUR"})";
  const auto out =
      read("Nr;Name;Preis;Gruppe;Untergruppe;Bilder;Lager Nord;Gewicht\nA;Tee;1.299,50;Essen;Tee;a.jpg b.jpg;4;1,5\n",
           csv(mapping));
  CHECK(out.wrong == "");
  REQUIRE(out.good.size() == 1);
  CHECK(out.good[0].offers[0].price == Money::minor(129950, *Currency::parse("EUR")));
  CHECK(out.good[0].offers[0].condition == "used");
  CHECK(out.good[0].brand == "Acme");
  CHECK(out.good[0].category_path == std::vector<std::string>{"Essen", "Tee"});
  CHECK(out.good[0].images.size() == 2);
  CHECK(out.good[0].offers[0].stock[0].warehouse == "north");
  CHECK(out.good[0].attributes.text == R"({"weight":1.5})");
  for (const char* bad :
       {R"({"columns":{"a":"colour"}})", R"({"decimal":";"})", R"({"separators":{"images":""}})",
        R"({"constants":{"sku":"x"}})", R"({"delimiter":"ab"})", R"({"what":1})", "columns = 3", "x ="})
    CHECK_FALSE_MESSAGE(importing::read_mapping(bad), bad);
}

TEST_CASE("csv rows: gone on with from any place, a key that came before is still noticed") {
  std::string text = "external_id,title,price\n";
  for (int i = 0; i < 50; ++i) text += "p" + std::to_string(i / 2) + ",T,\n";
  text += "p3,T,\n";
  const TestFile file(text);
  const auto first = importing::open_rows(file.path, csv());
  SourceRow row;
  std::vector<importing::SourcePlace> places;
  do places.push_back((*first)->place());
  while (*(*first)->next(row));
  CHECK(places.size() == 27);
  for (const std::size_t from : {std::size_t{0}, std::size_t{7}, std::size_t{25}}) {
    const auto again = importing::open_rows(file.path, csv());
    REQUIRE((*again)->seek(places[from]));
    std::size_t rows = 0;
    std::string wrong;
    while (*(*again)->next(row)) {
      ++rows;
      for (const auto& bad : row.wrong) wrong += std::to_string(bad.line) + bad.code;
    }
    CHECK(rows == 26 - from);
    CHECK(wrong == "52duplicate");
  }
}

TEST_CASE("csv rows: a product without end is refused, in bounded memory, and the next one is read") {
  std::string text = "external_id,title,price\n";
  for (int i = 0; i < 20'000; ++i) text += "endless,T,1\n";
  text += "B,T,1\n";
  const auto out = read(text, csv());
  CHECK(out.wrong == "3002||too_long ");
  CHECK(out.good.size() == 1);
}
