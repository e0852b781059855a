// How the names and values of attributes read: as the category's definitions say, else made of the name: "light_lm":
// 620 is "Light", "620 lm".
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "shop/catalog/catalog.h"

namespace kontor::pages {

std::string attribute_label(std::string_view name);
std::string attribute_value(std::string_view name, std::string_view value);

class AttributeWords {
 public:
  AttributeWords() = default;  // nothing is defined
  // Those of `set`, which is of the table and may be null; labels in the language of the locale.
  AttributeWords(std::shared_ptr<const catalog::AttributeTable> table, const catalog::AttributeSet* set,
                 std::string locale)
      : table_(std::move(table)), set_(set), locale_(std::move(locale)) {}

  std::string label(std::string_view name) const;
  std::string value(std::string_view name, std::string_view value) const;
  // Where it stands among others: defined ones in their order, then the rest, which are equal.
  std::size_t place(std::string_view name) const { return set_ == nullptr ? 0 : set_->place_of(name); }

 private:
  const catalog::AttributeDefinition* find(std::string_view name) const;

  std::shared_ptr<const catalog::AttributeTable> table_;
  const catalog::AttributeSet* set_ = nullptr;  // of table_
  std::string locale_;
};

}  // namespace kontor::pages
