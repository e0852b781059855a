// Queries that nobody wrote: pieces of the language put together at random, and real queries with bytes changed. What
// must hold of every answer is checked for each. KONTOR_FUZZ_ROUNDS and KONTOR_FUZZ_SEED run more of them than the
// tests do: KONTOR_FUZZ_ROUNDS=100000000 build/asan/kontor-unit --test-case="plain language: *random*"
#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "base/text.h"
#include "shop/search/plain_language_test.h"

using namespace kontor;
using search::PlainQuery;
using search::UnderstoodKind;
using search::UnderstoodPart;
using search::testing_plain::understood;
using search::testing_plain::vocabulary;

namespace {

constexpr std::string_view kPieces[] = {"under",
                                        "below",
                                        "less than",
                                        "over",
                                        "at least",
                                        "between",
                                        "from",
                                        "to",
                                        "and",
                                        "or",
                                        "up to",
                                        "max",
                                        "min",
                                        "ab",
                                        "bis",
                                        "von",
                                        "zwischen",
                                        "und",
                                        "unter",
                                        "mindestens",
                                        "not more than",
                                        "and up",
                                        "or more",
                                        "oder mehr",
                                        "about",
                                        "rated",
                                        "rating",
                                        "price",
                                        "with a",
                                        "of",
                                        "for",
                                        "in",
                                        "not",
                                        "size",
                                        "ram",
                                        "ssd",
                                        "screen",
                                        "colour",
                                        "ports",
                                        "stars",
                                        "star",
                                        "sterne",
                                        "★",
                                        "black",
                                        "red",
                                        "navy blue",
                                        "multi-coloured",
                                        "xl",
                                        "m",
                                        "38",
                                        "silver",
                                        "leather",
                                        "Black & Decker",
                                        "3m",
                                        "$",
                                        "€",
                                        "£",
                                        "¥",
                                        "₹",
                                        "usd",
                                        "EUR",
                                        "AMD",
                                        "euros",
                                        "dollars",
                                        "pounds",
                                        "kr",
                                        "us$",
                                        "fr.",
                                        "500",
                                        "1,500",
                                        "1.500",
                                        "1 500",
                                        "1.5k",
                                        "4",
                                        "4.5",
                                        "0",
                                        "007",
                                        "1,00,000",
                                        "99999999999999999999",
                                        "1e9",
                                        "-5",
                                        "16gb",
                                        "1tb",
                                        "27\"",
                                        "15.6 inch",
                                        "5 kg",
                                        "50 cm",
                                        "2 x",
                                        "x",
                                        "k",
                                        "gb",
                                        "GB",
                                        "'",
                                        "\"",
                                        "(",
                                        ")",
                                        "[",
                                        "]",
                                        ",",
                                        ".",
                                        ",-",
                                        ":",
                                        ";",
                                        "-",
                                        "–",
                                        "+",
                                        "&",
                                        "<",
                                        ">=",
                                        "≤",
                                        "%",
                                        "°",
                                        "!",
                                        "?",
                                        "/",
                                        "\\",
                                        "laptop",
                                        "iphone 14",
                                        "ps5",
                                        "kids",
                                        "years",
                                        "pieces",
                                        "grün",
                                        "日本語",
                                        "😀",
                                        "مصباح",
                                        "e\xCC\x81",
                                        "\xC2\xA0",
                                        "\xE2\x80\xAF",
                                        "\xE2\x80\x8B",
                                        "\xE2\x80\xAE",
                                        "\xEF\xB8\x8F",
                                        "\xEF\xBB\xBF",
                                        "\xF4\x8F\xBF\xBF",
                                        "\xFF",
                                        "\xC3",
                                        "\xE2\x82",
                                        "\xED\xA0\x80",
                                        "\t",
                                        "\n"};

constexpr std::string_view kSeeds[] = {"running shoes under $50",
                                       "black laptop 16gb between 500 and 900 euro",
                                       "headphones 4 stars and up",
                                       "rotes kleid größe 38 oder 40 unter 1.500,50 €",
                                       "laptop 16 GB RAM, 512 GB SSD, 15,6 Zoll (bis 1 500 €)",
                                       "speaker with a rating of at least 4 out of 5 stars",
                                       "shirt red, blue or navy blue from $20 to US$40",
                                       "4-port hub over 20 and under 50 dollars"};

constexpr const char* kCurrencies[] = {"EUR", "USD", "GBP", "JPY", "KWD", "CLF", "SEK"};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string random_query(std::mt19937_64& luck) {
  const auto pick = [&](std::size_t size) { return static_cast<std::size_t>(luck() % size); };
  std::string text;
  if (pick(3) != 0) {
    for (std::size_t i = 0, count = pick(14); i < count; ++i) {
      text += kPieces[pick(std::size(kPieces))];
      if (pick(6) != 0) text += ' ';
    }
  } else {
    text = kSeeds[pick(std::size(kSeeds))];
  }
  for (std::size_t i = 0, count = pick(2) * pick(6); i < count && !text.empty(); ++i) {
    const std::size_t at = pick(text.size());
    switch (pick(5)) {
      case 0:
        text[at] = static_cast<char>(pick(256));
        break;
      case 1:
        text.erase(at, 1 + pick(4));
        break;
      case 2:
        text.insert(at, 1, static_cast<char>(pick(256)));
        break;
      case 3:
        text.insert(at, kPieces[pick(std::size(kPieces))]);
        break;
      default:
        text += text.substr(at, pick(20));
        break;
    }
  }
  return text;
}

std::string wrong_bounds(const std::optional<std::int64_t>& min, const std::optional<std::int64_t>& max) {
  if (!min && !max) return "a filter without a bound";
  if ((min && *min < 0) || (max && *max < 0)) return "a negative bound";
  return min && max && *min > *max ? "bounds in the wrong order" : "";
}

// What is wrong with one part; empty: nothing.
std::string wrong_part(const UnderstoodPart& part) {
  if (part.kind == UnderstoodKind::kRating)
    return part.rating_min_milli < 1 || part.rating_min_milli > 5'000 ? "no such stars" : "";
  if (part.kind == UnderstoodKind::kPrice) {
    if (part.price_min.value_or(1) < 1 || part.price_min.value_or(0) > kMaxAmountMinor) return "no such price";
    if (part.price_max.value_or(1) < 1 || part.price_max.value_or(0) > kMaxAmountMinor) return "no such price";
    return wrong_bounds(part.price_min, part.price_max);
  }
  if (part.attribute.empty()) return "no attribute";
  if (part.values.empty()) return wrong_bounds(part.min_micro, part.max_micro);
  return part.min_micro || part.max_micro ? "a value with bounds" : "";
}

std::string wrong(std::string_view text, const PlainQuery& query) {
  std::size_t from = 0;
  const bool utf8 = is_utf8(text);
  if (query.parts.size() > search::kMostParts) return "too many parts";
  for (const auto& part : query.parts) {
    if (part.begin < from || part.end <= part.begin || part.end > text.size())
      return "ranges overlap or leave the text";
    from = part.end;
    if (part.text != text.substr(part.begin, part.end - part.begin)) return "not the text of its range";
    if (utf8 && !is_utf8(part.text)) return "a code point is cut in two";
    if (const auto reason = wrong_part(part); !reason.empty()) return reason;
  }
  if (query.words != search::without_parts(text, query.parts)) return "words are not what the parts leave";
  if (query.parts.empty() && query.words != text) return "nothing was understood, and yet the words changed";
  return utf8 && !is_utf8(query.words) ? "words are no UTF-8" : "";
}

}  // namespace

