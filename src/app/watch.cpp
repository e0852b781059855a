#include "app/watch.h"

#include <dirent.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "app/shop.h"

namespace kontor::app {
namespace {

using runtime::Labels;
using runtime::Metrics;

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  long whole = 0, resident = 0;
  const int found = std::fscanf(file, "%ld %ld", &whole, &resident);
  std::fclose(file);
  return found == 2 ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double open_descriptors() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = -3;  // ".", "..", and the one that reads
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

double most_descriptors() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

double disk_bytes(const std::string& folder, bool free) {
  struct statvfs disk {};
  if (statvfs(folder.c_str(), &disk) != 0) return 0;
  return static_cast<double>(free ? disk.f_bavail : disk.f_blocks) * static_cast<double>(disk.f_frsize);
}

}  // namespace

runtime::Gauge& jobs_running(Metrics& metrics, std::string_view kind) {
  return metrics.gauge("kontor_jobs_running", "Jobs at work in this process", {{"kind", std::string(kind)}});
}

runtime::Counter& job_tries(Metrics& metrics, std::string_view kind, std::string_view outcome) {
  return metrics.counter("kontor_job_tries_total",
                         "Tries of jobs: done, again (comes back by itself), retry (failed), failed (for good)",
                         {{"kind", std::string(kind)}, {"outcome", std::string(outcome)}});
}

runtime::Gauge& stock_drift(Metrics& metrics) {
  return metrics.gauge("kontor_stock_drift_rows",
                       "Stock rows that differ from their movements or reservations, when last looked at");
}

runtime::Counter& stock_drift_repaired(Metrics& metrics) {
  return metrics.counter("kontor_stock_drift_repaired_total", "Stock rows that were set right by a movement");
}

runtime::Counter& degradation_changes(Metrics& metrics, services::Degradation::Cause cause, bool up) {
  return metrics.counter("kontor_degradation_changes_total", "Changes of the level of degradation, and why",
                         {{"cause", std::string(name_of(cause))}, {"direction", up ? "up" : "down"}});
}

runtime::Counter& dead_letters(Metrics& metrics, std::string_view consumer) {
  return metrics.counter("kontor_dead_letters_total", "Events that a consumer could not take and put aside",
                         {{"consumer", std::string(consumer)}});
}

void watch_cache(Metrics& metrics, std::string_view name, const std::function<runtime::CacheStats()>& ask) {
  const Labels labels{{"cache", std::string(name)}};
  const auto figure = [&ask](auto part) { return [ask, part] { return static_cast<double>(part(ask())); }; };
  using Stats = runtime::CacheStats;
  metrics.watch_total("kontor_cache_hits_total", "Values that were at hand",
                      figure([](const Stats& stats) { return stats.hits; }), labels);
  metrics.watch_total("kontor_cache_misses_total", "Values that had to be loaded, or waited for",
                      figure([](const Stats& stats) { return stats.misses; }), labels);
  metrics.watch_total("kontor_cache_evictions_total", "Values that went to make room",
                      figure([](const Stats& stats) { return stats.evicted; }), labels);
  metrics.watch("kontor_cache_entries", "Values held", figure([](const Stats& stats) { return stats.entries; }),
                labels);
  metrics.watch("kontor_cache_bytes", "What the values held weigh",
                figure([](const Stats& stats) { return stats.weight; }), labels);
}

namespace {

void watch_degradation(Metrics& metrics, const services::Degradation& degradation) {
  using Cause = services::Degradation::Cause;
  metrics.watch("kontor_degradation_level", "How far the shop does without its extras, 0 to 4",
                [&degradation] { return static_cast<double>(degradation.level()); });
  metrics.watch("kontor_degradation_by_hand", "1 while the level is set by hand",
                [&degradation] { return degradation.state().cause == Cause::kHand ? 1.0 : 0.0; });
  metrics.watch("kontor_loop_delay_seconds", "How long what is ready waits on the busiest event loop, as last measured",
                [&degradation] {
                  return static_cast<double>(degradation.state().load.value_or(services::Load{}).delay_us) * 1e-6;
                });
  for (const Cause cause : {Cause::kLoad, Cause::kHand})
    for (const bool up : {false, true}) degradation_changes(metrics, cause, up);
}

}  // namespace

namespace {

void watch_search(Metrics& metrics, Shop& shop) {
  if (!shop.search) return;
  const auto figure = [&shop](std::int64_t search_index::Figure::*part) {
    return [&shop, part] { return static_cast<double>(shop.world.search.index->figure().*part); };
  };
  metrics.watch("kontor_search_products", "Products that searches can find", figure(&search_index::Figure::products));
  metrics.watch("kontor_search_bytes", "Memory of the search index", figure(&search_index::Figure::bytes));
  metrics.watch("kontor_search_segments", "Parts that the search index is made of",
                figure(&search_index::Figure::segments));
  metrics.watch("kontor_search_waiting", "Changes of products that searches do not see yet",
                [&shop] { return static_cast<double>(shop.search->feed().waiting()); });
}

}  // namespace

void watch_shop(Metrics& metrics, Shop& shop) {
  watch_degradation(metrics, shop.degradation);
  watch_cache(metrics, "ready_bytes", [&shop] { return shop.showcase.ready_stats(); });
  watch_cache(metrics, "packed_answers", [&shop] { return shop.showcase.packed_stats(); });
  watch_cache(metrics, "cards", [&shop] { return shop.showcase.cards_stats(); });
  watch_cache(metrics, "listed_cards", [&shop] { return shop.showcase.listed_stats(); });
  watch_cache(metrics, "offer_products", [&shop] { return shop.showcase.lookup_stats(); });
  watch_cache(metrics, "unknown_addresses", [&shop] { return shop.showcase.unknown_slug_stats(); });
  watch_cache(metrics, "unknown_offers", [&shop] { return shop.showcase.unknown_offer_stats(); });
  watch_cache(metrics, "pictures", [&shop] { return shop.media.ready_stats(); });
  if (shop.search) watch_cache(metrics, "listing_answers", [&shop] { return shop.search->ready().stats(); });
  watch_cache(metrics, "carts", [&shop] { return shop.carts.cache_stats(); });
  watch_search(metrics, shop);
  const auto carts = [&](std::string_view state, std::int64_t cart::Carts::Census::*part) {
    metrics.watch("kontor_carts", "Carts with lines as the sweep last found them; abandoned: silent for a day",
                  [&shop, part] { return static_cast<double>(shop.carts.census().*part); },
                  {{"state", std::string(state)}});
  };
  carts("active", &cart::Carts::Census::active);
  carts("abandoned", &cart::Carts::Census::abandoned);
  for (const auto& kind : shop.job_runner.kinds()) {
    jobs_running(metrics, kind);
    for (const std::string_view outcome : {"done", "again", "retry", "failed"}) job_tries(metrics, kind, outcome);
  }
  stock_drift(metrics);
  stock_drift_repaired(metrics);
  for (const auto& consumer : shop.consumers.names()) dead_letters(metrics, consumer);
}

void watch_disk(Metrics& metrics, const std::string& folder) {
  metrics.watch("kontor_disk_free_bytes", "Free on the disk of the data folder",
                [folder] { return disk_bytes(folder, true); });
  metrics.watch("kontor_disk_bytes", "Size of the disk of the data folder",
                [folder] { return disk_bytes(folder, false); });
}

void watch_log(Metrics& metrics, const runtime::StreamLog& log) {
  metrics.watch_total("kontor_log_lines_dropped_total", "Log lines dropped because the device was too slow",
                      [&log] { return static_cast<double>(log.dropped()); });
}

void watch_tracer(Metrics& metrics, const runtime::Tracer* tracer) {
  metrics.watch_total("kontor_trace_spans_total", "Spans that the collector took, and those that were dropped",
                      [tracer] { return tracer == nullptr ? 0.0 : static_cast<double>(tracer->exported()); },
                      {{"outcome", "exported"}});
  metrics.watch_total("kontor_trace_spans_total", "Spans that the collector took, and those that were dropped",
                      [tracer] { return tracer == nullptr ? 0.0 : static_cast<double>(tracer->dropped()); },
                      {{"outcome", "dropped"}});
}

void watch_process(Metrics& metrics, std::string_view engine) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  metrics.watch_total("process_cpu_seconds_total", "User and system time", cpu_seconds);
  metrics.watch("process_resident_memory_bytes", "Memory in use", resident_bytes);
  metrics.watch("process_open_fds", "Open descriptors", open_descriptors);
  metrics.watch("process_max_fds", "Descriptors that may be open", most_descriptors);
  metrics.watch("process_start_time_seconds", "When the process began, as Unix time",
                [began = static_cast<double>(now.tv_sec)] { return began; });
  metrics
      .gauge("kontor_build_info", "1; its labels say what runs",
             {{"version", KONTOR_VERSION}, {"compiler", "g++ " __VERSION__}, {"store", std::string(engine)}})
      .set(1);
}

}  // namespace kontor::app
