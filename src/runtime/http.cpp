#include "runtime/http.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/assert.h"
#include "base/text.h"

namespace kontor::http {
namespace {

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// 128 bits of folded multiplication: told apart are versions of one thing, not bytes chosen by an enemy.
std::array<std::uint64_t, 2> digest(std::string_view bytes) {
  std::uint64_t a = 0x9E3779B97F4A7C15ull ^ bytes.size();
  std::uint64_t b = 0xD1B54A32D192ED03ull + bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), bytes.data() + at, std::min<std::size_t>(16, bytes.size() - at));
    a = mix(a ^ words[0], 0xA0761D6478BD642Full ^ words[1]);
    b = mix(b + words[1], 0xE7037ED1A0B428DBull ^ words[0]) + a;
  }
  return {mix(a, 0x8EBC6AF09C88C6E3ull ^ b), mix(b, 0x589965CC75374CC3ull ^ a)};
}

void put_header(Response& response, std::string_view name, std::string value) {
  for (const auto& header : response.headers)
    if (iequals_ascii(header.first, name)) return;
  response.headers.emplace_back(name, std::move(value));
}

bool is_json_type(std::string_view type) {
  type = trim(type.substr(0, type.find(';')));
  if (iequals_ascii(type, "application/json")) return true;
  return type.size() > 5 && iequals_ascii(type.substr(type.size() - 5), "+json");
}

}  // namespace

std::string strong_etag(std::string_view body) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "\"";
  for (auto word : digest(body))
    for (int i = 0; i < 16; ++i, word <<= 4) out += kDigits[word >> 60];
  return out + '"';
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& header : headers)
    if (iequals_ascii(header.name, name)) return header.value;
  return {};
}

std::string_view Request::cookie(std::string_view name) const {
  for (const auto& header : headers) {
    if (!iequals_ascii(header.name, "cookie")) continue;
    for (const auto pair : split(header.value, ';')) {
      const auto at = pair.find('=');
      if (at != std::string_view::npos && trim(pair.substr(0, at)) == name) return trim(pair.substr(at + 1));
    }
  }
  return {};
}

std::string_view Call::param(std::string_view name) const {
  for (const auto& [key, value] : params_)
    if (key == name) return value;
  KONTOR_ASSERT(!"the route has no such parameter");
  return {};
}

Response problem(const Error& error, std::string_view request_id) {
  const ErrorInfo info = error_info(error.code);
  Response response;
  response.status = info.status;
  response.content_type = "application/problem+json";
  std::string& out = response.body;
  out += "{\"type\":";
  json::print_text(out, "/docs/errors/" + std::string(info.code));
  out += ",\"title\":";
  json::print_text(out, info.title);
  out += ",\"status\":";
  json::print_int(out, info.status);
  const auto text = [&out](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out += ",\"";
    out += name;
    out += "\":";
    json::print_text(out, value);
  };
  text("detail", error.detail);
  text("code", info.code);
  text("reason", error.reason);
  text("request_id", request_id);
  if (!error.fields.empty()) {
    out += ",\"errors\":[";
    for (const auto& field : error.fields) {
      if (&field != &error.fields.front()) out += ',';
      out += "{\"field\":";
      json::print_text(out, field.field);
      text("code", field.code);
      text("message", field.message);
      out += '}';
    }
    out += ']';
  }
  if (!error.members.empty()) out += "," + error.members;
  out += '}';
  response.headers.emplace_back("Cache-Control", "no-store");
  if (error.retry_after_s > 0) response.headers.emplace_back("Retry-After", std::to_string(error.retry_after_s));
  if (info.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

void Router::add(Endpoint endpoint) {
  KONTOR_ASSERT(endpoint.pattern.empty() || endpoint.pattern.front() == '/');
  KONTOR_ASSERT(endpoint.handle != nullptr);
  endpoints_.push_back(std::move(endpoint));
}

namespace detail {

Result<std::string_view> json_body(const Request& request, const About& about, bool wanted) {
  if (!about.own_query && !request.query.empty()) TRY_DO(read_query<None>(request.query));
  if (request.body.empty() && (!wanted || about.body_optional)) return std::string_view("{}");
  const auto type = request.header("content-type");
  if (!type.empty() && !is_json_type(type))
    return fail(Errc::kUnsupportedMedia, "request.not_json", "The body must be application/json.");
  return request.body;
}

Response refused(Call& call, const Error& error) {
  Response response = problem(error, call.request.request_id);
  for (auto& header : call.headers()) response.headers.push_back(std::move(header));
  return response;
}

Response answered(Call& call, int status, std::string body) {
  Response response;
  response.status = call.status() != 0 ? call.status() : status;
  response.headers = std::move(call.headers());
  response.body = std::move(body);
  put_header(response, "Cache-Control", "private, no-cache");
  return response;
}

Response answered_empty(Call& call) {
  Response response = answered(call, 204, {});
  response.content_type.clear();
  return response;
}

Response answered_whole(Call& call, Response response) {
  if (call.status() != 0) response.status = call.status();
  for (auto& header : call.headers()) response.headers.push_back(std::move(header));
  return response;
}

Result<Parameters> parse_query(std::string_view query) {
  Parameters out;
  if (query.empty()) return out;
  for (const auto piece : split(query, '&')) {
    if (piece.empty()) continue;
    const auto at = piece.find('=');
    auto name = percent_decode(piece.substr(0, at), true);
    auto value = percent_decode(at == std::string_view::npos ? std::string_view() : piece.substr(at + 1), true);
    if (!name || !value)
      return fail(Errc::kBadRequest, "request.bad_query", "The query has a broken escape, a NUL or no UTF-8.");
    out.push_back({std::move(*name), std::move(*value), false});
  }
  return out;
}

void note_unknown_parameters(const Parameters& parameters, json::Problems& problems) {
  for (const auto& parameter : parameters) {
    if (parameter.taken) continue;
    const std::string name(clip(parameter.name, 100));
    problems.add("?" + name, "unknown_field", "The parameter '" + name + "' is not known here.");
  }
}

bool read_int_parameter(json::detail::Reader& reader, const json::detail::Path& path, std::string_view text,
                        std::int64_t& out) {
  const bool minus = !text.empty() && text.front() == '-';
  const auto digits = text.substr(minus ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    reader.add(path, "wrong_type", "It must be a whole number.");
    return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc()) return true;
  reader.add(path, "out_of_range", "The number is too large.");
  return false;
}

void read_double_parameter(json::detail::Reader& reader, const json::detail::Path& path, std::string_view text,
                           double& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, std::chars_format::fixed);
  if (error == std::errc() && end == text.data() + text.size() && out - out == 0) return;
  out = 0;
  reader.add(path, "wrong_type", "It must be a number.");
}

void read_bool_parameter(json::detail::Reader& reader, const json::detail::Path& path, std::string_view text,
                         bool& out) {
  if (text == "true" || text == "1")
    out = true;
  else if (text == "false" || text == "0")
    out = false;
  else
    reader.add(path, "wrong_type", "It must be true or false.");
}

}  // namespace detail
}  // namespace kontor::http
