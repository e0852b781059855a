#include <memory>

#include "services/idempotency.h"

namespace kontor::services {
namespace {

constexpr char kTicketTag = 0;

Idempotency::Answer answer_of(const http::Response& response) {
  return {response.status, response.content_type, response.headers, response.body};
}

http::Response replayed(Idempotency::Answer answer) {
  http::Response response;
  response.status = answer.status;
  response.content_type = std::move(answer.content_type);
  response.headers = std::move(answer.headers);
  response.headers.emplace_back("Idempotency-Replayed", "true");
  response.body = std::move(answer.body);
  return response;
}

// Who asks, and with which key; nullopt when the call is not to be kept.
Result<std::optional<Idempotency::Asked>> asked_of(const http::Call& call, const Shoppers& shoppers,
                                                   const std::string& route, db::Home home) {
  TRY(auto key, idempotency_key(call.request));
  if (!key) return std::optional<Idempotency::Asked>();
  TRY(const auto shopper, shoppers.of(call.request));
  auto caller = shopper.caller();
  if (caller.empty()) return std::optional<Idempotency::Asked>();
  // The same template on another path or with another query is another request, whatever its body.
  const auto hash = request_hash(std::string(call.request.target) + "\n" + request_hash(call.request.body));
  return std::optional<Idempotency::Asked>({home, std::move(caller), route, std::move(*key), hash});
}

}  // namespace

const Idempotency::Ticket* idempotency_ticket(const http::Call& call) {
  return static_cast<const Idempotency::Ticket*>(call.attached(&kTicketTag));
}

http::Endpoint idempotent(http::Endpoint endpoint, Idempotency& keys, const Shoppers& shoppers, db::Home home) {
  const auto route = "POST " + endpoint.pattern;
  for (const auto reason : {"idempotency.bad_key", "idempotency.key_reused", "idempotency.in_progress"})
    endpoint.about.reasons.push_back(reason);
  endpoint.handle = [inner = std::move(endpoint.handle), route, &keys, &shoppers, home](http::Call& call) {
    auto asked = asked_of(call, shoppers, route, home);
    if (!asked) return http::problem(asked.error(), call.request.request_id);
    if (!*asked) return inner(call);
    auto begun = keys.begin(**asked);
    if (!begun) return http::problem(begun.error(), call.request.request_id);
    if (begun->answer) return replayed(std::move(*begun->answer));
    call.attach(&kTicketTag, &*begun->ticket);
    auto response = inner(call);
    // Were storing it to fail, the key is held for a while and then free again; the effect has its own guards.
    (void)keys.finish(*begun->ticket, answer_of(response));
    return response;
  };
  return endpoint;
}

void add_idempotent(http::Router& to, const http::Router& from, Idempotency& keys, const Shoppers& shoppers,
                    db::Home home) {
  for (const auto& endpoint : from.endpoints())
    to.add(endpoint.method == http::Method::kPost ? idempotent(endpoint, keys, shoppers, home) : endpoint);
}

}  // namespace kontor::services
