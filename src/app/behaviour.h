// What visitors do, put together: telemetry, experiments, and the fiber that writes both about a second after it was
// observed.
#pragma once
#include <atomic>
#include <string_view>

#include "services/audit.h"
#include "services/bell.h"
#include "services/consumers.h"
#include "services/shopper.h"
#include "services/visitors.h"
#include "shop/catalog/catalog.h"
#include "shop/experiments/experiments.h"
#include "shop/pricing/currency_rates.h"
#include "shop/telemetry/telemetry.h"

namespace kontor::app {

struct BehaviourSettings {
  bool keeps_words = false;  // of searches also where nothing is said about consent
  std::int64_t keep_days = 400;
};

class Behaviour {
 public:
  // All outlive it; `catalog` is asked once somebody claims to have seen a product, `rates` by orders.
  struct Parts {
    db::Store& store;
    Clock& clock;
    IdSource& ids;
    runtime::Metrics& metrics;
    catalog::Catalog& catalog;
    pricing::CurrencyRates& rates;
    Currency currency;  // the shop's
  };
  Behaviour(const Parts& parts, const BehaviourSettings& settings, std::string_view secret);

  void add_routes(http::Router& router, const services::Shoppers& shoppers, services::Audit& audit);
  void add_consumers(services::ConsumerRunner& consumers);

  // Who asks, and whether they may be counted; `customer` as the request's token says.
  telemetry::Visit visit_of(const http::Request& request, CustomerId customer) const {
    return telemetry::visit_of(request, visitors.number(customer));
  }

  // On a fiber, until `stopping` and end_wait(); `trouble` is told what could not be written, and is tried again.
  void run(const std::atomic<bool>& stopping, const std::function<void(const Result<int>&)>& trouble);
  void end_wait() { bell_.ring(); }
  Result<int> prune(int limit);

  services::Visitors visitors;
  telemetry::Telemetry telemetry;
  experiments::Experiments experiments;

 private:
  telemetry::Telemetry::Settings telemetry_settings(const BehaviourSettings& settings, catalog::Catalog& catalog);
  experiments::Experiments::Settings experiment_settings(const Parts& parts);

  Clock& clock_;
  services::Bell bell_;
};

}  // namespace kontor::app
