// Answers a repeated POST with the first answer, byte for byte: idempotency keys of every call but /checkout, whose
// journal row is its own. Owns idempotency_*, which lie in every store, so that the stored answer can share the
// transaction of the effect. Scope: caller and route, 24 hours. A key still at work is refused for now, a key with
// another body for good.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/random.h"
#include "runtime/http.h"
#include "services/shopper.h"

namespace kontor::services {

// The key of the header Idempotency-Key, quoted or bare, 1..255 visible characters; nullopt when there is none.
// kBadRequest "idempotency.bad_key".
Result<std::optional<std::string>> idempotency_key(const http::Request& request);
// The same with the body member of that name: both, differing, are kBadRequest "idempotency.two_keys".
Result<std::optional<std::string>> idempotency_key(const http::Request& request,
                                                   const std::optional<std::string>& member);

// What a body is compared by: the hash of its canonical JSON (of its bytes when it is none). 32 bytes.
std::string request_hash(std::string_view body);

class Idempotency {
 public:
  struct Settings {
    std::int64_t keep_ms = kDayMs;
    std::int64_t hold_ms = 60 * kSecondMs;  // how long a call may be at work before another may take its key over
  };
  Idempotency(db::Store& store, Clock& clock, Random& random, Settings settings);

  struct Asked {
    db::Home home;       // where the call's effect is written
    std::string caller;  // Shopper::caller()
    std::string route;   // "POST /admin/import"
    std::string key;
    std::string hash;  // request_hash()
  };
  // A call that has the key and is at work.
  struct Ticket {
    db::Home home = db::Home::kCustomer;
    std::string caller, route, key;
    std::int64_t token = 0;
  };
  struct Answer {
    int status = 200;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
  };
  struct Begun {
    std::optional<Ticket> ticket;  // go on, then finish()
    std::optional<Answer> answer;  // or answer this
  };
  // kKeyReused "idempotency.key_reused" for another body; kInProgress "idempotency.in_progress" with retry_after 1.
  Result<Begun> begin(const Asked& asked);
  // Inside the write function of the effect (its home): the answer and the effect become true together.
  static Result<void> remember(db::Tx& tx, const Ticket& ticket, const Answer& answer);
  // Stores the answer (when remember() has not) if its status is one that is kept, else frees the key.
  Result<void> finish(const Ticket& ticket, const Answer& answer);

  // Forgets at most `limit` keys a place that are older than keep_ms.
  Result<int> prune(int limit = 1000);

  static bool keeps(int status);  // 200, 201, 202, 204, 402, 403

 private:
  db::Store& store_;
  Clock& clock_;
  Random& random_;
  Settings settings_;
};

// Wraps an endpoint: with the header Idempotency-Key it is answered once. `home` is where its effect is written. Its
// handler may call idempotency_ticket() and remember(); else the answer is stored right after the effect. Calls of
// nobody are not kept.
http::Endpoint idempotent(http::Endpoint endpoint, Idempotency& keys, const Shoppers& shoppers, db::Home home);
// Adds every POST of `from` to `to` so wrapped, and the rest as it is.
void add_idempotent(http::Router& to, const http::Router& from, Idempotency& keys, const Shoppers& shoppers,
                    db::Home home);
// The ticket of the call that a wrapped handler is answering; null without a key.
const Idempotency::Ticket* idempotency_ticket(const http::Call& call);

}  // namespace kontor::services
