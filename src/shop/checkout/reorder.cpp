#include "shop/checkout/reorder.h"

#include <algorithm>

#include "runtime/json.h"

namespace kontor::checkout {
namespace {

constexpr int kTries = 3;  // stock may go while it is asked for

struct CartShortages {
  std::vector<inventory::Shortage> lines;
  static constexpr auto fields() { return described(Field("lines", &CartShortages::lines, "What could not be had")); }
};

// How many more the cart could have taken, by its refusal of `wanted` more.
std::int64_t room_in(const Error& refusal, std::int64_t wanted) {
  if (refusal.code != Errc::kOutOfStock) return 0;
  const auto told = json::read<CartShortages>("{" + refusal.members + "}");
  if (!told || told->lines.size() != 1) return 0;
  const auto& line = told->lines.front();
  return std::clamp<std::int64_t>(wanted - (line.requested - line.available), 0, wanted - 1);
}

bool leaves_out(Errc code) {
  switch (code) {
    case Errc::kOutOfStock:
    case Errc::kPurchaseLimit:
    case Errc::kNotFound:
    case Errc::kConflict:
    case Errc::kInvalid:
      return true;
    default:
      return false;
  }
}

Result<void> add_line(cart::Carts& carts, const cart::Owner& owner, const orders::OrderLine& line, Reordered& out) {
  std::int64_t wanted = std::min(line.quantity, cart::kMostOfALine);
  std::optional<Error> refusal;
  for (int i = 0; i < kTries && wanted > 0; ++i) {
    const auto view = carts.add(owner, {line.offer_id, {}, wanted});
    if (view) {
      out.added.push_back({line.offer_id, line.title, wanted});
      break;
    }
    if (!leaves_out(view.error().code)) return fail(view.error());
    if (!refusal) refusal = view.error();
    wanted = room_in(view.error(), wanted);
  }
  const bool added = !out.added.empty() && out.added.back().offer_id == line.offer_id;
  const std::int64_t missing = line.quantity - (added ? out.added.back().quantity : 0);
  if (missing > 0 && refusal)
    out.missing.push_back({line.offer_id, line.title, missing, std::string(error_info(refusal->code).code),
                           refusal->reason, refusal->detail});
  return {};
}

Result<Reordered> reorder_call(const ReorderApiParts& parts, const http::Call& call) {
  TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
  TRY(const auto id, call.id<OrderId>("id"));
  TRY(const auto order, parts.orders.find(id));
  if (!order || order->customer != shopper.customer)
    return fail(Errc::kNotFound, "orders.no_such_order", "There is no such order.");
  return reorder(parts.carts, {shopper.customer, shopper.kind == services::Shopper::Kind::kGuest}, *order);
}

}  // namespace

Result<Reordered> reorder(cart::Carts& carts, const cart::Owner& owner, const orders::Order& order) {
  Reordered out;
  for (const auto& line : order.document.lines) TRY_DO(add_line(carts, owner, line, out));
  TRY(out.cart, carts.view(owner));
  return out;
}

void add_reorder_routes(http::Router& router, const ReorderApiParts& parts) {
  router.post<http::None, Reordered>(
      "/orders/{id}/reorder",
      {"Puts what is still sold of an order into the cart, and tells what could not be", {"orders.no_such_order"}},
      [parts](http::Call& call, http::None) { return reorder_call(parts, call); });
}

}  // namespace kontor::checkout
