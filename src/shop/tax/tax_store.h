// All SQL of tax.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ports/db.h"
#include "shop/tax/tax.h"

namespace kontor::tax::store {

Result<std::vector<KeptRate>> all_rates(db::Tx& tx);  // by key
Result<std::vector<KeptRate>> rates(db::Tx& tx, std::string_view country, const std::string& after, int limit);
Result<std::optional<KeptRate>> rate(db::Tx& tx, TaxRateId id);
// Those of the same place, class and name, whenever they hold.
Result<std::vector<KeptRate>> siblings(db::Tx& tx, const RateText& rate);
Result<std::int64_t> count(db::Tx& tx);
Result<void> insert(db::Tx& tx, const std::vector<KeptRate>& rates);
Result<void> update(db::Tx& tx, const std::vector<KeptRate>& rates);
Result<void> remove(db::Tx& tx, const std::vector<TaxRateId>& rates);

Result<KeptSettings> settings(db::Tx& tx);
Result<void> save(db::Tx& tx, const KeptSettings& settings);

Result<std::vector<KeptExemption>> exemptions(db::Tx& tx);
Result<void> save(db::Tx& tx, const KeptExemption& exemption);
Result<void> remove_exemption(db::Tx& tx, const std::string& tax_id);

}  // namespace kontor::tax::store
