// What modules see of HTTP: requests, responses, endpoints and the router. The server (http_server.h) and Beast's
// parser stay behind it. A handler is plain code on a fiber; it returns Result<T>, and the router makes JSON or a
// problem document of it.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fetch_lines.h"
#include "base/id.h"
#include "base/result.h"
#include "runtime/json.h"

namespace kontor::http {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

struct Header {
  std::string_view name;   // as sent; compare without case
  std::string_view value;  // trimmed
};

// One request; views live as long as the handler runs.
struct Request {
  Method method = Method::kGet;
  std::string_view target;  // as sent
  std::string_view path;    // without query, still percent-encoded
  std::string_view query;   // after '?', still encoded
  std::vector<Header> headers;
  std::string_view body;    // whole; empty for streamed endpoints
  std::string_view peer;    // remote address without port
  std::string_view host;    // host and port the client asked for; "" when it named none (HTTP/1.0)
  std::string request_id;   // 16 hex digits, in logs and in the Request-Id header
  std::string traceparent;  // taken from the client or made here
  bool secure = false;      // over TLS, or a trusted proxy says so

  std::string_view header(std::string_view name) const;  // first value, or ""
  std::string_view cookie(std::string_view name) const;  // or ""
};

// Bytes ready to be written: status line, headers and body in one buffer, shared between answers.
// `head_close`/`Request-Id`/`Date` are not in it: ready answers are the same for everyone.
// Compressed forms are made when they are first asked for, and kept as long as the bytes are; safe from any thread.
enum class Encoding : std::uint8_t { kIdentity, kGzip, kBrotli };
struct ReadyBytes {
  std::string_view etag;          // quoted, strong
  std::string_view full;          // whole 200 answer, from "HTTP/1.1 200 OK\r\n" to the last body byte
  std::string_view not_modified;  // whole 304 answer
  std::size_t body_at = 0;        // where the body starts in `full` (HEAD sends only what is before it)
  bool compressible = false;      // text of some length
  bool by_language = false;       // "Vary: Accept-Language": not for whoever names languages, before a handler looked
  std::string_view name;          // what their keeper knows them by
  std::size_t weight() const;     // in memory, forms included

  ReadyBytes() = default;
  ~ReadyBytes();
  ReadyBytes(const ReadyBytes&) = delete;
  ReadyBytes& operator=(const ReadyBytes&) = delete;
  unsigned made() const;                            // the forms that are there, a bit an Encoding
  const ReadyBytes& form(Encoding encoding) const;  // these bytes themselves where there is none
  // A form is made once: whoever claims it calls make_form(), which takes a while, or unclaim().
  bool lacks(Encoding encoding) const;
  bool claim(Encoding encoding) const;
  void unclaim(Encoding encoding) const;
  void make_form(Encoding encoding, bool many_times) const;

 private:
  std::atomic<std::uintptr_t>& place(Encoding encoding) const;
  mutable std::array<std::atomic<std::uintptr_t>, 2> forms_{};  // owned; small numbers say why there is none
};
std::string strong_etag(std::string_view body);  // quoted
// Builds them in one block of memory: sending them touches few cache lines and pages beside the bytes themselves.
// `cache_control` as it goes into the header; `more_headers` are whole lines, "Name: value\r\n" each.
std::shared_ptr<const ReadyBytes> make_ready(std::string_view content_type, std::string_view cache_control,
                                             std::string_view body, std::string_view more_headers = {},
                                             std::string_view name = {});

class SocketHandler;  // web_socket.h

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::shared_ptr<const ReadyBytes>
      ready;  // when set, everything above is ignored (304 and HEAD are handled by the server)
  // When set, the body comes from here piece by piece instead (sent chunked), on the fiber; an empty piece is the end,
  // and an error breaks the connection off, so that the client does not take a part for the whole.
  std::function<Result<std::string>()> next_piece = {};
  std::shared_ptr<SocketHandler> socket = {};  // 101: the connection becomes a WebSocket (open_socket())
};

// Reads a streamed body piece by piece.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // The next bytes, at most a few 64 KiB; an empty view at the end. Errors: kTimeout, kBadRequest (broken chunking,
  // client gone).
  virtual Result<std::string_view> next() = 0;
};

// What a handler has in hand beside its decoded input.
class Call {
 public:
  Call(const Request& request_, std::vector<std::pair<std::string_view, std::string>> params)
      : request(request_), params_(std::move(params)) {}
  const Request& request;
  BodyReader* body_reader = nullptr;  // streamed endpoints only

  std::string_view param(std::string_view name) const;  // path parameter, decoded; asserts that the route has it
  // A path parameter as an id; 404 not_found when it is malformed.
  template <class IdType>
  Result<IdType> id(std::string_view name) const {
    const auto parsed = IdType::parse(param(name));
    if (!parsed)
      return fail(Errc::kNotFound, "request.no_such_id",
                  "There is nothing with the id '" + std::string(param(name)) + "'.");
    return *parsed;
  }
  // What the answer shall carry beside its body.
  void set_status(int status) { status_ = status; }
  void set_header(std::string name, std::string value) { headers_.emplace_back(std::move(name), std::move(value)); }
  int status() const { return status_; }
  std::vector<std::pair<std::string, std::string>>& headers() { return headers_; }

