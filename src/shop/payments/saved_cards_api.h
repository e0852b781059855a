// A customer's saved payment methods: /me/payment-methods.
#pragma once
#include "runtime/http.h"
#include "services/shopper.h"
#include "shop/payments/saved_cards.h"

namespace kontor::payments {

struct SavedCardParts {
  SavedCards& cards;
  const services::Shoppers& shoppers;
};

void add_saved_card_routes(http::Router& router, const SavedCardParts& parts);

}  // namespace kontor::payments
