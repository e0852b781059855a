// The shop that is measured: where it is, and single questions to it. Only plain HTTP: put the address of the program
// itself, not of the TLS in front of it.
#pragma once
#include <string>
#include <string_view>

#include "runtime/http_client.h"
#include "runtime/json.h"

namespace kontor::bench {

struct Target {
  std::string host;     // as in the Host header, with its port
  std::string address;  // numeric
  int port = 80;
};

// "http://127.0.0.1:8080", with or without a slash at the end. kInvalid "bench.bad_url", kUnavailable
// "bench.no_such_host".
Result<Target> parse_target(std::string_view url);

struct Question {
  std::string_view method = "GET";
  std::string path;
  std::string body = {};
  std::string token = {};  // bearer
  std::string type = "application/json";
};
// The body of a 2xx; anything else is an Error with the answer's own words.
Result<std::string> ask(const Target& target, const Question& question);
Result<json::Document> ask_json(const Target& target, const Question& question);

}  // namespace kontor::bench
