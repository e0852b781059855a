// The form of the checkout: what it asks, how it becomes the body that checkout reads, and how it is shown again with
// every mistake beside its field and nothing lost that was typed.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "pages/html.h"
#include "pages/site.h"

namespace kontor::pages {

struct CheckoutForm {
  Dress dress;
  cart::CartView cart = {};
  std::optional<checkout::QuoteView> quote = {};  // absent when it cannot be made: `problem` says why
  Form form = {};
  std::string key = {};                // the idempotency key of this attempt
  std::vector<FieldError> wrong = {};  // fields as JSON pointers of the body
  std::string problem = {};            // of the whole
  std::string notice = {};             // what changed and has to be seen before paying
  bool declined = false;               // the problem is the card's
};

// Where the body has the code of a gift card.
inline constexpr std::string_view kGiftCardPointer = "/payments/0/token";
inline constexpr std::size_t kFirstPayment = std::string_view("/payments/0").size();

// The body of POST /checkout that the form means. The total that was shown goes along, to be compared.
std::string checkout_body(const Form& form, Currency currency);
// The way and the wishes for it that the form holds, as one text; `usual` is the way while none is chosen.
std::string delivery_choice(const Form& form, std::string_view usual);
// For a quote: the same as far as it is known, with the delivery chosen.
checkout::CheckoutBody quote_body(const Form& form, Currency currency);

http::Response checkout_page(const Site& site, const CheckoutForm& shown, int status);

}  // namespace kontor::pages
