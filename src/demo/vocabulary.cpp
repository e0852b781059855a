#include "demo/vocabulary.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/assert.h"
#include "base/text.h"
#include "demo/vocabulary_text.h"

namespace kontor::demo {
namespace {

struct Line {
  std::string_view word;          // "attr"
  std::vector<std::string> only;  // "(pen,pencils)": types or motifs; empty: all
  std::string_view rest;
  int number = 0;
};

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "59-349"
std::optional<std::pair<std::int64_t, std::int64_t>> range(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto least = whole(text.substr(0, dash)), most = whole(text.substr(dash + 1));
  if (!least || !most || *least > *most) return std::nullopt;
  return std::pair{*least, *most};
}

// The text up to the first blank, taken off `rest`.
std::string_view take_word(std::string_view& rest) {
  const auto blank = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, blank);
  rest = trim(rest.substr(blank));
  return word;
}

std::vector<std::string> parts(std::string_view text) {
  std::vector<std::string> all;
  for (const auto part : split(text, '|')) all.emplace_back(trim(part));
  return all;
}

// "144..620/4" counts up; everything else is a list.
std::vector<std::string> values_of(std::string_view text) {
  const auto dots = text.find(".."), slash = text.find('/');
  if (dots == std::string_view::npos || slash == std::string_view::npos) return parts(text);
  const auto first = whole(text.substr(0, dots)), last = whole(text.substr(dots + 2, slash - dots - 2)),
             step = whole(text.substr(slash + 1));
  if (!first || !last || !step || *step < 1) return parts(text);
  std::vector<std::string> all;
  for (std::int64_t value = *first; value <= *last; value += *step) all.push_back(std::to_string(value));
  return all;
}

template <class Named>
void put(std::vector<Named>& list, Named one) {
  const auto same = std::find_if(list.begin(), list.end(), [&](const Named& old) { return old.name == one.name; });
  if (same == list.end())
    list.push_back(std::move(one));
  else
    *same = std::move(one);
}

void append(std::vector<std::string>& list, std::string_view text) {
  for (auto& part : parts(text)) list.push_back(std::move(part));
}

bool named(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool read_axis(std::string_view rest, Kind& kind) {
  Axis axis;
  const auto counts = range(take_word(rest));
  axis.name = take_word(rest);
  if (!counts || counts->first < 1) return false;
  axis.least = static_cast<int>(counts->first);
  for (const auto part : split(rest, '|')) {
    const auto plus = part.find('+');
    const auto extra = plus == std::string_view::npos ? std::optional<std::int64_t>(0) : whole(part.substr(plus + 1));
    if (!extra) return false;
    axis.values.push_back({std::string(trim(part.substr(0, plus))), *extra * 100});
  }
  axis.most = static_cast<int>(std::min<std::int64_t>(counts->second, static_cast<std::int64_t>(axis.values.size())));
  if (axis.least > axis.most) return false;
  put(kind.axes, std::move(axis));
  return true;
}

// What a line says about a kind; false when it cannot be read.
bool tell(const Line& line, Kind& kind) {
  std::string_view rest = line.rest;
  if (line.word == "tax") {
    kind.tax_class = rest;
  } else if (line.word == "returnable") {
    kind.returnable = rest != "no";
  } else if (line.word == "used") {
    kind.used = rest;
  } else if (line.word == "colors" || line.word == "tints") {
    kind.colors = parts(rest);
    kind.color_is_attribute = line.word == "colors";
  } else if (line.word == "variants") {
    const auto percent = whole(take_word(rest)), most = whole(rest);
    if (!percent || !most || *most < 1) return false;
    kind.variants_percent = static_cast<int>(*percent);
    kind.variants_most = static_cast<int>(*most);
  } else if (line.word == "option") {
    return read_axis(rest, kind);
  } else if (line.word == "attr" || line.word == "word") {
    Choice choice{std::string(take_word(rest)), values_of(rest)};
    put(line.word == "attr" ? kind.attributes : kind.words, std::move(choice));
  } else if (line.word == "title") {
    append(kind.titles, rest);
  } else if (line.word == "open") {
    append(kind.opens, rest);
  } else if (line.word == "say") {
    append(kind.says, rest);
  } else if (line.word == "end") {
    append(kind.ends, rest);
  } else {
    return false;
  }
  return true;
}

// "over-ear headphones | headphones | 59-349 | 210-320"
std::optional<Kind> read_type(std::string_view rest) {
  const auto columns = parts(rest);
  if (columns.size() != 4) return std::nullopt;
  const auto price = range(columns[2]), weight = range(columns[3]);
  if (!price || !weight) return std::nullopt;
  Kind kind;
  kind.type = columns[0];
  const auto colon = columns[1].find(':');
  kind.motif = columns[1].substr(0, colon);
  if (colon != std::string::npos)
    for (const auto drawing : split(std::string_view(columns[1]).substr(colon + 1), ',')) {
      const auto number = whole(drawing);
      if (!number) return std::nullopt;
      kind.drawings.push_back(static_cast<int>(*number));
    }
  kind.price_least = price->first * 100;
  kind.price_most = price->second * 100;
  kind.weight_least = weight->first;
  kind.weight_most = weight->second;
  return kind;
}

class Reader {
 public:
  Result<Vocabulary> read(std::string_view text) {
    int number = 0;
    for (const auto raw : split(text, '\n')) {
      ++number;
      if (raw.empty() || raw.front() == '#') continue;
      if (!take(raw, number))
        return fail(Errc::kInvalid, "demo.bad_vocabulary",
                    "Line " + std::to_string(number) + " of the vocabulary cannot be read: " + std::string(raw));
    }
    if (!close()) return fail(Errc::kInvalid, "demo.bad_vocabulary", "The last category is not whole.");
    return std::move(all_);
  }

 private:
  bool take(std::string_view raw, int number) {
    Line line{{}, {}, raw, number};
    line.word = take_word(line.rest);
    if (line.word == "=") {
      if (!close()) return false;
      department_ = line.rest;
      common_.clear();
      return true;
    }
    if (line.word == "-") {
      if (!close()) return false;
      const auto blank = line.rest.rfind(' ');
      if (blank == std::string_view::npos) return false;
      open_ =
          Category{department_, std::string(line.rest.substr(0, blank)), std::string(line.rest.substr(blank + 1)), {}};
      return true;
    }
    if (line.word == "type") {
      auto kind = read_type(line.rest);
      if (!kind || !open_) return false;
      open_->kinds.push_back(std::move(*kind));
      return true;
    }
    if (line.rest.starts_with('(')) {
      const auto end = line.rest.find(')');
      if (end == std::string_view::npos) return false;
      for (const auto name : split(line.rest.substr(1, end - 1), ',')) line.only.emplace_back(name);
      line.rest = trim(line.rest.substr(end + 1));
    }
    Kind probe;
    if (!tell(line, probe)) return false;
    (open_ ? own_ : common_).push_back(std::move(line));
    return true;
  }

  // Gives the open category's kinds what its department and it have said.
  bool close() {
    if (!open_) return true;
    for (Kind& kind : open_->kinds) {
      for (const auto* lines : {&common_, &own_})
        for (const Line& line : *lines)
          if (line.only.empty() || named(line.only, kind.motif) || named(line.only, kind.type)) tell(line, kind);
      if (kind.colors.empty() || kind.titles.empty() || kind.opens.empty() || kind.says.size() < 3) return false;
    }
    if (open_->kinds.empty()) return false;
    all_.categories.push_back(std::move(*open_));
    open_.reset();
    own_.clear();
    return true;
  }

  Vocabulary all_;
  std::string department_;
  std::vector<Line> common_, own_;
  std::optional<Category> open_;
};

}  // namespace

Result<Vocabulary> Vocabulary::read(std::string_view text) { return Reader().read(text); }

const Vocabulary& Vocabulary::built_in() {
  static const Vocabulary kAll = [] {
    auto all = read(kVocabularyText);
    KONTOR_ASSERT(all.has_value());
    return std::move(*all);
  }();
  return kAll;
}

}  // namespace kontor::demo
