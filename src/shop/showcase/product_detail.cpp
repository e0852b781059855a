#include "shop/showcase/product_detail.h"

#include <algorithm>
#include <boost/json/object.hpp>

#include "services/languages.h"

namespace kontor::showcase {

Availability availability_of(std::int64_t sellable, std::int64_t backorder) {
  if (sellable > kLowStock) return Availability::kInStock;
  if (sellable > 0) return Availability::kLowStock;
  return sellable + backorder > 0 ? Availability::kBackorder : Availability::kOutOfStock;
}

AvailabilityView availability_view(std::int64_t sellable, std::int64_t backorder) {
  AvailabilityView view{availability_of(sellable, backorder), {}};
  if (view.status == Availability::kLowStock) view.quantity_hint = sellable;
  return view;
}

namespace {

std::string seller_name(SellerId id, std::span<const SellerName> sellers) {
  const auto found = std::find_if(sellers.begin(), sellers.end(), [&](const SellerName& s) { return s.id == id; });
  return found == sellers.end() ? std::string() : found->name;
}

DetailOffer offer_view(const catalog::Offer& offer, std::int64_t sellable, std::span<const SellerName> sellers) {
  DetailOffer view{offer.id,
                   offer.seller,
                   seller_name(offer.seller, sellers),
                   offer.sku,
                   offer.condition,
                   offer.options,
                   offer.now(),
                   offer.compared(),
                   availability_view(sellable, offer.backorder),
                   {},
                   {},
                   {}};
  if (view.list_price && *view.list_price > view.price) view.lowest_price_30d = offer.lowest_30d;
  view.price_valid_until = catalog::sale_ends(offer);
  if (offer.purchase_limit > 0) view.purchase_limit = offer.purchase_limit;
  if (offer.min_quantity > 1) view.min_quantity = offer.min_quantity;
  if (offer.quantity_step > 1) view.quantity_step = offer.quantity_step;
  return view;
}

std::optional<std::vector<AttributeReads>> attributes_read(const ProductState& state) {
  const auto* set = state.attributes ? state.attributes->of(state.product.category) : nullptr;
  if (set == nullptr) return std::nullopt;
  const auto document = json::parse(state.product.attributes_json);
  if (!document || !document->root().is_object()) return std::nullopt;
  std::vector<AttributeReads> reads;
  for (const auto& entry : set->entries()) {
    const auto& one = entry.definition;
    if (!document->root().get_object().contains(one.name)) continue;
    const auto label = catalog::label_of(one, "");
    reads.push_back({one.name, label.empty() ? std::nullopt : std::optional<std::string>(label), one.unit});
  }
  return reads;
}

// In which other languages there are texts: the product's own ones, then those of the names of its categories.
void put_locales(ProductDetail& detail, const ProductState& state) {
  std::vector<std::string> locales;
  for (auto& translation : catalog::translations_of(state.product.translations_json))
    locales.push_back(std::move(translation.locale));
  for (const catalog::Names& names : state.category_names)
    for (const auto& [language, name] : names)
      if (std::find(locales.begin(), locales.end(), language) == locales.end()) locales.push_back(language);
  if (!locales.empty()) detail.locales = std::move(locales);
}

}  // namespace

ProductDetail detail_of(const ProductState& state, Currency currency, std::span<const SellerName> sellers) {
  const catalog::Product& p = state.product;
  ProductDetail detail;
  detail.id = p.id;
  if (!p.external_id.empty()) detail.external_id = p.external_id;
  detail.slug = p.slug;
  detail.title = p.title;
  detail.description = p.description;
  detail.brand = p.brand;
  if (p.category) detail.category = Nullable<CategoryId>(p.category);
  detail.category_path = state.category_path;
  detail.images = p.images;
  detail.attributes = json::Raw{p.attributes_json};
  detail.attributes_read = attributes_read(state);
  detail.status = p.status;
  detail.avg_rating = p.rating;
  detail.review_count = p.review_count;
  detail.version = p.version;
  put_locales(detail, state);
  std::int64_t sellable = 0, backorder = 0;
  const DetailOffer* shown = nullptr;
  detail.offers.reserve(p.offers.size());
  for (std::size_t i = 0; i < p.offers.size(); ++i) {
    const catalog::Offer& offer = p.offers[i];
    if (!offer.active || offer.price.currency() != currency) continue;
    const DetailOffer& view = detail.offers.emplace_back(offer_view(offer, state.sellable[i], sellers));
    sellable += std::max<std::int64_t>(0, state.sellable[i]);
    backorder += offer.backorder + std::min<std::int64_t>(0, state.sellable[i]);
    if (offer.id == state.featured || shown == nullptr || (shown->id != state.featured && view.price < shown->price))
      shown = &view;
  }
  if (!catalog::meaning_of(p.status).buyable) {
    for (DetailOffer& offer : detail.offers) offer.availability = {};
  } else if (shown != nullptr) {
    detail.price = Nullable<Money>(shown->price);
    detail.list_price = shown->list_price;
    detail.lowest_price_30d = shown->lowest_price_30d;
    detail.featured_offer_id = Nullable<OfferId>(shown->id);
    detail.availability = availability_view(sellable, backorder);
  }
  return detail;
}

bool translate(ProductDetail& detail, const ProductState& state, std::span<const std::string> wished,
               std::string_view own) {
  if (wished.empty()) return false;
  for (std::size_t i = 0; i < detail.category_path.size() && i < state.category_names.size(); ++i)
    detail.category_path[i] =
        std::string(catalog::name_in(detail.category_path[i], state.category_names[i], wished, own));
  auto translations = catalog::translations_of(state.product.translations_json);
  std::vector<std::string_view> there;
  for (const auto& one : translations) there.emplace_back(one.locale);
  const auto place = services::choose_language(wished, there, own);
  if (!place) return false;
  catalog::Translation& chosen = translations[*place];
  if (!chosen.title.empty()) detail.title = std::move(chosen.title);
  if (!chosen.description.empty()) detail.description = std::move(chosen.description);
  detail.locale = std::move(chosen.locale);
  return true;
}

}  // namespace kontor::showcase
