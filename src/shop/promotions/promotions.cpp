#include "shop/promotions/promotions.h"

#include <algorithm>

#include "base/card_number.h"
#include "base/text.h"
#include "runtime/json.h"
#include "services/outbox.h"
#include "shop/promotions/events.h"
#include "shop/promotions/promotions_store.h"

namespace kontor::promotions {
namespace {

constexpr std::int64_t kReloadMs = 5 * kSecondMs;  // what runs out elsewhere is seen so soon
constexpr std::int64_t kCouponMs = 5 * kSecondMs;
constexpr std::int64_t kMostActive = 1000;
constexpr std::size_t kMostSeen = 20'000;
constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";  // 32, none that is taken for another
constexpr int kDrawnLetters = 12;

bool used_up(std::int64_t uses, std::int64_t most) { return most > 0 && uses >= most; }

Error used_up_error(const Use& use) {
  Error error{Errc::kConflict, "promotions.used_up", {}, {}, {}, 0};
  error.detail = use.code.empty() ? "A discount of this purchase has been used up; nothing was charged. Look at the "
                                    "total again."
                                  : words_of(Refusal::kUsedUp, use.code) + " Nothing was charged.";
  error.members = "\"promotion_id\":\"" + use.promotion.text() + "\"";
  if (!use.code.empty()) error.members += ",\"coupon\":\"" + use.code + "\"";
  return error;
}

tl::unexpected<Error> no_such_coupon(std::string_view code) {
  return fail(Errc::kNotFound, "promotions.no_such_coupon", words_of(Refusal::kUnknown, code));
}

tl::unexpected<Error> no_such_promotion() {
  return fail(Errc::kNotFound, "promotions.no_such_promotion", "There is no such promotion.");
}

Coupon coupon_of(const CouponRow& row) {
  return {row.code, row.promotion, row.max_uses, row.active, used_up(row.uses, row.max_uses)};
}

Purchase purchase_of(const Request& request, std::span<const Coupon> coupons) {
  return {request.lines,
          request.currency,
          request.exchange,
          request.now,
          request.country,
          request.payment_method,
          {},
          coupons,
          {}};
}

// What the parts of a promotion cannot say by themselves.
Result<void> check_wish(const Promotion& wish) {
  std::vector<FieldError> wrong;
  if (wish.starts_at && wish.ends_at && *wish.ends_at <= *wish.starts_at)
    wrong.push_back({"/ends_at", "out_of_order", "It ends after it starts."});
  if (wish.budget && wish.budget->amount_minor() <= 0)
    wrong.push_back({"/budget/amount", "out_of_range", "A budget is more than 0."});
  for (const auto* text : {&wish.name, &wish.label})
    if (holds_card_number(*text))
      wrong.push_back({text == &wish.name ? "/name" : "/label", "card_number", "A card number does not belong here."});
  check_amounts(wish.conditions.min_subtotal, "/conditions/min_subtotal", wrong);
  for (std::size_t i = 0; i < wish.conditions.countries.size(); ++i) {
    const std::string& country = wish.conditions.countries[i];
    if (country.size() != 2 || country.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos)
      wrong.push_back(
          {"/conditions/countries/" + std::to_string(i), "bad_format", "A country is two capital letters."});
  }
  if (wrong.empty()) return {};
  return fail(Error{Errc::kInvalid, "promotions.wrong_terms", wrong.front().message, std::move(wrong), {}, 0});
}

}  // namespace

std::optional<std::string> tidy_code(std::string_view typed) {
  while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
  while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
  if (typed.size() < 3 || typed.size() > 40) return std::nullopt;
  std::string code;
  for (const char c : typed) {
    const char up = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool fine = (up >= 'A' && up <= 'Z') || (up >= '0' && up <= '9') || up == '-' || up == '_';
    if (!fine) return std::nullopt;
    code.push_back(up);
  }
  return code;
}

void Promotions::changed() {
  const std::lock_guard lock(mutex_);
  set_.reset();
  seen_.clear();
  ++generation_;
}

Result<std::shared_ptr<const Set>> Promotions::load(Time now) {
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    generation = generation_;
  }
  std::vector<PromotionRow> rows;
  TRY_DO(parts_.store.look(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(rows, sql::active(tx));
    return {};
  }));
  CategoryParents parents;
  const bool by_category = std::any_of(
      rows.begin(), rows.end(), [](const PromotionRow& row) { return !row.promotion.conditions.categories.empty(); });
  if (by_category && parts_.catalog != nullptr) {
    TRY(const auto categories, parts_.catalog->categories());
    for (const auto& category : categories) parents.emplace(category.id, category.parent);
  }
  std::vector<Ready> all;
  for (PromotionRow& row : rows) {
    const bool gone = used_up(row.uses, row.promotion.max_uses) ||
                      (row.promotion.budget && row.spent_minor >= row.promotion.budget->amount_minor());
    auto ready = make_ready(std::move(row.promotion), parents, parts_.time_zone);
    if (!ready) continue;  // of a type that a newer version knows
    ready->used_up = gone;
    if (ready->promotion.budget) ready->budget_left = ready->promotion.budget->amount_minor() - row.spent_minor;
    all.push_back(std::move(*ready));
  }
  auto set = std::make_shared<const Set>(make_set(std::move(all)));
  const std::lock_guard lock(mutex_);
  if (generation == generation_) {
    set_ = set;
    loaded_ = now;
  }
  return set;
}

