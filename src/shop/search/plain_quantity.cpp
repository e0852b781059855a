#include "shop/search/plain_quantity.h"

#include <algorithm>

#include "base/text.h"

namespace kontor::search {
namespace {

constexpr std::size_t kMostJoins = 3;

bool lists(std::string_view codes, std::string_view code) { return codes.find(code) != codes.npos; }

bool any_of(std::string_view sign, std::initializer_list<std::string_view> signs) {
  return std::find(signs.begin(), signs.end(), sign) != signs.end();
}

}  // namespace

MatchedBound Scanner::match(std::size_t i, std::uint32_t begins, const BoundRow* (*row)(std::string_view)) const {
  if (!is(i, begins)) return {};
  for (std::size_t count = std::min(kLongestRow, tokens_.size() - i); count > 0; --count)
    if (const BoundRow* found = row(tokens_.phrase(i, count))) return {found, i + count};
  return {};
}

MatchedBound Scanner::after(std::size_t i) const {
  const MatchedBound found = match(i, kBeginsAfter, bound_after);
  // "65 inch and under 500": the bound is the next number's.
  for (std::size_t k = i; found.row && k < found.to; ++k) {
    const MatchedBound next = before(k);
    if (next.row && next.to >= found.to && quantity(next.to)) return {};
  }
  return found;
}

bool Scanner::opens(std::size_t i) const {
  if (i == 0 || !tokens_[i].glued) return true;
  if (tokens_[i - 1].kind != TokenKind::kSign) return false;
  const std::string_view sign = tokens_.folded(i - 1);
  if (sign == ":") return i < 2 || !tokens_[i - 1].glued || tokens_[i - 2].kind != TokenKind::kNumber;
  if (any_of(sign, {"\"", "“", "„", "«", "»"})) return !tokens_[i - 1].closing_quote;
  return any_of(sign, {"(", "[", "<", ">", "=", "≤", "≥", "~", "≈", ",", ";"});
}

bool Scanner::closes(std::size_t i) const {
  if (i >= tokens_.size() || !tokens_[i].glued) return true;
  if (tokens_[i].kind != TokenKind::kSign) return false;
  const std::string_view sign = tokens_.folded(i);
  if (sign == "." || sign == ":") return i + 1 == tokens_.size() || !tokens_[i + 1].glued;
  return tokens_[i].closing_quote || any_of(sign, {",", ";", ")", "]", "!", "?"});
}

std::optional<Currency> Scanner::currency_of(const MoneyRow& row) const {
  if (lists(row.codes, shop_.code())) return shop_;
  if (row.flags & kShopOnly) return std::nullopt;
  // Where people pay in dollars, or where goods are weighed in pounds, pounds are a weight.
  if ((row.flags & kWeightToo) && (lists(money_row("$")->codes, shop_.code()) || vocabulary_.has_unit("lb")))
    return std::nullopt;
  return Currency::parse(row.codes.substr(0, 3));
}

Scanner::Money Scanner::money(std::size_t i, MoneyFlag place) const {
  if (i >= tokens_.size() || tokens_[i].kind == TokenKind::kNumber) return {};
  const bool letters = tokens_[i].kind == TokenKind::kWord;
  if (is(i, kBeginsMoney)) {
    for (std::size_t count = std::min<std::size_t>(2, tokens_.size() - i); count > 0; --count) {
      const bool sign = count == 2 && tokens_[i + 1].kind == TokenKind::kSign;
      if (sign && !tokens_[i + 1].glued && tokens_[i].end - tokens_[i].begin == 1) continue;  // "a $50 card"
      const MoneyRow* row = money_row(tokens_.phrase(i, count));
      if (!row || !(row->flags & place)) continue;
      if (const auto currency = currency_of(*row)) return {*currency, letters && count == 1, i + count};
    }
  }
  const std::string_view code = text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin);
  if (!letters || code.size() != 3) return {};
  if (iequals_ascii(code, shop_.code())) return {shop_, true, i + 1};
  const auto currency = Currency::parse(code);
  if (!currency || is_ordinary_code(code)) return {};
  return {*currency, true, i + 1};
}

