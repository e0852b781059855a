#include "services/live.h"

#include <algorithm>
#include <cstring>

#include "runtime/json.h"

namespace kontor::services {
namespace {

constexpr std::int64_t kTicketMs = kMinuteMs;
constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kMostChannelBytes = 200;

constexpr db::Query kUseTicket{"live.use_ticket", db::Home::kGlobal, R"sql(
  INSERT INTO live_tickets (nonce, used_at) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING
)sql"};

constexpr db::Query kPruneTickets{"live.prune_tickets", db::Home::kGlobal, R"sql(
  DELETE FROM live_tickets WHERE nonce IN (SELECT nonce FROM live_tickets WHERE used_at < $1 LIMIT $2)
)sql"};

// What a ticket says of its holder.
struct TicketBody {
  std::int64_t kind = 0;
  std::optional<CustomerId> customer;  // staff have none
  std::int64_t roles = 0;
  std::string name;
  Time expires;
  std::string nonce;

  static constexpr auto fields() {
    using B = TicketBody;
    return described(Field("kind", &B::kind, ""), Field("customer", &B::customer, ""), Field("roles", &B::roles, ""),
                     Field("name", &B::name, ""), Field("expires", &B::expires, ""), Field("nonce", &B::nonce, ""));
  }
};

std::string message_text(std::string_view channel, const LiveState& state) {
  std::string text = "{\"type\":";
  json::print_text(text, state.type);
  text += ",\"channel\":";
  json::print_text(text, channel);
  text +=
      ",\"id\":" + std::to_string(state.id) + ",\"at\":\"" + to_rfc3339(state.at) + "\",\"data\":" + state.data + "}";
  return text;
}

}  // namespace

Live::Live(db::Store& store, Clock& clock, Random& random, const Shoppers& shoppers, runtime::Metrics& metrics,
           Settings settings)
    : store_(store),
      clock_(clock),
      random_(random),
      shoppers_(shoppers),
      settings_(std::move(settings)),
      signer_(settings_.secret, "live"),
      told_(metrics.counter("kontor_live_messages_total", "Live updates queued for their followers")) {
  metrics.watch("kontor_live_followers", "Channels that clients follow over WebSockets, a client and channel each",
                [this] { return static_cast<double>(followers()); });
}

void Live::add(std::string kind, Look look) {
  KONTOR_ASSERT(look != nullptr && !kinds_.contains(kind));
  kinds_[std::move(kind)] = std::move(look);
}

void Live::add_own(std::string kind, Look look) {
  own_kinds_.insert(kind);
  add(std::move(kind), std::move(look));
}

std::string Live::kept_name(const std::string& channel, const Shopper& shopper) const {
  return own_kinds_.contains(channel) ? own_channel(channel, shopper.customer) : channel;
}

std::string_view Live::told_name(std::string_view kept) const {
  const auto kind = kept.substr(0, kept.find(':'));
  return own_kinds_.contains(kind) ? kind : kept;
}

const Live::Look* Live::look_of(std::string_view channel, std::string_view& name) const {
  const auto colon = channel.find(':');
  const auto found = kinds_.find(channel.substr(0, colon));
  if (found == kinds_.end() || channel.size() > kMostChannelBytes) return nullptr;
  if (colon != std::string_view::npos && own_kinds_.contains(found->first)) return nullptr;  // nobody names another's
  name = colon == std::string_view::npos ? std::string_view() : channel.substr(colon + 1);
  return &found->second;
}

Live::Shard& Live::shard_of(std::string_view channel) const {
  return shards_[std::hash<std::string_view>()(channel) % kShards];
}

bool Live::followed(std::string_view channel) const {
  if (followers() == 0) return false;
  const Shard& shard = shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  return shard.channels.contains(std::string(channel));
}

// The frame is made once, for the first who needs it. States may come out of order (two consumers, a look and a
// change): an older one than was told says nothing.
void Live::tell(Follower& follower, std::string_view channel, const LiveState& state, http::Frame& frame) const {
  if (state.id <= follower.told) return;
  if (frame == nullptr) frame = http::text_frame(message_text(told_name(channel), state));
  if (follower.socket->send(frame)) follower.told = state.id;
}

void Live::publish(std::string_view channel, const LiveState& state) {
  http::Frame frame;
  Shard& shard = shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.channels.find(std::string(channel));
  if (found == shard.channels.end()) return;
  for (Follower& follower : found->second) tell(follower, channel, state, frame);
  told_.add(static_cast<std::int64_t>(found->second.size()));
}

void Live::tell_one(const std::string& channel, const http::WebSocket* socket, const LiveState& state) {
  http::Frame frame;
  Shard& shard = shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.channels.find(channel);
  if (found == shard.channels.end()) return;
  for (Follower& follower : found->second)
    if (follower.socket.get() == socket) tell(follower, channel, state, frame);
}

bool Live::follow(const std::string& channel, const std::shared_ptr<http::WebSocket>& socket, std::int64_t told) {
  Shard& shard = shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  auto& all = shard.channels[channel];
  if (std::any_of(all.begin(), all.end(), [&](const Follower& one) { return one.socket == socket; })) return false;
  all.push_back({socket, told});
  followers_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Live::unfollow(const std::string& channel, const http::WebSocket* socket) {
  Shard& shard = shard_of(channel);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.channels.find(channel);
  if (found == shard.channels.end()) return;
  const auto gone = std::erase_if(found->second, [&](const Follower& one) { return one.socket.get() == socket; });
  followers_.fetch_sub(static_cast<std::int64_t>(gone), std::memory_order_relaxed);
  if (found->second.empty()) shard.channels.erase(found);
}

Live::Ticket Live::issue(const Shopper& shopper) const {
  const Time expires = clock_.now().plus_ms(kTicketMs);
  TicketBody body;
  body.kind = static_cast<std::int64_t>(shopper.kind);
  if (shopper.customer) body.customer = shopper.customer;
  body.roles = shopper.roles.bits;
  body.name = shopper.name;
  body.expires = expires;
  body.nonce = random_.hex(kNonceBytes);
  return {signer_.seal(json::print(body)), expires};
}

Result<Shopper> Live::redeem(std::string_view ticket) {
  const auto bad = [] {
    return fail(Errc::kUnauthorised, "services.bad_ticket",
                "The ticket is not one of this shop, or has expired; ask for another at POST /live/tickets.");
  };
  const auto text = signer_.open(ticket);
  if (!text) return bad();
  const auto body = json::read<TicketBody>(*text);
  const Time now = clock_.now();
  if (!body || body->expires <= now) return bad();
  std::int64_t noted = 0;
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(noted, tx.run(kUseTicket, body->nonce, now));
    return {};
  }));
  if (noted == 0)
    return fail(Errc::kUnauthorised, "services.ticket_used", "The ticket has been used; each opens one connection.");
  Shopper shopper;
  shopper.kind = static_cast<Shopper::Kind>(body->kind);
  shopper.customer = body->customer.value_or(CustomerId{});
  shopper.roles.bits = static_cast<unsigned>(body->roles);
  shopper.name = body->name;
  return shopper;
}

Result<int> Live::prune_tickets(Time before, int limit) {
  std::int64_t removed = 0;
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(removed, tx.run(kPruneTickets, before, limit));
    return {};
  }));
  return static_cast<int>(removed);
}

}  // namespace kontor::services
