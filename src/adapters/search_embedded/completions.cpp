#include "adapters/search_embedded/completions.h"

#include <algorithm>
#include <array>
#include <queue>

#include "adapters/search_embedded/misspelt.h"
#include "adapters/search_embedded/synonyms.h"
#include "base/text.h"

namespace kontor::search_embedded {

using search_index::Completion;

namespace {

constexpr std::uint64_t kFirstWord = 8;  // times the weight of one found by a later word
constexpr std::size_t kLongestPrefix = 64;
constexpr std::uint32_t kMostVisits = 2'000;  // nodes of a walk

}  // namespace

Completions::Completions(std::vector<Completion> all) : entries_(std::move(all)) {
  for (std::uint32_t entry = 0; entry < entries_.size(); ++entry) {
    starts_.push_back(static_cast<std::uint32_t>(texts_.size()));
    texts_ += plain_words(entries_[entry].text);
    ends_.push_back(static_cast<std::uint32_t>(texts_.size()));
    std::size_t words = 0;
    for (std::uint32_t at = starts_.back(); at < ends_.back() && words < kMostWords; ++at)
      if (at == starts_.back() || texts_[at - 1] == ' ') {
        keys_.push_back({entry, at});
        ++words;
      }
    texts_ += '\n';
  }
  std::sort(keys_.begin(), keys_.end(), [&](const Key& a, const Key& b) {
    const int order = text_of(a).compare(text_of(b));
    return order != 0 ? order < 0 : a.entry < b.entry;
  });
  const auto count = static_cast<std::uint32_t>(keys_.size());
  tree_.resize(2 * std::size_t{count});
  for (std::uint32_t i = 0; i < count; ++i) tree_[count + i] = i;
  for (std::uint32_t i = count; i-- > 1;) {
    const std::uint32_t left = tree_[2 * i], right = tree_[2 * i + 1];
    tree_[i] = weight(right) > weight(left) ? right : left;
  }
}

std::uint64_t Completions::bytes() const {
  return texts_.capacity() + keys_.capacity() * sizeof(Key) + tree_.capacity() * 4 +
         entries_.capacity() * (sizeof(Completion) + 8);
}

std::uint64_t Completions::weight(std::uint32_t key) const {
  const Key& at = keys_[key];
  const auto weight =
      static_cast<std::uint64_t>(std::clamp<std::int64_t>(entries_[at.entry].weight, 0, INT64_MAX / 64));
  return (weight + 1) * (at.at == starts_[at.entry] ? kFirstWord : 1);
}

std::uint32_t Completions::heaviest(std::uint32_t from, std::uint32_t to) const {
  const auto count = static_cast<std::uint32_t>(keys_.size());
  std::uint32_t best = from;
  const auto offer = [&](std::uint32_t key) {
    const std::uint64_t mine = weight(key), others = weight(best);
    if (mine > others || (mine == others && key < best)) best = key;
  };
  for (std::uint32_t left = from + count, right = to + count; left < right; left /= 2, right /= 2) {
    if (left & 1) offer(tree_[left++]);
    if (right & 1) offer(tree_[--right]);
  }
  return best;
}

Completions::Range Completions::range_of(std::string_view prefix) const {
  const auto cut = [&](const Key& key) { return text_of(key).substr(0, prefix.size()); };
  const auto from = std::lower_bound(keys_.begin(), keys_.end(), prefix,
                                     [&](const Key& key, std::string_view wanted) { return cut(key) < wanted; });
  const auto to = std::upper_bound(from, keys_.end(), prefix,
                                   [&](std::string_view wanted, const Key& key) { return wanted < cut(key); });
  return {static_cast<std::uint32_t>(from - keys_.begin()), static_cast<std::uint32_t>(to - keys_.begin()), 1};
}

// The heaviest of all ranges, one after the other: each takes its own out and leaves two shorter ones.
void Completions::take(const std::vector<Range>& ranges, std::size_t limit, std::vector<Completion>& out) const {
  struct Next {
    std::uint64_t weight;
    std::uint32_t key;
    Range range;
    bool operator<(const Next& other) const { return weight != other.weight ? weight < other.weight : key > other.key; }
  };
  std::priority_queue<Next> queue;
  const auto push = [&](const Range& range) {
    if (range.from >= range.to) return;
    const std::uint32_t key = heaviest(range.from, range.to);
    queue.push({weight(key) / range.divisor, key, range});
  };
  for (const Range& range : ranges) push(range);
  for (std::size_t looked = 0; !queue.empty() && out.size() < limit && looked < 20 * limit; ++looked) {
    const Next next = queue.top();
    queue.pop();
    const Completion& found = entries_[keys_[next.key].entry];
    const bool there = std::any_of(out.begin(), out.end(), [&](const Completion& other) {
      return other.kind == found.kind && (other.text == found.text || (other.id == found.id && found.id != 0));
    });
    if (!there) out.push_back(found);
    push({next.range.from, next.key, next.range.divisor});
    push({next.key + 1, next.range.to, next.range.divisor});
  }
}

// Walks the keys as the tree of letters that they are when sorted, and leaves a branch once it is too far from what was
// typed. The row after some letters says how far they are from each beginning of it.
class Completions::Walk {
 public:
  Walk(const Completions& all, std::string_view typed, std::uint32_t most) : all_(all), typed_(typed), most_(most) {}

