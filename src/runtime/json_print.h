// Prints described structs straight into a text: no document in between, member names and their quotes are put together
// by the compiler. Included by runtime/json.h.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "runtime/json.h"
#include "runtime/json_traits.h"

namespace kontor::json {
namespace detail {

template <class T, std::size_t I>
void print_member(std::string& out, const T& value) {
  const auto& member = value.*field_at<I>(kFields<T>).member;
  using Member = std::remove_cvref_t<decltype(member)>;
  if constexpr (kIsOptional<Member>) {
    if (!member) return;
    out.append(kPiece<T, I>.data(), kPiece<T, I>.size());
    print(out, *member);
  } else {
    out.append(kPiece<T, I>.data(), kPiece<T, I>.size());
    print(out, member);
  }
}

template <class T>
void print_struct(std::string& out, const T& value) {
  const std::size_t start = out.size();
  [&]<std::size_t... I>(std::index_sequence<I...>) { (print_member<T, I>(out, value), ...); }
  (std::make_index_sequence<kFieldCount<T>>());
  if (out.size() == start)
    out += '{';
  else
    out[start] = '{';  // in the place of the first comma
  out += '}';
}

template <class T>
void print_list(std::string& out, const std::vector<T>& list) {
  out += '[';
  bool first = true;
  for (const auto& element : list) {
    if (!first) out += ',';
    first = false;
    print<T>(out, element);
  }
  out += ']';
}

template <class T>
void print_map(std::string& out, const std::map<std::string, T>& map) {
  out += '{';
  bool first = true;
  for (const auto& [key, element] : map) {
    if (!first) out += ',';
    first = false;
    print_text(out, key);
    out += ':';
    print(out, element);
  }
  out += '}';
}

inline void print_money(std::string& out, Money money) {
  out += "{\"amount\":";
  print_int(out, money.amount_minor());
  out += ",\"currency\":\"";
  out += money.currency().code();
  out += "\"}";
}

inline void quoted_append(std::string& out, std::string_view plain) {
  out += '"';
  out += plain;
  out += '"';
}

}  // namespace detail

template <class T>
void print(std::string& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>)
    out += value ? "true" : "false";
  else if constexpr (std::is_integral_v<T>)
    print_int(out, static_cast<std::int64_t>(value));
  else if constexpr (std::is_floating_point_v<T>)
    print_double(out, value);
  else if constexpr (std::is_convertible_v<const T&, std::string_view>)
    print_text(out, value);
  else if constexpr (detail::kIsId<T>) {
    out += '"';
    append_id_text(out, T::prefix(), value.value);
    out += '"';
  } else if constexpr (std::is_same_v<T, Money>)
    detail::print_money(out, value);
  else if constexpr (std::is_same_v<T, Currency>)
    detail::quoted_append(out, value.code());
  else if constexpr (std::is_same_v<T, Time>) {
    out += '"';
    append_rfc3339(out, value);
    out += '"';
  } else if constexpr (std::is_same_v<T, Raw>)
    out += value.text;
  else if constexpr (NamedEnum<T>)
    detail::quoted_append(out, name_of(value));
  else if constexpr (detail::kIsNullable<T> || detail::kIsOptional<T>) {
    if (value)
      print(out, *value);
    else
      out += "null";
  } else if constexpr (detail::kIsVector<T>)
    detail::print_list(out, value);
  else if constexpr (detail::kIsMap<T>)
    detail::print_map(out, value);
  else if constexpr (Described<T>)
    detail::print_struct(out, value);
  else
    static_assert(detail::kNever<T>, "this type has no JSON form");
}

}  // namespace kontor::json
