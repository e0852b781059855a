#include "shop/importing/image_collecting.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "runtime/folder_file.h"

namespace kontor::importing {
namespace {

bool is_web(std::string_view image) {
  const auto scheme = ascii_lower(image.substr(0, 8));
  return scheme.starts_with("http://") || scheme.starts_with("https://");
}

// What is wrong here, not with the picture: the run ends, and the job is tried again.
bool is_ours(const Error& error) {
  for (const std::string_view room : {"db.", "blobs.", "runtime.workers_full", "media.no_codec", "web.given_up"})
    if (error.reason.starts_with(room)) return true;
  return error.code == Errc::kFull || error.code == Errc::kInternal;
}

}  // namespace

void ImageOrder::note(ProductId product, const std::vector<std::string>& images) {
  if (everything || !std::any_of(images.begin(), images.end(), [this](const auto& image) { return takes(image); }))
    return;
  products.push_back(product);
  if (products.size() <= kMostNamed) return;
  products.clear();
  everything = true;
}

bool ImageOrder::takes(std::string_view image) const {
  if (image.starts_with("/media/")) return false;
  return is_web(image) ? fetch : !folder.empty();
}

// The pictures of one chunk of products, each once; the fibers that collect it share it.
struct ImageCollector::Batch {
  const ImageOrder order;
  const std::function<bool()> stopping;
  std::vector<std::string> images;
  std::vector<std::optional<Result<std::string>>> urls;  // beside images
  std::size_t next = 0;

