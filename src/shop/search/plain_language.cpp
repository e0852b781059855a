#include "shop/search/plain_language.h"

#include <algorithm>

#include "shop/search/plain_lexicon.h"
#include "shop/search/plain_reader.h"

namespace kontor::search {
namespace {

constexpr std::int64_t kOldestChild = 18;  // "kids under 12" is an age, "gift for kids under 30" a price

constexpr BoundRow kPlusRow{"+", Bound::kAtLeast, 0};

std::optional<std::int64_t> price_minor(const Quantity& quantity, Currency currency, bool kilo) {
  const Grouping grouping = kilo ? Grouping::kDecimal : currency.exponent() == 3 ? Grouping::kPoint : Grouping::kPrice;
  const auto number = parse_decimal(quantity.number, grouping);
  if (!number) return std::nullopt;
  const auto minor = scaled(*number, currency.exponent() + (kilo ? 3 : 0));
  if (!minor || *minor <= 0 || *minor > kMaxAmountMinor) return std::nullopt;
  return minor;
}

// Not a `times`-th of the other.
bool is_far_below(const Quantity& low, const Quantity& high, std::int64_t times) {
  const auto a = parse_decimal(low.number, Grouping::kPrice), b = parse_decimal(high.number, Grouping::kPrice);
  const auto least = a ? scaled(*a, 6) : std::nullopt, most = b ? scaled(*b, 6) : std::nullopt;
  return !low.kilo && (high.kilo || (least && most && *least < *most / times));
}

bool is_least(Bound bound) { return bound == Bound::kAtLeast || bound == Bound::kFrom; }
bool is_most(Bound bound) { return bound == Bound::kAtMost; }

}  // namespace

Reader::Reader(std::string_view text, const Vocabulary& vocabulary, Currency shop)
    : text_(text), vocabulary_(vocabulary), shop_(shop), tokens_(text), scanner_(text, tokens_, vocabulary, shop) {
  classify();
}

void Reader::classify() {
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    Token& token = tokens_[i];
    if (token.kind != TokenKind::kNumber) token.classes = classes_of(word(i));
    if (token.kind != TokenKind::kSign) token.vocabulary = static_cast<std::uint8_t>(vocabulary_.longest_from(word(i)));
  }
}

PlainQuery Reader::run() {
  for (std::size_t i = 0; i < tokens_.size() && drafts_.size() < kMostParts;) {
    const std::size_t kept = kept_at(i);
    const std::size_t to = kept == 0 ? part_at(i) : 0;
    if (to != 0) floor_ = to;
    i = std::max({i + 1, kept, to});
  }
  settle();
  return finish();
}

// The cheapest questions first: most tokens are words that begin nothing.
std::size_t Reader::part_at(std::size_t i) {
  const Token& token = tokens_[i];
  std::size_t to = 0;
  if (token.vocabulary != 0) to = read_named(i);
  if (to == 0 && is(i, kRatedWord)) to = read_rated(i);
  if (to == 0 && is(i, kBeginsBound)) to = read_bound(i);
  if (to == 0 && (token.kind == TokenKind::kNumber || is(i, kBeginsMoney) || token.end - token.begin == 3))
    to = read_amount(i);
  if (to == 0 && token.kind == TokenKind::kWord) to = read_value(i);
  return to;
}

