// A product: pictures, variants, price, what there is of it, and who sells it. The same bytes for everyone.
#include <algorithm>

#include "pages/attributes.h"
#include "pages/cards.h"
#include "pages/drawings.h"
#include "pages/pictures.h"
#include "pages/product_data.h"
#include "pages/related_rows.h"
#include "pages/site.h"
#include "pages/variants.h"

namespace kontor::pages {
namespace {

using showcase::Availability;
using showcase::DetailOffer;
using showcase::ProductDetail;

constexpr std::size_t kMostPictures = 12;
constexpr std::size_t kOpenOffers = 6;  // more of them are folded away

void put_gallery(Html& out, const ProductDetail& product) {
  const std::size_t count = std::min(product.images.size(), kMostPictures);
  out << "<div class=\"gallery\" data-gallery><div class=\"views\"";
  if (count > 1) out << " tabindex=\"0\" role=\"group\" aria-label=\"Pictures\"";
  out << ">";
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
    const std::string alt = count > 1 ? product.title + ", picture " + std::to_string(i + 1) : product.title;
    out << "<div id=\"picture-" << i + 1 << "\">";
    put_picture(out, count == 0 ? std::string_view() : std::string_view(product.images[i]), product.title,
                {640, 640, "(min-width: 56rem) 36rem, 94vw", i == 0, alt});
    out << "</div>";
  }
  out << "</div>";
  if (count > 1) {
    out << "<ul class=\"thumbs\">";
    for (std::size_t i = 0; i < count; ++i) {
      out << "<li><a href=\"#picture-" << i + 1 << "\"" << (i == 0 ? " aria-current=\"true\"" : "")
          << "><span class=\"unseen\">Picture " << i + 1 << "</span>";
      put_picture(out, product.images[i], product.title, {80, 80, "5rem"});
      out << "</a></li>";
    }
    out << "</ul>";
  }
  out << "</div>";
}

const DetailOffer* featured(const ProductDetail& product) {
  for (const auto& offer : product.offers)
    if (product.featured_offer_id && offer.id == *product.featured_offer_id) return &offer;
  return nullptr;
}

void put_choices(Html& out, const ProductDetail& product, const DetailOffer& shown) {
  for (const auto& choice : choices_of(product.offers)) {
    out << "<fieldset class=\"choice\"><legend>" << text(attribute_label(choice.name))
        << "</legend><div class=\"pills\">";
    for (const auto& value : choice.values) {
      const auto at = shown.options.find(choice.name);
      const bool on = at != shown.options.end() && at->second == value;
      Options options = shown.options;
      options[choice.name] = value;
      const DetailOffer* offer = offer_for(product, options);
      const bool gone = offer == nullptr || offer->availability.status == Availability::kOutOfStock;
      out << "<label class=\"pill" << (gone ? " gone" : "") << "\"><input type=\"radio\" name=\"" << kOptionField
          << text(choice.name) << "\" value=\"" << text(value) << "\" required" << (on ? " checked" : "") << "><span>"
          << text(value) << (gone ? "<span class=\"unseen\">, not to be had now</span>" : "") << "</span></label>";
    }
    out << "</div></fieldset>";
  }
}

std::int64_t most_of(const DetailOffer& offer) {
  return std::min(offer.purchase_limit.value_or(cart::kMostOfALine), cart::kMostOfALine);
}

// Browsers count steps from the least.
std::int64_t least_of(const DetailOffer& offer) {
  return std::max(offer.min_quantity.value_or(1), offer.quantity_step.value_or(1));
}

void put_buying(Html& out, const ProductDetail& product, const DetailOffer* shown) {
  if (shown == nullptr) {
    out << "<p class=\"notice\">This is no longer sold.</p>";
    return;
  }
  const bool gone = shown->availability.status == Availability::kOutOfStock;
  out << "<div data-price>";
  put_price(out, shown->price, shown->list_price);
  put_prior_price(out, shown->lowest_price_30d);
  out << "</div>";
  put_converted(out, product.converted);
  out << "<div data-stock>";
  put_availability(out, shown->availability);
  out << "</div><form class=\"buy\" action=\"/cart/add\" method=\"post\" data-buy>";
  if (shown->options.empty()) {
    out << "<input type=\"hidden\" name=\"offer\" value=\"" << shown->id.text() << "\">";
  } else {
    out << "<input type=\"hidden\" name=\"product\" value=\"" << product.id.text() << "\">";
    put_choices(out, product, *shown);
  }
  out << "<div class=\"buy-row\"><div><label for=\"quantity\">Quantity</label><input class=\"count\" id=\"quantity\" "
         "name=\"quantity\" type=\"number\" inputmode=\"numeric\" min=\""
      << least_of(*shown) << "\" max=\"" << most_of(*shown) << "\" step=\"" << shown->quantity_step.value_or(1)
      << "\" value=\"" << least_of(*shown) << "\" required></div><button class=\"strong\"" << (gone ? " disabled" : "")
      << ">" << kBasket << "<span>" << (gone ? "Out of stock" : "Add to cart") << "</span></button></div>";
  if (shown->purchase_limit) out << "<p class=\"quiet\">At most " << *shown->purchase_limit << " to each buyer.</p>";
  if (least_of(*shown) > 1)
    out << "<p class=\"quiet\">Sold from " << least_of(*shown) << " on"
        << (shown->quantity_step ? ", by " + std::to_string(*shown->quantity_step) : "") << ".</p>";
  if (!shown->seller.empty())
    out << "<p class=\"quiet\">Sold by <span data-seller>" << text(shown->seller) << "</span></p>";
  out << "</form>";
}

void put_offer(Html& out, const ProductDetail& product, const DetailOffer& offer) {
  const std::string words = words_of(offer.options);
  const bool gone = offer.availability.status == Availability::kOutOfStock;
  out << "<li><div class=\"who\"><p class=\"variant\">" << text(words.empty() ? product.title : words)
      << "</p><p "
         "class=\"quiet\">"
      << (offer.seller.empty() ? "" : "from ") << text(offer.seller) << (offer.seller.empty() ? "" : " · ")
      << text(offer.condition) << "</p></div><div class=\"worth\">";
  put_price(out, offer.price, offer.list_price);
  put_prior_price(out, offer.lowest_price_30d);
  put_availability(out, offer.availability);
  out << "</div><form action=\"/cart/add\" method=\"post\" data-buy><input type=\"hidden\" name=\"offer\" value=\""
      << offer.id.text() << "\"><input type=\"hidden\" name=\"quantity\" value=\"1\"><button class=\"plain\""
      << (gone ? " disabled" : "") << ">Add<span class=\"unseen\"> to the cart: " << text(words) << " from "
      << text(offer.seller) << "</span></button></form></li>";
}

void put_offers(Html& out, const ProductDetail& product) {
  if (product.offers.size() < 2) return;
  std::vector<const DetailOffer*> sorted;
  for (const auto& offer : product.offers) sorted.push_back(&offer);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto* a, const auto* b) { return a->price.amount_minor() < b->price.amount_minor(); });
  out << "<section class=\"offers\" aria-labelledby=\"offers\"><details"
      << (sorted.size() <= kOpenOffers ? " open" : "") << "><summary><h2 id=\"offers\">All " << sorted.size()
      << " offers</h2></summary><ul>";
  for (const auto* offer : sorted) put_offer(out, product, *offer);
  out << "</ul></details></section>";
}

