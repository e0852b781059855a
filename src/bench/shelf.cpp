#include "bench/shelf.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

namespace kontor::bench {
namespace {

constexpr std::size_t kMostWords = 2000;

std::string text_at(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const boost::json::array* list_at(const json::Document& document, std::string_view name) {
  if (!document.root().is_object()) return nullptr;
  const auto* value = document.root().get_object().if_contains(name);
  return value == nullptr ? nullptr : value->if_array();
}

// Words of plain letters, as somebody types them.
void note_words(std::string_view title, std::set<std::string>& words) {
  std::string word;
  for (std::size_t i = 0; i <= title.size(); ++i) {
    const char c = i < title.size() ? title[i] : ' ';
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (lower >= 'a' && lower <= 'z') {
      word += lower;
      continue;
    }
    if (word.size() >= 4 && words.size() < kMostWords) words.insert(word);
    word.clear();
  }
}

void note_categories(const boost::json::array& nodes, std::vector<std::string>& slugs) {
  for (const auto& node : nodes) {
    if (!node.is_object()) continue;
    if (auto slug = text_at(node.get_object(), "slug"); !slug.empty()) slugs.push_back(std::move(slug));
    if (const auto* children = node.get_object().if_contains("children"); children != nullptr && children->is_array())
      note_categories(children->get_array(), slugs);
  }
}

}  // namespace

Result<Shelf> look_around(const Target& target, std::size_t most) {
  Shelf shelf;
  std::set<std::string> words;
  std::string cursor;
  do {
    const std::string path =
        "/api/v1/products?in_stock=true&limit=100" + (cursor.empty() ? std::string() : "&cursor=" + cursor);
    TRY(const auto page, ask_json(target, {.path = path}));
    const auto* items = list_at(page, "items");
    if (items == nullptr) return fail(Errc::kUnavailable, "bench.no_shop", "GET " + path + " answered no list.");
    for (const auto& item : *items) {
      if (!item.is_object() || shelf.products.size() >= most) continue;
      shelf.products.push_back({text_at(item.get_object(), "id"), text_at(item.get_object(), "slug")});
      note_words(text_at(item.get_object(), "title"), words);
    }
    cursor = text_at(page.root().get_object(), "next_cursor");
  } while (!cursor.empty() && shelf.products.size() < most);
  if (shelf.products.empty())
    return fail(Errc::kNotFound, "bench.nothing_in_stock",
                "The shop has nothing in stock; put something in, for example with 'kontor serve --demo'.");
  TRY(const auto tree, ask_json(target, {.path = "/api/v1/categories"}));
  if (const auto* items = list_at(tree, "items"); items != nullptr) note_categories(*items, shelf.categories);
  shelf.words.assign(words.begin(), words.end());
  return shelf;
}

}  // namespace kontor::bench
