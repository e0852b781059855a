#include "shop/importing/image_collecting.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "adapters/blobs_memory/memory_blobs.h"
#include "adapters/codec_vips/vips_codec.h"
#include "tests/support/pictures.h"
#include "tests/support/test_store.h"

namespace kontor {
std::span<const db::Migration> catalog_migrations();
std::span<const db::Migration> media_migrations();
std::span<const db::Migration> services_migrations();
}  // namespace kontor

using namespace kontor;
using importing::ImageCollector;
using importing::ImageOrder;
using importing::ImageProgress;
namespace pictures = kontor::testing;

namespace {

// A web of a few addresses.
class FakeWeb : public WebFetcher {
 public:
  Result<std::string> get(const std::string& address, const std::function<bool()>&) override {
    ++asked[address];
    if (during) during(address);
    if (runtime::on_fiber()) {
      most_at_once = std::max(most_at_once, ++at_once);
      runtime::sleep_for(10);
      --at_once;
    }
    const auto found = pages.find(address);
    if (found == pages.end()) return fail(Errc::kUnavailable, "web.status", address + ": answered 404.");
    return found->second;
  }
  std::map<std::string, std::string> pages;
  std::map<std::string, int> asked;
  std::function<void(const std::string&)> during;
  int at_once = 0, most_at_once = 0;
};

struct World {
  kontor::testing::TestStore test{{services_migrations(), catalog_migrations(), media_migrations()}};
  catalog::Catalog catalog{test.store(), test.clock, test.ids};
  blobs_memory::MemoryBlobs blobs;
  codec_vips::VipsCodec codec;
  media::Media media{{test.store(), blobs, codec, test.clock, test.ids}, 8};
  FakeWeb web;
  ImageCollector collector{{catalog, media, web, test.clock}};
  ImageOrder order;

  ProductId product(const std::string& key, std::vector<std::string> images) {
    catalog::Draft draft;
    draft.product.external_id = key;
    draft.product.title = "Product " + key;
    draft.product.images = std::move(images);
    catalog::Offer offer;
    offer.seller = SellerId{1};
    offer.sku = key;
    offer.price = Money::minor(100, Currency());
    draft.product.offers = {offer};
    const auto saved = catalog.save(std::span(&draft, 1));
    REQUIRE(saved);
    order.note(saved->front().product, draft.product.images);
    return saved->front().product;
  }
  catalog::Product now(ProductId id) { return **catalog.product(id); }
  ImageProgress run(const ImageCollector::Hooks& hooks = {}) {
    ImageProgress progress;
    const auto done = collector.run(order, hooks, progress);
    REQUIRE_MESSAGE(done, (done ? "" : done.error().detail));
    return progress;
  }
};

}  // namespace

TEST_CASE("collecting pictures: what can be had is here afterwards; the rest keeps its address and is told") {
  World world;
  world.order.fetch = true;
  world.web.pages = {{"https://a.example/1.png", pictures::png(20, 10)},
                     {"HTTP://a.example/2", pictures::jpeg()},
                     {"https://a.example/text", "<html>"},
                     {"https://a.example/bomb", pictures::png(50'000, 50'000, 0)}};
  const auto tea = world.product("tea", {"https://a.example/1.png", "HTTP://a.example/2", "https://a.example/gone",
                                         "local.jpg", "/media/kept.jpg"});
  const auto cup = world.product("cup", {"https://a.example/text", "https://a.example/1.png"});
  const auto pot = world.product("pot", {"https://a.example/bomb"});
  const auto mug = world.product("mug", {"local.jpg"});
  const auto version = world.now(mug).version;
  const auto progress = world.run();
  CHECK(progress.products == 3);  // the mug has nothing to fetch
  CHECK(progress.collected == 3);
  CHECK(progress.failed == 3);
  REQUIRE(progress.failures.size() == 3);
  const auto told = [&](std::string_view key, std::string_view address, std::string_view why) {
    return std::count_if(progress.failures.begin(), progress.failures.end(), [&](const auto& failure) {
      return failure.external_id == key && failure.address == address && failure.reason == why;
    });
  };
  CHECK(told("tea", "https://a.example/gone", "web.status") == 1);
  CHECK(told("cup", "https://a.example/text", "media.not_a_picture") == 1);
  CHECK(told("pot", "https://a.example/bomb", "media.too_many_pixels") == 1);
  const auto images = world.now(tea).images;
  REQUIRE(images.size() == 5);
  CHECK(images[0].starts_with("/media/"));
  CHECK(images[0].ends_with(".png"));
  CHECK(images[1].ends_with(".jpg"));
  CHECK(images[2] == "https://a.example/gone");
  CHECK(images[3] == "local.jpg");
  CHECK(images[4] == "/media/kept.jpg");
  CHECK(world.media.answer(images[0].substr(7)));
  CHECK(world.now(cup).images[1] == images[0]);
  CHECK(world.now(pot).images[0] == "https://a.example/bomb");
  CHECK(world.now(tea).offers.size() == 1);
  CHECK(world.now(mug).version == version);
  CHECK(world.web.asked["https://a.example/1.png"] == 1);
  CHECK(world.media.list({}, 10)->size() == 2);
}

