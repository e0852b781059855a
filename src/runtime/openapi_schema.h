// JSON schemas (OpenAPI 3.1) of described structs, from the same fields that read and print them. A described struct
// becomes a named component, "cart.CartView" for kontor::cart::CartView; everything else is written in place.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/described.h"
#include "runtime/json.h"
#include "runtime/json_traits.h"

namespace kontor::http {
struct Prefixed;
}

namespace kontor::openapi {

// In a request, members with a default may be left out; an answer always has them.
enum class Direction { kRequest, kAnswer };
using Components = std::map<std::string, std::string>;  // name → schema

// The name of a component for a compiler's spelling of a type.
std::string component_name(std::string_view spelled);
// `,"minimum":…` and the like, for the rules that are set.
void append_number_rules(std::string& out, const Rules& rules);
void append_text_rules(std::string& out, const Rules& rules);
void append_count_rules(std::string& out, const Rules& rules, bool list);
void append_words(std::string& out, std::string_view words);     // `,"description":"…"`
void append_reference(std::string& out, std::string_view name);  // {"$ref":"#/components/schemas/…"}
void append_money(std::string& out, Components& components);

template <class T>
constexpr std::string_view spelled_type() {
  constexpr std::string_view kWhole = __PRETTY_FUNCTION__;
  constexpr auto kFrom = kWhole.find("T = ") + 4;
  constexpr auto kTo = kWhole.find_first_of(";]", kFrom);
  return kWhole.substr(kFrom, kTo - kFrom);
}

template <class T>
std::string_view type_name() {
  static const std::string kName = component_name(spelled_type<T>());
  return kName;
}

template <class T>
void append_schema(std::string& out, Components& components, const Rules& rules, Direction direction);

namespace detail {

using namespace json::detail;  // the traits

template <class T>
void append_enum(std::string& out) {
  out += "{\"type\":\"string\",\"enum\":[";
  bool first = true;
  for (const auto& entry : enum_names(T{})) {
    if (!first) out += ',';
    first = false;
    json::print_text(out, entry.name);
  }
  out += "]}";
}

// Adds `extras` (",…") to the schema at the end of `out`, which is closed by '}'.
inline void extend(std::string& out, std::string_view extras) {
  out.pop_back();
  if (out.back() == '{' && !extras.empty()) extras.remove_prefix(1);
  out += extras;
  out += '}';
}

template <class T, std::size_t I>
void append_member(std::string& members, std::string& required, Components& components, Direction direction) {
  constexpr const auto& kField = field_at<I>(kFields<T>);
  using Member = std::remove_cvref_t<decltype(std::declval<T&>().*kField.member)>;
  if (!members.empty()) members += ',';
  json::print_text(members, kField.name);
  members += ':';
  append_schema<Member>(members, components, kField.rules, direction);
  std::string extras;
  append_words(extras, kField.words);
  if constexpr (std::is_arithmetic_v<Member> || std::is_same_v<Member, std::string> || NamedEnum<Member>) {
    if (kField.rules.has_default) {
      extras += ",\"default\":";
      const T initial{};
      json::print(extras, initial.*kField.member);
    }
  }
  extend(members, extras);
  const bool may_lack =
      kIsOptional<Member> || (direction == Direction::kRequest && (kIsNullable<Member> || kField.rules.has_default));
  if (may_lack) return;
  if (!required.empty()) required += ',';
  json::print_text(required, kField.name);
}

template <class T>
void append_struct(std::string& out, Components& components, Direction direction) {
  const std::string name(type_name<T>());
  append_reference(out, name);
  if (!components.emplace(name, "").second) return;  // also ends the recursion of a struct that holds itself
  std::string members, required;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (append_member<T, I>(members, required, components, direction), ...);
  }
  (std::make_index_sequence<kFieldCount<T>>());
  std::string text = "{\"type\":\"object\",\"properties\":{" + members + "}";
  if (!required.empty()) text += ",\"required\":[" + required + "]";
  text += direction == Direction::kRequest ? ",\"additionalProperties\":false}" : "}";
  components[name] = std::move(text);
}

}  // namespace detail