void put_value(Html& out, const AttributeWords& reads, std::string_view name, const boost::json::value& value) {
  if (const auto* list = value.if_array()) {
    bool first = true;
    for (const auto& one : *list) {
      if (!first) out << ", ";
      first = false;
      put_value(out, reads, name, one);
    }
    return;
  }
  std::string words;
  if (value.is_string())
    words = std::string(value.get_string());
  else
    json::print_value(words, value);
  out << text(reads.value(name, words));
}

// Defined attributes in their order, then the others as the product has them.
void put_details(Html& out, const ProductDetail& product, const std::string& gtin, const AttributeWords& reads) {
  const auto document = json::parse(product.attributes.text);
  const bool any = document && document->root().is_object() && !document->root().get_object().empty();
  if (!any && gtin.empty()) return;
  out << "<section class=\"details\" aria-labelledby=\"details\"><h2 id=\"details\">Details</h2><dl>";
  if (any) {
    std::vector<const boost::json::key_value_pair*> members;
    for (const auto& member : document->root().get_object()) members.push_back(&member);
    std::stable_sort(members.begin(), members.end(),
                     [&](const auto* a, const auto* b) { return reads.place(a->key()) < reads.place(b->key()); });
    for (const auto* member : members) {
      out << "<div><dt>" << text(reads.label(member->key())) << "</dt><dd>";
      put_value(out, reads, member->key(), member->value());
      out << "</dd></div>";
    }
  }
  if (!gtin.empty()) out << "<div><dt>GTIN</dt><dd>" << text(gtin) << "</dd></div>";
  out << "</dl></section>";
}

