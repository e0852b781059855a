#include "adapters/search_embedded/search.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/assert.h"

namespace kontor::search_embedded {
namespace {

using search_index::Sort;

constexpr std::size_t kDocsAhead = 12;    // products whose memory is asked for
constexpr std::uint32_t kStretch = 8192;  // products between two looks at the budget
constexpr std::int64_t kFewMatches = 8;   // matches; with fewer, those that lack a word are shown behind them
constexpr std::uint64_t kManyUses = 100'000;
constexpr std::size_t kMostKinds = 16, kMostGroups = 64;
constexpr double kUnsureCategory = 4;   // as many products without the words are added to each category
constexpr double kSureStrength = 0.02;  // below it, kinds count less
constexpr double kMostlyAccessories = 0.8;

Sort sort_of(const search_index::Query& query) {
  return query.sort == Sort::kRelevance && query.text.empty() ? Sort::kNewest : query.sort;
}

}  // namespace

void Best::offer(const Candidate& candidate) {
  const auto worse = [](const Candidate& a, const Candidate& b) { return a.before(b); };
  if (heap_.size() < most_) {
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), worse);
  } else if (candidate.before(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end(), worse);
    heap_.back() = candidate;
    std::push_heap(heap_.begin(), heap_.end(), worse);
  }
}

std::vector<Candidate> Best::sorted() {
  std::sort(heap_.begin(), heap_.end(), [](const Candidate& a, const Candidate& b) { return a.before(b); });
  return std::move(heap_);
}

Search::Search(const Dictionary& dictionary, const Generation& generation, const search_index::Query& query,
               const search_index::Pause& pause, SearchMemory& memory)
    : dictionary_(dictionary),
      generation_(generation),
      query_(query),
      memory_(memory),
      budget_(query.work_limit, pause),
      filters_(query, dictionary, generation),
      facets_(dictionary, generation, filters_, memory.facets),
      arm_(*generation.arms[query.arm]),
      language_(language_tag(query.language)),
      sort_(sort_of(query)),
      rising_(query.sort == Sort::kPriceAsc),
      best_(static_cast<std::size_t>(query.limit) + 1) {
  memory_.kept_count = 0;
  for (const auto& [category, points] : query.preferred) {
    const std::uint32_t above = find_id(dictionary.categories, category.value);
    if (above == kNone || points <= 0) continue;
    preferred_.resize(dictionary.categories.size());
    for (std::uint32_t at = 0; at < preferred_.size(); ++at)
      if (generation.tree->within(at, above)) preferred_[at] = std::max(preferred_[at], points * kPoint);
  }
  for (const auto& [product, points] : query.promoted)
    if (points > 0) promoted_.emplace_back(product.value, points * kPoint);
  std::sort(promoted_.begin(), promoted_.end());
  std::int32_t most = 0;
  for (const std::int32_t units : preferred_) most = std::max(most, units);
  most_extra_ = most;
  most = 0;
  for (const auto& [id, units] : promoted_) most = std::max(most, units);
  most_favoured_ = most_extra_ += most;
}

