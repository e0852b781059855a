#include "adapters/search_embedded/misspelt.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>

#include "base/text.h"

namespace kontor::search_embedded {
namespace {

constexpr std::size_t kLongest = 48, kShortest = 4;

// The scans below are of all words that there are, and counting bits is most of them.
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define KONTOR_COUNTS_BITS __attribute__((target_clones("popcnt", "default")))
#else
#define KONTOR_COUNTS_BITS
#endif

KONTOR_COUNTS_BITS std::size_t alike(const Sign* signs, std::uint32_t count, Sign wanted, int most,
                                     std::uint32_t* out) {
  std::size_t found = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    out[found] = i;
    found += __builtin_popcountll(signs[i] ^ wanted) <= most;
  }
  return found;
}

std::size_t having(const Sign* signs, std::uint32_t count, Sign wanted, std::uint32_t* out) {
  std::size_t found = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    out[found] = i;
    found += (wanted & ~signs[i]) == 0;
  }
  return found;
}

std::size_t code_points(std::string_view text, std::array<char32_t, kLongest>& out) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size() && count < kLongest;) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::size_t size = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    char32_t value = 0;
    for (std::size_t i = 0; i < size && at + i < text.size(); ++i)
      value = value << 8 | static_cast<unsigned char>(text[at + i]);
    out[count++] = value;
    at += size;
  }
  return count;
}

std::uint32_t uses_of(const Dictionary& dictionary, std::uint32_t word) {
  const std::uint32_t term = term_of(dictionary.words.value(word));
  return std::atomic_ref(const_cast<std::uint32_t&>(dictionary.uses[term])).load(std::memory_order_relaxed);
}

void keep_best(std::vector<Guess>& guesses, std::size_t most) {
  std::sort(guesses.begin(), guesses.end(), [](const Guess& a, const Guess& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.uses != b.uses ? a.uses > b.uses : a.word < b.word;
  });
  if (guesses.size() > most) guesses.resize(most);
}

constexpr std::uint32_t kScan = 4096;  // words at once

template <class Filter, class F>
void each_candidate(const Dictionary& dictionary, const SignList& list, LanguageTag language, Filter&& filter, F&& f) {
  std::array<std::uint32_t, kScan> found;
  list.signs.each_run(list.signs.size(), [&](std::uint32_t first, std::uint32_t count, const Sign* signs) {
    for (std::uint32_t from = 0; from < count; from += kScan) {
      const std::size_t some = filter(signs + from, std::min(kScan, count - from), found.data());
      for (std::size_t i = 0; i < some; ++i) {
        const std::uint32_t word = list.words[first + from + found[i]];
        const LanguageTag tag = dictionary.words.tag(word);
        if (tag == language || tag == kNeutral) f(word);
      }
    }
  });
}

}  // namespace

std::uint32_t forgiven(std::string_view folded) {
  if ((sign_of(folded) & kNeverMisspelt) != 0) return 0;
  return count_code_points(folded) >= 8 ? 2 : 1;
}

std::uint32_t edit_distance(std::string_view left, std::string_view right, std::uint32_t most) {
  std::array<char32_t, kLongest> a, b;
  const std::size_t n = code_points(left, a), m = code_points(right, b);
  if (n > m + most || m > n + most) return most + 1;
  std::array<std::uint32_t, kLongest + 1> before{}, last{}, row{};
  for (std::size_t j = 0; j <= m; ++j) last[j] = static_cast<std::uint32_t>(j);
  for (std::size_t i = 1; i <= n; ++i) {
    row[0] = static_cast<std::uint32_t>(i);
    std::uint32_t least = row[0];
    for (std::size_t j = 1; j <= m; ++j) {
      std::uint32_t best = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = std::min(best, before[j - 2] + 1);
      row[j] = best;
      least = std::min(least, best);
    }
    if (least > most) return most + 1;
    before = last;
    last = row;
  }
  return std::min(last[m], most + 1);
}

std::vector<Guess> misspelt(const Dictionary& dictionary, std::string_view folded, LanguageTag language,
                            std::size_t most) {
  std::vector<Guess> guesses;
  const std::uint32_t allowed = forgiven(folded);
  if (allowed == 0 || folded.size() > kLongest) return guesses;
  const Sign sign = sign_of(folded);
  std::uint32_t nearest = allowed;
  each_candidate(
      dictionary, dictionary.letters, language,
      [&](const Sign* signs, std::uint32_t count, std::uint32_t* out) {
        return alike(signs, count, sign, static_cast<int>(2 * nearest), out);
      },
      [&](std::uint32_t word) {
        const std::string_view text = dictionary.words.text(word);
        if (count_code_points(text) < kShortest || text.size() > folded.size() + 4 * nearest ||
            folded.size() > text.size() + 4 * nearest)
          return;
        const std::uint32_t distance = edit_distance(folded, text, nearest);
        const std::uint32_t uses = uses_of(dictionary, word);
        if (distance > nearest || distance == 0 || uses == 0) return;
        nearest = distance;
        guesses.push_back({word, distance, uses});
      });
  std::erase_if(guesses, [&](const Guess& guess) { return guess.distance > nearest; });
  keep_best(guesses, most);
  return guesses;
}

std::vector<Guess> beginning(const Dictionary& dictionary, std::string_view folded, LanguageTag language,
                             std::size_t most) {
  std::vector<Guess> guesses;
  const Sign sign = sign_of(folded) & ~kNeverMisspelt;
  // What goes on with digits after letters has those letters for a word of its own, and is found by it.
  const bool digits = std::any_of(folded.begin(), folded.end(), [](char c) { return c >= '0' && c <= '9'; });
  each_candidate(
      dictionary, digits ? dictionary.mixed : dictionary.letters, language,
      [&](const Sign* signs, std::uint32_t count, std::uint32_t* out) { return having(signs, count, sign, out); },
      [&](std::uint32_t word) {
        if (!dictionary.words.text(word).starts_with(folded)) return;
        if (const std::uint32_t uses = uses_of(dictionary, word); uses != 0) guesses.push_back({word, 0, uses});
      });
  keep_best(guesses, most);
  return guesses;
}

}  // namespace kontor::search_embedded
