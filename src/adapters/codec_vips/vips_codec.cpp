#include "adapters/codec_vips/vips_codec.h"

#include <dlfcn.h>
#include <malloc.h>
#include <vips/vips.h>

#include <memory>

namespace kontor::codec_vips {
namespace {

constexpr const char* kLibrary = "libvips.so.42";  // the C interface has had this number since 2015

// Every function of libvips and GLib that is called here; found in the library by name.
#define KONTOR_VIPS_FUNCTIONS(X)   \
  X(vips_init)                     \
  X(vips_cache_set_max)            \
  X(vips_concurrency_set)          \
  X(vips_block_untrusted_set)      \
  X(vips_error_clear)              \
  X(vips_jpegload_buffer)          \
  X(vips_pngload_buffer)           \
  X(vips_webpload_buffer)          \
  X(vips_gifload_buffer)           \
  X(vips_image_get_width)          \
  X(vips_image_get_height)         \
  X(vips_image_get_n_pages)        \
  X(vips_image_get_orientation)    \
  X(vips_image_get_typeof)         \
  X(vips_image_get_format)         \
  X(vips_image_get_interpretation) \
  X(vips_image_copy_memory)        \
  X(vips_autorot)                  \
  X(vips_icc_transform)            \
  X(vips_colourspace)              \
  X(vips_thumbnail_buffer)         \
  X(vips_jpegsave_buffer)          \
  X(vips_pngsave_buffer)           \
  X(vips_webpsave_buffer)          \
  X(vips_gifsave_buffer)           \
  X(g_object_unref)                \
  X(g_free)                        \
  X(g_log_set_handler)

struct Vips {
#define X(name) decltype(&::name) name = nullptr;
  KONTOR_VIPS_FUNCTIONS(X)
#undef X
  bool ready = false;

