// What runtime/http.h promises of described structs: query reading and endpoints from plain handlers. Included by it,
// not alone.
#pragma once
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/http.h"
#include "runtime/json_read.h"
#include "runtime/openapi_schema.h"

namespace kontor::http {
namespace detail {

struct Parameter {
  std::string name;
  std::string value;
  bool taken = false;
};
using Parameters = std::vector<Parameter>;

Result<Parameters> parse_query(std::string_view query);
void note_unknown_parameters(const Parameters& parameters, json::Problems& problems);
bool read_int_parameter(json::detail::Reader& reader, const json::detail::Path& path, std::string_view text,
                        std::int64_t& out);
void read_double_parameter(json::detail::Reader& reader, const json::detail::Path& path, std::string_view text,
                           double& out);
void read_bool_parameter(json::detail::Reader& reader, const json::detail::Path& path, std::string_view text,
                         bool& out);

// The body to decode: "{}" where none is needed. 415 for another media type; unknown query parameters are refused.
Result<std::string_view> json_body(const Request& request, const About& about, bool wanted);
Response refused(Call& call, const Error& error);
Response answered(Call& call, int status, std::string body);
Response answered_empty(Call& call);
Response answered_whole(Call& call, Response response);

// One text as a value; texts of ids, times, enums and the like follow the JSON reader's rules.
template <class T>
void read_parameter(json::detail::Reader& reader, const json::detail::Path& path, std::string_view text,
                    const Rules& rules, T& out) {
  if constexpr (json::detail::kIsOptional<T> || json::detail::kIsNullable<T>) {
    read_parameter(reader, path, text, rules, out.emplace());
  } else if constexpr (std::is_same_v<T, bool>) {
    read_bool_parameter(reader, path, text, out);
  } else if constexpr (std::is_integral_v<T>) {
    std::int64_t number = 0;
    if (!read_int_parameter(reader, path, text, number)) return;
    if (!std::in_range<T>(number))
      reader.add(path, "out_of_range", "The number is too large.");
    else if (json::detail::check_number(reader, path, number, rules))
      out = static_cast<T>(number);
  } else if constexpr (std::is_same_v<T, double>) {
    read_double_parameter(reader, path, text, out);
    json::detail::check_double(reader, path, out, rules);
  } else {
    const boost::json::value json(boost::json::string_view(text.data(), text.size()));
    json::detail::read_any(reader, path, json, rules, out);
  }
}

// All parameters of one member's name.
template <class T, std::size_t I>
void read_member(json::detail::Reader& reader, Parameters& parameters, T& out) {
  constexpr const auto& kField = field_at<I>(json::detail::kFields<T>);
  auto& member = out.*kField.member;
  using Member = std::remove_cvref_t<decltype(member)>;
  const std::string name = "?" + std::string(kField.name);
  const json::detail::Path path{nullptr, name};
  std::size_t count = 0;
  for (auto& parameter : parameters) {
    if constexpr (std::is_same_v<Member, Prefixed>) {
      if (!parameter.name.starts_with(kField.name) || parameter.name.size() == kField.name.size()) continue;
      parameter.taken = true;
      member.values.emplace_back(parameter.name.substr(kField.name.size()), parameter.value);
    } else {
      if (parameter.name != kField.name) continue;
      parameter.taken = true;
      ++count;
      if constexpr (json::detail::kIsVector<Member>) {
        read_parameter(reader, path, parameter.value, json::detail::element_rules(kField.rules), member.emplace_back());
      } else if (count == 1) {
        read_parameter(reader, path, parameter.value, kField.rules, member);
      } else if (count == 2) {
        reader.add(path, "bad_format", "The parameter may be given only once.");
      }
    }
  }
  if constexpr (json::detail::kIsVector<Member>) {
    if (count > 0) json::detail::check_count(reader, path, count, kField.rules);
  } else if constexpr (!json::detail::kIsOptional<Member> && !json::detail::kIsNullable<Member> &&
                       !std::is_same_v<Member, Prefixed>) {
    if (count == 0 && !kField.rules.has_default)
      reader.add(path, "required", "The parameter '" + std::string(kField.name) + "' is missing.");
  }
}

template <class Out>
Response answer(Call& call, const About& about, Result<Out> result) {
  if (!result) return refused(call, result.error());
  if constexpr (std::is_same_v<Out, None>)
    return answered_empty(call);
  else if constexpr (std::is_same_v<Out, Response>)
    return answered_whole(call, std::move(*result));
  else
    return answered(call, about.status, json::print(*result));
}

template <class Out>
void describe_answer(Endpoint& endpoint) {
  if constexpr (!std::is_same_v<Out, None> && !std::is_same_v<Out, Response>) {
    endpoint.response_schema = openapi::type_name<Out>();
    openapi::append_schema<Out>(endpoint.response_schema_json, endpoint.schemas, Rules{}, openapi::Direction::kAnswer);
  }
}

template <class In, class Out, class Handler>
Endpoint body_endpoint(Method method, std::string pattern, About about, Handler handler) {
  Endpoint endpoint;
  endpoint.method = method;
  endpoint.pattern = std::move(pattern);
  endpoint.about = about;
  if constexpr (!std::is_same_v<In, None>) {
    endpoint.request_schema = openapi::type_name<In>();
    openapi::append_schema<In>(endpoint.request_schema_json, endpoint.schemas, Rules{}, openapi::Direction::kRequest);
  }
  describe_answer<Out>(endpoint);
  endpoint.handle = [handler = std::move(handler), about](Call& call) mutable -> Response {
    const auto body = json_body(call.request, about, !std::is_same_v<In, None>);
    if (!body) return refused(call, body.error());
    auto in = json::read<In>(*body);
    if (!in) return refused(call, in.error());
    return answer<Out>(call, about, handler(call, std::move(*in)));
  };
  return endpoint;
}

template <class Query, class Out, class Handler>
Endpoint query_endpoint(std::string pattern, About about, Handler handler) {
  Endpoint endpoint;
  endpoint.method = Method::kGet;
  endpoint.pattern = std::move(pattern);
  endpoint.about = about;
  describe<Query, Out>(endpoint);
  endpoint.handle = [handler = std::move(handler), about](Call& call) mutable -> Response {
    auto query = read_query<Query>(call.request.query);
    if (!query) return refused(call, query.error());
    return answer<Out>(call, about, handler(call, std::move(*query)));
  };
  return endpoint;
}

}  // namespace detail

template <class Query, class Out>
void describe(Endpoint& endpoint) {
  endpoint.query_parameters_json = openapi::query_parameters<Query>(endpoint.schemas);
  detail::describe_answer<Out>(endpoint);
}

template <class T>
Result<T> read_query(std::string_view query) {
  TRY(auto parameters, detail::parse_query(query));
  T out{};
  json::Problems problems;
  json::detail::Reader reader{problems};
  [&]<std::size_t... I>(std::index_sequence<I...>) { (detail::read_member<T, I>(reader, parameters, out), ...); }
  (std::make_index_sequence<json::detail::kFieldCount<T>>());
  detail::note_unknown_parameters(parameters, problems);
  if (!problems.empty()) return fail(std::move(problems).error());
  return out;
}

template <class Query, class Out, class Handler>
void Router::get(std::string pattern, About about, Handler handler) {
  add(detail::query_endpoint<Query, Out>(std::move(pattern), std::move(about), std::move(handler)));
}
template <class In, class Out, class Handler>
void Router::post(std::string pattern, About about, Handler handler) {
  add(detail::body_endpoint<In, Out>(Method::kPost, std::move(pattern), std::move(about), std::move(handler)));
}
template <class In, class Out, class Handler>
void Router::put(std::string pattern, About about, Handler handler) {
  add(detail::body_endpoint<In, Out>(Method::kPut, std::move(pattern), std::move(about), std::move(handler)));
}
template <class In, class Out, class Handler>
void Router::patch(std::string pattern, About about, Handler handler) {
  add(detail::body_endpoint<In, Out>(Method::kPatch, std::move(pattern), std::move(about), std::move(handler)));
}
template <class In, class Out, class Handler>
void Router::del(std::string pattern, About about, Handler handler) {
  add(detail::body_endpoint<In, Out>(Method::kDelete, std::move(pattern), std::move(about), std::move(handler)));
}

}  // namespace kontor::http
