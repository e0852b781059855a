#include "shop/checkout/preview.h"

namespace kontor::checkout {
namespace {

// The cart and the body that the same purchase would come with.
Result<PreviewView> preview(Checkouts& checkouts, const PreviewBody& in) {
  Imagined purchase;
  purchase.customer = in.customer_id.value_or(CustomerId{});
  for (const auto& line : in.items)
    purchase.lines.push_back({CartItemId{}, line.offer_id, ProductId{}, line.quantity, false});
  for (std::size_t i = 0; i < in.coupons.size(); ++i) {
    auto code = promotions::tidy_code(in.coupons[i]);
    if (!code)
      return invalid("cart.no_code", "/coupons/" + std::to_string(i), "bad_format",
                     "A code has 3 to 40 letters, digits, '-' and '_'.");
    purchase.coupons.push_back(std::move(*code));
  }
  purchase.body.currency = in.currency;
  purchase.body.shipping_address = in.shipping_address;
  purchase.body.shipping_option = in.shipping_option;
  purchase.at = in.at;
  return checkouts.imagine(purchase);
}

}  // namespace

void add_preview_routes(http::Router& router, Checkouts& checkouts, const services::Shoppers& shoppers) {
  router.post<PreviewBody, PreviewView>(
      "/admin/promotions/preview",
      {"What a purchase would cost, and why",
       {"cart.no_code", "inventory.out_of_stock", "checkout.purchase_limit", "pricing.currency_mismatch"},
       200,
       "admin"},
      [&checkouts, &shoppers](http::Call& call, const PreviewBody& in) -> Result<PreviewView> {
        TRY_DO(shoppers.require_role(call, services::Role::kMerchandiser));
        return preview(checkouts, in);
      });
}

}  // namespace kontor::checkout