template <class T>
void append_schema(std::string& out, Components& components, const Rules& rules, Direction direction) {
  using namespace json::detail;
  if constexpr (kIsOptional<T>) {
    append_schema<typename T::value_type>(out, components, rules, direction);
  } else if constexpr (kIsNullable<T>) {
    out += "{\"anyOf\":[";
    append_schema<typename T::value_type>(out, components, rules, direction);
    out += ",{\"type\":\"null\"}]}";
  } else if constexpr (std::is_same_v<T, bool>) {
    out += "{\"type\":\"boolean\"}";
  } else if constexpr (std::is_integral_v<T>) {
    out += sizeof(T) == 8 ? "{\"type\":\"integer\",\"format\":\"int64\"" : "{\"type\":\"integer\",\"format\":\"int32\"";
    append_number_rules(out, rules);
    out += '}';
  } else if constexpr (std::is_same_v<T, double>) {
    out += "{\"type\":\"number\"";
    append_number_rules(out, rules);
    out += '}';
  } else if constexpr (std::is_same_v<T, std::string>) {
    out += "{\"type\":\"string\"";
    append_text_rules(out, rules);
    out += '}';
  } else if constexpr (kIsId<T>) {
    out += "{\"type\":\"string\",\"pattern\":\"^" + std::string(T::prefix()) + "_[0-9a-hjkmnp-tv-z]{13}$\"}";
  } else if constexpr (std::is_same_v<T, Money>) {
    append_money(out, components);
  } else if constexpr (std::is_same_v<T, Currency>) {
    out += "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}";
  } else if constexpr (std::is_same_v<T, Time>) {
    out += "{\"type\":\"string\",\"format\":\"date-time\"}";
  } else if constexpr (std::is_same_v<T, json::Raw>) {
    out += "{}";
  } else if constexpr (NamedEnum<T>) {
    detail::append_enum<T>(out);
  } else if constexpr (kIsVector<T>) {
    out += "{\"type\":\"array\",\"items\":";
    append_schema<typename T::value_type>(out, components, Rules{}, direction);
    append_count_rules(out, rules, true);
    out += '}';
  } else if constexpr (kIsMap<T>) {
    out += "{\"type\":\"object\",\"additionalProperties\":";
    append_schema<typename T::mapped_type>(out, components, Rules{}, direction);
    append_count_rules(out, rules, false);
    out += '}';
  } else {
    static_assert(Described<T>, "this type has no schema");
    detail::append_struct<T>(out, components, direction);
  }
}

namespace detail {

template <class T, std::size_t I>
void append_parameter(std::string& out, Components& components) {
  constexpr const auto& kField = field_at<I>(kFields<T>);
  using Member = std::remove_cvref_t<decltype(std::declval<T&>().*kField.member)>;
  if (out.size() > 1) out += ',';
  out += "{\"in\":\"query\",\"name\":";
  if constexpr (std::is_same_v<Member, http::Prefixed>) {
    json::print_text(out, std::string(kField.name) + "*");
    append_words(out, kField.words);
    out += ",\"schema\":{\"type\":\"string\"}}";
  } else {
    json::print_text(out, kField.name);
    append_words(out, kField.words);
    constexpr bool kMayLack = kIsOptional<Member> || kIsNullable<Member> || kIsVector<Member>;
    if (!kMayLack && !kField.rules.has_default) out += ",\"required\":true";
    out += ",\"schema\":";
    append_schema<Member>(out, components, kField.rules, Direction::kRequest);
    out += '}';
  }
}

}  // namespace detail

// The "parameters" array of a query struct, brackets included.
template <class T>
std::string query_parameters(Components& components) {
  std::string out = "[";
  [&]<std::size_t... I>(std::index_sequence<I...>) { (detail::append_parameter<T, I>(out, components), ...); }
  (std::make_index_sequence<json::detail::kFieldCount<T>>());
  return out + "]";
}

}  // namespace kontor::openapi