void put_description(Html& out, std::string_view description) {
  while (!description.empty()) {
    const auto end = description.find("\n\n");
    const auto paragraph = trim(description.substr(0, end));
    if (!paragraph.empty()) out << "<p>" << text(paragraph) << "</p>";
    description = end == std::string_view::npos ? std::string_view() : description.substr(end + 2);
  }
}

struct Around {
  AttributeWords reads;
  showcase::RelatedCards related;
};

// The page's own words are English.
void put_language(Html& out, const ProductDetail& product) {
  if (product.locale) out << " lang=\"" << text(*product.locale) << "\"";
}

Html body_of(const Dress& dress, const ProductView& view, const Around& around) {
  const ProductDetail& product = view.detail;
  const bool sold = catalog::meaning_of(product.status).buyable;
  Html out(dress);
  put_crumbs(out, view.crumbs, product.title);
  out << "<article class=\"product\" data-product=\"" << product.id.text() << "\">";
  put_gallery(out, product);
  out << "<div class=\"facts\">";
  if (!product.brand.empty())
    out << "<p class=\"brand\"><a href=\"" << text(view.brand_path) << "\">" << text(product.brand) << "</a></p>";
  out << "<h1";
  put_language(out, product);
  out << ">" << text(product.title) << "</h1>";
  put_stars(out, product.avg_rating, product.review_count);
  put_buying(out, product, featured(product));
  out << "<div class=\"story\"";
  put_language(out, product);
  out << ">";
  put_description(out, product.description);
  out << "</div></div></article>";
  if (sold) put_offers(out, product);
  put_details(out, product, view.gtin, around.reads);
  put_related(out, around.related, sold);
  if (!view.crumbs.empty()) {
    const auto& shelf = view.crumbs.back();
    out << "<p class=\"onward\"><a class=\"button plain\" href=\"" << text(shelf.path)
        << "\">More on this shelf: " << text(shelf.name) << "</a></p>";
  }
  if (sold && !choices_of(product.offers).empty())
    out << "<script type=\"application/json\" id=\"variants\">" << variants_json(product, dress) << "</script>";
  return out;
}

std::vector<Crumb> crumbs_of(const std::vector<catalog::Category>& all, CategoryId category) {
  std::vector<Crumb> crumbs;
  while (category && crumbs.size() < 32) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == category; });
    if (found == all.end()) break;
    crumbs.insert(crumbs.begin(), {found->name, "/c/" + percent_encode(found->slug)});
    category = found->parent;
  }
  return crumbs;
}

std::string summary_of(const ProductDetail& product) {
  const std::string_view text = trim(product.description);
  std::string out(clip(text, 155));
  if (out.size() < text.size()) out += "…";
  return out.empty() ? product.title + " at " + std::string(kShopName) : out;
}

Result<std::string> brand_path(const Site& site, const std::string& brand) {
  TRY(const auto slug, site.parts.catalog.addresses().brand_slug(brand));
  return slug ? "/brands/" + percent_encode(*slug) : "/search?brand=" + percent_encode(brand);
}

