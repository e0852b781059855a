#include "shop/media/media.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "adapters/blobs_memory/memory_blobs.h"
#include "adapters/codec_vips/vips_codec.h"
#include "tests/support/each_store.h"
#include "tests/support/pictures.h"

namespace kontor {
std::span<const db::Migration> media_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

using namespace kontor;
using media::Media;
using media::parse_media_name;
namespace pictures = kontor::testing;

namespace {

// Counts how often pictures are worked on.
class CountingCodec : public PictureCodec {
 public:
  Result<CleanPicture> clean(std::string_view bytes) override {
    ++cleaned;
    return codec_.clean(bytes);
  }
  Result<std::string> shrink(std::string_view bytes, std::int64_t width) override {
    ++shrunk;
    return codec_.shrink(bytes, width);
  }
  std::atomic<int> cleaned{0}, shrunk{0};

 private:
  codec_vips::VipsCodec codec_;
};

struct MediaWorld {
  db::Store& store;
  kontor::testing::FakeClock clock;
  IdSource ids{5};
  blobs_memory::MemoryBlobs blobs;
  CountingCodec codec;
  Media shelf{{store, blobs, codec, clock, ids}, 8};

  explicit MediaWorld(db::Store& s) : store(s) {}
  media::Picture put(const std::string& bytes) {
    auto picture = shelf.put_picture(bytes, "test");
    REQUIRE_MESSAGE(picture, (picture ? "" : picture.error().detail));
    return *picture;
  }
  std::string body(const std::string& url) {
    REQUIRE(url.starts_with("/media/"));
    const auto ready = shelf.answer(url.substr(7));
    return ready ? std::string((*ready)->full.substr((*ready)->body_at)) : ready.error().reason;
  }
  std::string head(const std::string& url) {
    const auto ready = shelf.answer(url.substr(7));
    return ready ? std::string((*ready)->full.substr(0, (*ready)->body_at)) : ready.error().reason;
  }
};

void on_each(const std::function<void(MediaWorld&)>& test) {
  kontor::testing::on_each_store({services_migrations(), media_migrations()}, [&](db::Store& store) {
    MediaWorld world(store);
    test(world);
  });
}

constexpr const char* kDrawing =
    R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300"/></svg>)";

}  // namespace

TEST_CASE("media: names are taken apart exactly, and nothing else is a name") {
  const std::string hash = "0123456789abcdeffedcba9876543210";
  for (const auto& text : {hash + ".jpg", hash + ".png", hash + ".webp", hash + ".gif", hash + ".svg",
                           hash + "-160.webp", hash + "-320.webp", hash + "-640.webp", hash + "-1280.webp"}) {
    CAPTURE(text);
    const auto name = parse_media_name(text);
    REQUIRE(name);
    CHECK(name->text() == text);
    CHECK(name->hash() == hash);
  }
  for (const auto& text :
       {std::string(), hash, hash + ".", hash + ".jpeg", hash + ".JPG", hash + ".exe", hash + "-160.jpg",
        hash + "-161.webp", hash + "-0160.webp", hash + "-.webp", hash + "-160-320.webp", hash + "x.jpg",
        hash.substr(1) + ".jpg", "0" + hash + ".jpg", "G" + hash.substr(1) + ".jpg", "../" + hash + ".jpg",
        hash + ".jpg/", hash + "-160.webp ", std::string(40, '.')}) {
    CAPTURE(text);
    CHECK_FALSE(parse_media_name(text));
  }
}

TEST_CASE("media: the same bytes are the same picture; the original and its sizes are answered as promised") {
  on_each([](MediaWorld& world) {
    const auto picture = world.put(pictures::png(500, 250));
    CHECK(picture.width == 500);
    CHECK(picture.height == 250);
    CHECK(picture.hash.size() == 32);
    CHECK(world.put(pictures::png(500, 250)).id == picture.id);
    CHECK(world.codec.cleaned == 1);
    const auto url = media::url_of(picture);
    CHECK(url == "/media/" + picture.hash + ".png");
    CHECK(recognise_picture(world.body(url)) == PictureFormat::kPng);
    const auto sizes = media::sizes_of(picture);
    REQUIRE(sizes.size() == 3);
    CHECK(sizes[2].width == 500);
    CHECK(sizes[2].url == "/media/" + picture.hash + "-640.webp");
    CHECK(recognise_picture(world.body(sizes[0].url)) == PictureFormat::kWebp);
    CHECK(world.codec.shrunk == 1);
    CHECK(world.body(sizes[2].url) == world.body("/media/" + picture.hash + "-1280.webp"));
    CHECK(world.codec.shrunk == 2);  // the widest there is, once
    CHECK(world.shelf.at_hand(picture.hash + "-160.webp") != nullptr);
    Media cold({world.store, world.blobs, world.codec, world.clock, world.ids}, 8);
    CHECK(cold.at_hand(picture.hash + "-160.webp") == nullptr);
    REQUIRE(cold.answer(picture.hash + "-160.webp"));
    CHECK(world.codec.shrunk == 2);  // kept in the blob store
    const auto head = world.head(sizes[0].url);
    CHECK(head.find("Content-Type: image/webp\r\n") != std::string::npos);
    CHECK(head.find("Cache-Control: public, max-age=31536000, immutable\r\n") != std::string::npos);
    CHECK(head.find("ETag: \"") != std::string::npos);
    CHECK(head.find("X-Content-Type-Options: nosniff\r\n") != std::string::npos);
    CHECK(head.find("style-src") == std::string::npos);  // only drawings style themselves
  });
}

TEST_CASE("media: drawings of the program keep their text, and may do nothing but draw") {
  on_each([](MediaWorld& world) {
    const auto url = world.shelf.put_drawing(kDrawing);
    REQUIRE(url);
    CHECK(url->ends_with(".svg"));
    CHECK(*world.shelf.put_drawing(kDrawing) == *url);
    CHECK(world.body(*url) == kDrawing);
    const auto head = world.head(*url);
    CHECK(head.find("Content-Type: image/svg+xml\r\n") != std::string::npos);
    CHECK(head.find("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n") != std::string::npos);
    const auto listed = world.shelf.list({}, 10);
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().width == 400);
    CHECK(listed->front().height == 300);
    CHECK(listed->front().source == "drawing");
    CHECK(media::sizes_of(listed->front()).empty());
    CHECK(world.body("/media/" + listed->front().hash + "-160.webp") == "media.no_such_picture");
    CHECK(world.codec.cleaned + world.codec.shrunk == 0);
    CHECK(world.shelf.put_picture(kDrawing, "test").value_or(media::Picture{}).id == listed->front().id);
  });
}