  std::vector<Range> run() {
    Row first{};
    for (std::size_t i = 0; i <= typed_.size(); ++i) first[i] = static_cast<std::uint8_t>(i);
    visit(0, static_cast<std::uint32_t>(all_.keys_.size()), 0, first, first, 0);
    return std::move(found_);
  }

 private:
  using Row = std::array<std::uint8_t, kLongestPrefix + 1>;

  char letter(std::uint32_t key, std::size_t depth) const {
    const std::string_view text = all_.text_of(all_.keys_[key]);
    return depth < text.size() ? text[depth] : '\0';
  }

  void visit(std::uint32_t from, std::uint32_t to, std::size_t depth, const Row& last, const Row& before, char above) {
    while (from < to) {
      const char next = letter(from, depth);
      std::uint32_t end = from + 1;
      // Doubling first: most branches are short.
      for (std::uint32_t step = 1; end < to && letter(end, depth) == next; step *= 2) end = std::min(to, end + step);
      std::uint32_t low = from;
      while (low + 1 < end) {
        const std::uint32_t middle = low + (end - low) / 2;
        (letter(middle, depth) == next ? low : end) = middle;
      }
      end = low + 1;
      if (next != '\0') branch(from, end, depth, last, before, above, next);
      if (visits_ > kMostVisits) return;
      from = end;
    }
  }

  void branch(std::uint32_t from, std::uint32_t to, std::size_t depth, const Row& last, const Row& before, char above,
              char next) {
    ++visits_;
    Row row{};
    row[0] = static_cast<std::uint8_t>(depth + 1);
    std::uint8_t least = row[0];
    for (std::size_t j = 1; j <= typed_.size(); ++j) {
      int best = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (typed_[j - 1] == next ? 0 : 1)});
      if (depth > 0 && j > 1 && typed_[j - 2] == next && typed_[j - 1] == above)
        best = std::min(best, before[j - 2] + 1);
      row[j] = static_cast<std::uint8_t>(std::min(best, 100));
      least = std::min(least, row[j]);
    }
    if (row[typed_.size()] <= most_) {
      found_.push_back({from, to, row[typed_.size()] == 2 ? 16u : 4u});
      return;
    }
    if (least <= most_) visit(from, to, depth + 1, row, last, next);
  }

  const Completions& all_;
  std::string_view typed_;
  std::uint32_t most_, visits_ = 0;
  std::vector<Range> found_;
};

std::vector<Completion> Completions::suggest(std::string_view prefix, std::size_t limit) const {
  std::vector<Completion> out;
  limit = std::min(limit, kMostShown);
  const bool goes_on = !prefix.empty() && prefix.back() != ' ';
  std::string typed = plain_words(clip(prefix, search_index::kLongestQuery));
  if (typed.empty() || keys_.empty() || limit == 0) return out;
  if (!goes_on) typed += ' ';
  take({range_of(typed)}, limit, out);
  if (!out.empty() || typed.size() > kLongestPrefix) return out;
  const std::size_t letters = count_code_points(typed);
  // A number that is not there is no slip.
  const bool digits = std::any_of(typed.begin(), typed.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (letters < 4 || digits) return out;
  take(Walk(*this, typed, 1).run(), limit, out);
  if (out.empty() && letters >= 8) take(Walk(*this, typed, 2).run(), limit, out);
  return out;
}

}  // namespace kontor::search_embedded
