// A category, and what a search finds: the same bytes for everyone who asks the same.
#include "pages/cards.h"
#include "pages/drawings.h"
#include "pages/facets.h"
#include "pages/site.h"

namespace kontor::pages {
namespace {

using Categories = std::vector<catalog::Category>;

struct Shelf {
  std::string title;
  std::optional<catalog::Category> category;
};

std::string path_of(const catalog::Category& category) { return "/c/" + percent_encode(category.slug); }

const catalog::Category* find(const Categories& all, CategoryId id) {
  for (const auto& category : all)
    if (category.id == id) return &category;
  return nullptr;
}

void put_crumbs(Html& out, const Categories& all, const Shelf& shelf) {
  out << "<nav class=\"crumbs\" aria-label=\"Where you are\"><ol><li><a href=\"/\">Home</a></li>";
  std::vector<const catalog::Category*> above;
  for (auto at = shelf.category ? find(all, shelf.category->parent) : nullptr; at != nullptr && above.size() < 32;
       at = find(all, at->parent))
    above.push_back(at);
  for (auto at = above.rbegin(); at != above.rend(); ++at)
    out << "<li><a href=\"" << path_of(**at) << "\">" << text((*at)->name) << "</a></li>";
  out << "<li aria-current=\"page\">" << text(shelf.title) << "</li></ol></nav>";
}

// What lies directly below the category, or the roots for a search, as far as something of it matches.
void put_aisles(Html& out, const Categories& all, const Shelf& shelf, const Listing& listing) {
  const CategoryId parent = shelf.category ? shelf.category->id : CategoryId{};
  bool any = false;
  for (const auto& found : listing.answer.facets.categories) {
    const auto* category = find(all, found.id);
    if (category == nullptr || category->parent != parent) continue;
    if (!any) out << "<ul class=\"below\" aria-label=\"Categories\">";
    any = true;
    out << "<li><a href=\"" << path_of(*category);
    if (!listing.chosen.words.empty()) out << "?q=" << percent_encode(listing.chosen.words);
    out << "\">" << text(category->name) << " <span class=\"count\">" << found.count << "</span></a></li>";
  }
  if (any) out << "</ul>";
}

void put_sort(Html& out, const Selection& chosen, Currency currency) {
  using showcase::Sort;
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

void put_results(Html& out, const Listing& listing, Currency currency) {
  const auto& answer = listing.answer;
  if (answer.items.empty()) {
    out << "<div class=\"empty\"><p class=\"lead\">Nothing on this shelf matches.</p><p>";
    if (listing.chosen.filtered())
      out << "<a class=\"button\" href=\"" << text(listing.chosen.cleared().address(currency))
          << "\">Take all filters away</a>";
    else
      out << "Fewer or other words may help. <a href=\"/search\">See everything we have</a>";
    out << "</p></div>";
    return;
  }
  put_cards(out, answer.items, 4);
  if (!answer.next_cursor && listing.chosen.cursor.empty()) return;
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

std::string body_of(const Site& site, const Categories& all, const Shelf& shelf, const Listing& listing) {
  const Currency currency = site.parts.showcase.settings().currency;
  const auto& answer = listing.answer;
  Html out;
  put_crumbs(out, all, shelf);
  out << "<div class=\"heading\"><h1>" << text(shelf.title) << "</h1><p class=\"quiet\">"
      << (answer.total_count_exact ? "" : "more than ") << counted(answer.total_count, "product", "products")
      << "</p></div>";
  put_aisles(out, all, shelf, listing);
  out << "<div class=\"tools\"><a class=\"button plain open-filters\" href=\"#filters\">" << kFunnel << "Filter";
  if (listing.chosen.filtered()) out << "<span class=\"unseen\">, some are chosen</span><span class=\"dot\"></span>";
  out << "</a>";
  put_sort(out, listing.chosen, currency);
  out << "</div>";
  put_chips(out, site, listing);
  out << "<div class=\"listing\">";
  put_filters(out, site, listing);
  out << "<section id=\"results\" aria-label=\"Products\" tabindex=\"-1\">";
  put_results(out, listing, currency);
  out << "</section></div>";
  return out.take();
}

Result<ReadyPages::Bytes> make(const Site& site, const Shelf& shelf, const Selection& selection) {
  TRY(const auto listing, read_listing(site, selection));
  TRY(const auto all, site.parts.showcase.categories());
  Frame frame{shelf.title, {}, {}, selection.words, {}, selection.path};
  if (!selection.filtered() && selection.cursor.empty() && selection.words.empty() && !selection.sort) {
    frame.canonical = selection.path;
    frame.description = shelf.title + " at " + std::string(kShopName) + ": " +
                        counted(listing.answer.total_count, "product", "products") +
                        ", with stock and prices as they are now.";
  }
  return site.shared_page(frame, body_of(site, all, shelf, listing));
}

Result<http::Response> answer(const SitePointer& site, const Shelf& shelf, const Selection& selection) {
  const Currency currency = site->parts.showcase.settings().currency;
  TRY(auto bytes, site->ready.listing(selection.address(currency), [&] { return make(*site, shelf, selection); }));
  return ready_response(std::move(bytes));
}

}  // namespace

void add_listing_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(page_endpoint(site, Method::kGet, "/search", "What a search finds; without words, everything",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.query));
                             const Selection chosen("/search", "", form, site->parts.showcase.settings().currency);
                             const std::string title =
                                 chosen.words.empty() ? "Everything we have" : "“" + chosen.words + "”";
                             return answer(site, {title, {}}, chosen);
                           }));
  auto category =
      page_endpoint(site, Method::kGet, "/c/{slug}", "A category", [site](http::Call& call) -> Result<http::Response> {
        TRY(const auto form, read_form(call.request.query));
        TRY(auto found, site->parts.showcase.category(call.param("slug")));
        if (!found) return fail(Errc::kNotFound, "pages.no_such_category", "There is no category at this address.");
        const Selection chosen(path_of(*found), found->slug, form, site->parts.showcase.settings().currency);
        const std::string title = found->name;
        return answer(site, {title, std::move(found)}, chosen);
      });
  category.inline_read = [site](std::string_view slug) {
    return site->ready.listing_at_hand("/c/" + percent_encode(slug));
  };
  router.add(std::move(category));
}

}  // namespace kontor::pages