  // A wrapper around an endpoint's handler may hand one thing to the handler inside; `tag` is an address that both
  // know.
  void attach(const void* tag, const void* thing) {
    tag_ = tag;
    thing_ = thing;
  }
  const void* attached(const void* tag) const { return tag_ == tag ? thing_ : nullptr; }

 private:
  const void* tag_ = nullptr;
  const void* thing_ = nullptr;
  std::vector<std::pair<std::string_view, std::string>> params_;
  int status_ = 0;  // 0: the endpoint's own
  std::vector<std::pair<std::string, std::string>> headers_;
};

struct None {  // no body, no query
  static constexpr auto fields() { return described(); }
};

// What the docs say of an endpoint.
struct About {
  std::string_view summary = {};
  std::vector<std::string_view> reasons = {};  // "module.word" of the errors it can answer
  int status = 200;                            // of success
  std::string_view tag = {};                   // group in the docs; "" takes the first path segment
  bool own_query = false;      // body endpoints: the handler reads the query itself; else any parameter is unknown
  bool body_optional = false;  // an empty body reads as {}
};

// The memory that a point read will touch, step by step: where its answer is noted, then what that leads to.
struct Ahead {
  unsigned step = 0;     // 0, 1, 2: what one step names is there in the next
  std::int64_t key = 0;  // the reader's own, kept between steps; 0 at first
  Lines lines{};         // of this step
};
inline constexpr unsigned kAheadSteps = 3;

// Everything the router and OpenAPI need; made by the templates below.
struct Endpoint {
  Method method = Method::kGet;
  std::string pattern;  // "/products/{id}", below the router's base
  About about;
  // Runs on a fiber.
  std::function<Response(Call&)> handle;
  // Point reads: tried on the I/O thread before a fiber is made; null means "not at hand, take the fiber".
  // Must not wait, must not lock for long. Gets the path's last parameter, decoded.
  std::function<std::shared_ptr<const ReadyBytes>(std::string_view param)> inline_read;
  // A cookie by which the answer is another: requests that carry it are not read inline. "": there is none.
  std::string_view varies_by = {};
  // Names the memory that inline_read will touch for this parameter. A round of requests is parsed before the first is
  // answered, so it arrives meanwhile. Must not wait. Worth it where the answers are more than caches hold.
  std::function<void(std::string_view param, Ahead& ahead)> fetch_ahead;
  // Told when the bytes it answered for `param` have grown by a compressed form: who keeps them counts them again.
  std::function<void(std::string_view param, const std::shared_ptr<const ReadyBytes>& bytes)> grown = {};
  bool streamed = false;  // the body is handed over as a BodyReader, without the usual limit
  std::size_t body_limit = 1 << 20;
  std::string_view request_schema;  // names in the OpenAPI document, "" for none
  std::string_view response_schema;
  std::string request_schema_json;  // filled by the templates: JSON schema texts
  std::string response_schema_json;
  std::string query_parameters_json;           // OpenAPI "parameters" array for the query
  std::map<std::string, std::string> schemas;  // every named schema the texts above refer to
};
// Fills the schema texts of an endpoint that is added with full control: a GET's query struct (or None) and its answer.
template <class Query, class Out>
void describe(Endpoint& endpoint);

// Query parameters as a described struct: scalar members, std::vector<std::string> for repeatable ones,
// json::… are not allowed. A member of type Prefixed collects parameters by prefix ("attr.").
struct Prefixed {
  std::vector<std::pair<std::string, std::string>> values;  // name without the prefix, value; in order of appearance
};

// Reads `query` into T; 422 with `?name` fields; unknown parameters are kUnknownField. Name a Prefixed member "attr."
// in fields().
template <class T>
Result<T> read_query(std::string_view query);

// A problem document (RFC 9457) for an Error.
Response problem(const Error& error, std::string_view request_id);

// A table of endpoints below one base path. Filled at start, then only read.
class Router {
 public:
  explicit Router(std::string base) : base_(std::move(base)) {}

  // GET with a described query and a described answer.
  template <class Query, class Out, class Handler>  // Handler: Result<Out>(Call&, Query)
  void get(std::string pattern, About about, Handler handler);
  // POST, PUT, PATCH, DELETE with a described JSON body (None: no body is read) and a described answer (None: 204).
  template <class In, class Out, class Handler>  // Handler: Result<Out>(Call&, In)
  void post(std::string pattern, About about, Handler handler);
  template <class In, class Out, class Handler>
  void put(std::string pattern, About about, Handler handler);
  template <class In, class Out, class Handler>
  void patch(std::string pattern, About about, Handler handler);
  template <class In, class Out, class Handler>
  void del(std::string pattern, About about, Handler handler);
  // Full control: pages, streamed bodies, ready bytes.
  void add(Endpoint endpoint);

  const std::string& base() const { return base_; }
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }

 private:
  std::string base_;
  std::vector<Endpoint> endpoints_;
};

}  // namespace kontor::http

#include "runtime/http_templates.h"
