// Finds the endpoint of a request among several router tables, and runs it. Built once at start from routers that
// outlive it and no longer change; afterwards every function is const and safe from any thread. Finding allocates
// nothing for plain paths.
#pragma once
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/http.h"

namespace kontor::runtime {
class Log;
}

namespace kontor::http {

std::string_view method_name(Method method);

// An endpoint with its whole address.
struct Route {
  const Endpoint* endpoint = nullptr;
  std::string pattern;                  // "/api/v1/products/{id}": also the label in metrics and logs
  std::vector<std::string> parameters;  // {"id"}
};

class Dispatcher {
 public:
  static constexpr std::size_t kMaxParameters = 8;

  enum class Verdict { kFound, kNotFound, kMethodNotAllowed, kBadPath, kOptions };

  // Views into the path that was asked for (which must outlive it), or into what had to be decoded.
  struct Match {
    Verdict verdict = Verdict::kNotFound;
    const Route* route = nullptr;        // kFound only
    const Endpoint* endpoint = nullptr;  // kFound only
    unsigned allowed = 0;                // bit per Method, for Allow
    std::size_t count = 0;
    std::array<std::string_view, kMaxParameters> values{};  // decoded, in the order of route->parameters
    std::unique_ptr<std::vector<std::string>> decoded;

    std::string_view last() const { return count == 0 ? std::string_view() : values[count - 1]; }
  };

  // `log` gets what went wrong inside handlers; may be null. `has` picks among the whole patterns ("/api/v1/cart");
  // unset: every endpoint is there.
  using Has = std::function<bool(std::string_view pattern)>;
  explicit Dispatcher(std::span<const Router* const> routers, runtime::Log* log = nullptr, const Has& has = {});
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // `path` as sent, without query. A HEAD is answered by the GET endpoint.
  Match find(Method method, std::string_view path) const;

  // The answer, whatever the verdict. On a fiber (handlers may wait). A failed assertion or exhausted memory becomes
  // 500. `reader` is for streamed endpoints. An endpoint's inline_read is the server's business, and only for requests
  // without a query.
  Response run(const Match& match, const Request& request, BodyReader* reader = nullptr) const;

  // Asked for another answer to what no endpoint answered, or what broke inside one: a page instead of the problem
  // document, say. Before serving.
  using Refuse = std::function<std::optional<Response>(const Request& request, const Error& error)>;
  void on_refusal(Refuse refuse) { refuse_ = std::move(refuse); }

  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }  // in the order of the tables

 private:
  struct Node;
  void add(const Router& router, const Endpoint& endpoint);
  bool walk(const Node& node, std::span<const std::string_view> segments, Method method, Match& match) const;
  Response refusal(const Match& match, const Request& request) const;
  Response refused(const Error& error, const Request& request) const;

  std::unique_ptr<Node> root_;
  std::vector<std::unique_ptr<Route>> routes_;
  runtime::Log* log_;
  Refuse refuse_;
};

}  // namespace kontor::http
