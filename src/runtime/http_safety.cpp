#include "runtime/http_safety.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace kontor::http {
namespace {

struct Line {
  std::string_view name;
  std::string_view line;
  bool pages_only = false;  // says nothing of an answer that is no document
};
constexpr std::array kLines = {
    Line{"X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n"},
    Line{"Referrer-Policy", "Referrer-Policy: same-origin\r\n"},
    Line{"X-Frame-Options", "X-Frame-Options: DENY\r\n"},
    Line{"Content-Security-Policy", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"},
    Line{"Cross-Origin-Opener-Policy", "Cross-Origin-Opener-Policy: same-origin\r\n", true},
    Line{"Permissions-Policy", "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n", true},
};

template <class IsGiven>
void append_without(std::string& out, std::string_view content_type, const IsGiven& is_given) {
  const bool page = content_type.starts_with("text/html");
  for (const Line& line : kLines)
    if ((page || !line.pages_only) && !is_given(line.name)) out += line.line;
}

}  // namespace

void append_safety_lines(std::string& out, std::string_view content_type, std::string_view given) {
  append_without(out, content_type, [given](std::string_view name) {
    for (std::string_view rest = given; !rest.empty();) {
      if (iequals_ascii(rest.substr(0, rest.find(':')), name)) return true;
      const auto end = rest.find('\n');
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
    return false;
  });
}

void append_safety_lines(std::string& out, const Response& response) {
  append_without(out, response.content_type, [&](std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [name](const auto& header) { return iequals_ascii(header.first, name); });
  });
}

}  // namespace kontor::http
