#include "runtime/json_read.h"

#include <algorithm>

namespace kontor::json::detail {

namespace bj = boost::json;

std::string Path::text() const {
  if (parent == nullptr) return std::string(name);
  std::string out = parent->text() + "/";
  if (element) return out + std::to_string(index);
  for (const char c : name) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

void Reader::add(const Path& path, std::string_view code, std::string message) {
  problems.add(path.text(), code, std::move(message));
}

void Reader::unknown(const Path& path, std::string_view name) {
  add(Path{&path, name}, "unknown_field", "'" + std::string(clip(name, 100)) + "' is not known here.");
}

void Reader::wrong_type(const Path& path, const bj::value& json, std::string_view wanted) {
  std::string_view is = "an object";
  switch (json.kind()) {
    case bj::kind::null:
      is = "null";
      break;
    case bj::kind::bool_:
      is = "true or false";
      break;
    case bj::kind::int64:
    case bj::kind::uint64:
      is = "a number";
      break;
    case bj::kind::double_:
      is = "a number with a fraction or beyond 64 bits";
      break;
    case bj::kind::string:
      is = "a text";
      break;
    case bj::kind::array:
      is = "a list";
      break;
    case bj::kind::object:
      break;
  }
  add(path, "wrong_type", "It must be " + std::string(wanted) + ", not " + std::string(is) + ".");
}

// "1 character", "3 characters"
std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

bool check_text(Reader& reader, const Path& path, std::string_view text, const Rules& rules) {
  if (rules.length) {
    const std::size_t size = count_code_points(text);
    if (size < rules.length->min) {
      reader.add(path, "too_short", "It needs at least " + counted(rules.length->min, "character") + ".");
      return false;
    }
    if (size > rules.length->max) {
      reader.add(path, "too_long", "It may have at most " + counted(rules.length->max, "character") + ".");
      return false;
    }
  }
  if (rules.format && !rules.format->test(text)) {
    std::string name(rules.format->name);  // "postal_code"
    std::replace(name.begin(), name.end(), '_', ' ');
    reader.add(path, "bad_format", "It is not a valid " + name + ".");
    return false;
  }
  return true;
}

bool check_number(Reader& reader, const Path& path, std::int64_t value, const Rules& rules) {
  if (!rules.range || (value >= rules.range->min && value <= rules.range->max)) return true;
  reader.add(
      path, "out_of_range",
      "It must lie between " + std::to_string(rules.range->min) + " and " + std::to_string(rules.range->max) + ".");
  return false;
}

bool check_double(Reader& reader, const Path& path, double value, const Rules& rules) {
  if (!rules.range) return true;
  if (value >= static_cast<double>(rules.range->min) && value <= static_cast<double>(rules.range->max)) return true;
  reader.add(
      path, "out_of_range",
      "It must lie between " + std::to_string(rules.range->min) + " and " + std::to_string(rules.range->max) + ".");
  return false;
}

bool check_count(Reader& reader, const Path& path, std::size_t count, const Rules& rules) {
  if (!rules.length) return true;
  if (count < rules.length->min) {
    reader.add(path, "too_short", "It needs at least " + counted(rules.length->min, "element") + ".");
    return false;
  }
  if (count > rules.length->max) {
    reader.add(path, "too_long", "It may have at most " + counted(rules.length->max, "element") + ".");
    return false;
  }
  return true;
}

void read_bool(Reader& reader, const Path& path, const bj::value& json, bool& out) {
  if (const auto* value = json.if_bool())
    out = *value;
  else
    reader.wrong_type(path, json, "true or false");
}

bool read_int(Reader& reader, const Path& path, const bj::value& json, std::int64_t& out) {
  if (const auto* value = json.if_int64()) {
    out = *value;
    return true;
  }
  if (json.is_uint64())
    reader.add(path, "out_of_range", "The number is too large.");
  else
    reader.wrong_type(path, json, "a whole number");
  return false;
}

void read_double(Reader& reader, const Path& path, const bj::value& json, double& out) {
  if (!json.is_number()) return reader.wrong_type(path, json, "a number");
  out = json.to_number<double>();
}

std::optional<std::string_view> view_text(Reader& reader, const Path& path, const bj::value& json) {
  const auto* text = json.if_string();
  if (text == nullptr) {
    reader.wrong_type(path, json, "a text");
    return std::nullopt;
  }
  const std::string_view view(text->data(), text->size());
  if (view.find('\0') != std::string_view::npos) {  // no store keeps it
    reader.add(path, "bad_format", "A text must not contain NUL.");
    return std::nullopt;
  }
  return view;
}

bool read_text(Reader& reader, const Path& path, const bj::value& json, std::string& out) {
  const auto text = view_text(reader, path, json);
  if (!text) return false;
  out = *text;
  return true;
}

void read_currency(Reader& reader, const Path& path, const bj::value& json, Currency& out) {
  const auto text = view_text(reader, path, json);
  if (!text) return;
  const auto currency = Currency::parse(*text);
  if (!currency) return reader.add(path, "bad_format", "It must be an ISO 4217 code such as USD.");
  out = *currency;
}

void read_money(Reader& reader, const Path& path, const bj::value& json, const Rules& rules, Money& out) {
  const auto* object = json.if_object();
  if (object == nullptr) return reader.wrong_type(path, json, "an amount of money {amount, currency}");
  const auto* amount = object->if_contains("amount");
  const auto* currency = object->if_contains("currency");
  std::int64_t minor = 0;
  Currency code;
  const Path at_amount{&path, "amount"};
  if (amount == nullptr) {
    reader.add(at_amount, "required", "'amount' is missing.");
  } else if (amount->is_null()) {
    reader.add(at_amount, "not_nullable", "It must not be null.");
  } else if (read_int(reader, at_amount, *amount, minor)) {
    if (minor > kMaxAmountMinor || minor < -kMaxAmountMinor)
      reader.add(at_amount, "out_of_range",
                 "An amount is at most " + std::to_string(kMaxAmountMinor) + " minor units.");
    else
      check_number(reader, at_amount, minor, rules);
  }
  const Path at_currency{&path, "currency"};
  if (currency == nullptr)
    reader.add(at_currency, "required", "'currency' is missing.");
  else if (currency->is_null())
    reader.add(at_currency, "not_nullable", "It must not be null.");
  else
    read_currency(reader, at_currency, *currency, code);
  for (const auto& member : *object)
    if (member.key() != "amount" && member.key() != "currency")
      reader.unknown(path, std::string_view(member.key().data(), member.key().size()));
  out = Money::minor(minor, code);
}

void read_time(Reader& reader, const Path& path, const bj::value& json, Time& out) {
  const auto text = view_text(reader, path, json);
  if (!text) return;
  const auto time = parse_rfc3339(*text);
  if (!time) return reader.add(path, "bad_format", "It must be a time such as 2026-11-21T05:24:12Z.");
  out = *time;
}

void read_raw(Reader& reader, const Path& path, const bj::value& json, Raw& out) {
  out.text.clear();
  print_value(out.text, json);
  // Printed, a NUL is always written as this escape, and an escaped backslash before "u0000" has an even neighbour.
  for (std::size_t at = out.text.find("\\u0000"); at != std::string::npos; at = out.text.find("\\u0000", at + 1)) {
    std::size_t slashes = 0;
    while (slashes < at && out.text[at - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return reader.add(path, "bad_format", "A text must not contain NUL.");
  }
}

}  // namespace kontor::json::detail
