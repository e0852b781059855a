#include "shop/payments/payments_api.h"

#include <algorithm>

namespace kontor::payments {
namespace {

struct AccountView {
  Account account = Account::kGateway;
  Money balance;

  static constexpr auto fields() {
    return described(
        Field("account", &AccountView::account,
              "gateway_clearing, customer_receivable, sales, shipping, tax, refunds, customer_credit or goodwill"),
        Field("balance", &AccountView::balance, "Debits less credits; an income or a debt is negative"));
  }
};

struct AccountList {
  std::vector<AccountView> items;
  Nullable<std::string> next_cursor;

  static constexpr auto fields() {
    return described(Field("items", &AccountList::items, "Every account in every currency; a currency adds up to 0"),
                     Field("next_cursor", &AccountList::next_cursor, "Always null: they are few"));
  }
};

struct LegView {
  Account account = Account::kGateway;
  Money amount;

  static constexpr auto fields() {
    return described(Field("account", &LegView::account, "Which account"),
                     Field("amount", &LegView::amount, "Debits are positive, credits negative"));
  }
};

struct EntryView {
  std::optional<PaymentId> payment_id;
  std::optional<std::string> credit_id;
  std::optional<OrderId> order_id;
  EntryKind kind = EntryKind::kCaptured;
  std::string key;
  Time at;
  Money amount;
  std::vector<LegView> legs;

  static constexpr auto fields() {
    using V = EntryView;
    return described(Field("payment_id", &V::payment_id, "The payment; absent of what is issued or withdrawn"),
                     Field("credit_id", &V::credit_id, "The gift card or store credit that is issued or withdrawn"),
                     Field("order_id", &V::order_id, "Its order"),
                     Field("kind", &V::kind, "authorised, captured, refunded, voided, released, issued or withdrawn"),
                     Field("key", &V::key, "Unique for the payment; of a refund the key it has at the gateway"),
                     Field("at", &V::at, "When it was written"), Field("amount", &V::amount, "What moved"),
                     Field("legs", &V::legs, "The accounts it moved; they add up to 0"));
  }
};

constexpr std::string_view kCreditPrefix = "crd";  // whose ids an entry of credit stands under

EntryView view_of(const Entry& entry) {
  EntryView view{{}, {}, {}, entry.kind, entry.key, entry.at, Money::minor(entry.legs.moved(), entry.currency), {}};
  if (is_of_credit(entry.kind))
    view.credit_id = id_text(kCreditPrefix, entry.payment.value);
  else
    view.payment_id = entry.payment;
  if (entry.order) view.order_id = entry.order;
  for (const auto& account : enum_names(Account{}))
    if (const auto minor = entry.legs.of(account.value); minor != 0)
      view.legs.push_back({account.value, Money::minor(minor, entry.currency)});
  return view;
}

struct ReportQuery {
  bool fresh = false;

  static constexpr auto fields() {
    return described(Field("fresh", &ReportQuery::fresh, "Compare now, also where a report is kept", Default{}));
  }
};

using EntryPage = services::Page<EntryView>;
using SettlementPage = services::Page<Settlement>;

Result<AccountList> accounts(const ApiParts& parts, const http::Call& call) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kFinance));
  TRY(const auto balances, parts.ledger.balances());
  AccountList list;
  for (const Balance& balance : balances)
    for (const auto& account : enum_names(Account{}))
      list.items.push_back({account.value, Money::minor(balance.legs.of(account.value), balance.currency)});
  return list;
}

