#include "shop/search/search.h"

#include <algorithm>

#include "runtime/fiber.h"

namespace kontor::search {
namespace {

// Whoever changed a product through this process finds it changed: what was noted is brought in within milliseconds,
// unless much is, which nobody waits for.
constexpr int kMostWaitMs = 1000, kMostStartMs = 2000, kTurnMs = 10;  // of a loop's timers

void let_others_run() {
  if (runtime::on_fiber()) runtime::yield();
}

std::vector<ValueCount> counts_of(std::vector<search_index::ValueCount> values) {
  std::vector<ValueCount> out;
  out.reserve(values.size());
  for (auto& value : values) out.push_back({std::move(value.value), value.count});
  return out;
}

// All words were found, as they were written.
bool is_what_was_asked(const ListingAnswer& answer) {
  return answer.total_count > 0 && !answer.corrected_query && (!answer.understood || answer.understood->all_words);
}

std::vector<ReasonView> reasons_of(const search_index::Hit& hit) {
  std::vector<ReasonView> reasons;
  for (const auto& reason : hit.reasons) reasons.push_back({reason.name, reason.points});
  return reasons;
}

}  // namespace

Search::Search(const FeedParts& parts, const services::Cursors& cursors, const showcase::ConverterSource* rates,
               const SearchSettings& settings)
    : catalog_(parts.catalog),
      showcase_(parts.showcase),
      index_(parts.index),
      cursors_(cursors),
      rates_(rates),
      searchers_(settings.searchers),
      feed_(parts),
      tuning_(parts.store, parts.clock, parts.index, parts.workers),
      suggestions_(parts.store, parts.showcase, parts.index, parts.workers),
      ready_(*this, parts.clock, settings.answer_bytes) {}

void Search::settle() {
  if (!runtime::on_fiber()) return;
  // A shop of usual size has its index before anybody could read an empty page.
  for (int waited = 0; waited < kMostStartMs && !feed_.is_whole(); waited += kTurnMs) runtime::sleep_for(kTurnMs);
  if (feed_.is_whole()) feed_.settle(kMostWaitMs);
}

bool Search::much_changes() const { return feed_.waiting() > Feed::kFewChanges; }

bool Search::answers_in_full() const {
  const services::Degradation* const level = showcase_.settings().degradation;
  return level == nullptr || (level->shows_facets() && level->corrects_spelling() && level->narrows_by_attributes());
}

Result<std::optional<ProductId>> Search::product_by_slug(std::string_view slug) {
  TRY(const auto found, showcase_.product_by_slug(slug));
  if (found) return found;
  return showcase_.product_by_former_slug(slug);
}

Result<void> Search::learn_words() {
  const std::int64_t began = vocabulary_.begin();
  TRY(const auto categories, showcase_.categories());
  TRY(auto made,
      vocabulary_of(index_, showcase_.settings().currency, {categories, suggestions_.models()}, let_others_run));
  vocabulary_.put(std::move(made), began);
  learned_.fetch_add(1);
  return {};
}

// What a busy shop leaves out.
void Search::do_without(ListingQuery& query) const {
  const services::Degradation* const level = showcase_.settings().degradation;
  if (level == nullptr) return;
  query.index.with_facets = query.index.with_facets && level->shows_facets();
  query.index.corrects = query.index.corrects && level->corrects_spelling();
}

void Search::do_without(ListingAnswer& answer) const {
  const services::Degradation* const level = showcase_.settings().degradation;
  if (level == nullptr) return;
  if (!level->narrows_by_attributes()) answer.facets.attributes.clear();
}

// Parts of the text become filters; if no product has all of the attributes among them, these stay words.
Result<ListingAnswer> Search::read_and_list(ListingQuery query) {
  const auto vocabulary = vocabulary_.get();
  const std::string text = query.index.text;
  if (!vocabulary || text.empty()) return listing(query);
  PlainQuery plain = read_plainly(text, *vocabulary, query.index.currency);
  if (plain.parts.empty()) return listing(query);
  const auto rates = rates_ == nullptr ? nullptr : rates_->converter();
  apply(plain, query, rates.get());
  TRY(ListingAnswer answer, listing(query));
  const bool by_attribute = std::any_of(plain.parts.begin(), plain.parts.end(),
                                        [](const auto& part) { return part.kind == UnderstoodKind::kAttribute; });
  if (answer.items.empty() && by_attribute) {
    take_back_attributes(plain, text, query);
    TRY(answer, listing(query));
  }
  if (plain.parts.empty()) return answer;
  if (!answer.understood) answer.understood.emplace();
  answer.understood->words = plain.words;
  answer.understood->filters = views_of(plain, text);
  return answer;
}

Result<search_index::Answer> Search::find(const search_index::Query& query) const {
  auto searched = index_.search(query, let_others_run);
  if (searched || searched.error().reason != "search.arm") return searched;
  search_index::Query usual = query;  // the experiment has just ended
  usual.arm = 0;
  return index_.search(usual, let_others_run);
}

Result<ListingAnswer> Search::listing(const ListingQuery& query) {
  TRY(ListingAnswer answer, list_in_one_language(query));
  if (query.in_second_language && answer.next) answer.next->pins += kInSecondLanguage;
  if (query.index.text.empty() || (is_what_was_asked(answer) && !query.in_second_language)) return answer;
  answer.by_language = true;
  if (!query.second_language || query.index.after) return answer;  // later pages are in the language of the first
  ListingQuery second = query;
  second.index.language = *query.second_language;
  TRY(ListingAnswer other, list_in_one_language(second));
  if (other.total_count == 0 || (answer.total_count > 0 && !is_what_was_asked(other))) return answer;
  other.by_language = true;
  if (other.next) other.next->pins += kInSecondLanguage;
  return other;
}

Result<ListingAnswer> Search::list_in_one_language(const ListingQuery& query) {
  ListingAnswer answer;
  if (query.nothing) return answer;
  settle();
  TRY(search_index::Answer found, find(query.index));
  TRY_DO(put_items(answer, found, query));
  if (query.index.with_facets) TRY_DO(put_facets(answer, std::move(found.facets), query));
  answer.total_count = found.total;
  answer.total_count_exact = found.total_exact;
  if (found.partial || !feed_.is_whole()) {
    answer.partial = true;
    answer.total_count_exact = false;
  }
  answer.next = std::move(found.next);
  if (!found.understood.corrected.empty()) answer.corrected_query = std::move(found.understood.corrected);
  if (found.understood.some)
    answer.understood = UnderstoodView{query.index.text, {}, std::move(found.understood.dropped), false};
  return answer;
}

Result<void> Search::put_items(ListingAnswer& answer, const search_index::Answer& found, const ListingQuery& query) {
  std::vector<ProductId> ids;
  ids.reserve(found.hits.size());
  for (const auto& hit : found.hits) ids.push_back(hit.id);
  TRY(const auto cards, showcase_.cards(ids, query.index.currency));
  answer.items.reserve(cards.size());
  for (std::size_t i = 0; i < cards.size(); ++i) {
    if (!cards[i]) continue;  // removed a moment ago
    Item item;
    static_cast<showcase::Card&>(item) = *cards[i];
    if (!item.titles.empty()) {
      answer.by_language = true;
      showcase::translate(item, query.wished, showcase_.settings().locale);
    }
    if (query.index.explain) item.explain = reasons_of(found.hits[i]);
    answer.items.push_back(std::move(item));
  }
  if (!query.highlights || query.index.text.empty()) return {};
  std::vector<std::string_view> titles;
  for (const Item& item : answer.items) titles.push_back(item.title);
  const auto pieces = index_.highlight(titles, query.index);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    auto& marked = answer.items[i].highlight.emplace();
    for (const auto& piece : pieces[i]) marked.push_back({std::string(piece.text), piece.marked});
  }
  return {};
}

