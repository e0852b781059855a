// Home, search, categories and products: the same bytes for everyone.
#include "pages/pages.h"
#include "shop/showcase/showcase.h"

namespace kontor::pages {
namespace {

using showcase::Availability;
using showcase::ListingAnswer;

std::string_view words_of(Availability availability) {
  switch (availability) {
    case Availability::kInStock:
      return "In stock";
    case Availability::kLowStock:
      return "Only a few left";
    case Availability::kBackorder:
      return "Can be ordered";
    case Availability::kPreorder:
      return "Can be pre-ordered";
    case Availability::kOutOfStock:
      return "Out of stock";
  }
  return "";
}

void put_picture(std::string& out, std::string_view title) {
  std::size_t bytes = 1;
  while (bytes < title.size() && (static_cast<unsigned char>(title[bytes]) & 0xC0) == 0x80) ++bytes;
  out += "<div class=\"picture\" aria-hidden=\"true\">";
  put_text(out, title.substr(0, bytes));
  out += "</div>";
}

void put_price(std::string& out, Money price, const std::optional<Money>& list_price) {
  out += "<div class=\"price\">";
  put_text(out, money_text(price));
  if (list_price && *list_price > price) {
    out += "<s><span class=\"skip\">before </span>";
    put_text(out, money_text(*list_price));
    out += "</s>";
  }
  out += "</div>";
}

void put_card(std::string& out, const showcase::Card& card) {
  out += "<li class=\"card\"><a href=\"/p/" + percent_encode(card.slug) + "\">";
  put_picture(out, card.title);
  out += "<div class=\"words\"><span class=\"quiet\">";
  put_text(out, card.brand);
  out += "</span><span class=\"title\">";
  put_text(out, card.title);
  out += "</span>";
  put_price(out, card.price, card.list_price);
  const bool gone = card.availability.status == Availability::kOutOfStock;
  out += gone ? "<span class=\"bad\">" : "<span class=\"good\">";
  out += words_of(card.availability.status);
  out += "</span></div></a></li>";
}

// Addresses keep what was asked and change one thing.
std::string with(const Form& form, std::string_view name, std::string_view value) {
  std::string query;
  for (const auto& [key, old] : form) {
    if (key == name || key == "cursor" || (key != "q" && key != "sort")) continue;
    query += (query.empty() ? "?" : "&") + percent_encode(key) + "=" + percent_encode(old);
  }
  if (!value.empty()) query += (query.empty() ? "?" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return query;
}

struct Shelf {
  std::string title;
  std::string path;    // "/" or "/c/laptops"
  std::string crumbs;  // HTML
};

std::string listing_body(const Shelf& shelf, const Form& form, const ListingAnswer& answer) {
  std::string out = shelf.crumbs + "<h1>";
  put_text(out, shelf.title);
  out += "</h1><p class=\"quiet\">" + std::string(answer.total_count_exact ? "" : "more than ") +
         std::to_string(answer.total_count) + (answer.total_count == 1 ? " product" : " products") + "</p>";
  if (!answer.facets.categories.empty()) {
    out += "<nav aria-label=\"Categories\"><ul class=\"chips\">";
    for (const auto& category : answer.facets.categories) {
      out += "<li><a href=\"/c/" + percent_encode(category.slug) + html_escape(with(form, "", "")) + "\">";
      put_text(out, category.name);
      out += " <span class=\"quiet\">" + std::to_string(category.count) + "</span></a></li>";
    }
    out += "</ul></nav>";
  }
  out += "<nav aria-label=\"Order\"><ul class=\"chips\">";
  const std::string_view now = value_of_form(form, "sort");
  for (const auto& [sort, words] : {std::pair<std::string_view, std::string_view>{"newest", "Newest"},
                                    {"price_asc", "Lowest price"},
                                    {"price_desc", "Highest price"},
                                    {"rating", "Best rated"}}) {
    out += "<li><a href=\"" + shelf.path + html_escape(with(form, "sort", sort)) + "\"" +
           (sort == now ? " aria-current=\"true\"" : "") + ">" + std::string(words) + "</a></li>";
  }
  out += "</ul></nav>";
  if (answer.items.empty()) out += "<p class=\"notice\">Nothing was found. Fewer words may help.</p>";
  out += "<ul class=\"grid\">";
  for (const auto& card : answer.items) put_card(out, card);
  out += "</ul>";
  if (answer.next_cursor) {
    out += "<p><a class=\"button\" rel=\"next\" href=\"" + shelf.path +
           html_escape(with(form, "cursor", *answer.next_cursor)) + "\">More products</a></p>";
  }
  return out;
}

// Pages take what they know and leave the rest of a query alone (utm_source and the like).
Result<http::Response> listing_page(const Parts& parts, const Shelf& shelf, const Form& form,
                                    const std::string& category) {
  showcase::ListingRequest request;
  request.limit = 24;
  if (const auto words = value_of_form(form, "q"); !words.empty()) request.q = std::string(clip(words, 200));
  if (!category.empty()) request.category.push_back(category);
  if (const auto sort = kontor::value_of<showcase::Sort>(value_of_form(form, "sort"))) request.sort = *sort;
  if (const auto cursor = value_of_form(form, "cursor"); !cursor.empty()) request.cursor = std::string(cursor);
  TRY(const auto query, showcase::listing_query(request, parts.showcase, parts.cursors));
  TRY(auto answer, parts.showcase.listing(query));
  showcase::seal_cursor(answer, query, parts.cursors);
  return page({shelf.title, value_of_form(form, "q"), true}, listing_body(shelf, form, answer));
}

void put_offers(std::string& out, const showcase::ProductState& state) {
  const auto& product = state.product;
  std::size_t sold = 0;
  bool any = false;
  for (const auto& offer : product.offers) sold += offer.active ? 1 : 0;
  out += "<form action=\"/cart/add\" method=\"post\"><div class=\"row\">";
  if (sold > 1) {
    out += "<div><label for=\"offer\">Variant</label><select id=\"offer\" name=\"offer\">";
    for (std::size_t i = 0; i < product.offers.size(); ++i) {
      const auto& offer = product.offers[i];
      if (!offer.active) continue;
      const bool there = showcase::availability_of(state.sellable[i], offer.backorder) != Availability::kOutOfStock;
      any = any || there;
      std::string words;
      for (const auto& [name, value] : offer.options) words += (words.empty() ? "" : ", ") + value;
      out += "<option value=\"" + offer.id.text() + "\"" + (offer.id == state.featured ? " selected" : "") +
             (there ? "" : " disabled") + ">";
      put_text(out, (words.empty() ? offer.sku : words) + " · " + money_text(offer.price) +
                        (there ? "" : " · out of stock"));
      out += "</option>";
    }
    out += "</select></div>";
  } else {
    for (std::size_t i = 0; i < product.offers.size(); ++i) {
      if (!product.offers[i].active) continue;
      any = showcase::availability_of(state.sellable[i], product.offers[i].backorder) != Availability::kOutOfStock;
      out += "<input type=\"hidden\" name=\"offer\" value=\"" + product.offers[i].id.text() + "\">";
    }
  }
  out +=
      "<div><label for=\"quantity\">Quantity</label><input class=\"count\" id=\"quantity\" name=\"quantity\" "
      "type=\"number\" "
      "inputmode=\"numeric\" min=\"1\" max=\"999\" value=\"1\"></div>";
  out += any ? "<button>Add to cart</button>" : "<button disabled>Out of stock</button>";
  out += "</div></form>";
}

void put_attributes(std::string& out, const std::string& attributes_json) {
  const auto document = json::parse(attributes_json);
  if (!document || !document->root().is_object() || document->root().get_object().empty()) return;
  out += "<h2>Details</h2><table>";
  for (const auto& member : document->root().get_object()) {
    std::string name(member.key());
    std::replace(name.begin(), name.end(), '_', ' ');
    std::string value;
    if (member.value().is_string())
      value = std::string(member.value().get_string());
    else
      json::print_value(value, member.value());
    out += "<tr><th scope=\"row\">";
    put_text(out, name);
    out += "</th><td>";
    put_text(out, value == "true" ? "yes" : value == "false" ? "no" : value);
    out += "</td></tr>";
  }
  out += "</table>";
}

std::string crumbs(const std::vector<std::string>& path, std::string_view slug) {
  std::string out = "<p class=\"crumbs\"><a href=\"/\">All products</a>";
  for (std::size_t i = 0; i < path.size(); ++i) {
    out += " › ";
    if (i + 1 == path.size() && !slug.empty())
      out += "<a href=\"/c/" + percent_encode(slug) + "\">" + html_escape(path[i]) + "</a>";
    else
      put_text(out, path[i]);
  }
  return out + "</p>";
}

Result<http::Response> product_page(const Parts& parts, std::string_view slug) {
  showcase::ListingRequest request;
  request.slug.emplace_back(slug);
  request.limit = 1;
  TRY(const auto query, showcase::listing_query(request, parts.showcase, parts.cursors));
  TRY(const auto found, parts.showcase.listing(query));
  if (found.items.empty())
    return fail(Errc::kNotFound, "pages.no_such_product", "There is no product at this address.");
  TRY(const auto state, parts.showcase.state(found.items[0].id));
  const auto& product = state.product;
  const auto& card = found.items[0];
  std::string out = crumbs(state.category_path, state.category_slug) + "<div class=\"product\">";
  put_picture(out, product.title);
  out += "<div><p class=\"quiet\">";
  put_text(out, product.brand);
  out += "</p><h1>";
  put_text(out, product.title);
  out += "</h1>";
  if (product.review_count > 0) {
    out += "<p class=\"quiet\">Rated " +
           std::to_string(static_cast<int>(product.rating * 10 + 0.5) / 10.0).substr(0, 3) + " of 5 by " +
           std::to_string(product.review_count) + "</p>";
  }
  put_price(out, card.price, card.list_price);
  const bool gone = card.availability.status == Availability::kOutOfStock;
  out += std::string("<p class=\"") + (gone ? "bad" : "good") + "\">" +
         std::string(words_of(card.availability.status)) + "</p>";
  put_offers(out, state);
  out += "<p>";
  put_text(out, product.description);
  out += "</p>";
  put_attributes(out, product.attributes_json);
  out += "</div></div>";
  return page({product.title, {}, true}, out);
}

}  // namespace

void add_browse_pages(http::Router& router, const Parts& parts) {
  using http::Method;
  router.add(
      page_endpoint(Method::kGet, "/", "Products and search", [parts](http::Call& call) -> Result<http::Response> {
        TRY(const auto form, read_form(call.request.query));
        const auto words = value_of_form(form, "q");
        return listing_page(
            parts, {words.empty() ? "All products" : "Results for “" + std::string(words) + "”", "/", ""}, form, "");
      }));
  router.add(
      page_endpoint(Method::kGet, "/c/{slug}", "A category", [parts](http::Call& call) -> Result<http::Response> {
        TRY(const auto form, read_form(call.request.query));
        TRY(const auto category, parts.showcase.category(call.param("slug")));
        if (!category) return fail(Errc::kNotFound, "pages.no_such_category", "There is no category at this address.");
        const Shelf shelf{
            category->name, "/c/" + percent_encode(category->slug),
            "<p class=\"crumbs\"><a href=\"/\">All products</a> › " + html_escape(category->path) + "</p>"};
        return listing_page(parts, shelf, form, category->slug);
      }));
  router.add(page_endpoint(Method::kGet, "/p/{slug}", "A product", [parts](http::Call& call) -> Result<http::Response> {
    return product_page(parts, call.param("slug"));
  }));
}

}  // namespace kontor::pages
