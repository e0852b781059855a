// The wired shop: every module, built from the world it is given (store, event log, clock, luck, gateway …): the
// machine's in the program, one of its own in the simulator. No statics: two shops may live side by side.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/behaviour.h"
#include "app/bridges.h"
#include "app/index_world.h"
#include "app/warming.h"
#include "ports/event_log.h"
#include "runtime/fiber.h"
#include "runtime/http.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/tracing.h"
#include "services/audit.h"
#include "services/check_report.h"
#include "services/cursor.h"
#include "services/dead_letters.h"
#include "services/degradation.h"
#include "services/exporting.h"
#include "services/idempotency.h"
#include "services/jobs.h"
#include "services/leases.h"
#include "services/live.h"
#include "services/settings.h"
#include "services/shopper.h"
#include "shop/accounts/accounts.h"
#include "shop/cart/cart.h"
#include "shop/cart/cart_claims.h"
#include "shop/cart/cart_live.h"
#include "shop/catalog/sales.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/checkout_metrics.h"
#include "shop/checkout/refunds.h"
#include "shop/checkout/shortages.h"
#include "shop/credit/house_gateway.h"
#include "shop/fulfilment/fulfilment.h"
#include "shop/importing/image_collecting.h"
#include "shop/importing/import_mapping.h"
#include "shop/importing/importing.h"
#include "shop/inventory/inventory.h"
#include "shop/inventory/reconciliation.h"
#include "shop/media/media.h"
#include "shop/notifications/notifications.h"
#include "shop/orders/invoices.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"
#include "shop/payments/settlement.h"
#include "shop/payments/webhooks.h"
#include "shop/pricing/currency_rates.h"
#include "shop/pricing/price_lists.h"
#include "shop/pricing/pricing.h"
#include "shop/pricing/promotion_stage.h"
#include "shop/promotions/promotions.h"
#include "shop/risk/learned_model.h"
#include "shop/risk/risk.h"
#include "shop/search/search.h"
#include "shop/shipping/shipping.h"
#include "shop/showcase/catch_up.h"
#include "shop/showcase/showcase.h"
#include "shop/tax/tax.h"

namespace kontor::app {

// Not owned; all of it outlives the Shop. `workers` may be null (the simulator).
struct World {
  db::Store& store;
  EventLog& events;
  Clock& clock;
  Random& random;
  IdSource& ids;
  PaymentGateway& gateway;
  Messenger& messenger;
  BlobStore& blobs;
  PictureCodec& codec;
  WebFetcher& web;
  Cache& cache;
  runtime::Log& log;
  runtime::Metrics& metrics;
  runtime::Workers* workers = nullptr;
  runtime::Tracer* tracer = nullptr;  // may be null
  IndexWorld search = {};
};

inline constexpr std::string_view kSeller = "Kontor";  // on invoices and under mails

struct ShopSettings {
  std::string holder = "kontor";  // this process among the replicas: leases carry it
  std::string secret;             // given by configuration; empty: the store's own
  std::string admin_token;
  std::string spool_folder = "/tmp/kontor-spool";
  std::string public_url = "http://localhost:8080";
  Currency currency;
  services::Formats formats;  // how pages, mails and invoices write amounts and dates, in the shop's time zone
  std::vector<services::Formats> other_locales;  // among which visitors may choose for pages
  checkout::CaptureWhen capture = checkout::CaptureWhen::kNow;
  bool looks_for_fraud = true;
  risk::Settings risk;
  std::int64_t sale_buffer_percent = 0;
  std::size_t ready_bytes_mb = 64, packed_bytes_mb = 512, picture_bytes_mb = 32, cart_cache_mb = 0;
  std::size_t listing_answers_mb = 0, sitemap_addresses = 10'000;
  WarmingSettings warm_up;
  bool fetch_images = false;       // of imports that do not say
  bool notified = false;           // consumers.notify() is called after every commit of this process
  std::int64_t unasked_ms = 1000;  // then consumers look so often in case a notice was lost, and are measured so often
  std::int64_t event_keep_days = 7;
  inventory::Inventory::Settings sourcing;
  inventory::ReconciliationPlan reconciliation;
  checkout::Shortages::Settings shortages;
  std::int64_t cart_reminder_ms = kDayMs;           // of silence; 0: customers are not reminded
  std::int64_t cart_last_reminder_ms = 3 * kDayMs;  // before a cart expires; 0: likewise
  std::optional<std::int64_t> express_price;        // in the currency's smallest unit; absent: not offered
  services::LoadThresholds degradation;             // when it does without extras
  BehaviourSettings behaviour;
  bool asks_consent = true;  // pages ask visitors whether they may be counted
  bool serves = true;        // false: no routes are made; the simulator asks the modules themselves
  bool only_process = true;  // nobody else works on this store: unfinished checkouts are taken up at once
};

class Shop {
 public:
  // Migrated store expected. Errors are the store's.
  static Result<std::unique_ptr<Shop>> make(const World& world, const ShopSettings& settings);
  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  // Consumers, jobs, sweepers: fibers of `loop`, until stop() and the loop's own end.
  Result<void> start(runtime::Loop& loop);
  void stop();
  bool running() const;
  // What the sweepers do, once, on the calling fiber; how much there was to do.
  Result<int> sweep();