std::optional<Search::Pins> Search::read_pins(std::string_view text) {
  Pins pins;
  const auto number = [&](auto& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (error != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);
    return true;
  };
  std::uint32_t kinds = 0;
  if (!number(pins.loosened) || !number(pins.apart) || !number(pins.accessory) || !number(pins.least) || !number(kinds))
    return std::nullopt;
  if (pins.loosened > 1 || pins.apart > 1 || pins.accessory > 1 || pins.least > search_index::kMostWords ||
      kinds > kMostKinds)
    return std::nullopt;
  const auto is_worth = [](std::int32_t units) { return units >= 0 && units <= 1'000 * kPoint; };
  for (std::uint32_t i = 0; i < kinds; ++i) {
    Favoured kind;
    if (!number(kind.category) || !number(kind.units) || !is_worth(kind.units)) return std::nullopt;
    pins.kinds.push_back(kind);
  }
  while (!text.empty()) {
    std::int32_t units = 0;
    if (!number(units) || !is_worth(units) || pins.units.size() == kMostGroups) return std::nullopt;
    pins.units.push_back(units);
  }
  return pins;
}

std::string Search::write_pins() const {
  std::string text = std::to_string(pins_.loosened) + "." + std::to_string(pins_.apart) + "." +
                     (plan_.asks_accessory ? "1." : "0.") + std::to_string(plan_.least) + "." +
                     std::to_string(kinds_.size());
  for (const Favoured& kind : kinds_) text += "." + std::to_string(kind.category) + "." + std::to_string(kind.units);
  for (const Group& group : plan_.groups) text += "." + std::to_string(group.units);
  return text;
}

Result<search_index::Answer> Search::run() {
  search_index::Answer answer;
  // No product has such a key, and it has no negative.
  if (query_.after && (query_.after->key == INT64_MIN || query_.after->id == INT64_MIN))
    return fail(Errc::kInvalid, "search.place", "That is no place that an answer gave.");
  if (query_.after && !query_.text.empty()) {
    const auto pins = read_pins(query_.after->pins);
    if (!pins) return fail(Errc::kInvalid, "search.place", "That is no place that an answer gave.");
    pins_ = *pins;
  }
  if (query_.text.empty())
    by_filters();
  else
    by_words();
  finish(answer);
  return answer;
}

void Search::by_words() {
  Planner planner(dictionary_, generation_, memory_.stemmers, budget_, query_.corrects);
  plan_ = planner.plan(query_.text, language_, query_.typing);
  if (plan_.groups.empty()) return;
  if (query_.after) return go_on(planner);
  weigh(plan_, arm_);
  favour();
  attempt();
  if (!has_enough() && !budget_.over()) recover(planner);
}

// Judges as the first page did.
void Search::go_on(Planner& planner) {
  if (pins_.loosened != 0) planner.loosen(plan_, query_.text, language_);
  if (pins_.apart != 0) planner.take_apart(plan_, query_.text, language_);
  need(pins_.least);
  plan_.asks_accessory = pins_.accessory != 0;
  weigh(plan_, arm_);
  // New words may have made other groups of the question; then the present weights are as good as any.
  if (pins_.units.size() == plan_.groups.size())
    for (std::size_t i = 0; i < plan_.groups.size(); ++i) plan_.groups[i].units = pins_.units[i];
  set_kinds(pins_.kinds);
  attempt();
}

// So many of the words must be found; 0: all.
void Search::need(std::uint32_t least) {
  plan_.least = least;
  counted_most_ = least != 0 && least < plan_.groups.size() ? kCountedOfSome : kCounted;
}

// Few are as good as none, unless filters made them few, or all that have some of the words are very many.
bool Search::has_enough() const {
  if (total_ == 0) return false;
  if (total_ >= kFewMatches || filters_.any() || sort_ != Sort::kRelevance || plan_.groups.size() < 2) return true;
  std::uint64_t uses = 0;
  for (const Group& group : plan_.groups) uses += group.uses;
  return uses > kManyUses;
}

// First all words are taken for misspelt ones, if nothing has them; then fewer and fewer of them must be found.
void Search::recover(Planner& planner) {
  const bool none = total_ == 0;
  if (none && finds_any(plan_)) return;  // the filters leave nothing: that is the answer
  const auto again = [&](std::uint32_t least) {
    need(least);
    weigh(plan_, arm_);
    total_ = 0;
    alone_.fill(0);
    facets_.clear();
    best_.clear();
    facets_exact_ = total_exact_ = true;
    favour();
    attempt();
  };
  if (none) {
    Plan loose = plan_;
    if (planner.loosen(loose, query_.text, language_) && finds_any(loose)) {
      plan_ = std::move(loose);
      pins_.loosened = 1;
      return again(0);
    }
    planner.take_apart(plan_, query_.text, language_);
    pins_.apart = 1;
  }
  const auto groups = static_cast<std::uint32_t>(plan_.groups.size());
  const std::uint32_t fewest = none ? 1 : (groups + 1) / 2;
  for (std::uint32_t least = none ? groups : groups - 1; least >= fewest && least > 0; --least) {
    again(least);
    if (total_ >= kFewMatches || budget_.over()) return;
  }
}

bool Search::finds_any(const Plan& plan) {
  for (const Part& part : generation_.parts) {
    TextMatch match(*part.segment, plan, arm_, memory_.match);
    for (std::uint32_t chunk = 0; (chunk = match.next_chunk(chunk)) != ListCursor::kNoChunk; ++chunk) {
      if (!budget_.spend(match.match(chunk, memory_.batch))) return false;
      for (const std::uint32_t doc : memory_.batch.docs)
        if (!part.removed(doc) && filters_.currency() != kNone &&
            part.segment->price(doc, filters_.currency()) != kNoPrice)
          return true;
    }
  }
  return false;
}

// What share of a category's products have the words, the more the better they have them. Into memory_; answers the
// sum.
double Search::weigh_categories() {
  memory_.mass.resize(std::max<std::size_t>(memory_.mass.size(), dictionary_.categories.size()));
  double all = 0;
  std::int64_t looked = 0;
  for (std::uint32_t at = 0; at < generation_.parts.size(); ++at) {
    const Part& part = generation_.parts[at];
    TextMatch match(*part.segment, plan_, arm_, memory_.match);
    for (std::uint32_t chunk = 0; (chunk = match.next_chunk(chunk)) != ListCursor::kNoChunk; ++chunk) {
      Batch& batch = keep(at);
      if (!budget_.spend(match.match(chunk, batch))) return all;
      weigh_some(part, batch, all);
      looked += static_cast<std::int64_t>(batch.docs.size());
      if (!budget_.spend(static_cast<std::int64_t>(batch.docs.size()) * 3) || looked >= kCounted) return all;
    }
  }
  return all;
}

Batch& Search::keep(std::uint32_t part) {
  if (memory_.kept_count == memory_.kept.size()) memory_.kept.emplace_back();
  SearchMemory::Kept& kept = memory_.kept[memory_.kept_count++];
  kept.part = part;
  return kept.batch;
}

void Search::weigh_some(const Part& part, const Batch& batch, double& all) {
  const Segment& segment = *part.segment;
  const float full = 1.0F / static_cast<float>(std::max(arm_.text_units(), 1));
  for (std::size_t i = 0; i < batch.docs.size(); ++i) {
    if (i + kDocsAhead < batch.docs.size()) __builtin_prefetch(&segment.facts[batch.docs[i + kDocsAhead]]);
    const std::uint32_t category = segment.facts[batch.docs[i]].category;
    if (category == kNone || category >= memory_.mass.size() || part.removed(batch.docs[i])) continue;
    const float share = static_cast<float>(batch.text[i]) * full;
    if (memory_.mass[category] == 0) memory_.touched.push_back(category);
    memory_.mass[category] += share * share + 1e-9F;
    all += share * share;
    if (segment.facts[batch.docs[i]].accessory != 0) accessories_ += share * share;
  }
}

// Who says "keyboard" means a keyboard, not what goes with one: a category is preferred when most of its products have
// the words, and more so when it has most of those that do.
void Search::favour() {
  const std::int32_t most = arm_.ranking().kind * kPoint;
  memory_.kept_count = 0;
  if (most <= 0 || sort_ != Sort::kRelevance) return set_kinds({});
  accessories_ = 0;
  const double all = weigh_categories();
  std::vector<std::pair<double, std::uint32_t>> strengths;
  for (const std::uint32_t category : memory_.touched) {
    const double mass = std::exchange(memory_.mass[category], 0.0F);
    std::uint32_t size = 0;
    for (const Part& part : generation_.parts)
      size += part.segment->filters.find(filter_key(Kind::kCategory, category)).count;
    const double density = mass / (size + kUnsureCategory);
    strengths.emplace_back(density * density * std::sqrt(mass / std::max(all, 1e-6)), category);
  }
  memory_.touched.clear();
  std::sort(strengths.rbegin(), strengths.rend());
  if (strengths.size() > kMostKinds) strengths.resize(kMostKinds);
  std::vector<Favoured> kinds;
  for (const auto& [strength, category] : strengths) {
    const double share = strength / std::max(strengths.front().first, kSureStrength);
    const auto units = static_cast<std::int32_t>(most * share);
    if (units > kPoint) kinds.push_back({category, units});
  }
  // Where nearly all that has the words goes with something, that is what is asked for.
  if (accessories_ > all * kMostlyAccessories) plan_.asks_accessory = true;
  set_kinds(std::move(kinds));
}

void Search::set_kinds(std::vector<Favoured> kinds) {
  kinds_ = std::move(kinds);
  itself_ = plan_.asks_accessory ? 0 : arm_.ranking().itself * kPoint;
  std::int32_t most = 0;
  for (const Favoured& kind : kinds_) most = std::max(most, kind.units);
  most_extra_ = most_favoured_ + most + itself_;
}

std::int32_t Search::itself_of(const Segment& segment, std::uint32_t doc) const {
  return itself_ != 0 && segment.facts[doc].accessory == 0 ? itself_ : 0;
}

std::int32_t Search::kind_of(const Segment& segment, std::uint32_t doc) const {
  const std::uint32_t category = segment.facts[doc].category;
  for (const Favoured& kind : kinds_)
    if (kind.category == category) return kind.units;
  return 0;
}

bool Search::has(const Segment& segment, std::uint32_t doc, const Group& group) {
  const auto there = [&](std::uint32_t term) {
    ListCursor cursor(segment.text.find(term));
    const std::uint32_t chunk = doc >> kChunkBits;
    if (cursor.next_chunk(chunk) != chunk) return false;
    const ChunkView view = cursor.view(chunk);
    return std::binary_search(view.docs, view.docs + view.count, static_cast<ChunkDoc>(doc & (kChunkDocs - 1)));
  };
  return std::any_of(group.alternatives.begin(), group.alternatives.end(),
                     [&](const Alternative& one) { return std::all_of(one.terms.begin(), one.terms.end(), there); });
}

void Search::attempt() {
  lanes_.clear();
  for (const Group& group : plan_.groups)
    if (!group.alternatives.empty()) lanes_.push_back(group.alternatives.front().lanes.front());
  std::size_t kept = 0;
  for (std::uint32_t at = 0; at < generation_.parts.size(); ++at) {
    const Segment& segment = *generation_.parts[at].segment;
    TextMatch match(segment, plan_, arm_, memory_.match);
    for (std::uint32_t chunk = 0; (chunk = match.next_chunk(chunk)) != ListCursor::kNoChunk; ++chunk) {
      if (kept < memory_.kept_count) {
        std::swap(memory_.batch, memory_.kept[kept++].batch);
        KONTOR_ASSERT(memory_.batch.chunk == chunk && memory_.kept[kept - 1].part == at);
      } else {
        if (total_ >= counted_most_ && passes_over(segment, chunk, match.bound(chunk))) continue;
        if (!budget_.spend(match.match(chunk, memory_.batch))) return;
      }
      take(at, kNone, query_.with_facets);
      if (budget_.over()) return;
    }
  }
}

// Whether no product of the chunk can come among the best, so that it need not be looked at.
bool Search::passes_over(const Segment& segment, std::uint32_t chunk, std::int32_t text) {
  if (sort_ != Sort::kRelevance) return false;
  const std::int64_t most = std::int64_t{text} + read(segment.boosts[query_.arm].chunk_most[chunk]) +
                            (lanes_.size() > 1 ? arm_.together_units() : 0) + most_extra_;
  if (most >= best_.threshold()) return false;
  total_exact_ = false;
  return true;
}

void Search::by_filters() {
  for (std::uint32_t part = 0; part < generation_.parts.size() && !budget_.over(); ++part) by_filters_in(part, kNone);
  if (!query_.with_facets) return;
  for (std::uint32_t left = filters_.dimensions(); left != 0 && !budget_.over(); left &= left - 1) {
    const auto dimension = static_cast<std::uint32_t>(std::countr_zero(left));
    for (std::uint32_t part = 0; part < generation_.parts.size() && !budget_.over(); ++part)
      by_filters_in(part, dimension);
  }
}

void Search::by_filters_in(std::uint32_t part, std::uint32_t facet) {
  const Segment& segment = *generation_.parts[part].segment;
  const auto enough = [&] {
    return facet != kNone && std::min(total_, counted_most_) + alone_[facet] >= counted_most_;
  };
  if (filters_.by_ids()) {
    Batch& batch = memory_.batch;
    batch.docs.clear();
    for (const std::int64_t id : filters_.ids())
      if (const std::uint32_t doc = segment.find(id); doc != kNoDoc) batch.docs.push_back(doc);
    std::sort(batch.docs.begin(), batch.docs.end());
    batch.text.assign(batch.docs.size(), 0);
    budget_.spend(static_cast<std::int64_t>(filters_.ids().size()) * 50);
    return take(part, facet, false);
  }
  std::vector<std::uint32_t> keys;
  const bool listed = filters_.lists(segment, facet == kNone ? 0 : 1u << facet, keys);
  ListMatch match(segment, keys, memory_.match);
  for (std::uint32_t chunk = 0; chunk < segment.chunks(); ++chunk) {
    if (enough()) {
      facets_exact_ = false;
      return;
    }
    if (listed) {
      chunk = match.next_chunk(chunk);
      if (chunk == ListCursor::kNoChunk || !budget_.spend(match.match(chunk, memory_.batch))) return;
    } else {
      const std::uint32_t first = chunk << kChunkBits, count = std::min(kChunkDocs, segment.docs() - first);
      memory_.batch.docs.resize(count);
      for (std::uint32_t i = 0; i < count; ++i) memory_.batch.docs[i] = first + i;
      memory_.batch.text.assign(count, 0);
      if (!budget_.spend(count)) return;
    }
    take(part, facet, false);
    if (budget_.over()) return;
  }
}

void Search::take(std::uint32_t part, std::uint32_t facet, bool others_too) {
  const std::span<const std::uint32_t> docs = memory_.batch.docs;
  for (std::size_t from = 0; from < docs.size(); from += kStretch) {
    const std::size_t count = std::min<std::size_t>(kStretch, docs.size() - from);
    take_some(part, facet, others_too, docs.subspan(from, count), memory_.batch.text.data() + from);
    if (!budget_.spend(static_cast<std::int64_t>(count) * (filters_.any() ? 6 : 2))) return;
  }
}

void Search::take_some(std::uint32_t part, std::uint32_t facet, bool others_too, std::span<const std::uint32_t> docs,
                       const std::int32_t* text) {
  const Part& at = generation_.parts[part];
  const Segment& segment = *at.segment;
  const bool all_pass = filters_.passes_all(segment);
  if (all_pass && facet != kNone) return;
  if (all_pass && at.tombs == nullptr) return take_all(part, docs, text);
  auto& counted = memory_.counted;
  counted.clear();
  for (std::size_t i = 0; i < docs.size(); ++i) {
    const std::uint32_t doc = docs[i];
    if (!all_pass && i + kDocsAhead < docs.size()) filters_.fetch(segment, docs[i + kDocsAhead]);
    if (at.removed(doc)) continue;
    const std::uint32_t failed = all_pass ? 0 : filters_.failed(segment, doc);
    if (failed == 0) {
      if (facet != kNone) continue;
      if (query_.with_facets && total_ < counted_most_) counted.push_back(doc);
      ++total_;
      consider(part, doc, text[i]);
      continue;
    }
    if ((facet == kNone && !others_too) || (failed & (failed - 1)) != 0 || failed == kHard) continue;
    const auto dimension = static_cast<std::uint32_t>(std::countr_zero(failed));
    if (facet != kNone && dimension != facet) continue;
    if (alone_[dimension] + std::min(total_, counted_most_) >= counted_most_) {
      facets_exact_ = false;
      continue;
    }
    ++alone_[dimension];
    facets_.count_one(segment, doc, dimension);
  }
  facets_.count(segment, counted);
  budget_.spend(static_cast<std::int64_t>(counted.size()) * 12);
}

// The same where no product can fail: most questions have no filter.
void Search::take_all(std::uint32_t part, std::span<const std::uint32_t> docs, const std::int32_t* text) {
  const Segment& segment = *generation_.parts[part].segment;
  const std::int64_t to_count =
      std::clamp<std::int64_t>(counted_most_ - total_, 0, static_cast<std::int64_t>(docs.size()));
  total_ += static_cast<std::int64_t>(docs.size());
  if (sort_ == Sort::kRelevance) {
    const std::uint16_t* const boosts = segment.boosts[query_.arm].of.data();
    const std::int64_t most = most_extra_ + (lanes_.size() > 1 ? arm_.together_units() : 0);
    for (std::size_t i = 0; i < docs.size(); ++i)
      if (text[i] + std::int64_t{read(boosts[docs[i]])} + most >= best_.threshold()) consider(part, docs[i], text[i]);
  } else {
    for (std::size_t i = 0; i < docs.size(); ++i) {
      if (i + kDocsAhead < docs.size()) __builtin_prefetch(&segment.facts[docs[i + kDocsAhead]]);
      consider(part, docs[i], text[i]);
    }
  }
  if (!query_.with_facets || to_count == 0) return;
  facets_.count(segment, docs.subspan(0, static_cast<std::size_t>(to_count)));
  budget_.spend(to_count * 12);
}

std::int64_t Search::key_of(const Segment& segment, std::uint32_t doc) const {
  const Facts& facts = segment.facts[doc];
  switch (sort_) {
    case Sort::kPriceAsc:
      return -segment.price(doc, filters_.currency());
    case Sort::kPriceDesc:
      return segment.price(doc, filters_.currency());
    case Sort::kRating:
      return read(facts.rating_milli);
    case Sort::kBestSelling:
      return read(facts.sold);
    default:
      return segment.ids[doc];
  }
}

std::int32_t Search::preferred_of(const Segment& segment, std::uint32_t doc) const {
  const std::uint32_t category = segment.facts[doc].category;
  return category < preferred_.size() ? preferred_[category] : 0;
}

std::int32_t Search::promoted_of(const Segment& segment, std::uint32_t doc) const {
  if (promoted_.empty()) return 0;
  const auto found = std::lower_bound(promoted_.begin(), promoted_.end(), std::pair(segment.ids[doc], 0));
  return found != promoted_.end() && found->first == segment.ids[doc] ? found->second : 0;
}

void Search::consider(std::uint32_t part, std::uint32_t doc, std::int32_t text) {
  const Segment& segment = *generation_.parts[part].segment;
  const std::int64_t after = !query_.after ? INT64_MAX : rising_ ? -query_.after->key : query_.after->key;
  Candidate candidate{0, 0, part, doc, text, 0, 0};
  if (sort_ == Sort::kRelevance) {
    const std::int64_t sure = std::int64_t{text} + read(segment.boosts[query_.arm].of[doc]);
    const std::int32_t most = most_extra_ + (lanes_.size() > 1 ? arm_.together_units() : 0);
    if (sure > after || sure + most < best_.threshold()) return;
    candidate.extra =
        preferred_of(segment, doc) + promoted_of(segment, doc) + kind_of(segment, doc) + itself_of(segment, doc);
    if (lanes_.size() > 1)
      candidate.together = static_cast<std::int32_t>(static_cast<std::uint32_t>(arm_.together_units()) *
                                                     closeness(segment.leads[doc], lanes_) /
                                                     (4 * static_cast<std::uint32_t>(lanes_.size() - 1)));
    candidate.key = sure + candidate.extra + candidate.together;
  } else {
    candidate.key = key_of(segment, doc);
  }
  if (candidate.key > after || candidate.key < best_.threshold()) return;
  candidate.tie = rising_ ? -segment.ids[doc] : segment.ids[doc];
  if (query_.after && candidate.key == after && candidate.tie >= (rising_ ? -query_.after->id : query_.after->id))
    return;
  best_.offer(candidate);
}

std::vector<search_index::Reason> Search::reasons(const Candidate& candidate) const {
  const Segment& segment = *generation_.parts[candidate.part].segment;
  const auto points = [](std::int32_t units) { return static_cast<double>(units) / kPoint; };
  std::vector<search_index::Reason> reasons{{"text", points(candidate.text)},
                                            {"together", points(candidate.together)},
                                            {"kind", points(kind_of(segment, candidate.doc))},
                                            {"itself", points(itself_of(segment, candidate.doc))}};
  const Facts facts = read_facts(segment.facts[candidate.doc]);
  for (auto& reason : arm_.boost_reasons(facts, generation_.today)) reasons.push_back(std::move(reason));
  reasons.push_back({"preferred", points(preferred_of(segment, candidate.doc))});
  reasons.push_back({"promoted", points(promoted_of(segment, candidate.doc))});
  return reasons;
}

void Search::finish(search_index::Answer& answer) {
  std::vector<Candidate> best = best_.sorted();
  const bool more = best.size() > static_cast<std::size_t>(query_.limit);
  if (more) best.pop_back();
  for (const Candidate& one : best) {
    const std::int64_t id = generation_.parts[one.part].segment->ids[one.doc];
    answer.hits.push_back({ProductId{id}, rising_ ? -one.key : one.key, {}});
    if (query_.explain && sort_ == Sort::kRelevance) answer.hits.back().reasons = reasons(one);
  }
  if (!best.empty() && plan_.least != 0 && plan_.least < plan_.groups.size()) {
    const Candidate& first = best.front();
    for (const Group& group : plan_.groups)
      if (!has(*generation_.parts[first.part].segment, first.doc, group))
        plan_.dropped.push_back(query_.text.substr(group.from, group.to - group.from));
  }
  if (more)
    answer.next = search_index::Place{answer.hits.back().key, answer.hits.back().id.value,
                                      query_.text.empty() ? std::string() : write_pins()};
  if (query_.with_facets) {
    answer.facets = facets_.facets();
    answer.facets.exact = facets_exact_ && total_ <= counted_most_ && total_exact_;
  }
  answer.total = total_;
  answer.partial = budget_.over();
  answer.total_exact = total_exact_ && !answer.partial;
  answer.facets.exact = answer.facets.exact && !answer.partial;
  answer.understood.corrected = plan_.corrected;
  answer.understood.dropped = plan_.dropped;
  answer.understood.some = !plan_.dropped.empty() || (plan_.least != 0 && plan_.least < plan_.groups.size());
  answer.work = budget_.spent();
}

}  // namespace kontor::search_embedded
