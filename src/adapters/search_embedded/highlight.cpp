#include "adapters/search_embedded/highlight.h"

#include <algorithm>

namespace kontor::search_embedded {

Marker::Marker(const Plan& plan) {
  for (const Group& group : plan.groups)
    for (const Alternative& alternative : group.alternatives)
      terms_.insert(alternative.terms.begin(), alternative.terms.end());
}

std::vector<search_index::Piece> Marker::mark(std::string_view text, LanguageTag language, Planner& planner) const {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> marks;
  TextScan scan;
  if (!terms_.empty())
    for (const Form& form : scan.scan(text))
      if (terms_.count(planner.term(form, language)) != 0) marks.emplace_back(form.from, form.to);
  std::sort(marks.begin(), marks.end());
  std::vector<search_index::Piece> pieces;
  std::size_t at = 0;
  for (std::size_t i = 0; i < marks.size();) {
    const std::size_t from = marks[i].first;
    std::size_t to = marks[i].second;
    for (++i; i < marks.size() && marks[i].first < to; ++i) to = std::max<std::size_t>(to, marks[i].second);
    if (from > at) pieces.push_back({text.substr(at, from - at), false});
    pieces.push_back({text.substr(from, to - from), true});
    at = to;
  }
  if (at < text.size() || pieces.empty()) pieces.push_back({text.substr(at), false});
  return pieces;
}

}  // namespace kontor::search_embedded
