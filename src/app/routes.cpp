// Which module answers what, and who hears which event: one list each.
#include "app/searching.h"
#include "app/shop.h"
#include "services/degradation_api.h"
#include "services/events_api.h"
#include "services/jobs_api.h"
#include "services/live.h"
#include "shop/accounts/accounts_api.h"
#include "shop/accounts/customer_export.h"
#include "shop/cart/cart_api.h"
#include "shop/cart/cart_claims_api.h"
#include "shop/cart/named_carts_api.h"
#include "shop/catalog/brands_api.h"
#include "shop/catalog/catalog_api.h"
#include "shop/catalog/sales_api.h"
#include "shop/checkout/cancellation_api.h"
#include "shop/checkout/checkout_api.h"
#include "shop/checkout/checkout_consumers.h"
#include "shop/checkout/preview.h"
#include "shop/checkout/refunds_api.h"
#include "shop/checkout/reorder.h"
#include "shop/checkout/shortages_api.h"
#include "shop/credit/credit_api.h"
#include "shop/fulfilment/fulfilment_api.h"
#include "shop/importing/importing_api.h"
#include "shop/importing/product_export.h"
#include "shop/inventory/inventory_api.h"
#include "shop/inventory/inventory_consumers.h"
#include "shop/inventory/reconciliation_api.h"
#include "shop/media/media_api.h"
#include "shop/notifications/notifications_consumers.h"
#include "shop/orders/order_export.h"
#include "shop/orders/orders_api.h"
#include "shop/orders/orders_consumers.h"
#include "shop/payments/payments_api.h"
#include "shop/payments/saved_cards_api.h"
#include "shop/pricing/currency_rates_api.h"
#include "shop/pricing/price_lists_api.h"
#include "shop/promotions/promotions_api.h"
#include "shop/promotions/promotions_consumers.h"
#include "shop/risk/risk_api.h"
#include "shop/search/search_api.h"
#include "shop/search/tuning_api.h"
#include "shop/shipping/shipping_api.h"
#include "shop/shipping/shipping_consumers.h"
#include "shop/showcase/showcase_api.h"
#include "shop/showcase/showcase_consumers.h"
#include "shop/tax/tax_api.h"
#include "shop/tax/tax_consumers.h"

