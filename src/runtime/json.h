// JSON in and out of described structs (base/described.h), strict by RFC 8259: UTF-8, depth 64, no duplicate members.
// Reading answers every wrong member at once. Integers beyond 64 bits, or with a fraction, are `wrong_type` for integer
// members.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/json/value.hpp>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/text.h"
#include "base/time.h"

namespace kontor::json {

inline constexpr std::size_t kMaxDepth = 64;

// A JSON value kept as its text; reading takes any value, writing prints it unchanged.
struct Raw {
  std::string text = "null";
};

// A parsed document with its memory.
class Document {
 public:
  const boost::json::value& root() const { return root_; }
  explicit Document(boost::json::value root) : root_(std::move(root)) {}

 private:
  boost::json::value root_;
};

// 400 malformed_json with line and column in the detail: empty, broken, bad UTF-8, too deep, duplicate member, trailing
// bytes.
Result<Document> parse(std::string_view text);

// The same value always gives the same text: members sorted, no blanks. For comparing requests "after parsing".
std::string canonical(const boost::json::value& value);

// Appends `text` quoted and escaped.
void print_text(std::string& out, std::string_view text);
void print_int(std::string& out, std::int64_t value);
void print_double(std::string& out, double value);
void print_value(std::string& out, const boost::json::value& value);

template <class T>
void print(std::string& out, const T& value);  // json_print.h
template <class T>
std::string print(const T& value) {
  std::string out;
  print(out, value);
  return out;
}

// Collects what is wrong while a value is read.
class Problems {
 public:
  void add(std::string_view path, std::string_view code, std::string message);
  bool empty() const { return fields_.empty(); }
  // kUnknownField when nothing but unknown members was found, else kInvalid; reason "request.invalid".
  Error error() &&;

 private:
  std::vector<FieldError> fields_;
  bool only_unknown_ = true;
};

template <class T>
void read_value(const boost::json::value& json, T& out, const std::string& path, Problems& problems);  // json_read.h

// The struct, or all that is wrong with it at once.
template <class T>
Result<T> read_document(const Document& document) {
  T out{};
  Problems problems;
  read_value(document.root(), out, "", problems);
  if (!problems.empty()) return fail(std::move(problems).error());
  return out;
}
template <class T>
Result<T> read(std::string_view text);  // json_own.h

}  // namespace kontor::json

#include "runtime/json_print.h"
#include "runtime/json_read.h"
