// Pictures that nobody made: real ones cut short, with bytes changed, with other sizes in their heads, under another
// format's first bytes, and several in one. Each goes the whole way of an upload, and is either kept within the limits
// or refused in words, with nothing kept. KONTOR_FUZZ_ROUNDS and KONTOR_FUZZ_SEED run more of them than the tests do:
// KONTOR_FUZZ_ROUNDS=100000 build/asan/kontor-unit --test-case="media: *nobody made*"
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "adapters/blobs_memory/memory_blobs.h"
#include "adapters/codec_vips/vips_codec.h"
#include "base/text.h"
#include "shop/media/media.h"
#include "tests/support/pictures.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> media_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

using namespace kontor;
using media::Media;
namespace pictures = kontor::testing;

namespace {

constexpr std::string_view kPayload = "<script>alert(1)</script>";
constexpr std::string_view kRefusals[] = {"media.not_a_picture", "media.svg_refused", "media.too_many_pixels",
                                          "media.animated", "media.broken"};
// What a head may say: sides that are nothing, small, just beyond what is taken, and as large as a format can say.
constexpr std::uint32_t kSides[] = {0, 1, 2, 7, 31, 300, 30'001, 50'000, 65'535};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

// Counts what is kept.
class CountingBlobs final : public BlobStore {
 public:
  Result<void> put(std::string_view key, std::string_view bytes) override {
    ++puts;
    last = bytes;
    return blobs_.put(key, bytes);
  }
  Result<std::optional<std::string>> get(std::string_view key) override { return blobs_.get(key); }
  Result<bool> exists(std::string_view key) override { return blobs_.exists(key); }
  Result<bool> remove(std::string_view key) override { return blobs_.remove(key); }
  int puts = 0;
  std::string last;

 private:
  blobs_memory::MemoryBlobs blobs_;
};

struct FuzzWorld {
  pictures::TestStore test{services_migrations(), media_migrations()};
  CountingBlobs blobs;
  codec_vips::VipsCodec codec;
  Media shelf{{test.store(), blobs, codec, test.clock, test.ids}, 8};

  std::size_t rows() {
    const auto all = shelf.list({}, 100'000);
    REQUIRE(all);
    return all->size();
  }
};

using Luck = std::mt19937_64;

// A real picture, and where its head says how large it is: bytes that are changed as sizes, never by chance, since a
// believable size below the limit costs what a picture of that size does.
struct Seed {
  PictureFormat format = PictureFormat::kJpeg;
  std::string bytes;
  std::vector<std::size_t> sizes;
};

void add_run(std::vector<std::size_t>& places, std::size_t at, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) places.push_back(at + i);
}

std::size_t frame_of_jpeg(const std::string& bytes) { return bytes.find("\xFF\xC0"); }
std::size_t frame_of_gif(const std::string& bytes) { return bytes.find(std::string(",\0\0\0\0", 5)); }
constexpr std::size_t kWebpCanvas = 24, kWebpBits = 39;  // of pictures::webp(): VP8X first, then VP8L

std::vector<Seed> seeds() {
  std::vector<Seed> all{{PictureFormat::kPng, pictures::png(24, 24), {}},
                        {PictureFormat::kJpeg, pictures::jpeg(6), {}},
                        {PictureFormat::kWebp, pictures::webp(), {}},
                        {PictureFormat::kGif, pictures::gif(1), {}}};
  add_run(all[0].sizes, 16, 8);
  add_run(all[1].sizes, frame_of_jpeg(all[1].bytes) + 5, 4);
  add_run(all[2].sizes, kWebpCanvas, 6);
  add_run(all[2].sizes, kWebpBits, 4);
  add_run(all[3].sizes, 6, 4);
  add_run(all[3].sizes, frame_of_gif(all[3].bytes) + 5, 4);
  return all;
}

void put_number(std::string& bytes, std::size_t at, std::uint32_t value, std::size_t count, bool big) {
  for (std::size_t i = 0; i < count; ++i)
    bytes[at + i] = static_cast<char>(value >> 8 * (big ? count - 1 - i : i) & 255);
}

// The same picture with another size in its head, wherever the format says it.
std::string says(const Seed& seed, std::uint32_t width, std::uint32_t height) {
  std::string bytes = seed.bytes;
  switch (seed.format) {
    case PictureFormat::kPng:
      return pictures::png(width, height, width > 1000 ? 0 : std::min<std::uint32_t>(height, 8));
    case PictureFormat::kJpeg:
      put_number(bytes, seed.sizes[0], height, 2, true);
      put_number(bytes, seed.sizes[2], width, 2, true);
      break;
    case PictureFormat::kWebp: {
      constexpr std::uint32_t kMost = 16'383;  // what an encoder may say
      const std::uint32_t w = std::clamp<std::uint32_t>(width, 1, kMost) - 1;
      const std::uint32_t h = std::clamp<std::uint32_t>(height, 1, kMost) - 1;
      put_number(bytes, kWebpCanvas, w, 3, false);
      put_number(bytes, kWebpCanvas + 3, h, 3, false);
      put_number(bytes, kWebpBits, w | h << 14, 4, false);
      break;
    }
    case PictureFormat::kGif:
      for (const std::size_t at : {seed.sizes[0], seed.sizes[4]}) {
        put_number(bytes, at, width, 2, false);
        put_number(bytes, at + 2, height, 2, false);
      }
      break;
    case PictureFormat::kSvg:
      break;
  }
  return bytes;
}

std::string random_picture(Luck& luck, const std::vector<Seed>& all) {
  using namespace std::string_literals;
  static const std::string kHeads[] = {
      "\xFF\xD8\xFF"s, "\x89PNG\r\n\x1A\n"s, "GIF87a"s, "GIF89a"s, "RIFF\0\0\0\0WEBP"s, "<svg "s, "BM"s};
  const auto pick = [&](std::size_t size) { return static_cast<std::size_t>(luck() % size); };
  const Seed& seed = all[pick(all.size())];
  std::string bytes = seed.bytes;
  const std::size_t head = pick(4);
  if (head == 0) bytes = says(seed, kSides[pick(std::size(kSides))], kSides[pick(std::size(kSides))]);
  if (head == 1) {  // under another's name
    const std::string& other = kHeads[pick(std::size(kHeads))];
    bytes.replace(0, other.size(), other);
  }
  const std::size_t changes = pick(2) * pick(6);
  for (std::size_t i = 0; i < changes; ++i) {
    const std::size_t at = pick(pick(2) == 0 ? std::min<std::size_t>(bytes.size(), 64) : bytes.size());
    if (std::find(seed.sizes.begin(), seed.sizes.end(), at) == seed.sizes.end())
      bytes[at] = static_cast<char>(pick(256));
  }
  switch (pick(8)) {
    case 0:
      bytes.resize(pick(bytes.size() + 1));
      break;
    case 1:
      bytes += all[pick(all.size())].bytes;
      break;
    case 2:
      bytes.append(kPayload);
      break;
    case 3:
      bytes.insert(pick(bytes.size()), kPayload);
      break;
    case 4:
      bytes.insert(pick(bytes.size()), all[pick(all.size())].bytes);
      break;
    default:
      break;
  }
  return bytes;
}

// What is wrong with what was kept of these bytes; empty: nothing.
std::string wrong(FuzzWorld& world, std::string_view bytes, const media::Picture& picture) {
  const std::string& kept = world.blobs.last;
  if (recognise_picture(bytes) != picture.format) return "taken for another format than its first bytes say";
  if (recognise_picture(kept) != picture.format) return "kept as another format";
  if (picture.width < 1 || picture.width > PictureCodec::kMostSide) return "a width beyond the limits";
  if (picture.height < 1 || picture.height > PictureCodec::kMostSide) return "a height beyond the limits";
  if (picture.width * picture.height > PictureCodec::kMostPixels) return "more pixels than are taken";
  if (picture.bytes != static_cast<std::int64_t>(kept.size())) return "another length than is kept";
  if (kept.find(kPayload) != std::string::npos) return "what is no part of the picture was kept";
  const auto again = world.codec.clean(kept);
  if (!again) return "what was kept is no clean picture: " + again.error().detail;
  if (again->width != picture.width || again->height != picture.height) return "another size than is kept";
  const auto small = world.codec.shrink(kept, 160);
  if (!small) return "no smaller one can be made: " + small.error().detail;
  return recognise_picture(*small) == PictureFormat::kWebp ? "" : "the smaller one is no WebP";
}

// The same of what was refused.
std::string wrong(const Error& error, int puts) {
  if (puts != 0) return "refused, and something was kept";
  if (error.detail.empty()) return "refused without a word";
  if (std::find(std::begin(kRefusals), std::end(kRefusals), error.reason) == std::end(kRefusals))
    return "refused as " + error.reason;
  return error.code == Errc::kInvalid || error.code == Errc::kUnsupportedMedia ? "" : "refused as the shop's own fault";
}

std::string begin_of(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 64);
  return to_hex({reinterpret_cast<const std::uint8_t*>(head.data()), head.size()});
}

}  // namespace

