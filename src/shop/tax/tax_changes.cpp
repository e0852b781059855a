// How staff change rates, settings and exemptions: each in one transaction with its event, and read anew right after.
#include <algorithm>
#include <map>

#include "runtime/json.h"
#include "services/outbox.h"
#include "shop/tax/events.h"
#include "shop/tax/tax.h"
#include "shop/tax/tax_store.h"

namespace kontor::tax {
namespace {

constexpr std::int64_t kMostRates = 200'000;
constexpr std::size_t kMostExemptions = 20'000;

Error version_conflict(std::int64_t now_at) {
  return Error{Errc::kVersionConflict,
               "tax.version_conflict",
               "It has been changed meanwhile: its version is " + std::to_string(now_at) + ".",
               {},
               {},
               0};
}

tl::unexpected<Error> no_such_rate() { return fail(Errc::kNotFound, "tax.no_such_rate", "There is no such tax rate."); }

Result<void> check(const RateText& rate) {
  const auto wrong = wrong_in(rate);
  if (wrong.empty()) return {};
  Error error{Errc::kInvalid, "tax.bad_rate", wrong.front().message, {}, {}, 0};
  for (const auto& one : wrong) error.fields.push_back({one.field, one.code, one.message});
  return fail(std::move(error));
}

Time from_of(const RateText& rate) { return rate.from.value_or(Time{INT64_MIN}); }
Time until_of(const RateText& rate) { return rate.until.value_or(Time{INT64_MAX}); }
bool at_once(const RateText& a, const RateText& b) { return from_of(a) < until_of(b) && from_of(b) < until_of(a); }

Result<void> fits_in(const std::vector<KeptRate>& siblings, const KeptRate& wanted) {
  for (const KeptRate& other : siblings) {
    if (other.id == wanted.id) continue;
    if (rate_key(other.rate) == rate_key(wanted.rate))
      return fail(Errc::kConflict, "tax.rate_exists",
                  "This rate is there already, as " + other.id.text() + "; change that one.");
    if (at_once(other.rate, wanted.rate))
      return fail(Errc::kConflict, "tax.rates_overlap",
                  "The rate " + other.id.text() + " of the same place, class and name holds at the same time.");
  }
  return {};
}

void complain(ImportReport& report, std::size_t row, const Wrong& wrong) {
  if (report.errors.size() < kMostBadRates)
    report.errors.push_back({static_cast<std::int64_t>(row) + 1, wrong.field, wrong.code, wrong.message});
}

// The rows by key; what is wrong with single rows, or twice in the file, is said.
std::map<std::string, std::size_t> by_key(const std::vector<RateText>& rates, ImportReport& report) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    for (const auto& wrong : wrong_in(rates[i])) complain(report, i, wrong);
    const auto [at, fresh] = rows.emplace(rate_key(rates[i]), i);
    if (!fresh)
      complain(report, i, {"", "repeated", "Row " + std::to_string(at->second + 1) + " is of the same rate."});
  }
  return rows;
}

// Rates as they would be afterwards, in the order of keys: of one place, class and name no two hold at once.
void check_periods(const std::map<std::string, const RateText*>& after, const std::map<std::string, std::size_t>& rows,
                   ImportReport& report) {
  std::map<std::string, std::vector<const RateText*>> groups;
  for (const auto& [key, rate] : after) groups[place_key(*rate)].push_back(rate);
  for (auto& [place, group] : groups) {
    std::sort(group.begin(), group.end(), [](auto* a, auto* b) { return from_of(*a) < from_of(*b); });
    for (std::size_t i = 1; i < group.size(); ++i) {
      if (!at_once(*group[i - 1], *group[i])) continue;
      const auto row = rows.find(rate_key(*group[i])), before = rows.find(rate_key(*group[i - 1]));
      const std::size_t at = row != rows.end() ? row->second : before != rows.end() ? before->second : 0;
      complain(report, at, {"/from", "overlap", "Two rates of this place, class and name hold at the same time."});
    }
  }
}

struct Changes {
  std::vector<KeptRate> created, updated;
  std::vector<TaxRateId> removed;
};

}  // namespace

