// Who did what: one row per act of staff or of the house, written in the transaction of the act, never changed.
// Owns audit_*, which lie in every store; the list merges them by id, which sorts by time. Details carry ids and
// figures only.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "runtime/http.h"
#include "services/cursor.h"
#include "services/shopper.h"

namespace kontor::services {

KONTOR_ID(AuditEntry, "aud");

struct AuditEntry {
  AuditEntryId id;
  std::string actor;    // Shopper::caller()
  std::string action;   // "inventory.adjust"
  std::string subject;  // the id it was done to
  json::Raw detail;     // what changed
  Time at;

  static constexpr auto fields() {
    return described(
        Field("id", &AuditEntry::id, "The entry; sorts by time"), Field("actor", &AuditEntry::actor, "Who"),
        Field("action", &AuditEntry::action, "Did what"), Field("subject", &AuditEntry::subject, "To what"),
        Field("detail", &AuditEntry::detail, "Ids and figures of the change"), Field("at", &AuditEntry::at, "When"));
  }
};

class Audit {
 public:
  Audit(db::Store& store, Clock& clock, IdSource& ids, Random& random)
      : store_(store), clock_(clock), ids_(ids), random_(random) {}

  // Outside of write functions: draws the id and the time. `detail_json` is a JSON value.
  AuditEntry entry(std::string actor, std::string action, std::string subject, std::string detail_json = "{}");
  // Inside the write function of the act, of any home.
  static Result<void> record(db::Tx& tx, const AuditEntry& entry);

  struct Filter {
    std::optional<std::string> actor;  // one of the two narrows the search; with both, subject is searched
    std::optional<std::string> subject;
    std::optional<AuditEntryId> before;  // entries older than this one
    int limit = 20;
  };
  // Newest first, over all places.
  Result<std::vector<AuditEntry>> list(const Filter& filter);

 private:
  db::Store& store_;
  Clock& clock_;
  IdSource& ids_;
  Random& random_;
};

// GET /admin/audit-log (role admin).
void add_audit_api(http::Router& router, Audit& audit, const Shoppers& shoppers, const Cursors& cursors);

}  // namespace kontor::services
