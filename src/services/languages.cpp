#include "services/languages.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"

namespace kontor::services {
namespace {

constexpr std::size_t kMostLanguages = 10;
constexpr std::size_t kLongestTag = 35;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool all(std::string_view part, bool (*is)(char)) { return std::all_of(part.begin(), part.end(), is); }

// "0.8" in thousandths; nullopt for what is no weight.
std::optional<int> weight_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = text[0] == '1' ? 1000 : 0;
  for (std::size_t i = 2, worth = 100; i < text.size(); ++i, worth /= 10) {
    if (!is_digit(text[i])) return std::nullopt;
    weight += static_cast<int>(worth) * (text[i] - '0');
  }
  return weight > 1000 ? std::nullopt : std::optional(weight);
}

// A tag in any spelling, as a header may have it.
bool is_loose_tag(std::string_view tag) {
  if (tag.empty() || tag.size() > kLongestTag || tag.front() == '-' || tag.back() == '-') return false;
  return all(tag, [](char c) { return is_upper(c) || is_lower(c) || is_digit(c) || c == '-'; });
}

struct Accepted {
  std::string tag;
  int weight = 1000;
};

std::optional<Accepted> read_range(std::string_view range) {
  const auto semicolon = range.find(';');
  const std::string_view tag = trim(range.substr(0, semicolon));
  if (!is_loose_tag(tag)) return std::nullopt;
  Accepted accepted{std::string(tag)};
  if (semicolon == std::string_view::npos) return accepted;
  const std::string_view rest = trim(range.substr(semicolon + 1));
  if (!rest.starts_with("q=") && !rest.starts_with("Q=")) return std::nullopt;
  const auto weight = weight_of(trim(rest.substr(2)));
  if (!weight || *weight == 0) return std::nullopt;
  accepted.weight = *weight;
  return accepted;
}

}  // namespace

bool is_language_tag(std::string_view tag) {
  const auto parts = split(tag, '-');
  if (parts.empty() || parts.size() > 3) return false;
  if (parts[0].size() < 2 || parts[0].size() > 3 || !all(parts[0], is_lower)) return false;
  std::size_t at = 1;
  if (at < parts.size() && parts[at].size() == 4) {
    if (!is_upper(parts[at][0]) || !all(parts[at].substr(1), is_lower)) return false;
    ++at;
  }
  if (at < parts.size()) {
    const std::string_view region = parts[at];
    if (!(region.size() == 2 && all(region, is_upper)) && !(region.size() == 3 && all(region, is_digit))) return false;
    ++at;
  }
  return at == parts.size();
}

std::string primary_language(std::string_view tag) { return ascii_lower(tag.substr(0, tag.find('-'))); }

std::vector<std::string> accepted_languages(std::string_view header) {
  std::vector<Accepted> found;
  for (const std::string_view range : split(header, ',')) {
    if (found.size() == kMostLanguages) break;
    if (auto accepted = read_range(range)) found.push_back(std::move(*accepted));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Accepted& a, const Accepted& b) { return a.weight > b.weight; });
  std::vector<std::string> tags;
  for (Accepted& one : found) tags.push_back(std::move(one.tag));
  return tags;
}

std::optional<std::size_t> choose_language(std::span<const std::string> wished, std::span<const std::string_view> there,
                                           std::string_view own) {
  const auto place_of = [&](std::string_view tag) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < there.size(); ++i)
      if (iequals_ascii(there[i], tag)) return i;
    return std::nullopt;
  };
  for (const std::string& wish : wished) {
    if (iequals_ascii(wish, own)) return std::nullopt;
    for (std::string_view tag = wish;;) {
      if (const auto place = place_of(tag)) return place;
      const auto dash = tag.rfind('-');
      if (dash == std::string_view::npos) break;
      tag = tag.substr(0, dash);
    }
    const std::string language = primary_language(wish);
    if (language == primary_language(own)) return std::nullopt;
    for (std::size_t i = 0; i < there.size(); ++i)
      if (primary_language(there[i]) == language) return i;
  }
  return std::nullopt;
}

}  // namespace kontor::services
