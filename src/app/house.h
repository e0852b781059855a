// The machine's world for one run of the program: the store that the configuration names, the sandbox gateway, the mail
// server or folder, clock and luck of the operating system, and a Shop on top. Opened by every command.
#pragma once
#include <memory>
#include <string>

#include "adapters/blobs_folder/folder_blobs.h"
#include "adapters/cache_memory/memory_cache.h"
#include "adapters/codec_vips/vips_codec.h"
#include "adapters/db_postgres/postgres_store.h"
#include "adapters/db_sqlite/sqlite_store.h"
#include "adapters/fetch_curl/curl_fetcher.h"
#include "adapters/gateway_sandbox/sandbox_gateway.h"
#include "adapters/host/system_clock.h"
#include "adapters/host/system_random.h"
#include "adapters/log_outbox/outbox_log.h"
#include "adapters/search_embedded/embedded_index.h"
#include "app/guarded_gateway.h"
#include "app/kill_points.h"
#include "app/shop.h"
#include "app/telling_store.h"
#include "app/watched_gateway.h"
#include "runtime/config.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

namespace kontor::app {

class House {
 public:
  struct Helpers {
    runtime::Workers* workers = nullptr;
    runtime::Tracer* tracer = nullptr;
    bool searches = false;                  // for serving: the search index is read from its file, and followed
    runtime::Workers* searchers = nullptr;  // may be null
  };
  // Opens and migrates the store. Errors are one clear line; the program then ends with exit code 4.
  static Result<std::unique_ptr<House>> open(const runtime::Config& config, runtime::Log& log,
                                             runtime::Metrics& metrics, const Helpers& helpers);
  ~House();

  Shop& shop() { return *shop_; }
  db::Store& store() { return *telling_; }
  EventLog& events() { return *events_; }
  const cache_memory::MemoryCache& cache() const { return *cache_; }
  Clock& clock() { return clock_; }
  // "the folder ./data" or "PostgreSQL at 127.0.0.1:5432": for people, without passwords.
  const std::string& place() const { return place_; }
  int migrated() const { return migrated_; }
  // Every page of the embedded store's files; nothing to do on PostgreSQL.
  Result<void> check_files();
  // What the stores count, into the metrics.
  void watch_store(runtime::Metrics& metrics);

 private:
  House() = default;
  Result<void> open_store(const runtime::Config& config, runtime::Log& log, runtime::Metrics& metrics);
  Result<void> open_sandbox(const runtime::Config& config);
  Result<void> open_gateway(const runtime::Config& config, runtime::Metrics& metrics);
  Result<void> open_messenger(const runtime::Config& config, runtime::Workers* workers);
  IndexWorld open_index(const runtime::Config& config, runtime::Log& log, runtime::Workers* searchers);

  host::SystemClock clock_;
  host::SystemRandom random_;
  std::unique_ptr<IdSource> ids_;
  std::string place_;
  int migrated_ = 0;
  std::unique_ptr<KillPoints> kill_points_;  // null but in crash tests
  std::unique_ptr<db::Store> store_;
  std::unique_ptr<TellingStore> telling_;  // in front of it
  db::Migrator* migrator_ = nullptr;
  db_sqlite::SqliteStore* sqlite_ = nullptr;
  db_postgres::PostgresStore* postgres_ = nullptr;
  std::unique_ptr<log_outbox::OutboxLog> events_;
  std::unique_ptr<PaymentGateway> gateway_;
  gateway_sandbox::SandboxGateway* sandbox_ = nullptr;  // when it is the sandbox: its webhooks come from inside
  std::unique_ptr<PaymentGateway> killing_gateway_;
  std::unique_ptr<WatchedGateway> watched_gateway_;
  std::unique_ptr<GuardedGateway> guarded_gateway_;
  std::unique_ptr<blobs_folder::FolderBlobs> blobs_;
  std::unique_ptr<codec_vips::VipsCodec> codec_;
  std::unique_ptr<fetch_curl::CurlFetcher> web_;
  std::unique_ptr<cache_memory::MemoryCache> cache_;
  std::unique_ptr<Messenger> messenger_;
  std::unique_ptr<search_embedded::EmbeddedIndex> index_;
  std::unique_ptr<Shop> shop_;
};

}  // namespace kontor::app
