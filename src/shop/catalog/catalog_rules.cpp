// What a product may look like, wherever it comes from.
#include "base/gtin.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/catalog/product_document.h"

namespace kontor::catalog {
namespace {

constexpr std::int64_t kMostPieces = 1'000'000'000;
constexpr std::int64_t kMostAtOnce = 999;

struct Check {
  std::vector<FieldError>& wrong;

  void text(const std::string& field, std::string_view value, std::size_t min, std::size_t max) const {
    const std::size_t length = count_code_points(value);
    if (length < min) wrong.push_back({field, min == 1 ? "required" : "too_short", "The text is too short."});
    if (length > max)
      wrong.push_back({field, "too_long", "The text has more than " + std::to_string(max) + " characters."});
    if (value.find('\0') != std::string_view::npos)
      wrong.push_back({field, "bad_format", "A text cannot hold the character NUL."});
  }
  void number(const std::string& field, std::int64_t value, std::int64_t max, std::int64_t min = 0) const {
    if (value < min || value > max)
      wrong.push_back({field, "out_of_range",
                       "The number must lie between " + std::to_string(min) + " and " + std::to_string(max) + "."});
  }
  void money(const std::string& field, Money value) const {
    number(field + "/amount", value.amount_minor(), kMaxAmountMinor);
  }
};

void check_offer(const Offer& offer, const std::string& at, const Check& check) {
  check.text(at + "/sku", offer.sku, 1, 100);
  check.text(at + "/condition", offer.condition, 1, 40);
  if (offer.options.size() > 20)
    check.wrong.push_back({at + "/options", "too_long", "An offer has at most 20 options."});
  for (const auto& [name, value] : offer.options) {
    check.text(at + "/options", name, 1, 100);
    check.text(at + "/options", value, 0, 200);
  }
  check.money(at + "/price", offer.price);
  if (offer.list_price) {
    check.money(at + "/list_price", *offer.list_price);
    if (offer.list_price->currency() != offer.price.currency())
      check.wrong.push_back(
          {at + "/list_price/currency", "currency_mismatch", "The list price is in the price's currency."});
  }
  check.number(at + "/purchase_limit", offer.purchase_limit, kMostPieces);
  check.number(at + "/backorder", offer.backorder, kMostPieces);
  check.number(at + "/min_quantity", offer.min_quantity, kMostAtOnce, 1);
  check.number(at + "/quantity_step", offer.quantity_step, kMostAtOnce, 1);
  if (offer.quantity_step > 0 && offer.min_quantity > 1 && offer.min_quantity % offer.quantity_step != 0)
    check.wrong.push_back({at + "/min_quantity", "not_a_multiple", "The least quantity is a multiple of the step."});
}

}  // namespace

void check_gtin(std::string_view gtin, std::vector<FieldError>& wrong) {
  if (gtin.empty()) return;
  if (auto fault = wrong_with_gtin(gtin)) wrong.push_back({"/gtin", std::string(fault->code), std::move(fault->words)});
}

void check_draft(const Draft& draft, std::vector<FieldError>& wrong) {
  const Product& product = draft.product;
  const Check check{wrong};
  check.text("/title", product.title, 1, 500);
  if (trim(product.title).empty() && !product.title.empty())
    wrong.push_back({"/title", "required", "The title is blank."});
  check.text("/external_id", product.external_id, 0, 200);
  check.text("/description", product.description, 0, 50'000);
  check.text("/brand", product.brand, 0, 200);
  check_gtin(plain_gtin(product.gtin), wrong);
  check.text("/tax_class", product.tax_class, 1, 40);
  check.number("/weight_g", product.weight_g, kMostPieces);
  check.number("/review_count", product.review_count, kMostPieces);
  if (!(product.rating >= 0 && product.rating <= 5))
    wrong.push_back({"/rating", "out_of_range", "A rating lies between 0 and 5."});
  if (!product.dimensions_mm.empty() && product.dimensions_mm.size() != 3)
    wrong.push_back({"/dimensions_mm", "wrong_length", "Dimensions are three numbers: length, width, height."});
  for (const std::int64_t side : product.dimensions_mm) check.number("/dimensions_mm", side, kMostPieces);
  if (product.images.size() > 50) wrong.push_back({"/images", "too_long", "A product has at most 50 images."});
  for (std::size_t i = 0; i < product.images.size(); ++i)
    check.text("/images/" + std::to_string(i), product.images[i], 1, 2000);
  check_attributes(product.attributes_json, "/attributes", wrong);
  check_translations(product.translations_json, "/translations", wrong);
  if (product.offers.size() > 200)
    wrong.push_back({"/offers", "too_long", "A product has at most 200 offers at once."});
  for (std::size_t i = 0; i < product.offers.size(); ++i) {
    check_offer(product.offers[i], "/offers/" + std::to_string(i), check);
    for (std::size_t j = 0; j < i; ++j)
      if (product.offers[i].sku == product.offers[j].sku && product.offers[i].seller == product.offers[j].seller)
        wrong.push_back({"/offers/" + std::to_string(i) + "/sku", "duplicate", "The row names this sku twice."});
  }
}

}  // namespace kontor::catalog
