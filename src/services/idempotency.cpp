#include "services/idempotency.h"

#include <algorithm>

#include "base/assert.h"
#include "base/text.h"
#include "services/signer.h"

namespace kontor::services {
namespace {

constexpr db::Query kBeginAnswer{"idempotency.begin", db::Home::kEvery, R"sql(
  INSERT INTO idempotency_answers (caller, route, idempotency_key, request_hash, state, token, held_until, status,
                                   headers, body, created_at)
  VALUES ($1, $2, $3, $4, 0, $5, $6, 0, '', '', $7) ON CONFLICT (caller, route, idempotency_key) DO NOTHING
)sql"};
constexpr db::Query kFindAnswer{"idempotency.find", db::Home::kEvery, R"sql(
  SELECT request_hash, state, held_until, status, headers, body, created_at, token FROM idempotency_answers
   WHERE caller = $1 AND route = $2 AND idempotency_key = $3
)sql"};
// A key whose day is over, or whose call died at work, is taken over by the token it was seen with.
constexpr db::Query kTakeOver{"idempotency.take_over", db::Home::kEvery, R"sql(
  UPDATE idempotency_answers
     SET request_hash = $4, state = 0, token = $5, held_until = $6, status = 0, headers = '', body = '', created_at = $7
   WHERE caller = $1 AND route = $2 AND idempotency_key = $3 AND token = $8
)sql"};
constexpr db::Query kRemember{"idempotency.remember", db::Home::kEvery, R"sql(
  UPDATE idempotency_answers SET state = 1, status = $5, headers = $6, body = $7
   WHERE caller = $1 AND route = $2 AND idempotency_key = $3 AND token = $4 AND state = 0
)sql"};
constexpr db::Query kFree{"idempotency.free", db::Home::kEvery, R"sql(
  DELETE FROM idempotency_answers WHERE caller = $1 AND route = $2 AND idempotency_key = $3 AND token = $4 AND state = 0
)sql"};
constexpr db::Query kPruneAnswers{"idempotency.prune", db::Home::kEvery, R"sql(
  DELETE FROM idempotency_answers
   WHERE (caller, route, idempotency_key) IN (SELECT caller, route, idempotency_key FROM idempotency_answers
                                               WHERE created_at < $1 ORDER BY created_at LIMIT $2)
)sql"};

// Headers lie in one text: name, colon, value, newline. Tokens and cookies are for the first asker alone and not kept.
std::string pack(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string out;
  for (const auto& [name, value] : headers)
    if (name != "Set-Cookie" && name != "Session-Token") out += name + ":" + value + "\n";
  return out;
}

Idempotency::Answer unpack(int status, std::string_view packed, std::string_view body) {
  Idempotency::Answer answer;
  answer.status = status;
  answer.body = body;
  for (const auto line : split(packed, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = line.substr(0, colon);
    const auto value = line.substr(colon + 1);
    if (name == "Content-Type")
      answer.content_type = value;
    else
      answer.headers.emplace_back(name, value);
  }
  return answer;
}

tl::unexpected<Error> bad_key(std::string_view reason, std::string detail) {
  return fail(Errc::kBadRequest, reason, std::move(detail));
}

}  // namespace

Result<std::optional<std::string>> idempotency_key(const http::Request& request) {
  const auto sent = std::any_of(request.headers.begin(), request.headers.end(), [](const http::Header& header) {
    return iequals_ascii(header.name, "Idempotency-Key");
  });
  if (!sent) return std::optional<std::string>();
  auto value = request.header("Idempotency-Key");
  std::string key;
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
    value = value.substr(1, value.size() - 2);
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '"') return bad_key("idempotency.bad_key", "The Idempotency-Key has a quote inside its quotes.");
      if (value[i] == '\\' && ++i == value.size())
        return bad_key("idempotency.bad_key", "The Idempotency-Key ends in the middle of an escape.");
      key += value[i];
    }
  } else {
    key = value;
  }
  const bool visible = std::all_of(key.begin(), key.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
  if (key.empty() || key.size() > 255 || !visible)
    return bad_key("idempotency.bad_key", "An Idempotency-Key has 1 to 255 visible ASCII characters.");
  return std::optional<std::string>(std::move(key));
}

Result<std::optional<std::string>> idempotency_key(const http::Request& request,
                                                   const std::optional<std::string>& member) {
  TRY(auto header, idempotency_key(request));
  if (header && member && *header != *member)
    return bad_key("idempotency.two_keys", "The header Idempotency-Key and the member idempotency_key differ.");
  if (!header && member) {
    if (member->empty() || member->size() > 255)
      return invalid("idempotency.bad_key", "/idempotency_key", "bad_format",
                     "An idempotency key has 1 to 255 characters.");
    return member;
  }
  return header;
}

