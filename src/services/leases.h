// Named leases: one holder at a time among all replicas, until it expires. Owns lease_* in the home `global`.
// A lease saves work; where two holders at once would do harm, the effect is fenced as well (still_held, or its own
// condition).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"

namespace kontor::services {

struct Lease {
  std::string name;
  std::int64_t token = 0;  // grows whenever the holder changes
  Time expires;
};

class Leases {
 public:
  // `holder` names this process among the replicas and must differ between them. Where the store lets in one process at
  // a time (SQLite), the same name in every run lets a restart go on at once instead of waiting for its own old lease.
  Leases(db::Store& store, Clock& clock, std::string holder);

  // Takes or renews the lease for `ms` from now; nullopt while another holds it.
  Result<std::optional<Lease>> take(std::string_view name, std::int64_t ms);
  // Gives it up early. Releasing what one does not hold changes nothing.
  Result<void> release(std::string_view name);
  // Inside a write function whose homes have `global`: kConflict "lease.lost" when another has taken it since.
  static Result<void> still_held(db::Tx& tx, const Lease& lease);

  const std::string& holder() const { return holder_; }

 private:
  db::Store& store_;
  Clock& clock_;
  std::string holder_;
};

}  // namespace kontor::services
