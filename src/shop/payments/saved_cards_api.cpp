#include "shop/payments/saved_cards_api.h"

#include "base/card_number.h"

namespace kontor::payments {
namespace {

struct CardView {
  PaymentMethodId id;
  std::string type = "card";
  std::string brand;
  std::string last4;
  std::int64_t expires_month = 0;
  std::int64_t expires_year = 0;
  bool is_default = false;
  Time created_at;

  static constexpr auto fields() {
    using V = CardView;
    return described(Field("id", &V::id, "For payment_method_id at the checkout"), Field("type", &V::type, "card"),
                     Field("brand", &V::brand, "visa, mastercard …"),
                     Field("last4", &V::last4, "The last four digits of its number"),
                     Field("expires_month", &V::expires_month, "1 to 12"),
                     Field("expires_year", &V::expires_year, "With the century"),
                     Field("is_default", &V::is_default, "Whether it is the one that is offered first"),
                     Field("created_at", &V::created_at, "Since when it is kept"));
  }
};

struct CardList {
  std::vector<CardView> items;
  Nullable<std::string> next_cursor;

  static constexpr auto fields() {
    return described(Field("items", &CardList::items, "The default first, then the newest"),
                     Field("next_cursor", &CardList::next_cursor, "Always null: they are few"));
  }
};

struct NewCard {
  std::string token;
  bool is_default = false;

  static constexpr auto fields() {
    return described(Field("token", &NewCard::token, "The gateway's token of the card", Length{1, 255},
                           Format{"gateway's token, never a card number", free_of_card_numbers}),
                     Field("is_default", &NewCard::is_default, "Offer it first", Default{}));
  }
};

struct ChangedCard {
  bool is_default = true;

  static constexpr auto fields() {
    return described(Field("is_default", &ChangedCard::is_default, "true: offer it first"));
  }
};

CardView view_of(const SavedCard& card) {
  return {card.id,           "card",          card.brand,  card.last4, card.expires_month,
          card.expires_year, card.is_default, card.created};
}

// A guest may lose the token that makes them the holder, and a card must not be lost with it.
Result<CustomerId> holder(const SavedCardParts& parts, const http::Call& call) {
  TRY(const auto shopper, parts.shoppers.require_buyer(call.request));
  if (shopper.kind != services::Shopper::Kind::kCustomer)
    return fail(Errc::kForbidden, "payments.customers_only", "Only customers who have an account keep cards.");
  return shopper.customer;
}

Result<CardList> list(const SavedCardParts& parts, const http::Call& call) {
  TRY(const auto customer, holder(parts, call));
  TRY(const auto cards, parts.cards.of(customer));
  CardList out;
  for (const SavedCard& card : cards) out.items.push_back(view_of(card));
  return out;
}

Result<CardView> keep(const SavedCardParts& parts, const http::Call& call, const NewCard& in) {
  TRY(const auto customer, holder(parts, call));
  TRY(const auto card, parts.cards.keep(customer, in.token, in.is_default));
  return view_of(card);
}

Result<CardView> change(const SavedCardParts& parts, const http::Call& call, const ChangedCard& in) {
  TRY(const auto customer, holder(parts, call));
  TRY(const auto id, call.id<PaymentMethodId>("id"));
  if (!in.is_default)
    return invalid("payments.choose_another", "/is_default", "unknown_value",
                   "A default is replaced by choosing another card.");
  TRY(const auto card, parts.cards.make_default(customer, id));
  return view_of(card);
}

}  // namespace

void add_saved_card_routes(http::Router& router, const SavedCardParts& parts) {
  router.get<http::None, CardList>("/me/payment-methods",
                                   {"The cards that the customer keeps", {"payments.customers_only"}, 200, "me"},
                                   [parts](http::Call& call, http::None) { return list(parts, call); });
  router.post<NewCard, CardView>(
      "/me/payment-methods",
      {"Keeps a card for the next purchases",
       {"payments.customers_only", "payments.too_many_cards", "gateway.unknown_token", "gateway.expired_card"},
       201,
       "me"},
      [parts](http::Call& call, const NewCard& in) { return keep(parts, call, in); });
  router.patch<ChangedCard, CardView>(
      "/me/payment-methods/{id}",
      {"Makes a card the default", {"payments.customers_only", "payments.no_such_card"}, 200, "me"},
      [parts](http::Call& call, const ChangedCard& in) { return change(parts, call, in); });
  router.del<http::None, http::None>(
      "/me/payment-methods/{id}",
      {"Forgets a card; orders keep their payments", {"payments.customers_only"}, 204, "me"},
      [parts](http::Call& call, http::None) -> Result<http::None> {
        TRY(const auto customer, holder(parts, call));
        const auto id = PaymentMethodId::parse(call.param("id"));
        if (id) TRY_DO(parts.cards.forget(customer, *id));
        return http::None{};
      });
}

}  // namespace kontor::payments
