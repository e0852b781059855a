#include "shop/credit/credit_api.h"

#include <algorithm>

#include "ports/mail_text.h"
#include "runtime/json.h"
#include "services/idempotency.h"

namespace kontor::credit {
namespace {

constexpr int kMostMovements = 200;

bool is_address(std::string_view text) { return check_address(text).has_value(); }

struct NewGiftCard {
  Money amount;
  std::optional<Time> expires_at;
  std::optional<std::string> email;
  std::string note;

  static constexpr auto fields() {
    using V = NewGiftCard;
    return described(Field("amount", &V::amount, "What it shall hold"),
                     Field("expires_at", &V::expires_at, "When it cannot be used any more; absent: never"),
                     Field("email", &V::email, "Where its code is sent", Length{3, 254}, Format{"email", is_address}),
                     Field("note", &V::note, "For staff: why there is this card", Length{0, 500}, Default{}));
  }
};

struct GiftCardView {
  CreditId id;
  std::string ending;
  CreditState status = CreditState::kActive;
  Money balance;
  Money issued;
  std::optional<Time> expires_at;
  std::optional<std::string> email;
  std::optional<std::string> note;
  std::optional<OrderId> order_id;
  Time created_at, updated_at;

  static constexpr auto fields() {
    using V = GiftCardView;
    return described(
        Field("id", &V::id, "The card"), Field("ending", &V::ending, "The last letters of its code"),
        Field("status", &V::status, "active, disabled by staff, or withdrawn with the order that bought it"),
        Field("balance", &V::balance, "What is left on it"), Field("issued", &V::issued, "What was put on it"),
        Field("expires_at", &V::expires_at, "Absent: never"), Field("email", &V::email, "Where its code was sent"),
        Field("note", &V::note, "The words of staff"),
        Field("order_id", &V::order_id, "The order that bought it; absent: staff issued it"),
        Field("created_at", &V::created_at, "Since when"), Field("updated_at", &V::updated_at, "When it last changed"));
  }
};

struct IssuedView : GiftCardView {
  std::string code;
  static constexpr auto fields() {
    return joined_fields(described(Field("code", &IssuedView::code, "Said this once; kept nowhere")),
                         GiftCardView::fields());
  }
};

struct MovementView {
  MovementKind kind = MovementKind::kIssued;
  Money amount;
  Time at;
  std::optional<PaymentId> payment_id;
  std::string by;
  std::optional<std::string> reason;

  static constexpr auto fields() {
    using V = MovementView;
    return described(Field("kind", &V::kind,
                           "issued, withdrawn, spent, given_back (of a purchase that was not made, or "
                           "of what was set aside) or refunded"),
                     Field("amount", &V::amount, "What there was more; less, where it is negative"),
                     Field("at", &V::at, "When"), Field("payment_id", &V::payment_id, "The payment that moved it"),
                     Field("by", &V::by, "Who"), Field("reason", &V::reason, "Why"));
  }
};

struct CardWithMovements : GiftCardView {
  std::vector<MovementView> movements;
  static constexpr auto fields() {
    return joined_fields(GiftCardView::fields(),
                         described(Field("movements", &CardWithMovements::movements, "The newest 200")));
  }
};

struct Code {
  std::string code;
  static constexpr auto fields() {
    return described(Field("code", &Code::code, "As it stands on the card", Length{1, 100}));
  }
};

struct BalanceView {
  Money balance;
  CreditState status = CreditState::kActive;
  std::optional<Time> expires_at;
  bool usable = false;

  static constexpr auto fields() {
    using V = BalanceView;
    return described(Field("balance", &V::balance, "What is left on it"),
                     Field("status", &V::status, "active, disabled or withdrawn"),
                     Field("expires_at", &V::expires_at, "Absent: never"),
                     Field("usable", &V::usable, "Whether a purchase in its currency may be paid with it now"));
  }
};

struct Adjustment {
  Money amount;
  std::string reason;

  static constexpr auto fields() {
    return described(Field("amount", &Adjustment::amount, "How much more; below nothing takes back"),
                     Field("reason", &Adjustment::reason, "Why, for the customer and the books", Length{1, 500}));
  }
};

struct StoreCreditView {
  Money balance;
  std::vector<MovementView> movements;

