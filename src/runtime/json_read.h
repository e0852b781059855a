// Reads described structs out of a parsed document and collects everything that is wrong with it, each with a JSON
// pointer. Included by runtime/json.h.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "runtime/json.h"
#include "runtime/json_traits.h"

namespace kontor::json {
namespace detail {

// Where a value lies; rendered only when something is wrong there.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;  // a member's name, or what is in front of the root
  std::size_t index = 0;  // an element's place
  bool element = false;

  std::string text() const;  // "/items/0/quantity", with ~0 and ~1
};

struct Reader {
  Problems& problems;
  void wrong_type(const Path& path, const boost::json::value& json, std::string_view wanted);
  void add(const Path& path, std::string_view code, std::string message);
  void unknown(const Path& path, std::string_view name);
};

// The rules of described.h that do not depend on the type; false when one is broken (and noted).
bool check_text(Reader& reader, const Path& path, std::string_view text, const Rules& rules);
bool check_number(Reader& reader, const Path& path, std::int64_t value, const Rules& rules);
bool check_double(Reader& reader, const Path& path, double value, const Rules& rules);
bool check_count(Reader& reader, const Path& path, std::size_t count, const Rules& rules);

void read_bool(Reader& reader, const Path& path, const boost::json::value& json, bool& out);
bool read_int(Reader& reader, const Path& path, const boost::json::value& json, std::int64_t& out);
void read_double(Reader& reader, const Path& path, const boost::json::value& json, double& out);
bool read_text(Reader& reader, const Path& path, const boost::json::value& json, std::string& out);
void read_money(Reader& reader, const Path& path, const boost::json::value& json, const Rules& rules, Money& out);
void read_currency(Reader& reader, const Path& path, const boost::json::value& json, Currency& out);
void read_time(Reader& reader, const Path& path, const boost::json::value& json, Time& out);
void read_raw(Reader& reader, const Path& path, const boost::json::value& json, Raw& out);
// A text member as a view, noted when it is none.
std::optional<std::string_view> view_text(Reader& reader, const Path& path, const boost::json::value& json);

template <class T>
void read_any(Reader& reader, const Path& path, const boost::json::value& json, const Rules& rules, T& out);

inline const Rules kNoRules{};

// Of a list, Length counts the elements; the other rules hold for each.
inline Rules element_rules(const Rules& rules) {
  Rules inner = rules;
  inner.length.reset();
  return inner;
}

template <class T>
void read_list(Reader& reader, const Path& path, const boost::json::value& json, const Rules& rules,
               std::vector<T>& out) {
  const auto* array = json.if_array();
  if (array == nullptr) return reader.wrong_type(path, json, "a list");
  if (!check_count(reader, path, array->size(), rules)) return;
  const Rules inner = element_rules(rules);
  out.clear();
  out.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    T element{};
    read_any<T>(reader, Path{&path, {}, i, true}, (*array)[i], inner, element);
    out.push_back(std::move(element));
  }
}

template <class T>
void read_map(Reader& reader, const Path& path, const boost::json::value& json, const Rules& rules,
              std::map<std::string, T>& out) {
  const auto* object = json.if_object();
  if (object == nullptr) return reader.wrong_type(path, json, "an object");
  if (!check_count(reader, path, object->size(), rules)) return;
  const Rules inner = element_rules(rules);
  out.clear();
  for (const auto& member : *object) {
    const std::string_view key(member.key().data(), member.key().size());
    const Path at{&path, key, 0, false};
    if (key.find('\0') != std::string_view::npos) {
      reader.add(at, "bad_format", "A name must not contain NUL.");
      continue;
    }
    read_any(reader, at, member.value(), inner, out[std::string(key)]);
  }
}

template <NamedEnum E>
std::string all_names() {
  std::string names;
  for (const auto& entry : enum_names(E{})) {
    if (!names.empty()) names += ", ";
    names += entry.name;
  }
  return names;
}

template <NamedEnum E>
void read_enum(Reader& reader, const Path& path, const boost::json::value& json, E& out) {
  const auto text = view_text(reader, path, json);
  if (!text) return;
  const auto value = value_of<E>(*text);
  if (!value) return reader.add(path, "unknown_value", "It must be one of " + all_names<E>() + ".");
  out = *value;
}

template <class IdType>
void read_id(Reader& reader, const Path& path, const boost::json::value& json, IdType& out) {
  const auto text = view_text(reader, path, json);
  if (!text) return;
  const auto id = IdType::parse(*text);
  if (!id) return reader.add(path, "bad_format", "It must be an id like '" + std::string(IdType::prefix()) + "_…'.");
  out = *id;
}

