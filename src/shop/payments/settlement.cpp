#include "shop/payments/settlement.h"

#include <algorithm>
#include <limits>

#include "runtime/json.h"
#include "services/outbox.h"
#include "shop/payments/events.h"
#include "shop/payments/payments_store.h"

namespace kontor::payments {
namespace {

constexpr std::int64_t kRestMs = 2 * kHourMs;  // after midnight: what was under way then has settled
constexpr std::int64_t kMostDays = 31;
constexpr std::string_view kJob = "payments.settlement";

Time beginning_of(Time time) { return Time{time.ms - time.ms % kDayMs}; }

// The gateway's key and, of a refund, its own.
using Key = std::pair<std::string, std::string>;

Key key_of(const Entry& entry) {
  return {entry.payment.text(), entry.kind == EntryKind::kRefunded ? entry.key : std::string()};
}

// As it is stored: without the moment, so that the same findings are the same text.
std::string printed(Settlement report) {
  report.made_at.reset();
  return json::print(report);
}

Result<Settlement> settlement_of(const db::Rows::Row& row) {
  TRY(auto report, json::read<Settlement>(row.text(2)));
  report.made_at.emplace(row.time(1));
  return report;
}

}  // namespace

struct Settlements::Work {
  struct Theirs {
    Money amount;
    Time at;
  };
  Time from;
  Settlement report;
  std::map<Currency, SettlementTotals> totals;
  std::map<Key, Theirs> theirs;  // what has found no partner yet
  std::set<std::string> voided;
  std::vector<Entry> ours;  // likewise

