// What the sweep finds in customers' carts on its way: silences to be reminded of, and lines that are no longer sold.
// Each is noted in the cart's row in the transaction that tells of it, so it is told once, whoever sweeps.
#include <algorithm>
#include <set>
#include <span>

#include "services/outbox.h"
#include "shop/cart/cart.h"
#include "shop/cart/cart_store.h"
#include "shop/cart/events.h"

namespace kontor::cart {
namespace {

constexpr std::size_t kAtOnce = 20;  // carts of one write function

// The cart of the row as far as it matters here.
Cart lines_of(const sql::Watched& row) {
  Cart cart;
  cart.lines = read_lines(row.lines);
  if (row.extras) read_extras(*row.extras, cart);
  return cart;
}

bool differs(const Line& line, const std::set<OfferId>& gone) { return line.told_removed != gone.contains(line.offer); }

Result<void> tell_of_lines(db::Tx& tx, Writing& writing, const sql::Watched& row, const std::set<OfferId>& gone,
                           Time now) {
  TRY(auto cart, sql::find(tx, row.customer));
  if (!cart || cart->version != row.version) return {};  // the next round sees what it is then
  CartLinesRemoved news{CartId{row.customer.value}, row.customer, {}};
  for (Line& line : cart->lines) {
    if (!differs(line, gone)) continue;
    line.told_removed = !line.told_removed;
    if (line.told_removed) news.offers.push_back(line.offer);
  }
  TRY_DO(sql::keep_extras(tx, writing, *cart));
  if (news.offers.empty()) return {};
  return services::emit(tx, news, news.cart_id.text(), now);
}

Result<void> tell_of_silence(db::Tx& tx, Writing& writing, const sql::Silent& silent, Time now) {
  TRY(const bool first, sql::remind(tx, writing, silent));
  if (!first) return {};
  const CartId cart{silent.customer.value};
  if (silent.stage == Reminded::kOfEnd)
    return services::emit(tx, CartExpiring{cart, silent.customer, silent.version, silent.expires}, cart.text(), now);
  return services::emit(tx, CartLeftAlone{cart, silent.customer, silent.version}, cart.text(), now);
}

// Calls `tell` for each of the rows, some in a transaction.
template <class Row, class Tell>
Result<void> tell_each(db::Store& store, CartCache& cache, const std::vector<Row>& rows, const Tell& tell) {
  for (std::size_t from = 0; from < rows.size(); from += kAtOnce) {
    const std::span<const Row> some(rows.data() + from, std::min(rows.size() - from, kAtOnce));
    std::vector<Writing> writings;
    writings.reserve(some.size());
    for (const Row& row : some) writings.emplace_back(cache, row.customer);
    TRY_DO(store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
      for (std::size_t at = 0; at < some.size(); ++at) TRY_DO(tell(tx, writings[at], some[at]));
      return {};
    }));
  }
  return {};
}

}  // namespace

Result<std::vector<OfferId>> OfferSource::not_sold(std::span<const OfferId> offers) {
  std::vector<OfferId> out;
  for (const OfferId offer : offers) {
    const auto card = offer_card(offer);
    if (!card && card.error().code != Errc::kNotFound) return fail(card.error());
    if (!card || !(*card)->buyable) out.push_back(offer);
  }
  return out;
}

Result<void> Carts::tell_of(const sql::Swept& found, Time now) {
  TRY_DO(tell_each(parts_.store, cache_, found.silent, [&](db::Tx& tx, Writing& writing, const sql::Silent& silent) {
    return tell_of_silence(tx, writing, silent, now);
  }));
  std::vector<OfferId> offers;
  for (const auto& row : found.watched)
    for (const Line& line : read_lines(row.lines)) offers.push_back(line.offer);
  std::sort(offers.begin(), offers.end());
  offers.erase(std::unique(offers.begin(), offers.end()), offers.end());
  if (offers.empty()) return {};
  TRY(const auto unsold, parts_.offers.not_sold(offers));
  const std::set<OfferId> gone(unsold.begin(), unsold.end());
  std::vector<sql::Watched> news;
  for (const auto& row : found.watched) {
    if (gone.empty() && !row.extras) continue;
    const Cart cart = lines_of(row);
    if (std::any_of(cart.lines.begin(), cart.lines.end(), [&](const Line& line) { return differs(line, gone); }))
      news.push_back(row);
  }
  return tell_each(parts_.store, cache_, news, [&](db::Tx& tx, Writing& writing, const sql::Watched& row) {
    return tell_of_lines(tx, writing, row, gone, now);
  });
}

}  // namespace kontor::cart
