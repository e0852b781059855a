#include "app/commands.h"

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "app/events_check.h"
#include "app/house.h"
#include "app/image_command.h"
#include "runtime/monotonic.h"

namespace kontor::app {
namespace {

int refuse(const Error& error) {
  std::fprintf(stderr, "kontor: %s\n", error.detail.empty() ? error.reason.c_str() : error.detail.c_str());
  return error.code == Errc::kInvalid ? kBadUse : kNotReachable;
}

// What a command stands on; the log says only what needs attention.
struct Ground {
  runtime::StreamLog log{{2, runtime::LogFormat::kText, runtime::Level::kWarning, 1 << 20}};
  runtime::Metrics metrics;
};

// One line that is written over itself, on a terminal; nothing elsewhere.
class Meter {
 public:
  explicit Meter(std::int64_t size) : size_(size), shown_(::isatty(2) == 1), began_(runtime::monotonic_micros()) {}
  void show(const importing::Progress& progress) {
    if (!shown_) return;
    const double seconds = static_cast<double>(runtime::monotonic_micros() - began_) / 1e6;
    const auto rows = progress.report.created + progress.report.updated + progress.report.failed;
    const double share = size_ > 0 ? 100.0 * static_cast<double>(progress.offset) / static_cast<double>(size_) : 0;
    std::fprintf(stderr, "\r%3.0f %%  %" PRId64 " rows, %.0f/s, %" PRId64 " bad  ", share, rows,
                 seconds > 0 ? static_cast<double>(rows) / seconds : 0, progress.report.failed);
    wrote_ = true;
  }
  void show(const importing::ImageProgress& progress) {
    if (!shown_) return;
    std::fprintf(stderr, "\r%" PRId64 " pictures, %" PRId64 " not to be had  ", progress.collected, progress.failed);
    wrote_ = true;
  }
  ~Meter() {
    if (wrote_) std::fprintf(stderr, "\n");
  }