  // Removes what time made useless: carts, idempotency answers, finished jobs, events. Once a minute while it runs.
  Result<void> tidy();

  // Every invariant of every module over the whole store.
  Result<void> check(services::CheckReport& report);

  // What can be exported, by name: products, orders, customers.
  std::vector<std::pair<std::string, services::Export>> exports();

  // The API below /api/v1 and the pages and assets below "/".
  const http::Router& api() const { return api_; }
  http::Router& pages() { return pages_; }

 private:
  explicit Shop(const World& world, const ShopSettings& settings, std::string secret);
  void add_routes();     // routes.cpp
  void add_consumers();  // routes.cpp
  // Logs what went wrong, if something did.
  template <class T>
  bool complain(std::string_view what, const Result<T>& done);
  Result<int> look_after_shortages();
  bool rest(services::Bell& bell, std::int64_t ms);
  void tick_fiber(), catch_up_fiber(), stock_fiber(), carts_fiber(), prices_fiber(), tidy_fiber(), behaviour_fiber();
  void warm_fiber(), search_fiber(), merge_fiber(), save_index();  // searching.cpp, but for the first
  search::SalesSource sales_source();
  void learn_from_visitors();
  Result<void> in_chunks(const std::function<Result<int>()>& chunk);

 public:  // the modules, for pages, commands and the simulator
  World world;
  ShopSettings settings;
  services::Settings stored_settings;
  services::Degradation degradation;
  services::Leases leases;
  services::Shoppers shoppers;
  services::Live live;
  services::Cursors cursors;
  services::Audit audit;
  services::Idempotency idempotency;
  services::Jobs jobs;
  services::JobRunner job_runner;
  services::ConsumerRunner consumers;
  services::DeadLetters dead_letters;
  catalog::Catalog catalog;
  catalog::Sales sales;
  inventory::Inventory inventory;
  inventory::Reconciliation reconciliation;
  PromotionShoppers promotion_shoppers;
  promotions::Promotions promotions;
  shipping::Shipping shipping;
  tax::Taxes taxes;
  pricing::PromotionStage promotion_stage;
  pricing::ShippingStage shipping_stage;
  pricing::FreeShippingStage free_shipping_stage;
  pricing::TaxStage tax_stage;
  pricing::PriceLists price_lists;
  pricing::CurrencyRates currency_rates;
  OperatorRates operator_rates;
  pricing::Pricing pricing;
  showcase::Showcase showcase;
  showcase::CatchUp catch_up;
  std::optional<search::Search> search;  // where there is an index
  ShowcaseOffers offers;
  ShowcaseAlternatives alternatives;
  StorePrices prices;
  CatalogLookup lookup;
  cart::CartClaims cart_claims;
  cart::Carts carts;
  cart::NamedCarts named_carts;
  cart::CartsLive carts_live;
  credit::Credits credits;
  credit::HouseGateway gateway;
  payments::Payments payments;
  payments::Settlements settlements;
  payments::SavedCards saved_cards;
  orders::Orders orders;
  orders::Invoices invoices;
  OrderPayments order_payments;
  fulfilment::Fulfilment fulfilment;
  accounts::Accounts accounts;
  risk::LearnedModel risk_model;
  risk::Risk risk;
  checkout::CheckoutMetrics checkout_metrics;
  checkout::Checkouts checkouts;
  checkout::Shortages shortages;
  checkout::Refunds refunds;
  UnplacedPurchases unplaced;
  CustomerCarts customer_carts;
  UnsentGiftCards unsent_gift_cards;
  notifications::Notifications notifications;
  payments::Webhooks webhooks;
  SandboxWebhooks sandbox_webhooks;
  media::Media media;
  importing::Importer importer;
  importing::Mappings mappings;
  importing::ImageCollector images;
  Behaviour behaviour;
  Warming warming;

 private:
  http::Router api_{"/api/v1"};
  http::Router pages_{""};
  std::atomic<bool> stopping_{false};
  std::atomic<int> fibers_{0};
  struct {
    services::Bell tick, catch_up, tidy, stock, carts, prices, search, merge;
  } bells_;  // of its fibers, rung when it stops
};

}  // namespace kontor::app