TEST_CASE("collecting pictures: files of a folder by their names, and nothing outside of it") {
  World world;
  const kontor::testing::TempFolder folder;
  std::filesystem::create_directories(folder.path() + "/in/shoes");
  std::ofstream(folder.path() + "/in/front.png") << pictures::png(9, 9);
  std::ofstream(folder.path() + "/in/shoes/red.jpg") << pictures::jpeg();
  std::ofstream(folder.path() + "/out.png") << pictures::png(8, 8);
  std::filesystem::create_symlink("../out.png", folder.path() + "/in/link.png");
  world.order.folder = folder.path() + "/in";
  const auto tea = world.product(
      "tea", {"front.png", "shoes/red.jpg", "../out.png", "link.png", "none.png", "https://a.example/1.png"});
  const auto progress = world.run();
  CHECK(progress.collected == 2);
  CHECK(progress.failed == 3);
  const auto images = world.now(tea).images;
  CHECK(images[0].starts_with("/media/"));
  CHECK(images[1].starts_with("/media/"));
  CHECK(images[2] == "../out.png");
  CHECK(images[5] == "https://a.example/1.png");
  CHECK(world.web.asked.empty());
}

TEST_CASE("collecting pictures: an import that comes again finds what was fetched lately, and asks again later") {
  World world;
  world.order.fetch = true;
  world.web.pages = {{"https://a.example/1.png", pictures::png(20, 10)}};
  world.product("tea", {"https://a.example/1.png"});
  CHECK(world.run().collected == 1);
  world.product("tea", {"https://a.example/1.png"});
  CHECK(world.run().collected == 1);
  CHECK(world.web.asked["https://a.example/1.png"] == 1);
  world.test.clock.advance_ms(2 * kDayMs);
  world.web.pages["https://a.example/1.png"] = pictures::png(40, 10);
  const auto tea = world.product("tea", {"https://a.example/1.png"});
  CHECK(world.run().collected == 1);
  CHECK(world.web.asked["https://a.example/1.png"] == 2);
  CHECK(world.media.list({}, 1)->front().width == 40);
  CHECK(world.now(tea).images[0] == media::url_of(world.media.list({}, 1)->front()));
}

TEST_CASE("collecting pictures: a product that is changed meanwhile keeps the change") {
  World world;
  world.order.fetch = true;
  world.web.pages = {{"https://a.example/1.png", pictures::png(20, 10)}};
  const auto tea = world.product("tea", {"https://a.example/1.png"});
  world.web.during = [&](const std::string&) {
    catalog::Draft draft;
    draft.product = world.now(tea);
    draft.product.title = "Renamed";
    draft.product.images.insert(draft.product.images.begin(), "https://b.example/new.png");
    draft.product.offers.clear();
    REQUIRE(world.catalog.save(std::span(&draft, 1)));
  };
  CHECK(world.run().collected == 1);
  CHECK(world.now(tea).title == "Renamed");
  REQUIRE(world.now(tea).images.size() == 2);
  CHECK(world.now(tea).images[0] == "https://b.example/new.png");
  CHECK(world.now(tea).images[1].starts_with("/media/"));
}