Result<EntryPage> entries(const ApiParts& parts, const http::Call& call, const services::PageQuery& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kFinance));
  constexpr std::string_view kQuery = "admin/ledger/entries";
  TRY(const auto after, parts.cursors.after(kQuery, in.cursor, 2));
  std::optional<EntryPlace> before;
  if (after) before = EntryPlace{Time{after->numbers[0]}, PaymentId{after->numbers[1]}, after->text};
  TRY(const auto found, parts.ledger.newest(before, static_cast<int>(in.limit) + 1));
  EntryPage page;
  const auto shown = std::min<std::size_t>(found.size(), static_cast<std::size_t>(in.limit));
  for (std::size_t at = 0; at < shown; ++at) page.items.push_back(view_of(found[at]));
  if (found.size() > shown) {
    const Entry& last = found[shown - 1];
    page.next_cursor.emplace(parts.cursors.make(kQuery, {{last.at.ms, last.payment.value}, last.key}));
  }
  return page;
}

Result<EntryPage> of_order(const ApiParts& parts, const http::Call& call) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kFinance));
  TRY(const auto order, call.id<OrderId>("id"));
  TRY(const auto payments, parts.orders.payments_of(order));
  TRY(const auto found, parts.ledger.of_payments(payments));
  EntryPage page;
  for (const Entry& entry : found) page.items.push_back(view_of(entry));
  return page;
}

Result<SettlementPage> reports(const ApiParts& parts, const http::Call& call, const services::PageQuery& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kFinance));
  constexpr std::string_view kQuery = "admin/reports/settlements";
  TRY(const auto after, parts.cursors.after(kQuery, in.cursor, 1));
  const auto before = after ? std::optional(Time{after->numbers[0]}) : std::nullopt;
  TRY(auto found, parts.settlements.newest(before, static_cast<int>(in.limit) + 1));
  SettlementPage page;
  const bool more = found.size() > static_cast<std::size_t>(in.limit);
  if (more) found.pop_back();
  page.items = std::move(found);
  if (more)
    page.next_cursor.emplace(parts.cursors.make(kQuery, {{day_of(page.items.back().day).value_or(Time{}).ms}, ""}));
  return page;
}

Result<Settlement> report(const ApiParts& parts, const http::Call& call, const ReportQuery& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kFinance));
  const auto day = day_of(call.param("day"));
  if (!day || *day > parts.clock.now())
    return fail(
        Errc::kNotFound, "payments.no_such_day",
        "There is no report of '" + std::string(call.param("day")) + "'; a day up to today is like 2026-11-21.");
  if (!in.fresh) {
    TRY(auto kept, parts.settlements.find(*day));
    if (kept) return std::move(*kept);
  }
  return parts.settlements.compare(*day);
}

}  // namespace

void add_payments_routes(http::Router& router, const ApiParts& parts) {
  router.get<http::None, AccountList>("/admin/ledger/accounts",
                                      {"The ledger's accounts and their balances", {}, 200, "admin"},
                                      [parts](http::Call& call, http::None) { return accounts(parts, call); });
  router.get<services::PageQuery, EntryPage>(
      "/admin/ledger/entries", {"The ledger's entries, newest first", {"request.bad_cursor"}, 200, "admin"},
      [parts](http::Call& call, const services::PageQuery& in) { return entries(parts, call, in); });
  router.get<http::None, EntryPage>(
      "/admin/orders/{id}/ledger",
      {"The ledger's entries of an order, oldest first", {"orders.no_such_order"}, 200, "admin"},
      [parts](http::Call& call, http::None) { return of_order(parts, call); });
  router.get<services::PageQuery, SettlementPage>(
      "/admin/reports/settlements",
      {"The settlement reports that are kept, newest day first", {"request.bad_cursor"}, 200, "admin"},
      [parts](http::Call& call, const services::PageQuery& in) { return reports(parts, call, in); });
  router.get<ReportQuery, Settlement>(
      "/admin/reports/settlements/{day}",
      {"A day's payments beside the gateway's charge file: the kept report, or one made now",
       {"payments.no_such_day", "gateway.charges_unreadable"},
       200,
       "admin"},
      [parts](http::Call& call, const ReportQuery& in) { return report(parts, call, in); });
}

}  // namespace kontor::payments
