#include "runtime/router.h"

#include <exception>

#include "base/assert.h"
#include "base/text.h"
#include "runtime/log.h"

namespace kontor::http {
namespace {

constexpr std::size_t kMethods = 8;
constexpr std::size_t kMaxSegments = 24;
constexpr std::array<std::string_view, kMethods> kMethodNames{"GET",   "HEAD",   "POST",    "PUT",
                                                              "PATCH", "DELETE", "OPTIONS", "OTHER"};

constexpr std::size_t index_of(Method method) { return static_cast<std::size_t>(method); }
constexpr unsigned bit_of(Method method) { return 1u << index_of(method); }

std::string allow_text(unsigned allowed) {
  if ((allowed & bit_of(Method::kGet)) != 0) allowed |= bit_of(Method::kHead);
  allowed |= bit_of(Method::kOptions);
  std::string out;
  for (std::size_t i = 0; i < kMethods; ++i) {
    if ((allowed & 1u << i) == 0) continue;
    if (!out.empty()) out += ", ";
    out += kMethodNames[i];
  }
  return out;
}

// Whether a segment can be taken as it is: no escapes, nothing outside ASCII, no control characters.
bool is_plain(std::string_view segment) {
  for (const char c : segment)
    if (c == '%' || c <= ' ' || c > '~') return false;
  return true;
}

enum class Cut { kGood, kBad, kTooMany };

// The segments of a path without its first '/', decoded where they must be. An empty last segment stands for a slash at
// the end.
Cut cut_path(std::string_view rest, std::array<std::string_view, kMaxSegments>& segments, std::size_t& count,
             std::unique_ptr<std::vector<std::string>>& decoded) {
  if (rest.empty()) return Cut::kGood;
  for (;;) {
    if (count == kMaxSegments) return Cut::kTooMany;
    const auto at = rest.find('/');
    std::string_view segment = rest.substr(0, at);
    if (!is_plain(segment)) {
      auto text = percent_decode(segment, false);
      if (!text) return Cut::kBad;
      if (decoded == nullptr) {
        decoded = std::make_unique<std::vector<std::string>>();
        decoded->reserve(kMaxSegments);  // views into it must stay good
      }
      segment = decoded->emplace_back(std::move(*text));
    }
    if (segment == "." || segment == "..") return Cut::kBad;
    segments[count++] = segment;
    if (at == std::string_view::npos) return Cut::kGood;
    rest.remove_prefix(at + 1);
  }
}

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// "sitemap-{part}.xml": a parameter with something around it.
bool has_parameter(std::string_view segment) {
  const auto open = segment.find('{'), close = segment.find('}');
  return open != std::string_view::npos && close != std::string_view::npos && close > open + 1;
}

}  // namespace

std::string_view method_name(Method method) { return kMethodNames[index_of(method)]; }

struct Dispatcher::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  std::unique_ptr<Node> parameter;
  struct Framed {
    std::string before, after;
    std::unique_ptr<Node> node;
  };
  std::vector<Framed> framed;  // few
  Node& framed_by(std::string_view before, std::string_view after) {
    for (Framed& one : framed)
      if (one.before == before && one.after == after) return *one.node;
    return *framed.emplace_back(Framed{std::string(before), std::string(after), std::make_unique<Node>()}).node;
  }
  std::array<const Route*, kMethods> routes{};
  unsigned allowed = 0;
};