namespace kontor::app {
namespace {

// What moves or walks over much, and can wait until the shop is calmer.
bool is_bulk(const http::Endpoint& endpoint) {
  constexpr std::string_view kImport = "/admin/import", kTaxRates = "/admin/tax-rates/import",
                             kDrift = "/admin/inventory/reconciliation", kExports = "/admin/export/";
  const std::string_view pattern = endpoint.pattern;
  return pattern == kImport || pattern == kTaxRates || pattern == kDrift || pattern.starts_with(kExports);
}

bool moves_bulk(const services::Degradation& degradation, const http::Call&) { return degradation.moves_bulk(); }

bool is_listing(const http::Endpoint& endpoint) {
  constexpr std::string_view kProducts = "/products", kSearch = "/search", kCategory = "/categories/{id}/products";
  const std::string_view pattern = endpoint.pattern;
  return pattern == kProducts || pattern == kSearch || pattern == kCategory;
}

bool answers_words(const services::Degradation& degradation, const http::Call& call) {
  const std::string_view query = call.request.query;
  const bool has_words = query.starts_with("q=") || query.find("&q=") != std::string_view::npos;
  return degradation.answers_search() || !has_words;
}

// With what of them rests while the shop is very busy.
void add_sparing(http::Router& to, const http::Router& from, const services::Degradation& degradation) {
  for (const auto& endpoint : from.endpoints()) {
    if (is_bulk(endpoint))
      to.add(services::with_rests(endpoint, degradation, moves_bulk));
    else if (is_listing(endpoint))
      to.add(services::with_rests(endpoint, degradation, answers_words));
    else
      to.add(endpoint);
  }
}

}  // namespace

void Shop::add_routes() {
  http::Router sparing(api_.base());
  showcase::add_showcase_routes(api_, showcase, &operator_rates);
  if (search) {
    search::add_search_routes(sparing, searching_parts(*this));
    search::add_tuning_routes(api_, {search->tuning(), shoppers, audit});
  }
  catalog::add_catalog_routes(api_, {catalog, shoppers, cursors, audit});
  catalog::add_brand_routes(
      api_, {catalog, cursors, settings.currency, world.store.engine() == "sqlite" ? world.workers : nullptr});
  catalog::add_sales_routes(api_, {sales, shoppers, cursors, audit});
  cart::add_cart_routes(api_, carts, shoppers);
  cart::add_named_cart_routes(api_, named_carts, carts, shoppers);
  cart::add_cart_claim_routes(api_, {cart_claims, offers, shoppers, audit});
  const checkout::ApiParts buying{checkouts, orders, accounts, saved_cards, shoppers, audit};
  checkout::add_checkout_routes(api_, buying);
  checkout::add_preview_routes(api_, checkouts, shoppers);
  http::Router after_buying(api_.base());
  checkout::add_settling_routes(after_buying, buying);
  checkout::add_cancellation_routes(after_buying, {checkouts, orders, shoppers, audit});
  checkout::add_reorder_routes(after_buying, {carts, orders, shoppers});
  checkout::add_refunds_routes(after_buying, {refunds, shoppers, audit});
  checkout::add_shortages_routes(after_buying, {shortages, orders, alternatives, shoppers, cursors, audit});
  fulfilment::add_fulfilment_routes(after_buying, {fulfilment, shoppers, cursors, audit});
  credit::add_credit_routes(api_, after_buying,
                            {credits, shoppers, cursors, audit, world.clock, [this](CustomerId id) -> Result<bool> {
                               TRY(const auto customer, accounts.find(id));
                               return customer.has_value();
                             }});
  services::add_idempotent(api_, after_buying, idempotency, shoppers, db::Home::kCustomer);
  pricing::add_currency_rates_routes(api_, {currency_rates, shoppers, audit});
  pricing::add_price_lists_routes(api_, {price_lists, shoppers, cursors, audit});
  promotions::add_promotions_routes(api_, {promotions, shoppers, cursors, audit});
  risk::add_risk_routes(api_, {risk, shoppers, cursors, audit});
  shipping::add_shipping_routes(api_, {shipping, shoppers, audit});
  tax::add_tax_routes(sparing, {taxes, shoppers, cursors, audit, settings.spool_folder});
  orders::add_orders_routes(api_, orders, shoppers, cursors);
  orders::add_invoice_routes(api_, {orders, invoices, shoppers, {std::string(kSeller), settings.formats}});
  payments::add_payments_routes(api_, {payments.ledger(), settlements, order_payments, world.clock, shoppers, cursors});
  payments::add_saved_card_routes(api_, {saved_cards, shoppers});
  accounts::add_accounts_routes(api_, {accounts, shoppers, audit, world.store, world.clock, world.ids});
  payments::add_webhook_routes(api_, webhooks);
  importing::ApiSettings imports{settings.spool_folder, settings.currency};
  imports.fetch_images = settings.fetch_images;
  importing::add_importing_routes(sparing, {importer, mappings, jobs, shoppers}, imports);
  media::add_media_routes(api_, {media, shoppers, cursors, audit});
  media::add_picture_routes(pages_, media);
  http::Router stock(api_.base());
  inventory::add_inventory_routes(stock, {inventory, shoppers, cursors, audit, lookup});
  inventory::add_reconciliation_routes(stock, {reconciliation, shoppers, audit, world.store});
  services::add_idempotent(sparing, stock, idempotency, shoppers, db::Home::kStock);
  for (const auto& [what, export_of] : exports()) services::add_export_route(sparing, what, export_of, shoppers);
  add_sparing(api_, sparing, degradation);
  services::add_degradation_api(api_, {degradation, shoppers, audit, world.clock});
  services::add_jobs_api(api_, jobs, shoppers);
  services::add_dead_letters_api(api_, {dead_letters, shoppers, cursors, audit});
  services::add_events_api(api_, world.events, shoppers);
  orders::add_order_channel(live, orders);
  carts_live.add_channel();
  services::add_live_routes(api_, live, shoppers);
  services::add_audit_api(api_, audit, shoppers, cursors);
  behaviour.add_routes(api_, shoppers, audit);
}

std::vector<std::pair<std::string, services::Export>> Shop::exports() {
  return {{"products", importing::product_export(catalog, inventory)},
          {"orders", orders::order_export(orders)},
          {"customers", accounts::customer_export(accounts)}};
}

void Shop::add_consumers() {
  showcase::add_showcase_consumers(consumers, showcase);
  if (search) consumers.add(search::tuning_consumer(search->tuning()));
  consumers.add(orders::live_consumer(live, orders));
  consumers.add(cart::taken_consumer(carts_live, showcase));
  consumers.add(cart::claims_consumer(cart_claims));
  consumers.add(invoices.consumer());
  consumers.add(notifications::mail_consumer(notifications));
  consumers.add(inventory::memory_consumer(inventory));
  consumers.add(promotions::memory_consumer(promotions));
  consumers.add(pricing::memory_consumer(price_lists));
  consumers.add(pricing::memory_consumer(currency_rates));
  consumers.add(shipping::memory_consumer(shipping));
  consumers.add(tax::memory_consumer(taxes));
  consumers.add(checkout::oversold_consumer(shortages));
  consumers.add(checkout::capture_consumer(checkouts, credits, settings.capture));
  behaviour.add_consumers(consumers);
  inventory::add_reconciliation_job(job_runner, reconciliation, settings.reconciliation, world.clock);
  payments::add_settlement_job(job_runner, settlements);
  risk::add_learning_job(job_runner, risk, risk_model, stored_settings, world.clock);
  importing::add_import_job(job_runner, importer, jobs);
  importing::add_image_job(job_runner, images, [&log = world.log](const importing::ImageFailure& failure) {
    log.warning("a picture could not be had", {{"product", failure.product_id.text()},
                                               {"address", failure.address},
                                               {"reason", failure.reason},
                                               {"detail", failure.message}});
  });
}

}  // namespace kontor::app
