#include "services/formats.h"

#include <doctest/doctest.h>

#include <array>
#include <thread>

#include "tests/support/moment.h"

namespace kontor::services {
namespace {

using testing::at;

Money money(std::int64_t minor, std::string_view code) { return Money::minor(minor, *Currency::parse(code)); }
Formats formats(std::string_view tag, std::string_view zone = "UTC") {
  return Formats::of(tag, TimeZone::of(zone).value()).value();
}

// What is not to be seen: the no-break space, the narrow one, and the marks that keep the direction of writing.
#define NBSP "\u00a0"
#define NNBSP "\u202f"
#define RLM "\u200f"

TEST_CASE("amounts as people of a place write them") {
  struct Row {
    std::string_view tag;
    std::int64_t minor;
    std::string_view currency, text;
  };
  const Row rows[] = {
      {"en-US", 2999, "USD", "$29.99"},
      {"en-US", 129'000, "EUR", "€1,290.00"},
      {"en-US", 2999, "SEK", "SEK" NBSP "29.99"},
      {"en-US", -2999, "USD", "-$29.99"},
      {"en-GB", 2999, "GBP", "£29.99"},
      {"de-DE", 129'050, "EUR", "1.290,50" NBSP "€"},
      {"de-DE", -5, "EUR", "-0,05" NBSP "€"},
      {"de-AT", 129'050, "EUR", "€" NBSP "1.290,50"},
      {"de-CH", 129'050, "CHF", "CHF" NBSP "1’290.50"},
      {"fr-FR", 123'456'789, "EUR", "1" NNBSP "234" NNBSP "567,89" NBSP "€"},
      {"ja-JP", 1290, "JPY", "￥1,290"},
      {"en-US", 1290, "JPY", "¥1,290"},
      {"ar-KW", 1'234'567, "KWD", RLM "١٬٢٣٤٫٥٦٧" NBSP "د.ك." RLM},
      {"ar-KW-u-nu-latn", 1500, "KWD", RLM "1.500" NBSP "د.ك." RLM},
      {"en-US", 1, "KWD", "KWD" NBSP "0.001"},
      {"en-IN", 1'234'567'890, "INR", "₹1,23,45,678.90"},
      {"hi-IN", 1'234'567'890, "INR", "₹1,23,45,678.90"},
      {"pl-PL", 123'456, "PLN", "1234,56" NBSP "zł"},  // four digits stay together there
      {"pl-PL", 1'234'567, "PLN", "12" NBSP "345,67" NBSP "zł"},
  };
  for (const Row& row : rows)
    CHECK_MESSAGE(formats(row.tag).money(money(row.minor, row.currency)) == row.text, std::string(row.tag));
}

// CLDR has other digits for some: ours are ISO 4217's, everywhere.
TEST_CASE("as many digits as the currency has by ISO 4217") {
  const Formats english;
  CHECK(english.money(money(1234, "IQD")) == "IQD" NBSP "1.234");
  CHECK(english.money(money(1234, "HUF")) == "HUF" NBSP "12.34");
  CHECK(english.money(money(1234, "CLP")) == "CLP" NBSP "1,234");
  CHECK(english.money(money(12345, "CLF")) == "CLF" NBSP "1.2345");
}

TEST_CASE("the largest and the smallest amounts, to the last digit") {
  const Formats english;
  CHECK(english.money(money(kMaxAmountMinor, "USD")) == "$10,000,000,000,000.00");
  CHECK(english.money(money(kMaxAmountMinor - 1, "USD")) == "$9,999,999,999,999.99");
  CHECK(english.money(money(std::numeric_limits<std::int64_t>::max(), "USD")) == "$92,233,720,368,547,758.07");
  CHECK(english.money(money(std::numeric_limits<std::int64_t>::min(), "USD")) == "-$92,233,720,368,547,758.08");
  CHECK(english.money(money(0, "USD")) == "$0.00");
}

TEST_CASE("numbers and parts of a hundred") {
  CHECK(Formats().number(1204) == "1,204");
  CHECK(formats("de-CH").number(1204) == "1’204");
  CHECK(formats("en-IN").number(1'234'567) == "12,34,567");
  CHECK(formats("ar-KW").number(7) == "٧");
  CHECK(Formats().decimal(46, 1) == "4.6");
  CHECK(formats("de-DE").decimal(50, 1) == "5,0");
  CHECK(Formats().percent(-15) == "-15%");
  CHECK(formats("de-DE").percent(-15) == "-15" NBSP "%");
  CHECK(formats("tr-TR").percent(15) == "%15");
}

TEST_CASE("days and moments, in the time zone") {
  const Time late = at("2026-11-21T23:30:00Z");
  CHECK(Formats().date(late) == "November 21, 2026");
  CHECK(formats("de-DE", "Europe/Berlin").date(late) == "22. November 2026");
  CHECK(formats("fr-FR", "Europe/Paris").date(late) == "22 novembre 2026");
  CHECK(formats("ja-JP", "Asia/Tokyo").date(late) == "2026年11月22日");
  CHECK(formats("en-GB", "Europe/London").date(late) == "21 November 2026");
  CHECK(Formats().date_time(late) == "November 21, 2026 at 11:30" NNBSP "PM UTC");
  CHECK(formats("de-DE", "Europe/Berlin").date_time(late) == "22. November 2026 um 00:30 MEZ");
  CHECK(formats("de-DE", "Europe/Berlin").date_time(at("2026-07-01T22:30:00Z")) == "2. Juli 2026 um 00:30 MESZ");
}

// "Arrives on the 24th" is no moment: it is the 24th in New York as well.
TEST_CASE("a day that is kept as its midnight is that day in every time zone") {
  const Time christmas = at("2026-12-24T00:00:00Z");
  CHECK(formats("en-US", "America/New_York").day(christmas) == "December 24, 2026");
  CHECK(formats("en-US", "Pacific/Kiritimati").day(christmas) == "December 24, 2026");
  CHECK(formats("en-US", "America/New_York").date(christmas) == "December 23, 2026");
}

TEST_CASE("names of currencies and of the locale itself") {
  CHECK(Formats().currency_name(*Currency::parse("JPY")) == "Japanese Yen");
  CHECK(formats("de-DE").currency_name(*Currency::parse("USD")) == "US-Dollar");
  CHECK(formats("de-CH").own_name() == "Deutsch (Schweiz)");
  CHECK(Formats().own_name() == "English (United States)");
}

TEST_CASE("a locale is a tag of BCP 47 of a language that is known") {
  CHECK(Formats().tag() == "en-US");
  CHECK(formats("DE-de").tag() == "de-DE");
  CHECK(formats("sr-Latn-RS").tag() == "sr-Latn-RS");
  CHECK(formats("de").money(money(100, "EUR")) == "1,00" NBSP "€");
  CHECK(formats("de-JP").money(money(100, "EUR")) == "1,00" NBSP "€");
  for (const auto* tag : {"",
                          " ",
                          "x",
                          "x-y",
                          "xx",
                          "xx-YY",
                          "und",
                          "root",
                          "C",
                          "POSIX",
                          "en_US",
                          "de_DE@euro",
                          "de-",
                          "-de",
                          "de--DE",
                          "../../etc",
                          "../../etc/passwd",
                          "de-DE/../en",
                          "en-US.UTF-8",
                          "d\xc3\xa9",
                          "tlh",
                          "i-klingon",
                          "deutsch"})
    CHECK_MESSAGE(!Formats::of(tag), std::string(tag));
  CHECK_FALSE(Formats::of(std::string("de\0DE", 5)));
  CHECK_FALSE(Formats::of(std::string("de-DE\0", 6)));
  CHECK_FALSE(Formats::of("de-" + std::string(1'000'000, 'x')));
  CHECK_FALSE(Formats::of("de-DE-u-" + std::string(200, 'a')));
}

TEST_CASE("one handle serves many threads") {
  const Formats german = formats("de-DE", "Europe/Berlin");
  std::vector<std::thread> threads;
  std::array<int, 4> wrong{};
  for (int& bad : wrong)
    threads.emplace_back([german, &bad] {
      for (int i = 0; i < 300; ++i) {
        if (german.money(money(129'050, "EUR")) != "1.290,50" NBSP "€") ++bad;
        if (german.date(at("2026-11-21T23:30:00Z")) != "22. November 2026") ++bad;
        if (german.number(i * 1000) != (i == 0 ? "0" : std::to_string(i) + ".000")) ++bad;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::array<int, 4>{});
}

}  // namespace
}  // namespace kontor::services
