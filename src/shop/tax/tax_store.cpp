#include "shop/tax/tax_store.h"

#include "runtime/json.h"

namespace kontor::tax::store {
namespace {

using db::Home;
using db::Query;

constexpr std::int64_t kSettingsRow = 1;

constexpr Query kAllRates{"tax.all_rates", Home::kGlobal, R"sql(
  SELECT id, version, document, updated_at FROM tax_rates ORDER BY rate_key
)sql"};
constexpr Query kRates{"tax.rates", Home::kGlobal, R"sql(
  SELECT id, version, document, updated_at FROM tax_rates
   WHERE rate_key > $1 AND rate_key >= $2 AND rate_key < $3 ORDER BY rate_key LIMIT $4
)sql"};
constexpr Query kRate{"tax.rate", Home::kGlobal, R"sql(
  SELECT id, version, document, updated_at FROM tax_rates WHERE id = $1
)sql"};
constexpr Query kCount{"tax.count_rates", Home::kGlobal, "SELECT COUNT(*) FROM tax_rates"};
constexpr Query kInsert{"tax.insert_rate", Home::kGlobal, R"sql(
  INSERT INTO tax_rates (id, rate_key, version, document, updated_at) VALUES ($1, $2, $3, $4, $5)
)sql"};
constexpr Query kUpdate{"tax.update_rate", Home::kGlobal, R"sql(
  UPDATE tax_rates SET rate_key = $2, version = $3, document = $4, updated_at = $5 WHERE id = $1
)sql"};
constexpr Query kRemove{"tax.remove_rate", Home::kGlobal, "DELETE FROM tax_rates WHERE id = $1"};
constexpr Query kSettings{"tax.settings", Home::kGlobal, R"sql(
  SELECT version, document, updated_at FROM tax_settings WHERE id = $1
)sql"};
constexpr Query kSaveSettings{"tax.save_settings", Home::kGlobal, R"sql(
  UPDATE tax_settings SET version = $2, document = $3, updated_at = $4 WHERE id = $1
)sql"};
constexpr Query kExemptions{"tax.exemptions", Home::kGlobal, R"sql(
  SELECT version, document, updated_at FROM tax_exemptions ORDER BY tax_id
)sql"};
constexpr Query kSaveExemption{"tax.save_exemption", Home::kGlobal, R"sql(
  INSERT INTO tax_exemptions (tax_id, version, document, updated_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (tax_id) DO UPDATE SET version = excluded.version, document = excluded.document,
                                     updated_at = excluded.updated_at
)sql"};
constexpr Query kRemoveExemption{"tax.remove_exemption", Home::kGlobal, "DELETE FROM tax_exemptions WHERE tax_id = $1"};

Result<std::vector<KeptRate>> rates_in(const db::Rows& rows) {
  std::vector<KeptRate> out;
  out.reserve(rows.size());
  for (const auto& row : rows) {
    TRY(auto rate, json::read<RateText>(row.text(2)));
    out.push_back({row.id<TaxRateId>(0), std::move(rate), row.i64(1), row.time(3)});
  }
  return out;
}

// Keys are read as bytes on both engines: what begins with `prefix` lies between these two.
std::string behind(std::string prefix) {
  prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

struct Texts {
  std::vector<std::string> keys, documents;
};
Texts texts_of(const std::vector<KeptRate>& rates) {
  Texts texts;
  for (const auto& one : rates) {
    texts.keys.push_back(rate_key(one.rate));
    texts.documents.push_back(json::print(one.rate));
  }
  return texts;
}

}  // namespace

Result<std::vector<KeptRate>> all_rates(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kAllRates));
  return rates_in(rows);
}

Result<std::vector<KeptRate>> rates(db::Tx& tx, std::string_view country, const std::string& after, int limit) {
  const std::string from = country.empty() ? "A" : std::string(country) + "|";
  const std::string until = country.empty() ? "a" : behind(from);
  TRY(const auto rows, tx.ask(kRates, after, from, until, limit));
  return rates_in(rows);
}

Result<std::optional<KeptRate>> rate(db::Tx& tx, TaxRateId id) {
  TRY(const auto rows, tx.ask(kRate, id));
  TRY(auto found, rates_in(rows));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<KeptRate>> siblings(db::Tx& tx, const RateText& rate) {
  const std::string from = place_key(rate) + "|";
  TRY(const auto rows, tx.ask(kRates, "", from, behind(from), 1000));
  return rates_in(rows);
}

Result<std::int64_t> count(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kCount));
  return rows.front().i64(0);
}

Result<void> insert(db::Tx& tx, const std::vector<KeptRate>& rates) {
  if (rates.empty()) return {};
  const Texts texts = texts_of(rates);
  std::vector<std::vector<db::Param>> sets;
  for (std::size_t i = 0; i < rates.size(); ++i)
    sets.push_back({rates[i].id, texts.keys[i], rates[i].version, texts.documents[i], rates[i].updated_at});
  TRY_DO(tx.run_each(kInsert, sets));
  return {};
}

Result<void> update(db::Tx& tx, const std::vector<KeptRate>& rates) {
  if (rates.empty()) return {};
  const Texts texts = texts_of(rates);
  std::vector<std::vector<db::Param>> sets;
  for (std::size_t i = 0; i < rates.size(); ++i)
    sets.push_back({rates[i].id, texts.keys[i], rates[i].version, texts.documents[i], rates[i].updated_at});
  TRY_DO(tx.run_each(kUpdate, sets));
  return {};
}

Result<void> remove(db::Tx& tx, const std::vector<TaxRateId>& rates) {
  if (rates.empty()) return {};
  std::vector<std::vector<db::Param>> sets;
  for (const TaxRateId id : rates) sets.push_back({id});
  TRY_DO(tx.run_each(kRemove, sets));
  return {};
}

Result<KeptSettings> settings(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kSettings, kSettingsRow));
  if (rows.empty()) return KeptSettings{};
  TRY(auto text, json::read<SettingsText>(rows.front().text(1)));
  return KeptSettings{std::move(text), rows.front().i64(0), rows.front().time(2)};
}

Result<void> save(db::Tx& tx, const KeptSettings& settings) {
  const std::string document = json::print(settings.settings);
  TRY_DO(tx.run(kSaveSettings, kSettingsRow, settings.version, document, settings.updated_at));
  return {};
}

Result<std::vector<KeptExemption>> exemptions(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kExemptions));
  std::vector<KeptExemption> out;
  for (const auto& row : rows) {
    TRY(auto text, json::read<ExemptionText>(row.text(1)));
    out.push_back({std::move(text), row.i64(0), row.time(2)});
  }
  return out;
}

Result<void> save(db::Tx& tx, const KeptExemption& exemption) {
  const std::string key = plain_code(exemption.exemption.tax_id), document = json::print(exemption.exemption);
  TRY_DO(tx.run(kSaveExemption, key, exemption.version, document, exemption.updated_at));
  return {};
}

Result<void> remove_exemption(db::Tx& tx, const std::string& tax_id) {
  TRY_DO(tx.run(kRemoveExemption, tax_id));
  return {};
}

}  // namespace kontor::tax::store
