// What /metrics says beside what the modules count themselves: caches, carts, jobs, disk, process. One place knows the
// names. Everything that is asked for when the figures are read must outlive the reading.
#pragma once
#include <string>
#include <string_view>

#include "runtime/loading_cache.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/tracing.h"
#include "services/degradation.h"

namespace kontor::app {

class Shop;

runtime::Gauge& jobs_running(runtime::Metrics& metrics, std::string_view kind);
runtime::Counter& job_tries(runtime::Metrics& metrics, std::string_view kind, std::string_view outcome);
// Stock rows that drift as they were last looked at, and those that were repaired.
runtime::Gauge& stock_drift(runtime::Metrics& metrics);
runtime::Counter& stock_drift_repaired(runtime::Metrics& metrics);
runtime::Counter& degradation_changes(runtime::Metrics& metrics, services::Degradation::Cause cause, bool up);
runtime::Counter& dead_letters(runtime::Metrics& metrics, std::string_view consumer);

// Hits, misses, entries and bytes of a cache under `name`; any thread may ask it.
void watch_cache(runtime::Metrics& metrics, std::string_view name, const std::function<runtime::CacheStats()>& ask);
void watch_shop(runtime::Metrics& metrics, Shop& shop);
// Free and whole bytes of the disk under `folder`.
void watch_disk(runtime::Metrics& metrics, const std::string& folder);
void watch_log(runtime::Metrics& metrics, const runtime::StreamLog& log);
void watch_tracer(runtime::Metrics& metrics, const runtime::Tracer* tracer);  // null: nothing is traced
// Memory, CPU, descriptors, start time, build.
void watch_process(runtime::Metrics& metrics, std::string_view engine);

}  // namespace kontor::app