Result<void> Taxes::write(const db::Function& change, const db::Function& also) {
  KONTOR_ASSERT(store_ != nullptr);
  TRY_DO(store_->write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(change(tx));
    if (also) TRY_DO(also(tx));
    return services::emit(tx, RatesChanged{"tax"}, "tax", clock_.now());
  }));
  static_cast<void>(reload());  // it stands; a store that is away now is asked again with the event
  return {};
}

Result<std::vector<KeptRate>> Taxes::rates(std::string_view country, const std::string& after, int limit) {
  std::vector<KeptRate> out;
  TRY_DO(store_->look(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(out, store::rates(tx, country, after, limit));
    return {};
  }));
  return out;
}

Result<KeptRate> Taxes::rate(TaxRateId id) {
  std::optional<KeptRate> found;
  TRY_DO(store_->look(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(found, store::rate(tx, id));
    return {};
  }));
  if (!found) return no_such_rate();
  return std::move(*found);
}

Result<KeptRate> Taxes::add(const RateText& rate, const db::Function& also) {
  TRY_DO(check(rate));
  const Time now = clock_.now();
  const KeptRate made{ids_.next<TaxRateId>(now, 0), rate, 1, now};
  TRY_DO(write(
      [&](db::Tx& tx) -> Result<void> {
        TRY(const auto siblings, store::siblings(tx, rate));
        TRY_DO(fits_in(siblings, made));
        TRY(const auto count, store::count(tx));
        if (count >= kMostRates) return fail(Errc::kConflict, "tax.too_many_rates", "There are 200,000 rates already.");
        return store::insert(tx, {made});
      },
      also));
  return made;
}

Result<KeptRate> Taxes::change(TaxRateId id, const RateText& rate, const services::IfMatch& if_match,
                               const db::Function& also) {
  TRY_DO(check(rate));
  KeptRate changed{id, rate, 0, clock_.now()};
  TRY_DO(write(
      [&](db::Tx& tx) -> Result<void> {
        TRY(const auto before, store::rate(tx, id));
        if (!before) return no_such_rate();
        if (!if_match.allows(before->version)) return fail(version_conflict(before->version));
        TRY(const auto siblings, store::siblings(tx, rate));
        TRY_DO(fits_in(siblings, changed));
        changed.version = before->version + 1;
        return store::update(tx, {changed});
      },
      also));
  return changed;
}

Result<void> Taxes::remove(TaxRateId id, const services::IfMatch& if_match, const db::Function& also) {
  return write(
      [&](db::Tx& tx) -> Result<void> {
        TRY(const auto before, store::rate(tx, id));
        if (!before) return no_such_rate();
        if (!if_match.allows(before->version)) return fail(version_conflict(before->version));
        return store::remove(tx, {id});
      },
      also);
}

Result<ImportReport> Taxes::bring(const Import& wish, const db::Function& also) {
  const Time now = clock_.now();
  ImportReport checked;
  checked.rows = static_cast<std::int64_t>(wish.rates.size());
  const auto rows = by_key(wish.rates, checked);
  std::vector<TaxRateId> ids;
  for (std::size_t i = 0; i < wish.rates.size(); ++i) ids.push_back(ids_.next<TaxRateId>(now, 0));
  ImportReport report;
  const auto plan = [&](db::Tx& tx, Changes& changes) -> Result<void> {
    report = checked;
    TRY(const auto there, store::all_rates(tx));
    std::map<std::string, const RateText*> after;
    std::map<std::string, const KeptRate*> before;
    for (const auto& one : there) {
      const auto key = rate_key(one.rate);
      before.emplace(key, &one);
      if (rows.contains(key)) continue;
      if (wish.replace)
        changes.removed.push_back(one.id);
      else
        after.emplace(key, &one.rate);
    }
    for (const auto& [key, row] : rows) {
      const RateText& rate = wish.rates[row];
      after.emplace(key, &rate);
      const auto old = before.find(key);
      if (old == before.end())
        changes.created.push_back({ids[row], rate, 1, now});
      else if (json::print(old->second->rate) != json::print(rate))
        changes.updated.push_back({old->second->id, rate, old->second->version + 1, now});
      else
        ++report.unchanged;
    }
    report.created = static_cast<std::int64_t>(changes.created.size());
    report.updated = static_cast<std::int64_t>(changes.updated.size());
    report.removed = static_cast<std::int64_t>(changes.removed.size());
    check_periods(after, rows, report);
    if (static_cast<std::int64_t>(after.size()) > kMostRates)
      return fail(Errc::kConflict, "tax.too_many_rates", "A shop has at most 200,000 rates.");
    return {};
  };
  if (wish.dry_run || !checked.errors.empty()) {
    TRY_DO(store_->look(db::Home::kGlobal, [&](db::Tx& tx) {
      Changes changes;
      return plan(tx, changes);
    }));
    return report;
  }
  auto written = write(
      [&](db::Tx& tx) -> Result<void> {
        Changes changes;
        TRY_DO(plan(tx, changes));
        if (!report.errors.empty()) return fail(Errc::kInvalid, "tax.bad_rates", "");
        TRY_DO(store::remove(tx, changes.removed));
        TRY_DO(store::update(tx, changes.updated));
        return store::insert(tx, changes.created);
      },
      also);
  if (!written && written.error().reason != "tax.bad_rates") return fail(std::move(written.error()));
  return report;
}

