// The types there are; each is defined in the file of its name.
#pragma once
#include "shop/promotions/promotion_type.h"

namespace kontor::promotions {

Result<std::shared_ptr<const Rule>> read_bundle(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_buy_x_get_y(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_first_order(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_fixed_amount(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_free_shipping(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_gift(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_membership(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_percentage(const json::Raw& parameters);
Result<std::shared_ptr<const Rule>> read_tiered(const json::Raw& parameters);

inline constexpr PromotionType kBundle{
    "bundle", "Several things together at a price of their own", false, read_bundle,
    R"({"items": [{"product_id": "prod_…", "quantity": 1}, {"product_id": "prod_…", "quantity": 2}], )"
    R"("prices": [{"amount": 4900, "currency": "USD"}]})"};
inline constexpr PromotionType kBuyXGetY{"buy_x_get_y", "Of so many units the cheapest are free, or cheaper", false,
                                         read_buy_x_get_y, R"({"buy": 2, "get": 1, "basis_points": 10000})"};
inline constexpr PromotionType kFirstOrder{"first_order", "A part of the price of a customer's first order", false,
                                           read_first_order, R"({"basis_points": 1000})"};
inline constexpr PromotionType kFixedAmount{"fixed_amount", "An amount off", false, read_fixed_amount,
                                            R"({"amounts": [{"amount": 500, "currency": "USD"}]})"};
inline constexpr PromotionType kFreeShipping{"free_shipping", "No price for shipping", false, read_free_shipping,
                                             R"({"options": ["standard"]})"};
inline constexpr PromotionType kGift{"gift", "Something free with a purchase, once it is in the cart", false, read_gift,
                                     R"({"offer_id": "off_…", "quantity": 1})"};
inline constexpr PromotionType kMembership{"membership", "A part of the price, for members", true, read_membership,
                                           R"({"basis_points": 1500})"};
inline constexpr PromotionType kPercentage{"percentage", "A part of the price off", false, read_percentage,
                                           R"({"basis_points": 1000})"};
inline constexpr PromotionType kTiered{"tiered", "The more of one offer, the larger the part off", false, read_tiered,
                                       R"({"tiers": [{"quantity": 5, "basis_points": 1000}]})"};

}  // namespace kontor::promotions