TEST_CASE("media: what is refused leaves nothing behind; what is not there is not remembered as missing") {
  on_each([](MediaWorld& world) {
    CHECK(world.shelf.put_picture("no picture", "test").error().reason == "media.not_a_picture");
    CHECK(world.shelf.put_picture(pictures::png(50'000, 50'000, 0), "test").error().reason == "media.too_many_pixels");
    CHECK(world.shelf.put_picture(pictures::jpeg().substr(0, 100), "test").error().reason == "media.broken");
    CHECK(world.shelf.put_picture(pictures::gif(2), "test").error().reason == "media.animated");
    CHECK(world.shelf.put_picture("<svg xmlns='x'/>", "test").error().reason == "media.svg_refused");
    CHECK(world.shelf.put_picture(std::string((20 << 20) + 1, 'x'), "test").error().reason == "media.too_large");
    CHECK(world.shelf.put_drawing("<svg" + std::string(1 << 20, ' ')).error().reason == "media.too_large");
    CHECK(world.shelf.list({}, 10)->empty());
    blobs_memory::MemoryBlobs elsewhere;
    Media other({world.store, elsewhere, world.codec, world.clock, world.ids}, 8);
    const auto picture = other.put_picture(pictures::jpeg(), "test");
    REQUIRE(picture);
    const std::string url = media::url_of(*picture);
    CHECK(world.body(url) == "media.no_such_picture");  // the row is there, the blob not yet
    CHECK(world.put(pictures::jpeg()).id == picture->id);
    CHECK(recognise_picture(world.body(url)) == PictureFormat::kJpeg);
    CHECK(world.body("/media/" + picture->hash + ".png") == "media.no_such_picture");
  });
}

TEST_CASE("media: removed with its sizes, by its id, with what goes beside; again is harmless") {
  on_each([](MediaWorld& world) {
    const auto picture = world.put(pictures::png(700, 100));
    const auto other = world.put(pictures::png(701, 100));
    for (const auto& size : media::sizes_of(picture)) (void)world.body(size.url);
    CHECK((world.body(media::url_of(picture))).size() > 100);
    int beside = 0;
    const auto note = [&](db::Tx&) -> Result<void> {
      beside = 1;
      return {};
    };
    CHECK(*world.shelf.remove(picture.id, note));
    CHECK(beside == 1);
    CHECK_FALSE(*world.shelf.remove(picture.id, note));
    CHECK(world.body(media::url_of(picture)) == "media.no_such_picture");
    for (const auto& size : media::sizes_of(picture)) {
      CHECK(world.body(size.url) == "media.no_such_picture");
      CHECK_FALSE(*world.blobs.exists(size.url.substr(7)));
    }
    CHECK_FALSE(*world.blobs.exists(picture.hash + "-700.webp"));
    CHECK_FALSE(*world.blobs.exists(picture.hash + ".png"));
    CHECK(recognise_picture(world.body(media::url_of(other))) == PictureFormat::kPng);
    CHECK(world.put(pictures::png(700, 100)).id != picture.id);  // it may come again
    services::CheckReport report;
    REQUIRE(world.shelf.check(report));
    CHECK(report.ok());
    REQUIRE(world.blobs.remove(other.hash + ".png"));
    REQUIRE(world.shelf.check(report));
    CHECK(report.findings().contains("media.picture_is_there"));
  });
}

TEST_CASE("media: a size that many ask for at once is made once") {
  on_each([](MediaWorld& world) {
    const auto picture = world.put(pictures::png(600, 400));
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { good += world.shelf.answer(picture.hash + "-320.webp").has_value() ? 1 : 0; });
    for (auto& thread : threads) thread.join();
    CHECK(good == 8);
    CHECK(world.codec.shrunk == 1);
  });
}