std::string request_hash(std::string_view body) {
  if (const auto document = json::parse(body)) return blake2b(json::canonical(document->root()));
  return blake2b(body);
}

bool Idempotency::keeps(int status) {
  return status == 200 || status == 201 || status == 202 || status == 204 || status == 402 || status == 403;
}

Idempotency::Idempotency(db::Store& store, Clock& clock, Random& random, Settings settings)
    : store_(store), clock_(clock), random_(random), settings_(settings) {}

Result<Idempotency::Begun> Idempotency::begin(const Asked& asked) {
  KONTOR_ASSERT(!asked.caller.empty() && asked.hash.size() == 32);
  const auto now = clock_.now();
  const auto held_until = now.plus_ms(settings_.hold_ms);
  const Ticket ticket{asked.home, asked.caller, asked.route, asked.key,
                      static_cast<std::int64_t>(random_.number() >> 1)};
  const auto hash = db::Blob{asked.hash};
  Begun begun;
  TRY_DO(store_.write(asked.home, [&](db::Tx& tx) -> Result<void> {
    begun = {};
    TRY(const auto noted,
        tx.run(kBeginAnswer, asked.caller, asked.route, asked.key, hash, ticket.token, held_until, now));
    if (noted > 0) {
      begun.ticket = ticket;
      return {};
    }
    TRY(const auto rows, tx.ask(kFindAnswer, asked.caller, asked.route, asked.key));
    KONTOR_ASSERT(!rows.empty());
    const auto row = rows.front();
    const bool answered = row.i64(1) == 1;
    const bool over = row.time(6).plus_ms(settings_.keep_ms) <= now;
    if (!over && row.text(0) != asked.hash)
      return fail(Errc::kKeyReused, "idempotency.key_reused",
                  "This Idempotency-Key was sent with another body before.");
    if (!over && answered) {
      begun.answer = unpack(static_cast<int>(row.i64(3)), row.text(4), row.text(5));
      return {};
    }
    // Held for longer than anybody holds a key: the clock was set back since, and whoever held it has died.
    const bool held = now < row.time(2) && row.time(2) <= held_until.plus_ms(kClocksDifferMs);
    if (!answered && held) {
      Error error{Errc::kInProgress,
                  "idempotency.in_progress",
                  "The first call with this Idempotency-Key is still at work.",
                  {},
                  {},
                  1};
      return fail(std::move(error));
    }
    TRY(const auto taken,
        tx.run(kTakeOver, asked.caller, asked.route, asked.key, hash, ticket.token, held_until, now, row.i64(7)));
    KONTOR_ASSERT(taken == 1);
    begun.ticket = ticket;
    return {};
  }));
  return begun;
}

Result<void> Idempotency::remember(db::Tx& tx, const Ticket& ticket, const Answer& answer) {
  const auto headers = "Content-Type:" + answer.content_type + "\n" + pack(answer.headers);
  TRY(const auto noted,
      tx.run(kRemember, ticket.caller, ticket.route, ticket.key, ticket.token, answer.status, headers, answer.body));
  // Held too long and taken over: the other call makes the effect, so this one must not.
  if (noted == 0)
    return fail(Errc::kInProgress, "idempotency.taken_over", "Another call with this Idempotency-Key is at work.");
  return {};
}

Result<void> Idempotency::finish(const Ticket& ticket, const Answer& answer) {
  return store_.write(ticket.home, [&](db::Tx& tx) -> Result<void> {
    if (!keeps(answer.status)) {
      TRY_DO(tx.run(kFree, ticket.caller, ticket.route, ticket.key, ticket.token));
      return {};
    }
    const auto headers = "Content-Type:" + answer.content_type + "\n" + pack(answer.headers);
    TRY_DO(
        tx.run(kRemember, ticket.caller, ticket.route, ticket.key, ticket.token, answer.status, headers, answer.body));
    return {};
  });
}

Result<int> Idempotency::prune(int limit) {
  std::int64_t gone = 0;
  const auto before = clock_.now().plus_ms(-settings_.keep_ms);
  for (const auto& place : store_.places()) {
    std::int64_t some = 0;
    TRY_DO(store_.write(place.home, [&](db::Tx& tx) -> Result<void> {
      TRY(some, tx.run(kPruneAnswers, before, limit));
      return {};
    }));
    gone += some;
  }
  return static_cast<int>(gone);
}

}  // namespace kontor::services
