#include "shop/accounts/accounts_api.h"

#include "base/card_number.h"

namespace kontor::accounts {
namespace {

bool looks_like_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" \t\r\n<>,;\"") == std::string_view::npos;
}

struct NewCustomer {
  std::string email;
  std::string name;

  static constexpr auto fields() {
    return described(
        Field("email", &NewCustomer::email, "One customer's alone", Length{3, 254}, Format{"email", looks_like_email}),
        Field("name", &NewCustomer::name, "As mails shall say it", Length{1, 200},
              Format{"text without card numbers", free_of_card_numbers}));
  }
};

struct CustomerPatch {
  std::optional<Time> member_until;
  std::optional<std::vector<std::string>> segments;
  std::optional<bool> cart_mails;

  static constexpr auto fields() {
    return described(
        Field("cart_mails", &CustomerPatch::cart_mails, "Whether the customer gets mails about the cart"),
        Field("member_until", &CustomerPatch::member_until, "A member until then; a past time ends the membership"),
        Field("segments", &CustomerPatch::segments, "All groups that the customer is in", Length{0, 50}));
  }
};

struct CustomerView {
  CustomerId id;
  std::string email;
  std::string name;
  Time created_at;
  std::optional<Time> member_until;
  std::vector<std::string> segments;
  bool cart_mails = true;

  static constexpr auto fields() {
    using V = CustomerView;
    return described(Field("id", &V::id, "The customer"), Field("email", &V::email, "As given"),
                     Field("name", &V::name, "As given"), Field("created_at", &V::created_at, "Since when"),
                     Field("member_until", &V::member_until, "Until when a member; absent: never was one"),
                     Field("segments", &V::segments, "Groups that the customer is in"),
                     Field("cart_mails", &V::cart_mails, "Whether they get mails about their cart"));
  }
};

// What customers choose by themselves.
struct PreferencesView {
  bool cart_mails = true;

  static constexpr auto fields() {
    return described(Field("cart_mails", &PreferencesView::cart_mails,
                           "Mails about the cart: left alone, about to be emptied, "
                           "something in it no longer sold"));
  }
};

struct PreferencesPatch {
  std::optional<bool> cart_mails;

  static constexpr auto fields() {
    return described(Field("cart_mails", &PreferencesPatch::cart_mails, "Whether there shall be any"));
  }
};

struct TokenView {
  std::string token;
  Time expires_at;
  CustomerId customer_id;

  static constexpr auto fields() {
    using V = TokenView;
    return described(Field("token", &V::token, "Authorization: Bearer …, as the customer"),
                     Field("expires_at", &V::expires_at, "Until when it holds"),
                     Field("customer_id", &V::customer_id, "Whose"));
  }
};

CustomerView view_of(const Customer& customer) {
  return {customer.id,           customer.email,    customer.name,      customer.created,
          customer.member_until, customer.segments, customer.cart_mails};
}

Result<Customer> customer_in(const ApiParts& parts, const http::Call& call) {
  TRY(const auto id, call.id<CustomerId>("id"));
  TRY(auto customer, parts.accounts.find(id));
  if (!customer) return fail(Errc::kNotFound, "accounts.no_such_customer", "There is no such customer.");
  return std::move(*customer);
}

Result<CustomerView> create(const ApiParts& parts, const http::Call& call, const NewCustomer& in) {
  TRY_DO(parts.shoppers.require_role(call, services::Role::kAdmin));
  const Time now = parts.clock.now();
  const auto drawn = parts.ids.next<CustomerId>(now, 0);
  const auto id = parts.ids.next<CustomerId>(now, static_cast<int>(drawn.value % kBuckets));
  TRY(const auto customer, parts.accounts.create(id, in.email, in.name));
  return view_of(customer);
}