Result<std::shared_ptr<const Set>> Promotions::present(Time now) {
  std::shared_ptr<const Set> known;
  bool fresh = false;
  {
    const std::lock_guard lock(mutex_);
    known = set_;
    fresh = known != nullptr && (!known->runs_out || (now >= loaded_ && now < loaded_.plus_ms(kReloadMs)));
    if (!fresh) loaded_ = now;  // one looks, the others go on with what is known
  }
  if (fresh) return known;
  auto loaded = load(now);
  if (!loaded && known != nullptr) return known;  // seconds old is better than none; what runs out is guarded
  return loaded;
}

Result<std::optional<Coupon>> Promotions::look_up(const std::string& code, Time now) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = seen_.find(code);
    if (found != seen_.end() && now >= found->second.at && now < found->second.at.plus_ms(kCouponMs))
      return found->second.coupon;
  }
  std::optional<CouponRow> row;
  TRY_DO(parts_.store.look(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(row, sql::coupon(tx, code));
    return {};
  }));
  if (!row) return std::optional<Coupon>();  // not kept: a guess costs its asker
  const auto coupon = coupon_of(*row);
  const std::lock_guard lock(mutex_);
  if (seen_.size() >= kMostSeen) seen_.clear();
  seen_[code] = {coupon, now};
  return std::optional(coupon);
}

Result<std::vector<Coupon>> Promotions::resolve(std::span<const std::string> codes, Time now) {
  std::vector<Coupon> out;
  for (const std::string& code : codes) {
    TRY(auto coupon, look_up(code, now));
    if (coupon) out.push_back(std::move(*coupon));
  }
  return out;
}

Result<Considered> Promotions::consider(const Request& request) {
  __int128 sum = 0;
  for (const Line& line : request.lines) sum += static_cast<__int128>(line.unit_minor) * line.quantity;
  if (sum > kMaxAmountMinor)
    return fail(Errc::kInvalid, "pricing.total_too_large", "The lines cost more than one total can say.");
  Considered out;
  TRY(out.set, present(request.now));
  if (out.set->all.empty() && request.coupons.empty()) return out;
  TRY(const auto coupons, resolve(request.coupons, request.now));
  Purchase purchase = purchase_of(request, coupons);
  const ShopperSource::Asked asked{out.set->asks_of_accounts, out.set->asks_of_orders};
  if ((asked.account || asked.orders) && request.customer && parts_.shoppers != nullptr) {
    TRY(purchase.shopper, parts_.shoppers->shopper(request.customer, asked, request.now));
  }
  std::vector<PromotionUses> used;
  if (out.set->counts_customers && request.customer) {
    TRY_DO(parts_.store.look(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
      TRY(used, sql::uses_of(tx, request.customer));
      return {};
    }));
  }
  purchase.used = used;
  out.outcome = evaluate(*out.set, purchase);
  for (const std::string& code : request.coupons)
    if (std::none_of(coupons.begin(), coupons.end(), [&](const Coupon& one) { return one.code == code; }))
      out.outcome.coupons.push_back({code, Refusal::kUnknown});
  return out;
}

