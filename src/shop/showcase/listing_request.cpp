#include "shop/showcase/listing_request.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "shop/showcase/showcase.h"

namespace kontor::showcase {
namespace {

constexpr std::size_t kMostWords = 8;
constexpr std::size_t kMostAttributes = 8;
constexpr std::size_t kMostIds = 100;

// "16" or "2.5" in millionths.
std::optional<std::int64_t> micro_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) < 9e12)) return std::nullopt;
  return std::llround(value * 1e6);
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string folded = fold(text);
  for (char& c : folded)
    if (c == '\t' || c == '\n' || c == '\r') c = ' ';
  for (const std::string_view word : split(folded, ' '))
    if (!word.empty() && words.size() < kMostWords) words.emplace_back(word);
  return words;
}

class Reading {
 public:
  Reading(const ListingRequest& request, Showcase& showcase) : in_(request), showcase_(showcase) {}

  Result<ListingQuery> run() {
    out_.currency = in_.currency.value_or(showcase_.settings().currency);
    if (in_.q) out_.words = words_of(*in_.q);
    for (const std::string& brand : in_.brand) out_.brands.push_back(fold(brand));
    out_.price_min = in_.price_min.value_or(0);
    out_.price_max = in_.price_max.value_or(kMaxAmountMinor);
    out_.rating_min_milli = std::llround(in_.rating_min.value_or(0) * 1000);
    out_.in_stock = in_.in_stock.value_or(false);
    out_.slugs = in_.slug;
    out_.sort = in_.sort.value_or(out_.words.empty() ? Sort::kNewest : Sort::kRelevance);
    out_.limit = static_cast<int>(in_.limit);
    read_ids();
    for (const auto& [name, value] : in_.attributes.values) read_attribute(name, value);
    TRY_DO(read_categories());
    TRY_DO(read_sellers());
    if (wrong_.empty()) return std::move(out_);
    return fail(Error{Errc::kInvalid, "request.invalid", "Some parameters are wrong.", std::move(wrong_), {}, 0});
  }

 private:
  void read_ids() {
    bool asked = false;
    for (const std::string& list : in_.ids)
      for (const std::string_view text : split(list, ',')) {
        asked = true;
        const auto id = ProductId::parse(trim(text));
        if (id) out_.ids.push_back(*id);
      }
    if (asked && out_.ids.empty()) out_.no_such_category = true;  // only ids that nothing can have
    if (out_.ids.size() > kMostIds) wrong_.push_back({"?ids", "too_long", "At most 100 ids can be asked for at once."});
  }

  AttributeFilter& filter_for(const std::string& name) {
    for (AttributeFilter& filter : out_.attributes)
      if (filter.name == name) return filter;
    return out_.attributes.emplace_back(AttributeFilter{name, {}, {}, {}});
  }

  void read_attribute(const std::string& name, const std::string& value) {
    const bool min = name.ends_with(".min") && name.size() > 4;
    const bool max = name.ends_with(".max") && name.size() > 4;
    AttributeFilter& filter = filter_for(min || max ? name.substr(0, name.size() - 4) : name);
    if (out_.attributes.size() > kMostAttributes) {
      wrong_.push_back({"?attr." + name, "too_long", "At most 8 attributes can be asked for at once."});
      out_.attributes.pop_back();
    } else if (min || max) {
      const auto micro = micro_of(value);
      if (!micro) wrong_.push_back({"?attr." + name, "wrong_type", "The bound must be a number."});
      (min ? filter.min_micro : filter.max_micro) = micro;
    } else if (filter.texts.size() < 20) {
      filter.texts.push_back(fold(value));
    } else {
      wrong_.push_back({"?attr." + name, "too_long", "At most 20 values can be asked for at once."});
    }
  }

  Result<void> read_categories() {
    for (const std::string& wanted : in_.category) {
      TRY(const auto category, showcase_.category(wanted));
      if (category) out_.categories.push_back(category->id);
    }
    if (!in_.category.empty() && out_.categories.empty()) out_.no_such_category = true;
    return {};
  }

  Result<void> read_sellers() {
    for (const std::string& wanted : in_.seller) {
      TRY(const auto seller, showcase_.seller(wanted));
      if (seller) out_.sellers.push_back(*seller);
    }
    if (!in_.seller.empty() && out_.sellers.empty()) out_.no_such_seller = true;
    return {};
  }

  const ListingRequest& in_;
  Showcase& showcase_;
  ListingQuery out_;
  std::vector<FieldError> wrong_;
};

std::string cursor_question(const ListingQuery& query) {
  return "listing|" + query.canonical() + "|" + std::string(name_of(query.sort));
}

}  // namespace

Result<ListingQuery> listing_query(const ListingRequest& request, Showcase& showcase,
                                   const services::Cursors& cursors) {
  TRY(ListingQuery query, Reading(request, showcase).run());
  TRY(query.after, cursors.after(cursor_question(query), request.cursor, 2));
  return query;
}

void seal_cursor(ListingAnswer& answer, const ListingQuery& query, const services::Cursors& cursors) {
  if (answer.next) answer.next_cursor = Nullable<std::string>(cursors.make(cursor_question(query), *answer.next));
}

}  // namespace kontor::showcase
