#include "adapters/search_embedded/language.h"

#include <libstemmer.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "base/text.h"

namespace kontor::search_embedded {
namespace {

struct Language {
  std::string_view code;
  const char* stemmer;
  std::string_view stop_words;  // folded, sorted
  // In a title, folded, in the singular: what goes with a thing instead of being one, where it was not asked for.
  std::string_view accessories = "";
};

// Only words that say nothing about goods: "not", "without" or "over" stay, since they may.
constexpr auto kLanguages = std::to_array<Language>({
    {"", nullptr, ""},
    {"en", "english", "a an and are as at be by for from in is it of on or that the this to with your",
     "accessorie accessory adapter adaptor arm backpack bag battery bezel bracket cable cap carrier case charger clamp "
     "cleaner "
     "cleaning clip cooler cooling cord cover cradle cushion docking enclosure extension faceplate film filter guard "
     "handle harness holder hood "
     "insert lamp lanyard lid lock mount mounting pad part plate pouch protection protector refill replacement ribbon "
     "roller "
     "screw service shield skin sleeve spare stand strap stylus support tie trolley wallet warranty"},
    {"de", "german",
     "am an auf aus bei das dem den der des die ein eine einem einen einer eines fur im in ist mit oder und von zu zum "
     "zur",
     "abdeckung adapter akku beutel deckel ersatz ersatzteil etui folie garantie halter halterung hulle kabel koffer "
     "ladegerat netzteil reiniger schutz schutzfolie schutzhulle stander tasche zubehor"},
    {"fr", "french", "a au aux avec d dans de des du en et l la le les ou par pour sur un une",
     "accessoire adaptateur batterie cable chargeur coque etui filtre garantie housse lampe pied piece protection sac "
     "sacoche support"},
    {"es", "spanish", "a al con de del el en es la las los o para por un una y"},
    {"it", "italian", "a al alla con da dal dei del della di e ed gli i il in la le lo o per un una"},
    {"nl", "dutch", "aan bij de een en het in is met of op te van voor",
     "accessoire adapter batterij beschermhoes hoes houder kabel lader oplader standaard tas"},
    {"pt", "portuguese", "a ao as com da das de do dos e em na no o os ou para por um uma"},
    {"sv", "swedish", "att av den det en ett for fran i med och pa som till"},
    {"da", "danish", "af at de den der det en et for fra i med og pa som til"},
    {"no", "norwegian", "av de den det en et for fra i med og pa som til"},
    {"fi", "finnish", "ja kanssa ne on se tai"},
    {"hu", "hungarian", "a az egy es is"},
    {"ro", "romanian", "a al cu de din in la o pe pentru si un"},
    {"ru", "russian", "в для до и из к на о от по с у"},
    {"tr", "turkish", "bir icin ile ve veya"},
    {"ca", "catalan", "a amb de del el els en i la les o per un una"},
});
static_assert(kLanguages.size() <= 32);

}  // namespace

LanguageTag language_tag(std::string_view code) {
  const std::string lower = ascii_lower(code.substr(0, code.find_first_of("-_")));
  for (std::size_t i = 1; i < kLanguages.size(); ++i)
    if (kLanguages[i].code == lower) return static_cast<LanguageTag>(i);
  return lower == "nb" || lower == "nn" ? language_tag("no") : kNeutral;
}

namespace {

using Words = std::unordered_set<std::string_view>;

Words words_in(std::string_view list) {
  Words words;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    words.insert(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return words;
}

struct WordSets {
  Words stop, accessories;
};

// They are asked for every new word, and for every word of every title.
const WordSets& sets_of(LanguageTag language) {
  static const auto kSets = [] {
    std::array<WordSets, kLanguages.size()> sets;
    for (std::size_t i = 0; i < sets.size(); ++i)
      sets[i] = {words_in(kLanguages[i].stop_words), words_in(kLanguages[i].accessories)};
    return sets;
  }();
  return kSets[language];
}

}  // namespace

bool is_stop_word(LanguageTag language, std::string_view folded) {
  return folded.size() <= 6 && sets_of(language).stop.contains(folded);
}

bool is_accessory(LanguageTag language, std::string_view folded) {
  const Words& words = sets_of(language).accessories;
  if (words.empty() || folded.size() < 3 || folded.size() > 16) return false;
  return words.contains(folded) || (folded.ends_with('s') && words.contains(folded.substr(0, folded.size() - 1)));
}

void Stemmers::Free::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

std::string_view Stemmers::stem(LanguageTag language, std::string_view folded) {
  if (language == kNeutral || folded.size() < 3) return folded;
  auto& stemmer = made_[language];
  if (!stemmer) stemmer.reset(sb_stemmer_new(kLanguages[language].stemmer, "UTF_8"));
  if (!stemmer) return folded;
  const sb_symbol* const stem = sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(folded.data()),
                                                static_cast<int>(folded.size()));
  const int size = sb_stemmer_length(stemmer.get());
  return size > 0 ? std::string_view(reinterpret_cast<const char*>(stem), static_cast<std::size_t>(size)) : folded;
}

}  // namespace kontor::search_embedded
