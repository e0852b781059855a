#include "pages/product_data.h"

#include <algorithm>

#include "pages/cards.h"
#include "pages/pictures.h"
#include "pages/variants.h"
#include "runtime/json.h"

namespace kontor::pages {
namespace {

using showcase::Availability;

// A page that stays although nothing is sold on it says more than that there is none left just now.
std::string_view schema_of(catalog::ProductStatus status, Availability availability) {
  if (!catalog::meaning_of(status).buyable) return "https://schema.org/Discontinued";
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

// Where schema.org has a property of its own for what variants differ in.
std::string_view property_of(std::string_view option) {
  const std::string name = fold(option);
  if (name == "color" || name == "colour") return "color";
  for (const std::string_view known : {"size", "material", "pattern"})
    if (name == known) return known;
  return {};
}

// Whose offer it is, as far as its offers tell of it.
struct Sold {
  catalog::ProductStatus status;
  std::string url;
};

void put_offer(ScriptJson& out, const showcase::DetailOffer& offer, const Sold& of) {
  const Currency currency = offer.price.currency();
  out.raw("{\"@type\":\"Offer\"");
  out.member("url", of.url).member("sku", offer.sku).member("price", decimal_text(offer.price));
  out.member("priceCurrency", currency.code());
  if (offer.price_valid_until) out.member("priceValidUntil", to_rfc3339(*offer.price_valid_until));
  if (offer.list_price && *offer.list_price > offer.price) {
    out.raw(",\"priceSpecification\":{\"@type\":\"UnitPriceSpecification\"");
    out.member("priceType", "https://schema.org/StrikethroughPrice").member("price", decimal_text(*offer.list_price));
    out.member("priceCurrency", currency.code()).raw("}");
  }
  out.member("availability", schema_of(of.status, offer.availability.status));
  out.member("itemCondition", schema_of_condition(offer.condition));
  if (!offer.seller.empty()) out.raw(",\"seller\":{\"@type\":\"Organization\"").member("name", offer.seller).raw("}");
  out.raw("}");
}

using Offers = std::vector<const showcase::DetailOffer*>;

// One seller's offer, or what several ask.
void put_offers(ScriptJson& out, const Offers& offers, const Sold& of) {
  if (offers.empty()) return;
  out.raw(",\"offers\":");
  if (offers.size() == 1) return put_offer(out, *offers.front(), of);
  const auto [least, most] = std::minmax_element(offers.begin(), offers.end(),
                                                 [](const auto* a, const auto* b) { return a->price < b->price; });
  out.raw("{\"@type\":\"AggregateOffer\",\"offerCount\":").raw(std::to_string(offers.size()));
  out.member("lowPrice", decimal_text((*least)->price)).member("highPrice", decimal_text((*most)->price));
  out.member("priceCurrency", (*least)->price.currency().code()).raw(",\"offers\":[");
  for (std::size_t i = 0; i < offers.size(); ++i) {
    out.raw(i > 0 ? "," : "");
    put_offer(out, *offers[i], of);
  }
  out.raw("]}");
}

struct Variant {
  const Options* options;
  Offers offers;
};

// By their options, in the order in which offers name them.
std::vector<Variant> variants_of(const showcase::ProductDetail& product) {
  std::vector<Variant> variants;
  for (const auto& offer : product.offers) {
    auto found = std::find_if(variants.begin(), variants.end(),
                              [&](const Variant& one) { return *one.options == offer.options; });
    if (found == variants.end()) found = variants.insert(variants.end(), {&offer.options, {}});
    found->offers.push_back(&offer);
  }
  return variants;
}

void put_variant(ScriptJson& out, const showcase::ProductDetail& p, const Variant& variant, const std::string& url) {
  const std::string words = words_of(*variant.options);
  out.raw("{\"@type\":\"Product\"").member("name", words.empty() ? p.title : p.title + ", " + words);
  out.member("sku", variant.offers.front()->sku).member("url", url);
  std::string others;
  for (const auto& [name, value] : *variant.options) {
    if (const auto property = property_of(name); !property.empty()) {
      out.member(property, value);
      continue;
    }
    ScriptJson other;
    other.raw("{\"@type\":\"PropertyValue\"").member("name", name).member("value", value).raw("}");
    others += (others.empty() ? "" : ",") + other.take();
  }
  if (!others.empty()) out.raw(",\"additionalProperty\":[").raw(others).raw("]");
  put_offers(out, variant.offers, {p.status, url});
  out.raw("}");
}

// Each variant is a product of its own, of one group.
void put_variants(ScriptJson& out, const showcase::ProductDetail& p, const std::vector<Variant>& variants,
                  const std::string& url) {
  out.member("productGroupID", p.id.text());
  std::vector<std::string_view> differs;
  for (const Variant& variant : variants)
    for (const auto& [name, value] : *variant.options) {
      const std::string_view property = property_of(name);
      if (!property.empty() && std::find(differs.begin(), differs.end(), property) == differs.end())
        differs.push_back(property);
    }
  for (std::size_t i = 0; i < differs.size(); ++i)
    out.raw(i == 0 ? ",\"variesBy\":[" : ",").text("https://schema.org/" + std::string(differs[i]));
  out.raw(differs.empty() ? "" : "]").raw(",\"hasVariant\":[");
  for (std::size_t i = 0; i < variants.size(); ++i) {
    out.raw(i > 0 ? "," : "");
    put_variant(out, p, variants[i], url);
  }
  out.raw("]");
}

void put_facts(ScriptJson& out, const ProductView& product, const std::string& url, const std::string& site) {
  const auto& p = product.detail;
  out.member("name", p.title).member("url", url).member("description", p.description).member("gtin", product.gtin);
  if (!p.brand.empty()) out.raw(",\"brand\":{\"@type\":\"Brand\"").member("name", p.brand).raw("}");
  bool first = true;
  for (const auto& image : p.images) {
    const std::string address = absolute_picture(image, site);
    if (address.empty()) continue;
    out.raw(first ? ",\"image\":[" : ",").text(address);
    first = false;
  }
  if (!first) out.raw("]");
  if (p.review_count <= 0) return;
  std::string rating;
  json::print_double(rating, p.avg_rating);
  out.raw(",\"aggregateRating\":{\"@type\":\"AggregateRating\",\"ratingValue\":").raw(rating);
  out.raw(",\"bestRating\":5,\"reviewCount\":").raw(std::to_string(p.review_count)).raw("}");
}

}  // namespace

std::string json_ld(const ProductView& product, const std::string& site) {
  const auto& p = product.detail;
  const std::string url = site + "/p/" + percent_encode(p.slug);
  const auto variants = variants_of(p);
  const bool group = variants.size() > 1;
  ScriptJson out;
  out.raw("[{\"@context\":\"https://schema.org\",\"@type\":").raw(group ? "\"ProductGroup\"" : "\"Product\"");
  put_facts(out, product, url, site);
  if (group) {
    put_variants(out, p, variants, url);
  } else if (!variants.empty()) {
    out.member("sku", p.offers.front().sku);
    put_offers(out, variants.front().offers, {p.status, url});
  }
  out.raw("},").raw(breadcrumbs_ld(product.crumbs, p.title, site)).raw("]");
  return out.take();
}

std::string variants_json(const showcase::ProductDetail& product, const Dress& dress) {
  ScriptJson out;
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
