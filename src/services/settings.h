// Small named values that live in the store and are the same for every replica (the signing secret, switches).
// Owns setting_* in the home `global`; the program's own configuration is runtime/config.h, not this.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/random.h"

namespace kontor::services {

class Settings {
 public:
  Settings(db::Store& store, Clock& clock) : store_(store), clock_(clock) {}

  Result<std::optional<std::string>> get(std::string_view name);
  Result<void> set(std::string_view name, std::string_view value);
  // Writes the value unless there is one, and answers the one that holds: of two replicas that start at once both get
  // the same.
  Result<std::string> get_or_set(std::string_view name, std::string_view value);

  // The same inside a write or read function whose homes have `global`.
  static Result<std::optional<std::string>> get(db::Tx& tx, std::string_view name);
  static Result<void> set(db::Tx& tx, std::string_view name, std::string_view value, Time now);

 private:
  db::Store& store_;
  Clock& clock_;
};

// The secret that signs tokens and cursors: `given` (KONTOR_SECRET) when there is one, else the store's own, made at
// first start. kInvalid "services.secret_too_short" below 16 characters.
Result<std::string> signing_secret(Settings& settings, Random& random, std::string_view given);

}  // namespace kontor::services
