#include "shop/search/listing_request.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "services/languages.h"
#include "shop/search/search.h"

namespace kontor::search {
namespace {

constexpr std::size_t kMostAttributes = 8;
constexpr std::size_t kMostIds = 100;

// "16" or "2.5" in millionths.
std::optional<std::int64_t> micro_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) < 9e12)) return std::nullopt;
  return std::llround(value * 1e6);
}

class Reading {
 public:
  Reading(const ListingRequest& request, Search& search) : in_(request), search_(search) {}

  Result<ListingQuery> run() {
    search_index::Query& out = out_.index;
    out.currency = in_.currency.value_or(search_.showcase().settings().currency);
    out.text = trim(in_.q.value_or(""));
    read_languages();
    for (const std::string& brand : in_.brand) out.brands.push_back(fold(brand));
    out.price_min = in_.price_min;
    out.price_max = in_.price_max;
    if (in_.rating_min && *in_.rating_min > 0) out.rating_min_milli = std::llround(*in_.rating_min * 1000);
    out.in_stock = in_.in_stock.value_or(false);
    out.corrects = in_.corrections.value_or(true);
    out.arm = in_.arm;
    out.sort = in_.sort.value_or(out.text.empty() ? Sort::kNewest : Sort::kRelevance);
    out.limit = static_cast<int>(in_.limit);
    out_.highlights = in_.highlight.value_or(false);
    out.explain = in_.explain.value_or(false);
    read_ids();
    for (const auto& [name, value] : in_.attributes.values) read_attribute(name, value);
    TRY_DO(read_slugs());
    TRY_DO(read_categories());
    TRY_DO(read_sellers());
    if (wrong_.empty()) return std::move(out_);
    return fail(Error{Errc::kInvalid, "request.invalid", "Some parameters are wrong.", std::move(wrong_), {}, 0});
  }

 private:
  // Who names a locale means the words to be in it; who merely accepts languages writes in the shop's, more likely than
  // not: its pages and most titles are.
  void read_languages() {
    const std::string own = services::primary_language(search_.showcase().settings().locale);
    out_.wished = in_.locale ? std::vector<std::string>{*in_.locale} : in_.accepted;
    out_.index.language = in_.locale.value_or("");
    if (out_.index.text.empty() || out_.wished.empty()) return;
    const std::string& first = out_.wished.front();
    if (services::primary_language(first) == own || first.empty()) return;
    out_.second_language = in_.locale ? std::string() : first;
  }

  void read_ids() {
    bool asked = false;
    for (const std::string& list : in_.ids)
      for (const std::string_view text : split(list, ',')) {
        asked = true;
        if (const auto id = ProductId::parse(trim(text))) out_.index.ids.push_back(*id);
      }
    if (asked && out_.index.ids.empty()) out_.nothing = true;  // only ids that nothing can have
    if (out_.index.ids.size() > kMostIds)
      wrong_.push_back({"?ids", "too_long", "At most 100 ids can be asked for at once."});
  }

  AttributeFilter& filter_for(const std::string& name) {
    for (AttributeFilter& filter : out_.index.attributes)
      if (filter.name == name) return filter;
    return out_.index.attributes.emplace_back(AttributeFilter{name, {}, {}, {}});
  }

  void read_attribute(const std::string& name, const std::string& value) {
    const bool min = name.ends_with(".min") && name.size() > 4;
    const bool max = name.ends_with(".max") && name.size() > 4;
    AttributeFilter& filter = filter_for(min || max ? name.substr(0, name.size() - 4) : name);
    if (out_.index.attributes.size() > kMostAttributes) {
      wrong_.push_back({"?attr." + name, "too_long", "At most 8 attributes can be asked for at once."});
      out_.index.attributes.pop_back();
    } else if (min || max) {
      const auto micro = micro_of(value);
      if (!micro) wrong_.push_back({"?attr." + name, "wrong_type", "The bound must be a number."});
      (min ? filter.min_micro : filter.max_micro) = micro;
    } else if (filter.values.size() < 20) {
      filter.values.push_back(fold(value));
    } else {
      wrong_.push_back({"?attr." + name, "too_long", "At most 20 values can be asked for at once."});
    }
  }