Result<Refusal> Promotions::may_use(const Request& request, const std::string& code) {
  {
    const std::lock_guard lock(mutex_);
    seen_.erase(code);
    if (set_ != nullptr && set_->runs_out) set_.reset();
  }
  TRY(const auto coupon, look_up(code, request.now));
  if (!coupon) return no_such_coupon(code);
  std::optional<PromotionRow> row;
  TRY(row, find(coupon->promotion));
  if (!row || row->promotion.status != Status::kActive || !coupon->active) return Refusal::kNotActive;
  if (coupon->used_up || used_up(row->uses, row->promotion.max_uses)) return Refusal::kUsedUp;
  TRY(const auto considered, consider(request));
  for (const CouponNote& note : considered.outcome.coupons) {
    if (note.code != code) continue;
    Purchase purchase = purchase_of(request, {});
    return is_pending(note.refusal, purchase) ? Refusal::kNone : note.refusal;
  }
  return Refusal::kNotCombinable;  // another code of the same promotion is in the cart
}

Result<void> Promotions::claim(db::Tx& tx, CheckoutId reservation, CustomerId customer, std::span<const Use> uses,
                               Time now) {
  std::vector<Use> in_order(uses.begin(), uses.end());
  std::sort(in_order.begin(), in_order.end(), [](const Use& a, const Use& b) { return a.promotion < b.promotion; });
  for (const Use& use : in_order) {
    TRY(const bool noted, sql::note_use(tx, reservation, customer, use, now));
    if (!noted) continue;
    // The promotion's row first: who waits for it sees what those before have used.
    TRY(const bool counted, sql::count_use(tx, use));
    if (!counted) return fail(used_up_error(use));
    if (!use.code.empty()) {
      TRY(const bool coded, sql::count_code(tx, use.code));
      if (!coded) return fail(used_up_error(use));
    }
    if (use.per_customer == 0) continue;
    TRY(const auto all, sql::uses_of(tx, customer, use.promotion));
    if (all <= use.per_customer) continue;
    Error error = used_up_error(use);
    error.reason = "promotions.already_used";
    if (!use.code.empty()) error.detail = words_of(Refusal::kAlreadyUsed, use.code) + " Nothing was charged.";
    return fail(std::move(error));
  }
  return {};
}

Result<void> Promotions::release(db::Tx& tx, CheckoutId reservation) {
  TRY(const auto rows, sql::uses(tx, reservation));
  if (rows.empty()) return {};
  return sql::give_back(tx, reservation, rows);
}

// In a rush many are refused at once: what is known to have run out is not looked at again for each.
void Promotions::note_refused(std::span<const Use> uses) {
  const std::lock_guard lock(mutex_);
  bool known = true;
  for (const Use& use : uses) {
    if (!use.code.empty()) seen_.erase(use.code);
    const Ready* const ready = set_ == nullptr ? nullptr : set_->find(use.promotion);
    known = known && ready != nullptr && ready->used_up;
  }
  if (known) return;
  set_.reset();
  ++generation_;
}

Result<void> Promotions::write_document(db::Tx& tx, const PromotionRow& row, bool fresh) {
  if (row.promotion.status == Status::kActive) {
    TRY(const auto others, sql::other_active(tx, row.promotion.id));
    if (others >= kMostActive)
      return fail(Errc::kConflict, "promotions.too_many",
                  "At most " + std::to_string(kMostActive) + " promotions are active: archive those that have ended.");
  }
  const std::string document = json::print(row.promotion);
  if (fresh) {
    TRY_DO(sql::insert(tx, row, document));
  } else {
    TRY(const bool written, sql::update(tx, row, document, row.promotion.version - 1));
    KONTOR_ASSERT(written);  // it was read in this transaction
  }
  return services::emit(tx, PromotionChanged{row.promotion.id, row.promotion.version}, row.promotion.id.text(),
                        row.updated);
}

Result<PromotionRow> Promotions::create(Promotion wish, const Beside& beside) {
  TRY_DO(check_wish(wish));
  TRY_DO(make_ready(wish, {}));
  PromotionRow row;
  row.created = row.updated = parts_.clock.now();
  wish.id = parts_.ids.next<PromotionId>(row.created, 0);
  wish.version = 1;
  row.promotion = std::move(wish);
  TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(write_document(tx, row, true));
    return beside(tx);
  }));
  changed();
  return row;
}