bool Scanner::is_group(std::size_t i) const {
  return is_number(i) && !tokens_[i].glued && tokens_[i].end - tokens_[i].begin == 3 &&
         tokens_.folded(i).find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<Quantity> Scanner::quantity(std::size_t i, bool after_bound) const {
  const bool sign = after_bound && i < tokens_.size() && tokens_[i].kind == TokenKind::kSign;  // "under$50"
  const unsigned options = sign ? kAfterSign : 0u;
  const auto joined = parse(i, options | kJoins);
  if (joined && (!joined->joined || joined->money)) return joined;
  return parse(i, options);
}

std::optional<Quantity> Scanner::joined(std::size_t i) const {
  if (!is_number(i) || !is_group(i + 1)) return std::nullopt;
  auto out = parse(i, kJoins);
  if (out && (!out->joined || out->money || !out->unit.empty() || out->stars)) out.reset();
  return out;
}

std::optional<Quantity> Scanner::parse(std::size_t i, unsigned options) const {
  if (i >= tokens_.size() || (!(options & kAfterSign) && !opens(i))) return std::nullopt;
  Quantity out;
  out.from = i;
  std::size_t at = i;
  if (!is_number(at)) {
    const Money found = money(at, kStandsBefore);
    if (found.to == 0 || !is_number(found.to)) return std::nullopt;
    out.money = found.currency;
    out.letters_before = found.letters;
    at = found.to;
  }
  std::size_t last = at;
  if (options & kJoins)
    while (last - at < kMostJoins && is_group(last + 1)) ++last;
  out.joined = last > at;
  out.number = text_.substr(tokens_[at].begin, tokens_[last].end - tokens_[at].begin);
  at = last + 1;
  const auto written_to = [&](std::size_t j) { return j < tokens_.size() && tokens_[j].glued; };
  if (written_to(at) && tokens_.folded(at) == "k") {
    out.kilo = true;
    ++at;
  }
  // "50,-" and "50.–" have no cents.
  if (written_to(at) && written_to(at + 1) && (is_sign(at, ",") || is_sign(at, ".")) &&
      (is_sign(at + 1, "-") || is_sign(at + 1, "–") || is_sign(at + 1, "—")))
    at += 2;
  const auto plus = [&] {
    if (!written_to(at) || !is_sign(at, "+")) return;
    out.plus = true;
    ++at;
  };
  plus();
  at = tail(out, at, options);
  if (!out.plus) plus();
  out.to = at;
  if (out.joined && (!out.unit.empty() || out.stars || is(at, kUnitWord | kCounted | kStarWord))) return std::nullopt;
  if (out.name_follows || closes(at)) return out;
  if ((options & kJoinerMayFollow) && is(at, kToJoin) && tokens_[at].kind == TokenKind::kSign) return out;
  return std::nullopt;
}

// What stands behind the number; answers the first token after it.
std::size_t Scanner::tail(Quantity& out, std::size_t at, unsigned options) const {
  if (at >= tokens_.size()) return at;
  const bool dash = tokens_[at].glued && is_sign(at, "-") && at + 1 < tokens_.size() && tokens_[at + 1].glued;
  const std::size_t j = dash ? at + 1 : at;
  const Token& token = tokens_[j];
  const bool written_to = token.glued;
  const auto whole = [&](std::size_t after) {
    return closes(after) || is_sign(after, "+") || ((options & kJoinerMayFollow) && is(after, kToJoin));
  };
  if (!dash) {
    const Money found = money(j, kStandsAfter);
    // "50 $20": the sign belongs to the next number.
    const bool of_next = !written_to && is_number(found.to) && tokens_[found.to].glued;
    if (found.to != 0 && !of_next && whole(found.to)) {
      if (!out.money || found.letters) out.money = found.currency;
      return found.to;
    }
  }
  if (out.money) return at;  // "$5 500 gb"
  if (is(j, kUnitWord) && is_unit(j, written_to, options)) {
    out.unit = unit_of(tokens_.folded(j));
    out.short_unit = out.unit.size() == 1 && out.number.find_first_of(".,") == std::string_view::npos;
    return j + 1;
  }
  if (is(j, kStarWord) && whole(j + 1)) {
    out.stars = true;
    return j + 1;
  }
  if (!written_to || token.kind != TokenKind::kWord || token.vocabulary == 0) return at;
  const Vocabulary::Meaning* meaning = vocabulary_.find(tokens_.folded(j));
  if (!meaning || meaning->names.empty() || !closes(j + 1)) return at;
  out.name_follows = true;
  return j;
}

bool Scanner::is_unit(std::size_t i, bool written_to, unsigned options) const {
  const std::string_view word = tokens_.folded(i);
  const bool sign = tokens_[i].kind == TokenKind::kSign;
  // "14 in white" and "2 a" are no inches and no amperes; a quotation may end behind a number.
  if (!written_to && (sign || word == "in" || word == "a")) return false;
  if (sign && tokens_[i].closing_quote) return false;
  return closes(i + 1) || is_sign(i + 1, "+") || ((options & kJoinerMayFollow) && is(i + 1, kToJoin));
}

// The first token after what joins two numbers; 0: nothing does.
std::size_t Scanner::joiner(std::size_t i, std::uint32_t joiners) const {
  const MatchedBound bound = before(i);  // "from 20 up to 40"
  if (bound.row && bound.row->bound == Bound::kAtMost && bound.row->flags == 0) return bound.to;
  return is(i, joiners) ? i + 1 : 0;
}

std::optional<TwoQuantities> Scanner::two(std::size_t i, std::uint32_t joiners) const {
  for (const unsigned joins : {static_cast<unsigned>(kJoins), 0u}) {
    const auto low = parse(i, joins | kJoinerMayFollow);
    if (!low || low->plus || low->name_follows) continue;
    const std::size_t at = joiner(low->to, joiners);
    if (at == 0) continue;
    const bool sign = tokens_[at - 1].kind == TokenKind::kSign;
    const auto high = parse(at, joins | (sign ? kAfterSign : 0u));
    if (!high || high->plus) continue;
    if ((low->joined || high->joined) && !low->money && !high->money) continue;
    return TwoQuantities{*low, *high, sign, !tokens_[low->to].glued};
  }
  return std::nullopt;
}

}  // namespace kontor::search
