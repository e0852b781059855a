#include "shop/catalog/attribute_definitions.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "base/text.h"
#include "shop/catalog/catalog_store.h"
#include "shop/catalog/product_document.h"

namespace kontor::catalog {
namespace {

bool is_of(AttributeType type, const boost::json::value& value) {
  switch (type) {
    case AttributeType::kText:
      return value.is_string();
    case AttributeType::kNumber:
      return value.is_number();
    case AttributeType::kBoolean:
      return value.is_bool();
  }
  return false;
}

std::string_view words_of(AttributeType type) {
  switch (type) {
    case AttributeType::kText:
      return "a text";
    case AttributeType::kNumber:
      return "a number";
    case AttributeType::kBoolean:
      return "true or false";
  }
  return "";
}

// "de", "pt-BR": letters and digits in parts.
bool is_locale(std::string_view text) {
  if (text.size() < 2 || text.size() > 35 || text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void check_allowed(const AttributeDefinition& one, const std::string& at, std::vector<FieldError>& wrong) {
  if (one.type == AttributeType::kBoolean && !one.values.empty())
    wrong.push_back({at, "not_allowed", "What is true or false needs no list of values."});
  std::set<std::string> seen;
  for (std::size_t i = 0; i < one.values.size() && one.type != AttributeType::kBoolean; ++i) {
    const std::string field = at + "/" + std::to_string(i);
    const auto document = json::parse(one.values[i].text);
    if (!document || !is_of(one.type, document->root())) {
      wrong.push_back({field, "wrong_type", "A value of this attribute is " + std::string(words_of(one.type)) + "."});
      continue;
    }
    const std::string text = attribute_text(document->root());
    if (text.empty() || text.size() > kMaxFilterBytes)
      wrong.push_back({field, "too_long", "An allowed value has 1 to 100 bytes."});
    if (!seen.insert(text).second) wrong.push_back({field, "duplicate", "This value is in the list already."});
  }
}

void check_words(const std::string& text, const std::string& at, std::vector<FieldError>& wrong) {
  if (trim(text).empty()) wrong.push_back({at, "required", "The text is blank."});
  if (text.find('\0') != std::string::npos)
    wrong.push_back({at, "bad_format", "A text cannot hold the character NUL."});
}

// The values that are allowed, for people: the first few.
std::string some_of(const std::set<std::string>& allowed) {
  constexpr std::size_t kSome = 10;
  std::string out;
  std::size_t said = 0;
  for (const std::string& value : allowed) {
    if (said++ == kSome) return out + ", …";
    out += (out.empty() ? "" : ", ") + value;
  }
  return out;
}

void check_value(const AttributeSet::Entry& entry, const boost::json::value& value, const std::string& at,
                 std::vector<FieldError>& wrong) {
  const AttributeDefinition& one = entry.definition;
  if (!is_of(one.type, value)) {
    wrong.push_back({at, "wrong_type", "'" + one.name + "' is " + std::string(words_of(one.type)) + " here."});
  } else if (!entry.allowed.empty() && !entry.allowed.contains(attribute_text(value))) {
    wrong.push_back({at, "unknown_value",
                     "'" + attribute_text(value) + "' is not among the values of '" + one.name +
                         "': " + some_of(entry.allowed) + "."});
  }
}

}  // namespace

std::string_view label_of(const AttributeDefinition& definition, std::string_view locale) {
  const auto exact = definition.labels.find(std::string(locale));
  if (exact != definition.labels.end()) return exact->second;
  const auto language = definition.labels.find(std::string(locale.substr(0, locale.find('-'))));
  if (language != definition.labels.end()) return language->second;
  return definition.label ? std::string_view(*definition.label) : std::string_view();
}

void check_definitions(std::span<const AttributeDefinition> definitions, const std::string& field,
                       std::vector<FieldError>& wrong) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    const AttributeDefinition& one = definitions[i];
    const std::string at = field + "/" + std::to_string(i);
    check_words(one.name, at + "/name", wrong);
    if (!names.insert(one.name).second)
      wrong.push_back({at + "/name", "duplicate", "Another definition of this category has this name."});
    if (one.label) check_words(*one.label, at + "/label", wrong);
    if (one.unit) check_words(*one.unit, at + "/unit", wrong);
    for (const auto& [locale, label] : one.labels) {
      if (!is_locale(locale))
        wrong.push_back({at + "/labels", "bad_format",
                         "'" + std::string(clip(locale, 40)) + "' is no locale such as de or pt-BR."});
      const std::size_t length = count_code_points(label);
      if (length < 1 || length > 100)
        wrong.push_back({at + "/labels/" + pointer_part(locale), "too_long", "A label has 1 to 100 characters."});
    }
    check_allowed(one, at + "/values", wrong);
  }
}

AttributeSet::AttributeSet(const AttributeSet* inherited, CategoryId category,
                           std::span<const AttributeDefinition> own) {
  if (inherited != nullptr) entries_ = inherited->entries_;
  for (const AttributeDefinition& one : own) {
    Entry entry{one, category, {}};
    for (const json::Raw& value : one.values)
      if (const auto document = json::parse(value.text)) entry.allowed.insert(attribute_text(document->root()));
    const auto above = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& other) { return other.definition.name == one.name; });
    if (above == entries_.end())
      entries_.push_back(std::move(entry));
    else
      *above = std::move(entry);
  }
  order();
}

