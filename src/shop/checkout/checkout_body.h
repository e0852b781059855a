// What a buyer sends to /checkout and /checkout/quote, and every rule about it that needs no store. A price in it is
// only ever compared. Card numbers are refused wherever they stand: only tokens of the gateway travel.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "runtime/json.h"
#include "shop/orders/orders.h"
#include "shop/payments/payments.h"

namespace kontor::checkout {

bool is_email(std::string_view text);

// What matters more to the buyer when warehouses are chosen.
enum class DeliveryPreference { kSpeed, kCost };
constexpr auto enum_names(DeliveryPreference) {
  return std::array{EnumName<DeliveryPreference>{DeliveryPreference::kSpeed, "speed"},
                    EnumName<DeliveryPreference>{DeliveryPreference::kCost, "cost"}};
}

enum class PaymentMethod { kCard, kGiftCard, kStoreCredit };
constexpr auto enum_names(PaymentMethod) {
  using M = PaymentMethod;
  return std::array{EnumName<M>{M::kCard, "card"}, EnumName<M>{M::kGiftCard, payments::kGiftCard},
                    EnumName<M>{M::kStoreCredit, payments::kStoreCredit}};
}
// What the shop itself keeps for its customers.
constexpr bool is_of_house(PaymentMethod method) { return method != PaymentMethod::kCard; }

struct PaymentBody {
  PaymentMethod method = PaymentMethod::kCard;
  std::optional<std::string> token;
  std::optional<Money> amount;

  static constexpr auto fields() {
    return described(
        Field("method", &PaymentBody::method, "card, gift_card or store_credit"),
        Field("token", &PaymentBody::token, "The gateway's token of the card, or the gift card's code", Length{1, 255}),
        Field("amount", &PaymentBody::amount,
              "What this payment covers; all but the last name theirs, but for gift cards and store credit, "
              "which pay what they hold"));
  }
};

struct CheckoutBody {
  std::optional<AddressId> shipping_address_id;
  std::optional<orders::Address> shipping_address;
  std::optional<orders::Address> billing_address;
  std::optional<std::string> email;
  std::optional<std::string> shipping_option;
  std::optional<DeliveryPreference> delivery_preference;
  std::optional<bool> consolidate;
  std::optional<bool> carbon_neutral;
  std::optional<PaymentMethodId> payment_method_id;
  std::optional<std::vector<PaymentBody>> payments;
  std::optional<bool> save_payment_method;
  std::optional<Currency> currency;
  std::optional<std::string> tax_id;
  std::optional<QuoteId> quote_id;
  std::optional<Money> expected_total;
  std::optional<std::int64_t> cart_version;
  std::optional<json::Raw> device;
  std::optional<std::string> challenge;
  std::optional<std::string> queue_ticket;
  std::optional<std::string> idempotency_key;

  static constexpr auto fields() {
    using B = CheckoutBody;
    return described(
        Field("shipping_address_id", &B::shipping_address_id, "A stored address"),
        Field("shipping_address", &B::shipping_address, "Where it goes"),
        Field("billing_address", &B::billing_address, "Where the invoice goes, if elsewhere"),
        Field("email", &B::email, "For the confirmation; guests must give one", Length{3, 254},
              Format{"email", is_email}),
        Field("shipping_option", &B::shipping_option, "One of the quote's shipping options", Length{1, 60}),
        Field("delivery_preference", &B::delivery_preference, "speed or cost, when warehouses are chosen"),
        Field("consolidate", &B::consolidate, "Fewer parcels rather than sooner; an option may cost less then"),
        Field("carbon_neutral", &B::carbon_neutral,
              "Carried without emissions, for what the option asks; where it is offered"),
        Field("payment_method_id", &B::payment_method_id, "A saved payment method of the customer"),
        Field("payments", &B::payments, "How it is paid; without an amount the one payment covers the total",
              Length{1, 5}),
        Field("save_payment_method", &B::save_payment_method, "Keep the card for the next time; customers only"),
        Field("currency", &B::currency, "In which it is paid; the quote's or the cart's, unless said otherwise"),
        Field("tax_id", &B::tax_id, "For the invoice of a company; kept with the order", Length{1, 40}),
        Field("quote_id", &B::quote_id, "A quote whose prices shall hold"),
        Field("expected_total", &B::expected_total, "Compared with the store's total; never trusted"),
        Field("cart_version", &B::cart_version, "The version of the cart that was shown", Range{0, INT64_MAX}),
        Field("device", &B::device, "What risk checks know of the device"),
        Field("challenge", &B::challenge, "Answer to a challenge; without effect yet", Length{1, 4000}),
        Field("queue_ticket", &B::queue_ticket, "Of a waiting room; without effect yet", Length{1, 400}),
        Field("idempotency_key", &B::idempotency_key, "The same as the header Idempotency-Key", Length{1, 255}));
  }
};

// What has to be there: everything to buy, or only what a quote needs.
enum class Purpose { kBuy, kQuote };

// The body with all that is wrong with it at once: members, card numbers, what is missing for the purpose.
// `guest`: nobody whose e-mail is known. `has_key`: an idempotency key came with the header.
Result<CheckoutBody> read_body(const json::Document& document, Purpose purpose, bool guest, bool has_key);

// What two bodies are compared by: equal after parsing, whatever the order of members; the key itself is left out.
std::string fingerprint_of(const json::Document& document);

}  // namespace kontor::checkout
