#include "app/demo.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "demo/demo.h"
#include "runtime/line_file.h"

namespace kontor::app {
namespace {

constexpr std::string_view kSetting = "demo";
constexpr std::uint64_t kSeed = 1;
constexpr std::int64_t kRound = 2000;       // products between two notes of how far it is
constexpr std::size_t kPictureThreads = 8;  // each waits for the disk most of the time

// How far the filling is; kept in the store, so that a killed one goes on.
struct Progress {
  std::int64_t count = 0;
  std::int64_t done = 0;
  static constexpr auto fields() {
    return described(Field("count", &Progress::count, "How many products are wanted"),
                     Field("done", &Progress::done, "How many are in"));
  }
};

class Filling {
 public:
  Filling(Shop& shop, const std::string& folder) : shop_(shop), folder_(folder) {
    demo::Settings settings;
    settings.seed = kSeed;
    settings.currency = shop.settings.currency;
    settings.marketplace = true;
    settings.picture = [this](const demo::Picture& picture) { return addresses_[picture.file_name()]; };
    generator_.emplace(std::move(settings));
  }

  Result<DemoFill> run(std::int64_t count) {
    TRY(Progress progress, begin(count));
    if (progress.done >= progress.count) return fill_;
    fill_.went_on = progress.done > 0;
    TRY_DO(make_shops());
    TRY_DO(make_places());
    while (progress.done < progress.count) {
      const std::int64_t end = std::min(progress.count, progress.done + kRound);
      TRY_DO(draw(progress.done, end));
      TRY_DO(import(progress.done, end));
      progress.done = end;
      TRY_DO(shop_.stored_settings.set(kSetting, json::print(progress)));
    }
    TRY_DO(shop_.catch_up.run());
    fill_.pictures = static_cast<std::int64_t>(addresses_.size());
    return fill_;
  }

 private:
  // What an earlier filling left; a new one is only begun in an empty store.
  Result<Progress> begin(std::int64_t count) {
    TRY(const auto noted, shop_.stored_settings.get(kSetting));
    if (noted) return json::read<Progress>(*noted);
    TRY(const auto some, shop_.catalog.ids_after(ProductId{}, 1));
    if (!some.empty()) return Progress{};
    const Progress fresh{count, 0};
    TRY_DO(shop_.stored_settings.set(kSetting, json::print(fresh)));
    return fresh;
  }

  Result<void> make_shops() {
    std::vector<catalog::Seller> sellers;
    for (const auto& shop : demo::shops())
      sellers.push_back({SellerId{}, std::string(shop.code), std::string(shop.name), true, shop.rating_milli});
    fill_.shops = static_cast<std::int64_t>(sellers.size());
    return shop_.catalog.ensure_sellers(sellers);
  }

  Result<void> make_places() {
    TRY(const auto there, shop_.inventory.warehouses());
    for (const auto& place : demo::places()) {
      if (std::any_of(there.begin(), there.end(), [&](const auto& w) { return w.code == place.code; })) continue;
      inventory::Warehouse warehouse;
      warehouse.id = shop_.world.ids.next<WarehouseId>(shop_.world.clock.now(), 0);
      warehouse.code = place.code;
      warehouse.name = place.name;
      warehouse.latitude_e6 = place.latitude_e6;
      warehouse.longitude_e6 = place.longitude_e6;
      TRY_DO(shop_.world.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
        TRY_DO(shop_.inventory.add_warehouse(tx, warehouse));
        return {};
      }));
    }
    return {};
  }

  // Keeps the pictures of these products that are not kept yet: each is some writes that reach the disk, so many are
  // under way at once.
  Result<void> draw(std::int64_t first, std::int64_t end) {
    std::vector<demo::Picture> fresh;
    for (std::int64_t n = first; n < end; ++n)
      for (auto& picture : generator_->pictures(static_cast<std::uint64_t>(n)))
        if (addresses_.try_emplace(picture.file_name()).second) fresh.push_back(std::move(picture));
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    Result<void> outcome;
    const auto keep_some = [&] {
      while (true) {
        const std::size_t at = next.fetch_add(1);
        if (at >= fresh.size()) return;
        auto address = shop_.media.put_drawing(demo::draw(fresh[at]));
        const std::lock_guard lock(mutex);
        if (address)
          addresses_[fresh[at].file_name()] = std::move(*address);
        else
          outcome = tl::unexpected(std::move(address.error()));
        if (!outcome) return;
      }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < std::min(kPictureThreads, fresh.size()); ++i) threads.emplace_back(keep_some);
    for (auto& thread : threads) thread.join();
    return outcome;
  }

  Result<void> import(std::int64_t first, std::int64_t end) {
    TRY(auto spool, runtime::SpoolFile::create(folder_, "demo.ndjson"));
    for (std::int64_t n = first; n < end; ++n) {
      std::string row = json::print(generator_->product(static_cast<std::uint64_t>(n)));
      row += '\n';
      TRY_DO(spool.write(row));
    }
    TRY(const auto rows, importing::open_rows(spool.path(), {}));
    importing::Options options;
    options.on_error = importing::OnError::kSkip;  // they are right, so one pass is enough
    options.chunk = 500;                           // the shop is not open yet
    importing::Progress progress;
    TRY_DO(shop_.importer.run(*rows, options, progress));
    KONTOR_ASSERT(progress.report.failed == 0);
    fill_.products += progress.report.created + progress.report.updated;
    return {};
  }

  Shop& shop_;
  std::string folder_;
  std::optional<demo::Generator> generator_;
  std::map<std::string, std::string> addresses_;  // of pictures, by file name
  DemoFill fill_;
};

}  // namespace

Result<DemoFill> fill_with_demo(Shop& shop, const std::string& folder, std::int64_t count) {
  return Filling(shop, folder + "/spool").run(count);
}

}  // namespace kontor::app
