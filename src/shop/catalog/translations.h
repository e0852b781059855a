// A product's texts in other languages: {"de": {"title": "…", "description": "…"}}. The product's own title and
// description are in the shop's language; a translation may have one of them or both.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace kontor::catalog {

inline constexpr std::size_t kMostTranslations = 50;

struct Translation {
  std::string locale;              // as services::is_language_tag() wants it
  std::string title, description;  // "": as the product has it
};

// What is no translation is left out.
std::vector<Translation> translations_of(std::string_view translations_json);
// The titles alone, {"de": "…"}; "" when there are none.
std::string print_titles(std::string_view translations_json);
std::vector<std::pair<std::string, std::string>> read_titles(std::string_view titles);  // by language

// What is wrong with a translations object; `field` is where it stands.
void check_translations(std::string_view translations_json, const std::string& field, std::vector<FieldError>& wrong);
// A merge patch: a language that is null goes, as does a text of one.
std::string merged_translations(std::string_view before, std::string_view patch);

}  // namespace kontor::catalog
