// Keyed BLAKE2b marks over what is handed to clients and must come back unchanged: guest tokens, list cursors.
// Each purpose has its own key, derived from one secret, so a mark made for one never passes for another.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace kontor::services {

class Signer {
 public:
  // `secret` is any text of at least 16 bytes; `purpose` a word of the code.
  Signer(std::string_view secret, std::string_view purpose);

  // `payload` and its mark, as unpadded URL-safe base64.
  std::string seal(std::string_view payload, std::string_view context = {}) const;
  // The payload, when the mark is right for it and `context`; compared in constant time.
  std::optional<std::string> open(std::string_view sealed, std::string_view context = {}) const;
  // The same for so many numbers: ids and times.
  template <std::size_t N>
  std::string seal_numbers(const std::array<std::int64_t, N>& numbers) const {
    return seal({reinterpret_cast<const char*>(numbers.data()), sizeof numbers});
  }
  template <std::size_t N>
  std::optional<std::array<std::int64_t, N>> open_numbers(std::string_view sealed) const {
    std::array<std::int64_t, N> numbers;
    const auto payload = open(sealed);
    if (!payload || payload->size() != sizeof numbers) return std::nullopt;
    std::memcpy(numbers.data(), payload->data(), sizeof numbers);
    return numbers;
  }

 private:
  static constexpr std::size_t kMarkBytes = 24;
  std::array<std::uint8_t, kMarkBytes> mark(std::string_view payload, std::string_view context) const;
  std::array<std::uint8_t, 32> key_;
};

// 32 bytes of BLAKE2b, as bytes.
std::string blake2b(std::string_view bytes);
// Whether both are the same, in a time that tells nothing of where they differ.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace kontor::services