TEST_CASE("collecting pictures: interrupted after any chunk it goes on, and every picture is fetched once") {
  for (const bool everything : {false, true}) {
    World world;
    world.order.fetch = true;
    for (int i = 0; i < 70; ++i) {
      const std::string address = "https://a.example/" + std::to_string(i);
      world.web.pages[address] = pictures::png(static_cast<std::uint32_t>(i) + 1, 3);
      world.product("p" + std::to_string(i), {address});
    }
    if (everything) {
      world.order.everything = true;
      world.order.products.clear();
    }
    ImageProgress progress;
    int runs = 0;
    for (bool done = false; !done && runs < 20; ++runs) {
      ImageCollector::Hooks hooks;
      std::string saved;
      hooks.after_chunk = [&](const ImageProgress& now) -> Result<void> {
        saved = json::print(now);
        return fail(Errc::kUnavailable, "test.stop");
      };
      done = world.collector.run(world.order, hooks, progress).has_value();
      if (!saved.empty()) progress = *json::read<ImageProgress>(saved);
    }
    CHECK(runs == 5);  // four chunks, and the end
    CHECK(progress.collected == 70);
    CHECK(progress.products == 70);
    for (const auto& [address, times] : world.web.asked) CHECK(times == 1);
  }
}

TEST_CASE("collecting pictures: on a fiber several are fetched at once") {
  World world;
  world.order.fetch = true;
  std::vector<std::string> images;
  for (int i = 0; i < 12; ++i) {
    images.push_back("https://a.example/" + std::to_string(i));
    world.web.pages[images.back()] = pictures::png(static_cast<std::uint32_t>(i) + 1, 3);
  }
  const auto tea = world.product("tea", images);
  runtime::Loop loop;
  loop.spawn([&] {
    CHECK(world.run().collected == 12);
    loop.stop();
  });
  loop.run();
  CHECK(world.web.most_at_once == ImageCollector::kAtOnce);
  for (const auto& image : world.now(tea).images) CHECK(image.starts_with("/media/"));
}

TEST_CASE("collecting pictures: as a job, which a full disk stops and a later try ends") {
  World world;
  struct FullBlobs : BlobStore {
    Result<void> put(std::string_view, std::string_view) override { return fail(Errc::kFull, "blobs.full", "full"); }
    Result<std::optional<std::string>> get(std::string_view) override { return std::optional<std::string>{}; }
    Result<bool> exists(std::string_view) override { return false; }
    Result<bool> remove(std::string_view) override { return false; }
  } full;
  media::Media full_media{{world.test.store(), full, world.codec, world.test.clock, world.test.ids}, 8};
  ImageCollector full_collector{{world.catalog, full_media, world.web, world.test.clock}};
  world.order.fetch = true;
  world.web.pages = {{"https://a.example/1.png", pictures::png(20, 10)}};
  const auto tea = world.product("tea", {"https://a.example/1.png", "https://a.example/gone"});
  services::Jobs jobs(world.test.store(), world.test.clock, world.test.ids);
  const auto job = importing::order_images(jobs, world.order, "import 1");
  REQUIRE(job);
  REQUIRE(*job);
  CHECK(**importing::order_images(jobs, world.order, "import 1") == **job);
  CHECK_FALSE(importing::order_images(jobs, ImageOrder{}, "import 2")->has_value());
  services::JobRunner full_runner(jobs, "me", {});
  importing::add_image_job(full_runner, full_collector, {});
  REQUIRE(full_runner.run_until_quiet());
  CHECK(jobs.find(**job)->state == services::JobState::kQueued);
  CHECK(world.now(tea).images[0] == "https://a.example/1.png");
  world.test.clock.advance_ms(kHourMs);
  services::JobRunner runner(jobs, "me", {});
  int told = 0;
  importing::add_image_job(runner, world.collector, [&](const importing::ImageFailure&) { ++told; });
  REQUIRE(runner.run_until_quiet());
  CHECK(told == 1);
  CHECK(jobs.find(**job)->state == services::JobState::kDone);
  const auto progress = json::read<ImageProgress>(jobs.find(**job)->progress.text);
  REQUIRE(progress);
  CHECK(progress->collected == 1);
  CHECK(progress->failed == 1);
  CHECK(world.now(tea).images[0].starts_with("/media/"));
}