  Vips() {
    void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return;
#define X(name)                                                              \
  this->name = reinterpret_cast<decltype(&::name)>(::dlsym(library, #name)); \
  if (this->name == nullptr) return;
    KONTOR_VIPS_FUNCTIONS(X)
#undef X
    if (vips_init("kontor") != 0) return;
    vips_cache_set_max(0);
    vips_concurrency_set(1);  // pictures are many: each worker takes one
    vips_block_untrusted_set(TRUE);
    // What it would say of odd pictures on standard error; refusals are told to whoever brought the picture.
    const auto silence = [](const char*, GLogLevelFlags, const char*, void*) {};
    g_log_set_handler("VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK), silence, nullptr);
    ready = true;
  }
};

// The library is one for the process, whatever we would like.
const Vips& vips() {
  static const Vips kVips;
  return kVips;
}

struct Unref {
  void operator()(VipsImage* image) const { vips().g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

tl::unexpected<Error> no_codec() {
  return fail(Errc::kUnavailable, "media.no_codec",
              "Pictures cannot be worked on: the library libvips.so.42 is not installed, or is too old.");
}

std::string_view name_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::kJpeg:
      return "JPEG";
    case PictureFormat::kPng:
      return "PNG";
    case PictureFormat::kWebp:
      return "WebP";
    case PictureFormat::kGif:
      return "GIF";
    case PictureFormat::kSvg:
      break;
  }
  return "SVG";
}

tl::unexpected<Error> broken(PictureFormat format) {
  vips().vips_error_clear();
  std::string words = "The picture begins as a ";
  words.append(name_of(format)).append(" and cannot be decoded to its end: it is damaged or cut short.");
  return fail(Errc::kInvalid, "media.broken", std::move(words));
}

// The head alone; pixels are decoded when something asks for them.
Image open(PictureFormat format, std::string_view bytes) {
  const Vips& v = vips();
  void* const data = const_cast<char*>(bytes.data());  // only read
  const auto load = [&](auto* loader) {
    VipsImage* image = nullptr;
    const int failed =
        loader(data, bytes.size(), &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
    return Image(failed == 0 ? image : nullptr);
  };
  switch (format) {
    case PictureFormat::kJpeg:
      return load(v.vips_jpegload_buffer);
    case PictureFormat::kPng:
      return load(v.vips_pngload_buffer);
    case PictureFormat::kWebp:
      return load(v.vips_webpload_buffer);
    case PictureFormat::kGif:
      return load(v.vips_gifload_buffer);
    case PictureFormat::kSvg:
      break;
  }
  return nullptr;
}

Result<void> check_head(VipsImage* image) {
  const std::int64_t width = vips().vips_image_get_width(image);
  const std::int64_t height = vips().vips_image_get_height(image);
  const std::string size = std::to_string(width) + " × " + std::to_string(height);
  if (width > PictureCodec::kMostSide || height > PictureCodec::kMostSide ||
      width * height > PictureCodec::kMostPixels) {
    return fail(Errc::kInvalid, "media.too_many_pixels",
                "The picture says it has " + size + " pixels; it may have " +
                    std::to_string(PictureCodec::kMostPixels / 1'000'000) + " million, and " +
                    std::to_string(PictureCodec::kMostSide) + " on a side.");
  }
  if (const int frames = vips().vips_image_get_n_pages(image); frames > 1) {
    return fail(Errc::kInvalid, "media.animated",
                "The picture has " + std::to_string(frames) + " frames; a product's picture has one.");
  }
  return {};
}

// Upright: needs the pixels in another order, so the picture is decoded into memory first.
Image upright(Image image) {
  const Vips& v = vips();
  if (v.vips_image_get_orientation(image.get()) <= 1) return image;
  const Image whole(v.vips_image_copy_memory(image.get()));
  VipsImage* turned = nullptr;
  if (!whole || v.vips_autorot(whole.get(), &turned, nullptr) != 0) return nullptr;
  return Image(turned);
}

// Eight bits of sRGB, or of grey. The colour profile is applied, since it goes with the other metadata.
Image plain_colours(Image image) {
  const Vips& v = vips();
  VipsImage* plain = nullptr;
  if (v.vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0 &&
      v.vips_icc_transform(image.get(), &plain, "srgb", "embedded", TRUE, "depth", 8, nullptr) == 0) {
    return Image(plain);
  }
  v.vips_error_clear();  // a broken profile is as none
  const auto kind = v.vips_image_get_interpretation(image.get());
  const bool eight = v.vips_image_get_format(image.get()) == VIPS_FORMAT_UCHAR;
  if (eight && (kind == VIPS_INTERPRETATION_sRGB || kind == VIPS_INTERPRETATION_B_W)) return image;
  const bool grey = kind == VIPS_INTERPRETATION_B_W || kind == VIPS_INTERPRETATION_GREY16;
  plain = nullptr;
  if (v.vips_colourspace(image.get(), &plain, grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, nullptr) != 0)
    return nullptr;
  return Image(plain);
}

// A WebP keeps what it was: lossless stays lossless. The chunk is one of the first of the file.
bool is_lossless_webp(std::string_view bytes) { return bytes.substr(0, 4096).find("VP8L") != std::string_view::npos; }

std::size_t little_endian(std::string_view four) {
  std::size_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(four[static_cast<std::size_t>(i)]);
  return value;
}

// libvips writes an EXIF chunk of its own into every WebP, "strip" or not: two hundred bytes that nobody reads.
std::string without_metadata(std::string_view webp) {
  constexpr std::size_t kHead = 12;
  constexpr std::size_t kFlagsAt = 20;
  constexpr char kExifAndXmp = 0x08 | 0x04;
  std::string out(webp.substr(0, kHead));
  for (std::size_t at = kHead; at + 8 <= webp.size();) {
    const std::size_t size = little_endian(webp.substr(at + 4, 4));
    const auto chunk = webp.substr(at, 8 + size + size % 2);
    if (!chunk.starts_with("EXIF") && !chunk.starts_with("XMP ")) out.append(chunk);
    at += chunk.size();
  }
  if (out.substr(kHead, 4) == "VP8X" && out.size() > kFlagsAt)
    out[kFlagsAt] = static_cast<char>(out[kFlagsAt] & ~kExifAndXmp);
  for (std::size_t i = 0; i < 4; ++i) out[4 + i] = static_cast<char>((out.size() - 8) >> (8 * i) & 255);
  return out;
}

struct Saved {
  void* data = nullptr;
  std::size_t size = 0;
  ~Saved() {
    if (data != nullptr) vips().g_free(data);
  }
  std::string_view bytes() const { return {static_cast<const char*>(data), size}; }
};

// Such a picture is worth some care: WebP's thorough search takes ten seconds for 40 million pixels (its quick one four
// times less), and what was decoded would stay with the allocator.
bool is_large(const VipsImage* image) {
  constexpr std::int64_t kLarge = 4'000'000;
  return static_cast<std::int64_t>(vips().vips_image_get_width(image)) * vips().vips_image_get_height(image) > kLarge;
}

// Decodes, works and encodes in one go; nullopt when any of that fails.
std::optional<std::string> encode(PictureFormat format, VipsImage* image, std::string_view original) {
  const Vips& v = vips();
  Saved saved;
  int failed = 1;
  switch (format) {
    case PictureFormat::kJpeg:
      failed = v.vips_jpegsave_buffer(image, &saved.data, &saved.size, "Q", 88, "optimize_coding", TRUE, "strip", TRUE,
                                      nullptr);
      break;
    case PictureFormat::kPng:
      failed = v.vips_pngsave_buffer(image, &saved.data, &saved.size, "compression", 6, "filter",
                                     VIPS_FOREIGN_PNG_FILTER_ALL, "strip", TRUE, nullptr);
      break;
    case PictureFormat::kWebp:
      failed = v.vips_webpsave_buffer(image, &saved.data, &saved.size, "Q", 88, "lossless",
                                      is_lossless_webp(original) ? TRUE : FALSE, "effort", is_large(image) ? 1 : 4,
                                      "strip", TRUE, nullptr);
      break;
    case PictureFormat::kGif:
      failed = v.vips_gifsave_buffer(image, &saved.data, &saved.size, "strip", TRUE, nullptr);
      break;
    case PictureFormat::kSvg:
      break;
  }
  if (failed != 0) return std::nullopt;
  return format == PictureFormat::kWebp ? without_metadata(saved.bytes()) : std::string(saved.bytes());
}

Result<CleanPicture> clean_now(std::string_view bytes) {
  const auto format = recognise_picture(bytes);
  if (!format)
    return fail(Errc::kUnsupportedMedia, "media.not_a_picture",
                "That is no picture: JPEG, PNG, WebP and GIF are taken.");
  if (*format == PictureFormat::kSvg) {
    return fail(Errc::kUnsupportedMedia, "media.svg_refused",
                "SVG from outside is not taken, since it may carry programs: send JPEG, PNG, WebP or GIF.");
  }
  if (!vips().ready) return no_codec();
  Image image = open(*format, bytes);
  if (!image) return broken(*format);
  TRY_DO(check_head(image.get()));
  image = upright(std::move(image));
  if (image) image = plain_colours(std::move(image));
  if (!image) return broken(*format);
  auto encoded = encode(*format, image.get(), bytes);
  const std::int64_t width = vips().vips_image_get_width(image.get());
  const std::int64_t height = vips().vips_image_get_height(image.get());
  const bool large = is_large(image.get());
  image.reset();
  if (large) ::malloc_trim(0);
  if (!encoded) return broken(*format);
  return CleanPicture{*format, width, height, std::move(*encoded)};
}

Result<std::string> shrink_now(std::string_view bytes, std::int64_t width) {
  constexpr int kTallestWebp = 16'383;
  const auto format = recognise_picture(bytes);
  if (!format || *format == PictureFormat::kSvg)
    return fail(Errc::kUnsupportedMedia, "media.not_a_picture", "Only pictures made of pixels have sizes.");
  if (!vips().ready) return no_codec();
  const Vips& v = vips();
  VipsImage* out = nullptr;
  if (v.vips_thumbnail_buffer(const_cast<char*>(bytes.data()), bytes.size(), &out, static_cast<int>(width), "height",
                              kTallestWebp, "size", VIPS_SIZE_DOWN, "fail_on", VIPS_FAIL_ON_ERROR, nullptr) != 0) {
    return broken(*format);
  }
  const Image small(out);
  Saved saved;
  if (v.vips_webpsave_buffer(small.get(), &saved.data, &saved.size, "Q", 80, "strip", TRUE, nullptr) != 0)
    return broken(*format);
  return without_metadata(saved.bytes());
}

}  // namespace

Result<void> VipsCodec::off_the_loop(const std::function<void()>& work) const {
  if (workers_ != nullptr) return workers_->run(work);
  work();
  return {};
}

Result<CleanPicture> VipsCodec::clean(std::string_view bytes) {
  Result<CleanPicture> done;
  TRY_DO(off_the_loop([&] { done = clean_now(bytes); }));
  return done;
}

Result<std::string> VipsCodec::shrink(std::string_view bytes, std::int64_t width) {
  Result<std::string> done;
  TRY_DO(off_the_loop([&] { done = shrink_now(bytes, width); }));
  return done;
}

}  // namespace kontor::codec_vips
