// The events that consumers could not take (services/consumers.h parks them), for people: to look at, to hand to their
// consumer once more when the cause is gone, or to put aside. GET /admin/dead-letters and its kin.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/event_log.h"
#include "runtime/http.h"
#include "runtime/json.h"
#include "services/audit.h"
#include "services/consumers.h"
#include "services/cursor.h"
#include "services/shopper.h"

namespace kontor::services {

// Which letter; sorts by consumer, stream and position. As text "notifications.mail~shop~42".
struct LetterKey {
  std::string consumer;
  std::string stream;
  std::int64_t position = 0;

  auto operator<=>(const LetterKey&) const = default;
  std::string text() const { return consumer + "~" + stream + "~" + std::to_string(position); }
};
std::optional<LetterKey> parse_letter_key(std::string_view text);

struct LetterView {
  std::string id;
  std::string consumer;
  std::string event_id;  // as GET /admin/events has it
  std::string name;
  std::string subject;
  std::string reason;
  Time parked_at;

  static constexpr auto fields() {
    return described(Field("id", &LetterView::id, "The letter"),
                     Field("consumer", &LetterView::consumer, "Who could not take the event"),
                     Field("event_id", &LetterView::event_id, "The event's stream and position"),
                     Field("name", &LetterView::name, "What became true, such as order.placed"),
                     Field("subject", &LetterView::subject, "The id it is about"),
                     Field("reason", &LetterView::reason, "Why it was not taken the last time"),
                     Field("parked_at", &LetterView::parked_at, "When it was last given up"));
  }
};

class DeadLetters {
 public:
  DeadLetters(db::Store& store, EventLog& log, ConsumerRunner& runner, Clock& clock)
      : store_(store), log_(log), runner_(runner), clock_(clock) {}

  // In the order of their keys, those after `after`.
  Result<std::vector<LetterView>> list(const std::optional<LetterKey>& after, int limit);

  using Beside = std::function<Result<void>(db::Tx&)>;
  // Hands the event to its consumer, out of the order of its stream; when that succeeds the letter is gone, and
  // `beside` is written with that. kNotFound "dead_letters.no_such_letter"; kConflict "dead_letters.consumer_gone" and
  // "dead_letters.event_forgotten"; otherwise the consumer's Error, which becomes the letter's reason.
  Result<void> retry(const LetterKey& key, const Beside& beside);
  // The letter is put aside for good. Repeating it changes nothing.
  Result<void> discard(const LetterKey& key, const Beside& beside);

 private:
  struct Found {
    db::Homes home;
    LoggedEvent event;
  };
  Result<Found> find(const LetterKey& key);
  Result<void> note(const Found& found, const LetterKey& key, const Error& error);

  db::Store& store_;
  EventLog& log_;
  ConsumerRunner& runner_;
  Clock& clock_;
};

// All with role admin.
struct DeadLettersApi {
  DeadLetters& letters;
  const Shoppers& shoppers;
  const Cursors& cursors;
  Audit& audit;
};
void add_dead_letters_api(http::Router& router, const DeadLettersApi& parts);

}  // namespace kontor::services
