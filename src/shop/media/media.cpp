#include "shop/media/media.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"
#include "base/text.h"
#include "services/signer.h"
#include "shop/media/media_store.h"

namespace kontor::media {
namespace {

constexpr std::size_t kLargestDrawing = 1 << 20;
constexpr std::size_t kLongestSource = 2000;
constexpr std::string_view kCaching = "public, max-age=31536000, immutable";
// A drawing opened by itself is a page: it may style itself and do nothing else.
constexpr std::string_view kDrawingHeaders =
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n";

// 16 of BLAKE2b's 32 bytes: nobody finds a second picture for a given hash.
std::string hash_of(std::string_view bytes) {
  const std::string whole = services::blake2b(bytes);
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(whole.data()), 16));
}

tl::unexpected<Error> no_such_picture() {
  return fail(Errc::kNotFound, "media.no_such_picture", "There is no such picture.");
}

MediaName name_of(const Picture& picture) {
  const auto name = parse_media_name(picture.hash + "." + std::string(ending_of(picture.format)));
  KONTOR_ASSERT(name);
  return *name;
}

std::string key_of(const Picture& picture) { return name_of(picture).text(); }
// A width of its own for a picture that is narrower than what was asked.
std::string size_key(const Picture& picture, std::int64_t width) {
  return picture.hash + "-" + std::to_string(width) + ".webp";
}

std::int64_t real_width(const Picture& picture, std::int64_t wanted) { return std::min(wanted, picture.width); }

// The third and fourth number of viewBox="0 0 W H"; the program's own drawings have one.
void read_view_box(std::string_view svg, Picture& picture) {
  const auto at = svg.find("viewBox=\"");
  if (at == std::string_view::npos) return;
  svg.remove_prefix(at + 9);
  const auto numbers = split(svg.substr(0, svg.find('"')), ' ');
  if (numbers.size() != 4) return;
  const auto number = [](std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::clamp<std::int64_t>(value, 0, PictureCodec::kMostSide);
  };
  picture.width = number(numbers[2]);
  picture.height = number(numbers[3]);
}

}  // namespace

std::string url_of(const Picture& picture) { return "/media/" + key_of(picture); }

std::vector<Size> sizes_of(const Picture& picture) {
  std::vector<Size> sizes;
  if (picture.format == PictureFormat::kSvg) return sizes;
  for (const std::int64_t width : kWidths) {
    sizes.push_back({real_width(picture, width), "/media/" + size_key(picture, width)});
    if (picture.width <= width) break;
  }
  return sizes;
}

Result<Picture> Media::put_picture(std::string_view bytes, std::string_view source) {
  if (bytes.size() > BlobStore::kLargest) {
    return fail(Errc::kTooLarge, "media.too_large",
                "A picture has at most " + std::to_string(BlobStore::kLargest >> 20) + " MB.");
  }
  const std::string hash = hash_of(bytes);
  TRY(const auto there, by_hash(hash));
  if (there) {
    TRY(const bool kept, parts_.blobs.exists(key_of(*there)));
    if (kept) return *there;
  }
  TRY(const CleanPicture clean, parts_.codec.clean(bytes));
  if (clean.bytes.size() > BlobStore::kLargest) {
    return fail(Errc::kTooLarge, "media.too_large",
                "The picture, written anew, has more than " + std::to_string(BlobStore::kLargest >> 20) +
                    " MB: send it smaller, or as JPEG or WebP.");
  }
  Picture picture;
  picture.hash = hash;
  picture.format = clean.format;
  picture.width = clean.width;
  picture.height = clean.height;
  picture.source = clip(source, kLongestSource);
  return keep(std::move(picture), clean.bytes);
}

Result<std::string> Media::put_drawing(std::string_view svg) {
  if (svg.size() > kLargestDrawing) return fail(Errc::kTooLarge, "media.too_large", "A drawing has at most 1 MB.");
  KONTOR_ASSERT(svg.starts_with("<svg") || svg.starts_with("<?xml"));
  Picture picture;
  picture.hash = hash_of(svg);
  picture.format = PictureFormat::kSvg;
  picture.source = "drawing";
  TRY(const auto there, by_hash(picture.hash));
  if (there) {
    TRY(const bool kept, parts_.blobs.exists(key_of(*there)));
    if (kept) return url_of(*there);
  }
  read_view_box(svg, picture);
  TRY(const Picture kept, keep(std::move(picture), svg));
  return url_of(kept);
}

// The blob first: a row promises that its blob is there. Two who bring the same write the same.
Result<Picture> Media::keep(Picture picture, std::string_view bytes) {
  TRY_DO(parts_.blobs.put(key_of(picture), bytes));
  picture.bytes = static_cast<std::int64_t>(bytes.size());
  picture.created_at = parts_.clock.now();
  picture.id = parts_.ids.next<MediaId>(picture.created_at, 0);
  std::optional<Picture> kept;
  TRY_DO(parts_.store.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(store::add(tx, picture));
    TRY(kept, store::by_hash(tx, picture.hash));
    return {};
  }));
  KONTOR_ASSERT(kept);
  return std::move(*kept);
}

