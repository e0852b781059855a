// The part of the reader that knows attributes: values ("black"), figures ("16gb", "at least 16 gb ram") and names.
#include <algorithm>

#include "shop/search/plain_lexicon.h"
#include "shop/search/plain_reader.h"

namespace kontor::search {
namespace {

using Wide = __int128;
constexpr Wide kLargestMicro = 9'000'000'000'000'000'000;

bool holds(std::span<const std::uint32_t> names, std::uint32_t attribute) {
  return std::find(names.begin(), names.end(), attribute) != names.end();
}

// The bounds of what was meant when `number` was written in one unit and is stored in another.
struct Converted {
  Wide low = 0, high = 0;
  bool exact = true;
};

std::optional<Converted> convert(const Quantity& quantity, const Vocabulary::Number& stored) {
  const auto number = parse_decimal(quantity.number, Grouping::kMeasure);
  if (!number || quantity.kilo) return std::nullopt;
  const auto micro = scaled(*number, 6);
  if (!micro) return std::nullopt;
  if (quantity.unit.empty() || quantity.unit == stored.unit) return Converted{*micro, *micro, true};
  const ScaleRow* from = scale_of(quantity.unit);
  const ScaleRow* to = stored.scale;
  if (!from || !to || from->kind != to->kind) return std::nullopt;
  const Wide top = static_cast<Wide>(*micro) * from->times * to->over,
             bottom = static_cast<Wide>(to->times) * from->over;
  Converted out{top / bottom, (top + bottom - 1) / bottom, !from->rounded && !to->rounded};
  if (from->kind == "bytes") {  // 1 TB is sold as 1000 GB and as 1024
    for (std::int64_t step = from->times; step > to->times; step /= 1'000) out.high = out.high * 1'024 / 1'000;
    for (std::int64_t step = from->times; step < to->times; step *= 1'000) out.low = out.low * 1'000 / 1'024;
  }
  if (out.high > kLargestMicro) return std::nullopt;
  return out;
}

}  // namespace

// A phrase that shall stay words, or that says nothing certain: the first token after it; 0: none.
std::size_t Reader::kept_at(std::size_t i) const {
  if (tokens_[i].vocabulary == 0 || !scanner_.opens(i)) return 0;
  for (std::size_t count = std::min<std::size_t>(tokens_[i].vocabulary, tokens_.size() - i); count > 0; --count) {
    const auto* meaning = vocabulary_.find(tokens_.phrase(i, count));
    if (!meaning || !scanner_.closes(i + count)) continue;
    if (meaning->kept) return i + count;
    if (!meaning->names.empty()) return 0;
    if (!meaning->values.empty()) return count > 1 && meaning->values.size() > 1 ? i + count : 0;
  }
  return 0;
}

Reader::Name Reader::name_at(std::size_t i) const {
  if (i >= tokens_.size() || tokens_[i].vocabulary == 0) return {};
  for (std::size_t count = std::min<std::size_t>(tokens_[i].vocabulary, tokens_.size() - i); count > 0; --count) {
    const auto* meaning = vocabulary_.find(tokens_.phrase(i, count));
    if (meaning && !meaning->kept && !meaning->names.empty() && scanner_.closes(i + count))
      return {meaning->names, i + count};
  }
  return {};
}

// "16gb ram", "16 gb of ram", "8-port".
Reader::Name Reader::name_after(const Quantity& quantity, std::size_t to) const {
  if (quantity.name_follows) return name_at(to);
  if (to >= tokens_.size() || tokens_[to].glued) return {};
  return name_at(is(to, kEndsInA) ? to + 1 : to);
}

// The token names an attribute: a number beside it is of that.
bool Reader::is_of_another(std::size_t i) const {
  if (i >= tokens_.size() || tokens_[i].vocabulary == 0) return false;
  const auto* meaning = vocabulary_.find(word(i));
  return meaning && !meaning->names.empty() && meaning->values.empty();
}

// "38 to 40", "500 or 600", "16gb or 32gb": what was read would be half of it.
bool Reader::goes_on(std::size_t to, std::string_view unit) const {
  if (!is(to, kAndJoin | kToJoin | kOrWord)) return false;
  const auto next = scanner_.quantity(to + 1);
  if (!next || next->stars || next->name_follows) return false;
  return next->unit.empty() || (next->unit == unit && is(to, kOrWord));
}

// "24 or 27 inch", "16gb or 32gb ram"
bool Reader::comes_from_number(std::size_t from) const {
  if (from < floor_ + 2 || !is(from - 1, kAndJoin | kToJoin | kOrWord)) return false;
  const std::size_t before = from >= floor_ + 3 && is(from - 2, kUnitWord) ? from - 3 : from - 2;
  return tokens_[before].kind == TokenKind::kNumber;
}

// "2 x 16gb", "30 x 40 cm"
bool Reader::is_multiple(const Quantity& quantity) const {
  const auto times = [&](std::size_t i) { return word(i) == "x" || word(i) == "×" || word(i) == "*"; };
  return (quantity.from > 0 && times(quantity.from - 1)) || (quantity.to < tokens_.size() && times(quantity.to));
}

const Vocabulary::Value* Reader::value_of(std::string_view phrase, Names names) const {
  const auto* meaning = vocabulary_.find(phrase);
  if (!meaning || meaning->kept) return nullptr;
  const Vocabulary::Value* found = nullptr;
  for (const auto& value : meaning->values) {
    if (!names.empty() && !holds(names, value.attribute)) continue;
    if (found) return nullptr;
    found = &value;
  }
  return found;
}

// "ram at least 16 gb", "size 38", "colour: black".
std::size_t Reader::read_named(std::size_t i) {
  const Name name = scanner_.opens(i) ? name_at(i) : Name{};
  if (name.attributes.empty()) return 0;
  std::size_t at = name.to;
  if (at < tokens_.size() && (word(at) == ":" || word(at) == "=" || word(at) == "is" || is(at, kEndsInA))) ++at;
  if (at >= tokens_.size()) return 0;
  const std::size_t value = named_value(i, name, at);
  return value != 0 ? value : named_figure(i, name, at);
}

std::size_t Reader::named_value(std::size_t from, const Name& name, std::size_t at) {
  const std::size_t drafts = drafts_.size(), floor = floor_;
  std::size_t end = 0;
  for (std::size_t begin = from; at < tokens_.size(); begin = end) {
    const Vocabulary::Value* value = nullptr;
    std::size_t count = std::min(Vocabulary::kLongestPhrase, tokens_.size() - at);
    for (; count > 0 && !value; --count)
      if (scanner_.closes(at + count)) value = value_of(tokens_.phrase(at, count), name.attributes);
    const std::size_t after = at + count + 1;
    if (!value || (is(after, kAndJoin | kToJoin) && goes_on(after))) {
      // "size 38 or 40": of 40 nothing is known, so that 38 is not all that was asked for.
      const bool half = end != 0 && at < tokens_.size() && tokens_[at].kind == TokenKind::kNumber;
      if (!half) return end;
      drafts_.resize(drafts);
      floor_ = floor;
      return 0;
    }
    if (drafts_.size() == kMostParts) return end;
    end = add_value(begin, after, *value, true);
    floor_ = end;
    if (!is(end, kOrWord) || end + 1 >= tokens_.size()) return end;
    at = end + 1;
  }
  return end;
}

std::size_t Reader::named_figure(std::size_t from, const Name& name, std::size_t at) {
  const MatchedBound before = scanner_.before(at);
  const std::size_t first = before.row ? before.to : at;
  const bool between = before.row && before.row->bound == Bound::kBetween;
  if (const auto two = scanner_.two(first, between ? kAndJoin | kToJoin : kToJoin)) {
    if (two->low.money || two->high.money || two->low.stars || two->high.stars) return 0;
    const bool units = two->low.unit.empty() || two->low.unit == two->high.unit;
    return units ? add_figure(from, two->high.to, {&two->low, &two->high}, name.attributes) : 0;
  }
  const auto quantity = scanner_.quantity(first);
  if (!quantity || quantity->money || quantity->stars || between) return 0;
  const MatchedBound after = scanner_.after(quantity->to);
  const bool bounds_after = !before.row && after.row && !(after.row->flags & kMoneyOnly) && scanner_.closes(after.to);
  const BoundRow* row = before.row ? before.row : bounds_after ? after.row : nullptr;
  if (row && (row->flags & (kMoneyOnly | kPriceAlways | kTwoOnly))) return 0;
  const bool most = row && row->bound == Bound::kAtMost, least = quantity->plus || (row && !most);
  if (most && least) return 0;  // "ram under 16gb+"
  std::size_t to = bounds_after ? after.to : quantity->to;
  Names names = name.attributes;
  const Name other = row ? Name{} : name_after(*quantity, to);
  std::uint32_t both = 0;
  if (!other.attributes.empty()) {
    const auto shared = std::find_if(names.begin(), names.end(), [&](auto n) { return holds(other.attributes, n); });
    if (shared != names.end()) {
      both = *shared;
      names = {&both, 1};
      to = other.to;
    } else if (!scanner_.quantity(other.to)) {
      return 0;  // "ssd 16 gb ram": the name behind is nearer, unless it belongs to the next number
    }
  }
  return add_figure(from, to, {most ? nullptr : &*quantity, least ? nullptr : &*quantity}, names);
}

// A number of "16gb" without a name says of what it is only where nothing else does.
bool Reader::stands_apart(const Figure& figure, std::size_t to) const {
  const Quantity& quantity = figure.any();
  if (figure.exact() && quantity.short_unit) return false;
  const auto of_something = [&](std::size_t i) {
    return i < tokens_.size() && (is(i, kAmount) || is_of_another(i) || word(i) == "by");
  };
  if (of_something(to)) return false;
  if (quantity.from == floor_) return true;
  if (of_something(quantity.from - 1) || is(quantity.from - 1, kNotWord)) return false;
  for (std::size_t i = quantity.from, steps = 0; i > floor_ && steps < 2; --i, ++steps)
    if (is(i - 1, kForWord)) return false;  // "sleeve for 15.6 inch laptop"
  return true;
}

// How near the unit of the stored numbers is to the written one.
Reader::Nearness Reader::nearness(const Vocabulary::Number& number, std::string_view unit, const ScaleRow* scale) {
  if (unit.empty() || unit == number.unit) return Nearness::kSame;
  if (!scale || !number.scale || scale->kind != number.scale->kind) return Nearness::kForeign;
  return scale->rounded == number.scale->rounded ? Nearness::kExact : Nearness::kRounded;
}

bool Reader::fits(const Vocabulary::Number& number, const Figure& figure, bool named, UnderstoodPart& part) const {
  auto& min = part.min_micro;
  auto& max = part.max_micro;
  min.reset();
  max.reset();
  const std::string_view unit = figure.high ? figure.high->unit : figure.low->unit;
  // "12mm tape" is not of a cable's length in metres only because nothing else has a length.
  if (!named && unit != number.unit && !(number.lowest_micro && number.highest_micro)) return false;
  for (const Quantity* quantity : {figure.low, figure.high}) {
    if (!quantity) continue;
    Quantity whole = *quantity;
    whole.unit = unit;
    const auto converted = convert(whole, number);
    if (!converted || (figure.exact() && !converted->exact)) return false;
    // A number without a unit beside a name may be a model: it must be one that there is.
    if (!named || (figure.exact() && unit.empty())) {
      if (number.lowest_micro && converted->high < *number.lowest_micro) return false;
      if (number.highest_micro && converted->low > *number.highest_micro) return false;
    }
    if (quantity == figure.low) min = static_cast<std::int64_t>(converted->low);
    if (quantity == figure.high) max = static_cast<std::int64_t>(converted->high);
    // A screen of 15.6 inches is one of 15.
    const bool whole_inches = number.unit == "in" && quantity->number.find_first_of(".,") == std::string_view::npos;
    if (whole_inches && quantity == figure.high && max == converted->low) *max += 999'999;
  }
  if (min && max && *min > *max) std::swap(min, max);
  return true;
}

std::size_t Reader::add_figure(std::size_t from, std::size_t to, const Figure& figure, Names names) {
  const Quantity& quantity = figure.any();
  const bool named = !names.empty();
  if (!named && (quantity.unit.empty() && (!figure.high || figure.high->unit.empty()))) return 0;
  // "usb 3 port hub": only a name before the number or written to it makes a number without a unit the attribute's.
  const bool loose = figure.exact() && quantity.unit.empty() && !quantity.name_follows && from == quantity.from;
  if (loose || is_multiple(quantity) || (!named && !stands_apart(figure, to))) return 0;
  if (figure.exact() && (goes_on(to, quantity.unit) || comes_from_number(from))) return 0;
  // Where an attribute is stored in the unit that was written, "50 inch" is of no other.
  const std::string_view unit = figure.high ? figure.high->unit : figure.low->unit;
  const ScaleRow* scale = scale_of(unit);
  Nearness nearest = Nearness::kForeign;
  for (const auto& number : vocabulary_.numbers())
    if (!named || holds(names, number.attribute)) nearest = std::min(nearest, nearness(number, unit, scale));
  if (nearest == Nearness::kForeign) return 0;
  Draft draft;
  const Vocabulary::Number* found = nullptr;
  for (const auto& number : vocabulary_.numbers()) {
    if ((named && !holds(names, number.attribute)) || nearness(number, unit, scale) != nearest) continue;
    UnderstoodPart part;
    if (!fits(number, figure, named, part)) continue;
    if (found) return 0;
    found = &number;
    draft.part = std::move(part);
  }
  if (!found) return 0;
  draft.part.kind = UnderstoodKind::kAttribute;
  draft.part.attribute = vocabulary_.attribute(found->attribute);
  draft.from = from;
  draft.to = to;
  draft.named = named;
  draft.exact = figure.exact();
  return add(std::move(draft));
}

std::size_t Reader::read_value(std::size_t i) {
  if (!scanner_.opens(i)) return 0;
  std::size_t count = std::min<std::size_t>(tokens_[i].vocabulary, tokens_.size() - i);
  const Vocabulary::Meaning* meaning = nullptr;
  for (; count > 0; --count) {
    const auto* found = scanner_.closes(i + count) ? vocabulary_.find(tokens_.phrase(i, count)) : nullptr;
    if (found && (found->kept || !found->values.empty())) {
      meaning = found;
      break;
    }
  }
  if (!meaning && scanner_.closes(i + 1)) {
    const std::string_view base = adjective_base(word(i));
    meaning = base.empty() ? nullptr : vocabulary_.find(base);
    count = 1;
  }
  if (!meaning || meaning->kept || meaning->values.size() != 1 || !meaning->values[0].alone) return 0;
  for (std::size_t before = i, steps = 0; before > floor_ && steps < 2; --before, ++steps)
    if (is(before - 1, kForWord) || (steps == 0 && is(before - 1, kNotWord | kEndsInA))) return 0;
  // "364 xl" is a cartridge.
  const bool short_word = tokens_[i + count - 1].end - tokens_[i].begin <= 2;
  if (short_word && i > 0 && tokens_[i - 1].kind == TokenKind::kNumber) return 0;
  return add_value(i, i + count, meaning->values[0], false);
}

std::size_t Reader::add_value(std::size_t from, std::size_t to, const Vocabulary::Value& value, bool named) {
  Draft draft;
  draft.part.kind = UnderstoodKind::kAttribute;
  draft.part.attribute = vocabulary_.attribute(value.attribute);
  draft.part.values = {value.text};
  draft.from = from;
  draft.to = to;
  draft.named = named;
  return add(std::move(draft));
}

// ---- parts that are given back ----
void Reader::settle() {
  settle_prices();
  settle_values();
  settle_figures();
  if (!leaves_a_word())
    std::erase_if(drafts_, [](const Draft& draft) { return draft.part.kind == UnderstoodKind::kAttribute; });
}

// The next value of the attribute of draft i, when "or", or a comma before a later "or", joins the two.
bool Reader::joins_next(std::size_t i, bool& either) const {
  if (i + 1 >= drafts_.size()) return false;
  const Draft& next = drafts_[i + 1];
  if (next.part.values.empty() || next.part.attribute != drafts_[i].part.attribute) return false;
  std::size_t at = drafts_[i].to;
  const bool comma = at < next.from && word(at) == ",";
  if (comma) ++at;
  const bool by_or = at <= next.from && is(at, kOrWord);
  if (by_or && at < next.from) ++at;
  either = either || by_or;
  return at == next.from && (comma || by_or);
}

// Several values of one attribute: only "red or blue", "red, blue or green" say that any of them will do.
void Reader::settle_values() {
  std::vector<std::string> doubtful;
  for (std::size_t i = 0; i < drafts_.size(); ++i) {
    if (drafts_[i].part.values.empty()) continue;
    std::size_t last = i;
    bool either = false;
    while (joins_next(last, either)) ++last;
    if (last > i && !either) doubtful.push_back(drafts_[i].part.attribute);
    for (std::size_t j = i + 1; j <= last && either; ++j) drafts_[i].part.values.push_back(drafts_[j].part.values[0]);
    if (!either) continue;
    drafts_[i].to = drafts_[last].to;
    drafts_.erase(drafts_.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  drafts_.begin() + static_cast<std::ptrdiff_t>(last) + 1);
  }
  for (std::size_t i = 0; i < drafts_.size(); ++i)
    for (std::size_t j = i + 1; j < drafts_.size(); ++j)
      if (!drafts_[i].part.values.empty() && !drafts_[j].part.values.empty() &&
          drafts_[i].part.attribute == drafts_[j].part.attribute)
        doubtful.push_back(drafts_[i].part.attribute);
  std::erase_if(drafts_, [&](const Draft& draft) {
    return !draft.part.values.empty() &&
           std::find(doubtful.begin(), doubtful.end(), draft.part.attribute) != doubtful.end();
  });
}

// "16gb 512gb" where one attribute has gigabytes: nobody can tell which of them it is, unless a name stands there.
void Reader::settle_figures() {
  const auto rivals = [&](const Draft& one) {
    return std::count_if(drafts_.begin(), drafts_.end(),
                         [&](const Draft& other) { return other.exact && one.part.attribute == other.part.attribute; });
  };
  std::vector<bool> doubtful;
  for (const Draft& draft : drafts_) doubtful.push_back(draft.exact && !draft.named && rivals(draft) > 1);
  std::size_t i = 0;
  std::erase_if(drafts_, [&](const Draft&) { return doubtful[i++]; });
}

bool Reader::leaves_a_word() const {
  std::size_t next = 0;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (next < drafts_.size() && i >= drafts_[next].from) {
      i = drafts_[next++].to - 1;
      continue;
    }
    if (tokens_[i].kind == TokenKind::kNumber) return true;
    if (tokens_[i].kind == TokenKind::kWord && !is(i, kGlueWord | kConnector)) return true;
  }
  return false;
}

}  // namespace kontor::search
