#include "app/behaviour.h"

#include "shop/experiments/experiments_api.h"
#include "shop/experiments/experiments_consumers.h"
#include "shop/telemetry/telemetry_api.h"
#include "shop/telemetry/telemetry_consumers.h"

namespace kontor::app {
namespace {

Result<std::vector<ProductId>> known(catalog::Catalog& catalog, std::span<const ProductId> asked) {
  TRY(const auto offers, catalog.offers_of(asked));
  std::vector<ProductId> out;  // offers come by product
  for (const auto& offer : offers)
    if (out.empty() || out.back() != offer.product) out.push_back(offer.product);
  return out;
}

}  // namespace

telemetry::Telemetry::Settings Behaviour::telemetry_settings(const BehaviourSettings& settings,
                                                             catalog::Catalog& catalog) {
  return {settings.keeps_words, settings.keep_days,
          [&catalog](std::span<const ProductId> asked) { return known(catalog, asked); }, [this] { bell_.ring(); }};
}

experiments::Experiments::Settings Behaviour::experiment_settings(const Parts& parts) {
  return {parts.currency, [&rates = parts.rates] { return rates.table(); }, [this] { bell_.ring(); }};
}

Behaviour::Behaviour(const Parts& parts, const BehaviourSettings& settings, std::string_view secret)
    : visitors(secret),
      telemetry(parts.store, parts.clock, parts.metrics, telemetry_settings(settings, parts.catalog)),
      experiments({parts.store, parts.clock, parts.ids, visitors}, experiment_settings(parts)),
      clock_(parts.clock) {}

void Behaviour::add_routes(http::Router& router, const services::Shoppers& shoppers, services::Audit& audit) {
  telemetry::add_telemetry_routes(router, {telemetry, shoppers, visitors});
  const auto visitor = [this, &shoppers](const http::Request& request, bool consent) -> Result<std::uint64_t> {
    TRY(const auto shopper, shoppers.of(request));
    telemetry::Visit visit = visit_of(request, shopper.customer);
    if (consent && visit.consent == telemetry::Consent::kUnsaid) visit.consent = telemetry::Consent::kGiven;
    return visit.agreed();
  };
  experiments::add_experiments_routes(router, {experiments, shoppers, audit, visitor});
}

void Behaviour::add_consumers(services::ConsumerRunner& consumers) {
  consumers.add(telemetry::sales_consumer(clock_));
  consumers.add(experiments::orders_consumer(experiments));
  consumers.add(experiments::memory_consumer(experiments));
}

Result<int> Behaviour::prune(int limit) {
  TRY(const int gone, telemetry.prune(limit));
  return gone >= limit ? Result<int>(gone) : experiments.prune(limit);
}

void Behaviour::run(const std::atomic<bool>& stopping, const std::function<void(const Result<int>&)>& trouble) {
  constexpr std::int64_t kGatherMs = 1000, kAfterTroubleMs = 5000;
  bool waits = true;
  while (!stopping.load()) {
    if (waits) bell_.wait_for(kMinuteMs);
    if (!stopping.load()) bell_.wait_for(kGatherMs);  // rung when there is little room left
    const auto seen = telemetry.drain(), shown = experiments.drain();
    trouble(seen);
    trouble(shown);
    waits = seen.has_value() && shown.has_value();
    if (!waits && !stopping.load()) bell_.wait_for(kAfterTroubleMs);
  }
}

}  // namespace kontor::app