// "under $50", "between 500 and 900 euro", "at least 4 stars", "ab 16 gb".
std::size_t Reader::read_bound(std::size_t i) {
  const auto [row, at] = scanner_.before(i);
  if (!row) return 0;
  const bool after_word = i > 0 && tokens_[i - 1].kind == TokenKind::kWord;  // "shoes<50", but not "1->2"
  if (!scanner_.opens(i) && !(tokens_[i].kind == TokenKind::kSign && after_word)) return 0;
  if (row->words == "max" && i > 0 && is(i - 1, kMaxName)) return 0;                        // "pro max 256gb"
  if (row->words == "min" && i > 0 && tokens_[i - 1].kind == TokenKind::kNumber) return 0;  // "30 min"
  if (row->bound == Bound::kBetween || row->bound == Bound::kFrom) {
    const auto two = scanner_.two(at, row->bound == Bound::kBetween ? kAndJoin | kToJoin : kToJoin);
    const std::size_t to = two ? take_two(i, row, *two) : 0;
    if (two && to == 0) blocked_ = two->high.to;
    if (to != 0 || row->bound == Bound::kBetween || (row->flags & kTwoOnly)) return to;
  }
  if (const auto joined = scanner_.joined(at)) {  // "under 1 500"
    const std::size_t to = take(i, *row, *joined, joined->to);
    if (to != 0) return to;
  }
  auto quantity = scanner_.quantity(at, true);
  if (!quantity && (is(at, kGlueWord) || is(at, kBeginsBound))) {  // "at least a 4 star rating", "less than about $50"
    quantity = scanner_.quantity(at + 1);
    if (quantity && !quantity->stars && !quantity->money) return 0;
  }
  if (!quantity) return 0;
  std::size_t to = stars_after(*quantity, quantity->to);
  const MatchedBound again = scanner_.after(to);  // "max 30 € max", "at least 4 stars and up"
  const bool bounds = quantity->stars || quantity->money;
  if (bounds && again.row && is_least(again.row->bound) == is_least(row->bound) && scanner_.closes(again.to))
    to = again.to;
  to = take(i, *row, *quantity, to);
  if (to == 0 && row->words != "max") blocked_ = quantity->to;
  return to;
}

// "500-900 euro", "$20 to $40", "4+ stars", "50 € oder weniger", "16gb".
std::size_t Reader::read_amount(std::size_t i) {
  if (i < blocked_) return 0;
  if (const auto two = scanner_.two(i, kToJoin)) {
    const std::size_t taken = take_two(i, nullptr, *two);
    if (taken != 0) return taken;
  }
  auto quantity = scanner_.quantity(i);
  if (!quantity) return 0;
  std::size_t to = stars_after(*quantity, quantity->to);
  if (quantity->plus) {
    if (!quantity->money && quantity->unit.empty() && is(to, kRatedWord)) return add_rating(i, to + 1, *quantity);
    return take(i, kPlusRow, *quantity, to);
  }
  if (!quantity->money && !quantity->stars) {
    const Name name = name_after(*quantity, to);
    const MatchedBound after = scanner_.after(name.to != 0 ? name.to : to);
    const bool bounds = after.row && !(after.row->flags & kMoneyOnly) && scanner_.closes(after.to);
    const bool most = bounds && is_most(after.row->bound);
    const Figure figure{most ? nullptr : &*quantity, bounds && !most ? nullptr : &*quantity};
    const std::size_t end = bounds ? after.to : name.to != 0 ? name.to : to;
    return add_figure(i, end, figure, name.attributes);
  }
  const MatchedBound after = scanner_.after(to);
  if (!after.row || !scanner_.closes(after.to)) return 0;
  return take(i, *after.row, *quantity, after.to);
}

// "rated 4 or more", "rating 4+", "bewertet mit mindestens 4".
std::size_t Reader::read_rated(std::size_t i) {
  constexpr std::size_t kMostGlue = 3;
  std::size_t at = i + 1;
  while (at < tokens_.size() && at - i <= kMostGlue && !scanner_.before(at).row &&
         (is(at, kGlueWord) || word(at) == ":"))
    ++at;
  const MatchedBound before = scanner_.before(at);
  const bool least = before.row && is_least(before.row->bound) && !(before.row->flags & kNeverPrice);
  if (before.row && !least) return 0;
  auto quantity = scanner_.quantity(least ? before.to : at);
  if (!quantity || quantity->money || !quantity->unit.empty() || quantity->name_follows) return 0;
  std::size_t to = stars_after(*quantity, quantity->to);
  const MatchedBound after = scanner_.after(to);
  const bool more = after.row && after.row->bound == Bound::kAtLeast && !(after.row->flags & kMoneyOnly);
  if (!least && !more && !quantity->plus && !quantity->stars) return 0;
  if (more && scanner_.closes(after.to)) to = after.to;
  return add_rating(i, to, *quantity);
}

