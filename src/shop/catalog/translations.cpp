#include "shop/catalog/translations.h"

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "base/text.h"
#include "runtime/json.h"
#include "services/languages.h"
#include "shop/catalog/product_document.h"

namespace kontor::catalog {
namespace {

constexpr std::size_t kMostBytes = 200'000;
constexpr std::size_t kLongestTitle = 500, kLongestDescription = 50'000;

void check_text(const boost::json::value& value, const std::string& at, std::size_t longest,
                std::vector<FieldError>& wrong) {
  if (!value.is_string()) {
    wrong.push_back({at, "wrong_type", "A translation's text is a text."});
    return;
  }
  const std::string_view text = value.get_string();
  if (count_code_points(text) > longest)
    wrong.push_back({at, "too_long", "The text has more than " + std::to_string(longest) + " characters."});
  if (text.find('\0') != std::string_view::npos)
    wrong.push_back({at, "bad_format", "A text cannot hold the character NUL."});
  if (trim(text).empty()) wrong.push_back({at, "required", "The text is blank: leave it out instead."});
}

void check_language(const boost::json::value& value, const std::string& at, std::vector<FieldError>& wrong) {
  if (!value.is_object()) {
    wrong.push_back({at, "wrong_type", "A translation is an object with a title, a description or both."});
    return;
  }
  if (value.get_object().empty())
    wrong.push_back({at, "required", "A translation has a title, a description or both."});
  for (const auto& member : value.get_object()) {
    const std::string field = at + "/" + pointer_part(member.key());
    if (member.key() == "title")
      check_text(member.value(), field, kLongestTitle, wrong);
    else if (member.key() == "description")
      check_text(member.value(), field, kLongestDescription, wrong);
    else
      wrong.push_back({field, "unknown_field", "Only title and description are translated."});
  }
}

void merge_language(boost::json::object& into, std::string_view language, const boost::json::value& patch) {
  if (patch.is_null()) {
    into.erase(language);
    return;
  }
  if (!patch.is_object()) {
    into[language] = patch;  // for the check to find
    return;
  }
  auto& texts = into[language];
  if (!texts.is_object()) texts = boost::json::object{};
  for (const auto& member : patch.get_object()) {
    if (member.value().is_null())
      texts.get_object().erase(member.key());
    else
      texts.get_object()[member.key()] = member.value();
  }
  if (texts.get_object().empty()) into.erase(language);
}

}  // namespace

std::vector<Translation> translations_of(std::string_view translations_json) {
  std::vector<Translation> found;
  if (translations_json.size() <= 2) return found;
  const auto document = json::parse(translations_json);
  if (!document || !document->root().is_object()) return found;
  for (const auto& language : document->root().get_object()) {
    if (!language.value().is_object() || !services::is_language_tag(language.key())) continue;
    Translation one{std::string(language.key()), {}, {}};
    const auto member = [&](const char* name, std::string& out) {
      const auto* const text = language.value().get_object().if_contains(name);
      if (text != nullptr && text->is_string()) out = text->get_string();
    };
    member("title", one.title);
    member("description", one.description);
    if (!one.title.empty() || !one.description.empty()) found.push_back(std::move(one));
  }
  return found;
}

std::string print_titles(std::string_view translations_json) {
  std::string out;
  for (const Translation& one : translations_of(translations_json)) {
    if (one.title.empty()) continue;
    out += out.empty() ? "{" : ",";
    json::print_text(out, one.locale);
    out += ':';
    json::print_text(out, one.title);
  }
  return out.empty() ? out : out + "}";
}

std::vector<std::pair<std::string, std::string>> read_titles(std::string_view titles) {
  std::vector<std::pair<std::string, std::string>> found;
  if (titles.empty()) return found;
  const auto document = json::parse(titles);
  if (!document || !document->root().is_object()) return found;
  for (const auto& member : document->root().get_object())
    if (member.value().is_string() && services::is_language_tag(member.key()))
      found.emplace_back(std::string(member.key()), std::string(member.value().get_string()));
  return found;
}

void check_translations(std::string_view translations_json, const std::string& field, std::vector<FieldError>& wrong) {
  if (translations_json == "{}") return;
  const auto document = json::parse(translations_json);
  if (!document || !document->root().is_object() || translations_json.size() > kMostBytes) {
    wrong.push_back({field, "wrong_type", "Translations are an object by language, at most 200 KB."});
    return;
  }
  const auto& object = document->root().get_object();
  if (object.size() > kMostTranslations)
    wrong.push_back({field, "too_long", "A product has texts in at most 50 other languages."});
  for (const auto& language : object) {
    const std::string at = field + "/" + pointer_part(language.key());
    if (!services::is_language_tag(language.key()))
      wrong.push_back({at, "bad_format", "A language is written as in de, de-CH or zh-Hant."});
    else
      check_language(language.value(), at, wrong);
  }
}

std::string merged_translations(std::string_view before, std::string_view patch) {
  const auto old_document = json::parse(before);
  const auto patch_document = json::parse(patch);
  if (!old_document || !patch_document || !patch_document->root().is_object()) return std::string(patch);
  boost::json::object merged =
      old_document->root().is_object() ? old_document->root().get_object() : boost::json::object{};
  for (const auto& member : patch_document->root().get_object()) merge_language(merged, member.key(), member.value());
  std::string out;
  json::print_value(out, merged);
  return out;
}

}  // namespace kontor::catalog
