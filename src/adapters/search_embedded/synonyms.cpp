#include "adapters/search_embedded/synonyms.h"

#include <algorithm>

#include "adapters/search_embedded/text_scan.h"
#include "base/text.h"

namespace kontor::search_embedded {
namespace {

Result<std::vector<std::string>> list_of(std::string_view text) {
  std::vector<std::string> list;
  for (const std::string_view item : split(text, ',')) {
    std::string words = plain_words(item);
    if (words.empty()) return fail(Errc::kInvalid, "search.synonyms", "there is nothing between two commas");
    if (static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')) >= Synonyms::kMostWords)
      return fail(Errc::kInvalid, "search.synonyms", "'" + words + "' has too many words");
    list.push_back(std::move(words));
  }
  return list;
}

}  // namespace

std::string plain_words(std::string_view text) {
  TextScan scan;
  std::string out;
  for (const Form& form : scan.scan(text, 64)) {
    if (!form.base) continue;
    if (!out.empty()) out += ' ';
    out += form.text;
  }
  return out;
}

void Synonyms::add(const std::string& from, const std::string& to) {
  if (from == to) return;
  auto& list = others_[from];
  if (list.size() >= kMostOthers || std::find(list.begin(), list.end(), to) != list.end()) return;
  list.push_back(to);
  longest_ = std::max(longest_, static_cast<std::size_t>(std::count(from.begin(), from.end(), ' ')) + 1);
}

Result<Synonyms> Synonyms::parse(std::string_view file) {
  Synonyms synonyms;
  std::size_t number = 0;
  for (std::string_view line : split(file, '\n')) {
    ++number;
    line = line.substr(0, line.find('#'));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (trim(line).empty()) continue;
    const auto refuse = [&](const std::string& why) {
      return fail(Errc::kInvalid, "search.synonyms", "Line " + std::to_string(number) + ": " + why + ".");
    };
    if (number > kMostLines) return refuse("there are too many lines");
    const std::size_t arrow = line.find("=>");
    auto right = list_of(arrow == std::string_view::npos ? line : line.substr(arrow + 2));
    if (!right) return refuse(right.error().detail);
    if (arrow == std::string_view::npos && right->size() < 2) return refuse("a word alone has no synonym");
    auto left = arrow == std::string_view::npos ? right : list_of(line.substr(0, arrow));
    if (!left) return refuse(left.error().detail);
    for (const std::string& from : *left)
      for (const std::string& to : *right) synonyms.add(from, to);
  }
  return synonyms;
}

const std::vector<std::string>* Synonyms::find(const std::string& words) const {
  const auto found = others_.find(words);
  return found == others_.end() ? nullptr : &found->second;
}

}  // namespace kontor::search_embedded
