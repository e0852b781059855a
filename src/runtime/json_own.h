// Reads back what print() wrote of the same type: members in their order, no blanks, no escapes. That is what the
// stores hold, and it goes several times as fast as by a document. It either reads exactly what the document's reader
// would, or says that it cannot, and then that one reads, or tells what is wrong. Included by runtime/json_read.h.
#pragma once
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/json.h"
#include "runtime/json_read.h"
#include "runtime/json_traits.h"

namespace kontor::json {
namespace detail {

struct Cursor {
  const char* at;
  const char* end;

  explicit Cursor(std::string_view text);

  bool next_is(char c) const { return at != end && *at == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at;
    return true;
  }
  bool take(std::string_view piece) {
    if (!std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(piece)) return false;
    at += piece.size();
    return true;
  }
  // A text without escapes.
  bool take_text(std::string_view& out);
  bool take_int(std::int64_t& out);
  bool take_double(double& out);
  bool take_money(Money& out);
};

// Keeps what is wrong to itself: the document's reader says it once more, with its place.
struct Quiet {
  Problems problems;
  Reader reader{problems};
  Path path{nullptr, {}};
};

template <class T>
bool take_any(Cursor& in, const Rules& rules, T& out);

template <class T>
bool take_list(Cursor& in, const Rules& rules, std::vector<T>& out) {
  if (!in.take('[')) return false;
  const Rules inner = element_rules(rules);
  out.clear();
  for (bool first = true; !in.take(']'); first = false) {
    if (!first && !in.take(',')) return false;
    T element{};
    if (!take_any<T>(in, inner, element)) return false;
    out.push_back(std::move(element));
  }
  Quiet quiet;
  return !rules.length || check_count(quiet.reader, quiet.path, out.size(), rules);
}

template <class T>
bool take_map(Cursor& in, const Rules& rules, std::map<std::string, T>& out) {
  if (!in.take('{')) return false;
  const Rules inner = element_rules(rules);
  out.clear();
  for (bool first = true; !in.take('}'); first = false) {
    std::string_view key;
    if (!first && !in.take(',')) return false;
    if (!in.take_text(key) || !in.take(':')) return false;
    const auto [at, fresh] = out.try_emplace(std::string(key));
    if (!fresh || !take_any(in, inner, at->second)) return false;
  }
  Quiet quiet;
  return !rules.length || check_count(quiet.reader, quiet.path, out.size(), rules);
}

template <class T, std::size_t I>
bool take_member(Cursor& in, bool& first, T& out) {
  constexpr const auto& kField = field_at<I>(kFields<T>);
  auto& member = out.*kField.member;
  using Member = std::remove_cvref_t<decltype(member)>;
  std::string_view piece(kPiece<T, I>.data(), kPiece<T, I>.size());
  if (first) piece.remove_prefix(1);  // its comma
  if (!in.take(piece)) return kIsOptional<Member> || kIsNullable<Member> || kField.rules.has_default;
  first = false;
  return take_any(in, kField.rules, member);
}

template <class T>
bool take_struct(Cursor& in, T& out) {
  bool first = true;
  if (!in.take('{')) return false;
  const bool all = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return (take_member<T, I>(in, first, out) && ...);
  }
  (std::make_index_sequence<kFieldCount<T>>());
  return all && in.take('}');
}

template <class T>
bool take_word(Cursor& in, T& out) {
  std::string_view text;
  if (!in.take_text(text)) return false;
  std::optional<T> value;
  if constexpr (std::is_same_v<T, Currency>)
    value = Currency::parse(text);
  else if constexpr (std::is_same_v<T, Time>)
    value = parse_rfc3339(text);
  else if constexpr (kIsId<T>)
    value = T::parse(text);
  else
    value = value_of<T>(text);
  if (value) out = *value;
  return value.has_value();
}

template <class T>
bool take_number(Cursor& in, const Rules& rules, T& out) {
  Quiet quiet;
  if constexpr (std::is_same_v<T, double>) {
    return in.take_double(out) && (!rules.range || check_double(quiet.reader, quiet.path, out, rules));
  } else {
    std::int64_t number = 0;
    if (!in.take_int(number) || !std::in_range<T>(number)) return false;
    out = static_cast<T>(number);
    return !rules.range || check_number(quiet.reader, quiet.path, number, rules);
  }
}

template <class T>
bool take_any(Cursor& in, const Rules& rules, T& out) {
  if constexpr (kIsNullable<T>) {
    if (in.next_is('n')) return in.take("null");
    return take_any(in, rules, out.emplace());
  } else if constexpr (kIsOptional<T>) {
    return take_any(in, rules, out.emplace());
  } else if constexpr (std::is_same_v<T, bool>) {
    out = in.next_is('t');
    return in.take(out ? "true" : "false");
  } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, double>) {
    return take_number(in, rules, out);
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::string_view text;
    if (!in.take_text(text)) return false;
    out = text;
    Quiet quiet;
    return !(rules.length || rules.format) || check_text(quiet.reader, quiet.path, text, rules);
  } else if constexpr (std::is_same_v<T, Money>) {
    Quiet quiet;
    return in.take_money(out) && (!rules.range || check_number(quiet.reader, quiet.path, out.amount_minor(), rules));
  } else if constexpr (std::is_same_v<T, Currency> || std::is_same_v<T, Time> || kIsId<T> || NamedEnum<T>) {
    return take_word(in, out);
  } else if constexpr (kIsVector<T>) {
    return take_list(in, rules, out);
  } else if constexpr (kIsMap<T>) {
    return take_map(in, rules, out);
  } else if constexpr (Described<T>) {
    return take_struct(in, out);
  } else {
    return false;  // Raw: any value
  }
}

// Whether `text` is what print() writes; `out` is of no use if not.
template <class T>
bool read_own(std::string_view text, T& out) {
  Cursor in(text);
  return take_any(in, kNoRules, out) && in.at == in.end;
}

}  // namespace detail

template <class T>
Result<T> read(std::string_view text) {
  {
    T out{};
    if (detail::read_own(text, out)) return out;
  }
  TRY(const auto document, parse(text));
  return read_document<T>(document);
}

}  // namespace kontor::json