// What other programs read is the shop's own, whatever the dress.
Result<ReadyPages::Bytes> make(Site& site, const Dress& dress, ProductId id) {
  TRY(const auto state, site.parts.showcase.state(id));
  ProductView view;
  TRY(view.detail, detail_of(site.parts.showcase, state));
  view.gtin = state.product.gtin;
  TRY(const auto categories, site.parts.showcase.categories());
  view.crumbs = crumbs_of(categories, state.product.category);
  const auto* defined = state.attributes->of(state.product.category);
  Around around{AttributeWords(state.attributes, defined, dress.formats.tag()), {}};
  TRY(around.related, read_related(site, dress, id));
  TRY(view.brand_path, brand_path(site, state.product.brand));
  const ProductDetail& product = view.detail;
  Html head(dress);
  put_ld(head, json_ld(view, site.parts.public_url));
  head << "<meta property=\"og:type\" content=\"product\"><meta property=\"og:title\" content=\"" << text(product.title)
       << "\">";
  const std::string picture =
      product.images.empty() ? std::string() : absolute_picture(product.images.front(), site.parts.public_url);
  if (!picture.empty()) head << "<meta property=\"og:image\" content=\"" << text(picture) << "\">";
  if (dress.currency != site.dresses.own().currency) {
    TRY(view.detail, showcase::detail_in(site.parts.showcase, site.parts.rates, state, dress.currency));
  }
  if (const auto language = site.dresses.language(dress)) {
    showcase::translate(view.detail, state, std::span(&*language, 1), site.dresses.own().formats.tag());
    TRY(const auto translated, site.categories_in(dress));
    view.crumbs = crumbs_of(translated, state.product.category);
  }
  const Frame frame{product.title, summary_of(product), "/p/" + percent_encode(product.slug), {}, head.take(), {}};
  const bool longer = site.dresses.is_own(dress) && site.parts.showcase.keeps_longer(id);
  return site.shared_page(frame, body_of(dress, view, around), product.slug,
                          longer ? Caching::kLonger : Caching::kShared);
}

// In another dress than the shop's: kept like a listing, a minute at most.
Result<ReadyPages::Made> dressed(Site& site, const Dress& dress, std::string_view slug) {
  return site.ready.listing(site.kept_as("/p/" + percent_encode(slug), dress), [&]() -> Result<ReadyPages::Made> {
    TRY(const auto id, site.parts.showcase.product_by_slug(slug));
    if (!id) return fail(Errc::kNotFound, "pages.no_such_product", "There is no product at this address.");
    return make(site, dress, *id);
  });
}

// Where the product is now that had this slug before; nullopt when none had, or it is not shown.
Result<std::optional<http::Response>> way_on(const Site& site, const http::Call& call) {
  TRY(const auto owner, site.parts.showcase.product_by_former_slug(call.param("slug")));
  if (!owner) return std::optional<http::Response>{};
  const auto state = site.parts.showcase.state(*owner);
  if (!state && state.error().code == Errc::kNotFound) return std::optional<http::Response>{};
  if (!state) return tl::unexpected<Error>(state.error());
  return std::optional(moved("/p/" + percent_encode(state->product.slug), call.request));
}

Result<http::Response> answer(Site& site, const http::Call& call) {
  const Dress dress = site.dress_of(call.request);
  const std::string_view slug = call.param("slug");
  const auto page = [&]() -> Result<ReadyPages::Bytes> {
    if (site.dresses.is_own(dress))
      return site.ready.product(slug, [&](ProductId id) { return make(site, dress, id); });
    TRY(auto made, dressed(site, dress, slug));
    return std::move(made.bytes);
  };
  auto bytes = page();
  if (bytes) return ready_response(std::move(*bytes));
  if (bytes.error().code == Errc::kNotFound) {
    TRY(auto moved_on, way_on(site, call));
    if (moved_on) return std::move(*moved_on);
  }
  return tl::unexpected(std::move(bytes.error()));
}

}  // namespace

Result<bool> warm_product_page(Site& site, ProductId id) {
  return site.ready.make_ahead(id, [&site](ProductId product) { return make(site, site.dresses.own(), product); });
}

void add_product_page(http::Router& router, const SitePointer& site) {
  auto product = page_endpoint(site, http::Method::kGet, "/p/{slug}", "A product",
                               [site](http::Call& call) { return answer(*site, call); });
  product.varies_by = kDressCookie;
  product.inline_read = [site](std::string_view slug) { return site->ready.product_at_hand(slug); };
  product.fetch_ahead = [site](std::string_view slug, http::Ahead& ahead) { site->ready.fetch_ahead(slug, ahead); };
  product.grown = [site](std::string_view slug, const ReadyPages::Bytes& bytes) {
    site->ready.weigh_again(slug, bytes);
  };
  router.add(std::move(product));
}

}  // namespace kontor::pages
