// Live updates: GET /live, a WebSocket over which a client follows channels ("order:ord_…"). Modules say what a channel
// is and who may follow it, and publish what changed; who follows costs no fiber, and nobody asks the store for them.
// Each state of a channel has a number that grows; a follower is told states in growing order, none twice, and whoever
// comes back says which it saw last. Owns the tickets (live_tickets), in the home `global`.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ports/clock.h"
#include "ports/db.h"
#include "ports/random.h"
#include "runtime/metrics.h"
#include "runtime/web_socket.h"
#include "services/shopper.h"

namespace kontor::services {

// What a channel's followers are told: a whole state, so that one that is missed is made up for by the next.
struct LiveState {
  std::int64_t id = 0;  // grows with every change
  std::string type;     // "order.changed"
  Time at;
  std::string data;  // JSON
};

class Live {
 public:
  struct Settings {
    std::string secret;               // signs tickets
    std::size_t most_channels = 100;  // of one client
  };
  Live(db::Store& store, Clock& clock, Random& random, const Shoppers& shoppers, runtime::Metrics& metrics,
       Settings settings);

  // What there is to follow, before serving. Asked on a fiber with what stands behind the colon ("" without one): the
  // state as it is now. kNotFound where there is nothing for this shopper, whoever else may see it.
  using Look = std::function<Result<LiveState>(const Shopper& shopper, std::string_view name)>;
  void add(std::string kind, Look look);
  // A channel that each buyer has one of: clients say "cart", publishers own_channel("cart", customer).
  void add_own(std::string kind, Look look);
  static std::string own_channel(std::string_view kind, CustomerId customer) {
    return std::string(kind) + ":" + customer.text();
  }

  // Whether anybody of this process follows it. Cheap: whoever publishes asks before it makes the state.
  bool followed(std::string_view channel) const;
  // From any thread.
  void publish(std::string_view channel, const LiveState& state);

  // A ticket for one connection within a minute, for pages of other sites, which cannot send Authorization.
  struct Ticket {
    std::string text;
    Time expires;
  };
  Ticket issue(const Shopper& shopper) const;
  // kUnauthorised "services.bad_ticket", "services.ticket_used".
  Result<Shopper> redeem(std::string_view ticket);
  // Forgets at most `limit` tickets used before `before`.
  Result<int> prune_tickets(Time before, int limit);

  // One client; made by the endpoint.
  std::shared_ptr<http::SocketHandler> client(const Shopper& shopper);

  std::int64_t followers() const { return followers_.load(std::memory_order_relaxed); }

 private:
  friend class LiveClient;
  struct Follower {
    std::shared_ptr<http::WebSocket> socket;
    std::int64_t told = 0;  // the last state
  };
  // A part of the channels, so that publishers seldom wait for each other.
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, std::vector<Follower>> channels;
  };
  Shard& shard_of(std::string_view channel) const;
  const Look* look_of(std::string_view channel, std::string_view& name) const;
  // Under which name a client's channel is kept, and which one it is told.
  std::string kept_name(const std::string& channel, const Shopper& shopper) const;
  std::string_view told_name(std::string_view kept) const;
  bool follow(const std::string& channel, const std::shared_ptr<http::WebSocket>& socket, std::int64_t told);
  void unfollow(const std::string& channel, const http::WebSocket* socket);
  void tell(Follower& follower, std::string_view channel, const LiveState& state, http::Frame& frame) const;
  void tell_one(const std::string& channel, const http::WebSocket* socket, const LiveState& state);

  db::Store& store_;
  Clock& clock_;
  Random& random_;
  const Shoppers& shoppers_;
  Settings settings_;
  Signer signer_;
  std::map<std::string, Look, std::less<>> kinds_;
  std::set<std::string, std::less<>> own_kinds_;
  static constexpr std::size_t kShards = 16;
  mutable std::array<Shard, kShards> shards_;
  std::atomic<std::int64_t> followers_{0};
  runtime::Counter& told_;
};

// GET /live, POST /live/tickets.
void add_live_routes(http::Router& router, Live& live, const Shoppers& shoppers);

}  // namespace kontor::services
