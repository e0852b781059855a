#include "runtime/openapi.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/text.h"
#include "runtime/router.h"

namespace kontor::openapi {
namespace {

constexpr std::string_view kProblemSchema =
    R"json({"type":"object","description":"A problem document (RFC 9457)","properties":{)json"
    R"json("type":{"type":"string","format":"uri-reference","description":"Where the code is explained"},)json"
    R"json("title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},)json"
    R"json("code":{"type":"string","description":"Short and stable"},)json"
    R"json("reason":{"type":"string","description":"module.word, finer than the code"},)json"
    R"json("request_id":{"type":"string"},"errors":{"type":"array",)json"
    R"json("description":"Every wrong member at once","items":)json"
    R"json({"type":"object","properties":{"field":{"type":"string",)json"
    R"json("description":"A JSON pointer, or ?name of a query parameter"},)json"
    R"json("code":{"type":"string"},"message":{"type":"string"}},"required":["field","code","message"]}}},)json"
    R"json("required":["type","title","status","code","request_id"]})json";

void text_member(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out += ',';
  json::print_text(out, name);
  out += ':';
  json::print_text(out, value);
}

void path_parameters(std::string& out, std::string_view pattern) {
  for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
    const auto name = pattern.substr(open + 1, pattern.find('}', open) - open - 1);
    if (out.size() > 1) out += ',';
    out += "{\"in\":\"path\",\"name\":";
    json::print_text(out, name);
    out += ",\"required\":true,\"schema\":{\"type\":\"string\"}}";
  }
}

std::string parameters(const http::Endpoint& endpoint, std::string_view pattern) {
  std::string out = "[";
  path_parameters(out, pattern);
  if (endpoint.query_parameters_json.size() > 2) {
    if (out.size() > 1) out += ',';
    out += endpoint.query_parameters_json.substr(1, endpoint.query_parameters_json.size() - 2);
  }
  return out + "]";
}

void answers(std::string& out, const http::Endpoint& endpoint) {
  const bool empty = endpoint.response_schema_json.empty();
  const bool nothing = empty && endpoint.about.status == 200 && endpoint.method != http::Method::kGet;
  out += ",\"responses\":{\"" + std::to_string(nothing ? 204 : endpoint.about.status);
  out += "\":{\"description\":\"Done\"";
  if (!empty) out += ",\"content\":{\"application/json\":{\"schema\":" + endpoint.response_schema_json + "}}";
  out += "},\"default\":{\"$ref\":\"#/components/responses/Problem\"}}";
  if (endpoint.about.reasons.empty()) return;
  out += ",\"x-reasons\":[";
  for (const auto reason : endpoint.about.reasons) {
    if (out.back() != '[') out += ',';
    json::print_text(out, reason);
  }
  out += ']';
}

void operation(std::string& out, const http::Router& router, const http::Endpoint& endpoint) {
  out += "{";
  text_member(out, "operationId", operation_id(router, endpoint));
  text_member(out, "summary", endpoint.about.summary);
  out += ",\"tags\":[";
  json::print_text(out, tag_of(endpoint));
  out += ']';
  const std::string pattern = router.base() + endpoint.pattern;
  const auto list = parameters(endpoint, pattern);
  if (list.size() > 2) out += ",\"parameters\":" + list;
  if (!endpoint.request_schema_json.empty())
    out += ",\"requestBody\":{\"required\":" + std::string(endpoint.about.body_optional ? "false" : "true") +
           ",\"content\":{\"application/json\":{\"schema\":" + endpoint.request_schema_json + "}}}";
  answers(out, endpoint);
  out += '}';
}

}  // namespace

std::string_view tag_of(const http::Endpoint& endpoint) {
  if (!endpoint.about.tag.empty()) return endpoint.about.tag;
  for (const auto segment : split(endpoint.pattern, '/'))  // views into the pattern
    if (!segment.empty() && segment.front() != '{') return segment;
  return "shop";
}

std::string operation_id(const http::Router& router, const http::Endpoint& endpoint) {
  std::string out = ascii_lower(http::method_name(endpoint.method));
  std::string_view base = router.base();
  if (base.starts_with("/api/v1")) base.remove_prefix(7);
  for (const char c : std::string(base) + endpoint.pattern) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (word)
      out += c;
    else if (c == '{')
      out += out.back() == '_' ? "by_" : "_by_";
    else if (out.back() != '_')
      out += '_';
  }
  while (out.back() == '_') out.pop_back();
  return out;
}

std::string document(std::span<const http::Router* const> routers, const Title& title) {
  std::map<std::string, std::string> paths;  // address → its operations
  std::vector<std::string> order;
  std::vector<std::string> tags;
  std::map<std::string, std::string> schemas{{"Problem", std::string(kProblemSchema)}};
  for (const auto* router : routers) {
    for (const auto& endpoint : router->endpoints()) {
      const std::string address = router->base() + endpoint.pattern;
      auto& operations = paths[address];
      if (operations.empty())
        order.push_back(address);
      else
        operations += ',';
      operations += "\"" + ascii_lower(http::method_name(endpoint.method)) + "\":";
      operation(operations, *router, endpoint);
      const std::string tag(tag_of(endpoint));
      if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
      for (const auto& [name, schema] : endpoint.schemas) schemas.emplace(name, schema);
    }
  }
  std::string out = "{\"openapi\":\"3.1.0\",\"info\":{";
  text_member(out, "title", title.name);
  text_member(out, "version", title.version);
  text_member(out, "description", title.words);
  out += "},\"servers\":[{\"url\":\"/\"}],\"security\":[{},{\"bearer\":[]}],\"tags\":[";
  for (const auto& tag : tags) {
    if (out.back() != '[') out += ',';
    out += "{\"name\":";
    json::print_text(out, tag);
    out += '}';
  }
  out += "],\"paths\":{";
  for (const auto& address : order) {
    if (out.back() != '{') out += ',';
    json::print_text(out, address);
    out += ":{" + paths[address] + "}";
  }
  out += "},\"components\":{\"schemas\":{";
  for (const auto& [name, schema] : schemas) {
    if (out.back() != '{') out += ',';
    json::print_text(out, name);
    out += ":" + schema;
  }
  out +=
      "},\"responses\":{\"Problem\":{\"description\":\"It was refused, or it "
      "failed\",\"content\":{\"application/problem+json\":"
      "{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}},"
      "\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}}}";
  return out;
}

}  // namespace kontor::openapi
