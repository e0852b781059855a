#include "pages/facets.h"

#include <algorithm>

#include "pages/attributes.h"
#include "pages/drawings.h"

namespace kontor::pages {
namespace {

constexpr std::size_t kMostValues = 12;
constexpr std::size_t kMostAttributes = 8;
constexpr std::size_t kOpenGroups = 5;

Result<showcase::ListingAnswer> ask(const Site& site, const Selection& selection, std::int64_t limit) {
  auto request = selection.request();
  if (limit > 0) request.limit = limit;
  TRY(const auto query, showcase::listing_query(request, site.parts.showcase, site.parts.cursors));
  TRY(auto answer, site.parts.showcase.listing(query));
  showcase::seal_cursor(answer, query, site.parts.cursors);
  return answer;
}

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
  if (tick.count >= 0) out << "<span class=\"count\">" << tick.count << "</span>";
  out << "</a></li>";
}

std::string stars_and_up(int stars) { return std::to_string(stars) + " stars and up"; }

std::string price_words(const Selection& chosen, Currency currency) {
  const auto money = [&](std::int64_t minor) { return money_text(Money::minor(minor, currency)); };
  if (!chosen.price_max) return "from " + money(*chosen.price_min);
  if (chosen.price_min.value_or(0) == 0) return "up to " + money(*chosen.price_max);
  return money(*chosen.price_min) + " – " + money(*chosen.price_max);
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
  const Selection& chosen = listing.chosen;
  const Group group(out, "Price, " + std::string(currency.code()), true);
  if (!listing.facets.price_ranges.empty()) out << "<ul class=\"ticks\">";
  for (const auto& range : listing.facets.price_ranges) {
    Selection with = chosen.first_page();
    with.price_min = range.min;
    with.price_max = range.max;
    const bool on = chosen.price_min == with.price_min && chosen.price_max == with.price_max;
    const std::string words = price_words(with, currency);
    if (on) with.price_min = with.price_max = std::nullopt;
    put_tick(out, {with.address(currency), words, range.count, on});
  }
  if (!listing.facets.price_ranges.empty()) out << "</ul>";
  put_price_form(out, chosen, currency);
}

void put_brands(Html& out, const Listing& listing, Currency currency) {
  if (listing.facets.brands.empty() && listing.chosen.brands.empty()) return;
  const Group group(out, "Brand", true);
  out << "<ul class=\"ticks\">";
  std::size_t shown = 0;
  for (const auto& brand : listing.facets.brands) {
    const bool on = listing.chosen.has_brand(brand.value);
    if (shown >= kMostValues && !on) continue;
    ++shown;
    put_tick(out, {listing.chosen.with_brand(brand.value).address(currency), brand.value, brand.count, on});
  }
  out << "</ul>";
}

void put_rating_and_stock(Html& out, const Listing& listing, Currency currency) {
  const Selection& chosen = listing.chosen;
  if (!listing.facets.ratings.empty() || chosen.rating_min > 0) {
    const Group group(out, "Rating", true);
    out << "<ul class=\"ticks\">";
    for (const auto& rating : listing.facets.ratings) {
      Selection with = chosen.first_page();
      const int stars = static_cast<int>(rating.min);
      const bool on = chosen.rating_min == stars;
      with.rating_min = on ? 0 : stars;
      put_tick(out, {with.address(currency), stars_and_up(stars), rating.count, on});
    }
    out << "</ul>";
  }
  const Group group(out, "Availability", true);
  Selection with = chosen.first_page();
  with.in_stock = !chosen.in_stock;
  out << "<ul class=\"ticks\">";
  put_tick(out, {with.address(currency), "In stock", -1, chosen.in_stock});
  out << "</ul>";
}

void put_attribute(Html& out, const Listing& listing, const showcase::AttributeCount& attribute, bool open,
                   Currency currency) {
  std::vector<showcase::ValueCount> values = attribute.values;
  if (values.size() > kMostValues) values.resize(kMostValues);
  const bool numbers = std::all_of(values.begin(), values.end(), [](const auto& value) {
    return !value.value.empty() && value.value.size() < 16 &&
           value.value.find_first_not_of("0123456789.") == std::string::npos;
  });
  const auto number = [](const std::string& value) { return std::strtod(value.c_str(), nullptr); };
  if (numbers)
    std::sort(values.begin(), values.end(),
              [&](const auto& a, const auto& b) { return number(a.value) < number(b.value); });
  const Group group(out, attribute_label(attribute.name), open);
  out << "<ul class=\"ticks\">";
  for (const auto& value : values) {
    put_tick(out, {listing.chosen.with_attribute(attribute.name, value.value).address(currency),
                   attribute_value(attribute.name, value.value), value.count,
                   listing.chosen.has_attribute(attribute.name, value.value)});
  }
  out << "</ul>";
}

void put_attributes(Html& out, const Listing& listing, Currency currency) {
  std::size_t shown = 0;
  for (const auto& attribute : listing.facets.attributes) {
    const bool on = listing.chosen.has_attribute(attribute.name);
    if (!on && (attribute.values.size() < 2 || shown >= kMostAttributes)) continue;
    put_attribute(out, listing, attribute, on || shown + 3 < kOpenGroups, currency);
    ++shown;
  }
}

}  // namespace

