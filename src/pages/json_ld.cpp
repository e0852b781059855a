#include "pages/json_ld.h"

#include "runtime/json.h"

namespace kontor::pages {
namespace {

constexpr std::string_view kBegin = "{\"@context\":\"https://schema.org\",\"@type\":";

}  // namespace

ScriptJson& ScriptJson::text(std::string_view value) {
  std::string printed;
  json::print_text(printed, value);
  for (const char c : printed) {
    if (c == '<')
      out_ += "\\u003c";
    else if (c == '>')
      out_ += "\\u003e";
    else if (c == '&')
      out_ += "\\u0026";
    else
      out_ += c;
  }
  return *this;
}

ScriptJson& ScriptJson::member(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  raw(",\"").raw(name).raw("\":");
  return text(value);
}

std::string breadcrumbs_ld(std::span<const Crumb> above, std::string_view here, const std::string& site) {
  ScriptJson out;
  out.raw(kBegin).raw("\"BreadcrumbList\",\"itemListElement\":[");
  int place = 0;
  const auto step = [&](std::string_view name, const std::string& path) {
    out.raw(place > 0 ? "," : "");
    ++place;
    out.raw("{\"@type\":\"ListItem\",\"position\":").raw(std::to_string(place)).member("name", name);
    out.member("item", path.empty() ? std::string() : site + path).raw("}");
  };
  for (const Crumb& crumb : above) step(crumb.name, crumb.path);
  step(here, {});
  return out.raw("]}").take();
}

std::string item_list_ld(std::span<const search::Item> items, const std::string& site) {
  ScriptJson out;
  out.raw(kBegin).raw("\"ItemList\",\"numberOfItems\":").raw(std::to_string(items.size()));
  out.raw(",\"itemListElement\":[");
  for (std::size_t i = 0; i < items.size(); ++i) {
    out.raw(i > 0 ? "," : "").raw("{\"@type\":\"ListItem\",\"position\":").raw(std::to_string(i + 1));
    out.member("url", site + "/p/" + percent_encode(items[i].slug)).raw("}");
  }
  return out.raw("]}").take();
}

std::string site_ld(std::string_view name, const std::string& site, const std::string& logo) {
  ScriptJson out;
  out.raw("[").raw(kBegin).raw("\"WebSite\"").member("name", name).member("url", site + "/");
  out.raw(",\"potentialAction\":{\"@type\":\"SearchAction\",\"target\":{\"@type\":\"EntryPoint\"");
  out.member("urlTemplate", site + "/search?q={search_term_string}").raw("}");
  out.member("query-input", "required name=search_term_string").raw("}},");
  out.raw(kBegin).raw("\"Organization\"").member("name", name).member("url", site + "/").member("logo", site + logo);
  return out.raw("}]").take();
}

void put_ld(Html& out, const std::string& json) {
  out << "<script type=\"application/ld+json\">" << json << "</script>";
}

}  // namespace kontor::pages