  static constexpr auto fields() {
    return described(Field("balance", &StoreCreditView::balance, "What there is to pay with"),
                     Field("movements", &StoreCreditView::movements, "The newest 200; of a change that one"));
  }
};
struct StoreCredits {
  std::vector<StoreCreditView> items;
  static constexpr auto fields() { return described(Field("items", &StoreCredits::items, "One a currency")); }
};

using CardPage = services::Page<GiftCardView>;

std::optional<std::string> said(const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); }

GiftCardView view_of(const Account& account) {
  GiftCardView view{account.id,     account.ending,  account.state,       account.balance,
                    account.issued, account.expires, said(account.email), said(account.note),
                    std::nullopt,   account.created, account.updated};
  if (account.order) view.order_id = account.order;
  return view;
}

MovementView view_of(const Movement& movement) {
  MovementView view{movement.kind, movement.amount, movement.at, {}, movement.actor, said(movement.reason)};
  // "spend:pay_…", "refund:pay_…:cancel:…"
  const auto colon = movement.entry.find(':');
  if (colon == std::string::npos) return view;
  const auto rest = std::string_view(movement.entry).substr(colon + 1);
  view.payment_id = PaymentId::parse(rest.substr(0, rest.find(':')));
  return view;
}

std::vector<MovementView> views_of(const std::vector<Movement>& movements) {
  std::vector<MovementView> views;
  for (const auto& movement : movements) views.push_back(view_of(movement));
  return views;
}

class CreditHandlers {
 public:
  explicit CreditHandlers(const ApiParts& parts) : p_(parts) {}

  Result<IssuedView> issue(const http::Call& call, const NewGiftCard& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kFinance));
    const NewCard wish{in.amount, in.expires_at, in.email.value_or(""), in.note};
    const auto entry = p_.audit.entry(staff.caller(), "credit.issue", "gift card", json::print(in.amount));
    const auto* ticket = services::idempotency_ticket(call);
    IssuedView view;
    TRY_DO(p_.credits.issue(wish, staff.caller(), [&](db::Tx& tx, const IssuedCard& made) -> Result<void> {
      view = IssuedView{view_of(made.account), made.code};
      return remember(tx, ticket, 201, json::print(view), entry);
    }));
    return view;
  }

  Result<CardPage> list(const http::Call& call, const services::PageQuery& in) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kFinance));
    constexpr std::string_view kQuery = "admin/gift-cards";
    TRY(const auto after, p_.cursors.after(kQuery, in.cursor, 1));
    TRY(const auto found,
        p_.credits.cards_before(CreditId{after ? after->numbers[0] : 0}, static_cast<int>(in.limit) + 1));
    CardPage page;
    for (const auto& account : found) page.items.push_back(view_of(account));
    if (static_cast<std::int64_t>(page.items.size()) > in.limit) {
      page.items.pop_back();
      page.next_cursor.emplace(p_.cursors.make(kQuery, {{page.items.back().id.value}, ""}));
    }
    return page;
  }

  Result<CardWithMovements> show(const http::Call& call) const {
    TRY_DO(p_.shoppers.require_role(call, services::Role::kFinance));
    TRY(const auto id, call.id<CreditId>("id"));
    TRY(const auto account, p_.credits.find(id));
    if (!account || account->kind != CreditKind::kGiftCard)
      return fail(Errc::kNotFound, "credit.no_such_card", "There is no such gift card.");
    TRY(const auto movements, p_.credits.movements(id, kMostMovements));
    return CardWithMovements{view_of(*account), views_of(movements)};
  }

  Result<GiftCardView> disable(const http::Call& call) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kFinance));
    TRY(const auto id, call.id<CreditId>("id"));
    const auto entry = p_.audit.entry(staff.caller(), "credit.disable", id.text());
    TRY(const auto account, p_.credits.disable(id, noted(entry)));
    return view_of(account);
  }

  Result<BalanceView> balance(http::Call& call, const Code& in) const {
    TRY(const auto shopper, p_.shoppers.welcome(call));
    TRY(const auto account, p_.credits.by_code(in.code, {shopper.customer, std::string(call.request.peer)}));
    const bool usable = account.balance.amount_minor() > 0 &&
                        Credits::usable(account, account.balance.currency(), p_.clock.now()).has_value();
    return BalanceView{account.balance, account.state, account.expires, usable};
  }

  Result<StoreCreditView> adjust(const http::Call& call, const Adjustment& in) const {
    TRY(const auto staff, p_.shoppers.require_role(call, services::Role::kFinance));
    TRY(const auto customer, call.id<CustomerId>("id"));
    TRY(const bool known, p_.is_customer(customer));
    if (!known) return fail(Errc::kNotFound, "accounts.no_such_customer", "There is no such customer.");
    const auto entry = p_.audit.entry(staff.caller(), "credit.adjust", customer.text(), json::print(in.amount));
    const auto* ticket = services::idempotency_ticket(call);
    StoreCreditView view;
    const auto also = [&](db::Tx& tx, const Account& account, const Movement& movement) -> Result<void> {
      view = StoreCreditView{account.balance, {view_of(movement)}};
      return remember(tx, ticket, 200, json::print(view), entry);
    };
    TRY_DO(p_.credits.adjust(customer, in.amount, in.reason, staff.caller(), also));
    return view;
  }

  Result<StoreCredits> own(const http::Call& call) const {
    TRY(const auto shopper, p_.shoppers.require_buyer(call.request));
    TRY(const auto accounts, p_.credits.store_credit(shopper.customer));
    StoreCredits out;
    for (const auto& account : accounts) {
      TRY(auto view, with_movements(account));
      for (auto& movement : view.movements) movement.by = movement.by == "system" ? "system" : "staff";
      out.items.push_back(std::move(view));
    }
    return out;
  }

 private:
  // The answer and its effect become true together: a repetition never issues twice.
  static Result<void> remember(db::Tx& tx, const services::Idempotency::Ticket* ticket, int status, std::string body,
                               const services::AuditEntry& entry) {
    if (ticket != nullptr)
      TRY_DO(services::Idempotency::remember(tx, *ticket, {status, "application/json", {}, std::move(body)}));
    return services::Audit::record(tx, entry);
  }

  static db::Function noted(const services::AuditEntry& entry) {
    return [entry](db::Tx& tx) { return services::Audit::record(tx, entry); };
  }

  Result<StoreCreditView> with_movements(const Account& account) const {
    TRY(const auto movements, p_.credits.movements(account.id, kMostMovements));
    return StoreCreditView{account.balance, views_of(movements)};
  }

  ApiParts p_;
};

}  // namespace