TEST_CASE("plain language: random queries are read without harm") {
  const std::uint64_t rounds = setting("KONTOR_FUZZ_ROUNDS", 200'000), seed = setting("KONTOR_FUZZ_SEED", 1);
  std::mt19937_64 luck(seed);
  std::uint64_t parts = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::string text = random_query(luck);
    const Currency shop = *Currency::parse(kCurrencies[luck() % std::size(kCurrencies)]);
    const auto query = search::read_plainly(text, vocabulary(), shop);
    parts += query.parts.size();
    const std::string reason = wrong(text, query);
    if (reason.empty()) continue;
    FAIL("seed " << seed << ", round " << round << ": " << reason << ": " << text << " → " << understood(query));
  }
  CHECK(parts > rounds / 4);  // else the pieces say nothing any more
}

TEST_CASE("plain language: random bytes are read without harm") {
  std::mt19937_64 luck(setting("KONTOR_FUZZ_SEED", 1));
  for (int round = 0; round < 20'000; ++round) {
    std::string text(luck() % 60, '\0');
    for (char& c : text) c = static_cast<char>(luck() % (round % 2 ? 256 : 128));
    const auto query = search::read_plainly(text, vocabulary(), Currency());
    CHECK_MESSAGE(wrong(text, query) == "", to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
  }
}

TEST_CASE("plain language: a piece repeated for 10,000 characters is read without harm") {
  for (const std::string_view piece : kPieces) {
    std::string text;
    while (text.size() < 10'000) (text += piece) += text.size() % 3 == 0 ? " " : "";
    const auto query = search::read_plainly(text, vocabulary(), Currency());
    CHECK_MESSAGE(wrong(text, query) == "", piece);
  }
}
