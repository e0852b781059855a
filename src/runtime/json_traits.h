// Which of the member types of base/described.h a type is; shared by reading, printing and schemas.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/described.h"
#include "base/id.h"

namespace kontor::json::detail {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsNullable = false;
template <class T>
inline constexpr bool kIsNullable<Nullable<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsMap = false;
template <class T>
inline constexpr bool kIsMap<std::map<std::string, T>> = true;
template <class T>
inline constexpr bool kIsId = false;
template <class Tag>
inline constexpr bool kIsId<Id<Tag>> = true;
template <class T>
inline constexpr bool kNever = false;

template <class T>
inline constexpr auto kFields = T::fields();
template <class T>
inline constexpr std::size_t kFieldCount = decltype(T::fields())::kCount;

constexpr bool plain_name(std::string_view name) {
  for (const char c : name)
    if (c < ' ' || c == '"' || c == '\\' || c > '~') return false;
  return !name.empty();
}

// ,"name": of the I-th member.
template <class T, std::size_t I>
constexpr auto make_piece() {
  constexpr std::string_view kName = field_at<I>(kFields<T>).name;
  static_assert(plain_name(kName), "a member's name needs no escapes");
  std::array<char, kName.size() + 4> piece{};
  std::size_t at = 0;
  piece[at++] = ',';
  piece[at++] = '"';
  for (const char c : kName) piece[at++] = c;
  piece[at++] = '"';
  piece[at++] = ':';
  return piece;
}
template <class T, std::size_t I>
inline constexpr auto kPiece = make_piece<T, I>();

}  // namespace kontor::json::detail
