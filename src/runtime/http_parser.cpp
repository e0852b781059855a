#include "runtime/http_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "base/text.h"

namespace kontor::runtime {
namespace {

namespace beast_http = boost::beast::http;
using Code = boost::beast::error_code;
using Field = beast_http::field;

constexpr std::string_view kRoot = "/";  // the path of an absolute target that has none

std::string_view plain(boost::beast::string_view text) { return {text.data(), text.size()}; }

constexpr Refusal bad(std::string_view reason, std::string_view detail) {
  return Refusal{400, "bad_request", reason, detail};
}
constexpr Refusal kBadHead = bad("request.malformed", "The request is not valid HTTP/1.1.");

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool same_word(std::string_view a, std::string_view lower_b) {
  if (a.size() != lower_b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower_b[i]) return false;
  }
  return true;
}
bool is_authority(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && std::strchr(".-_:[]%~!$&'()*+;=", c) != nullptr);
  });
}

http::Method method_of(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get:
      return http::Method::kGet;
    case beast_http::verb::head:
      return http::Method::kHead;
    case beast_http::verb::post:
      return http::Method::kPost;
    case beast_http::verb::put:
      return http::Method::kPut;
    case beast_http::verb::patch:
      return http::Method::kPatch;
    case beast_http::verb::delete_:
      return http::Method::kDelete;
    case beast_http::verb::options:
      return http::Method::kOptions;
    default:
      return http::Method::kOther;
  }
}

// What Beast calls back with goes into the Head; what it would let through is caught here.
class Sink : public beast_http::basic_parser<true> {
 public:
  Sink(Head& head, const HeadRules& rules) : head_(head), rules_(rules) {}
  const Refusal* refusal() const { return refusal_ ? &*refusal_ : nullptr; }

  std::optional<Refusal> check_end() const {
    if (hosts_ == 0 && !head_.http10 && rules_.require_host)
      return bad("request.host_missing", "There must be a Host header.");
    if (length_seen_ && coding_seen_) {
      return bad("request.two_lengths", "Content-Length and Transfer-Encoding must not come together.");
    }
    if (coding_seen_ && head_.http10) return bad("request.transfer_encoding", "HTTP/1.0 knows no Transfer-Encoding.");
    return std::nullopt;
  }

 private:
  void refuse(const Refusal& refusal, Code& code) {
    refusal_ = refusal;
    code = beast_http::error::bad_value;
  }

  void on_request_impl(beast_http::verb verb, boost::beast::string_view, boost::beast::string_view target, int version,
                       Code& code) override {
    head_.request.method = method_of(verb);
    head_.request.target = plain(target);
    head_.http10 = version == 10;
    head_.keep_alive = !head_.http10;
    if (!split_target(plain(target))) refuse(bad("request.target", "The request target is not a clean path."), code);
  }
  bool split_target(std::string_view target);
  void on_connection(std::string_view value);
  void on_length(std::string_view value, Code& code);
  void on_coding(std::string_view value, Code& code);
  void on_host(std::string_view value, Code& code);
  void on_unlisted(std::string_view name, std::string_view value, Code& code);
  void on_field_impl(Field field, boost::beast::string_view name, boost::beast::string_view value, Code& code) override;

  void on_response_impl(int, boost::beast::string_view, int, Code&) override {}
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(boost::beast::string_view body, Code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, Code&) override { return body.size(); }
  void on_finish_impl(Code&) override {}

  bool only_once(unsigned bit) {
    const bool first = (seen_ & bit) == 0;
    seen_ |= bit;
    return first;
  }

  Head& head_;
  const HeadRules& rules_;
  std::optional<Refusal> refusal_;
  int hosts_ = 0;
  bool length_seen_ = false;
  bool coding_seen_ = false;
  unsigned seen_ = 0;
};

bool Sink::split_target(std::string_view target) {
  http::Request& request = head_.request;
  for (const char c : target) {
    if (c <= 0x20 || c == 0x7f || c == '#') return false;  // char is signed: bytes beyond ASCII are negative
  }
  if (target == "*") {
    request.path = target;
    request.query = {};
    return request.method == http::Method::kOptions;
  }
  if (!target.empty() && target.front() != '/') {  // absolute form: a proxy may send it, servers must take it
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) return false;
    if (!same_word(target.substr(0, scheme), "http") && !same_word(target.substr(0, scheme), "https")) return false;
    const std::size_t slash = target.find_first_of("/?", scheme + 3);
    if (slash == scheme + 3) return false;
    request.host = target.substr(scheme + 3, slash == std::string_view::npos ? slash : slash - scheme - 3);
    if (!is_authority(request.host)) return false;
    target = slash == std::string_view::npos ? kRoot : target.substr(slash);
  }
  const std::size_t mark = target.find('?');
  request.path = mark == 0 ? kRoot : target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  return path_is_clean(request.path);
}