  const Result<std::string>* url_of(const std::string& image) const {
    const auto found = std::find(images.begin(), images.end(), image);
    if (found == images.end()) return nullptr;
    const auto& url = urls[static_cast<std::size_t>(found - images.begin())];
    return url ? &*url : nullptr;
  }
};

Result<std::vector<ProductId>> ImageCollector::next(const ImageOrder& order, ProductId after) {
  if (order.everything) return parts_.catalog.ids_after(after, kChunk);
  std::set<ProductId> ids;  // the next few in the order of the walk; a list may name one twice
  for (const ProductId id : order.products) {
    if (id <= after) continue;
    ids.insert(id);
    if (ids.size() > kChunk) ids.erase(std::prev(ids.end()));
  }
  return std::vector<ProductId>(ids.begin(), ids.end());
}

Result<std::string> ImageCollector::collect(const ImageOrder& order, const std::string& image,
                                            const std::function<bool()>& stopping) {
  if (is_web(image)) {
    const Time since = parts_.clock.now().plus_ms(-kFreshHours * kHourMs);
    TRY(const auto known, parts_.media.find_by_source(image, since));
    if (known) return media::url_of(*known);
    TRY(const std::string bytes, parts_.web.get(image, stopping));
    TRY(const auto picture, parts_.media.put_picture(bytes, image));
    return media::url_of(picture);
  }
  Result<std::string> bytes;
  const auto read = [&] { bytes = runtime::read_below(order.folder, image, BlobStore::kLargest); };
  if (parts_.workers != nullptr)
    TRY_DO(parts_.workers->run(read));
  else
    read();
  if (!bytes) return fail(std::move(bytes).error());
  TRY(const auto picture, parts_.media.put_picture(*bytes, "file " + image));
  return media::url_of(picture);
}

// Several at once on a fiber: most of the time is waiting for somebody else's server.
void ImageCollector::collect_all(const std::shared_ptr<Batch>& batch) {
  const auto lane = [this, batch] {
    while (batch->next < batch->images.size()) {
      const std::size_t mine = batch->next++;
      if (batch->stopping && batch->stopping()) return;
      batch->urls[mine] = collect(batch->order, batch->images[mine], batch->stopping);
    }
  };
  if (!runtime::on_fiber()) return lane();
  std::vector<std::shared_ptr<runtime::Parker>> others;
  for (int i = 1; i < kAtOnce && static_cast<std::size_t>(i) < batch->images.size(); ++i) {
    others.push_back(std::make_shared<runtime::Parker>());
    runtime::spawn([lane, parker = others.back()] {
      lane();
      parker->wake();
    });
  }
  lane();
  for (const auto& parker : others) parker->wait();
}

Result<void> ImageCollector::run(const ImageOrder& order, const Hooks& hooks, ImageProgress& progress) {
  for (;;) {
    TRY(const auto ids, next(order, progress.after.value_or(ProductId{})));
    if (ids.empty()) return {};
    TRY(auto products, parts_.catalog.products(ids));
    const auto batch = std::make_shared<Batch>(Batch{order, hooks.stopping, {}, {}, 0});
    for (const auto& product : products)
      for (const auto& image : product.images)
        if (order.takes(image) && std::find(batch->images.begin(), batch->images.end(), image) == batch->images.end())
          batch->images.push_back(image);
    batch->urls.resize(batch->images.size());
    collect_all(batch);
    if (hooks.stopping && hooks.stopping())
      return fail(Errc::kUnavailable, "importing.interrupted",
                  "The program stops; the pictures go on being collected at its next start.");
    for (const auto& url : batch->urls)
      if (url && !*url && is_ours(url->error())) return fail(url->error());
    ImageProgress done = progress;
    for (const auto& product : products)
      for (const auto& image : product.images) {
        const auto* url = batch->url_of(image);
        if (url == nullptr) continue;
        ++(*url ? done.collected : done.failed);
        if (*url) continue;
        ImageFailure failure{product.id, product.external_id, image, url->error().reason, url->error().detail};
        if (hooks.on_failure) hooks.on_failure(failure);
        if (done.failures.size() < ImageProgress::kKept) done.failures.push_back(std::move(failure));
      }
    TRY_DO(save(std::move(products), *batch));
    done.products += static_cast<std::int64_t>(ids.size());
    done.after = ids.back();
    progress = std::move(done);
    if (hooks.after_chunk) TRY_DO(hooks.after_chunk(progress));
    if (runtime::on_fiber()) runtime::yield();  // the shop sells on
  }
}

// A product that somebody changed meanwhile is read again; what it names then and was collected is replaced.
Result<void> ImageCollector::save(std::vector<catalog::Product> products, const Batch& batch) {
  for (int tries = 0; tries < 5 && !products.empty(); ++tries) {
    std::vector<catalog::Draft> drafts;
    for (auto& product : products) {
      bool changed = false;
      for (auto& image : product.images) {
        const auto* url = batch.url_of(image);
        if (url == nullptr || !*url) continue;
        image = **url;
        changed = true;
      }
      if (!changed) continue;
      catalog::Draft draft;
      draft.if_version = product.version;
      draft.product = std::move(product);
      draft.product.offers.clear();  // those that are not named stay
      drafts.push_back(std::move(draft));
    }
    products.clear();
    if (drafts.empty()) return {};
    TRY(const auto saved, parts_.catalog.save(drafts));
    std::vector<ProductId> again;
    for (std::size_t i = 0; i < saved.size(); ++i)
      if (saved[i].refused && saved[i].refused->code == Errc::kVersionConflict) again.push_back(drafts[i].product.id);
    if (again.empty()) return {};
    TRY(products, parts_.catalog.products(again));
  }
  return {};
}

void add_image_job(services::JobRunner& runner, ImageCollector& collector,
                   std::function<void(const ImageFailure&)> told) {
  runner.add("images", [&collector, told = std::move(told)](services::JobContext& context) -> Result<void> {
    TRY(const auto order, json::read<ImageOrder>(context.payload));
    ImageProgress progress;
    if (auto saved = json::read<ImageProgress>(context.progress)) progress = std::move(*saved);
    ImageCollector::Hooks hooks;
    hooks.on_failure = told;
    hooks.stopping = [&context] { return context.stopping(); };
    hooks.after_chunk = [&context](const ImageProgress& now) { return context.save(json::print(now)); };
    return collector.run(order, hooks, progress);
  });
}

Result<std::optional<JobId>> order_images(services::Jobs& jobs, const ImageOrder& order, const std::string& of) {
  if (!order.wanted() || (!order.everything && order.products.empty())) return std::optional<JobId>{};
  auto job = jobs.make("images", json::print(order));
  job.progress = json::print(ImageProgress{});
  job.unique_key = "images of " + of;
  TRY(const auto id, jobs.enqueue(job));
  return std::optional<JobId>(id);
}

}  // namespace kontor::importing
