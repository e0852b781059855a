// Which column of a catalogue's CSV file is which member of a product: written once per supplier, as TOML or JSON, kept
// under a name for the API. Owns importing_mappings in the home `global`.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"

namespace kontor::importing {

// What becomes of a column that the mapping does not name.
enum class UnknownColumn { kError, kAttribute, kIgnore };
constexpr auto enum_names(UnknownColumn) {
  return std::array{EnumName<UnknownColumn>{UnknownColumn::kError, "error"},
                    EnumName<UnknownColumn>{UnknownColumn::kAttribute, "attribute"},
                    EnumName<UnknownColumn>{UnknownColumn::kIgnore, "ignore"}};
}

struct Mapping {
  std::map<std::string, std::string> columns;
  std::map<std::string, std::string> constants;
  std::map<std::string, std::string> separators;
  std::optional<std::string> delimiter;
  std::string decimal = ".";
  std::string thousands;
  std::optional<Currency> currency;
  UnknownColumn unknown = UnknownColumn::kError;

  static constexpr auto fields() {
    return described(
        Field("columns", &Mapping::columns, "The file's column: the product's member", Length{0, 2000}, Default{}),
        Field("constants", &Mapping::constants, "The product's member: what it is where no column says it",
              Length{0, 100}, Default{}),
        Field("separators", &Mapping::separators, "The product's member: what stands between its parts", Length{0, 100},
              Default{}),
        Field("delimiter", &Mapping::delimiter, "comma, semicolon, tab, pipe or a character; found when absent",
              Length{1, 10}),
        Field("decimal", &Mapping::decimal, "The decimal mark of prices, '.' or ','", Length{1, 1}, Default{}),
        Field("thousands", &Mapping::thousands, "What groups the digits of prices; empty: nothing may", Length{0, 1},
              Default{}),
        Field("currency", &Mapping::currency, "Of every price, where no column says it"),
        Field("unknown", &Mapping::unknown, "What a column that is not named becomes: error, attribute, ignore",
              Default{}));
  }
};

// From JSON (a text that begins with '{') or TOML. kInvalid "importing.bad_mapping" names every member that is not
// right.
Result<Mapping> read_mapping(std::string_view text);

// A mapping under its name.
struct NamedMapping {
  std::string name;
  Mapping mapping;
  static constexpr auto fields() {
    return described(Field("name", &NamedMapping::name, "For ?mapping="),
                     Field("mapping", &NamedMapping::mapping, "What it says"));
  }
};

class Mappings {
 public:
  static constexpr std::size_t kMost = 200;

  Mappings(db::Store& store, Clock& clock) : store_(store), clock_(clock) {}

  // kNotFound "importing.no_such_mapping".
  Result<Mapping> find(const std::string& name);
  Result<std::vector<NamedMapping>> all();  // by name
  // Repeating it is harmless. kConflict "importing.too_many_mappings".
  Result<void> put(const std::string& name, const Mapping& mapping);
  Result<void> remove(const std::string& name);  // also when there is none

 private:
  db::Store& store_;
  Clock& clock_;
};

}  // namespace kontor::importing