void Sink::on_connection(std::string_view value) {
  while (!value.empty()) {
    const std::size_t comma = value.find(',');
    const std::string_view word = trim(value.substr(0, comma));
    if (same_word(word, "close")) {
      head_.keep_alive = false;
      seen_ |= 0x80000000u;  // wins over keep-alive, in any order
    } else if (same_word(word, "keep-alive") && (seen_ & 0x80000000u) == 0) {
      head_.keep_alive = true;
    }
    value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
  }
}

void Sink::on_length(std::string_view value, Code& code) {
  if (length_seen_) return refuse(bad("request.content_length", "Content-Length came twice."), code);
  length_seen_ = true;
  const bool digits = !value.empty() && value.size() <= 18 &&
                      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return refuse(bad("request.content_length", "Content-Length must be one decimal number."), code);
  head_.content_length = 0;
  for (const char c : value) head_.content_length = head_.content_length * 10 + static_cast<std::uint64_t>(c - '0');
  head_.framing = head_.content_length > 0 ? Framing::kLength : Framing::kNone;
}

void Sink::on_coding(std::string_view value, Code& code) {
  if (coding_seen_) return refuse(bad("request.transfer_encoding", "Transfer-Encoding came twice."), code);
  coding_seen_ = true;
  head_.framing = Framing::kChunked;
  if (same_word(value, "chunked")) return;
  const std::size_t comma = value.rfind(',');
  const bool chunked_last = comma != std::string_view::npos && same_word(trim(value.substr(comma + 1)), "chunked");
  if (!chunked_last) return refuse(bad("request.transfer_encoding", "Transfer-Encoding must end in chunked."), code);
  refuse(Refusal{501, "not_implemented", "request.transfer_encoding", "The only Transfer-Encoding taken is chunked."},
         code);
}

void Sink::on_host(std::string_view value, Code& code) {
  ++hosts_;
  if (!is_authority(value) || hosts_ > 1)
    return refuse(bad("request.host", "There must be one Host header with a host name and port."), code);
  if (head_.request.host.empty()) head_.request.host = value;  // an absolute target's own host counts more
}

void Sink::on_field_impl(Field field, boost::beast::string_view raw_name, boost::beast::string_view raw_value,
                         Code& code) {
  const std::string_view value = plain(raw_value);
  if (head_.request.headers.size() >= rules_.headers) {
    return refuse(Refusal{431, "too_large", "request.too_many_headers", "The request has too many headers."}, code);
  }
  if (raw_name.empty()) return refuse(kBadHead, code);
  head_.request.headers.push_back({plain(raw_name), value});
  switch (field) {
    case Field::connection:
      return on_connection(value);
    case Field::content_length:
      return on_length(value, code);
    case Field::transfer_encoding:
      return on_coding(value, code);
    case Field::host:
      return on_host(value, code);
    case Field::if_none_match:
      head_.if_none_match = value;
      return;
    case Field::accept_encoding:
      head_.accept_encoding = value;
      return;
    case Field::origin:
      head_.origin = value;
      return;
    case Field::cookie:
      head_.cookies = true;
      return;
    case Field::expect:
      if (!same_word(value, "100-continue")) {
        return refuse(Refusal{417, "expectation_failed", "request.expect", "The only Expect taken is 100-continue."},
                      code);
      }
      head_.expect_continue = true;
      return;
    case Field::authorization:
      if (!only_once(1)) refuse(bad("request.duplicate_header", "Authorization came twice."), code);
      return;
    case Field::content_type:
      if (!only_once(2)) refuse(bad("request.duplicate_header", "Content-Type came twice."), code);
      return;
    default:
      break;
  }
  if (field == Field::unknown) on_unlisted(plain(raw_name), value, code);
}

// Headers that Beast has no number for.
void Sink::on_unlisted(std::string_view name, std::string_view value, Code& code) {
  if (same_word(name, "idempotency-key")) {
    if (!only_once(4)) refuse(bad("request.duplicate_header", "Idempotency-Key came twice."), code);
  } else if (same_word(name, "traceparent")) {
    head_.traceparent = value;
  } else if (same_word(name, "x-forwarded-for")) {
    head_.forwarded_for = value;
  } else if (same_word(name, "x-forwarded-proto")) {
    head_.forwarded_proto = value;
  } else if (same_word(name, "x-forwarded-host")) {
    head_.forwarded_host = value;
  }
}

