#include "app/commands.h"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include <unistd.h>

#include "app/events_check.h"
#include "app/house.h"
#include "app/image_command.h"
#include "runtime/monotonic.h"

namespace kontor::app {
namespace {

// `when_locked`: what to do instead while a running shop has the data folder.
int refuse(const Error& error, const char* when_locked = "") {
  const bool locked = error.reason == "db.locked" && *when_locked != '\0';
  std::fprintf(stderr, "kontor: %s%s%s\n", error.detail.empty() ? error.reason.c_str() : error.detail.c_str(),
               locked ? " " : "", locked ? when_locked : "");
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

std::string detail_of(const Error& error) {
  return error.fields.empty() ? error.detail : error.fields[0].field + ": " + error.fields[0].message;
}

Result<importing::Reading> reading_of(const runtime::Config& config, const ImportWords& words) {
  const auto bad = [](const std::string& detail) { return fail(Errc::kInvalid, "config.bad_value", detail); };
  importing::Reading reading;
  const auto format = value_of<importing::FileFormat>(words.format);
  if (!format) return bad("--format is '" + words.format + "'; it may be ndjson, csv or shopify-csv");
  reading.format = *format;
  if (*format != importing::FileFormat::kCsv && (words.mapping || words.unknown))
    return bad("--mapping and --unknown explain the columns of --format csv");
  const std::string code = words.import_currency.value_or(config.text("currency"));
  const auto currency = Currency::parse(code);
  if (!currency) return bad("the currency '" + code + "' is not on ISO 4217's list");
  reading.currency = *currency;
  if (words.delimiter) {
    const auto delimiter = importing::delimiter_of(*words.delimiter);
    if (!delimiter)
      return bad("--delimiter is '" + *words.delimiter + "'; it may be comma, semicolon, tab, pipe or one character");
    reading.delimiter = *delimiter;
  }
  importing::Mapping mapping;
  if (words.mapping) {
    std::ifstream file(*words.mapping);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) return bad(*words.mapping + ": the mapping cannot be read");
    auto read = importing::read_mapping(text.str());
    if (!read) return bad(*words.mapping + ": " + detail_of(read.error()));
    mapping = std::move(*read);
  }
  if (words.unknown) {
    const auto unknown = value_of<importing::UnknownColumn>(*words.unknown);
    if (!unknown) return bad("--unknown is '" + *words.unknown + "'; it may be error, attribute or ignore");
    mapping.unknown = *unknown;
  }
  if (words.mapping || words.unknown) reading.mapping = json::print(mapping);
  return reading;
}

// Into a file beside it first: a file of that name is whole, or what it was.
Result<void> write_export(const services::ExportPieces& pieces, const std::optional<std::string>& path) {
  const std::string beside = path ? *path + ".part" : "";
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdout) std::fclose(file);
    }
  };
  const std::unique_ptr<std::FILE, Close> file(path ? std::fopen(beside.c_str(), "wb") : stdout);
  const auto cannot = [&] {
    const std::string why = std::strerror(errno);
    if (path) std::remove(beside.c_str());
    return fail(Errc::kUnavailable, "app.cannot_write", path.value_or("standard output") + ": " + why);
  };
  if (!file) return cannot();
  while (true) {
    const auto piece = pieces();
    if (!piece) {
      if (path) std::remove(beside.c_str());
      return fail(piece.error());
    }
    if (piece->empty()) break;
    if (std::fwrite(piece->data(), 1, piece->size(), file.get()) != piece->size()) return cannot();
  }
  if (std::fflush(file.get()) != 0 || (path && ::fdatasync(::fileno(file.get())) != 0)) return cannot();
  if (path && std::rename(beside.c_str(), path->c_str()) != 0) return cannot();
  return {};
}

}  // namespace

int import_command(const runtime::Config& config, const ImportWords& words) {
  const auto reading = reading_of(config, words);
  if (!reading) {
    std::fprintf(stderr, "kontor: %s\n", reading.error().detail.c_str());
    return kBadUse;
  }
  const auto on_error = value_of<importing::OnError>(words.on_error);
  if (!on_error) {
    std::fprintf(stderr, "kontor: --on-error is '%s'; it may be stop or skip\n", words.on_error.c_str());
    return kBadUse;
  }
  const auto file = importing::open_rows(words.file, *reading);
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
  const auto house = House::open(config, ground.log, ground.metrics, {workers.get()});
  if (!house) return refuse(house.error(), "A running shop imports by POST /api/v1/admin/import; or stop it first.");
  std::ofstream report;
  if (words.report) report.open(*words.report);
  if (words.report && !report) {
    std::fprintf(stderr, "kontor: %s: the report cannot be written\n", words.report->c_str());
    return kBadUse;
  }
  Meter meter((*file)->size());
  importing::Options options;
  options.on_error = *on_error;
  options.dry_run = words.dry_run;
  if (config.text("store").empty()) options.chunk = 500;  // the embedded store has no other user now
  options.after_chunk = [&](const importing::Progress& progress) -> Result<void> {
    meter.show(progress);
    return {};
  };
  options.on_saved = [&](ProductId product, const auto& named) { images->note(product, named); };
  options.on_bad_row = [&](const importing::BadRow& bad) {
    if (report.is_open())
      report << json::print(bad) << "\n";
    else
      std::fprintf(stderr, "line %" PRId64 "%s%s: %s\n", bad.line, bad.field.empty() ? "" : " ", bad.field.c_str(),
                   bad.message.c_str());
  };
  importing::Progress progress;
  const auto done = (*house)->shop().importer.run(**file, options, progress);
  if (!done) return refuse(done.error());
  // Nobody follows the events here, and the next start shall be quick.
  if (!words.dry_run)
    if (const auto followed = (*house)->shop().catch_up.run(); !followed) return refuse(followed.error());
  const auto& result = progress.report;
  const bool nothing = result.failed > 0 && *on_error == importing::OnError::kStop;
  std::printf("%s%" PRId64 " created, %" PRId64 " updated, %" PRId64 " bad%s\n", words.dry_run ? "dry run: " : "",
              result.created, result.updated, result.failed, nothing ? "; nothing was applied" : "");
  return nothing ? kBadInput : collect_images(**house, *images, report);
}

int export_command(const runtime::Config& config, const ExportWords& words) {
  const auto format = value_of<services::ExportFormat>(words.format);
  if (!format) {
    std::fprintf(stderr, "kontor: --format is '%s'; it may be ndjson or csv\n", words.format.c_str());
    return kBadUse;
  }
  Ground ground;
  const auto house = House::open(config, ground.log, ground.metrics, {});
  if (!house) return refuse(house.error(), "A running shop exports by GET /api/v1/admin/export/; or stop it first.");
  for (const auto& [what, export_of] : (*house)->shop().exports()) {
    if (what != words.what) continue;
    const auto written = write_export(export_of(*format), words.out);
    return written ? 0 : refuse(written.error());
  }
  std::fprintf(stderr, "kontor: '%s' cannot be exported; it may be products, orders or customers\n",
               words.what.c_str());
  return kBadUse;
}

int check_command(const runtime::Config& config, bool repairs) {
  Ground ground;
  const auto house = House::open(config, ground.log, ground.metrics, {});
  if (!house) return refuse(house.error());
  if (const auto files = (*house)->check_files(); !files) return refuse(files.error());
  if (repairs) {
    const auto repaired = (*house)->shop().reconciliation.repair();
    if (!repaired) return refuse(repaired.error());
    std::printf("%-28s %" PRId64 "\n", "stock rows repaired", repaired->repaired());
  }
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
  const auto house = House::open(config, ground.log, ground.metrics, {});
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