// Whether the member was there.
template <class T, std::size_t I>
bool read_member(Reader& reader, const Path& path, const boost::json::object& object, T& out) {
  constexpr const auto& kField = field_at<I>(kFields<T>);
  auto& member = out.*kField.member;
  using Member = std::remove_cvref_t<decltype(member)>;
  const auto* json = object.if_contains(boost::json::string_view(kField.name.data(), kField.name.size()));
  if (json == nullptr) {
    if constexpr (!kIsOptional<Member> && !kIsNullable<Member>) {
      if (!kField.rules.has_default)
        reader.add(Path{&path, kField.name}, "required", "'" + std::string(kField.name) + "' is missing.");
    }
    return false;
  }
  read_any(reader, Path{&path, kField.name}, *json, kField.rules, member);
  return true;
}

template <class T>
void note_unknown(Reader& reader, const Path& path, const boost::json::object& object) {
  for (const auto& member : object) {
    const std::string_view key(member.key().data(), member.key().size());
    const bool known = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ((field_at<I>(kFields<T>).name == key) || ...);
    }
    (std::make_index_sequence<kFieldCount<T>>());
    if (!known) reader.unknown(path, key);
  }
}

template <class T>
void read_struct(Reader& reader, const Path& path, const boost::json::value& json, T& out) {
  const auto* object = json.if_object();
  if (object == nullptr) return reader.wrong_type(path, json, "an object");
  std::size_t seen = 0;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((seen += read_member<T, I>(reader, path, *object, out) ? 1 : 0), ...);
  }
  (std::make_index_sequence<kFieldCount<T>>());
  if (seen < object->size()) note_unknown<T>(reader, path, *object);
}

template <class T>
void read_integer(Reader& reader, const Path& path, const boost::json::value& json, const Rules& rules, T& out) {
  std::int64_t number = 0;
  if (!read_int(reader, path, json, number)) return;
  if (!std::in_range<T>(number)) return reader.add(path, "out_of_range", "The number is too large.");
  if (check_number(reader, path, number, rules)) out = static_cast<T>(number);
}

template <class T>
void read_any(Reader& reader, const Path& path, const boost::json::value& json, const Rules& rules, T& out) {
  if constexpr (kIsNullable<T>) {
    if (json.is_null())
      out.reset();
    else
      read_any(reader, path, json, rules, out.emplace());
  } else if constexpr (std::is_same_v<T, Raw>) {
    read_raw(reader, path, json, out);
  } else if (json.is_null()) {
    reader.add(path, "not_nullable", "It must not be null; leave it out instead.");
  } else if constexpr (kIsOptional<T>) {
    read_any(reader, path, json, rules, out.emplace());
  } else if constexpr (std::is_same_v<T, bool>) {
    read_bool(reader, path, json, out);
  } else if constexpr (std::is_integral_v<T>) {
    read_integer(reader, path, json, rules, out);
  } else if constexpr (std::is_same_v<T, double>) {
    read_double(reader, path, json, out);
    check_double(reader, path, out, rules);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (read_text(reader, path, json, out)) check_text(reader, path, out, rules);
  } else if constexpr (std::is_same_v<T, Money>) {
    read_money(reader, path, json, rules, out);
  } else if constexpr (std::is_same_v<T, Currency>) {
    read_currency(reader, path, json, out);
  } else if constexpr (std::is_same_v<T, Time>) {
    read_time(reader, path, json, out);
  } else if constexpr (kIsId<T>) {
    read_id(reader, path, json, out);
  } else if constexpr (NamedEnum<T>) {
    read_enum(reader, path, json, out);
  } else if constexpr (kIsVector<T>) {
    read_list(reader, path, json, rules, out);
  } else if constexpr (kIsMap<T>) {
    read_map(reader, path, json, rules, out);
  } else if constexpr (Described<T>) {
    read_struct(reader, path, json, out);
  } else {
    static_assert(kNever<T>, "this type has no JSON form");
  }
}

}  // namespace detail

template <class T>
void read_value(const boost::json::value& json, T& out, const std::string& path, Problems& problems) {
  detail::Reader reader{problems};
  detail::read_any(reader, detail::Path{nullptr, path}, json, detail::kNoRules, out);
}

}  // namespace kontor::json

#include "runtime/json_own.h"