TEST_CASE("media: pictures that nobody made are kept within the limits or refused, and then nothing is kept") {
  const std::uint64_t rounds = setting("KONTOR_FUZZ_ROUNDS", 400), seed = setting("KONTOR_FUZZ_SEED", 1);
  Luck luck(seed);
  FuzzWorld world;
  const auto all = seeds();
  std::uint64_t taken = 0, refused = 0;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    const std::string bytes = random_picture(luck, all);
    const int before = world.blobs.puts;
    world.test.clock.advance_ms(1);
    const auto picture = world.shelf.put_picture(bytes, "fuzz");
    const int puts = world.blobs.puts - before;
    ++(picture ? taken : refused);
    std::string reason;
    if (!picture)
      reason = wrong(picture.error(), puts);
    else if (puts > 0)  // else the same bytes came before
      reason = wrong(world, bytes, *picture);
    if (reason.empty()) continue;
    FAIL("seed " << seed << ", round " << round << ": " << reason << ": " << bytes.size() << " bytes, "
                 << begin_of(bytes));
  }
  CHECK(world.rows() == static_cast<std::size_t>(world.blobs.puts));
  CHECK(taken > rounds / 10);  // else the changes say nothing any more
  CHECK(refused > rounds / 10);
}

TEST_CASE("media: no picture that says it is larger than is taken gets further than its head") {
  FuzzWorld world;
  for (const Seed& seed : seeds()) {
    const bool webp = seed.format == PictureFormat::kWebp;  // which cannot say more than 16,383
    for (const auto& [width, height] :
         {std::pair{65'000, 65'000}, {30'001, 30'001}, {16'384, 16'384}, {7'000, 6'000}}) {
      CAPTURE(begin_of(seed.bytes));
      CAPTURE(width);
      CAPTURE(height);
      const auto wide = static_cast<std::uint32_t>(width), high = static_cast<std::uint32_t>(height);
      const auto picture = world.shelf.put_picture(says(seed, wide, high), "fuzz");
      REQUIRE_FALSE(picture);
      CHECK(picture.error().reason == "media.too_many_pixels");
      CHECK(picture.error().detail.find(webp && width > 16'383 ? "16383" : std::to_string(width)) != std::string::npos);
    }
  }
  CHECK(world.blobs.puts == 0);
  CHECK(world.rows() == 0);
}

TEST_CASE("media: a picture cut short anywhere is refused, and nothing of it is kept") {
  FuzzWorld world;
  for (const Seed& seed : seeds()) {
    const std::size_t step = std::max<std::size_t>(seed.bytes.size() / 24, 1);
    for (std::size_t keep = 0; keep + seed.bytes.size() / 4 < seed.bytes.size(); keep += step) {
      CAPTURE(begin_of(seed.bytes));
      CAPTURE(keep);
      const auto picture = world.shelf.put_picture(seed.bytes.substr(0, keep), "fuzz");
      REQUIRE_FALSE(picture);
      CHECK(wrong(picture.error(), world.blobs.puts) == "");
    }
  }
}

TEST_CASE("media: random bytes after each format's first ones are refused") {
  using namespace std::string_literals;
  Luck luck(setting("KONTOR_FUZZ_SEED", 1));
  FuzzWorld world;
  for (const std::string& head : {""s, "\xFF\xD8\xFF"s, "\x89PNG\r\n\x1A\n"s, "RIFF\0\0\0\0WEBP"s, "<svg "s}) {
    for (int round = 0; round < 20; ++round) {
      std::string bytes = head;
      for (std::size_t i = 0, count = luck() % 300; i < count; ++i) bytes += static_cast<char>(luck() % 256);
      const auto picture = world.shelf.put_picture(bytes, "fuzz");
      REQUIRE_FALSE(picture);
      CHECK(wrong(picture.error(), world.blobs.puts) == "");
    }
  }
}