Result<void> Search::put_facets(ListingAnswer& answer, search_index::Facets facets, const ListingQuery& query) {
  std::vector<CategoryId> ids;
  for (const auto& one : facets.categories) ids.push_back(one.id);
  TRY(const auto categories, showcase_.categories_of(ids));
  const std::string& own = showcase_.settings().locale;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!categories[i]) continue;
    const catalog::Category& one = *categories[i];
    answer.by_language = answer.by_language || !one.names.empty();
    std::string name(catalog::name_in(one.name, one.names, query.wished, own));
    answer.facets.categories.push_back({one.id, std::move(name), one.slug, facets.categories[i].count});
  }
  answer.facets.brands = counts_of(std::move(facets.brands));
  for (const auto& range : facets.prices) {
    PriceRange shown{range.min, {}, range.count};
    if (range.max) shown.max = Nullable<std::int64_t>(*range.max);
    answer.facets.price_ranges.push_back(shown);
  }
  for (const auto& rating : facets.ratings)
    answer.facets.ratings.push_back({static_cast<double>(rating.min) / 1000, rating.count});
  for (auto& attribute : facets.attributes)
    answer.facets.attributes.push_back({std::move(attribute.name), counts_of(std::move(attribute.values)), {}, {}});
  return {};
}

// As the category says, or, in a listing of several, as the first that defines them.
Result<void> Search::describe_attributes(ListingAnswer& answer, const ListingQuery& query,
                                         const std::optional<std::string>& locale) {
  auto& attributes = answer.facets.attributes;
  if (attributes.empty()) return {};
  TRY(const auto table, catalog_.definitions().table());
  if (table->empty()) return {};
  const bool one = query.index.categories.size() == 1;
  const catalog::AttributeSet* set = one ? table->of(query.index.categories[0]) : &table->anywhere();
  if (set == nullptr) return {};
  const auto asked = [&](const std::string& name) {
    return std::any_of(query.index.attributes.begin(), query.index.attributes.end(),
                       [&](const AttributeFilter& filter) { return filter.name == name; });
  };
  std::erase_if(attributes, [&](const AttributeCount& count) {
    const auto* defined = set->find(count.name);
    return defined != nullptr && !defined->filterable && !asked(count.name);
  });
  for (AttributeCount& count : attributes) {
    const auto* defined = set->find(count.name);
    if (defined == nullptr) continue;
    if (const auto label = catalog::label_of(*defined, locale.value_or("")); !label.empty()) count.label = label;
    count.unit = defined->unit;
  }
  std::stable_sort(attributes.begin(), attributes.end(), [&](const AttributeCount& a, const AttributeCount& b) {
    return set->place_of(a.name) < set->place_of(b.name);
  });
  return {};
}

Result<bool> Search::is_sold_in(Currency currency) const {
  search_index::Query anything;
  anything.currency = currency;
  anything.sort = Sort::kNewest;
  anything.limit = 1;
  anything.with_facets = false;
  TRY(const auto found, index_.search(anything, {}));
  return !found.hits.empty();
}

}  // namespace kontor::search