Dispatcher::Dispatcher(std::span<const Router* const> routers, runtime::Log* log, const Has& has)
    : root_(std::make_unique<Node>()), log_(log) {
  for (const Router* router : routers)
    for (const Endpoint& endpoint : router->endpoints())
      if (!has || has(router->base() + endpoint.pattern)) add(*router, endpoint);
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::add(const Router& router, const Endpoint& endpoint) {
  auto route = std::make_unique<Route>();
  route->endpoint = &endpoint;
  route->pattern = router.base() + endpoint.pattern;
  if (route->pattern.empty()) route->pattern = "/";
  Node* node = root_.get();
  const std::string_view pattern = std::string_view(route->pattern).substr(1);
  if (!pattern.empty()) {
    for (const auto segment : split(pattern, '/')) {
      if (is_parameter(segment)) {
        route->parameters.emplace_back(segment.substr(1, segment.size() - 2));
        if (node->parameter == nullptr) node->parameter = std::make_unique<Node>();
        node = node->parameter.get();
      } else if (has_parameter(segment)) {
        const auto open = segment.find('{'), close = segment.find('}');
        route->parameters.emplace_back(segment.substr(open + 1, close - open - 1));
        node = &node->framed_by(segment.substr(0, open), segment.substr(close + 1));
      } else {
        auto& child = node->children[std::string(segment)];
        if (child == nullptr) child = std::make_unique<Node>();
        node = child.get();
      }
    }
  }
  KONTOR_ASSERT(route->parameters.size() <= kMaxParameters);
  auto& place = node->routes[index_of(endpoint.method)];
  KONTOR_ASSERT(place == nullptr);  // two endpoints of one method and address
  place = route.get();
  node->allowed |= bit_of(endpoint.method);
  routes_.push_back(std::move(route));
}

bool Dispatcher::walk(const Node& node, std::span<const std::string_view> segments, Method method, Match& match) const {
  if (segments.empty()) {
    match.allowed |= node.allowed;
    const Route* route = node.routes[index_of(method)];
    if (route == nullptr && method == Method::kHead) route = node.routes[index_of(Method::kGet)];
    if (route == nullptr) return false;
    match.route = route;
    match.endpoint = route->endpoint;
    match.verdict = Verdict::kFound;
    return true;
  }
  const auto child = node.children.find(segments.front());
  if (child != node.children.end() && walk(*child->second, segments.subspan(1), method, match)) return true;
  for (const Node::Framed& one : node.framed) {
    const std::string_view segment = segments.front();
    if (segment.size() <= one.before.size() + one.after.size() || !segment.starts_with(one.before) ||
        !segment.ends_with(one.after) || match.count == kMaxParameters)
      continue;
    match.values[match.count++] =
        segment.substr(one.before.size(), segment.size() - one.before.size() - one.after.size());
    if (walk(*one.node, segments.subspan(1), method, match)) return true;
    --match.count;
  }
  if (node.parameter == nullptr || segments.front().empty() || match.count == kMaxParameters) return false;
  match.values[match.count++] = segments.front();
  if (walk(*node.parameter, segments.subspan(1), method, match)) return true;
  --match.count;
  return false;
}

Dispatcher::Match Dispatcher::find(Method method, std::string_view path) const {
  Match match;
  if (path == "*" && method == Method::kOptions) {
    match.verdict = Verdict::kOptions;
    return match;
  }
  match.verdict = Verdict::kBadPath;
  if (path.empty() || path.front() != '/') return match;
  std::array<std::string_view, kMaxSegments> segments;
  std::size_t count = 0;
  const Cut cut = cut_path(path.substr(1), segments, count, match.decoded);
  if (cut == Cut::kBad) return match;
  match.verdict = Verdict::kNotFound;
  if (cut == Cut::kTooMany) return match;
  if (walk(*root_, std::span(segments.data(), count), method, match)) return match;
  if (match.allowed != 0) match.verdict = method == Method::kOptions ? Verdict::kOptions : Verdict::kMethodNotAllowed;
  return match;
}

Response Dispatcher::refusal(const Match& match, const Request& request) const {
  switch (match.verdict) {
    case Verdict::kOptions: {
      Response response;
      response.status = 204;
      response.content_type.clear();
      response.headers.emplace_back("Allow", allow_text(match.allowed));
      return response;
    }
    case Verdict::kMethodNotAllowed: {
      const std::string allowed = allow_text(match.allowed);
      Response response = refused(
          {Errc::kMethodNotAllowed, "request.method_not_allowed", "This address takes " + allowed + ".", {}, {}, 0},
          request);
      response.headers.emplace_back("Allow", allowed);
      return response;
    }
    case Verdict::kBadPath:
      return refused({Errc::kBadRequest,
                      "request.bad_path",
                      "The path has a broken escape, a NUL, no UTF-8 or a dot segment.",
                      {},
                      {},
                      0},
                     request);
    case Verdict::kFound:
    case Verdict::kNotFound:
      break;
  }
  return refused({Errc::kNotFound, "request.no_such_address", "There is nothing at this address.", {}, {}, 0}, request);
}

Response Dispatcher::refused(const Error& error, const Request& request) const {
  if (refuse_)
    if (auto other = refuse_(request, error)) return std::move(*other);
  return problem(error, request.request_id);
}

Response Dispatcher::run(const Match& match, const Request& request, BodyReader* reader) const {
  if (match.verdict != Verdict::kFound) return refusal(match, request);
  std::vector<std::pair<std::string_view, std::string>> params;
  params.reserve(match.count);
  for (std::size_t i = 0; i < match.count; ++i) params.emplace_back(match.route->parameters[i], match.values[i]);
  Call call(request, std::move(params));
  call.body_reader = reader;
  Response response;
  std::string broken;
  try {
    response = match.endpoint->handle(call);
  } catch (const std::exception& bug) {  // a failed assertion of a store function, or no memory; nothing waits in here
    broken = bug.what();
    if (broken.empty()) broken = "exception";
  }
  if (!broken.empty())
    response = refused({Errc::kInternal, "request.bug", "This is a defect of the shop; it has been noted.", {}, {}, 0},
                       request);
  if (response.status >= 500 && log_ != nullptr)
    log_->error("request failed", {{"request_id", request.request_id},
                                   {"method", method_name(request.method)},
                                   {"route", match.route->pattern},
                                   {"status", response.status},
                                   {"bug", broken},
                                   {"problem", response.ready == nullptr ? response.body : std::string()}});
  return response;
}

}  // namespace kontor::http
