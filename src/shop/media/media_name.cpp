#include "shop/media/media_name.h"

#include <algorithm>

#include "base/assert.h"

namespace kontor::media {
namespace {

struct Kind {
  PictureFormat format;
  std::string_view ending;
  std::string_view content_type;
};
constexpr std::array kKinds = {
    Kind{PictureFormat::kJpeg, "jpg", "image/jpeg"},   Kind{PictureFormat::kPng, "png", "image/png"},
    Kind{PictureFormat::kWebp, "webp", "image/webp"},  Kind{PictureFormat::kGif, "gif", "image/gif"},
    Kind{PictureFormat::kSvg, "svg", "image/svg+xml"},
};
constexpr std::size_t kHashDigits = 32;

const Kind& kind_of(PictureFormat format) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.format == format; });
  KONTOR_ASSERT(found != kKinds.end());
  return *found;
}

void append_hex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 15];
}

std::optional<std::uint64_t> hex(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(digit);
  }
  return value;
}

}  // namespace

std::string_view ending_of(PictureFormat format) { return kind_of(format).ending; }
std::string_view content_type_of(PictureFormat format) { return kind_of(format).content_type; }

std::string MediaName::hash() const {
  std::string out;
  append_hex(out, high);
  append_hex(out, low);
  return out;
}

std::string MediaName::text() const {
  std::string out = hash();
  if (width != 0) out.append("-").append(std::to_string(width));
  return out.append(".").append(ending_of(format));
}

std::optional<MediaName> parse_media_name(std::string_view text) {
  if (text.size() < kHashDigits + 4) return std::nullopt;
  const auto high = hex(text.substr(0, 16));
  const auto low = hex(text.substr(16, 16));
  if (!high || !low) return std::nullopt;
  MediaName name{*high, *low, 0, PictureFormat::kJpeg};
  text.remove_prefix(kHashDigits);
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto ending = text.substr(dot + 1);
  const auto kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& k) { return k.ending == ending; });
  if (kind == kKinds.end()) return std::nullopt;
  name.format = kind->format;
  if (dot == 0) return name;
  for (const std::int64_t width : kWidths) {
    if (text.substr(0, dot) != "-" + std::to_string(width)) continue;
    name.width = static_cast<std::uint16_t>(width);
    return name.format == PictureFormat::kWebp ? std::optional(name) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace kontor::media