// Walks the lines: finds where the head ends and refuses what no strict reader takes. Beast is lenient about some of
// it. Returns the bytes of the head, 0 when it is not complete; sets `refusal` and returns 0 with `refused`.
std::size_t end_of_head(std::string_view input, const HeadRules& rules, Refusal& refusal, bool& refused) {
  const auto refuse = [&](const Refusal& why) {
    refusal = why;
    refused = true;
    return std::size_t{0};
  };
  const Refusal too_long{431, "too_large", "request.head_too_large", "The request's headers are too large."};
  const Refusal line_too_long{414, "too_large", "request.target_too_long", "The request line is too long."};
  std::size_t at = 0;
  for (bool first = true;; first = false) {
    const auto* newline = static_cast<const char*>(std::memchr(input.data() + at, '\n', input.size() - at));
    const std::size_t end = newline == nullptr ? input.size() : static_cast<std::size_t>(newline - input.data());
    if (first && end - at > rules.line_bytes) return refuse(line_too_long);
    if (end > rules.head_bytes) return refuse(too_long);
    const auto* cr = static_cast<const char*>(std::memchr(input.data() + at, '\r', end - at));
    if (cr != nullptr && static_cast<std::size_t>(cr - input.data()) + 1 != end) return refuse(kBadHead);  // bare CR
    if (newline == nullptr) return 0;
    if (cr == nullptr) return refuse(kBadHead);  // bare LF
    if (cr == input.data() + at && !first) return end + 1;
    // A line that begins with a blank would continue the one before it, or hide a header from one of two readers.
    if (input[at] == ' ' || input[at] == '\t' || input[at] == '\r') return refuse(kBadHead);
    at = end + 1;
  }
}

// One empty line before a request is forgiven: some clients send it after a body.
std::size_t blank_lines(std::string_view input) {
  std::size_t blank = 0;
  while (blank < 4 && input.substr(blank, 2) == "\r\n") blank += 2;
  return blank;
}

Refusal refusal_of_head(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  const std::size_t version = line.rfind(" HTTP/");
  if (version != std::string_view::npos && version + 9 == line.size() && line.substr(version + 6, 2) != "1." &&
      line[version + 7] == '.') {
    return Refusal{505, "http_version", "request.http_version", "This server speaks HTTP/1.1."};
  }
  return kBadHead;
}

void clear(Head& head) {
  head.request.headers.clear();
  head.framing = Framing::kNone;
  head.content_length = 0;
  head.expect_continue = head.cookies = false;
  head.if_none_match = head.accept_encoding = head.origin = head.traceparent = {};
  head.forwarded_for = head.forwarded_proto = head.forwarded_host = {};
  head.request.host = {};
}

}  // namespace

Parsed parse_head(std::string_view whole, const HeadRules& rules, Head& head, Refusal& refusal) {
  const std::size_t blank = blank_lines(whole);
  const std::string_view input = whole.substr(blank);
  if (input.empty() || input == "\r") return Parsed::kMore;
  bool refused = false;
  const std::size_t bytes = end_of_head(input, rules, refusal, refused);
  if (refused) return Parsed::kRefused;
  if (bytes == 0) return Parsed::kMore;
  clear(head);
  Sink sink(head, rules);
  sink.header_limit(static_cast<std::uint32_t>(rules.head_bytes + rules.line_bytes));
  sink.body_limit(boost::none);
  Code code;
  sink.put(boost::asio::const_buffer(input.data(), bytes), code);
  if (code) {
    refusal = sink.refusal() != nullptr ? *sink.refusal() : refusal_of_head(input.substr(0, bytes));
    return Parsed::kRefused;
  }
  if (const auto why = sink.check_end()) {
    refusal = *why;
    return Parsed::kRefused;
  }
  if (head.http10) head.expect_continue = false;
  head.bytes = blank + bytes;
  return Parsed::kHead;
}

void Head::move_views(const char* from, const char* to) {
  const auto move = [from, to](std::string_view& view) {
    if (!view.empty()) view = std::string_view(to + (view.data() - from), view.size());
  };
  move(request.target);
  if (request.path.data() != kRoot.data()) move(request.path);
  move(request.query);
  move(request.host);
  for (http::Header& header : request.headers) {
    move(header.name);
    move(header.value);
  }
  move(if_none_match);
  move(accept_encoding);
  move(origin);
  move(traceparent);
  move(forwarded_for);
  move(forwarded_proto);
  move(forwarded_host);
}

bool path_is_clean(std::string_view path) {
  if (path.find('%') == std::string_view::npos && path.find("/.") == std::string_view::npos &&
      path.find('\\') == std::string_view::npos) {
    return true;
  }
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
    return -1;
  };
  // The segment so far, decoded: only its length and whether it is all dots matter.
  std::size_t length = 0;
  bool dots = true;
  for (std::size_t i = 0; i <= path.size(); ++i) {
    char c = i < path.size() ? path[i] : '/';
    if (c == '%') {
      if (i + 2 >= path.size() || digit(path[i + 1]) < 0 || digit(path[i + 2]) < 0) return false;
      c = static_cast<char>(digit(path[i + 1]) * 16 + digit(path[i + 2]));
      i += 2;
    }
    if (c == '\0') return false;
    if (c == '/' || c == '\\') {
      if (dots && (length == 1 || length == 2)) return false;
      length = 0;
      dots = true;
    } else {
      ++length;
      dots = dots && c == '.';
    }
  }
  return true;
}

}  // namespace kontor::runtime
