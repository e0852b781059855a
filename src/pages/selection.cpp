#include "pages/selection.h"

#include <algorithm>

namespace kontor::pages {
namespace {

constexpr std::size_t kMostBrands = 20;
constexpr std::size_t kMostChosenAttributes = 8;
constexpr std::size_t kLongestValue = 200;
constexpr std::int64_t kCardsAtOnce = 24;
constexpr std::string_view kAttribute = "attr.";

// The first characters, as many as a search takes.
std::string first_words(std::string_view value) {
  value = trim(value);
  std::size_t characters = 0, bytes = 0;
  for (; bytes < value.size(); ++bytes)
    if ((static_cast<unsigned char>(value[bytes]) & 0xC0) != 0x80 && ++characters > kLongestWords) break;
  return std::string(trim(value.substr(0, bytes)));
}

void read_one(Selection& out, const std::string& name, const std::string& value, Currency currency) {
  if (name == "q" && out.words.empty()) out.words = first_words(value);
  if (value.empty() || value.size() > 1000) return;
  if (name == "plain" && value == "0") out.plain = false;
  if (name == "corrections" && value == "0") out.corrections = false;
  if (name == "brand" && out.brands.size() < kMostBrands && value.size() <= kLongestValue && !out.has_brand(value))
    out.brands.push_back(value);
  if (name == "min" && !out.price_min) out.price_min = read_decimal(value, currency);
  if (name == "max" && !out.price_max) out.price_max = read_decimal(value, currency);
  if (name == "rating" && value.size() == 1 && value[0] >= '1' && value[0] <= '5') out.rating_min = value[0] - '0';
  if (name == "in_stock" && value == "1") out.in_stock = true;
  if (name == "sort" && !out.sort) out.sort = kontor::value_of<search::Sort>(value);
  if (name == "cursor" && out.cursor.empty()) out.cursor = value;
  if (name.starts_with(kAttribute) && name.size() > kAttribute.size() &&
      out.attributes.size() < kMostChosenAttributes) {
    const std::string attribute = name.substr(kAttribute.size());
    const bool bound = attribute.ends_with(".min") || attribute.ends_with(".max");  // an offer of the API alone
    if (!bound && attribute.size() <= kLongestValue && value.size() <= kLongestValue &&
        !out.has_attribute(attribute, value))
      out.attributes.emplace_back(attribute, value);
  }
}

}  // namespace

Selection::Selection(std::string path_in, std::string category_in, const Form& form, Currency currency)
    : path(std::move(path_in)), category(std::move(category_in)) {
  for (const auto& [name, value] : form) read_one(*this, name, value, currency);
  if (words.empty()) plain = corrections = true;
  std::sort(brands.begin(), brands.end());
  std::sort(attributes.begin(), attributes.end());
}

Form Selection::fields(Currency currency, std::string_view except) const {
  Form form;
  const auto put = [&](std::string name, std::string value) {
    if (name != except && !(except == "price" && (name == "min" || name == "max")))
      form.emplace_back(std::move(name), std::move(value));
  };
  if (!words.empty()) {
    put("q", words);
    if (!plain) put("plain", "0");
    if (!corrections) put("corrections", "0");
  }
  for (const auto& brand : brands) put("brand", brand);
  if (price_min) put("min", decimal_text(Money::minor(*price_min, currency)));
  if (price_max) put("max", decimal_text(Money::minor(*price_max, currency)));
  if (rating_min > 0) put("rating", std::to_string(rating_min));
  if (in_stock) put("in_stock", "1");
  for (const auto& [name, value] : attributes) put(std::string(kAttribute) + name, value);
  if (sort) put("sort", std::string(name_of(*sort)));
  return form;
}

std::string Selection::address(Currency currency) const {
  std::string out = path;
  char mark = '?';
  Form form = fields(currency, "");
  if (!cursor.empty()) form.emplace_back("cursor", cursor);
  for (const auto& [name, value] : form) {
    out += mark + percent_encode(name) + "=" + percent_encode(value);
    mark = '&';
  }
  return out;
}

bool Selection::filtered() const {
  return !brands.empty() || price_min || price_max || rating_min > 0 || in_stock || !attributes.empty();
}

bool Selection::has_brand(std::string_view brand) const {
  return std::find(brands.begin(), brands.end(), brand) != brands.end();
}

bool Selection::has_attribute(std::string_view name, std::string_view value) const {
  return std::any_of(attributes.begin(), attributes.end(),
                     [&](const auto& one) { return one.first == name && one.second == value; });
}

bool Selection::has_attribute(std::string_view name) const {
  return std::any_of(attributes.begin(), attributes.end(), [&](const auto& one) { return one.first == name; });
}

Selection Selection::first_page() const {
  Selection out = *this;
  out.cursor.clear();
  return out;
}

Selection Selection::with_brand(const std::string& brand) const {
  Selection out = first_page();
  if (std::erase(out.brands, brand) == 0) out.brands.push_back(brand);
  std::sort(out.brands.begin(), out.brands.end());
  return out;
}

Selection Selection::with_attribute(const std::string& name, const std::string& value) const {
  Selection out = first_page();
  if (std::erase(out.attributes, std::pair(name, value)) == 0) out.attributes.emplace_back(name, value);
  std::sort(out.attributes.begin(), out.attributes.end());
  return out;
}

Selection Selection::without_attribute(const std::string& name) const {
  Selection out = first_page();
  std::erase_if(out.attributes, [&](const auto& one) { return one.first == name; });
  return out;
}

Selection Selection::with_words(std::string words_in) const {
  Selection out = first_page();
  out.words = std::move(words_in);
  return out;
}

Selection Selection::cleared() const {
  Selection out = first_page();
  out.brands.clear();
  out.attributes.clear();
  out.price_min.reset();
  out.price_max.reset();
  out.rating_min = 0;
  out.in_stock = false;
  return out;
}

Selection Selection::everywhere() const {
  Selection out = cleared();
  out.path = "/search";
  out.category.clear();
  out.of_brand.clear();
  return out;
}

search::ListingRequest Selection::request() const {
  search::ListingRequest out;
  out.limit = kCardsAtOnce;
  if (!words.empty()) {
    out.q = words;
    out.highlight = true;
    out.plain = plain;
    out.corrections = corrections;
  }
  if (!category.empty()) out.category.push_back(category);
  out.brand = of_brand.empty() ? brands : std::vector<std::string>{of_brand};
  out.price_min = price_min;
  out.price_max = price_max;
  if (rating_min > 0) out.rating_min = rating_min;
  if (in_stock) out.in_stock = true;
  for (const auto& [name, value] : attributes) out.attributes.values.emplace_back(name, value);
  out.sort = sort;
  if (!cursor.empty()) out.cursor = cursor;
  return out;
}

}  // namespace kontor::pages
