#include "pages/product_data.h"

#include "pages/cards.h"
#include "pages/pictures.h"
#include "pages/variants.h"
#include "runtime/json.h"

namespace kontor::pages {
namespace {

using showcase::Availability;

// JSON that may stand in a <script>: nothing in it ends one.
class Json {
 public:
  Json& raw(std::string_view json) {
    out_ += json;
    return *this;
  }
  Json& text(std::string_view value) {
    std::string printed;
    json::print_text(printed, value);
    for (const char c : printed) {
      if (c == '<')
        out_ += "\\u003c";
      else if (c == '>')
        out_ += "\\u003e";
      else if (c == '&')
        out_ += "\\u0026";
      else
        out_ += c;
    }
    return *this;
  }
  Json& member(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    raw(",\"").raw(name).raw("\":");
    return text(value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string_view schema_of(Availability availability) {
  switch (availability) {
    case Availability::kInStock:
      return "https://schema.org/InStock";
    case Availability::kLowStock:
      return "https://schema.org/LimitedAvailability";
    case Availability::kBackorder:
      return "https://schema.org/BackOrder";
    case Availability::kPreorder:
      return "https://schema.org/PreOrder";
    case Availability::kOutOfStock:
      break;
  }
  return "https://schema.org/OutOfStock";
}

std::string_view schema_of_condition(std::string_view condition) {
  if (condition == "used") return "https://schema.org/UsedCondition";
  if (condition == "refurbished") return "https://schema.org/RefurbishedCondition";
  return "https://schema.org/NewCondition";
}

void put_offers(Json& out, const showcase::ProductDetail& product, const std::string& url) {
  if (product.offers.empty()) return;
  out.raw(",\"offers\":[");
  bool first = true;
  for (const auto& offer : product.offers) {
    out.raw(first ? "{\"@type\":\"Offer\"" : ",{\"@type\":\"Offer\"");
    first = false;
    out.member("url", url).member("sku", offer.sku).member("price", decimal_text(offer.price));
    out.member("priceCurrency", offer.price.currency().code());
    out.member("availability", schema_of(offer.availability.status));
    out.member("itemCondition", schema_of_condition(offer.condition));
    if (!offer.seller.empty()) out.raw(",\"seller\":{\"@type\":\"Organization\"").member("name", offer.seller).raw("}");
    out.raw("}");
  }
  out.raw("]");
}

}  // namespace

std::string json_ld(const ProductView& product, const std::string& site) {
  const auto& p = product.detail;
  const std::string url = site + "/p/" + percent_encode(p.slug);
  Json out;
  out.raw("[{\"@context\":\"https://schema.org\",\"@type\":\"Product\"").member("name", p.title).member("url", url);
  out.member("description", p.description).member("gtin", product.gtin);
  if (!p.offers.empty()) out.member("sku", p.offers.front().sku);
  if (!p.brand.empty()) out.raw(",\"brand\":{\"@type\":\"Brand\"").member("name", p.brand).raw("}");
  bool first = true;
  for (const auto& image : p.images) {
    const std::string address = absolute_picture(image, site);
    if (address.empty()) continue;
    out.raw(first ? ",\"image\":[" : ",").text(address);
    first = false;
  }
  if (!first) out.raw("]");
  if (p.review_count > 0) {
    std::string rating;
    json::print_double(rating, p.avg_rating);
    out.raw(",\"aggregateRating\":{\"@type\":\"AggregateRating\",\"ratingValue\":").raw(rating);
    out.raw(",\"reviewCount\":").raw(std::to_string(p.review_count)).raw("}");
  }
  put_offers(out, p, url);
  out.raw("},{\"@context\":\"https://schema.org\",\"@type\":\"BreadcrumbList\",\"itemListElement\":[");
  int place = 0;
  const auto step = [&](std::string_view name, const std::string& path) {
    out.raw(place > 0 ? "," : "");
    ++place;
    out.raw("{\"@type\":\"ListItem\",\"position\":").raw(std::to_string(place)).member("name", name);
    out.member("item", path.empty() ? std::string() : site + path).raw("}");
  };
  for (const auto& crumb : product.crumbs) step(crumb.name, crumb.path);
  step(p.title, {});
  out.raw("]}]");
  return out.take();
}

std::string variants_json(const showcase::ProductDetail& product, const Dress& dress) {
  Json out;
  out.raw("[");
  bool first = true;
  for (const auto& offer : product.offers) {
    if (offer_for(product, offer.options) != &offer) continue;  // another seller's is the better one
    out.raw(first ? "{\"o\":{" : ",{\"o\":{");
    first = false;
    bool first_option = true;
    for (const auto& [name, value] : offer.options) {
      if (!first_option) out.raw(",");
      first_option = false;
      out.text(name).raw(":").text(value);
    }
    const bool gone = offer.availability.status == Availability::kOutOfStock;
    Html price(dress), stock(dress);
    put_price(price, offer.price, offer.list_price);
    put_prior_price(price, offer.lowest_price_30d);
    put_availability(stock, offer.availability);
    out.raw("},\"gone\":").raw(gone ? "1" : "0").member("price", price.str()).member("stock", stock.str());
    out.member("seller", offer.seller).raw("}");
  }
  out.raw("]");
  return out.take();
}

}  // namespace kontor::pages
