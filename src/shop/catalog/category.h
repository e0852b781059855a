// A category of the tree in which products stand, and what it is called in other languages.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/result.h"

namespace kontor::catalog {

using Names = std::vector<std::pair<std::string, std::string>>;  // by language, each once

struct Category {
  CategoryId id;
  CategoryId parent;  // 0: a root
  std::string name;   // in the shop's language
  std::string slug;
  std::string path;  // "Electronics > Laptops", for people
  std::int64_t version = 1;
  Names names = {};  // in other languages
};

// The name in the first of the wished languages that fits; `name` where the shop's own, in the language `own`, fits as
// well.
std::string_view name_in(std::string_view name, const Names& names, std::span<const std::string> wished,
                         std::string_view own);
// The same of a whole tree, parents before their children, with its paths. Whether other wishes could have others.
bool translate(std::vector<Category>& categories, std::span<const std::string> wished, std::string_view own);

// {"de": "Lampen"}; "{}" for none. translations.h reads it.
std::string print_names(const Names& names);
// What is wrong with such an object; `field` is where it stands.
void check_names(std::string_view names_json, const std::string& field, std::vector<FieldError>& wrong);
// A merge patch: a language that is null goes.
std::string merged_names(const Names& before, std::string_view patch);

}  // namespace kontor::catalog
