#include "services/leases.h"

#include "base/assert.h"

namespace kontor::services {
namespace {

// The condition is in the statement: of two takers of an expired lease one changes the row, the other finds it fresh.
// One that ends later than it can have been given ($5) is from before the clock was set back.
constexpr db::Query kTake{"lease.take", db::Home::kGlobal, R"sql(
  INSERT INTO lease_leases (name, holder, token, expires_at) VALUES ($1, $2, 1, $3)
  ON CONFLICT (name) DO UPDATE
     SET token = CASE WHEN lease_leases.holder = excluded.holder THEN lease_leases.token
                      ELSE lease_leases.token + 1 END,
         holder = excluded.holder, expires_at = excluded.expires_at
   WHERE lease_leases.expires_at < $4 OR lease_leases.expires_at > $5 OR lease_leases.holder = excluded.holder
  RETURNING token
)sql"};
constexpr db::Query kRelease{"lease.release", db::Home::kGlobal,
                             "UPDATE lease_leases SET expires_at = 0 WHERE name = $1 AND holder = $2"};
constexpr db::Query kHeld{"lease.held", db::Home::kGlobal, "SELECT token FROM lease_leases WHERE name = $1"};

}  // namespace

Leases::Leases(db::Store& store, Clock& clock, std::string holder)
    : store_(store), clock_(clock), holder_(std::move(holder)) {
  KONTOR_ASSERT(!holder_.empty());
}

Result<std::optional<Lease>> Leases::take(std::string_view name, std::int64_t ms) {
  const auto now = clock_.now();
  const auto expires = now.plus_ms(ms);
  std::optional<Lease> lease;
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    lease.reset();
    TRY(const auto rows, tx.ask(kTake, name, holder_, expires, now, expires.plus_ms(kClocksDifferMs)));
    if (!rows.empty()) lease = Lease{std::string(name), rows.front().i64(0), expires};
    return {};
  }));
  return lease;
}

Result<void> Leases::release(std::string_view name) {
  return store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kRelease, name, holder_));
    return {};
  });
}

Result<void> Leases::still_held(db::Tx& tx, const Lease& lease) {
  TRY(const auto rows, tx.ask(kHeld, lease.name));
  if (rows.empty() || rows.front().i64(0) != lease.token)
    return fail(Errc::kConflict, "lease.lost", "The lease '" + lease.name + "' was taken by another process.");
  return {};
}

}  // namespace kontor::services