// Equal places keep their order: what is inherited first.
void AttributeSet::order() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return a.definition.position < b.definition.position; });
  by_name_.clear();
  for (std::size_t i = 0; i < entries_.size(); ++i) by_name_.emplace(entries_[i].definition.name, i);
}

std::size_t AttributeSet::place_of(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? entries_.size() : found->second;
}

const AttributeDefinition* AttributeSet::find(std::string_view name) const {
  const std::size_t place = place_of(name);
  return place == entries_.size() ? nullptr : &entries_[place].definition;
}

void AttributeSet::check(std::string_view attributes_json, bool complete, const std::string& field,
                         std::vector<FieldError>& wrong) const {
  const auto document = json::parse(attributes_json);
  if (!document || !document->root().is_object()) return;  // check_attributes() says so
  const auto& object = document->root().get_object();
  for (const auto& member : object) {
    const std::size_t place = place_of(member.key());
    if (place == entries_.size()) continue;
    const Entry& entry = entries_[place];
    const std::string at = field + "/" + pointer_part(member.key());
    if (!member.value().is_array()) {
      check_value(entry, member.value(), at, wrong);
      continue;
    }
    const auto& elements = member.value().get_array();
    if (!entry.definition.list)
      wrong.push_back({at, "wrong_type", "'" + entry.definition.name + "' has one value here, not a list."});
    for (std::size_t i = 0; i < elements.size() && entry.definition.list; ++i)
      check_value(entry, elements[i], at + "/" + std::to_string(i), wrong);
  }
  if (!complete) return;
  for (const Entry& entry : entries_) {
    if (!entry.definition.required) continue;
    const auto* const value = object.if_contains(entry.definition.name);
    const bool there = value != nullptr && !(value->is_array() && value->get_array().empty()) &&
                       !(value->is_string() && value->get_string().empty());
    if (!there)
      wrong.push_back({field + "/" + pointer_part(entry.definition.name), "required",
                       "Active products of this category have '" + entry.definition.name + "'."});
  }
}

AttributeTable::AttributeTable(std::span<const Row> rows) {
  std::map<std::string, AttributeDefinition> first;
  std::vector<std::string> names;  // as they were met
  for (const Row& row : rows) {
    children_[{row.parent, row.name_fold}] = row.category;
    const auto above = sets_.find(row.parent);
    const std::shared_ptr<const AttributeSet> inherited = above == sets_.end() ? nullptr : above->second;
    if (row.own.empty()) {
      if (inherited) sets_[row.category] = inherited;
      continue;
    }
    sets_[row.category] = std::make_shared<const AttributeSet>(inherited.get(), row.category, row.own);
    for (const AttributeDefinition& one : row.own) {
      const auto [known, fresh] = first.emplace(one.name, one);
      if (fresh) names.push_back(one.name);
      known->second.filterable = known->second.filterable || one.filterable;
    }
  }
  std::vector<AttributeDefinition> all;
  for (const std::string& name : names) all.push_back(first.at(name));
  anywhere_ = AttributeSet(nullptr, CategoryId{}, all);
}

const AttributeSet* AttributeTable::of(CategoryId category) const {
  const auto found = sets_.find(category);
  return found == sets_.end() ? nullptr : found->second.get();
}

const AttributeSet* AttributeTable::of_path(std::span<const std::string> names) const {
  CategoryId at;
  for (const std::string& name : names) {
    const auto child = children_.find({at, fold(name)});
    if (child == children_.end()) break;
    at = child->second;
  }
  return of(at);
}

Result<std::shared_ptr<const AttributeTable>> AttributeDefinitions::table() {
  std::uint64_t age = 0;
  {
    const std::lock_guard lock(mutex_);
    if (held_) return held_;
    age = age_;
  }
  std::vector<AttributeTable::Row> rows;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(rows, store::attribute_rows(tx));
    return {};
  }));
  auto fresh = std::make_shared<const AttributeTable>(rows);
  const std::lock_guard lock(mutex_);
  if (age == age_) held_ = fresh;
  return fresh;
}

Result<OwnDefinitions> AttributeDefinitions::own(CategoryId category) {
  OwnDefinitions own;
  TRY_DO(store_.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(own, store::own_definitions(tx, category));
    return {};
  }));
  return own;
}

void AttributeDefinitions::changed() {
  const std::lock_guard lock(mutex_);
  held_.reset();
  ++age_;
}

}  // namespace kontor::catalog
