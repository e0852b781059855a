// What pages tell other programs about themselves, in the words of schema.org: JSON-LD, in the shop's own texts and
// currency. Nothing in it ends the <script> that it stands in.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "pages/html.h"
#include "shop/search/search.h"

namespace kontor::pages {

// JSON that may stand in a <script>: nothing in it ends one.
class ScriptJson {
 public:
  ScriptJson& raw(std::string_view json) {
    out_ += json;
    return *this;
  }
  ScriptJson& text(std::string_view value);
  // `,"name":"value"`; nothing for an empty value.
  ScriptJson& member(std::string_view name, std::string_view value);
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

struct Crumb {
  std::string name, path;
};

// An object each. `site` is the shop's address, without a slash at the end.
std::string breadcrumbs_ld(std::span<const Crumb> above, std::string_view here, const std::string& site);
std::string item_list_ld(std::span<const search::Item> items, const std::string& site);
// WebSite with its search, and Organization.
std::string site_ld(std::string_view name, const std::string& site, const std::string& logo);

void put_ld(Html& out, const std::string& json);

}  // namespace kontor::pages
