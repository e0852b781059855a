#include "app/house.h"

#include <sys/stat.h>
#include <unistd.h>

#include "adapters/messenger_files/files_messenger.h"
#include "adapters/messenger_smtp/smtp_messenger.h"
#include "app/backup.h"
#include "app/migrations.h"
#include "base/text.h"
#include "ports/webhook_signature.h"

namespace kontor::app {
namespace {

// postgresql://user:password@host/database → host/database
std::string without_password(const std::string& url) {
  const auto scheme = url.find("://");
  const auto start = scheme == std::string::npos ? 0 : scheme + 3;
  const auto at = url.rfind('@', url.find('/', start));
  const auto end = url.find('?');
  const auto from = at == std::string::npos ? start : at + 1;
  return url.substr(from, end == std::string::npos ? std::string::npos : end - from);
}

std::string folder_of(const runtime::Config& config, std::string_view name) {
  const std::string& given = config.text("mail_folder");
  if (name == "mails" && !given.empty()) return given;
  return config.text("data") + "/" + std::string(name);
}

Result<inventory::TransitTable::Days> transit_of(const runtime::Config& config, std::string_view name) {
  if (const auto days = inventory::parse_transit(config.text(name))) return *days;
  return fail(Errc::kInvalid, "config.bad_value",
              std::string(name) + " is '" + config.text(name) +
                  "'; it says six times the earliest and the latest day, " + "as in 1-2 2-3 2-5 4-7 5-12 3-8.");
}

Result<inventory::Inventory::Settings> sourcing_of(const runtime::Config& config) {
  inventory::Inventory::Settings settings;
  settings.sold_out_ms = config.number("sold_out_ms");
  settings.preference = *value_of<inventory::Preference>(config.text("warehouse_choice"));
  TRY(settings.transit.standard, transit_of(config, "transit_standard"));
  TRY(settings.transit.express, transit_of(config, "transit_express"));
  return settings;
}

Result<services::Formats> formats_of(std::string_view setting, const std::string& tag, const services::TimeZone& zone) {
  if (auto formats = services::Formats::of(tag, zone)) return std::move(*formats);
  return fail(
      Errc::kInvalid, "config.bad_value",
      std::string(setting) + ": '" + tag + "' is no locale; it must be a language and a country such as de-CH.");
}

// How amounts and dates are written, by whose clock.
Result<void> take_formats(const runtime::Config& config, ShopSettings& settings) {
  const std::string& name = config.text("time_zone");
  const auto zone = services::TimeZone::of(name);
  if (!zone)
    return fail(Errc::kInvalid, "config.bad_value",
                "time_zone is '" + name + "'; it must be a name of IANA's such as Europe/Berlin, or UTC.");
  TRY(settings.formats, formats_of("locale", config.text("locale"), *zone));
  for (const auto& tag : config.list("locales")) {
    TRY(auto formats, formats_of("locales", tag, *zone));
    settings.other_locales.push_back(std::move(formats));
  }
  return {};
}

Result<services::LoadThresholds::Each> levels_of(const runtime::Config& config, std::string_view name) {
  if (const auto levels = services::LoadThresholds::parse(config.text(name))) return *levels;
  std::string words(name);
  words.append(" is '").append(config.text(name)).append("'; it says of levels 1 to 4 when they begin: ");
  words.append("whole numbers that do not fall, as in 10 20 30 40.");
  return fail(Errc::kInvalid, "config.bad_value", std::move(words));
}

Result<services::LoadThresholds> degradation_of(const runtime::Config& config) {
  services::LoadThresholds thresholds;
  thresholds.follows_load = config.on("degradation");
  TRY(thresholds.delay_ms, levels_of(config, "degradation_delay_ms"));
  TRY(thresholds.requests, levels_of(config, "degradation_requests"));
  thresholds.rise_after_ms = config.number("degradation_rise_ms");
  thresholds.fall_after_ms = config.number("degradation_fall_ms");
  return thresholds;
}

Result<std::vector<std::string>> webhook_secrets_of(const runtime::Config& config) {
  std::vector<std::string> secrets;
  for (const auto part : split(config.text("gateway_webhook_secrets"), ' ')) {
    if (trim(part).empty()) continue;
    if (trim(part).size() < kWebhookSecretBytes)
      return fail(
          Errc::kInvalid, "config.bad_value",
          "gateway_webhook_secrets: each secret has at least " + std::to_string(kWebhookSecretBytes) + " characters.");
    secrets.emplace_back(trim(part));
  }
  return secrets;
}

}  // namespace

Result<std::unique_ptr<House>> House::open(const runtime::Config& config, runtime::Log& log, runtime::Metrics& metrics,
                                           const Helpers& helpers) {
  runtime::Workers* const workers = helpers.workers;
  auto house = std::unique_ptr<House>(new House());
  const auto currency = Currency::parse(config.text("currency"));
  if (!currency)
    return fail(Errc::kInvalid, "config.bad_value",
                "currency is '" + config.text("currency") + "', which is not on ISO 4217's list.");
  ShopSettings settings;
  TRY(settings.sourcing, sourcing_of(config));
  TRY_DO(take_formats(config, settings));
  TRY(settings.degradation, degradation_of(config));
  TRY_DO(house->open_store(config, log, metrics));
  house->kill_points_ = KillPoints::from_environment();
  if (house->kill_points_) house->store_ = house->kill_points_->in_front_of(std::move(house->store_));
  house->telling_ = std::make_unique<TellingStore>(*house->store_);
  TRY(house->migrated_, house->migrator_->migrate(all_migrations()));
  house->ids_ = std::make_unique<IdSource>(house->random_.number());
  house->events_ = std::make_unique<log_outbox::OutboxLog>(*house->telling_);
  TRY_DO(house->open_gateway(config, metrics));
  house->blobs_ = std::make_unique<blobs_folder::FolderBlobs>(folder_of(config, "media"), workers);
  house->codec_ = std::make_unique<codec_vips::VipsCodec>(workers);
  fetch_curl::CurlFetcher::Settings web;
  web.private_addresses = config.on("fetch_private_addresses");
  house->web_ = std::make_unique<fetch_curl::CurlFetcher>(web);
  house->cache_ = std::make_unique<cache_memory::MemoryCache>(
      house->clock_, static_cast<std::size_t>(config.number("cache_mb")) << 20);
  TRY_DO(house->open_messenger(config, workers));
  // Alone on its store, a restarted program takes its own leases up at once; replicas must differ.
  settings.holder =
      house->sqlite_ != nullptr ? "kontor" : "kontor-" + std::to_string(::getpid()) + "-" + house->random_.hex(4);
  settings.secret = config.text("secret_key");
  settings.admin_token = config.text("admin_token");
  settings.spool_folder = folder_of(config, "spool");
  settings.public_url = config.text("public_url").empty()
                            ? (config.text("tls_cert").empty() ? "http://" : "https://") + config.text("listen")
                            : config.text("public_url");
  settings.currency = *currency;
  if (config.text("capture") == "later") settings.capture = checkout::CaptureWhen::kLater;
  settings.looks_for_fraud = config.on("risk");
  settings.risk.currency = *currency;
  settings.risk.high_value_minor = config.number("risk_high_value");
  settings.risk.review_above = config.number("risk_review");
  settings.risk.reject_above = config.number("risk_reject");
  settings.packed_bytes_mb = static_cast<std::size_t>(config.number("packed_bytes_mb"));
  settings.ready_bytes_mb = static_cast<std::size_t>(config.number("ready_bytes_mb"));
  settings.picture_bytes_mb = static_cast<std::size_t>(config.number("picture_bytes_mb"));
  settings.cart_cache_mb = static_cast<std::size_t>(config.number("cart_cache_mb"));
  settings.listing_answers_mb = static_cast<std::size_t>(config.number("listing_answers_mb"));
  settings.sitemap_addresses = static_cast<std::size_t>(config.number("sitemap_addresses"));
  settings.warm_up = {static_cast<std::size_t>(config.number("warm_up")), config.number("warm_up_seconds") * kSecondMs};
  settings.fetch_images = config.on("fetch_images");
  settings.only_process = house->sqlite_ != nullptr;
  settings.notified = true;
  settings.reconciliation = {config.number("reconcile_minutes") * kMinuteMs, config.on("reconcile_repairs")};
  settings.shortages.decide_ms = config.number("oversold_wait_hours") * kHourMs;
  settings.cart_reminder_ms = config.number("cart_reminder_hours") * kHourMs;
  settings.cart_last_reminder_ms = config.number("cart_last_reminder_days") * kDayMs;
  settings.sale_buffer_percent = config.number("sale_buffer");
  settings.event_keep_days = config.number("event_keep_days");
  settings.behaviour = {config.text("search_words") == "unless_refused", config.number("behaviour_keep_days")};
  settings.asks_consent = config.on("consent_bar");
  if (const auto price = config.number("express_price"); price >= 0) settings.express_price = price;
  const World world{*house->telling_,
                    *house->events_,
                    house->clock_,
                    house->random_,
                    *house->ids_,
                    *house->guarded_gateway_,
                    *house->messenger_,
                    *house->blobs_,
                    *house->codec_,
                    *house->web_,
                    *house->cache_,
                    log,
                    metrics,
                    workers,
                    helpers.tracer,
                    helpers.searches ? house->open_index(config, log, helpers.searchers) : IndexWorld{}};
  TRY(house->shop_, Shop::make(world, settings));
  house->telling_->set_listener([shop = house->shop_.get()] { shop->consumers.notify(); });
  if (house->sandbox_ != nullptr) house->sandbox_->set_sink(&house->shop_->sandbox_webhooks);
  return house;
}

// From its file, or empty: what is damaged is made anew, never served.
IndexWorld House::open_index(const runtime::Config& config, runtime::Log& log, runtime::Workers* searchers) {
  const std::string path = folder_of(config, kIndexFile);
  search_embedded::EmbeddedIndex::Options options;
  options.language = config.text("locale").substr(0, config.text("locale").find('-'));
  index_ = std::make_unique<search_embedded::EmbeddedIndex>(options);
  IndexWorld world;
  world.searchers = searchers;
  auto position = index_->load(path);
  if (position) {
    world.position = std::move(*position);
  } else {
    if (position.error().code != Errc::kNotFound)
      log.warning("the search index is made anew",
                  {{"reason", position.error().reason}, {"detail", position.error().detail}});
    index_ = std::make_unique<search_embedded::EmbeddedIndex>(options);
  }
  world.index = index_.get();
  world.save = [this, path](std::string_view saved) { return index_->save(path, saved); };
  return world;
}

Result<void> House::open_store(const runtime::Config& config, runtime::Log& log, runtime::Metrics& metrics) {
  const auto alarm = [&log](std::string_view words) { log.error("the store", {{"words", words}}); };
  if (const std::string& url = config.text("store"); !url.empty()) {
    if (!url.starts_with("postgresql://") && !url.starts_with("postgres://")) {
      return fail(Errc::kInvalid, "config.bad_value",
                  "store begins with postgresql://, or is empty for the embedded store.");
    }
    db_postgres::PostgresStore::Options options;
    options.url = url;
    options.alarm = alarm;
    options.metrics = &metrics;
    options.batch = options.read_batch = static_cast<int>(config.number("postgres_batch"));
    options.queue_table = "outbox_pending";
    place_ = "PostgreSQL at " + without_password(url);
    TRY(auto opened, db_postgres::PostgresStore::open(std::move(options)));
    postgres_ = opened.get();
    migrator_ = opened.get();
    store_ = std::move(opened);
    ::mkdir(config.text("data").c_str(), 0755);  // mails and the sandbox gateway's file still lie here
    return {};
  }
  if (const auto unfinished = config.text("data") + "/" + kUnfinishedRestore; ::access(unfinished.c_str(), F_OK) == 0)
    return fail(Errc::kUnavailable, "restore.unfinished",
                "A restore into " + config.text("data") + " was interrupted (" + unfinished +
                    " is there): empty the folder and restore again.");
  db_sqlite::SqliteStore::Options options;
  options.folder = config.text("data");
  options.alarm = alarm;
  options.metrics = &metrics;
  place_ = "the folder " + options.folder;
  TRY(auto opened, db_sqlite::SqliteStore::open(std::move(options)));
  sqlite_ = opened.get();
  migrator_ = opened.get();
  store_ = std::move(opened);
  return {};
}

Result<void> House::open_sandbox(const runtime::Config& config) {
  gateway_sandbox::Options options;
  options.folder = config.text("data");
  options.timeout_ms = config.number("gateway_timeout_ms");
  TRY(options.webhook_secrets, webhook_secrets_of(config));
  TRY(auto sandbox, gateway_sandbox::SandboxGateway::open(std::move(options), clock_));
  sandbox_ = sandbox.get();
  gateway_ = std::move(sandbox);
  return {};
}

// Whichever gateway it is, around it its calls are counted, and its troubles kept from spreading.
Result<void> House::open_gateway(const runtime::Config& config, runtime::Metrics& metrics) {
  if (config.text("gateway") == "sandbox") TRY_DO(open_sandbox(config));
  KONTOR_ASSERT(gateway_ != nullptr);
  if (kill_points_) killing_gateway_ = kill_points_->in_front_of(*gateway_);
  PaymentGateway& asked = killing_gateway_ ? *killing_gateway_ : *gateway_;
  watched_gateway_ = std::make_unique<WatchedGateway>(asked, metrics);
  GuardedGateway::Settings guard;
  guard.failures = static_cast<int>(config.number("gateway_failures"));
  guard.rest_ms = config.number("gateway_rest_ms");
  guard.calls = static_cast<int>(config.number("gateway_calls"));
  guarded_gateway_ = std::make_unique<GuardedGateway>(*watched_gateway_, clock_, metrics, guard);
  return {};
}

Result<void> House::open_messenger(const runtime::Config& config, runtime::Workers* workers) {
  const std::string& url = config.text("smtp_url");
  const std::string& from = config.text("mail_from");
  const auto sender = parse_mailbox(from.empty() ? "shop@localhost" : from);
  if (!sender || (from.empty() && !url.empty()))
    return fail(Errc::kInvalid, "config.bad_value",
                "mail_from is '" + from + "'; it must be an address such as Tea House <shop@example.com>.");
  if (url.empty()) {
    messenger_ = std::make_unique<messenger_files::FilesMessenger>(folder_of(config, "mails"), *sender, clock_);
    return {};
  }
  messenger_smtp::Options options;
  options.url = url;
  options.user = config.text("smtp_user");
  options.password = config.text("smtp_password");
  options.from = *sender;
  const std::string& tls = config.text("smtp_tls");
  options.tls = tls == "required"  ? messenger_smtp::Tls::kRequired
                : tls == "offered" ? messenger_smtp::Tls::kOffered
                                   : messenger_smtp::Tls::kOff;
  options.ca_file = config.text("smtp_ca_file");
  options.timeout_ms = config.number("smtp_timeout_ms");
  TRY(messenger_, messenger_smtp::SmtpMessenger::open(std::move(options), clock_, workers));
  return {};
}

House::~House() {
  if (telling_) telling_->set_listener(nullptr);
  if (sandbox_ != nullptr) sandbox_->set_sink(nullptr);
}

Result<void> House::check_files() { return sqlite_ == nullptr ? Result<void>{} : sqlite_->check(); }

void House::watch_store(runtime::Metrics& metrics) {
  if (postgres_ != nullptr) {
    metrics.watch_total("kontor_store_connections_lost_total", "Connections to PostgreSQL lost on the way",
                        [this] { return static_cast<double>(postgres_->stats().lost); });
    return;
  }
  const auto places = sqlite_->places();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const runtime::Labels labels{{"place", places[i].name}};
    const auto figure = [this, i](auto part) {
      return [this, i, part] { return static_cast<double>(part(sqlite_->stats()[i])); };
    };
    using Stats = db_sqlite::Writer::Stats;
    metrics.watch("kontor_store_queued", "Write functions that wait for the writer",
                  figure([](const Stats& stats) { return stats.queued; }), labels);
    metrics.watch_total("kontor_store_batches_total", "Transactions that the writer began for waiting functions",
                        figure([](const Stats& stats) { return stats.batches; }), labels);
    metrics.watch_total("kontor_store_checkpoints_total", "Times the writer itself had to copy its log",
                        figure([](const Stats& stats) { return stats.checkpoints; }), labels);
    metrics.watch_total("kontor_store_rows_total", "Rows inserted, changed or deleted",
                        figure([](const Stats& stats) { return stats.rows; }), labels);
    metrics.watch_total("kontor_store_log_pages_total", "Pages that commits have put into the log",
                        figure([](const Stats& stats) { return stats.pages; }), labels);
  }
}

}  // namespace kontor::app