 private:
  std::int64_t size_;
  bool shown_;
  bool wrote_ = false;
  std::int64_t began_;
};

Result<importing::ImageOrder> image_order(const runtime::Config& config, const ImportWords& words) {
  importing::ImageOrder order;
  order.fetch = words.fetch_images || config.on("fetch_images");
  if (words.images.empty()) return order;
  std::error_code wrong;
  order.folder = std::filesystem::canonical(words.images, wrong).string();  // a job may be taken up from elsewhere
  if (!wrong && !std::filesystem::is_directory(order.folder)) wrong = std::make_error_code(std::errc::not_a_directory);
  if (wrong) return fail(Errc::kInvalid, "config.bad_value", "--images " + words.images + ": " + wrong.message());
  return order;
}

// What is said of the pictures, and the exit code.
int collect_images(House& house, const importing::ImageOrder& order, std::ofstream& report) {
  const auto job = importing::order_images(house.shop().jobs, order, std::to_string(runtime::monotonic_micros()));
  if (!job) return refuse(job.error());
  if (!*job) return 0;
  Meter meter(0);
  const auto told = [&](const importing::ImageFailure& failure) {
    if (report.is_open())
      report << json::print(failure) << "\n";
    else
      std::fprintf(stderr, "%s: %s: %s (%s)\n",
                   (failure.external_id.empty() ? failure.product_id.text() : failure.external_id).c_str(),
                   failure.address.c_str(), failure.message.c_str(), failure.reason.c_str());
  };
  const auto done =
      run_image_job(house, **job, told, [&](const importing::ImageProgress& progress) { meter.show(progress); });
  if (!done) return refuse(done.error());
  std::printf("%" PRId64 " pictures collected, %" PRId64 " not to be had\n", done->collected, done->failed);
  return 0;
}

}  // namespace

int import_command(const runtime::Config& config, const ImportWords& words) {
  if (words.format != "ndjson") {
    std::fprintf(stderr, "kontor: --format is '%s'; it may be ndjson\n", words.format.c_str());
    return kBadUse;
  }
  const auto on_error = value_of<importing::OnError>(words.on_error);
  if (!on_error) {
    std::fprintf(stderr, "kontor: --on-error is '%s'; it may be stop or skip\n", words.on_error.c_str());
    return kBadUse;
  }
  auto file = runtime::LineFile::open(words.file);
  if (!file) {
    std::fprintf(stderr, "kontor: %s\n", file.error().detail.c_str());
    return kBadInput;
  }
  if (words.file == "-" && *on_error == importing::OnError::kStop) {
    std::fprintf(stderr,
                 "kontor: standard input is read once, so it needs --on-error skip (stop reads a file twice)\n");
    return kBadUse;
  }
  auto images = image_order(config, words);
  if (!images) return refuse(images.error());
  Ground ground;
  std::unique_ptr<runtime::Workers> workers;
  if (images->wanted()) workers = std::make_unique<runtime::Workers>(static_cast<int>(config.number("workers")), 1000);
  const auto house = House::open(config, ground.log, ground.metrics, workers.get());
  if (!house) return refuse(house.error());
  std::ofstream report;
  if (words.report) report.open(*words.report);
  if (words.report && !report) {
    std::fprintf(stderr, "kontor: %s: the report cannot be written\n", words.report->c_str());
    return kBadUse;
  }
  Meter meter(file->size());
  importing::Options options;
  options.on_error = *on_error;
  options.dry_run = words.dry_run;
  options.after_chunk = [&](const importing::Progress& progress) -> Result<void> {
    meter.show(progress);
    return {};
  };
  options.on_saved = [&](ProductId product, const auto& named) { images->note(product, named); };
  options.on_bad_row = [&](const importing::BadRow& bad) {
    if (report.is_open())
      report << json::print(bad) << "\n";
    else
      std::fprintf(stderr, "line %" PRId64 " %s: %s\n", bad.line, bad.field.c_str(), bad.message.c_str());
  };
  importing::Progress progress;
  const auto done = (*house)->shop().importer.run(*file, options, progress);
  if (!done) return refuse(done.error());
  const auto& result = progress.report;
  const bool nothing = result.failed > 0 && *on_error == importing::OnError::kStop;
  std::printf("%s%" PRId64 " created, %" PRId64 " updated, %" PRId64 " bad%s\n", words.dry_run ? "dry run: " : "",
              result.created, result.updated, result.failed, nothing ? "; nothing was applied" : "");
  return nothing ? kBadInput : collect_images(**house, *images, report);
}

int check_command(const runtime::Config& config) {
  Ground ground;
  const auto house = House::open(config, ground.log, ground.metrics, nullptr);
  if (!house) return refuse(house.error());
  if (const auto files = (*house)->check_files(); !files) return refuse(files.error());
  services::CheckReport report;
  if (const auto checked = (*house)->shop().check(report); !checked) return refuse(checked.error());
  if (const auto checked = check_events((*house)->events(), (*house)->shop(), report); !checked)
    return refuse(checked.error());
  for (const auto& [what, count] : report.counts()) std::printf("%-28s %" PRId64 "\n", what.c_str(), count);
  for (const auto& [invariant, finding] : report.findings()) {
    std::printf("BROKEN %s, %" PRId64 " times\n", invariant.c_str(), finding.count);
    for (const auto& detail : finding.details) std::printf("  %s\n", detail.c_str());
  }
  std::printf(report.ok() ? "ok: every invariant holds\n" : "the store is not sound\n");
  return report.ok() ? 0 : kBadInput;
}

int migrate_command(const runtime::Config& config) {
  Ground ground;
  const auto house = House::open(config, ground.log, ground.metrics, nullptr);
  if (!house) return refuse(house.error());
  std::printf("%d migrations were applied to %s\n", (*house)->migrated(), (*house)->place().c_str());
  return 0;
}

int config_command(const runtime::Config& config) {
  std::printf("%s", config.shown().c_str());
  return 0;
}

int example_command() {
  std::printf("%s", runtime::example_settings().c_str());
  return 0;
}

int version_command() {
  std::printf("kontor " KONTOR_VERSION "\n");
  return 0;
}

std::string program_version() { return KONTOR_VERSION; }

}  // namespace kontor::app
