// Answers as bytes: status lines, the headers every answer carries (Date, Request-Id, Connection), refusals as problem
// documents.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "runtime/http.h"
#include "runtime/http_parser.h"

namespace kontor::runtime {

// "HTTP/1.1 200 OK\r\n"
std::string_view status_line(int status);
// "Sat, 21 Nov 2026 05:24:12 GMT"
std::string http_date(Time time);

// How the connection goes on after the answer.
enum class Connection { kKeep, kKeep10, kClose };  // kKeep10: an HTTP/1.0 client that asked for keep-alive

// Appends "Date: …\r\nRequest-Id: …\r\n" and, where needed, "Connection: …\r\n".
void append_common(std::string& out, std::string_view date, std::string_view request_id, Connection connection);
// Appends status line and headers of a plain Response, blank line included. `chunked`: no Content-Length but
// Transfer-Encoding; `until_close`: neither (HTTP/1.0 and a body in pieces).
struct HeadOptions {
  std::string_view date;
  std::string_view request_id;
  Connection connection = Connection::kKeep;
  bool chunked = false;
  bool until_close = false;
  std::string_view more_lines = {};  // whole ones
};
void append_head(std::string& out, const http::Response& response, const HeadOptions& options);
// The whole answer to a request that is not served; the connection closes.
std::string refusal_answer(const Refusal& refusal, std::string_view date, std::string_view request_id);
http::Response refusal_response(const Refusal& refusal, std::string_view request_id);

// Whether an If-None-Match header names the tag (weak comparison).
bool names_etag(std::string_view if_none_match, std::string_view etag);

// Unlike ids from a seed; 16 hex digits each.
class RequestIds {
 public:
  explicit RequestIds(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  void next_hex(std::string& out);  // appends

 private:
  std::uint64_t state_;
};

// Whether it is a version-00 traceparent with lower-case hex and ids that are not zero.
bool is_traceparent(std::string_view text);

}  // namespace kontor::runtime
