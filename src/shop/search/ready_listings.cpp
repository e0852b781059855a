#include "shop/search/ready_listings.h"

#include <utility>

#include "shop/search/search.h"

namespace kontor::search {
namespace {

constexpr std::size_t kLongestQuestion = 512;
constexpr std::int64_t kOldestMs = 60'000, kOldestOfManyMs = 250;

}  // namespace

ReadyListings::ReadyListings(Search& search, Clock& clock, std::size_t bytes)
    : search_(search), clock_(clock), bytes_(bytes), answers_(bytes) {}

bool ReadyListings::holds(const Answer& answer, std::uint64_t generation) const {
  const std::int64_t age = clock_.now().ms - answer.made_ms;
  if (age < 0 || age > kOldestMs) return false;
  return answer.generation == generation || (age <= kOldestOfManyMs && search_.much_changes());
}

ReadyListings::Pointer ReadyListings::at_hand(const std::string& key, std::uint64_t generation) {
  const auto held = answers_.look(key);
  if (!held) return nullptr;
  if (holds(**held, generation)) {
    answers_.peek(key);  // it is used
    return *held;
  }
  answers_.drop_unless(key, [&](const Pointer& now) { return now != *held; });
  return nullptr;
}

// Compressed forms come later; they are a part of the whole.
std::size_t ReadyListings::weight_of(const std::string& key, const ReadyListing& made) {
  return sizeof(Answer) + 2 * key.size() + (made.bytes ? made.bytes->weight() * 3 / 2 : 0);
}

Result<ReadyListing> ReadyListings::get(const std::string& question, const std::string& languages, const Make& make) {
  if (bytes_ == 0 || question.size() + languages.size() > kLongestQuestion || !search_.feed().is_whole()) return make();
  search_.settle();
  const std::uint64_t generation = search_.generation();
  const std::string of_languages = question + '\n' + languages;
  ReadyListing mine;  // what this call made
  const auto load = [&](bool by_language) -> Result<Answers::Loaded> {
    auto answer = std::make_shared<Answer>();
    answer->generation = generation;
    answer->made_ms = clock_.now().ms;
    TRY(mine, make());
    answer->made = mine;
    const bool lies_elsewhere = mine.by_language && !by_language;
    if (lies_elsewhere && mine.keeps) {
      const std::size_t weight = weight_of(of_languages, mine);
      answers_.put(of_languages, std::make_shared<const Answer>(*answer), weight);
    }
    if (lies_elsewhere) answer->made.bytes = nullptr;  // who waits for this wishes for other languages, maybe
    const std::size_t weight = mine.keeps ? weight_of(question, answer->made) : Answers::kNotKept;
    return Answers::Loaded{std::move(answer), weight};
  };
  for (const bool by_language : {false, true}) {
    const std::string& key = by_language ? of_languages : question;
    Pointer found;
    // Twice, where another led who began before a change.
    for (int turn = 0; turn < 2 && (found == nullptr || !holds(*found, generation)); ++turn) {
      found = at_hand(key, generation);
      if (found != nullptr) break;
      TRY(found, answers_.get(key, [&] { return load(by_language); }));
      if (mine.bytes) return mine;
    }
    if (!holds(*found, generation)) break;
    if (found->made.bytes) return found->made;
  }
  return make();
}

}  // namespace kontor::search
