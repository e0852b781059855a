#include "services/dead_letters.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace kontor::services {
namespace {

constexpr db::Query kAfter{"dead_letters.after", db::Home::kEvery, R"sql(
  SELECT consumer, stream, position, name, subject, reason, at FROM consumer_dead_letters
   WHERE (consumer, stream, position) > ($1, $2, CAST($3 AS BIGINT)) ORDER BY consumer, stream, position LIMIT $4
)sql"};
constexpr db::Query kFindLetter{"dead_letters.find", db::Home::kEvery, R"sql(
  SELECT name, subject, body, event_at FROM consumer_dead_letters WHERE consumer = $1 AND stream = $2 AND position = $3
)sql"};
constexpr db::Query kRemove{"dead_letters.remove", db::Home::kEvery,
                            "DELETE FROM consumer_dead_letters WHERE consumer = $1 AND stream = $2 AND position = $3"};
constexpr db::Query kNote{"dead_letters.note", db::Home::kEvery, R"sql(
  UPDATE consumer_dead_letters SET reason = $4, at = $5 WHERE consumer = $1 AND stream = $2 AND position = $3
)sql"};

tl::unexpected<Error> no_such_letter(const LetterKey& key) {
  return fail(Errc::kNotFound, "dead_letters.no_such_letter", "There is no dead letter '" + key.text() + "'.");
}

Result<LetterKey> key_of(http::Call& call) {
  const auto text = call.param("id");
  if (const auto key = parse_letter_key(text)) return *key;
  return fail(Errc::kNotFound, "dead_letters.no_such_letter", "There is no dead letter '" + std::string(text) + "'.");
}

Result<Page<LetterView>> page_of(const DeadLettersApi& parts, const PageQuery& in) {
  const std::string question = "dead-letters";
  TRY(const auto last, parts.cursors.after(question, in.cursor, 1));
  std::optional<LetterKey> after;
  if (last) after = parse_letter_key(last->text + "~" + std::to_string(last->numbers[0]));
  Page<LetterView> page;
  TRY(page.items, parts.letters.list(after, static_cast<int>(in.limit) + 1));
  if (page.items.size() > static_cast<std::size_t>(in.limit)) {
    page.items.resize(static_cast<std::size_t>(in.limit));
    const auto key = parse_letter_key(page.items.back().id);
    page.next_cursor = parts.cursors.make(question, {{key->position}, key->consumer + "~" + key->stream});
  }
  return page;
}

}  // namespace

std::optional<LetterKey> parse_letter_key(std::string_view text) {
  const auto parts = split(text, '~');
  if (parts.size() != 3 || parts[0].empty() || parts[1].empty()) return std::nullopt;
  LetterKey key{std::string(parts[0]), std::string(parts[1]), 0};
  const char* end = parts[2].data() + parts[2].size();
  const auto parsed = std::from_chars(parts[2].data(), end, key.position);
  if (parsed.ec != std::errc() || parsed.ptr != end || key.position < 0) return std::nullopt;
  return key;
}

Result<std::vector<LetterView>> DeadLetters::list(const std::optional<LetterKey>& after, int limit) {
  const LetterKey from = after.value_or(LetterKey{});
  std::vector<std::pair<LetterKey, LetterView>> all;
  for (const auto& place : store_.places()) {
    const auto start = all.size();
    TRY_DO(store_.read(place.home, [&](db::Tx& tx) -> Result<void> {
      all.resize(start);
      TRY(const auto rows, tx.ask(kAfter, from.consumer, from.stream, from.position, limit));
      for (const auto row : rows) {
        const LetterKey key{row.str(0), row.str(1), row.i64(2)};
        all.push_back({key,
                       {key.text(), key.consumer, key.stream + "." + std::to_string(key.position), row.str(3),
                        row.str(4), row.str(5), row.time(6)}});
      }
      return {};
    }));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<LetterView> views;
  for (auto& [key, view] : all)
    if (views.size() < static_cast<std::size_t>(limit)) views.push_back(std::move(view));
  return views;
}

Result<DeadLetters::Found> DeadLetters::find(const LetterKey& key) {
  std::optional<Found> found;
  for (const auto& place : store_.places()) {
    TRY_DO(store_.read(place.home, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto rows, tx.ask(kFindLetter, key.consumer, key.stream, key.position));
      if (rows.empty()) return {};
      const auto row = rows.front();
      found = Found{place.home, {key.stream, key.position, row.str(0), row.str(1), row.str(2), row.time(3)}};
      return {};
    }));
    if (found) break;
  }
  if (!found) return no_such_letter(key);
  if (!found->event.body.empty()) return *found;
  // Parked before letters kept their events.
  TRY(const auto events, log_.read(key.stream, key.position - 1, 1));
  if (events.empty() || events.front().position != key.position)
    return fail(Errc::kConflict, "dead_letters.event_forgotten", "The event log has forgotten " + key.text() + ".");
  found->event = events.front();
  return *found;
}