// "4 out of 5 stars", "4 star rating": the first token after the stars, if they are there.
std::size_t Reader::stars_after(Quantity& quantity, std::size_t at) const {
  if (quantity.money || !quantity.unit.empty()) return at;
  std::size_t to = at;
  if (!quantity.stars) {
    if (to < tokens_.size() && word(to) == "out") ++to;
    if (!is(to, kEndsInA) || to + 2 >= tokens_.size() || word(to + 1) != "5" || !is(to + 2, kStarWord)) return at;
    quantity.stars = true;
    to += 3;
  }
  return is(to, kRatedWord) && scanner_.closes(to + 1) ? to + 1 : to;
}

std::size_t Reader::take(std::size_t from, const BoundRow& row, const Quantity& quantity, std::size_t to) {
  const bool least = is_least(row.bound);
  if (quantity.plus && !least) return 0;  // "under 50+"
  if (quantity.stars)
    return least && !(row.flags & (kMoneyOnly | kNeverPrice)) && !quantity.money ? add_rating(from, to, quantity) : 0;
  if (quantity.money && (row.flags & kNeverPrice)) return 0;
  const Figure figure{least || row.bound == Bound::kAbout ? &quantity : nullptr,
                      least && row.bound != Bound::kAbout ? nullptr : &quantity};
  if (quantity.money) return add_price(from, to, figure, *quantity.money, row.bound == Bound::kAbout);
  if (row.flags & kMoneyOnly) return 0;
  const Name name = name_after(quantity, to);
  if (!quantity.unit.empty() || !name.attributes.empty()) {
    if (row.flags & kPriceAlways) return 0;
    return add_figure(from, name.to != 0 ? name.to : to, figure, name.attributes);
  }
  if (!bare_is_price(from, to, row, quantity) || add_price(from, to, figure, shop_) == 0) return 0;
  drafts_.back().bare = quantity;
  return to;
}

std::size_t Reader::take_two(std::size_t from, const BoundRow* row, const TwoQuantities& two) {
  const Quantity& low = two.low;
  const Quantity& high = two.high;
  if (low.stars || high.stars) return 0;
  if (low.money && high.money && *low.money != *high.money) return 0;
  if (low.money || high.money) {
    if (!low.unit.empty() || !high.unit.empty()) return 0;
    // "EUR 42-44" are sizes of shoes.
    if (!row && two.hyphen && low.letters_before && !high.money) return 0;
    // "iphone 12 - 500 euro" names a phone and its price.
    if (!row && two.apart && !low.money && !follows(from, kPriceWord) &&
        (is_far_below(low, high, 10) || (two.hyphen && is_model(from))))
      return 0;
    return add_price(from, high.to, {&low, &high}, high.money ? *high.money : *low.money);
  }
  if (!low.unit.empty() && low.unit != high.unit) return 0;
  const Name name = name_after(high, high.to);
  if (!high.unit.empty() || !name.attributes.empty())
    return add_figure(from, name.to != 0 ? name.to : high.to, {&low, &high}, name.attributes);
  if (!row && !follows(from, kPriceWord)) return 0;
  if (row && row->bound == Bound::kFrom && is_far_below(high, low, 1)) return 0;  // "from 9 to 5"
  constexpr BoundRow kPriceRow{"", Bound::kBetween, kBeforeNoun};
  const BoundRow from_row{"", Bound::kFrom, 0};  // with both its numbers "from" needs no currency
  const BoundRow& rule = !row ? kPriceRow : row->bound == Bound::kFrom ? from_row : *row;
  if (!bare_is_price(from, high.to, rule, low) || !bare_is_price(from, high.to, rule, high)) return 0;
  return add_price(from, high.to, {&low, &high}, shop_);
}

// "windows 10 - 50 euro": there are such products.
bool Reader::is_model(std::size_t number) const {
  return number > floor_ && tokens_[number].kind == TokenKind::kNumber &&
         tokens_[number - 1].kind == TokenKind::kWord && vocabulary_.has_model(tokens_.phrase(number - 1, 2));
}

