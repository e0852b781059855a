// The part of a product that no statement filters by: kept as one JSON document in the column `details`. Also the walk
// over a product's attributes, which are free in name and kind.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "shop/catalog/catalog.h"

namespace kontor::catalog {

std::string print_details(const Product& product);
Result<void> read_details(std::string_view text, Product& product);

// Weight, size and tax class alone, as the column `goods` has them; `text` may be the details instead, for rows that
// were written before there was such a column.
std::string print_goods(const Product& product);
Result<void> read_goods(std::string_view text, Goods& goods);

// A value that can be filtered by: short texts, numbers and booleans; one entry per element of a list.
struct AttributeValue {
  std::string name;
  std::int64_t place = 0;
  std::string text;                   // as shown
  std::optional<std::int64_t> micro;  // of numbers: times 10^6
};
inline constexpr std::size_t kMaxAttributes = 300;
inline constexpr std::size_t kMaxFilterBytes = 100;  // longer texts are shown, never filtered by

std::vector<AttributeValue> attribute_values(std::string_view attributes_json);
// A text, number or boolean as it is shown and filtered by.
std::string attribute_text(const boost::json::value& value);
// The object with the members of `patch` in place of its own; null takes one away. What is no object is answered as it
// is, for the check to find.
std::string merged_members(std::string_view object_json, std::string_view patch);
// A name as a part of a JSON pointer.
std::string pointer_part(std::string_view name);
// What is wrong with an attributes object: names of 1 to 100 characters; texts up to 4,000, numbers, booleans, lists of
// up to 50.
void check_attributes(std::string_view attributes_json, const std::string& field, std::vector<FieldError>& wrong);

}  // namespace kontor::catalog
