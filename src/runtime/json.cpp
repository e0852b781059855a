#include "runtime/json.h"

#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>

#include "base/assert.h"

namespace kontor::json {
namespace {

namespace bj = boost::json;
using Code = boost::system::error_code;

constexpr std::size_t kMaxFieldErrors = 100;  // a body of a million wrong members gets an answer of bounded size

// Feeds Boost's value stack, counts members (an object with duplicates ends up smaller than what was read) and reads
// numbers with fractions by std::from_chars, since Boost 1.81 is off by a unit in the last place for some.
struct Handler {
  static constexpr std::size_t max_object_size = bj::object::max_size();
  static constexpr std::size_t max_array_size = bj::array::max_size();
  static constexpr std::size_t max_key_size = bj::string::max_size();
  static constexpr std::size_t max_string_size = bj::string::max_size();

  bj::value_stack stack;
  std::size_t members = 0;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return true; }
  bool on_object_end(std::size_t count, Code&) {
    members += count;
    stack.push_object(count);
    return true;
  }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t count, Code&) {
    stack.push_array(count);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t, Code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, Code&) {
    stack.push_key(part);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, Code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, Code&) {
    stack.push_string(part);
    return true;
  }
  bool on_number_part(bj::string_view, Code&) { return true; }
  bool on_int64(std::int64_t value, bj::string_view, Code&) {
    stack.push_int64(value);
    return true;
  }
  bool on_uint64(std::uint64_t value, bj::string_view, Code&) {
    stack.push_uint64(value);
    return true;
  }
  bool on_double(double value, bj::string_view text, Code& error) {
    double exact = value;
    std::from_chars(text.data(), text.data() + text.size(), exact);  // out of range leaves Boost's 0 or infinity
    if (!std::isfinite(exact)) {
      error = bj::error::exponent_overflow;
      return false;
    }
    stack.push_double(exact);
    return true;
  }
  bool on_bool(bool value, Code&) {
    stack.push_bool(value);
    return true;
  }
  bool on_null(Code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, Code&) { return true; }
  bool on_comment(bj::string_view, Code&) { return true; }
};

std::size_t count_members(const bj::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object)
      if (member.value().is_structured()) count += count_members(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array)
      if (element.is_structured()) count += count_members(element);
  }
  return count;
}

