// Brings the pictures that products name into the shop: files of a folder, addresses of the web. Runs behind an import,
// as a job that goes on where it was; a product keeps the address it was given until its picture is there, and one that
// cannot be had is told and stops nothing.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/web_fetcher.h"
#include "runtime/fiber.h"
#include "services/jobs.h"
#include "shop/catalog/catalog.h"
#include "shop/media/media.h"

namespace kontor::importing {

// Whose pictures to collect, and from where.
struct ImageOrder {
  static constexpr std::size_t kMostNamed = 5000;

  std::string folder;       // names are files below it; "": names are left alone
  bool fetch = false;       // http and https addresses are fetched
  bool everything = false;  // of all products; else of those named
  std::vector<ProductId> products;
  static constexpr auto fields() {
    return described(Field("folder", &ImageOrder::folder, "Where named files lie", Default{}),
                     Field("fetch", &ImageOrder::fetch, "Whether addresses are fetched", Default{}),
                     Field("everything", &ImageOrder::everything, "Every product is looked at", Default{}),
                     Field("products", &ImageOrder::products, "Or these", Default{}));
  }

  // Whether there is anything to do at all.
  bool wanted() const { return fetch || !folder.empty(); }
  // Notes a saved product; beyond kMostNamed every product is looked at instead.
  void note(ProductId product, const std::vector<std::string>& images);
  bool takes(std::string_view image) const;  // not what lies here already
};

// One picture that could not be had.
struct ImageFailure {
  ProductId product_id;
  std::string external_id;
  std::string address;
  std::string reason;  // "media.broken", "web.timeout", …
  std::string message;
  static constexpr auto fields() {
    return described(Field("product_id", &ImageFailure::product_id, "Whose picture"),
                     Field("external_id", &ImageFailure::external_id, "The shop's own key"),
                     Field("address", &ImageFailure::address, "As the product names it"),
                     Field("reason", &ImageFailure::reason, "A stable word"),
                     Field("message", &ImageFailure::message, "In words"));
  }
};

// How far it is; enough to go on with it.
struct ImageProgress {
  static constexpr std::size_t kKept = 200;

  std::optional<ProductId> after;  // products up to here are done
  std::int64_t products = 0;
  std::int64_t collected = 0;
  std::int64_t failed = 0;
  std::vector<ImageFailure> failures;  // the first kKept
  static constexpr auto fields() {
    return described(Field("after", &ImageProgress::after, "Products up to here are done"),
                     Field("products", &ImageProgress::products, "Looked at", Default{}),
                     Field("collected", &ImageProgress::collected, "Pictures that are here now", Default{}),
                     Field("failed", &ImageProgress::failed, "Pictures that could not be had", Default{}),
                     Field("failures", &ImageProgress::failures, "Which, and why; the first two hundred", Default{}));
  }
};

class ImageCollector {
 public:
  // Not owned. `workers` may be null: files are then read on the calling thread.
  struct Parts {
    catalog::Catalog& catalog;
    media::Media& media;
    WebFetcher& web;
    Clock& clock;
    runtime::Workers* workers = nullptr;
  };
  struct Hooks {
    // After each chunk of products; an Error ends the run there.
    std::function<Result<void>(const ImageProgress&)> after_chunk;
    std::function<void(const ImageFailure&)> on_failure;
    std::function<bool()> stopping;  // from any thread
  };
  static constexpr std::size_t kChunk = 20;        // products
  static constexpr int kAtOnce = 4;                // pictures; on a fiber
  static constexpr std::int64_t kFreshHours = 24;  // an address fetched since then is not fetched again

  explicit ImageCollector(const Parts& parts) : parts_(parts) {}

  // From progress's place to the end. Repeating it is harmless. Errors are the store's and the disk's; what is wrong
  // with a picture is a failure in the progress.
  Result<void> run(const ImageOrder& order, const Hooks& hooks, ImageProgress& progress);

 private:
  struct Batch;
  Result<std::vector<ProductId>> next(const ImageOrder& order, ProductId after);
  Result<std::string> collect(const ImageOrder& order, const std::string& image, const std::function<bool()>& stopping);
  void collect_all(const std::shared_ptr<Batch>& batch);
  Result<void> save(std::vector<catalog::Product> products, const Batch& batch);

  Parts parts_;
};

// The job kind "images"; `told` hears of every failure.
void add_image_job(services::JobRunner& runner, ImageCollector& collector,
                   std::function<void(const ImageFailure&)> told);
// Nothing to do: no job. `of` is the import it belongs to, so that an import that is run again asks once.
Result<std::optional<JobId>> order_images(services::Jobs& jobs, const ImageOrder& order, const std::string& of);

}  // namespace kontor::importing