Result<Listing> read_listing(const Site& site, const Selection& selection) {
  Listing listing{selection, {}, {}};
  TRY(listing.answer, ask(site, selection, 0));
  listing.facets = listing.answer.facets;
  const auto without = [&](const Selection& other) { return ask(site, other.first_page(), 1); };
  if (!selection.brands.empty()) {
    Selection other = selection;
    other.brands.clear();
    TRY(auto wider, without(other));
    listing.facets.brands = std::move(wider.facets.brands);
  }
  if (selection.price_min || selection.price_max) {
    Selection other = selection;
    other.price_min = other.price_max = std::nullopt;
    TRY(auto wider, without(other));
    listing.facets.price_ranges = std::move(wider.facets.price_ranges);
  }
  if (selection.rating_min > 0) {
    Selection other = selection;
    other.rating_min = 0;
    TRY(auto wider, without(other));
    listing.facets.ratings = std::move(wider.facets.ratings);
  }
  std::string last;
  for (const auto& [name, value] : selection.attributes) {
    if (name == last) continue;
    last = name;
    TRY(const auto wider, without(selection.without_attribute(name)));
    for (const auto& found : wider.facets.attributes) {
      if (found.name != name) continue;
      std::erase_if(listing.facets.attributes, [&](const auto& one) { return one.name == name; });
      listing.facets.attributes.insert(listing.facets.attributes.begin(), found);
    }
  }
  return listing;
}

void put_filters(Html& out, const Site& site, const Listing& listing) {
  const Currency currency = site.parts.showcase.settings().currency;
  out << "<aside class=\"narrow\" id=\"filters\" aria-labelledby=\"filters-title\"><div class=\"sheet\"><div "
         "class=\"narrow-top\"><h2 id=\"filters-title\" tabindex=\"-1\">Filter</h2><a class=\"close\" "
         "href=\"#results\">"
      << kCross << "<span class=\"unseen\">Close the filters</span></a></div>";
  put_prices(out, listing, currency);
  put_brands(out, listing, currency);
  put_rating_and_stock(out, listing, currency);
  put_attributes(out, listing, currency);
  out << "<p class=\"narrow-end\"><a class=\"button\" href=\"#results\">Show "
      << counted(listing.answer.total_count, "product", "products") << "</a></p></div></aside>";
}

void put_chips(Html& out, const Site& site, const Listing& listing) {
  const Selection& chosen = listing.chosen;
  if (!chosen.filtered()) return;
  const Currency currency = site.parts.showcase.settings().currency;
  out << "<ul class=\"chips\" aria-label=\"Chosen filters\">";
  const auto chip = [&](std::string_view words, const Selection& without) {
    out << "<li><a rel=\"nofollow\" href=\"" << text(without.address(currency))
        << "\"><span class=\"unseen\">Take away: "
        << "</span>" << text(words) << kCross << "</a></li>";
  };
  for (const auto& brand : chosen.brands) chip(brand, chosen.with_brand(brand));
  Selection without = chosen.first_page();
  if (chosen.price_min || chosen.price_max) {
    without.price_min = without.price_max = std::nullopt;
    chip(price_words(chosen, currency), without);
  }
  if (chosen.rating_min > 0) {
    without = chosen.first_page();
    without.rating_min = 0;
    chip(stars_and_up(chosen.rating_min), without);
  }
  if (chosen.in_stock) {
    without = chosen.first_page();
    without.in_stock = false;
    chip("In stock", without);
  }
  for (const auto& [name, value] : chosen.attributes)
    chip(attribute_label(name) + ": " + attribute_value(name, value), chosen.with_attribute(name, value));
  out << "<li><a class=\"all\" rel=\"nofollow\" href=\"" << text(chosen.cleared().address(currency))
      << "\">Clear all</a></li></ul>";
}

}  // namespace kontor::pages