  // Both named: what has one of the ids and one of the slugs.
  Result<void> read_slugs() {
    if (in_.slug.empty()) return {};
    std::vector<ProductId> found;
    for (const std::string& slug : in_.slug) {
      TRY(const auto id, search_.product_by_slug(slug));
      if (id && (out_.index.ids.empty() || std::count(out_.index.ids.begin(), out_.index.ids.end(), *id) > 0))
        found.push_back(*id);
    }
    if (found.empty()) out_.nothing = true;
    out_.index.ids = std::move(found);
    return {};
  }

  Result<void> read_categories() {
    for (const std::string& wanted : in_.category) {
      TRY(const auto category, search_.showcase().category(wanted));
      if (category) out_.index.categories.push_back(category->id);
    }
    if (!in_.category.empty() && out_.index.categories.empty()) out_.nothing = true;
    return {};
  }

  Result<void> read_sellers() {
    for (const std::string& wanted : in_.seller) {
      TRY(const auto seller, search_.showcase().seller(wanted));
      if (seller) out_.index.sellers.push_back(*seller);
    }
    if (!in_.seller.empty() && out_.index.sellers.empty()) out_.nothing = true;
    return {};
  }

  const ListingRequest& in_;
  Search& search_;
  ListingQuery out_;
  std::vector<FieldError> wrong_;
};

std::string cursor_question(const ListingQuery& query) {
  return "listing|" + query.canonical() + "|" + std::string(name_of(query.index.sort));
}

template <class T>
void append_list(std::string& out, char mark, const std::vector<T>& values) {
  out += '|';
  out += mark;
  for (const auto& value : values) {
    out += ',';
    if constexpr (std::is_same_v<T, std::string>)
      json::print_text(out, value);
    else
      json::print_int(out, value.value);
  }
}

void append_number(std::string& out, std::optional<std::int64_t> value) {
  out += '|';
  if (value) json::print_int(out, *value);
}

}  // namespace

std::string ListingQuery::canonical() const {
  std::string out(index.currency.code());
  out += '|';
  json::print_text(out, fold(index.text));
  json::print_text(out, index.language);
  append_list(out, 'c', index.categories);
  append_list(out, 'b', index.brands);
  append_list(out, 's', index.sellers);
  append_list(out, 'i', index.ids);
  for (const auto value : {index.price_min, index.price_max, index.rating_min_milli}) append_number(out, value);
  append_number(out, (index.in_stock ? 1 : 0) + (index.corrects ? 2 : 0));
  append_number(out, static_cast<std::int64_t>(index.arm));
  for (const AttributeFilter& filter : index.attributes) {
    append_list(out, 'a', std::vector<std::string>{filter.name});
    append_list(out, 'v', filter.values);
    append_number(out, filter.min_micro);
    append_number(out, filter.max_micro);
  }
  return out;
}

Result<ListingQuery> listing_query(const ListingRequest& request, Search& search) {
  TRY(ListingQuery query, Reading(request, search).run());
  query.question = cursor_question(query) + (request.plain.value_or(true) ? "" : "|plain");
  TRY(const auto after, search.cursors().after(query.question, request.cursor, 2));
  if (!after) return query;
  query.index.after = search_index::Place{after->numbers[0], after->numbers[1], after->text};
  std::string& pins = query.index.after->pins;
  if (!pins.ends_with(kInSecondLanguage)) return query;
  pins.pop_back();
  query.in_second_language = true;
  if (query.second_language) query.index.language = *query.second_language;
  return query;
}

void seal_cursor(ListingAnswer& answer, const ListingQuery& query, const services::Cursors& cursors) {
  if (!answer.next) return;
  const services::ListKey last{{answer.next->key, answer.next->id}, answer.next->pins};
  answer.next_cursor = Nullable<std::string>(cursors.make(query.question, last));
}

}  // namespace kontor::search
