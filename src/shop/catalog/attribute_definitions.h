// What a category says of its products' attributes: their kind, label, unit, order, what they may be and whether they
// are filtered by. A category has its own definitions and those of the ones above it; of two with one name the lower
// one holds. Where nothing is defined, attributes are free. Kept whole in memory, read anew after a change.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/db.h"
#include "runtime/json.h"

namespace kontor::catalog {

enum class AttributeType { kText, kNumber, kBoolean };
constexpr auto enum_names(AttributeType) {
  return std::array{EnumName<AttributeType>{AttributeType::kText, "text"},
                    EnumName<AttributeType>{AttributeType::kNumber, "number"},
                    EnumName<AttributeType>{AttributeType::kBoolean, "boolean"}};
}

inline constexpr std::size_t kMostDefinitions = 200;  // of one category
inline constexpr std::size_t kMostAllowed = 500;      // values of one attribute

struct AttributeDefinition {
  std::string name;
  AttributeType type = AttributeType::kText;
  bool list = false;
  std::optional<std::string> label;
  std::map<std::string, std::string> labels;
  std::optional<std::string> unit;
  bool required = false;
  std::vector<json::Raw> values;
  std::int64_t position = 0;
  bool filterable = true;

  static constexpr auto fields() {
    using V = AttributeDefinition;
    return described(
        Field("name", &V::name, "As products have it", Length{1, 100}),
        Field("type", &V::type, "What its values are: text, number or boolean"),
        Field("list", &V::list, "Whether it may have several values", Default{}),
        Field("label", &V::label, "How it is called on pages; absent: made of the name", Length{1, 100}),
        Field("labels", &V::labels, "The same by language or locale: de, pt-BR", Length{0, 50}, Default{}),
        Field("unit", &V::unit, "What stands behind a number: GB, cm", Length{1, 20}),
        Field("required", &V::required, "Whether active products must have it", Default{}),
        Field("values", &V::values, "What it may be; empty: anything of its type", Length{0, kMostAllowed}, Default{}),
        Field("position", &V::position, "Where it stands: low ones first", Range{-1000, 1000}, Default{}),
        Field("filterable", &V::filterable, "Whether listings offer it as a filter", Default{}));
  }
};

// The label in the language of the locale, or the one for all; "" when there is none.
std::string_view label_of(const AttributeDefinition& definition, std::string_view locale);

// Everything that is wrong with the definitions of one category; fields are `field`/<index>/<member>.
void check_definitions(std::span<const AttributeDefinition> definitions, const std::string& field,
                       std::vector<FieldError>& wrong);

// What holds in a category, in the order in which it is shown.
class AttributeSet {
 public:
  struct Entry {
    AttributeDefinition definition;
    CategoryId from;                // whose it is
    std::set<std::string> allowed;  // as attribute_text() writes them; empty: anything
  };
  AttributeSet() = default;
  AttributeSet(const AttributeSet* inherited, CategoryId category, std::span<const AttributeDefinition> own);

  std::span<const Entry> entries() const { return entries_; }
  const AttributeDefinition* find(std::string_view name) const;  // null: nothing is said of it
  std::size_t place_of(std::string_view name) const;             // in entries(); their number for what is not there

  // What is wrong with the attributes of a product here; of broken JSON nothing is said. `complete`: required ones must
  // be there.
  void check(std::string_view attributes_json, bool complete, const std::string& field,
             std::vector<FieldError>& wrong) const;

 private:
  void order();
  std::vector<Entry> entries_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

// Of all categories at one moment.
class AttributeTable {
 public:
  struct Row {  // parents before their children
    CategoryId category, parent;
    std::string name_fold;
    std::vector<AttributeDefinition> own;
  };
  explicit AttributeTable(std::span<const Row> rows);

  // Null: nothing is defined there.
  const AttributeSet* of(CategoryId category) const;
  // Of the lowest category on this path, names from the root down, that is there already.
  const AttributeSet* of_path(std::span<const std::string> names) const;
  // For what lists products of several categories: each name as the first category has it that defines it, filtered by
  // wherever one category filters by it.
  const AttributeSet& anywhere() const { return anywhere_; }
  bool empty() const { return sets_.empty(); }

 private:
  std::map<CategoryId, std::shared_ptr<const AttributeSet>> sets_;  // of those that have any
  std::map<std::pair<CategoryId, std::string>, CategoryId> children_;
  AttributeSet anywhere_;
};

// A category's own, as staff set them.
struct OwnDefinitions {
  std::vector<AttributeDefinition> items;
  std::int64_t version = 0;  // 0: none were ever set
};

class AttributeDefinitions {
 public:
  explicit AttributeDefinitions(db::Store& store) : store_(store) {}

  // From memory when it is at hand.
  Result<std::shared_ptr<const AttributeTable>> table();
  Result<OwnDefinitions> own(CategoryId category);  // from the store
  void changed();                                   // the next table() reads anew; from any thread

 private:
  db::Store& store_;
  std::mutex mutex_;
  std::shared_ptr<const AttributeTable> held_;
  std::uint64_t age_ = 0;  // counts what made it stale
};

}  // namespace kontor::catalog