Result<CustomerView> change(const ApiParts& parts, const http::Call& call, const CustomerPatch& in) {
  TRY(const auto staff, parts.shoppers.require_role(call.request, services::Role::kSupport));
  TRY(const auto id, call.id<CustomerId>("id"));
  for (std::size_t i = 0; in.segments && i < in.segments->size(); ++i) {
    const std::string& segment = in.segments->at(i);
    if (segment.empty() || segment.size() > 60 || holds_card_number(segment))
      return invalid("accounts.wrong_segment", "/segments/" + std::to_string(i), "bad_format",
                     "A segment is a word of 1 to 60 bytes.");
  }
  CustomerChange wish;
  if (in.member_until) wish.member_until.emplace(*in.member_until);
  wish.segments = in.segments;
  wish.cart_mails = in.cart_mails;
  const auto entry = parts.audit.entry(staff.caller(), "accounts.change_customer", id.text(), json::print(in));
  TRY(const auto customer,
      parts.accounts.change(id, wish, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  return view_of(customer);
}

// A guest has no address that mails could go to.
Result<CustomerId> somebody_with_account(const ApiParts& parts, const http::Call& call) {
  TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
  if (shopper.kind == services::Shopper::Kind::kCustomer) return shopper.customer;
  return fail(Errc::kForbidden, "accounts.customers_only", "Only customers who have an account have preferences.");
}

Result<PreferencesView> preferences(const ApiParts& parts, const http::Call& call) {
  TRY(const auto id, somebody_with_account(parts, call));
  TRY(const auto customer, parts.accounts.find(id));
  return PreferencesView{!customer || customer->cart_mails};
}

Result<PreferencesView> change_preferences(const ApiParts& parts, const http::Call& call, const PreferencesPatch& in) {
  TRY(const auto id, somebody_with_account(parts, call));
  CustomerChange wish;
  wish.cart_mails = in.cart_mails;
  TRY(const auto customer, parts.accounts.change(id, wish));
  return PreferencesView{customer.cart_mails};
}

// Whoever acts for a customer is noted before the token is out.
Result<TokenView> issue(const ApiParts& parts, const http::Call& call) {
  TRY(const auto staff, parts.shoppers.require_role(call.request, services::Role::kAdmin));
  TRY(const auto customer, customer_in(parts, call));
  const auto entry = parts.audit.entry(staff.caller(), "accounts.issue_token", customer.id.text());
  TRY_DO(parts.store.write(db::Home::kCustomer, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  const auto issued = parts.shoppers.issue_customer(customer.id);
  return TokenView{issued.token, issued.expires, customer.id};
}

}  // namespace

void add_accounts_routes(http::Router& router, const ApiParts& parts) {
  router.get<http::None, PreferencesView>("/me/preferences",
                                          {"What the customer has chosen", {"accounts.customers_only"}, 200, "me"},
                                          [parts](http::Call& call, http::None) { return preferences(parts, call); });
  router.patch<PreferencesPatch, PreferencesView>(
      "/me/preferences",
      {"Changes that; what is absent stays", {"accounts.customers_only", "accounts.no_such_customer"}, 200, "me"},
      [parts](http::Call& call, const PreferencesPatch& in) { return change_preferences(parts, call, in); });
  router.post<NewCustomer, CustomerView>(
      "/admin/customers", {"Enters a customer", {"accounts.email_taken"}, 201, "admin"},
      [parts](http::Call& call, const NewCustomer& in) { return create(parts, call, in); });
  router.get<http::None, CustomerView>("/admin/customers/{id}",
                                       {"A customer", {"accounts.no_such_customer"}, 200, "admin"},
                                       [parts](http::Call& call, http::None) -> Result<CustomerView> {
                                         TRY_DO(parts.shoppers.require_role(call, services::Role::kSupport));
                                         TRY(const auto customer, customer_in(parts, call));
                                         return view_of(customer);
                                       });
  router.patch<CustomerPatch, CustomerView>(
      "/admin/customers/{id}",
      {"Changes a customer's membership and segments",
       {"accounts.no_such_customer", "accounts.wrong_segment"},
       200,
       "admin"},
      [parts](http::Call& call, const CustomerPatch& in) { return change(parts, call, in); });
  router.post<http::None, TokenView>("/admin/customers/{id}/token",
                                     {"A token to act for a customer, for programs with accounts of their own",
                                      {"accounts.no_such_customer"},
                                      201,
                                      "admin"},
                                     [parts](http::Call& call, http::None) { return issue(parts, call); });
}

}  // namespace kontor::accounts
