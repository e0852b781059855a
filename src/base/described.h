// Described once: a struct lists its members in `fields()`, and JSON in and out, validation, OpenAPI and query
// parameters follow.
//
//   struct AddItem {
//     std::optional<OfferId> offer_id;
//     std::int64_t quantity = 1;
//     static constexpr auto fields() {
//       return described(Field("offer_id", &AddItem::offer_id, "The offer to put in the cart"),
//                        Field("quantity", &AddItem::quantity, "How many more of it", Range{1, 999}));
//     }
//   };
//
// Reading: std::optional<T> may be absent; a member with `Default{}` may be absent and keeps its initial value;
// anything else is required. `null` is refused unless the member is a Nullable<T>. Writing: an empty optional is left
// out, an empty Nullable is null. Member types: bool, std::int64_t, int, double, std::string, Id<Tag>, Money, Currency,
// Time, described structs, enums with `constexpr auto enum_names(E)` (see below), std::optional, Nullable, std::vector,
// std::map<std::string, T>, json::Raw.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace kontor {

// What a number may be, both ends included.
struct Range {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};
// How long a text may be in characters (code points), or a list in elements.
struct Length {
  std::size_t min = 0;
  std::size_t max = std::numeric_limits<std::size_t>::max();
};
// The member may be absent and then keeps its initial value.
struct Default {};
// A pattern with a name the client understands; `test` sees the text ("email", "country", "slug" …).
struct Format {
  std::string_view name;
  bool (*test)(std::string_view);
};

struct Rules {
  std::optional<Range> range;
  std::optional<Length> length;
  std::optional<Format> format;
  bool has_default = false;
};

constexpr void add_rule(Rules& rules, Range range) { rules.range = range; }
constexpr void add_rule(Rules& rules, Length length) { rules.length = length; }
constexpr void add_rule(Rules& rules, Format format) { rules.format = format; }
constexpr void add_rule(Rules& rules, Default) { rules.has_default = true; }

template <class Struct, class Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
  std::string_view words;  // for people, shown in the docs
  Rules rules;

  template <class... R>
  constexpr Field(std::string_view name_, Member Struct::*member_, std::string_view words_, R... r)
      : name(name_), member(member_), words(words_) {
    (add_rule(rules, r), ...);
  }
};

// A list of fields, each a base of its own: a third of the compiler's time was once spent on tuples of them.
template <std::size_t I, class F>
struct FieldAt {
  F field;
};
template <class Indices, class... F>
struct FieldListOf;
template <std::size_t... I, class... F>
struct FieldListOf<std::index_sequence<I...>, F...> : FieldAt<I, F>... {
  static constexpr std::size_t kCount = sizeof...(F);
};
template <class... F>
using FieldList = FieldListOf<std::index_sequence_for<F...>, F...>;

template <std::size_t I, class F>
constexpr const F& field_at(const FieldAt<I, F>& at) {
  return at.field;
}

template <class... F>
constexpr FieldList<F...> described(const F&... fields) {
  return {{fields}...};
}

// The fields of a struct whose bases have some of them.
template <std::size_t... I, class... F, std::size_t... J, class... G>
constexpr auto joined_fields(const FieldListOf<std::index_sequence<I...>, F...>& first,
                             const FieldListOf<std::index_sequence<J...>, G...>& second) {
  return described(field_at<I>(first)..., field_at<J>(second)...);
}
template <class A, class B, class... Rest>
requires(sizeof...(Rest) > 0) constexpr auto joined_fields(const A& first, const B& second, const Rest&... rest) {
  return joined_fields(joined_fields(first, second), rest...);
}

template <class T>
concept Described = requires {
  T::fields();
};

// A member that may be null; absent means null as well.
template <class T>
struct Nullable : std::optional<T> {
  using std::optional<T>::optional;
};

// An enum is described by a free function beside it, found by argument-dependent lookup:
//   constexpr auto enum_names(State) { return std::array{EnumName{State::kPending, "pending"}, …}; }
template <class E>
struct EnumName {
  E value;
  std::string_view name;
};
template <class E>
concept NamedEnum = requires(E e) {
  enum_names(e);
};

// The wire name of an enum value; the value of a wire name.
template <NamedEnum E>
constexpr std::string_view name_of(E value) {
  for (const auto& entry : enum_names(value))
    if (entry.value == value) return entry.name;
  return {};
}
template <NamedEnum E>
constexpr std::optional<E> value_of(std::string_view name) {
  for (const auto& entry : enum_names(E{}))
    if (entry.name == name) return entry.value;
  return std::nullopt;
}

}  // namespace kontor