std::string place_of(std::string_view text, std::size_t at) {
  const auto before = text.substr(0, std::min(at, text.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto last = before.rfind('\n');
  const auto column = 1 + count_code_points(last == std::string_view::npos ? before : before.substr(last + 1));
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::string_view words_of(const Code& error) {
  if (error == bj::error::extra_data) return "there is more after the value";
  if (error == bj::error::incomplete) return "it ends too early";
  if (error == bj::error::too_deep) return "it is nested deeper than 64 levels";
  if (error == bj::error::exponent_overflow) return "a number is too large";
  if (error == bj::error::illegal_leading_surrogate || error == bj::error::illegal_trailing_surrogate)
    return "an escape is half a surrogate pair";
  return "it is not what JSON allows here";
}

// Which member was given twice, found by a second look that only the unlucky pay for.
struct DuplicateFinder : Handler {
  std::vector<std::set<std::string, std::less<>>> open;
  std::string key, twice;

  bool on_object_begin(Code&) {
    open.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Code&) {
    open.pop_back();
    return true;
  }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_key_part(bj::string_view part, std::size_t, Code&) {
    key.append(part.data(), part.size());
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, Code& error) {
    key.append(part.data(), part.size());
    const bool fresh = open.back().insert(key).second;
    if (!fresh) {
      twice = key;
      error = bj::error::syntax;
    }
    key.clear();
    return fresh;
  }
  bool on_string_part(bj::string_view, std::size_t, Code&) { return true; }
  bool on_string(bj::string_view, std::size_t, Code&) { return true; }
  bool on_int64(std::int64_t, bj::string_view, Code&) { return true; }
  bool on_uint64(std::uint64_t, bj::string_view, Code&) { return true; }
  bool on_double(double, bj::string_view, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
};

std::string duplicate_words(std::string_view text) {
  bj::parse_options options;
  options.max_depth = kMaxDepth;
  bj::basic_parser<DuplicateFinder> parser(options);
  Code error;
  const std::size_t at = parser.write_some(false, text.data(), text.size(), error);
  KONTOR_ASSERT(error);
  return "The member '" + parser.handler().twice + "' is there twice, at " + place_of(text, at) + ".";
}

tl::unexpected<Error> malformed(std::string_view reason, std::string detail) {
  return fail(Errc::kMalformed, reason, std::move(detail));
}

// The first byte that does not belong to well-formed UTF-8.
std::size_t bad_utf8_at(std::string_view text) {
  std::size_t good = 0;
  for (std::size_t next = text.size(); good < next;) {  // the longest well-formed prefix, by halving
    const std::size_t middle = good + (next - good + 1) / 2;
    std::size_t cut = middle;
    while (cut > good && cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
    if (cut > good && is_utf8(text.substr(good, cut - good)))
      good = cut;
    else
      next = middle - 1;
  }
  return good;
}

void print_canonical(std::string& out, const bj::value& value) {
  if (const auto* object = value.if_object()) {
    std::vector<const bj::key_value_pair*> members;
    members.reserve(object->size());
    for (const auto& member : *object) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key() < b->key(); });
    out += '{';
    for (const auto* member : members) {
      if (out.back() != '{') out += ',';
      print_text(out, std::string_view(member->key().data(), member->key().size()));
      out += ':';
      print_canonical(out, member->value());
    }
    out += '}';
  } else if (const auto* array = value.if_array()) {
    out += '[';
    for (std::size_t i = 0; i < array->size(); ++i) {
      if (i > 0) out += ',';
      print_canonical(out, (*array)[i]);
    }
    out += ']';
  } else {
    print_value(out, value);
  }
}

// 0: as it is; 'u': \u00XX; else the letter after the backslash.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}();

// Whether one of eight bytes needs an escape: below 0x20, '"' or '\\' (the classic zero-byte trick, exact enough to be
// only a hint).
bool may_need_escape(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ull;
  constexpr std::uint64_t kHigh = 0x8080808080808080ull;
  const auto zero_in = [](std::uint64_t x) { return (x - kOnes) & ~x; };
  return (((word - kOnes * 0x20) & ~word) & kHigh) != 0 || (zero_in(word ^ kOnes * '"') & kHigh) != 0 ||
         (zero_in(word ^ kOnes * '\\') & kHigh) != 0;
}

}  // namespace

Result<Document> parse(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return malformed("request.empty_body", "The body is empty; JSON is expected.");
  bj::parse_options options;
  options.max_depth = kMaxDepth;
  bj::basic_parser<Handler> parser(options);
  parser.handler().stack.reset(
      bj::make_shared_resource<bj::monotonic_resource>(std::max<std::size_t>(1024, text.size() * 2)));
  Code error;
  std::size_t at = parser.write_some(false, text.data(), text.size(), error);
  while (!error && at < text.size() && std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) ++at;
  if (!error && at < text.size()) error = bj::error::extra_data;
  if (error) {
    if (!is_utf8(text))
      return malformed("request.bad_utf8", "The body is not UTF-8 at " + place_of(text, bad_utf8_at(text)) + ".");
    if (error == bj::error::incomplete) at = text.size();
    return malformed("request.bad_json",
                     "The body is no JSON at " + place_of(text, at) + ": " + std::string(words_of(error)) + ".");
  }
  bj::value root = parser.handler().stack.release();
  if (parser.handler().members != 0 && count_members(root) != parser.handler().members)
    return malformed("request.duplicate_member", duplicate_words(text));
  return Document(std::move(root));
}

std::string canonical(const bj::value& value) {
  std::string out;
  print_canonical(out, value);
  return out;
}

void print_text(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  const char* from = text.data();
  const char* const end = from + text.size();
  for (const char* at = from; at < end;) {
    if (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      if (!may_need_escape(word)) {
        at += 8;
        continue;
      }
    }
    const char* const stop = std::min(at + 8, end);
    for (; at < stop; ++at) {
      const char escape = kEscapes[static_cast<unsigned char>(*at)];
      if (escape == 0) continue;
      out.append(from, at);
      from = at + 1;
      out += '\\';
      out += escape;
      if (escape == 'u') {
        out += "00";
        out += kHex[static_cast<unsigned char>(*at) >> 4];
        out += kHex[static_cast<unsigned char>(*at) & 15];
      }
    }
  }
  out.append(from, end);
  out += '"';
}

void print_int(std::string& out, std::int64_t value) {
  std::array<char, 24> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  KONTOR_ASSERT(error == std::errc());
  out.append(buffer.data(), end);
}

void print_double(std::string& out, double value) {
  if (!std::isfinite(value)) {  // JSON has no word for it
    out += "null";
    return;
  }
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  KONTOR_ASSERT(error == std::errc());
  out.append(buffer.data(), end);
}

void print_value(std::string& out, const bj::value& value) {
  switch (value.kind()) {
    case bj::kind::null:
      out += "null";
      return;
    case bj::kind::bool_:
      out += value.get_bool() ? "true" : "false";
      return;
    case bj::kind::int64:
      print_int(out, value.get_int64());
      return;
    case bj::kind::uint64:
      out += std::to_string(value.get_uint64());
      return;
    case bj::kind::double_:
      print_double(out, value.get_double());
      return;
    case bj::kind::string:
      print_text(out, std::string_view(value.get_string().data(), value.get_string().size()));
      return;
    case bj::kind::array: {
      out += '[';
      bool first = true;
      for (const auto& element : value.get_array()) {
        if (!first) out += ',';
        first = false;
        print_value(out, element);
      }
      out += ']';
      return;
    }
    case bj::kind::object: {
      out += '{';
      bool first = true;
      for (const auto& member : value.get_object()) {
        if (!first) out += ',';
        first = false;
        print_text(out, std::string_view(member.key().data(), member.key().size()));
        out += ':';
        print_value(out, member.value());
      }
      out += '}';
      return;
    }
  }
}

void Problems::add(std::string_view path, std::string_view code, std::string message) {
  only_unknown_ = only_unknown_ && code == "unknown_field";
  if (fields_.size() < kMaxFieldErrors) fields_.push_back({std::string(path), std::string(code), std::move(message)});
}

Error Problems::error() && {
  KONTOR_ASSERT(!fields_.empty());
  Error error;
  error.code = only_unknown_ ? Errc::kUnknownField : Errc::kInvalid;
  error.reason = "request.invalid";
  error.detail = fields_.front().message;
  if (fields_.size() > 1) error.detail += " (and " + std::to_string(fields_.size() - 1) + " more)";
  error.fields = std::move(fields_);
  return error;
}

}  // namespace kontor::json
