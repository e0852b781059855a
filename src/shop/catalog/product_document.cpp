#include "shop/catalog/product_document.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <charconv>
#include <cmath>

namespace kontor::catalog {
namespace {

struct Details {
  std::string description;
  json::Raw attributes;
  std::vector<std::string> images;
  std::string gtin;
  std::int64_t weight_g = 0;
  std::vector<std::int64_t> dimensions_mm;
  std::string tax_class;
  bool returnable = true;
  json::Raw translations;

  static constexpr auto fields() {
    return described(Field("description", &Details::description, ""), Field("attributes", &Details::attributes, ""),
                     Field("images", &Details::images, ""), Field("gtin", &Details::gtin, ""),
                     Field("weight_g", &Details::weight_g, ""), Field("dimensions_mm", &Details::dimensions_mm, ""),
                     Field("tax_class", &Details::tax_class, ""), Field("returnable", &Details::returnable, ""),
                     Field("translations", &Details::translations, ""));
  }
};

constexpr double kMicroLimit = 9e12;

std::optional<std::int64_t> micro_of(const boost::json::value& value) {
  if (value.is_int64() && value.get_int64() < static_cast<std::int64_t>(kMicroLimit) &&
      value.get_int64() > -static_cast<std::int64_t>(kMicroLimit))
    return value.get_int64() * 1'000'000;
  if (value.is_double() && std::abs(value.get_double()) < kMicroLimit) return std::llround(value.get_double() * 1e6);
  return std::nullopt;
}

bool is_scalar(const boost::json::value& value) { return value.is_string() || value.is_number() || value.is_bool(); }

void add_value(std::vector<AttributeValue>& values, std::string_view name, const boost::json::value& value) {
  if (!is_scalar(value)) return;
  std::string text = attribute_text(value);
  if (text.empty() || text.size() > kMaxFilterBytes) return;
  const bool follows = !values.empty() && values.back().name == name;
  values.push_back({std::string(name), follows ? values.back().place + 1 : 0, std::move(text), micro_of(value)});
}

void check_scalar(const boost::json::value& value, const std::string& field, std::vector<FieldError>& wrong) {
  if (!is_scalar(value)) {
    wrong.push_back({field, "wrong_type", "An attribute is a text, a number, a boolean or a list of those."});
  } else if (value.is_string() && count_code_points(value.get_string()) > 4000) {
    wrong.push_back({field, "too_long", "An attribute's text has at most 4000 characters."});
  } else if (value.is_string() && std::string_view(value.get_string()).find('\0') != std::string_view::npos) {
    wrong.push_back({field, "bad_format", "A text cannot hold the character NUL."});
  }
}

}  // namespace

std::string pointer_part(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

std::string attribute_text(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_double() && std::floor(value.get_double()) == value.get_double() && std::abs(value.get_double()) < 1e15)
    return std::to_string(static_cast<std::int64_t>(value.get_double()));  // 16.0 and 16 are the same figure
  std::string out;
  json::print_value(out, value);
  return out;
}

std::string merged_members(std::string_view object_json, std::string_view patch) {
  const auto before = json::parse(object_json);
  const auto change = json::parse(patch);
  if (!before || !change || !change->root().is_object()) return std::string(patch);
  boost::json::object merged = before->root().is_object() ? before->root().get_object() : boost::json::object{};
  for (const auto& member : change->root().get_object()) {
    if (member.value().is_null())
      merged.erase(member.key());
    else
      merged[member.key()] = member.value();
  }
  std::string out;
  json::print_value(out, merged);
  return out;
}

std::string print_details(const Product& product) {
  return json::print(Details{product.description,
                             {product.attributes_json},
                             product.images,
                             product.gtin,
                             product.weight_g,
                             product.dimensions_mm,
                             product.tax_class,
                             product.returnable,
                             {product.translations_json}});
}

Result<void> read_details(std::string_view text, Product& product) {
  TRY(Details details, json::read<Details>(text));
  product.description = std::move(details.description);
  product.attributes_json = std::move(details.attributes.text);
  product.images = std::move(details.images);
  product.gtin = std::move(details.gtin);
  product.weight_g = details.weight_g;
  product.dimensions_mm = std::move(details.dimensions_mm);
  product.tax_class = std::move(details.tax_class);
  product.returnable = details.returnable;
  product.translations_json = std::move(details.translations.text);
  return {};
}

std::string print_goods(const Product& product) {
  std::string out = std::to_string(product.weight_g);
  for (std::size_t i = 0; i < 3; ++i)
    out += " " + std::to_string(i < product.dimensions_mm.size() ? product.dimensions_mm[i] : 0);
  return out + " " + product.tax_class;
}

Result<void> read_goods(std::string_view text, Goods& goods) {
  if (text.starts_with('{')) {
    Product product;
    TRY_DO(read_details(text, product));
    const std::string printed = print_goods(product);
    return read_goods(printed, goods);
  }
  const auto number = [&text] {
    std::int64_t value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    KONTOR_ASSERT(wrong == std::errc() && end != text.data() + text.size() && *end == ' ');
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return value;
  };
  goods.weight_g = number();
  for (std::int64_t& side : goods.dimensions_mm) side = number();
  goods.tax_class = text;
  return {};
}

std::vector<AttributeValue> attribute_values(std::string_view attributes_json) {
  std::vector<AttributeValue> values;
  if (attributes_json.size() <= 2) return values;
  const auto document = json::parse(attributes_json);
  if (!document || !document->root().is_object()) return values;
  values.reserve(document->root().get_object().size());
  for (const auto& member : document->root().get_object()) {
    if (member.value().is_array()) {
      for (const auto& element : member.value().get_array()) add_value(values, member.key(), element);
    } else {
      add_value(values, member.key(), member.value());
    }
  }
  return values;
}

void check_attributes(std::string_view attributes_json, const std::string& field, std::vector<FieldError>& wrong) {
  const auto document = json::parse(attributes_json);
  if (!document || !document->root().is_object()) {
    wrong.push_back({field, "wrong_type", "Attributes are an object of names and values."});
    return;
  }
  const auto& object = document->root().get_object();
  if (object.size() > kMaxAttributes) wrong.push_back({field, "too_long", "A product has at most 300 attributes."});
  for (const auto& member : object) {
    const std::string at = field + "/" + pointer_part(member.key());
    const std::size_t length = count_code_points(member.key());
    if (length < 1 || length > 100) wrong.push_back({at, "too_long", "An attribute's name has 1 to 100 characters."});
    if (std::string_view(member.key()).find('\0') != std::string_view::npos)
      wrong.push_back({at, "bad_format", "A name cannot hold the character NUL."});
    if (!member.value().is_array()) {
      check_scalar(member.value(), at, wrong);
      continue;
    }
    const auto& elements = member.value().get_array();
    if (elements.size() > 50) wrong.push_back({at, "too_long", "An attribute's list has at most 50 elements."});
    for (std::size_t i = 0; i < elements.size(); ++i) check_scalar(elements[i], at + "/" + std::to_string(i), wrong);
  }
}

}  // namespace kontor::catalog
