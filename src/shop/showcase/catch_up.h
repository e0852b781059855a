// Availability in listings follows the events; this is for what happened while nobody followed: an import by command, a
// store that was restored, the time between a kill and the next start. How far listings have followed is remembered in
// the store, so that a start looks at what changed since, however large the catalogue.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "ports/event_log.h"
#include "services/settings.h"

namespace kontor::showcase {

class Showcase;

class CatchUp {
 public:
  using Positions = std::map<std::string, std::int64_t>;  // by stream

  CatchUp(Showcase& showcase, EventLog& log, services::Settings& settings)
      : showcase_(showcase), log_(log), settings_(settings) {}

  // Brings the listings to the heads of the streams: by the events since, or, when they are many or it was never done,
  // by a walk over all products. Call it after the consumers' heads are noted. Answers how many events or repairs
  // there were; repeatable.
  Result<int> run();
  // Notes in the store how far the listings are now; writes nothing when that is known. For now and then, and the end.
  Result<void> remember();

 private:
  Result<Positions> remembered();
  Result<std::optional<int>> replay(Positions from, const Positions& heads);

  Showcase& showcase_;
  EventLog& log_;
  services::Settings& settings_;
};

}  // namespace kontor::showcase
