#include "demo/words.h"

#include <algorithm>
#include <array>

#include "runtime/json.h"

namespace kontor::demo {
namespace {

void capitalise(std::string& text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
}

bool is_number(std::string_view text) {
  int points = 0;
  for (const char c : text) {
    if (c == '.')
      ++points;
    else if (c < '0' || c > '9')
      return false;
  }
  return !text.empty() && points < 2 && text.front() != '.' && text.back() != '.' &&
         (text.size() == 1 || text[0] != '0' || text[1] == '.');
}

}  // namespace

const std::string& Words::value(std::string_view name) {
  static const std::string kNone;
  for (const auto& [known, value] : known_)
    if (known == name) return value;
  for (const Choice& word : kind_.words) {
    if (word.name != name) continue;
    std::string pattern = luck_.one_of(word.values);
    for (char& c : pattern)
      if (c == '#') c = static_cast<char>('1' + luck_.below(9));
    std::string drawn = expand(pattern);
    known_.emplace_back(word.name, std::move(drawn));
    return known_.back().second;
  }
  return kNone;
}

std::string Words::expand(std::string_view pattern) {
  std::string out;
  while (true) {
    const auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == std::string_view::npos) return out;
    const auto close = pattern.find('}', open);
    out += value(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
  }
}

std::string Words::attributes(const std::vector<std::string>& colors) {
  std::string out = "{";
  if (kind_.color_is_attribute) {
    out += "\"color\":";
    if (colors.size() == 1)
      json::print(out, colors[0]);
    else
      json::print(out, colors);
  }
  for (const Choice& attribute : kind_.attributes) {
    std::string drawn = expand(luck_.one_of(attribute.values));
    if (out.size() > 1) out += ',';
    json::print(out, attribute.name);
    out += ':';
    if (drawn == "true" || drawn == "false" || is_number(drawn))
      out += drawn;
    else
      json::print(out, drawn);
    set(attribute.name, std::move(drawn));
  }
  return out + "}";
}

std::string Words::title(bool one_color) {
  const std::size_t first = luck_.below(kind_.titles.size());
  for (std::size_t i = 0;; ++i) {
    const std::string& pattern = kind_.titles[(first + i) % kind_.titles.size()];
    if (!one_color && i < kind_.titles.size() && pattern.find("{color}") != std::string::npos) continue;
    std::string text = expand(pattern);
    capitalise(text);
    return text;
  }
}

std::string Words::description() {
  // o: an opening, s: about the thing, e: an ending.
  static constexpr std::array<std::string_view, 8> kPlans = {"os",   "oss",  "oss", "ose",
                                                             "osse", "osss", "sse", "osss e"};
  std::size_t says[8];
  const std::size_t count = std::min<std::size_t>(kind_.says.size(), 8);
  for (std::size_t i = 0; i < count; ++i) says[i] = i;
  for (std::size_t i = count; i > 1; --i) std::swap(says[i - 1], says[luck_.below(i)]);
  std::string out;
  std::size_t said = 0;
  for (const char part : luck_.one_of(kPlans)) {
    const std::vector<std::string>& from = part == 'o' ? kind_.opens : part == 's' ? kind_.says : kind_.ends;
    if (part == ' ' || from.empty() || (part == 's' && said == count)) continue;
    std::string sentence = expand(part == 's' ? from[says[said++]] : luck_.one_of(from));
    capitalise(sentence);
    if (!out.empty()) out += ' ';
    out += sentence;
  }
  return out;
}

}  // namespace kontor::demo