  SettlementTotals& total(Currency currency) {
    const auto none = Money::minor(0, currency);
    return totals.try_emplace(currency, SettlementTotals{currency, none, none, none, none, none}).first->second;
  }
  static Money moved(const Entry& entry) {
    const Money money = entry.at_gateway();
    return entry.kind == EntryKind::kRefunded ? Money::minor(-money.amount_minor(), money.currency()) : money;
  }
  void list(DifferenceKind kind, const Key& key, Time at, std::optional<Money> here, std::optional<Money> there) {
    auto& count = kind == DifferenceKind::kMissingAtGateway ? report.missing_at_gateway
                  : kind == DifferenceKind::kMissingHere    ? report.missing_here
                                                            : report.other_amounts;
    ++count;
    if (report.differences.size() >= Settlement::kListed) return;
    const auto movement = key.second.empty() ? EntryKind::kCaptured : EntryKind::kRefunded;
    report.differences.push_back({kind, movement, key.first, key.second, at, here, there});
  }
  void meet(std::int64_t& matched, const Entry& entry, Money there) {
    if (moved(entry) == there)
      ++matched;
    else
      list(DifferenceKind::kOtherAmount, key_of(entry), entry.at, moved(entry), there);
  }
};

std::optional<Time> day_of(std::string_view text) {
  if (text.size() != 10) return {};
  return parse_rfc3339(std::string(text) + "T00:00:00Z");
}

std::string day_text(Time day) { return to_rfc3339(day).substr(0, 10); }

Result<void> Settlements::take_gateway(Work& work) {
  TRY(const auto lines, gateway_.charge_file(work.from, work.from.plus_ms(kDayMs)));
  for (const ChargeLine& line : lines) {
    auto& total = work.total(line.amount.currency());
    switch (line.kind) {
      case ChargeLine::Kind::kCapture:
        total.captured_at_gateway = total.captured_at_gateway + line.amount;
        break;
      case ChargeLine::Kind::kRefund:
        total.refunded_at_gateway = total.refunded_at_gateway + line.amount;
        break;
      case ChargeLine::Kind::kVoid:
        total.voided_at_gateway = total.voided_at_gateway + line.amount;
        work.voided.insert(line.key);
        continue;
    }
    work.theirs.emplace(Key{line.key, line.refund_key}, Work::Theirs{line.amount, line.at});
  }
  return {};
}

// A charge that was given back whole is owed by nobody, unless there is an order that counts on it.
Result<void> Settlements::take_voids(Work& work) {
  for (const std::string& key : work.voided) {
    work.theirs.erase(Key{key, {}});
    std::optional<Entry> counted_on;
    if (const auto id = PaymentId::parse(key)) {
      TRY(counted_on, ledger_.find(*id, "capture"));
    }
    if (counted_on)
      work.list(DifferenceKind::kMissingAtGateway, {key, {}}, counted_on->at, Work::moved(*counted_on), std::nullopt);
    else
      ++work.report.voided;
  }
  return {};
}

Result<void> Settlements::take_ledger(Work& work) {
  std::optional<EntryPlace> last;
  while (true) {
    TRY(const auto entries, ledger_.between(work.from, work.from.plus_ms(kDayMs), last));
    if (entries.empty()) return {};
    last = EntryPlace{entries.back().at, entries.back().payment, entries.back().key};
    for (const Entry& entry : entries) {
      const bool refund = entry.kind == EntryKind::kRefunded;
      if (!refund && entry.kind != EntryKind::kCaptured) continue;  // promised, and not yet at the gateway
      if (entry.legs.of(Account::kGateway) == 0) continue;          // paid out of what the shop owed
      auto& total = work.total(entry.currency);
      (refund ? total.refunded : total.captured) = (refund ? total.refunded : total.captured) + Work::moved(entry);
      if (!refund && work.voided.contains(entry.payment.text())) continue;  // listed
      const auto found = work.theirs.find(key_of(entry));
      if (found == work.theirs.end()) {
        work.ours.push_back(entry);
        continue;
      }
      work.meet(work.report.matched, entry, found->second.amount);
      work.theirs.erase(found);
    }
  }
}

// What the gateway alone has of that day: noted here on another day, given back without an order, or not here at all.
Result<void> Settlements::look_for_ours(Work& work) {
  for (const auto& [key, theirs] : work.theirs) {
    const auto& [payment, refund] = key;
    if (const auto id = PaymentId::parse(payment)) {
      TRY(const auto entry, ledger_.find(*id, refund.empty() ? "capture" : refund));
      if (entry) {
        work.meet(work.report.matched_on_another_day, *entry, theirs.amount);
        continue;
      }
    }
    bool voided = false;  // since then
    if (refund.empty()) {
      TRY(const auto charge, gateway_.find(payment));
      voided = charge.state == ChargeState::kVoided;
    }
    if (voided)
      ++work.report.voided;
    else
      work.list(DifferenceKind::kMissingHere, key, theirs.at, std::nullopt, theirs.amount);
  }
  return {};
}

// What the ledger alone has of that day. The gateway booked it on another day if it holds that capture, or has given
// back as much as the ledger says altogether.
Result<void> Settlements::look_for_theirs(Work& work) {
  for (const Entry& entry : work.ours) {
    TRY(const auto charge, gateway_.find(entry.payment.text()));
    const bool holds = charge.state == ChargeState::kCaptured || charge.state == ChargeState::kRefunded;
    if (!holds || charge.amount.currency() != entry.currency) {
      work.list(DifferenceKind::kMissingAtGateway, key_of(entry), entry.at, Work::moved(entry), std::nullopt);
      continue;
    }
    if (entry.kind == EntryKind::kCaptured) {
      work.meet(work.report.matched_on_another_day, entry, charge.amount);
      continue;
    }
    TRY(const auto all, ledger_.of_payments(std::span(&entry.payment, 1)));
    std::int64_t given_back = 0;
    for (const Entry& other : all)
      if (other.kind == EntryKind::kRefunded) given_back -= other.legs.of(Account::kGateway);
    if (given_back == charge.refunded.amount_minor())
      ++work.report.matched_on_another_day;
    else
      work.list(DifferenceKind::kMissingAtGateway, key_of(entry), entry.at, Work::moved(entry), std::nullopt);
  }
  return {};
}

Result<Settlement> Settlements::compare(Time day) {
  Work work;
  work.from = beginning_of(day);
  work.report.day = day_text(work.from);
  work.report.gateway = gateway_.name();
  TRY_DO(take_gateway(work));
  TRY_DO(take_voids(work));
  TRY_DO(take_ledger(work));
  TRY_DO(look_for_ours(work));
  TRY_DO(look_for_theirs(work));
  for (const auto& [currency, total] : work.totals) work.report.totals.push_back(total);
  return std::move(work.report);
}

Result<void> Settlements::keep(Settlement report) {
  const auto day = day_of(report.day);
  KONTOR_ASSERT(day.has_value());
  const std::int64_t number = day->ms / kDayMs;
  const std::string document = printed(report);
  const Time now = clock_.now();
  const SettlementReported news{report.day, report.gateway, report.matched + report.matched_on_another_day,
                                report.differing()};
  return store_.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto changed, tx.run(kSaveSettlement, number, now, report.differing(), document));
    return changed == 0 ? Result<void>() : services::emit(tx, news, report.day, now);
  });
}

