// A vocabulary for tests of the reader, and what was understood as one line of text.
#pragma once
#include <string>
#include <string_view>

#include "shop/search/plain_language.h"

namespace kontor::search::testing_plain {

inline const Vocabulary& vocabulary() {
  static const Vocabulary made = [] {
    Vocabulary out;
    for (const char* value :
         {"Black", "White", "Red", "Blue", "Green", "Silver", "Grey", "Navy Blue", "Multi-coloured"})
      out.add(KnownValue{"color", value, ""});
    out.add(KnownValue{"color", "Black", "schwarz"});
    out.add(KnownValue{"color", "Red", "rot"});
    out.add(KnownValue{"color", "Blue", "blau"});
    out.add_name("color", "colour");
    out.add_name("color", "farbe");
    for (const char* value : {"S", "M", "L", "XL", "36", "38", "40", "42", "10.5", "One Size"})
      out.add(KnownValue{"size", value, ""});
    out.add_name("size", "größe");
    for (const char* value : {"Cotton", "Leather", "Wool", "Silver"}) out.add(KnownValue{"material", value, ""});
    for (const char* value : {"Yes", "No"}) out.add(KnownValue{"touchscreen", value, ""});
    constexpr std::int64_t kMicro = 1'000'000;
    out.add(KnownNumber{"ram_gb", "gb", {"memory", "arbeitsspeicher"}, kMicro * 2, kMicro * 64});
    out.add(
        KnownNumber{"storage_gb", "gb", {"ssd", "hard drive", "storage", "speicher"}, kMicro * 128, kMicro * 4'000});
    out.add(KnownNumber{"display_diagonal", "in", {"screen", "screen size", "bildschirm"}, {}, {}});
    out.add(KnownNumber{"weight_kg", "kg", {"gewicht"}, kMicro / 10, kMicro * 30});
    out.add(KnownNumber{"cable_length", "m", {"length", "länge"}, kMicro / 5, kMicro * 100});
    out.add(KnownNumber{"ports", "", {"port", "ports"}, {}, {}});
    out.add(KnownNumber{"page_yield", "", {"pages"}, {}, {}});
    for (const char* kept : {"Black & Decker", "Silver Crest", "3M", "Under Armour", "Red Bull"}) out.keep(kept);
    return out;
  }();
  return made;
}

inline std::string micro_text(std::int64_t micro) {
  std::string text = std::to_string(micro / 1'000'000), rest = std::to_string(micro % 1'000'000 + 1'000'000).substr(1);
  while (!rest.empty() && rest.back() == '0') rest.pop_back();
  return rest.empty() ? text : text + "." + rest;
}

// "1000..2000 EUR; 4000 stars; color=Black|Red; ram_gb 16..": prices in minor units, stars in thousandths.
inline std::string understood(const PlainQuery& query) {
  std::string out;
  const auto whole = [](std::optional<std::int64_t> value) { return value ? std::to_string(*value) : std::string(); };
  const auto micro = [](std::optional<std::int64_t> value) { return value ? micro_text(*value) : std::string(); };
  for (const auto& part : query.parts) {
    if (!out.empty()) out += "; ";
    if (part.kind == UnderstoodKind::kPrice)
      out += whole(part.price_min) + ".." + whole(part.price_max) + " " + std::string(part.currency.code());
    else if (part.kind == UnderstoodKind::kRating)
      out += std::to_string(part.rating_min_milli) + " stars";
    else if (part.values.empty())
      out += part.attribute + " " + micro(part.min_micro) + ".." + micro(part.max_micro);
    else
      out += part.attribute;
    for (const auto& value : part.values) out += (&value == part.values.data() ? "=" : "|") + value;
  }
  return out;
}

// A text as it is written, the words that are left of it, and what was understood.
struct PlainRow {
  const char* text;
  const char* words;
  const char* parts;
};

// As a shop of that currency reads it.
inline PlainQuery read(std::string_view text, const Vocabulary& words = vocabulary(), const char* currency = "EUR") {
  return read_plainly(text, words, *Currency::parse(currency));
}

}  // namespace kontor::search::testing_plain
