// A category, a brand, and what a search finds: the same bytes for everyone who asks the same.
#include "pages/listing_pages.h"

#include "pages/cards.h"
#include "pages/drawings.h"
#include "pages/facets.h"

namespace kontor::pages {
namespace {

using Categories = std::vector<catalog::Category>;

constexpr int kSearchAgainS = 30;
constexpr std::size_t kMostAround = 12;

std::string path_of(const catalog::Category& category) { return "/c/" + percent_encode(category.slug); }

const catalog::Category* find(const Categories& all, CategoryId id) {
  for (const auto& category : all)
    if (category.id == id) return &category;
  return nullptr;
}

std::vector<Crumb> crumbs_of(const Categories& all, const Shelf& shelf) {
  std::vector<Crumb> crumbs = shelf.above;
  const std::size_t most = crumbs.size() + 32;
  for (auto at = shelf.category ? find(all, shelf.category->parent) : nullptr; at != nullptr && crumbs.size() < most;
       at = find(all, at->parent))
    crumbs.insert(crumbs.begin() + static_cast<std::ptrdiff_t>(shelf.above.size()), {at->name, path_of(*at)});
  return crumbs;
}

// What lies directly below the category, or the roots for a search, as far as something of it matches.
void put_aisles(Html& out, const Categories& all, const Shelf& shelf, const Listing& listing) {
  const CategoryId parent = shelf.category ? shelf.category->id : CategoryId{};
  Selection there = listing.chosen.everywhere();
  there.sort.reset();
  if (!listing.chosen.of_brand.empty()) there.brands = {listing.chosen.of_brand};
  bool any = false;
  for (const auto& found : listing.answer.facets.categories) {
    const auto* category = find(all, found.id);
    if (category == nullptr || category->parent != parent) continue;
    if (!any) out << "<ul class=\"below\" aria-label=\"Categories\">";
    any = true;
    there.path = path_of(*category);
    out << "<li><a href=\"" << text(there.address(out.dress().currency)) << "\">" << text(category->name)
        << " <span class=\"count\">" << out.number(found.count) << "</span></a></li>";
  }
  if (any) out << "</ul>";
}

void put_sort(Html& out, const Selection& chosen, Currency currency) {
  using search::Sort;
  constexpr std::pair<Sort, std::string_view> kSorts[] = {
      {Sort::kRelevance, "Best match"},      {Sort::kNewest, "Newest"},
      {Sort::kBestSelling, "Best selling"},  {Sort::kRating, "Best rated"},
      {Sort::kPriceAsc, "Price, low first"}, {Sort::kPriceDesc, "Price, high first"}};
  const Sort usual = chosen.words.empty() ? Sort::kNewest : Sort::kRelevance;
  const Sort now = chosen.sort.value_or(usual);
  std::string_view words;
  for (const auto& [sort, name] : kSorts)
    if (sort == now) words = name;
  out << "<details class=\"sort\" data-menu><summary>Sort: <strong>" << words << "</strong></summary><ul>";
  for (const auto& [sort, name] : kSorts) {
    if (sort == Sort::kRelevance && chosen.words.empty()) continue;
    Selection with = chosen.first_page();
    with.sort = sort;
    if (sort == usual) with.sort.reset();
    out << "<li><a rel=\"nofollow\" href=\"" << text(with.address(currency)) << "\""
        << (sort == now ? " aria-current=\"true\"" : "") << ">" << name << "</a></li>";
  }
  out << "</ul></details>";
}

void put_quoted(Html& out, std::string_view words, const Selection* to) {
  if (to != nullptr) out << "<a rel=\"nofollow\" href=\"" << text(to->address(out.dress().currency)) << "\">";
  out << "“" << text(words) << "”" << (to != nullptr ? "</a>" : "");
}

void put_corrected(Html& out, const Listing& listing) {
  const auto& understood = listing.answer.understood;
  Selection as_written = listing.chosen.first_page();
  as_written.corrections = false;
  out << "<p class=\"taken\">Shown is what there is for <strong>";
  put_quoted(out, *listing.answer.corrected_query, nullptr);
  out << "</strong>. Search instead for ";
  put_quoted(out, understood && !understood->words.empty() ? understood->words : listing.chosen.words, &as_written);
  out << ".</p>";
}

// When hardly anything has all words, what has some of them comes as well.
void put_some(Html& out, const std::vector<std::string>& dropped) {
  out << "<p class=\"quiet taken\">";
  if (dropped.empty()) {
    out << "Few things have all of these words; what has some of them comes after those.</p>";
    return;
  }
  out << "Nothing has all of these words. Shown is what comes close, without ";
  for (std::size_t i = 0; i < dropped.size(); ++i) {
    out << (i == 0 ? "" : i + 1 < dropped.size() ? ", " : " or ");
    put_quoted(out, dropped[i], nullptr);
  }
  out << ".</p>";
}

// What was searched for, where that is not what was typed or not all there is.
void put_taken_for(Html& out, const Listing& listing) {
  const auto& answer = listing.answer;
  if (answer.corrected_query) put_corrected(out, listing);
  if (answer.understood && !answer.understood->all_words && !answer.items.empty())
    put_some(out, answer.understood->dropped);
  if (!listing.chosen.plain) {
    Selection read = listing.chosen.first_page();
    read.plain = true;
    out << "<p class=\"taken\">Searched for exactly these words. <a rel=\"nofollow\" href=\""
        << text(read.address(out.dress().currency)) << "\">Read prices and properties as filters again</a>.</p>";
  }
  if (answer.partial.value_or(false))
    out << "<p class=\"quiet taken\">Not every shelf could be looked through just now; there may be more.</p>";
}

// Where to go on from a page that has nothing to show.
void put_empty(Html& out, const Categories& all, const Listing& listing) {
  const Currency currency = out.dress().currency;
  const Selection& chosen = listing.chosen;
  out << "<div class=\"empty\"><p class=\"lead\">"
      << (chosen.words.empty() && !listing.narrowed() ? "Nothing lies on this shelf yet."
                                                      : "Nothing on this shelf matches.")
      << "</p>";
  if (listing.narrowed())
    out << "<p>With one filter less there may be something: they stand above, each with its cross.</p><p><a "
           "class=\"button\" rel=\"nofollow\" href=\""
        << text(listing.cleared().address(currency)) << "\">Take all filters away</a></p>";
  else if (!chosen.words.empty())
    out << "<p>Fewer or more common words may help, or a second look at how they are written.</p>";
  if (chosen.path != "/search" && !chosen.words.empty()) {
    const Selection everywhere = chosen.everywhere();
    out << "<p>Search the whole shop for ";
    put_quoted(out, chosen.words, &everywhere);
    out << ".</p>";
  }
  out << "<nav aria-label=\"Where to look instead\"><p>Or look around:</p><ul class=\"below\">";
  std::size_t shown = 0;
  for (const auto& category : all) {
    if (category.parent || ++shown > kMostAround) continue;
    out << "<li><a href=\"" << path_of(category) << "\">" << text(category.name) << "</a></li>";
  }
  out << "<li><a href=\"/search\">Everything we have</a></li></ul></nav></div>";
}

void put_results(Html& out, const Listing& listing, bool rated) {
  const auto& answer = listing.answer;
  put_cards(out, answer.items, 4, rated);
  if (!answer.next_cursor && listing.chosen.cursor.empty()) return;
  const Currency currency = out.dress().currency;
  out << "<p class=\"more\" data-more>";
  if (!listing.chosen.cursor.empty())
    out << "<a class=\"button plain\" href=\"" << text(listing.chosen.first_page().address(currency))
        << "\">Back to the first ones</a> ";
  if (answer.next_cursor) {
    Selection next = listing.chosen;
    next.cursor = *answer.next_cursor;
    out << "<a class=\"button\" rel=\"next nofollow\" href=\"" << text(next.address(currency)) << "\">Show more</a>";
  }
  out << "</p>";
}

// What the script says of a product that is chosen here.
void put_origin(Html& out, const Listing& listing) {
  if (!listing.chosen.words.empty()) out << " data-query=\"" << text(listing.chosen.words) << "\"";
  if (!listing.arm.empty()) out << " data-arm=\"" << text(listing.arm) << "\"";
  if (listing.chosen.cursor.empty()) out << " data-first";
}

// `rated`: with the stars of reviews.
Html body_of(const Dress& dress, const Categories& all, const Shelf& shelf, const Listing& listing, bool rated) {
  const Currency currency = dress.currency;
  const auto& answer = listing.answer;
  Html out(dress);
  put_crumbs(out, crumbs_of(all, shelf), shelf.title);
  out << "<div class=\"heading\"><h1>" << text(shelf.title) << "</h1><p class=\"quiet\">"
      << (answer.total_count_exact ? "" : "more than ") << out.counted(answer.total_count, "product", "products")
      << "</p></div>";
  put_converted(out, answer.converted);
  put_aisles(out, all, shelf, listing);
  out << "<div class=\"tools\"><a class=\"button plain open-filters\" href=\"#filters\">" << kFunnel << "Filter";
  if (listing.narrowed()) out << "<span class=\"unseen\">, some are chosen</span><span class=\"dot\"></span>";
  out << "</a>";
  if (!answer.items.empty()) put_sort(out, listing.chosen, currency);
  out << "</div>";
  put_chips(out, listing);
  out << "<div class=\"listing\">";
  put_filters(out, listing);
  out << "<section id=\"results\" aria-label=\"Products\" tabindex=\"-1\" data-listing";
  put_origin(out, listing);
  out << ">";
  put_taken_for(out, listing);
  if (answer.items.empty())
    put_empty(out, all, listing);
  else
    put_results(out, listing, rated);
  out << "</section></div>";
  return out;
}

// Of who has part in an experiment the page is theirs, and the same for all of their arm.
Caching caching_of(const Site& site, const Selection& selection, const search::Trial& trial) {
  if (!trial.label.empty()) return Caching::kOwn;
  const bool trying = !selection.words.empty() && site.parts.visitors.trying && site.parts.visitors.trying();
  return trying ? Caching::kByCookie : Caching::kShared;
}

Result<ReadyPages::Made> make(const Site& site, const Dress& dress, const Shelf& shelf, const Selection& selection,
                              const search::Trial& trial) {
  TRY(const auto listing, read_listing(site, dress, selection, trial));
  TRY(const auto all, site.categories_in(dress));
  Frame frame{shelf.title, {}, {}, selection.words, {}, selection.path};
  const bool plain = !selection.filtered() && selection.cursor.empty() && selection.words.empty() && !selection.sort;
  // What is narrowed, sorted or further on is the same goods once more, and a brand without any is nothing to find.
  if (plain && (selection.of_brand.empty() || !listing.answer.items.empty())) {
    frame.canonical = selection.path;
    frame.description = shelf.title + " at " + std::string(kShopName) + ": " +
                        counted(dress, listing.answer.total_count, "product", "products") +
                        ", with stock and prices as they are now.";
    Html head(dress);
    TRY(const auto own, site.parts.showcase.categories());  // what other programs read is the shop's own
    const std::string& title = shelf.category ? shelf.category->name : shelf.title;
    put_ld(head, breadcrumbs_ld(crumbs_of(own, shelf), title, site.parts.public_url));
    if (!listing.answer.items.empty()) put_ld(head, item_list_ld(listing.answer.items, site.parts.public_url));
    frame.head = head.take();
  }
  const bool rated = site.parts.degradation.rates_in_listings();
  return ReadyPages::Made(
      site.shared_page(frame, body_of(dress, all, shelf, listing, rated), {}, caching_of(site, selection, trial)),
      listing.answer.total_count);
}

void observe_search(const Site& site, const http::Request& request, const Selection& selection,
                    const search::Trial& trial, std::int64_t found) {
  if (selection.words.empty() || !selection.cursor.empty() || !site.parts.visitors.observe) return;
  telemetry::Observation what;
  what.kind = telemetry::Kind::kSearch;
  what.query = selection.words;
  what.results = found;
  what.arm = trial.label;
  site.parts.visitors.observe(request, what);
}

}  // namespace

Result<http::Response> shelf_page(Site& site, const http::Request& request, const Dress& dress, const Shelf& shelf,
                                  const Selection& selection) {
  std::string address = site.kept_as(selection.address(dress.currency), dress);
  if (!selection.words.empty() && !site.parts.degradation.answers_search()) {
    if (auto held = site.ready.held_listing(address); held.bytes) {
      observe_search(site, request, selection, {}, held.found);
      return ready_response(std::move(held.bytes));
    }
    Error error{Errc::kUnavailable, "degradation.rests",
                "The shop is so busy that searching rests for a while. "
                "The categories, carts and checkouts go on."};
    error.retry_after_s = kSearchAgainS;
    return fail(std::move(error));
  }
  search::Trial trial;
  if (!selection.words.empty() && site.parts.visitors.trial) trial = site.parts.visitors.trial(request);
  if (!trial.label.empty()) address += " " + trial.label;  // no address has blanks, and no dress a slash
  TRY(auto made, site.ready.listing(address, [&] { return make(site, dress, shelf, selection, trial); }));
  observe_search(site, request, selection, trial, made.found);
  return ready_response(std::move(made.bytes));
}

void add_listing_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(page_endpoint(site, Method::kGet, "/search", "What a search finds; without words, everything",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.query));
                             const Dress dress = site->dress_of(call.request);
                             const Selection chosen("/search", "", form, dress.currency);
                             const std::string title =
                                 chosen.words.empty() ? "Everything we have" : "“" + chosen.words + "”";
                             return shelf_page(*site, call.request, dress, {title}, chosen);
                           }));
  auto category =
      page_endpoint(site, Method::kGet, "/c/{slug}", "A category", [site](http::Call& call) -> Result<http::Response> {
        TRY(const auto form, read_form(call.request.query));
        TRY(auto found, site->parts.showcase.category(call.param("slug")));
        if (!found) return fail(Errc::kNotFound, "pages.no_such_category", "There is no category at this address.");
        if (found->slug != call.param("slug")) return moved(path_of(*found), call.request);
        const Dress dress = site->dress_of(call.request);
        const Selection chosen(path_of(*found), found->slug, form, dress.currency);
        const std::string title(catalog::name_in(found->name, found->names, site->dresses.wished(dress),
                                                 site->dresses.own().formats.tag()));
        return shelf_page(*site, call.request, dress, {title, std::move(found)}, chosen);
      });
  category.varies_by = kDressCookie;
  category.inline_read = [site](std::string_view slug) {
    return site->ready.listing_at_hand("/c/" + percent_encode(slug));
  };
  router.add(std::move(category));
}

}  // namespace kontor::pages