Result<std::optional<Settlement>> Settlements::find(Time day) {
  std::optional<Settlement> found;
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.reset();
    TRY(const auto rows, tx.ask(kFindSettlement, day.ms / kDayMs));
    if (rows.empty()) return {};
    TRY(found, settlement_of(rows.front()));
    return {};
  }));
  return found;
}

Result<std::vector<Settlement>> Settlements::newest(std::optional<Time> before, int limit) {
  std::vector<Settlement> found;
  const std::int64_t below = before ? before->ms / kDayMs : std::numeric_limits<std::int64_t>::max();
  TRY_DO(store_.read(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    found.clear();
    TRY(const auto rows, tx.ask(kSettlementsBefore, below, limit));
    for (const auto row : rows) {
      TRY(auto report, settlement_of(row));
      found.push_back(std::move(report));
    }
    return {};
  }));
  return found;
}

// The day after the last report; without any, the day of the first entry. Beyond the last day: nothing to do.
Result<Time> Settlements::first_to_do(Time last_done_day) {
  const Time beyond = last_done_day.plus_ms(kDayMs);
  TRY(const auto latest, newest(std::nullopt, 1));
  const auto reported = latest.empty() ? std::nullopt : day_of(latest.front().day);
  Time first = beyond;
  if (reported) {
    first = reported->plus_ms(kDayMs);
  } else {
    TRY(const auto entry, ledger_.first_entry());
    if (entry) first = beginning_of(*entry);
  }
  return std::max(first, beyond.plus_ms(-kMostDays * kDayMs));
}

Result<Time> Settlements::catch_up(const std::function<bool()>& stopping) {
  const Time last = beginning_of(clock_.now().plus_ms(-kRestMs)).plus_ms(-kDayMs);
  TRY(const Time first, first_to_do(last));
  for (Time day = first; day <= last; day = day.plus_ms(kDayMs)) {
    if (stopping()) return clock_.now();
    TRY(auto report, compare(day));
    TRY_DO(keep(std::move(report)));
  }
  return last.plus_ms(2 * kDayMs + kRestMs);
}

void add_settlement_job(services::JobRunner& runner, Settlements& settlements) {
  runner.add(std::string(kJob), [&settlements](services::JobContext& job) -> Result<void> {
    auto again = settlements.catch_up([&job] { return job.stopping(); });
    if (again) {
      job.again_at(*again);
      return {};
    }
    // Whatever the gateway or its file has, the reports to come are not given up for it: an outage is tried for ever.
    Error trouble = std::move(again.error());
    trouble.code = Errc::kUnavailable;
    return fail(std::move(trouble));
  });
}

Result<void> plan_settlements(services::Jobs& jobs) {
  auto job = jobs.make(std::string(kJob), "{}");
  job.unique_key = std::string(kJob);
  TRY_DO(jobs.enqueue(job));
  return {};
}

}  // namespace kontor::payments