void add_credit_routes(http::Router& router, http::Router& staff, const ApiParts& parts) {
  using http::Call;
  using http::None;
  const CreditHandlers api(parts);
  staff.post<NewGiftCard, IssuedView>(
      "/admin/gift-cards",
      {"Issues a gift card; its code is told once",
       {"credit.wrong_amount", "credit.wrong_expiry", "credit.card_number", "idempotency.key_reused"},
       201,
       "admin"},
      [api](Call& call, const NewGiftCard& in) { return api.issue(call, in); });
  staff.post<Adjustment, StoreCreditView>("/admin/customers/{id}/store-credit",
                                          {"Gives a customer store credit, or takes some back; never below nothing",
                                           {"accounts.no_such_customer", "credit.wrong_amount", "credit.not_enough",
                                            "credit.too_much", "credit.card_number", "idempotency.key_reused"},
                                           200,
                                           "admin"},
                                          [api](Call& call, const Adjustment& in) { return api.adjust(call, in); });
  router.get<services::PageQuery, CardPage>(
      "/admin/gift-cards", {"All gift cards, newest first", {"request.bad_cursor"}, 200, "admin"},
      [api](Call& call, const services::PageQuery& in) { return api.list(call, in); });
  router.get<None, CardWithMovements>("/admin/gift-cards/{id}",
                                      {"A gift card and what moved it", {"credit.no_such_card"}, 200, "admin"},
                                      [api](Call& call, None) { return api.show(call); });
  router.post<None, GiftCardView>(
      "/admin/gift-cards/{id}/disable",
      {"Stops a gift card; what is on it stays", {"credit.no_such_card", "credit.not_to_be_disabled"}, 200, "admin"},
      [api](Call& call, None) { return api.disable(call); });
  router.post<Code, BalanceView>(
      "/gift-cards/balance",
      {"What is left on a gift card", {"credit.mistyped", "credit.no_such_card", "services.too_many_misses"}},
      [api](Call& call, const Code& in) { return api.balance(call, in); });
  router.get<None, StoreCredits>("/me/store-credit", {"What the shop owes the customer", {}},
                                 [api](Call& call, None) { return api.own(call); });
}

}  // namespace kontor::credit