Result<KeptSettings> Taxes::settings() {
  KeptSettings out;
  TRY_DO(store_->look(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(out, store::settings(tx));
    return {};
  }));
  return out;
}

Result<KeptSettings> Taxes::set(const SettingsText& settings, const services::IfMatch& if_match,
                                const db::Function& also) {
  TRY_DO(tax::check(settings));
  KeptSettings kept{settings, 0, clock_.now()};
  TRY_DO(write(
      [&](db::Tx& tx) -> Result<void> {
        TRY(const auto before, store::settings(tx));
        if (!if_match.allows(before.version)) return fail(version_conflict(before.version));
        kept.version = before.version + 1;
        return store::save(tx, kept);
      },
      also));
  return kept;
}

Result<std::vector<KeptExemption>> Taxes::exemptions() {
  std::vector<KeptExemption> out;
  TRY_DO(store_->look(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(out, store::exemptions(tx));
    return {};
  }));
  return out;
}

namespace {

const KeptExemption* find(const std::vector<KeptExemption>& all, const std::string& plain) {
  for (const auto& one : all)
    if (plain_code(one.exemption.tax_id) == plain) return &one;
  return nullptr;
}

tl::unexpected<Error> no_such_exemption() {
  return fail(Errc::kNotFound, "tax.no_such_exemption", "Nobody of this number is exempt.");
}

}  // namespace

Result<KeptExemption> Taxes::exempt(const ExemptionText& exemption, const services::IfMatch& if_match,
                                    const db::Function& also) {
  TRY_DO(tax::check(exemption));
  KeptExemption kept{exemption, 1, clock_.now()};
  TRY_DO(write(
      [&](db::Tx& tx) -> Result<void> {
        TRY(const auto all, store::exemptions(tx));
        const auto* before = find(all, plain_code(exemption.tax_id));
        if (before == nullptr && if_match.given) return no_such_exemption();
        if (before != nullptr && !if_match.allows(before->version)) return fail(version_conflict(before->version));
        if (before == nullptr && all.size() >= kMostExemptions)
          return fail(Errc::kConflict, "tax.too_many_exemptions", "There are 20,000 exemptions already.");
        kept.version = before == nullptr ? 1 : before->version + 1;
        return store::save(tx, kept);
      },
      also));
  return kept;
}

Result<void> Taxes::end_exemption(const std::string& tax_id, const services::IfMatch& if_match,
                                  const db::Function& also) {
  const std::string plain = plain_code(tax_id);
  return write(
      [&](db::Tx& tx) -> Result<void> {
        TRY(const auto all, store::exemptions(tx));
        const auto* before = find(all, plain);
        if (before == nullptr) return no_such_exemption();
        if (!if_match.allows(before->version)) return fail(version_conflict(before->version));
        return store::remove_exemption(tx, plain);
      },
      also);
}

}  // namespace kontor::tax
