#include "adapters/codec_vips/vips_codec.h"

#include <doctest/doctest.h>

#include "tests/support/pictures.h"
#include "tests/support/test_store.h"

using namespace kontor;
namespace pictures = kontor::testing;

namespace {

CleanPicture clean(const std::string& bytes) {
  codec_vips::VipsCodec codec;
  auto done = codec.clean(bytes);
  REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
  return std::move(*done);
}

std::string refusal(const std::string& bytes) {
  codec_vips::VipsCodec codec;
  const auto done = codec.clean(bytes);
  return done ? "taken" : done.error().reason;
}

}  // namespace

TEST_CASE("codec: each format stays what it was, with its size") {
  const struct {
    std::string bytes;
    PictureFormat format;
    std::int64_t width, height;
  } all[] = {{pictures::png(30, 20), PictureFormat::kPng, 30, 20},
             {pictures::jpeg(), PictureFormat::kJpeg, 48, 24},
             {pictures::webp(), PictureFormat::kWebp, 48, 24},
             {pictures::gif(1), PictureFormat::kGif, 2, 2}};
  for (const auto& one : all) {
    const auto picture = clean(one.bytes);
    CHECK(picture.format == one.format);
    CHECK(picture.width == one.width);
    CHECK(picture.height == one.height);
    CHECK(recognise_picture(picture.bytes) == one.format);
    const auto again = clean(picture.bytes);
    CHECK(again.width == one.width);
    CHECK(again.height == one.height);
  }
}

TEST_CASE("codec: a picture that lies on its side is set upright, and what its metadata told is gone") {
  const std::string lying = pictures::jpeg(6);
  REQUIRE(lying.find("at my own home") != std::string::npos);
  const auto picture = clean(lying);
  CHECK(picture.width == 24);
  CHECK(picture.height == 48);
  CHECK(picture.bytes.find("at my own home") == std::string::npos);
  CHECK(picture.bytes.find("Exif") == std::string::npos);
  CHECK(clean(pictures::jpeg(1)).width == 48);
  CHECK(clean(pictures::jpeg(3)).width == 48);
  const auto webp = clean(pictures::webp());
  CHECK(webp.bytes.find("EXIF") == std::string::npos);
  CHECK(webp.bytes.find("VP8L") != std::string::npos);  // lossless it was
  const auto noted = clean(pictures::png(8, 8, 8, pictures::png_chunk("tEXt", std::string("Comment\0secret", 14))));
  CHECK(noted.bytes.find("secret") == std::string::npos);
}

TEST_CASE("codec: what follows a picture is not kept") {
  CHECK(clean(pictures::png(8, 8) + "<script>alert(1)</script>").bytes.find("script") == std::string::npos);
  CHECK(clean(pictures::jpeg() + "<script>alert(1)</script>").bytes.find("script") == std::string::npos);
}

