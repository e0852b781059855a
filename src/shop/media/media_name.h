// The addresses of pictures: /media/<hash>.<jpg|png|webp|gif|svg> is an original, /media/<hash>-<width>.webp a size of
// it. What an address names never changes.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ports/picture_codec.h"

namespace kontor::media {

// The widths that exist of every picture made of pixels.
inline constexpr std::array<std::int64_t, 4> kWidths = {160, 320, 640, 1280};

// The last part of an address, taken apart without an allocation.
struct MediaName {
  std::uint64_t high = 0;  // the hash
  std::uint64_t low = 0;
  std::uint16_t width = 0;  // 0: the original
  PictureFormat format = PictureFormat::kJpeg;

  auto operator<=>(const MediaName&) const = default;
  std::string hash() const;  // 32 hexadecimal digits
  std::string text() const;
};
// nullopt for what no address can be: another width, another ending, capital letters.
std::optional<MediaName> parse_media_name(std::string_view text);

std::string_view ending_of(PictureFormat format);        // "jpg"
std::string_view content_type_of(PictureFormat format);  // "image/jpeg"

}  // namespace kontor::media

template <>
struct std::hash<kontor::media::MediaName> {
  std::size_t operator()(const kontor::media::MediaName& name) const noexcept {
    // The hash is luck already; width and ending only keep neighbours apart.
    return static_cast<std::size_t>(name.high ^ (name.low * 31) ^
                                    (static_cast<std::uint64_t>(name.width) * 0x9E3779B97F4A7C15ull) ^
                                    (static_cast<std::uint64_t>(name.format) << 20));
  }
};
