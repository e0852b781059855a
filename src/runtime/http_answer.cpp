#include "runtime/http_answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/http_safety.h"

namespace kontor::runtime {
namespace {

struct StatusText {
  int status;
  std::string_view line;
};
constexpr std::array kStatusLines = {
    StatusText{200, "HTTP/1.1 200 OK\r\n"},
    StatusText{201, "HTTP/1.1 201 Created\r\n"},
    StatusText{202, "HTTP/1.1 202 Accepted\r\n"},
    StatusText{204, "HTTP/1.1 204 No Content\r\n"},
    StatusText{206, "HTTP/1.1 206 Partial Content\r\n"},
    StatusText{301, "HTTP/1.1 301 Moved Permanently\r\n"},
    StatusText{302, "HTTP/1.1 302 Found\r\n"},
    StatusText{303, "HTTP/1.1 303 See Other\r\n"},
    StatusText{304, "HTTP/1.1 304 Not Modified\r\n"},
    StatusText{307, "HTTP/1.1 307 Temporary Redirect\r\n"},
    StatusText{308, "HTTP/1.1 308 Permanent Redirect\r\n"},
    StatusText{400, "HTTP/1.1 400 Bad Request\r\n"},
    StatusText{401, "HTTP/1.1 401 Unauthorized\r\n"},
    StatusText{402, "HTTP/1.1 402 Payment Required\r\n"},
    StatusText{403, "HTTP/1.1 403 Forbidden\r\n"},
    StatusText{404, "HTTP/1.1 404 Not Found\r\n"},
    StatusText{405, "HTTP/1.1 405 Method Not Allowed\r\n"},
    StatusText{406, "HTTP/1.1 406 Not Acceptable\r\n"},
    StatusText{408, "HTTP/1.1 408 Request Timeout\r\n"},
    StatusText{409, "HTTP/1.1 409 Conflict\r\n"},
    StatusText{410, "HTTP/1.1 410 Gone\r\n"},
    StatusText{411, "HTTP/1.1 411 Length Required\r\n"},
    StatusText{412, "HTTP/1.1 412 Precondition Failed\r\n"},
    StatusText{413, "HTTP/1.1 413 Content Too Large\r\n"},
    StatusText{414, "HTTP/1.1 414 URI Too Long\r\n"},
    StatusText{415, "HTTP/1.1 415 Unsupported Media Type\r\n"},
    StatusText{416, "HTTP/1.1 416 Range Not Satisfiable\r\n"},
    StatusText{417, "HTTP/1.1 417 Expectation Failed\r\n"},
    StatusText{421, "HTTP/1.1 421 Misdirected Request\r\n"},
    StatusText{422, "HTTP/1.1 422 Unprocessable Content\r\n"},
    StatusText{428, "HTTP/1.1 428 Precondition Required\r\n"},
    StatusText{429, "HTTP/1.1 429 Too Many Requests\r\n"},
    StatusText{431, "HTTP/1.1 431 Request Header Fields Too Large\r\n"},
    StatusText{500, "HTTP/1.1 500 Internal Server Error\r\n"},
    StatusText{501, "HTTP/1.1 501 Not Implemented\r\n"},
    StatusText{502, "HTTP/1.1 502 Bad Gateway\r\n"},
    StatusText{503, "HTTP/1.1 503 Service Unavailable\r\n"},
    StatusText{504, "HTTP/1.1 504 Gateway Timeout\r\n"},
    StatusText{505, "HTTP/1.1 505 HTTP Version Not Supported\r\n"},
    StatusText{507, "HTTP/1.1 507 Insufficient Storage\r\n"},
};

void append_number(std::string& out, std::size_t number) {
  std::array<char, 24> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

// A value that came from data must not begin a header of its own.
void append_value(std::string& out, std::string_view value) {
  for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
}

bool hex_lower(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string_view status_line(int status) {
  for (const StatusText& one : kStatusLines) {
    if (one.status == status) return one.line;
  }
  return status_line(500);
}

std::string http_date(Time time) {
  static constexpr std::array<std::string_view, 7> kDays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string text = to_rfc3339(Time{time.ms - time.ms % 1000});  // "2026-11-21T05:24:12Z"
  const auto month = static_cast<std::size_t>((text[5] - '0') * 10 + (text[6] - '0') - 1);
  std::string out(kDays[static_cast<std::size_t>(time.ms / kDayMs) % 7]);
  out.append(", ").append(text, 8, 2).append(" ").append(kMonths[month]).append(" ").append(text, 0, 4);
  out.append(" ").append(text, 11, 8).append(" GMT");
  return out;
}

void append_common(std::string& out, std::string_view date, std::string_view request_id, Connection connection) {
  out.append("Date: ").append(date).append("\r\nRequest-Id: ").append(request_id).append("\r\n");
  if (connection == Connection::kClose) out.append("Connection: close\r\n");
  if (connection == Connection::kKeep10) out.append("Connection: keep-alive\r\n");
}

void append_head(std::string& out, const http::Response& response, const HeadOptions& options) {
  out.append(status_line(response.status));
  append_common(out, options.date, options.request_id, options.connection);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) {
    if (!response.content_type.empty()) {
      out.append("Content-Type: ");
      append_value(out, response.content_type);
      out.append("\r\n");
    }
    if (options.chunked) {
      out.append("Transfer-Encoding: chunked\r\n");
    } else if (!options.until_close) {
      out.append("Content-Length: ");
      append_number(out, response.body.size());
      out.append("\r\n");
    }
  }
  for (const auto& [name, value] : response.headers) {
    append_value(out, name);
    out.append(": ");
    append_value(out, value);
    out.append("\r\n");
  }
  append_safety_lines(out, response);
  out.append(options.more_lines).append("\r\n");
}

http::Response refusal_response(const Refusal& refusal, std::string_view request_id) {
  http::Response response;
  response.status = refusal.status;
  response.content_type = "application/problem+json";
  std::string_view title = status_line(refusal.status).substr(13);
  title.remove_suffix(2);
  // All texts are literals of this program without anything to escape.
  response.body.append("{\"type\":\"/docs/errors/").append(refusal.code).append("\",\"title\":\"").append(title);
  response.body.append("\",\"status\":")
      .append(std::to_string(refusal.status))
      .append(",\"detail\":\"")
      .append(refusal.detail);
  response.body.append("\",\"code\":\"").append(refusal.code).append("\",\"reason\":\"").append(refusal.reason);
  response.body.append("\",\"request_id\":\"").append(request_id).append("\"}");
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::string refusal_answer(const Refusal& refusal, std::string_view date, std::string_view request_id) {
  const http::Response response = refusal_response(refusal, request_id);
  std::string out;
  append_head(out, response, {date, request_id, Connection::kClose});
  return out + response.body;
}

bool names_etag(std::string_view header, std::string_view etag) {
  if (header == "*") return true;
  const auto opaque = [](std::string_view tag) { return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag; };
  while (!header.empty()) {
    // A comma may be part of a tag, so tags are taken by their quotes.
    const std::size_t begin = header.find('"');
    if (begin == std::string_view::npos) return false;
    const std::size_t end = header.find('"', begin + 1);
    if (end == std::string_view::npos) return false;
    if (header.substr(begin, end - begin + 1) == opaque(etag)) return true;
    header.remove_prefix(end + 1);
  }
  return false;
}

std::uint64_t RequestIds::next() {  // splitmix64
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

void RequestIds::next_hex(std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::uint64_t value = next();
  for (int i = 0; i < 16; ++i, value <<= 4) out += kDigits[value >> 60];
}

bool is_traceparent(std::string_view text) {
  return text.size() == 55 && text.substr(0, 3) == "00-" && text[35] == '-' && text[52] == '-' &&
         hex_lower(text.substr(3, 32)) && hex_lower(text.substr(36, 16)) && hex_lower(text.substr(53)) &&
         text.substr(3, 32) != std::string(32, '0') && text.substr(36, 16) != std::string(16, '0');
}

}  // namespace kontor::runtime