std::size_t Reader::add_price(std::size_t from, std::size_t to, const Figure& figure, Currency currency, bool about) {
  Draft draft;
  draft.from = from;
  draft.to = to;
  draft.part.kind = UnderstoodKind::kPrice;
  draft.part.currency = currency;
  auto& min = draft.part.price_min;
  auto& max = draft.part.price_max;
  if (figure.low && !(min = price_minor(*figure.low, currency, figure.low->kilo))) return 0;
  if (figure.high && !(max = price_minor(*figure.high, currency, figure.high->kilo))) return 0;
  if (figure.low && figure.high && !figure.exact() && figure.high->kilo && !figure.low->kilo) {  // "1-2k"
    const auto thousands = price_minor(*figure.low, currency, true);
    if (thousands && *thousands <= *max) min = thousands;
  }
  if (min && max && *min > *max) std::swap(min, max);
  if (about) {
    min = *min - *min / 5;
    max = std::min(*max + *max / 5, kMaxAmountMinor);
  }
  return add(std::move(draft));
}

// "over 500 and under 900 dollars": the currency is said once.
void Reader::settle_prices() {
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    const bool before = i > 0 && drafts_[i - 1].to == drafts_[i].from;
    const bool after = i + 1 < drafts_.size() && drafts_[i].to == drafts_[i + 1].from;
    for (const Draft* other : {before ? &drafts_[i - 1] : nullptr, after ? &drafts_[i + 1] : nullptr}) {
      Draft& draft = drafts_[i];
      if (!draft.bare || !other || other->bare || other->part.kind != UnderstoodKind::kPrice) continue;
      const auto minor = price_minor(*draft.bare, other->part.currency, draft.bare->kilo);
      if (!minor) continue;
      draft.part.currency = other->part.currency;
      (draft.part.price_min ? draft.part.price_min : draft.part.price_max) = minor;
    }
  }
}

