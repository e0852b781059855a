#include "shop/catalog/category.h"

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <unordered_map>

#include "base/text.h"
#include "runtime/json.h"
#include "services/languages.h"
#include "shop/catalog/product_document.h"
#include "shop/catalog/translations.h"

namespace kontor::catalog {
namespace {

constexpr std::size_t kLongestName = 200;

void check_name(const boost::json::value& value, const std::string& at, std::vector<FieldError>& wrong) {
  if (!value.is_string()) {
    wrong.push_back({at, "wrong_type", "A category's name is a text."});
    return;
  }
  const std::string_view name = value.get_string();
  if (count_code_points(name) > kLongestName)
    wrong.push_back({at, "too_long", "A category's name has at most 200 characters."});
  if (name.find('\0') != std::string_view::npos)
    wrong.push_back({at, "bad_format", "A name cannot hold the character NUL."});
  if (trim(name).empty()) wrong.push_back({at, "required", "The name is blank: leave it out instead."});
}

}  // namespace

std::string_view name_in(std::string_view name, const Names& names, std::span<const std::string> wished,
                         std::string_view own) {
  if (names.empty() || wished.empty()) return name;
  std::vector<std::string_view> there;
  for (const auto& [language, translated] : names) there.emplace_back(language);
  const auto place = services::choose_language(wished, there, own);
  return place ? std::string_view(names[*place].second) : name;
}

bool translate(std::vector<Category>& categories, std::span<const std::string> wished, std::string_view own) {
  bool any = false;
  for (const Category& category : categories) any = any || !category.names.empty();
  if (!any || wished.empty()) return any;
  std::unordered_map<CategoryId, const Category*> done;
  for (Category& category : categories) {
    category.name = std::string(name_in(category.name, category.names, wished, own));
    const auto parent = done.find(category.parent);
    category.path = parent == done.end() ? category.name : parent->second->path + " > " + category.name;
    done.emplace(category.id, &category);
  }
  return true;
}

std::string print_names(const Names& names) {
  std::string out = "{";
  for (const auto& [language, name] : names) {
    if (out.size() > 1) out += ',';
    json::print_text(out, language);
    out += ':';
    json::print_text(out, name);
  }
  return out + "}";
}

void check_names(std::string_view names_json, const std::string& field, std::vector<FieldError>& wrong) {
  const auto document = json::parse(names_json);
  if (!document || !document->root().is_object()) {
    wrong.push_back({field, "wrong_type", "Translations of a category are an object: a name by language."});
    return;
  }
  const auto& object = document->root().get_object();
  if (object.size() > kMostTranslations)
    wrong.push_back({field, "too_long", "A category has names in at most 50 other languages."});
  for (const auto& language : object) {
    const std::string at = field + "/" + pointer_part(language.key());
    if (!services::is_language_tag(language.key()))
      wrong.push_back({at, "bad_format", "A language is written as in de, de-CH or zh-Hant."});
    else
      check_name(language.value(), at, wrong);
  }
}

std::string merged_names(const Names& before, std::string_view patch) {
  return merged_members(print_names(before), patch);
}

}  // namespace kontor::catalog
