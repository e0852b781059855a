// Promotions and coupons: what takes something off a purchase, and how often it may. Owns its tables in the home
// `stock`. What applies is computed in memory from a set that each process keeps; what runs out (uses, budgets, codes)
// is taken in the transaction that reserves the stock, with the condition in the statement.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "ports/random.h"
#include "services/check_report.h"
#include "shop/catalog/catalog.h"
#include "shop/promotions/engine.h"
#include "shop/promotions/promotion.h"

namespace kontor::promotions {

// Who buys, as far as promotions ask: asked only when one of them does, and only what it asks.
class ShopperSource {
 public:
  virtual ~ShopperSource() = default;
  struct Asked {
    bool account = false;  // membership and segments
    bool orders = false;   // whether there was one
  };
  virtual Result<Shopper> shopper(CustomerId customer, Asked asked, Time now) = 0;
};

// Capital letters, digits, '-' and '_', 3 to 40 of them; nullopt for anything else. Blanks around it and lower case are
// forgiven.
std::optional<std::string> tidy_code(std::string_view typed);

struct Request {
  std::span<const Line> lines;
  Currency currency;
  const Exchange* exchange = nullptr;  // as in Purchase
  CustomerId customer;                 // 0: nobody in particular
  std::string_view country, payment_method;
  std::span<const std::string> coupons;  // codes
  Time now;
};

// What applies; lives as long as its set.
struct Considered {
  std::shared_ptr<const Set> set;
  Outcome outcome;
};

struct PromotionRow {
  Promotion promotion;
  std::int64_t uses = 0;
  std::int64_t spent_minor = 0;  // in the budget's currency
  Time created, updated;
};

struct CouponRow {
  std::string code;
  PromotionId promotion;
  std::int64_t max_uses = 0;
  std::int64_t uses = 0;
  bool active = true;
  Time created;
};

class Promotions {
 public:
  struct Parts {
    db::Store& store;
    Clock& clock;
    IdSource& ids;
    Random& random;
    catalog::Catalog* catalog = nullptr;  // for categories; null: none are known
    ShopperSource* shoppers = nullptr;    // null: everybody is a stranger
    services::TimeZone time_zone = {};    // the shop's: in which weekdays begin and end
  };
  explicit Promotions(Parts parts) : parts_(parts) {}

  // What applies to a purchase. Asks the store only for coupons that were not seen lately, and for customers when a
  // promotion asks of them. Outside of write functions.
  Result<Considered> consider(const Request& request);
  // Whether the customer may put the code into a cart with these lines: kNone and what is_pending() yes; else why not.
  // kNotFound "promotions.no_such_coupon". Exact: looks at the counters.
  Result<Refusal> may_use(const Request& request, const std::string& code);
  // Drops what is in memory: after a change made elsewhere.
  void changed();

  // Inside the write function that reserves, home `stock`: counts the purchase once, however often it is repeated.
  // kConflict "promotions.used_up", "promotions.already_used": nothing is counted.
  Result<void> claim(db::Tx& tx, CheckoutId reservation, CustomerId customer, std::span<const Use> uses, Time now);
  // The uses go back; repeatable, also when there were none.
  Result<void> release(db::Tx& tx, CheckoutId reservation);
  // After a claim was refused: what ran out is left out of the next look.
  void note_refused(std::span<const Use> uses);

  // Back office. `beside` runs in the same write function.
  using Beside = std::function<Result<void>(db::Tx&)>;
  // kConflict "promotions.too_many" active ones.
  Result<PromotionRow> create(Promotion wish, const Beside& beside);
  // The whole of it; kVersionConflict "promotions.version_conflict" unless it has `wish.version`, 0: whichever.
  // kNotFound "promotions.no_such_promotion". What was used stays counted.
  Result<PromotionRow> change(Promotion wish, const Beside& beside);
  Result<std::optional<PromotionRow>> find(PromotionId id);
  // Newest first, ids below `before` (0: from the newest).
  Result<std::vector<PromotionRow>> list(PromotionId before, int limit);

  // Codes of a promotion that needs one. kConflict "promotions.code_taken" when one is there already: then none is
  // made.
  Result<void> add_coupons(PromotionId promotion, std::span<const std::string> codes, std::int64_t max_uses,
                           const Beside& beside);
  // `count` codes that nobody can guess: 60 bits of luck each, after the prefix.
  std::vector<std::string> draw_codes(std::int64_t count, std::string_view prefix);
  Result<std::vector<CouponRow>> coupons(PromotionId promotion, const std::string& after, int limit);  // by code
  // Repeatable. kNotFound "promotions.no_such_coupon".
  Result<void> stop_coupon(const std::string& code, const Beside& beside);

  // Counters equal what is counted, and keep their bounds.
  Result<void> check(services::CheckReport& report);

 private:
  Result<std::shared_ptr<const Set>> present(Time now);
  Result<std::shared_ptr<const Set>> load(Time now);
  Result<std::vector<Coupon>> resolve(std::span<const std::string> codes, Time now);
  Result<std::optional<Coupon>> look_up(const std::string& code, Time now);
  Result<void> write_document(db::Tx& tx, const PromotionRow& row, bool fresh);

  Parts parts_;
  std::mutex mutex_;                // of what follows; never held over a wait
  std::shared_ptr<const Set> set_;  // null: to be loaded
  Time loaded_;
  std::uint64_t generation_ = 0;  // of changes
  struct Seen {
    std::optional<Coupon> coupon;
    Time at;
  };
  std::map<std::string, Seen> seen_;  // coupons, bounded
};

}  // namespace kontor::promotions
