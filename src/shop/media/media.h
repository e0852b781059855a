// Pictures of products and whatever else the shop shows. Owns media_* in the home `catalog` and the blobs of its
// pictures. A picture is known by the hash of the bytes that were brought, so the same bytes again are the same
// picture, and what an address names never changes: answers may be kept for a year.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/blob_store.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/picture_codec.h"
#include "runtime/http.h"
#include "runtime/loading_cache.h"
#include "services/check_report.h"
#include "shop/media/media_name.h"

namespace kontor::media {

KONTOR_ID(Media, "med");

struct Picture {
  MediaId id;
  std::string hash;  // 32 hexadecimal digits
  PictureFormat format = PictureFormat::kJpeg;
  std::int64_t width = 0;  // pixels; 0 where a drawing does not say
  std::int64_t height = 0;
  std::int64_t bytes = 0;  // as it is kept
  std::string source;      // where it came from first: an address, a file's name, "upload"
  Time created_at;
};

std::string url_of(const Picture& picture);  // "/media/<hash>.jpg"
struct Size {
  std::int64_t width = 0;  // what it really has: never more than the original
  std::string url;
};
std::vector<Size> sizes_of(const Picture& picture);  // the narrowest first; none of a drawing

class Media {
 public:
  // Not owned; all of it outlives the Media.
  struct Parts {
    db::Store& store;
    BlobStore& blobs;
    PictureCodec& codec;
    Clock& clock;
    IdSource& ids;
  };
  // Runs inside the write function that changes the table: audit entries and the like.
  using Beside = std::function<Result<void>(db::Tx&)>;
  using Ready = std::shared_ptr<const http::ReadyBytes>;

  Media(const Parts& parts, std::size_t ready_bytes_mb) : parts_(parts), ready_(ready_bytes_mb << 20) {}

  // A picture from outside, cleaned (PictureCodec::clean says how, and what is refused); kTooLarge "media.too_large"
  // beyond BlobStore::kLargest. Repeating it answers the picture that is there.
  Result<Picture> put_picture(std::string_view bytes, std::string_view source);
  // A drawing that the program itself made: its address. Never for SVG from outside. kTooLarge "media.too_large" beyond
  // 1 MB.
  Result<std::string> put_drawing(std::string_view svg);

  Result<std::optional<Picture>> find(MediaId id);
  // A picture that came from there since then; an address of a picture may mean another one later.
  Result<std::optional<Picture>> find_by_source(std::string_view source, Time since);
  // Newest first, below `before`.
  Result<std::vector<Picture>> list(std::optional<MediaId> before, int limit);
  // Row and blobs. Whether there was one; repeating it is harmless. What shows it is left without its picture.
  Result<bool> remove(MediaId id, const Beside& beside = {});

  // What an address's last part names, as the whole answer; a size is made at its first request, once for all who wait.
  // kNotFound "media.no_such_picture".
  Result<Ready> answer(std::string_view name);
  // The same when it is in memory; never waits.
  Ready at_hand(std::string_view name);

  runtime::CacheStats ready_stats() const { return ready_.stats(); }

  // Every row's blob is there.
  Result<void> check(services::CheckReport& report);

 private:
  using Cache = runtime::LoadingCache<MediaName, http::ReadyBytes>;

  Result<std::optional<Picture>> by_hash(const std::string& hash);
  Result<Picture> keep(Picture picture, std::string_view bytes);
  Result<Cache::Loaded> load(const MediaName& name);
  Result<std::string> size_of(const Picture& picture, std::int64_t width);

  Parts parts_;
  Cache ready_;
};

}  // namespace kontor::media