std::size_t Reader::add_rating(std::size_t from, std::size_t to, const Quantity& quantity) {
  if (quantity.kilo) return 0;
  const auto number = parse_decimal(quantity.number, Grouping::kDecimal);
  const auto milli = number ? scaled(*number, 3) : std::nullopt;
  if (!milli || *milli <= 0 || *milli > 5'000) return 0;
  Draft draft;
  draft.from = from;
  draft.to = to;
  draft.part.kind = UnderstoodKind::kRating;
  draft.part.rating_min_milli = *milli;
  return add(std::move(draft));
}

// Such a word stands before token i, with nothing but "of a", ":" between.
bool Reader::follows(std::size_t i, std::uint32_t classes) const {
  if (i > floor_ && word(i - 1) == ":") --i;
  for (std::size_t steps = 0; i > floor_ && steps < 3; --i, ++steps) {
    if (is(i - 1, classes)) return true;
    if (!is(i - 1, kGlueWord)) return false;
  }
  return false;
}

// A number that nothing was written to: a price unless what stands before or after it makes it something else.
bool Reader::bare_is_price(std::size_t from, std::size_t to, const BoundRow& row, const Quantity& quantity) const {
  if (row.flags & (kNeedsMoney | kMoneyOnly | kNeverPrice)) return false;
  if (quantity.plus || quantity.stars || quantity.name_follows || !quantity.unit.empty()) return false;
  const bool downward = row.flags & (kBeforeNoun | kPriceAlways);
  if (quantity.kilo && !downward) return false;  // "up to 4k" is a picture
  if (from > floor_) {
    const auto whole = parse_decimal(quantity.number, Grouping::kDecimal);
    const bool small = whole && whole->scale == 0 && whole->digits <= kOldestChild;
    if (is(from - 1, kPerson) && small) return false;
    if (is(from - 1, kMeasured) || is_of_another(from - 1)) return false;
  }
  if (follows(from, kRatedWord) || goes_on(to)) return false;
  if (to >= tokens_.size() || follows(from, kPriceWord)) return true;
  const Token& next = tokens_[to];
  if (next.kind == TokenKind::kNumber) return downward;
  if (next.kind == TokenKind::kSign && next.classes == 0) {
    static constexpr std::string_view kEnds[] = {",", ";", ".", ":", ")", "]", "!", "?", "(", "|"};
    return next.closing_quote || std::find(std::begin(kEnds), std::end(kEnds), word(to)) != std::end(kEnds);
  }
  // "50 x 70" and "12 years", but also "50 x-box pads", "50 a4 sheets".
  const bool counted = is(to, kCounted | kStarWord) || (is(to, kUnitWord) && word(to) != "in");
  if (counted && scanner_.closes(to + 1)) return false;
  if (is(to, kBeginsMoney) && scanner_.closes(to + 1)) return false;  // money of a kind that is not known here
  if (row.flags & kPriceAlways) return true;
  return downward || is(to, kConnector) || scanner_.before(to).row || word(to) == "-" || word(to) == "–";
}

// Parts take along what leads to them: "priced under $50", "with a rating of 4 or more", "in black".
std::size_t Reader::lead(const Draft& draft) const {
  constexpr std::size_t kFarthest = 5;
  const auto kind = draft.part.kind;
  const std::uint32_t noun = kind == UnderstoodKind::kPrice    ? kPriceWord
                             : kind == UnderstoodKind::kRating ? kRatedWord
                                                               : 0u;
  std::size_t left = draft.from;
  for (std::size_t i = draft.from; noun != 0 && i > floor_ && draft.from - i < kFarthest; --i) {
    if (is(i - 1, noun))
      left = i - 1;
    else if (!is(i - 1, kGlueWord | kForWord) && word(i - 1) != ":")
      break;
  }
  if (left < draft.from || (noun != 0 && is(left, noun))) {
    for (std::size_t steps = 0; steps < 3 && left > floor_ && is(left - 1, kGlueWord); ++steps) --left;
    return left;
  }
  if (left == floor_) return left;
  const bool second = !drafts_.empty() && left - 1 == floor_ && drafts_.back().to == floor_;
  if (second && is(left - 1, kAndJoin)) return left - 1;
  const std::string_view before = word(left - 1);
  if (kind == UnderstoodKind::kPrice) return is(left - 1, kForWord) || before == "at" ? left - 1 : left;
  static constexpr std::string_view kWith[] = {"with", "mit", "avec", "con", "met", "having", "in"};
  return std::find(std::begin(kWith), std::end(kWith), before) != std::end(kWith) ? left - 1 : left;
}

std::size_t Reader::add(Draft draft) {
  draft.from = lead(draft);
  const std::size_t to = draft.to;
  drafts_.push_back(std::move(draft));
  return to;
}

PlainQuery Reader::finish() {
  PlainQuery out;
  out.parts.reserve(drafts_.size());
  for (Draft& draft : drafts_) {
    // "(under 50)" takes its brackets along.
    const std::size_t before = draft.from, after = draft.to;
    const std::size_t begin_floor = out.parts.empty() ? 0 : out.parts.back().end;
    const bool inside = before > 0 && after < tokens_.size() && tokens_[before - 1].begin >= begin_floor;
    if (inside &&
        ((word(before - 1) == "(" && word(after) == ")") || (word(before - 1) == "[" && word(after) == "]"))) {
      --draft.from;
      ++draft.to;
    }
    draft.part.begin = tokens_[draft.from].begin;
    draft.part.end = tokens_[draft.to - 1].end;
    draft.part.text = text_.substr(draft.part.begin, draft.part.end - draft.part.begin);
    out.parts.push_back(std::move(draft.part));
  }
  out.words = without_parts(text_, out.parts);
  return out;
}

PlainQuery read_plainly(std::string_view text, const Vocabulary& vocabulary, Currency shop_currency) {
  if (text.size() > kLongestPlainText) return {std::string(text), {}};
  return Reader(text, vocabulary, shop_currency).run();
}

std::string without_parts(std::string_view text, const std::vector<UnderstoodPart>& parts) {
  constexpr std::string_view kBlanks = " \t\r\n,;", kEnds = " \t\r\n,;.!?";
  std::string out;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= parts.size(); ++i) {
    std::string_view piece = text.substr(from, (i < parts.size() ? parts[i].begin : text.size()) - from);
    if (i > 0) piece.remove_prefix(std::min(piece.size(), piece.find_first_not_of(kEnds)));
    if (i < parts.size()) piece = piece.substr(0, piece.find_last_not_of(kBlanks) + 1);
    if (!piece.empty() && !out.empty()) out += ' ';
    out += piece;
    if (i < parts.size()) from = parts[i].end;
  }
  return out;
}

}  // namespace kontor::search
