#include "pages/facets.h"

#include <algorithm>

#include "pages/drawings.h"
#include "pages/understood.h"

namespace kontor::pages {
namespace {

constexpr std::size_t kMostValues = 12;
constexpr std::size_t kMostAttributeGroups = 8;
constexpr std::size_t kOpenGroups = 5;

// A group of filters, open or not.
class Group {
 public:
  Group(Html& out, std::string_view title, bool open) : out_(out) {
    out_ << "<details class=\"group\"" << (open ? " open" : "") << "><summary><h3>" << text(title) << "</h3></summary>";
  }
  ~Group() { out_ << "</details>"; }
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

 private:
  Html& out_;
};

struct Tick {
  std::string address;
  std::string words;
  std::int64_t count = -1;  // below 0: not said
  bool on = false;
};
void put_tick(Html& out, const Tick& tick) {
  out << "<li><a rel=\"nofollow\" href=\"" << text(tick.address) << "\"" << (tick.on ? " aria-current=\"true\"" : "")
      << "><span class=\"box\">" << (tick.on ? kTick : std::string_view()) << "</span><span class=\"what\">"
      << text(tick.words) << "</span>";
  if (tick.on) out << "<span class=\"unseen\">, chosen; take it away</span>";
  if (tick.count >= 0) out << "<span class=\"count\">" << out.number(tick.count) << "</span>";
  out << "</a></li>";
}

void put_price_form(Html& out, const Selection& chosen, Currency currency) {
  out << "<form class=\"prices\" action=\"" << text(chosen.path) << "\">";
  for (const auto& [name, value] : chosen.fields(currency, "price"))
    out << "<input type=\"hidden\" name=\"" << text(name) << "\" value=\"" << text(value) << "\">";
  const auto field = [&](std::string_view name, std::string_view label, const std::optional<std::int64_t>& minor) {
    out << "<div><label for=\"price-" << name << "\">" << label << "</label><input id=\"price-" << name << "\" name=\""
        << name << "\" inputmode=\"decimal\" maxlength=\"16\" value=\""
        << text(minor ? decimal_text(Money::minor(*minor, currency)) : "") << "\"></div>";
  };
  field("min", "From", chosen.price_min);
  field("max", "To", chosen.price_max);
  out << "<button class=\"plain\">Apply</button></form>";
}

void put_prices(Html& out, const Listing& listing, Currency currency) {
  const Selection chosen = chosen_instead(listing.chosen, price_part(listing.answer), currency);
  const Group group(out, "Price, " + std::string(currency.code()), true);
  if (!listing.answer.facets.price_ranges.empty()) out << "<ul class=\"ticks\">";
  for (const auto& range : listing.answer.facets.price_ranges) {
    Selection with = chosen;
    with.price_min = range.min;
    with.price_max = range.max;
    const bool on = chosen.price_min == with.price_min && chosen.price_max == with.price_max;
    const std::string words = price_words(out, range.min, range.max, currency);
    if (on) with.price_min = with.price_max = std::nullopt;
    put_tick(out, {with.address(currency), words, range.count, on});
  }
  if (!listing.answer.facets.price_ranges.empty()) out << "</ul>";
  put_price_form(out, chosen, currency);
}

void put_brands(Html& out, const Listing& listing, Currency currency) {
  if (!listing.chosen.of_brand.empty()) return;
  if (listing.answer.facets.brands.empty() && listing.chosen.brands.empty()) return;
  const Group group(out, "Brand", true);
  out << "<ul class=\"ticks\">";
  std::size_t shown = 0;
  for (const auto& brand : listing.answer.facets.brands) {
    const bool on = listing.chosen.has_brand(brand.value);
    if (shown >= kMostValues && !on) continue;
    ++shown;
    put_tick(out, {listing.chosen.with_brand(brand.value).address(currency), brand.value, brand.count, on});
  }
  out << "</ul>";
}

void put_ratings(Html& out, const Listing& listing, Currency currency) {
  const Selection chosen = chosen_instead(listing.chosen, rating_part(listing.answer), currency);
  if (listing.answer.facets.ratings.empty() && chosen.rating_min == 0) return;
  const Group group(out, "Rating", true);
  out << "<ul class=\"ticks\">";
  for (const auto& rating : listing.answer.facets.ratings) {
    Selection with = chosen;
    const int stars = static_cast<int>(rating.min);
    const bool on = chosen.rating_min == stars;
    with.rating_min = on ? 0 : stars;
    put_tick(out, {with.address(currency), rating_words(out, stars), rating.count, on});
  }
  out << "</ul>";
}

void put_stock(Html& out, const Listing& listing, Currency currency) {
  const Group group(out, "Availability", true);
  Selection with = listing.chosen.first_page();
  with.in_stock = !listing.chosen.in_stock;
  out << "<ul class=\"ticks\">";
  put_tick(out, {with.address(currency), "In stock", -1, listing.chosen.in_stock});
  out << "</ul>";
}

void put_attribute(Html& out, const Listing& listing, const search::AttributeCount& attribute, bool open,
                   Currency currency) {
  std::vector<search::ValueCount> values = attribute.values;
  if (values.size() > kMostValues) values.resize(kMostValues);
  const bool numbers = std::all_of(values.begin(), values.end(), [](const auto& value) {
    return !value.value.empty() && value.value.size() < 16 &&
           value.value.find_first_not_of("0123456789.") == std::string::npos;
  });
  const auto number = [](const std::string& value) { return std::strtod(value.c_str(), nullptr); };
  if (numbers)
    std::sort(values.begin(), values.end(),
              [&](const auto& a, const auto& b) { return number(a.value) < number(b.value); });
  const Selection chosen = chosen_instead(listing.chosen, attribute_part(listing.answer, attribute.name), currency);
  const Group group(out, listing.words.label(attribute.name), open);
  out << "<ul class=\"ticks\">";
  for (const auto& value : values) {
    put_tick(out, {chosen.with_attribute(attribute.name, value.value).address(currency),
                   listing.words.value(attribute.name, value.value), value.count,
                   chosen.has_attribute(attribute.name, value.value)});
  }
  out << "</ul>";
}

bool is_asked_for(const Listing& listing, std::string_view attribute) {
  return listing.chosen.has_attribute(attribute) || attribute_part(listing.answer, attribute) != nullptr;
}

void put_attributes(Html& out, const Listing& listing, Currency currency) {
  std::size_t shown = 0;
  for (const auto& attribute : listing.answer.facets.attributes) {
    const bool on = is_asked_for(listing, attribute.name);
    if (!on && (attribute.values.size() < 2 || shown >= kMostAttributeGroups)) continue;
    put_attribute(out, listing, attribute, on || shown + 3 < kOpenGroups, currency);
    ++shown;
  }
}

}  // namespace

Result<Listing> read_listing(const Site& site, const Dress& dress, const Selection& selection,
                             const search::Trial& trial) {
  auto request = selection.request();
  request.currency = dress.currency;
  request.locale = site.dresses.language(dress);
  request.arm = trial.arm;
  Listing listing{selection, {}, {}, trial.label};
  CategoryId category;
  if (!selection.category.empty()) {
    TRY(const auto found, site.parts.showcase.category(selection.category));
    if (found) category = found->id;
  }
  TRY(auto table, site.parts.catalog.definitions().table());
  const auto* set = category ? table->of(category) : &table->anywhere();
  listing.words = AttributeWords(std::move(table), set, dress.formats.tag());
  TRY(listing.answer, site.parts.search.answer(std::move(request)));
  auto& attributes = listing.answer.facets.attributes;
  std::stable_partition(attributes.begin(), attributes.end(),
                        [&](const auto& attribute) { return is_asked_for(listing, attribute.name); });
  return listing;
}

bool Listing::narrowed() const { return chosen.filtered() || !parts_of(answer).empty(); }

Selection Listing::cleared() const {
  const Selection cleared = chosen.cleared();
  return parts_of(answer).empty() ? cleared : cleared.with_words(answer.understood->words);
}

void put_filters(Html& out, const Listing& listing) {
  const Currency currency = out.dress().currency;
  out << "<aside class=\"narrow\" id=\"filters\" aria-labelledby=\"filters-title\"><div class=\"sheet\"><div "
         "class=\"narrow-top\"><h2 id=\"filters-title\" tabindex=\"-1\">Filter</h2><a class=\"close\" "
         "href=\"#results\">"
      << kCross << "<span class=\"unseen\">Close the filters</span></a></div>";
  put_prices(out, listing, currency);
  put_brands(out, listing, currency);
  put_ratings(out, listing, currency);
  put_stock(out, listing, currency);
  put_attributes(out, listing, currency);
  out << "<p class=\"narrow-end\"><a class=\"button\" href=\"#results\">Show "
      << out.counted(listing.answer.total_count, "product", "products") << "</a></p></div></aside>";
}

void put_chips(Html& out, const Listing& listing) {
  if (!listing.narrowed()) return;
  const Selection& chosen = listing.chosen;
  const Currency currency = out.dress().currency;
  out << "<ul class=\"chips\" aria-label=\"Chosen filters\">";
  const auto chip = [&](std::string_view words, const Selection& without) {
    out << "<li><a rel=\"nofollow\" href=\"" << text(without.address(currency))
        << "\"><span class=\"unseen\">Take away: "
        << "</span>" << text(words) << kCross << "</a></li>";
  };
  for (const auto& part : parts_of(listing.answer))
    chip(part_words(out, part, listing.words), chosen.with_words(part.without));
  for (const auto& brand : chosen.brands) chip(brand, chosen.with_brand(brand));
  Selection without = chosen.first_page();
  if (chosen.price_min || chosen.price_max) {
    without.price_min = without.price_max = std::nullopt;
    chip(price_words(out, chosen.price_min, chosen.price_max, currency), without);
  }
  if (chosen.rating_min > 0) {
    without = chosen.first_page();
    without.rating_min = 0;
    chip(rating_words(out, chosen.rating_min), without);
  }
  if (chosen.in_stock) {
    without = chosen.first_page();
    without.in_stock = false;
    chip("In stock", without);
  }
  for (const auto& [name, value] : chosen.attributes)
    chip(listing.words.label(name) + ": " + listing.words.value(name, value), chosen.with_attribute(name, value));
  const auto link = [&](std::string_view words, const Selection& to) {
    out << "<li><a class=\"all\" rel=\"nofollow\" href=\"" << text(to.address(currency)) << "\">" << words
        << "</a></li>";
  };
  link("Clear all", listing.cleared());
  if (!parts_of(listing.answer).empty()) {
    without = chosen.first_page();
    without.plain = false;
    link("Search for exactly these words", without);
  }
  out << "</ul>";
}

}  // namespace kontor::pages
