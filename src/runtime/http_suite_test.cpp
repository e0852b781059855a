// The public suite of HTTP messages (llhttp's), strict request cases: what it refuses must be refused here, what it
// takes must be taken, but for the differences listed with their reasons. The suite lies beside the checkout; without
// it this test says so.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "runtime/http_parser.h"

namespace kontor::runtime {
namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;  // "uri/Space in URI"
  std::string input;
  bool refused = false;
  bool paused = false;  // after the first head; what follows is no HTTP
};

// Where this server decides otherwise than the suite, on purpose.
const std::map<std::string, std::string> kDifferences = {
    {"sample/No HTTP version", "HTTP/0.9 is not spoken"},
    {"method/M-SEARCH request", "the target * is for OPTIONS only"},
    {"method/SOURCE request with ICE", "another protocol"},
    {"method/OPTIONS request with RTSP", "another protocol"},
    {"method/ANNOUNCE request with RTSP", "another protocol"},
    {"method/PRI request HTTP2", "the target * is for OPTIONS only"},
    {"method/CONNECT request", "this is no proxy"},
    {"method/CONNECT request with CAPS", "this is no proxy"},
    {"method/CONNECT with body", "this is no proxy"},
    {"uri/Underscore in hostname", "this is no proxy"},
    {"transfer-encoding/POST with `chunked` as last transfer-encoding", "no coding but chunked is taken: 501"},
    {"transfer-encoding/POST with `chunked` as last transfer-encoding (multiple headers)",
     "Transfer-Encoding comes once"},
    {"invalid/HTTP protocol and ANNOUNCE method", "a method is any token; the router answers 405"},
    {"invalid/Invalid method", "a method is any token; the router answers 405"},
    {"uri/`host:port` and basic auth", "a user in a target is an error (RFC 9110, 4.2.4)"},
    {"uri/Fragment in URI", "RFC 9112 has no fragments in targets"},
};

fs::path suite_archive() {
  constexpr const char* kName = "http-parsing-suite.tar.gz";
  if (const char* folder = std::getenv("KONTOR_TEST_DATA")) return fs::path(folder) / kName;
  for (fs::path at = fs::current_path(); at.has_relative_path(); at = at.parent_path()) {
    if (const fs::path found = at / "shared/data" / kName; fs::exists(found)) return found;
  }
  return fs::path("shared/data") / kName;
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// The suite's notation: a backslash at the end of a line joins it with the next, other lines end in CRLF, \r \n \t \f
// \xHH \ooo.
std::string unescape(std::string text) {
  if (!text.empty() && text.back() == '\n') text.pop_back();
  replace_all(text, "\\\n", "");
  replace_all(text, "\n", "\r\n");
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    const std::string_view simple = "rntf";
    if (const auto at = simple.find(c); at != std::string_view::npos) {
      out += "\r\n\t\f"[at];
    } else if (c == 'x') {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else if (c >= '0' && c <= '7') {
      std::size_t digits = 0;
      out += static_cast<char>(std::stoi(text.substr(i, 3), &digits, 8));
      i += digits - 1;
    } else {
      out += '\\';
      out += c;
    }
  }
  return out;
}

// The text of the block that begins with ```kind after `at`, which moves behind it; empty when there is none before
// `limit`.
std::string block(const std::string& text, const std::string& kind, std::size_t& at, std::size_t limit) {
  const std::size_t begin = text.find("```" + kind + "\n", at);
  if (begin == std::string::npos || begin >= limit) return {};
  const std::size_t from = begin + 4 + kind.size();
  const std::size_t end = text.find("\n```", from - 1);
  at = end + 4;
  return text.substr(from, end + 1 - from);
}

int error_code(const std::string& log) {
  const std::size_t at = log.find("error code=");
  return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + 11);
}
// Codes 21 to 23 are pauses: the suite's parser stops at CONNECT, Upgrade and PRI and leaves the rest to its user.
bool is_pause(const std::string& log) { return error_code(log) >= 21 && error_code(log) <= 23; }
bool is_error(const std::string& log) { return error_code(log) != 0 && !is_pause(log); }

std::vector<Case> read_cases(const fs::path& file) {
  std::ifstream stream(file);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  std::vector<Case> out;
  std::string title;
  std::size_t at = 0;
  while ((at = text.find("<!-- meta=", at)) != std::string::npos) {
    const std::size_t heading = text.rfind("\n##", at);
    const std::size_t name = text.find_first_not_of("# \n", heading);
    title = text.substr(name, text.find('\n', name) - name);
    const std::string meta = text.substr(at, text.find("-->", at) - at);
    const std::size_t limit = std::min(text.find("<!-- meta=", at + 1), text.size());
    const std::string input = block(text, "http", at, limit);
    const std::string log = block(text, "log", at, limit);
    at = std::max(at, limit == text.size() ? text.size() : limit);
    if (input.empty() || meta.find("\"type\": \"request\"") == std::string::npos) continue;
    out.push_back({file.stem().string() + "/" + title, unescape(input), is_error(log), is_pause(log)});
  }
  return out;
}

// Whether the server would refuse something in these bytes, were they all a connection ever got.
bool refuses(std::string_view input, bool first_only) {
  HeadRules rules;
  rules.require_host = false;  // the suite's requests mostly have none
  while (input.find_first_not_of("\r\n") != std::string_view::npos) {
    Head head;
    Refusal refusal;
    const Parsed parsed = parse_head(input, rules, head, refusal);
    if (parsed == Parsed::kMore) {
      // The suite's parser complains in the middle of a head, this one at its end at the latest.
      return parse_head(std::string(input) + "\r\n\r\n", rules, head, refusal) == Parsed::kRefused;
    }
    if (parsed == Parsed::kRefused) return true;
    if (first_only) return false;
    input.remove_prefix(head.bytes);
    if (head.framing == Framing::kLength) input.remove_prefix(std::min<std::size_t>(head.content_length, input.size()));
    ChunkDecoder chunks;
    while (head.framing == Framing::kChunked && !chunks.done() && !input.empty()) {
      input.remove_prefix(chunks.next(input).consumed);
      if (chunks.bad()) return true;
    }
    if (!head.keep_alive)
      return input.find_first_not_of("\r\n") != std::string_view::npos;  // what follows is never read as a request
  }
  return false;
}

TEST_CASE("the public suite of HTTP requests") {
  const fs::path archive = suite_archive();
  if (!fs::exists(archive)) {
    MESSAGE("skipped: there is no " << archive.string());
    return;
  }
  char folder[] = "/tmp/kontor-http-suite-XXXXXX";
  REQUIRE(mkdtemp(folder) != nullptr);
  const std::string command = "tar xzf '" + archive.string() + "' -C " + folder;
  REQUIRE(std::system(command.c_str()) == 0);
  int cases = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".md" || entry.path().parent_path().filename() != "request") continue;
    if (entry.path().stem().string().rfind("lenient", 0) == 0) continue;
    for (const Case& one : read_cases(entry.path())) {
      ++cases;
      const auto different = kDifferences.find(one.name);
      CAPTURE(one.name);
      CAPTURE(one.input);
      CHECK(refuses(one.input, one.paused) == (one.refused != (different != kDifferences.end())));
    }
  }
  fs::remove_all(folder);
  CHECK(cases > 90);
}

}  // namespace
}  // namespace kontor::runtime