Result<PromotionRow> Promotions::change(Promotion wish, const Beside& beside) {
  TRY_DO(check_wish(wish));
  TRY_DO(make_ready(wish, {}));
  PromotionRow row;
  const Time now = parts_.clock.now();
  TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(auto found, sql::find(tx, wish.id));
    if (!found) return no_such_promotion();
    if (wish.version != 0 && wish.version != found->promotion.version)
      return fail(Errc::kVersionConflict, "promotions.version_conflict",
                  "The promotion has changed since it was read.");
    const auto& budget = found->promotion.budget;
    if (found->spent_minor > 0 && wish.budget && budget && wish.budget->currency() != budget->currency())
      return fail(Errc::kConflict, "promotions.budget_currency",
                  "Part of the budget is spent: its currency stays " + std::string(budget->currency().code()) + ".");
    row = std::move(*found);
    const std::int64_t was = row.promotion.version;
    row.promotion = wish;
    row.promotion.version = was + 1;
    row.updated = now;
    TRY_DO(write_document(tx, row, false));
    return beside(tx);
  }));
  changed();
  return row;
}

Result<std::optional<PromotionRow>> Promotions::find(PromotionId id) {
  std::optional<PromotionRow> found;
  TRY_DO(parts_.store.look(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::find(tx, id));
    return {};
  }));
  return found;
}

Result<std::vector<PromotionRow>> Promotions::list(PromotionId before, int limit) {
  std::vector<PromotionRow> found;
  const PromotionId from = before ? before : PromotionId{INT64_MAX};
  TRY_DO(parts_.store.look(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::before(tx, from, limit));
    return {};
  }));
  return found;
}

Result<void> Promotions::add_coupons(PromotionId promotion, std::span<const std::string> codes, std::int64_t max_uses,
                                     const Beside& beside) {
  std::vector<CouponRow> rows;
  for (const std::string& code : codes) rows.push_back({code, promotion, max_uses, 0, true, parts_.clock.now()});
  auto done = parts_.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto found, sql::find(tx, promotion));
    if (!found) return no_such_promotion();
    if (!found->promotion.needs_coupon)
      return fail(Errc::kConflict, "promotions.automatic", "This promotion applies by itself: it has no coupons.");
    TRY_DO(sql::insert_coupons(tx, rows));
    return beside(tx);
  });
  if (!done && done.error().reason == "db.duplicate")
    return fail(Errc::kConflict, "promotions.code_taken", "One of these codes is there already; none was made.");
  return done;
}

std::vector<std::string> Promotions::draw_codes(std::int64_t count, std::string_view prefix) {
  static_assert(kLetters.size() == 32);
  std::vector<std::string> codes;
  for (std::int64_t i = 0; i < count; ++i) {
    std::string code(prefix);
    std::uint64_t luck = parts_.random.number();
    for (int at = 0; at < kDrawnLetters; ++at, luck >>= 5) code.push_back(kLetters[luck & 31]);
    codes.push_back(std::move(code));
  }
  return codes;
}

Result<std::vector<CouponRow>> Promotions::coupons(PromotionId promotion, const std::string& after, int limit) {
  std::vector<CouponRow> found;
  TRY_DO(parts_.store.look(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(found, sql::coupons_after(tx, promotion, after, limit));
    return {};
  }));
  return found;
}

Result<void> Promotions::stop_coupon(const std::string& code, const Beside& beside) {
  TRY_DO(parts_.store.write(db::Home::kStock, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto found, sql::coupon(tx, code));
    if (!found) return no_such_coupon(code);
    TRY_DO(sql::stop_coupon(tx, code));
    TRY_DO(services::emit(tx, PromotionChanged{found->promotion, 0}, found->promotion.text(), parts_.clock.now()));
    return beside(tx);
  }));
  changed();
  return {};
}

Result<void> Promotions::check(services::CheckReport& report) {
  return parts_.store.read(db::Home::kStock, [&](db::Tx& tx) { return sql::check(tx, report); });
}

}  // namespace kontor::promotions
