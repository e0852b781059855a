// One client of GET /live: what it says, and what it follows.
#include <algorithm>
#include <mutex>

#include "runtime/json.h"
#include "services/live.h"

namespace kontor::services {
namespace {

constexpr int kPatience = 20;  // messages that make no sense, then the connection is closed

struct Wish {
  std::string type;
  std::string channel;
  std::optional<std::int64_t> last_event_id;

  static constexpr auto fields() {
    using W = Wish;
    return described(Field("type", &W::type, "subscribe or unsubscribe", Length{1, 40}),
                     Field("channel", &W::channel, "order:{id}, or cart", Length{1, 200}),
                     Field("last_event_id", &W::last_event_id, "The id of the last message that was seen of it",
                           Range{0, INT64_MAX}));
  }
};

struct LiveQuery {
  std::optional<std::string> ticket;

  static constexpr auto fields() {
    return described(Field("ticket", &LiveQuery::ticket, "Of POST /live/tickets, instead of cookie or Authorization",
                           Length{1, 1000}));
  }
};

struct TicketView {
  std::string ticket;
  Time expires_at;

  static constexpr auto fields() {
    return described(Field("ticket", &TicketView::ticket, "Opens one connection: GET /live?ticket=…"),
                     Field("expires_at", &TicketView::expires_at, "Until when"));
  }
};

}  // namespace

class LiveClient : public http::SocketHandler {
 public:
  LiveClient(Live& live, const Shopper& shopper) : live_(live), shopper_(shopper) {}

  void opened(const std::shared_ptr<http::WebSocket>& socket) override { socket_ = socket; }

  void message(std::string_view text) override {
    const auto wish = json::read<Wish>(text);
    if (!wish) return refuse("", wish.error());
    if (wish->type == "subscribe") return subscribe(*wish);
    if (wish->type == "unsubscribe") return unsubscribe(wish->channel);
    refuse(wish->channel,
           Error{Errc::kInvalid, "services.live_type", "A message's type is subscribe or unsubscribe.", {}, {}, 0});
  }

  void closed() override {
    std::vector<std::string> channels;
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      channels.swap(channels_);
    }
    for (const auto& channel : channels) live_.unfollow(channel, socket_.get());
  }

 private:
  void say(const std::string& text) { socket_->send(http::text_frame(text)); }

  void refuse(std::string_view channel, const Error& error) {
    std::string text = "{\"type\":\"error\",\"channel\":";
    json::print_text(text, channel);
    text += ",\"at\":\"" + to_rfc3339(live_.clock_.now()) + "\",\"data\":" + http::problem(error, "").body + "}";
    say(text);
    if (++refused_ >= kPatience) socket_->close(http::CloseCode::kPolicy);
  }

  // False when there are too many, or nobody is there any more.
  bool note(const std::string& channel) {
    const std::lock_guard lock(mutex_);
    if (closed_ || channels_.size() >= live_.settings_.most_channels) return false;
    channels_.push_back(channel);
    return true;
  }
  bool forget(const std::string& channel) {
    const std::lock_guard lock(mutex_);
    return std::erase(channels_, channel) > 0;
  }

  // Followed before it is looked at, so that no change falls between the two; what both tell is told once.
  void subscribe(const Wish& wish) {
    const std::string& channel = wish.channel;
    std::string_view name;
    const auto* look = live_.look_of(channel, name);
    if (look == nullptr)
      return refuse(channel,
                    Error{Errc::kNotFound, "services.no_such_channel", "There is no such channel.", {}, {}, 0});
    if (const auto seen = (*look)(shopper_, name); !seen) return refuse(channel, seen.error());
    const std::string kept = live_.kept_name(channel, shopper_);
    unsubscribe_quietly(kept);
    if (!note(kept))
      return refuse(channel, Error{Errc::kConflict,
                                   "services.too_many_channels",
                                   "One connection follows " + std::to_string(live_.settings_.most_channels) +
                                       " channels at most.",
                                   {},
                                   {},
                                   0});
    live_.follow(kept, socket_, wish.last_event_id.value_or(0));
    acknowledge("subscribed", channel);
    const auto state = (*look)(shopper_, name);
    if (state) live_.tell_one(kept, socket_.get(), *state);
    const std::lock_guard lock(mutex_);
    if (closed_) live_.unfollow(kept, socket_.get());  // it went while we looked
  }

  void unsubscribe(const std::string& channel) {
    unsubscribe_quietly(live_.kept_name(channel, shopper_));
    acknowledge("unsubscribed", channel);
  }
  void unsubscribe_quietly(const std::string& channel) {
    if (forget(channel)) live_.unfollow(channel, socket_.get());
  }

  void acknowledge(std::string_view type, std::string_view channel) {
    std::string text = "{\"type\":\"" + std::string(type) + "\",\"channel\":";
    json::print_text(text, channel);
    text += ",\"at\":\"" + to_rfc3339(live_.clock_.now()) + "\"}";
    say(text);
  }

  Live& live_;
  const Shopper shopper_;
  std::shared_ptr<http::WebSocket> socket_;
  int refused_ = 0;
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::string> channels_;
};

std::shared_ptr<http::SocketHandler> Live::client(const Shopper& shopper) {
  return std::make_shared<LiveClient>(*this, shopper);
}

namespace {

// A browser sends the cookie along whoever's page opens the connection, so that page must be ours. A ticket and
// Authorization are only sent by those who have them.
Result<Shopper> who_connects(Live& live, const Shoppers& shoppers, const http::Call& call) {
  TRY(const auto query, http::read_query<LiveQuery>(call.request.query));
  if (query.ticket) return live.redeem(*query.ticket);
  TRY(auto shopper, shoppers.of(call.request));
  if (shopper.kind == Shopper::Kind::kNone)
    return fail(Errc::kUnauthorised, "services.sign_in",
                "Live updates need a token: the cookie, 'Authorization: Bearer …', or ?ticket= of POST /live/tickets.");
  if (shopper.by_cookie && !Shoppers::same_site(call.request))
    return fail(Errc::kForbidden, "services.cross_site",
                "With the cookie only this site's own pages may connect; others ask for a ticket.");
  return shopper;
}

}  // namespace

void add_live_routes(http::Router& router, Live& live, const Shoppers& shoppers) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kGet;
  endpoint.pattern = "/live";
  endpoint.about = {"Live updates of channels, over a WebSocket",
                    {"services.sign_in", "services.cross_site", "services.bad_ticket", "services.ticket_used",
                     "request.no_web_socket"},
                    101};
  http::describe<LiveQuery, http::None>(endpoint);
  endpoint.handle = [&live, &shoppers](http::Call& call) -> http::Response {
    const auto answer = [&]() -> Result<http::Response> {
      TRY_DO(http::open_socket(call.request, nullptr));  // before a ticket is spent
      TRY(const auto shopper, who_connects(live, shoppers, call));
      return http::open_socket(call.request, live.client(shopper));
    }();
    return answer ? *answer : http::problem(answer.error(), call.request.request_id);
  };
  router.add(std::move(endpoint));
  router.post<http::None, TicketView>(
      "/live/tickets", {"A ticket for one connection to /live within a minute", {"services.sign_in"}, 201},
      [&live, &shoppers](http::Call& call, http::None) -> Result<TicketView> {
        TRY(const auto shopper, shoppers.of(call.request));
        if (shopper.kind == Shopper::Kind::kNone)
          return fail(Errc::kUnauthorised, "services.sign_in", "This call needs a token.");
        const auto ticket = live.issue(shopper);
        return TicketView{ticket.text, ticket.expires};
      });
}

}  // namespace kontor::services