Result<void> DeadLetters::note(const Found& found, const LetterKey& key, const Error& error) {
  const auto reason = letter_reason(error);
  return store_.write(found.home, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kNote, key.consumer, key.stream, key.position, reason, clock_.now()));
    return {};
  });
}

Result<void> DeadLetters::retry(const LetterKey& key, const Beside& beside) {
  TRY(const auto found, find(key));
  const Consumer* consumer = runner_.find(key.consumer);
  if (consumer == nullptr)
    return fail(Errc::kConflict, "dead_letters.consumer_gone", "This program has no consumer '" + key.consumer + "'.");
  Result<void> taken;
  if (consumer->handle) taken = consumer->handle(found.event);
  if (taken) {
    const db::Homes homes = consumer->handle_in_tx ? consumer->homes : found.home;
    taken = store_.write(homes, [&](db::Tx& tx) -> Result<void> {
      // Two retries at once: the second finds nothing to do, and undoes its effect with it.
      TRY(const auto removed, tx.run(kRemove, key.consumer, key.stream, key.position));
      if (removed == 0) return no_such_letter(key);
      if (consumer->handle_in_tx) TRY_DO(consumer->handle_in_tx(tx, found.event));
      return beside(tx);
    });
  }
  if (!taken && taken.error().reason != "dead_letters.no_such_letter") TRY_DO(note(found, key, taken.error()));
  return taken;
}

Result<void> DeadLetters::discard(const LetterKey& key, const Beside& beside) {
  for (const auto& place : store_.places()) {
    TRY_DO(store_.write(place.home, [&](db::Tx& tx) -> Result<void> {
      TRY(const auto removed, tx.run(kRemove, key.consumer, key.stream, key.position));
      return removed == 0 ? Result<void>() : beside(tx);
    }));
  }
  return {};
}

void add_dead_letters_api(http::Router& router, const DeadLettersApi& parts) {
  router.get<PageQuery, Page<LetterView>>("/admin/dead-letters",
                                          {"Events that a consumer could not take",
                                           {"services.sign_in", "services.role_needed", "request.bad_cursor"},
                                           200,
                                           "admin"},
                                          [parts](http::Call& call, const PageQuery& in) -> Result<Page<LetterView>> {
                                            TRY_DO(parts.shoppers.require_role(call, Role::kAdmin));
                                            return page_of(parts, in);
                                          });
  http::About retry{"Hands a dead letter to its consumer once more",
                    {"dead_letters.no_such_letter", "dead_letters.consumer_gone", "dead_letters.event_forgotten"},
                    204,
                    "admin"};
  retry.body_optional = true;
  router.post<http::None, http::None>(
      "/admin/dead-letters/{id}/retry", retry, [parts](http::Call& call, http::None) -> Result<http::None> {
        TRY(const auto staff, parts.shoppers.require_role(call.request, Role::kAdmin));
        TRY(const auto key, key_of(call));
        const auto entry = parts.audit.entry(staff.caller(), "dead_letters.retry", key.text());
        TRY_DO(parts.letters.retry(key, [&](db::Tx& tx) { return Audit::record(tx, entry); }));
        return http::None{};
      });
  router.del<http::None, http::None>(
      "/admin/dead-letters/{id}", {"Puts a dead letter aside for good", {"services.role_needed"}, 204, "admin"},
      [parts](http::Call& call, http::None) -> Result<http::None> {
        TRY(const auto staff, parts.shoppers.require_role(call.request, Role::kAdmin));
        TRY(const auto key, key_of(call));
        const auto entry = parts.audit.entry(staff.caller(), "dead_letters.discard", key.text());
        TRY_DO(parts.letters.discard(key, [&](db::Tx& tx) { return Audit::record(tx, entry); }));
        return http::None{};
      });
}

}  // namespace kontor::services
