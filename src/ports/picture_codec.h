// Turns pictures of unknown origin into clean ones, and clean ones into smaller ones. What kind a picture is follows
// from its bytes, never from a name. Safe to call from any fiber and, blocking, from any plain thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kontor {

enum class PictureFormat { kJpeg = 1, kPng = 2, kWebp = 3, kGif = 4, kSvg = 5 };

struct CleanPicture {
  PictureFormat format = PictureFormat::kJpeg;
  std::int64_t width = 0;  // pixels, upright
  std::int64_t height = 0;
  std::string bytes;
};

class PictureCodec {
 public:
  static constexpr std::int64_t kMostPixels = 40'000'000;
  static constexpr std::int64_t kMostSide = 30'000;

  virtual ~PictureCodec() = default;
  // A JPEG, PNG, WebP or GIF of one frame, decoded to its last pixel and written anew in the same format: upright, in
  // sRGB, without metadata or anything that followed it. kUnsupportedMedia "media.not_a_picture", "media.svg_refused";
  // kInvalid "media.too_many_pixels" (decided from the head, before anything is decoded), "media.animated",
  // "media.broken"; kUnavailable "media.no_codec".
  virtual Result<CleanPicture> clean(std::string_view bytes) = 0;
  // A clean picture as WebP, `width` pixels wide, or as wide as it is when that is less.
  virtual Result<std::string> shrink(std::string_view bytes, std::int64_t width) = 0;
};

// What the first bytes say; nullopt: none of them.
std::optional<PictureFormat> recognise_picture(std::string_view bytes);

}  // namespace kontor