TEST_CASE("codec: smaller ones are WebP of the width that was asked, and never wider than the picture") {
  codec_vips::VipsCodec codec;
  const auto picture = clean(pictures::png(500, 250));
  for (const auto& [asked, got] : {std::pair{160, 160}, {320, 320}, {640, 500}, {1280, 500}}) {
    const auto small = codec.shrink(picture.bytes, asked);
    REQUIRE(small);
    CHECK(recognise_picture(*small) == PictureFormat::kWebp);
    CHECK(clean(*small).width == got);
    CHECK(clean(*small).height == got / 2);
    CHECK(small->find("EXIF") == std::string::npos);
  }
  const auto tall = codec.shrink(clean(pictures::png(200, 20'000)).bytes, 160);
  REQUIRE(tall);  // WebP has at most 16,383 rows
  CHECK(clean(*tall).height <= 16'383);
}

TEST_CASE("codec: what is no picture, or another kind, is refused by its content") {
  CHECK(refusal("") == "media.not_a_picture");
  CHECK(refusal("hello") == "media.not_a_picture");
  CHECK(refusal("%PDF-1.7\n…") == "media.not_a_picture");
  CHECK(refusal("BM" + std::string(100, '\0')) == "media.not_a_picture");
  CHECK(refusal("RIFF....WAVE") == "media.not_a_picture");
  CHECK(refusal(R"(<svg xmlns="http://www.w3.org/2000/svg"/>)") == "media.svg_refused");
  CHECK(refusal("<?xml version=\"1.0\"?>\n<!-- x -->\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>") ==
        "media.svg_refused");
  CHECK(refusal("\xEF\xBB\xBF <s:svg xmlns:s=\"http://www.w3.org/2000/svg\"/>") == "media.svg_refused");
}

TEST_CASE("codec: a picture that is cut short or damaged is refused wherever that is") {
  for (const std::string& whole : {pictures::png(40, 40), pictures::jpeg(), pictures::webp(), pictures::gif(1)}) {
    for (const std::size_t keep : {std::size_t{12}, whole.size() / 4, whole.size() / 2, whole.size() * 3 / 4}) {
      CAPTURE(keep);
      CAPTURE(whole.substr(0, 4));
      CHECK(refusal(whole.substr(0, keep)) == "media.broken");
    }
  }
  std::string damaged = pictures::png(40, 40);
  damaged[damaged.size() / 2] ^= 0x55;
  CHECK(refusal(damaged) == "media.broken");
  CHECK(refusal(pictures::png(40, 40, 10)) == "media.broken");  // says 40 rows, has 10
}

TEST_CASE("codec: a small file that says it is huge is refused by its head") {
  CHECK(refusal(pictures::png(50'000, 50'000, 0)) == "media.too_many_pixels");
  CHECK(refusal(pictures::png(2'000'000'000, 2, 0)) != "taken");
  CHECK(refusal(pictures::png(40'001, 1)) == "media.too_many_pixels");
  CHECK(refusal(pictures::png(7000, 6000, 0)) == "media.too_many_pixels");
  std::string huge_gif = pictures::gif(1);
  const auto frame_at = huge_gif.find(std::string(",\0\0\0\0", 5)) + 5;
  for (const std::size_t size_at : {std::size_t{6}, frame_at})  // of the screen, and of the frame
    for (std::size_t i = 0; i < 4; ++i) huge_gif[size_at + i] = '\xFF';
  CHECK(refusal(huge_gif) == "media.too_many_pixels");
  std::string huge_jpeg = pictures::jpeg();
  const auto frame = huge_jpeg.find("\xFF\xC0");
  REQUIRE(frame != std::string::npos);
  for (std::size_t i = 5; i < 9; ++i) huge_jpeg[frame + i] = '\xFA';
  CHECK(refusal(huge_jpeg) == "media.too_many_pixels");
}

TEST_CASE("codec: one frame only") {
  CHECK(refusal(pictures::gif(2)) == "media.animated");
  CHECK(refusal(pictures::gif(200)) == "media.animated");
}

TEST_CASE(
    "codec: damaged anywhere, a picture is taken or refused in words, and small ones are made of what was taken") {
  kontor::testing::SeededRandom luck(42);
  codec_vips::VipsCodec codec;
  int taken = 0, refused = 0;
  for (const std::string& whole : {pictures::png(24, 24), pictures::jpeg(6), pictures::webp(), pictures::gif(1)}) {
    for (int round = 0; round < 250; ++round) {
      std::string bytes = whole;
      for (std::uint64_t changes = luck.number() % 6; changes > 0; --changes)
        bytes[luck.number() % bytes.size()] = static_cast<char>(luck.number());
      if (luck.number() % 4 == 0)
        bytes.insert(luck.number() % bytes.size(), bytes.substr(luck.number() % bytes.size()));
      const auto done = codec.clean(bytes);
      if (!done) {
        ++refused;
        CHECK(done.error().reason.starts_with("media."));
        CHECK(done.error().reason != "media.no_codec");
        continue;
      }
      ++taken;
      CHECK(done->width * done->height <= PictureCodec::kMostPixels);
      CHECK(codec.shrink(done->bytes, 160));
    }
  }
  CHECK(taken > 100);
  CHECK(refused > 100);
}
