#include "services/audit.h"

#include <algorithm>
#include <limits>

namespace kontor::services {
namespace {

constexpr db::Query kInsertEntry{"audit.insert", db::Home::kEvery, R"sql(
  INSERT INTO audit_entries (id, actor, action, subject, detail, at) VALUES ($1, $2, $3, $4, $5, $6)
)sql"};
constexpr db::Query kList{"audit.list", db::Home::kEvery, R"sql(
  SELECT id, actor, action, subject, detail, at FROM audit_entries WHERE id < $1 ORDER BY id DESC LIMIT $2
)sql"};
constexpr db::Query kListActor{"audit.list_actor", db::Home::kEvery, R"sql(
  SELECT id, actor, action, subject, detail, at FROM audit_entries
   WHERE id < $1 AND actor = $3 ORDER BY id DESC LIMIT $2
)sql"};
constexpr db::Query kListSubject{"audit.list_subject", db::Home::kEvery, R"sql(
  SELECT id, actor, action, subject, detail, at FROM audit_entries
   WHERE id < $1 AND subject = $3 AND ($4 = '' OR actor = $4) ORDER BY id DESC LIMIT $2
)sql"};

Result<db::Rows> ask(db::Tx& tx, const Audit::Filter& filter) {
  const auto before = filter.before ? filter.before->value : std::numeric_limits<std::int64_t>::max();
  if (filter.subject) return tx.ask(kListSubject, before, filter.limit, *filter.subject, filter.actor.value_or(""));
  if (filter.actor) return tx.ask(kListActor, before, filter.limit, *filter.actor);
  return tx.ask(kList, before, filter.limit);
}

struct AuditQuery {
  std::optional<std::string> actor;
  std::optional<std::string> subject;
  std::optional<std::string> cursor;
  std::int64_t limit = kListLimitDefault;

  static constexpr auto fields() {
    return described(Field("actor", &AuditQuery::actor, "Only what this one did", Length{1, 200}),
                     Field("subject", &AuditQuery::subject, "Only what was done to this", Length{1, 200}),
                     Field("cursor", &AuditQuery::cursor, "next_cursor of the page before"),
                     Field("limit", &AuditQuery::limit, "How many", kListLimit, Default{}));
  }
};

}  // namespace

AuditEntry Audit::entry(std::string actor, std::string action, std::string subject, std::string detail_json) {
  const auto now = clock_.now();
  const auto bucket = static_cast<int>(random_.number() % kBuckets);  // keeps ids of replicas apart
  return {ids_.next<AuditEntryId>(now, bucket),
          std::move(actor),
          std::move(action),
          std::move(subject),
          json::Raw{std::move(detail_json)},
          now};
}

Result<void> Audit::record(db::Tx& tx, const AuditEntry& entry) {
  TRY_DO(tx.run(kInsertEntry, entry.id, entry.actor, entry.action, entry.subject, entry.detail.text, entry.at));
  return {};
}

Result<std::vector<AuditEntry>> Audit::list(const Filter& filter) {
  std::vector<AuditEntry> all;
  for (const auto& place : store_.places()) {
    const auto start = all.size();
    TRY_DO(store_.read(place.home, [&](db::Tx& tx) -> Result<void> {
      all.resize(start);
      TRY(const auto rows, ask(tx, filter));
      for (const auto row : rows)
        all.push_back(
            {row.id<AuditEntryId>(0), row.str(1), row.str(2), row.str(3), json::Raw{row.str(4)}, row.time(5)});
      return {};
    }));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
  if (all.size() > static_cast<std::size_t>(filter.limit)) all.resize(static_cast<std::size_t>(filter.limit));
  return all;
}

void add_audit_api(http::Router& router, Audit& audit, const Shoppers& shoppers, const Cursors& cursors) {
  router.get<AuditQuery, Page<AuditEntry>>(
      "/admin/audit-log",
      {"Who did what, newest first", {"services.sign_in", "services.role_needed", "request.bad_cursor"}, 200, "admin"},
      [&](http::Call& call, AuditQuery query) -> Result<Page<AuditEntry>> {
        TRY_DO(shoppers.require_role(call, Role::kAdmin));
        const auto question = "audit-log\n" + query.actor.value_or("") + "\n" + query.subject.value_or("");
        TRY(const auto last, cursors.after(question, query.cursor, 1));
        Audit::Filter filter{query.actor, query.subject, std::nullopt, static_cast<int>(query.limit) + 1};
        if (last) filter.before = AuditEntryId{last->numbers[0]};
        Page<AuditEntry> page;
        TRY(page.items, audit.list(filter));
        if (page.items.size() > static_cast<std::size_t>(query.limit)) {
          page.items.resize(static_cast<std::size_t>(query.limit));
          page.next_cursor = cursors.make(question, {{page.items.back().id.value}, ""});
        }
        return page;
      });
}

}  // namespace kontor::services
