#include "shop/telemetry/tallies.h"

#include <algorithm>

#include "base/text.h"

namespace kontor::telemetry {
namespace {

constexpr int kMostDigits = 7;          // more are a number of somebody's: of a phone, a card, an order
constexpr std::size_t kMostBlanks = 9;  // more words than that are a letter, not a search

// Control characters and runs of blanks become one blank.
std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool is_personal(std::string_view text) {
  if (text.find('@') != std::string_view::npos) return true;
  if (static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) > kMostBlanks) return true;
  int digits = 0;  // in a row, blanks and the like between them allowed
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (++digits > kMostDigits) return true;
    } else if (c != ' ' && c != '-' && c != '/' && c != '.' && c != '(' && c != ')' && c != '+') {
      digits = 0;
    }
  }
  return false;
}

void add(SearchFigures& figures, const Observation& what) {
  if (what.kind == Kind::kSearch) {
    figures.searches += 1;
    figures.zero_results += what.results == 0 ? 1 : 0;
    return;
  }
  figures.clicks += 1;
  if (what.position <= 0) return;
  figures.placed += 1;
  figures.positions += what.position;
}

}  // namespace

std::optional<std::string> comparable(std::string_view words) {
  if (words.empty() || words.size() > kLongestQuery || !is_utf8(words)) return std::nullopt;
  std::string folded = one_line(fold(words));
  if (folded.empty() || is_personal(folded)) return std::nullopt;
  return folded;
}

std::int64_t visitor_place(std::uint64_t visitor) {
  return visitor == 0 ? 0 : std::int64_t{1} << (visitor % kVisitorPlaces);
}

bool Telemetry::Tallies::empty() const {
  return products.empty() && claimed.empty() && queries.empty() && arms.empty() && totals.views == 0 &&
         totals.clicks == 0 && totals.carts == 0 && totals.searches == 0 && totals.listings == 0;
}

bool Telemetry::Tallies::count_product(const Observation& what) {
  if (!what.product) return true;
  auto& all = what.claimed ? claimed : products;
  const auto found = all.find(what.product.value);
  if (found == all.end() && products.size() + claimed.size() >= kMostProducts) return false;
  ProductTally& tally = found == all.end() ? all[what.product.value] : found->second;
  (what.kind == Kind::kView ? tally.views : what.kind == Kind::kClick ? tally.clicks : tally.carts) += 1;
  return true;
}

bool Telemetry::Tallies::count_query(const Observation& what) {
  auto key = comparable(what.query);
  if (!key) return true;
  const auto found = queries.find(*key);
  if (found == queries.end() && queries.size() >= kMostQueries) return false;
  QueryTally& tally = found == queries.end() ? queries[std::move(*key)] : found->second;
  if (what.kind == Kind::kSearch) tally.visitors |= visitor_place(what.visit.visitor);
  tally.words = ascii_lower(one_line(what.query));
  add(tally.figures, what);
  return true;
}

bool Telemetry::Tallies::count(const Observation& what) {
  totals.views += what.kind == Kind::kView ? 1 : 0;
  totals.clicks += what.kind == Kind::kClick ? 1 : 0;
  totals.carts += what.kind == Kind::kCart ? 1 : 0;
  totals.searches += what.kind == Kind::kSearch ? 1 : 0;
  totals.listings += what.kind == Kind::kListing ? 1 : 0;
  totals.zero_results += what.kind == Kind::kSearch && what.results == 0 ? 1 : 0;
  if (what.kind == Kind::kListing) return true;
  const bool room = what.kind == Kind::kSearch || count_product(what);
  if (what.kind != Kind::kSearch && what.kind != Kind::kClick) return room;
  if (!what.arm.empty()) {
    const auto found = arms.find(what.arm);
    if (found != arms.end())
      add(found->second, what);
    else if (arms.size() < kMostArms)
      add(arms[std::string(what.arm)], what);
  }
  return count_query(what) && room;
}

}  // namespace kontor::telemetry
