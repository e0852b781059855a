// All SQL of promotions, home `stock`.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ports/db.h"
#include "services/check_report.h"
#include "shop/promotions/promotions.h"

namespace kontor::promotions::sql {

Result<void> insert(db::Tx& tx, const PromotionRow& row, const std::string& document);
// False when it has another version than `was`.
Result<bool> update(db::Tx& tx, const PromotionRow& row, const std::string& document, std::int64_t was);
Result<std::optional<PromotionRow>> find(db::Tx& tx, PromotionId id);
Result<std::vector<PromotionRow>> before(db::Tx& tx, PromotionId id, int limit);
// All that are active, in the order of ids.
Result<std::vector<PromotionRow>> active(db::Tx& tx);

Result<std::int64_t> other_active(db::Tx& tx, PromotionId id);  // how many besides this one

// kConflict "db.duplicate" when the code is taken.
Result<void> insert_coupons(db::Tx& tx, std::span<const CouponRow> rows);
Result<std::optional<CouponRow>> coupon(db::Tx& tx, const std::string& code);
Result<std::vector<CouponRow>> coupons_after(db::Tx& tx, PromotionId promotion, const std::string& after, int limit);
Result<bool> stop_coupon(db::Tx& tx, const std::string& code);

// False when the reservation has noted it before.
Result<bool> note_use(db::Tx& tx, CheckoutId reservation, CustomerId customer, const Use& use, Time now);
// False when it would be one too many.
Result<bool> count_use(db::Tx& tx, const Use& use);
Result<bool> count_code(db::Tx& tx, const std::string& code);
Result<std::int64_t> uses_of(db::Tx& tx, CustomerId customer, PromotionId promotion);
Result<std::vector<PromotionUses>> uses_of(db::Tx& tx, CustomerId customer);

struct UseRow {
  PromotionId promotion;
  std::string code;
  std::int64_t amount_minor = 0;
};
Result<std::vector<UseRow>> uses(db::Tx& tx, CheckoutId reservation);
Result<void> give_back(db::Tx& tx, CheckoutId reservation, std::span<const UseRow> rows);

Result<void> check(db::Tx& tx, services::CheckReport& report);

}  // namespace kontor::promotions::sql
