#include "shop/checkout/checkout_body.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/card_number.h"
#include "base/text.h"
#include "services/signer.h"
#include "shop/credit/credit.h"

namespace kontor::checkout {
namespace {

// 16 bytes of BLAKE2b are plenty to tell one buyer's bodies apart.
std::string short_hash(const std::string& text) {
  const std::string hash = services::blake2b(text);
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(hash.data()), 16));
}

// Members whose digits are not a card's: keys made by programs, and telephone numbers with their country code.
bool exempt(std::string_view path, std::string_view text) {
  return path == "/idempotency_key" || path == "/quote_id" || (path.ends_with("/phone") && text.starts_with('+'));
}

void refuse_card_numbers(const boost::json::value& value, const std::string& path, json::Problems& problems) {
  if (const auto* text = value.if_string()) {
    const std::string_view view(text->data(), text->size());
    if (!exempt(path, view) && holds_card_number(view))
      problems.add(path, "card_number", "Card numbers are not taken here; send the gateway's token.");
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object)
      refuse_card_numbers(member.value(), path + "/" + std::string(member.key().data(), member.key().size()), problems);
  } else if (const auto* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      refuse_card_numbers((*array)[i], path + "/" + std::to_string(i), problems);
  } else if (value.is_int64() || value.is_uint64()) {
    const std::string digits =
        value.is_int64() ? std::to_string(value.get_int64()) : std::to_string(value.get_uint64());
    if (path != "/expected_total/amount" && path != "/cart_version" && !path.ends_with("/amount/amount") &&
        holds_card_number(digits))
      problems.add(path, "card_number", "Card numbers are not taken here; send the gateway's token.");
  }
}

void check_payments(const CheckoutBody& body, json::Problems& problems) {
  if (!body.payments) return;
  const auto& payments = *body.payments;
  for (std::size_t i = 0; i < payments.size(); ++i) {
    const std::string path = "/payments/" + std::to_string(i);
    const bool house = is_of_house(payments[i].method);
    const bool coded = payments[i].method == PaymentMethod::kGiftCard;
    if (!payments[i].token && !house) problems.add(path + "/token", "required", "A card is paid by its token.");
    if (!payments[i].token && coded) problems.add(path + "/token", "required", "A gift card is paid by its code.");
    if (payments[i].token && house && !coded)
      problems.add(path + "/token", "unknown_value", "Store credit is its customer's; there is no token of it.");
    if (payments[i].token && !house && credit::is_credit_token(*payments[i].token))
      problems.add(path + "/token", "unknown_value", "That is no card's token.");
    if (!payments[i].amount && !house && i + 1 < payments.size())
      problems.add(path + "/amount", "required", "With several payments all but the last name their amount.");
    if (payments[i].amount && payments[i].amount->amount_minor() <= 0)
      problems.add(path + "/amount", "out_of_range", "A payment is more than nothing.");
  }
}

}  // namespace

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 64 || text.find('@', at + 1) != std::string_view::npos)
    return false;
  const std::string_view domain = text.substr(at + 1);
  if (domain.empty() || domain.front() == '.' || domain.back() == '.' || domain.find("..") != std::string_view::npos)
    return false;
  if (text.front() == '.' || text[at - 1] == '.') return false;
  // Blanks, controls and what could break a mail's header are refused; letters beyond ASCII are fine.
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 127 || c == '<' || c == '>' || c == ',' || c == ';' || c == '"' || c == '\\' ||
           c == '(' || c == ')';
  });
}

Result<CheckoutBody> read_body(const json::Document& document, Purpose purpose, bool guest, bool has_key) {
  CheckoutBody body;
  json::Problems problems;
  json::read_value(document.root(), body, "", problems);
  refuse_card_numbers(document.root(), "", problems);
  const auto* object = document.root().if_object();
  const auto there = [&](const char* name) { return object != nullptr && object->contains(name); };
  check_payments(body, problems);
  if (there("shipping_address") && there("shipping_address_id"))
    problems.add("/shipping_address_id", "ambiguous", "Either a stored address or a new one.");
  if (body.shipping_address_id)
    problems.add("/shipping_address_id", "unknown_value", "There is no such stored address.");
  const auto of_house = [](const PaymentBody& payment) { return is_of_house(payment.method); };
  if (there("payment_method_id") && body.payments && !std::ranges::all_of(*body.payments, of_house))
    problems.add("/payment_method_id", "ambiguous", "Either a stored payment method or a new card.");
  if (guest && body.save_payment_method.value_or(false))
    problems.add("/save_payment_method", "customers_only", "Only customers who have an account keep cards.");
  if (purpose == Purpose::kBuy && object != nullptr) {
    if (!has_key && !there("idempotency_key"))
      problems.add("/idempotency_key", "required", "A checkout needs an Idempotency-Key.");
    if (!there("shipping_address") && !there("shipping_address_id"))
      problems.add("/shipping_address", "required", "Where shall it go?");
    if (!there("payments") && !there("payment_method_id")) problems.add("/payments", "required", "How is it paid?");
    if (guest && !there("email")) problems.add("/email", "required", "Guests say where the confirmation goes.");
  }
  if (!problems.empty()) return fail(std::move(problems).error());
  return body;
}

std::string fingerprint_of(const json::Document& document) {
  const auto* object = document.root().if_object();
  if (object == nullptr || !object->contains("idempotency_key")) return short_hash(json::canonical(document.root()));
  boost::json::object rest = *object;
  rest.erase("idempotency_key");
  return short_hash(json::canonical(boost::json::value(std::move(rest))));
}

}  // namespace kontor::checkout