Result<std::optional<Picture>> Media::by_hash(const std::string& hash) {
  std::optional<Picture> found;
  TRY_DO(parts_.store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::by_hash(tx, hash));
    return {};
  }));
  return found;
}

Result<std::optional<Picture>> Media::find(MediaId id) {
  std::optional<Picture> found;
  TRY_DO(parts_.store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::by_id(tx, id));
    return {};
  }));
  return found;
}

Result<std::optional<Picture>> Media::find_by_source(std::string_view source, Time since) {
  std::optional<Picture> found;
  TRY_DO(parts_.store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::by_source(tx, clip(source, kLongestSource), since));
    return {};
  }));
  return found;
}

Result<std::vector<Picture>> Media::list(std::optional<MediaId> before, int limit) {
  std::vector<Picture> found;
  TRY_DO(parts_.store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::newest(tx, before, limit));
    return {};
  }));
  return found;
}

// The row first: a blob without a row is out of reach and harms nobody.
Result<bool> Media::remove(MediaId id, const Beside& beside) {
  TRY(const auto picture, find(id));
  if (!picture) return false;
  bool removed = false;
  TRY_DO(parts_.store.write(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
    TRY(removed, store::remove(tx, id));
    if (removed && beside) TRY_DO(beside(tx));
    return {};
  }));
  MediaName name = name_of(*picture);
  ready_.drop(name);
  TRY_DO(parts_.blobs.remove(key_of(*picture)));
  if (picture->format == PictureFormat::kSvg) return removed;
  name.format = PictureFormat::kWebp;
  for (const std::int64_t width : kWidths) {
    name.width = static_cast<std::uint16_t>(width);
    ready_.drop(name);
    TRY_DO(parts_.blobs.remove(size_key(*picture, real_width(*picture, width))));
  }
  return removed;
}

Result<Media::Ready> Media::answer(std::string_view text) {
  const auto name = parse_media_name(text);
  if (!name) return no_such_picture();
  return ready_.get(*name, [&] { return load(*name); });
}

Media::Ready Media::at_hand(std::string_view text) {
  const auto name = parse_media_name(text);
  if (!name) return nullptr;
  return ready_.peek(*name).value_or(nullptr);
}

// What is not there is an error, not a value: another replica may bring it in a moment, and tells nobody.
Result<Media::Cache::Loaded> Media::load(const MediaName& name) {
  TRY(const auto picture, by_hash(name.hash()));
  if (!picture) return no_such_picture();
  std::string bytes;
  if (name.width == 0) {
    if (picture->format != name.format) return no_such_picture();
    TRY(auto kept, parts_.blobs.get(key_of(*picture)));
    if (!kept) return no_such_picture();
    bytes = std::move(*kept);
  } else {
    if (picture->format == PictureFormat::kSvg) return no_such_picture();
    TRY(bytes, size_of(*picture, real_width(*picture, name.width)));
  }
  const bool drawing = name.format == PictureFormat::kSvg;
  auto ready = http::make_ready(content_type_of(name.format), kCaching, bytes, drawing ? kDrawingHeaders : "");
  const std::size_t weight = ready->full.size() + ready->not_modified.size();
  return Cache::Loaded{std::move(ready), weight};
}

Result<std::string> Media::size_of(const Picture& picture, std::int64_t width) {
  TRY(auto made, parts_.blobs.get(size_key(picture, width)));
  if (made) return std::move(*made);
  TRY(const auto original, parts_.blobs.get(key_of(picture)));
  if (!original) return no_such_picture();
  TRY(auto bytes, parts_.codec.shrink(*original, width));
  TRY_DO(parts_.blobs.put(size_key(picture, width), bytes));
  return bytes;
}

Result<void> Media::check(services::CheckReport& report) {
  constexpr int kAtOnce = 500;
  MediaId last;
  for (;;) {
    std::vector<Picture> some;
    TRY_DO(parts_.store.read(db::Home::kCatalog, [&](db::Tx& tx) -> Result<void> {
      TRY(some, store::after(tx, last, kAtOnce));
      return {};
    }));
    for (const Picture& picture : some) {
      TRY(const bool kept, parts_.blobs.exists(key_of(picture)));
      if (!kept) report.fail("media.picture_is_there", picture.id.text() + " has lost " + key_of(picture));
    }
    report.looked_at("pictures", static_cast<std::int64_t>(some.size()));
    if (some.size() < kAtOnce) return {};
    last = some.back().id;
  }
}

}  // namespace kontor::media
