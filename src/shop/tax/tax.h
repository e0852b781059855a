// What tax is due on a cart that goes somewhere: by the rates that the operator brought, of place and class, contained
// in prices or on top of them, rounded by line or by order. Owns tax_rates, tax_settings and tax_exemptions in the home
// `global`, as the shop's other settings; they are held compiled in memory, read anew at once by the process that
// changed them and by event in the others.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/tax_provider.h"
#include "services/if_match.h"
#include "services/snapshot.h"
#include "shop/tax/tax_rate.h"

namespace kontor::tax {

struct Request {
  std::vector<TaxQuestion::Line> lines;
  Money shipping;
  std::string country, region, postal_code;  // no country: nobody knows yet, and nothing is computed
  Currency currency;
  std::string tax_id;
  Time now;
};

struct Computed {
  TaxAnswer answer;
  bool included = false;   // prices hold the tax: the total does not change
  bool estimated = false;  // the provider did not answer, the table did
  std::string seller_tax_id;
  // What prices hold of a tax that is not due (reverse charge, exempt): it comes off, by line and of shipping.
  std::vector<Money> relief;
  Money shipping_relief;
};

struct KeptRate {
  TaxRateId id;
  RateText rate;
  std::int64_t version = 0;
  Time updated_at;
};
struct KeptSettings {
  SettingsText settings;
  std::int64_t version = 0;
  Time updated_at;
};
struct KeptExemption {
  ExemptionText exemption;
  std::int64_t version = 0;
  Time updated_at;
};

// A row of an import that was not taken.
struct BadRate {
  std::int64_t row = 0;  // from 1
  std::string field, code, message;
};
inline constexpr std::size_t kMostBadRates = 100;  // told of an import
struct ImportReport {
  std::int64_t rows = 0, created = 0, updated = 0, unchanged = 0, removed = 0;
  std::vector<BadRate> errors;  // any: nothing was changed
};

struct Table;

class Taxes {
 public:
  // `store` may be null: then only hold() brings rates (tests). `provider` may be null: the table is the provider.
  Taxes(db::Store* store, Clock& clock, IdSource& ids, TaxProvider* provider = nullptr);
  ~Taxes();

  // kInvalid "tax.bad_tax_id" at /tax_id for what begins as a VAT number and is none, where the shop sells within the
  // European Union; kInvalid "tax.no_rate" at /shipping_address where settings refuse places without a rate. Reads the
  // store only when rates were never read.
  Result<Computed> compute(const Request& request);

  // By country, region, postal prefix, class, name and beginning; those after the row with this key.
  Result<std::vector<KeptRate>> rates(std::string_view country, const std::string& after, int limit);
  // kNotFound "tax.no_such_rate".
  Result<KeptRate> rate(TaxRateId id);
  // kInvalid "tax.bad_rate"; kConflict "tax.rate_exists" (same place, class, name and beginning), "tax.rates_overlap"
  // (two hold at once), "tax.too_many_rates". `also` runs in the transaction of each.
  Result<KeptRate> add(const RateText& rate, const db::Function& also = {});
  // kNotFound, kVersionConflict "tax.version_conflict", and as add().
  Result<KeptRate> change(TaxRateId id, const RateText& rate, const services::IfMatch& if_match,
                          const db::Function& also = {});
  Result<void> remove(TaxRateId id, const services::IfMatch& if_match, const db::Function& also = {});
  // All rows or none: those that are there by place, class, name and beginning change, others are added; with
  // `replace` those that are not among the rows go. Mistakes are in the report.
  struct Import {
    std::vector<RateText> rates;
    bool replace = false;
    bool dry_run = false;
  };
  Result<ImportReport> bring(const Import& wish, const db::Function& also = {});

  Result<KeptSettings> settings();
  Result<KeptSettings> set(const SettingsText& settings, const services::IfMatch& if_match,
                           const db::Function& also = {});

  Result<std::vector<KeptExemption>> exemptions();  // by number
  Result<KeptExemption> exempt(const ExemptionText& exemption, const services::IfMatch& if_match,
                               const db::Function& also = {});
  // kNotFound "tax.no_such_exemption".
  Result<void> end_exemption(const std::string& tax_id, const services::IfMatch& if_match,
                             const db::Function& also = {});

  // Reads and compiles everything; what is there stays where the store does not answer.
  Result<void> reload();
  // The same with these instead of the store's.
  struct Texts {
    std::vector<RateText> rates;
    SettingsText settings = {};
    std::vector<ExemptionText> exemptions = {};
  };
  void hold(const Texts& texts);

 private:
  Result<std::shared_ptr<const Table>> table();
  Result<std::optional<TaxAnswer>> ask_provider(const TaxQuestion& question);
  // Runs a change and reads everything anew.
  Result<void> write(const db::Function& change, const db::Function& also);

  db::Store* store_;
  Clock& clock_;
  IdSource& ids_;
  TaxProvider* provider_;
  services::Snapshot<Table> table_;
};

}  // namespace kontor::tax
