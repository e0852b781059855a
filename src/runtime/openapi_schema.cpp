#include "runtime/openapi_schema.h"

namespace kontor::openapi {
namespace {

void append_int_member(std::string& out, std::string_view name, std::int64_t value) {
  out += ",\"";
  out += name;
  out += "\":";
  json::print_int(out, value);
}

void erase_all(std::string& text, std::string_view what) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) text.erase(at, what.size());
}

}  // namespace

std::string component_name(std::string_view spelled) {
  std::string name(spelled);
  erase_all(name, "kontor::");
  erase_all(name, "{anonymous}::");
  for (auto at = name.find("::"); at != std::string::npos; at = name.find("::", at)) name.replace(at, 2, ".");
  std::string out;
  for (const char c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

void append_number_rules(std::string& out, const Rules& rules) {
  if (!rules.range) return;
  if (rules.range->min != Range{}.min) append_int_member(out, "minimum", rules.range->min);
  if (rules.range->max != Range{}.max) append_int_member(out, "maximum", rules.range->max);
}

void append_text_rules(std::string& out, const Rules& rules) {
  if (rules.length) {
    if (rules.length->min != 0) append_int_member(out, "minLength", static_cast<std::int64_t>(rules.length->min));
    if (rules.length->max != Length{}.max)
      append_int_member(out, "maxLength", static_cast<std::int64_t>(rules.length->max));
  }
  if (rules.format) {
    out += ",\"format\":";
    json::print_text(out, rules.format->name);
  }
}

void append_count_rules(std::string& out, const Rules& rules, bool list) {
  if (!rules.length) return;
  if (rules.length->min != 0)
    append_int_member(out, list ? "minItems" : "minProperties", static_cast<std::int64_t>(rules.length->min));
  if (rules.length->max != Length{}.max)
    append_int_member(out, list ? "maxItems" : "maxProperties", static_cast<std::int64_t>(rules.length->max));
}

void append_words(std::string& out, std::string_view words) {
  if (words.empty()) return;
  out += ",\"description\":";
  json::print_text(out, words);
}

void append_reference(std::string& out, std::string_view name) {
  out += "{\"$ref\":\"#/components/schemas/";
  out += name;
  out += "\"}";
}

void append_money(std::string& out, Components& components) {
  append_reference(out, "Money");
  if (components.contains("Money")) return;
  components["Money"] =
      "{\"type\":\"object\",\"description\":\"An amount in the currency's smallest unit: 2999 USD is 29.99 dollars\","
      "\"properties\":{\"amount\":{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":-" +
      std::to_string(kMaxAmountMinor) + ",\"maximum\":" + std::to_string(kMaxAmountMinor) +
      "},\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\",\"description\":\"ISO 4217\"}},"
      "\"required\":[\"amount\",\"currency\"],\"additionalProperties\":false}";
}

}  // namespace kontor::openapi
