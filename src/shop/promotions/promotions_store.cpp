#include "shop/promotions/promotions_store.h"

#include "base/assert.h"
#include "runtime/json.h"

namespace kontor::promotions::sql {
namespace {

using db::Home;
using db::Query;

constexpr Query kInsert{"promotions.insert", Home::kStock, R"sql(
  INSERT INTO promotions_promotions (id, status, version, document, max_uses, budget_minor, uses, spent_minor,
                                     created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $7)
)sql"};
constexpr Query kUpdate{"promotions.update", Home::kStock, R"sql(
  UPDATE promotions_promotions SET status = $3, version = $4, document = $5, max_uses = $6, budget_minor = $7,
         updated_at = $8
   WHERE id = $1 AND version = $2
)sql"};
#define KONTOR_PROMOTION_COLUMNS \
  "SELECT id, version, document, uses, spent_minor, created_at, updated_at FROM promotions_promotions "
constexpr Query kFind{"promotions.find", Home::kStock, KONTOR_PROMOTION_COLUMNS "WHERE id = $1"};
constexpr Query kBefore{"promotions.before", Home::kStock,
                        KONTOR_PROMOTION_COLUMNS "WHERE id < $1 ORDER BY id DESC LIMIT $2"};
constexpr Query kActive{"promotions.active", Home::kStock,
                        KONTOR_PROMOTION_COLUMNS "WHERE status = 0 ORDER BY id LIMIT 2000"};

constexpr Query kCountActive{"promotions.count_active", Home::kStock,
                             "SELECT COUNT(*) FROM promotions_promotions WHERE status = 0 AND id <> $1"};

constexpr Query kInsertCoupon{"promotions.insert_coupon", Home::kStock, R"sql(
  INSERT INTO promotions_coupons (code, promotion_id, max_uses, uses, active, created_at) VALUES ($1, $2, $3, 0, 1, $4)
)sql"};
#define KONTOR_COUPON_COLUMNS "SELECT code, promotion_id, max_uses, uses, active, created_at FROM promotions_coupons "
constexpr Query kCoupon{"promotions.coupon", Home::kStock, KONTOR_COUPON_COLUMNS "WHERE code = $1"};
constexpr Query kCouponsAfter{"promotions.coupons_after", Home::kStock,
                              KONTOR_COUPON_COLUMNS "WHERE promotion_id = $1 AND code > $2 ORDER BY code LIMIT $3"};
constexpr Query kStopCoupon{"promotions.stop_coupon", Home::kStock,
                            "UPDATE promotions_coupons SET active = 0 WHERE code = $1"};

constexpr Query kNoteUse{"promotions.note_use", Home::kStock, R"sql(
  INSERT INTO promotions_uses (reservation_id, promotion_id, customer_id, code, amount_minor, used_at)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (reservation_id, promotion_id) DO NOTHING
)sql"};
constexpr Query kCountUse{"promotions.count_use", Home::kStock, R"sql(
  UPDATE promotions_promotions SET uses = uses + 1, spent_minor = spent_minor + CAST($2 AS BIGINT)
   WHERE id = $1 AND (max_uses = 0 OR uses < max_uses)
     AND (budget_minor = 0 OR spent_minor + CAST($2 AS BIGINT) <= budget_minor)
)sql"};
constexpr Query kCountCode{"promotions.count_code", Home::kStock, R"sql(
  UPDATE promotions_coupons SET uses = uses + 1
   WHERE code = $1 AND active = 1 AND (max_uses = 0 OR uses < max_uses)
)sql"};
constexpr Query kUsesOf{"promotions.uses_of", Home::kStock,
                        "SELECT COUNT(*) FROM promotions_uses WHERE customer_id = $1 AND promotion_id = $2"};
constexpr Query kUsesOfAll{"promotions.uses_of_all", Home::kStock, R"sql(
  SELECT promotion_id, COUNT(*) FROM promotions_uses WHERE customer_id = $1 GROUP BY promotion_id
)sql"};
constexpr Query kUses{"promotions.uses", Home::kStock, R"sql(
  SELECT promotion_id, code, amount_minor FROM promotions_uses WHERE reservation_id = $1 ORDER BY promotion_id
)sql"};
constexpr Query kDropUse{"promotions.drop_use", Home::kStock,
                         "DELETE FROM promotions_uses WHERE reservation_id = $1 AND promotion_id = $2"};
constexpr Query kUncountUse{"promotions.uncount_use", Home::kStock, R"sql(
  UPDATE promotions_promotions SET uses = uses - 1, spent_minor = spent_minor - CAST($2 AS BIGINT) WHERE id = $1
)sql"};
constexpr Query kUncountCode{"promotions.uncount_code", Home::kStock,
                             "UPDATE promotions_coupons SET uses = uses - 1 WHERE code = $1"};

constexpr Query kCheckPromotions{"promotions.check", Home::kStock, R"sql(
  SELECT p.id, p.max_uses, p.budget_minor, p.uses, p.spent_minor,
         (SELECT COUNT(*) FROM promotions_uses AS u WHERE u.promotion_id = p.id),
         (SELECT COALESCE(SUM(u.amount_minor), 0) FROM promotions_uses AS u WHERE u.promotion_id = p.id)
    FROM promotions_promotions AS p WHERE p.uses > 0 OR p.spent_minor > 0
)sql"};
constexpr Query kCheckCoupons{"promotions.check_coupons", Home::kStock, R"sql(
  SELECT c.code, c.max_uses, c.uses, (SELECT COUNT(*) FROM promotions_uses AS u WHERE u.code = c.code)
    FROM promotions_coupons AS c WHERE c.uses > 0
)sql"};

Result<PromotionRow> promotion_of(const db::Rows::Row& row) {
  PromotionRow out;
  TRY(out.promotion, json::read<Promotion>(row.text(2)));
  out.promotion.id = row.id<PromotionId>(0);
  out.promotion.version = row.i64(1);
  out.uses = row.i64(3);
  out.spent_minor = row.i64(4);
  out.created = row.time(5);
  out.updated = row.time(6);
  return out;
}

Result<std::vector<PromotionRow>> promotions_of(const db::Rows& rows) {
  std::vector<PromotionRow> out;
  out.reserve(rows.size());
  for (const auto row : rows) {
    TRY(auto one, promotion_of(row));
    out.push_back(std::move(one));
  }
  return out;
}

CouponRow coupon_of(const db::Rows::Row& row) {
  return {row.str(0), row.id<PromotionId>(1), row.i64(2), row.i64(3), row.flag(4), row.time(5)};
}

std::int64_t budget_of(const Promotion& promotion) { return promotion.budget ? promotion.budget->amount_minor() : 0; }

}  // namespace

Result<void> insert(db::Tx& tx, const PromotionRow& row, const std::string& document) {
  const Promotion& p = row.promotion;
  TRY_DO(tx.run(kInsert, p.id, p.status, p.version, document, p.max_uses, budget_of(p), row.created));
  return {};
}

Result<bool> update(db::Tx& tx, const PromotionRow& row, const std::string& document, std::int64_t was) {
  const Promotion& p = row.promotion;
  TRY(const auto changed,
      tx.run(kUpdate, p.id, was, p.status, p.version, document, p.max_uses, budget_of(p), row.updated));
  return changed == 1;
}

Result<std::optional<PromotionRow>> find(db::Tx& tx, PromotionId id) {
  TRY(const auto rows, tx.ask(kFind, id));
  if (rows.empty()) return std::optional<PromotionRow>();
  TRY(auto found, promotion_of(rows.front()));
  return std::optional(std::move(found));
}

Result<std::vector<PromotionRow>> before(db::Tx& tx, PromotionId id, int limit) {
  TRY(const auto rows, tx.ask(kBefore, id, limit));
  return promotions_of(rows);
}

Result<std::vector<PromotionRow>> active(db::Tx& tx) {
  TRY(const auto rows, tx.ask(kActive));
  std::vector<PromotionRow> out;
  for (const auto row : rows)
    if (auto one = promotion_of(row))
      out.push_back(std::move(*one));  // what a newer version wrote is not ours to apply
  return out;
}

Result<std::int64_t> other_active(db::Tx& tx, PromotionId id) {
  TRY(const auto rows, tx.ask(kCountActive, id));
  return rows.front().i64(0);
}

Result<void> insert_coupons(db::Tx& tx, std::span<const CouponRow> rows) {
  std::vector<std::vector<db::Param>> sets;
  sets.reserve(rows.size());
  for (const CouponRow& row : rows) sets.push_back({row.code, row.promotion, row.max_uses, row.created});
  TRY_DO(tx.run_each(kInsertCoupon, sets));
  return {};
}

Result<std::optional<CouponRow>> coupon(db::Tx& tx, const std::string& code) {
  TRY(const auto rows, tx.ask(kCoupon, code));
  if (rows.empty()) return std::optional<CouponRow>();
  return std::optional(coupon_of(rows.front()));
}

Result<std::vector<CouponRow>> coupons_after(db::Tx& tx, PromotionId promotion, const std::string& after, int limit) {
  TRY(const auto rows, tx.ask(kCouponsAfter, promotion, after, limit));
  std::vector<CouponRow> out;
  for (const auto row : rows) out.push_back(coupon_of(row));
  return out;
}

Result<bool> stop_coupon(db::Tx& tx, const std::string& code) {
  TRY(const auto changed, tx.run(kStopCoupon, code));
  return changed == 1;
}

Result<bool> note_use(db::Tx& tx, CheckoutId reservation, CustomerId customer, const Use& use, Time now) {
  TRY(const auto noted,
      tx.run(kNoteUse, reservation, use.promotion, customer, use.code, use.amount.amount_minor(), now));
  return noted == 1;
}

Result<bool> count_use(db::Tx& tx, const Use& use) {
  TRY(const auto counted, tx.run(kCountUse, use.promotion, use.amount.amount_minor()));
  return counted == 1;
}

Result<bool> count_code(db::Tx& tx, const std::string& code) {
  TRY(const auto counted, tx.run(kCountCode, code));
  return counted == 1;
}

Result<std::int64_t> uses_of(db::Tx& tx, CustomerId customer, PromotionId promotion) {
  TRY(const auto rows, tx.ask(kUsesOf, customer, promotion));
  return rows.front().i64(0);
}

Result<std::vector<PromotionUses>> uses_of(db::Tx& tx, CustomerId customer) {
  TRY(const auto rows, tx.ask(kUsesOfAll, customer));
  std::vector<PromotionUses> out;
  for (const auto row : rows) out.emplace_back(row.id<PromotionId>(0), row.i64(1));
  return out;
}

Result<std::vector<UseRow>> uses(db::Tx& tx, CheckoutId reservation) {
  TRY(const auto rows, tx.ask(kUses, reservation));
  std::vector<UseRow> out;
  for (const auto row : rows) out.push_back({row.id<PromotionId>(0), row.str(1), row.i64(2)});
  return out;
}

Result<void> give_back(db::Tx& tx, CheckoutId reservation, std::span<const UseRow> rows) {
  for (const UseRow& row : rows) {
    TRY(const auto dropped, tx.run(kDropUse, reservation, row.promotion));
    if (dropped == 0) continue;  // somebody else gives it back at this moment
    TRY_DO(tx.run(kUncountUse, row.promotion, row.amount_minor));
    if (!row.code.empty()) TRY_DO(tx.run(kUncountCode, row.code));
  }
  return {};
}

Result<void> check(db::Tx& tx, services::CheckReport& report) {
  TRY(const auto promotions, tx.ask(kCheckPromotions));
  for (const auto row : promotions) {
    const std::string id = row.id<PromotionId>(0).text();
    if (row.i64(3) != row.i64(5) || row.i64(4) != row.i64(6)) report.fail("promotions.uses_add_up", id);
    // Staff may lower a limit below what is used already: then it is no bound of the past.
    if (row.i64(3) < 0 || row.i64(4) < 0) report.fail("promotions.uses_are_not_negative", id);
  }
  TRY(const auto coupons, tx.ask(kCheckCoupons));
  for (const auto row : coupons)
    if (row.i64(2) != row.i64(3)) report.fail("promotions.coupon_uses_add_up", row.str(0));
  report.looked_at("promotions in use", static_cast<std::int64_t>(promotions.size()));
  return {};
}

}  // namespace kontor::promotions::sql
