#include "app/commands.h"

#include <cinttypes>
#include <cstdio>
#include <fstream>

#include <unistd.h>

#include "app/events_check.h"
#include "app/house.h"
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
  ~Meter() {
    if (wrote_) std::fprintf(stderr, "\n");
  }

 private:
  std::int64_t size_;
  bool shown_;
  bool wrote_ = false;
  std::int64_t began_;
};

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
  Ground ground;
  const auto house = House::open(config, ground.log, ground.metrics, nullptr);
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
  return nothing ? kBadInput : 0;
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

int version_command() {
  std::printf("kontor " KONTOR_VERSION "\n");
  return 0;
}

}  // namespace kontor::app
