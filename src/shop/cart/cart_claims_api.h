// /admin/cart-claims: which offers are set aside when they are put in a cart; and what each process does when that
// changes.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/consumers.h"
#include "services/shopper.h"
#include "shop/cart/cart_claims.h"
#include "shop/cart/cart_parts.h"

namespace kontor::cart {

struct ClaimApiParts {
  CartClaims& claims;
  OfferSource& offers;
  const services::Shoppers& shoppers;
  services::Audit& audit;
};

void add_cart_claim_routes(http::Router& router, const ClaimApiParts& parts);

// Reads the rules anew; harmless at any time.
services::Consumer claims_consumer(CartClaims& claims);

}  // namespace kontor::cart
