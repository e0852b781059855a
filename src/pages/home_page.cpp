// The first page: the quay with a house for each category, what is new, and what buyers like best.
#include "pages/cards.h"
#include "pages/json_ld.h"
#include "pages/pictures.h"
#include "pages/site.h"

namespace kontor::pages {
namespace {

using search::Item;

constexpr std::size_t kMostHouses = 8;
constexpr int kColours = 6;  // .house.c0 … in the style sheet
constexpr std::int64_t kInARow = 8;

struct House {
  catalog::Category category;
  std::int64_t count = 0;
  std::string image;
};

Result<search::ListingAnswer> ask(const Site& site, const search::ListingRequest& request, bool facets) {
  return site.parts.search.answer(request, facets);
}

Result<search::ListingAnswer> row(const Site& site, const Dress& dress, search::Sort sort, bool facets) {
  search::ListingRequest request;
  request.currency = dress.currency;
  request.locale = site.dresses.language(dress);
  request.sort = sort;
  request.limit = kInARow;
  return ask(site, request, facets);
}

// The picture of a category is that of its best rated product that has one.
Result<std::string> picture_of(const Site& site, const catalog::Category& category) {
  search::ListingRequest request;
  request.category.push_back(category.id.text());
  request.sort = search::Sort::kRating;
  request.limit = 5;
  TRY(const auto answer, ask(site, request, false));
  for (const auto& card : answer.items)
    if (card.image && is_shown(*card.image)) return *card.image;
  return std::string();
}

Result<std::vector<House>> houses(const Site& site, const Dress& dress, const search::Facets& facets) {
  TRY(const auto all, site.categories_in(dress));
  std::vector<House> found;
  for (const auto& category : all) {
    if (category.parent || found.size() == kMostHouses) continue;
    for (const auto& count : facets.categories) {
      if (count.id != category.id) continue;
      TRY(auto image, picture_of(site, category));
      found.push_back({category, count.count, std::move(image)});
    }
  }
  return found;
}

void put_quay(Html& out, const std::vector<House>& quay) {
  if (quay.empty()) return;
  out << "<nav class=\"quay\" aria-label=\"Categories with pictures\"><ul>";
  for (std::size_t i = 0; i < quay.size(); ++i) {
    const House& house = quay[i];
    out << "<li class=\"front c" << i % kColours << "\"><a href=\"/c/" << percent_encode(house.category.slug)
        << "\"><span class=\"window\">";
    put_picture(out, house.image, house.category.name, {240, 240, "(min-width: 64rem) 11rem, 40vw", true});
    out << "</span><span class=\"sign\">" << text(house.category.name) << "</span><span class=\"goods\">"
        << out.counted(house.count, "thing", "things") << "</span></a></li>";
  }
  out << "</ul></nav>";
}

struct Row {
  std::string_view id, title, more;
};
void put_row(Html& out, const Row& row, const std::vector<Item>& cards, bool rated) {
  if (cards.empty()) return;
  out << "<section class=\"row\" aria-labelledby=\"" << row.id << "\"><div class=\"heading\"><h2 id=\"" << row.id
      << "\">" << row.title << "</h2><a href=\"/search?sort=" << row.more
      << "\">See all<span class=\"unseen\">: " << row.title << "</span></a></div>";
  put_cards(out, cards, 0, rated);
  out << "</section>";
}

Result<ReadyPages::Bytes> make(const Site& site, const Dress& dress) {
  TRY(const auto newest, row(site, dress, search::Sort::kNewest, true));
  search::ListingAnswer best;
  if (site.parts.degradation.recommends()) {
    TRY(best, row(site, dress, search::Sort::kRating, false));
  }
  TRY(const auto quay, houses(site, dress, newest.facets));
  Html out(dress);
  out << "<div class=\"hero\"><div class=\"pitch\"><p class=\"kicker\">The shop on the quay</p><h1>Good things, "
         "honestly counted.</h1><p class=\"lead\">";
  if (newest.total_count > 0)
    out << (newest.total_count_exact ? "" : "More than ") << out.counted(newest.total_count, "product", "products")
        << " from people who know their trade. What the page says is in stock can be yours.";
  else
    out << "The shelves are still being filled. Come back soon.";
  out << "</p><p class=\"actions\"><a class=\"button\" href=\"/search\">Look around</a> <a class=\"button plain\" "
         "href=\"/search?sort=rating\">Best rated</a></p></div>";
  put_quay(out, quay);
  out << "<div class=\"water\" aria-hidden=\"true\"></div></div>";
  const bool rated = site.parts.degradation.rates_in_listings();
  put_row(out, {"new", "Just unloaded", "newest"}, newest.items, rated);
  put_row(out, {"best", "What buyers like best", "rating"}, best.items, rated);
  put_converted(out, newest.converted);
  out << "<section class=\"vows\" aria-label=\"How we trade\"><ul>"
         "<li><h2>Counted, not guessed</h2><p>The last one is sold once. If somebody was quicker, you hear it before "
         "you "
         "pay.</p></li>"
         "<li><h2>The price you saw</h2><p>If a price changes while you look, we ask again before anything is "
         "charged.</p></li>"
         "<li><h2>Yours alone</h2><p>No account needed, nobody follows you around, and the shop works without "
         "scripts.</p></li></ul></section>";
  Frame frame{{}, "A shop that counts honestly: prices and stock as they are, no account needed.", "/"};
  Html head(dress);
  put_ld(head, site_ld(kShopName, site.parts.public_url, site.assets.path("icon.svg")));
  frame.head = head.take();
  return site.shared_page(frame, out);
}

}  // namespace

void add_home_page(http::Router& router, const SitePointer& site) {
  auto home = page_endpoint(
      site, http::Method::kGet, "/", "The first page", [site](http::Call& call) -> Result<http::Response> {
        TRY(const auto form, read_form(call.request.query));
        if (const auto words = value_of_form(form, "q"); !words.empty())
          return redirect("/search?q=" + percent_encode(words));
        const Dress dress = site->dress_of(call.request);
        TRY(auto made, site->ready.listing(site->kept_as("/", dress), [&] { return make(*site, dress); }));
        return ready_response(std::move(made.bytes));
      });
  home.varies_by = kDressCookie;
  home.inline_read = [site](std::string_view) { return site->ready.listing_at_hand("/"); };
  router.add(std::move(home));
}

}  // namespace kontor::pages
