#include "shop/cart/cart_store.h"

#include "base/assert.h"
#include "runtime/json.h"

namespace kontor::cart::sql {
namespace {

using db::Home;
using db::Query;

constexpr Query kFind{"cart.find", Home::kCustomer, R"sql(
  SELECT version, currency, lines, saved, coupons, claimed_by, claimed_version, claimed_lines, bought_by,
         bought_version, created_at, updated_at, expires_at, extras, guest
    FROM cart_carts WHERE customer_id = $1
)sql"};

// The columns of kFind, without the documents where the row is the held one. What a claim or a note of the sweep
// changes does not raise the version and is compared by itself; a cart that expired and was made anew counts from 1
// again, and is told apart by its times.
constexpr Query kFindUnlessHeld{"cart.find_unless_held", Home::kCustomer, R"sql(
  SELECT version, currency,
         CASE WHEN (version, claimed_by, claimed_version, created_at, updated_at, COALESCE(extras, '')) =
                   ($2, $3, $4, $5, $6, $7) THEN NULL ELSE lines END,
         CASE WHEN (version, claimed_by, claimed_version, created_at, updated_at, COALESCE(extras, '')) =
                   ($2, $3, $4, $5, $6, $7) THEN NULL ELSE saved END,
         coupons, claimed_by, claimed_version,
         CASE WHEN (version, claimed_by, claimed_version, created_at, updated_at, COALESCE(extras, '')) =
                   ($2, $3, $4, $5, $6, $7) THEN NULL ELSE claimed_lines END,
         bought_by, bought_version, created_at, updated_at, expires_at,
         CASE WHEN (version, claimed_by, claimed_version, created_at, updated_at, COALESCE(extras, '')) =
                   ($2, $3, $4, $5, $6, $7) THEN NULL ELSE extras END,
         guest
    FROM cart_carts WHERE customer_id = $1
)sql"};

constexpr Query kInsert{"cart.insert", Home::kCustomer, R"sql(
  INSERT INTO cart_carts (customer_id, version, currency, lines, saved, coupons, claimed_by, claimed_version,
                          claimed_lines, bought_by, bought_version, created_at, updated_at, expires_at, extras, guest)
  VALUES ($1, $2, $3, $4, $5, $6, 0, 0, NULL, 0, 0, $7, $8, $9, $10, $11)
)sql"};

constexpr Query kUpdate{"cart.update", Home::kCustomer, R"sql(
  UPDATE cart_carts SET version = $3, currency = $4, lines = $5, saved = $6, coupons = $7,
         claimed_lines = $8, updated_at = $9, expires_at = $10, extras = $11, guest = $12, reminded = 0
   WHERE customer_id = $1 AND version = $2
)sql"};

constexpr Query kClaim{"cart.claim", Home::kCustomer, R"sql(
  UPDATE cart_carts SET claimed_by = $3, claimed_version = $2, claimed_lines = NULL
   WHERE customer_id = $1 AND version = $2 AND claimed_by IN (0, $3)
)sql"};

constexpr Query kUnclaim{"cart.unclaim", Home::kCustomer, R"sql(
  UPDATE cart_carts SET claimed_by = 0, claimed_lines = NULL WHERE customer_id = $1 AND claimed_by = $2
)sql"};

constexpr Query kBoughtUnchanged{"cart.bought_unchanged", Home::kCustomer, R"sql(
  UPDATE cart_carts SET lines = '[]', coupons = '[]', version = version + 1, claimed_by = 0, bought_by = $2,
         bought_version = claimed_version, extras = CASE WHEN saved = '[]' THEN NULL ELSE extras END
   WHERE customer_id = $1 AND claimed_by = $2 AND claimed_lines IS NULL
)sql"};

constexpr Query kBoughtChanged{"cart.bought_changed", Home::kCustomer, R"sql(
  UPDATE cart_carts SET lines = $3, version = version + 1, claimed_by = 0, claimed_lines = NULL, bought_by = $2,
         bought_version = claimed_version
   WHERE customer_id = $1 AND claimed_by = $2
)sql"};

constexpr Query kAfter{"cart.after", Home::kCustomer, R"sql(
  SELECT customer_id, expires_at, claimed_by, updated_at, CASE WHEN lines = '[]' THEN 0 ELSE 1 END, guest, reminded,
         version, CASE WHEN guest = 0 THEN lines ELSE '' END, CASE WHEN guest = 0 THEN extras END
    FROM cart_carts WHERE customer_id > $1 ORDER BY customer_id LIMIT $2
)sql"};

constexpr Query kRemind{"cart.remind", Home::kCustomer, R"sql(
  UPDATE cart_carts SET reminded = $3
   WHERE customer_id = $1 AND version = $2 AND reminded < $3 AND claimed_by = 0
)sql"};

constexpr Query kKeepExtras{"cart.keep_extras", Home::kCustomer, R"sql(
  UPDATE cart_carts SET extras = $3 WHERE customer_id = $1 AND version = $2
)sql"};

constexpr Query kRemoveExpired{"cart.remove_expired", Home::kCustomer, R"sql(
  DELETE FROM cart_carts WHERE customer_id = $1 AND expires_at <= $2 AND claimed_by = 0
)sql"};

constexpr Query kAll{"cart.check_all", Home::kCustomer, R"sql(
  SELECT customer_id, version, lines, saved, claimed_by, bought_by, bought_version FROM cart_carts
   WHERE customer_id > $1 ORDER BY customer_id LIMIT 1000
)sql"};

std::string print_coupons(const std::vector<std::string>& coupons) {
  return coupons.empty() ? "[]" : json::print(coupons);
}

std::vector<std::string> read_coupons(std::string_view text) {
  if (text == "[]") return {};
  auto coupons = json::read<std::vector<std::string>>(text);
  KONTOR_ASSERT(coupons.has_value());
  return std::move(*coupons);
}

constexpr std::size_t kLinesColumn = 2;

Cart read_cart(CustomerId customer, const db::Rows::Row& row) {
  Cart cart;
  cart.customer = customer;
  cart.stored = true;
  cart.version = row.i64(0);
  const auto currency = Currency::parse(row.text(1));
  KONTOR_ASSERT(currency.has_value());
  cart.currency = *currency;
  cart.lines = read_lines(row.text(kLinesColumn));
  cart.saved = read_lines(row.text(3));
  cart.coupons = read_coupons(row.text(4));
  cart.claimed_by = row.id<CheckoutId>(5);
  cart.claimed_version = row.i64(6);
  if (!row.is_null(7)) cart.claimed_lines = read_lines(row.text(7));
  cart.bought_by = row.id<CheckoutId>(8);
  cart.bought_version = row.i64(9);
  cart.created = row.time(10);
  cart.updated = row.time(11);
  cart.expires = row.time(12);
  if (!row.is_null(13)) read_extras(row.text(13), cart);
  cart.guest = row.flag(14);
  return cart;
}

}  // namespace

Result<std::optional<Cart>> find(db::Tx& tx, CustomerId customer) {
  TRY(const auto rows, tx.ask(kFind, customer));
  if (rows.empty()) return std::nullopt;
  return read_cart(customer, rows.front());
}

Result<CartCache::Pointer> find_unless_held(db::Tx& tx, CustomerId customer, const CartCache::Pointer& held) {
  const Cart nothing;  // of version 0, which no row has
  const Cart& known = held ? *held : nothing;
  KONTOR_ASSERT(!held || held->customer == customer);
  const std::string extras = print_extras(known).value_or("");
  TRY(const auto rows, tx.ask(kFindUnlessHeld, customer, known.version, known.claimed_by, known.claimed_version,
                              known.created, known.updated, extras));
  if (rows.empty()) return CartCache::Pointer();
  if (rows.front().is_null(kLinesColumn)) return held;
  return CartCache::Pointer(std::make_shared<const Cart>(read_cart(customer, rows.front())));
}

Result<void> save(db::Tx& tx, Writing& writing, const Cart& cart) {
  KONTOR_ASSERT(cart.customer && cart.customer == writing.customer() && cart.version > 0);
  const std::string lines = print_lines(cart.lines);
  const std::string saved = print_lines(cart.saved);
  const std::string coupons = print_coupons(cart.coupons);
  const std::optional<std::string> extras = print_extras(cart);
  if (!cart.stored) {
    TRY_DO(tx.run(kInsert, cart.customer, cart.version, cart.currency, lines, saved, coupons, cart.created,
                  cart.updated, cart.expires, extras, cart.guest));
    return {};
  }
  std::optional<std::string> claimed;
  if (cart.claimed_lines) claimed = print_lines(*cart.claimed_lines);
  TRY(const auto changed, tx.run(kUpdate, cart.customer, cart.version - 1, cart.version, cart.currency, lines, saved,
                                 coupons, claimed, cart.updated, cart.expires, extras, cart.guest));
  KONTOR_ASSERT(changed == 1);
  return {};
}

Result<bool> claim(db::Tx& tx, Writing& writing, std::int64_t version, CheckoutId checkout) {
  TRY(const auto claimed, tx.run(kClaim, writing.customer(), version, checkout));
  return claimed == 1;
}

Result<void> unclaim(db::Tx& tx, Writing& writing, CheckoutId checkout) {
  TRY_DO(tx.run(kUnclaim, writing.customer(), checkout));
  return {};
}

Result<bool> bought_unchanged(db::Tx& tx, Writing& writing, CheckoutId checkout) {
  TRY(const auto changed, tx.run(kBoughtUnchanged, writing.customer(), checkout));
  return changed == 1;
}

Result<void> bought_changed(db::Tx& tx, Writing& writing, const Cart& cart, CheckoutId checkout) {
  KONTOR_ASSERT(cart.customer == writing.customer());
  const std::string lines = print_lines(cart.lines);
  TRY(const auto changed, tx.run(kBoughtChanged, cart.customer, checkout, lines));
  KONTOR_ASSERT(changed == 1);
  return {};
}

namespace {

// What the customer of a cart with lines should hear of it.
void watch(const db::Rows::Row& row, const SweepTimes& times, Swept& out) {
  const auto reminded = static_cast<Reminded>(row.i64(6));
  const auto stage = row.time(1) <= times.ending   ? Reminded::kOfEnd
                     : row.time(3) <= times.remind ? Reminded::kOfSilence
                                                   : Reminded::kNot;
  const bool claimed = row.i64(2) != 0;
  if (stage > reminded && !claimed) out.silent.push_back({out.last, row.i64(7), stage, row.time(1)});
  out.watched.push_back({out.last, row.i64(7), std::string(row.text(8)), {}});
  if (!row.is_null(9)) out.watched.back().extras = std::string(row.text(9));
}

}  // namespace

Result<Swept> sweep(db::Tx& tx, CustomerId after, const SweepTimes& times, int limit) {
  TRY(const auto rows, tx.ask(kAfter, after, limit));
  Swept out;
  for (const auto row : rows) {
    out.last = row.id<CustomerId>(0);
    if (row.time(1) <= times.now && row.i64(2) == 0) {
      out.expired.push_back(out.last);
    } else if (row.flag(4)) {
      ++(row.time(3) <= times.silent ? out.abandoned : out.active);
      if (!row.flag(5)) watch(row, times, out);
    }
  }
  if (rows.size() < static_cast<std::size_t>(limit)) out.last = CustomerId{};
  return out;
}

Result<bool> remind(db::Tx& tx, Writing& writing, const Silent& silent) {
  KONTOR_ASSERT(silent.customer == writing.customer());
  TRY(const auto changed, tx.run(kRemind, silent.customer, silent.version, static_cast<std::int64_t>(silent.stage)));
  return changed == 1;
}

Result<void> keep_extras(db::Tx& tx, Writing& writing, const Cart& cart) {
  KONTOR_ASSERT(cart.customer == writing.customer());
  TRY_DO(tx.run(kKeepExtras, cart.customer, cart.version, print_extras(cart)));
  return {};
}

Result<bool> remove_expired(db::Tx& tx, Writing& writing, Time now) {
  TRY(const auto removed, tx.run(kRemoveExpired, writing.customer(), now));
  return removed == 1;
}

Result<void> check(db::Tx& tx, services::CheckReport& report) {
  for (CustomerId after;;) {
    TRY(const auto rows, tx.ask(kAll, after));
    for (const auto row : rows) {
      after = row.id<CustomerId>(0);
      // A row that does not read is a bug that the reader asserts; figures are looked at here.
      if (row.i64(1) <= 0) report.fail("cart.version_is_positive", after.text());
      if (row.i64(6) >= row.i64(1)) report.fail("cart.bought_version_is_older", after.text());
      for (const Line& line : read_lines(row.text(2)))
        if (line.quantity > 999) report.fail("cart.quantity_within_limit", after.text() + " " + line.id.text());
    }
    report.looked_at("carts", static_cast<std::int64_t>(rows.size()));
    if (rows.size() < 1000) return {};
  }
}

}  // namespace kontor::cart::sql
