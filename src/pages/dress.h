// How a page is written for one visitor: in which currency prices are shown, and how amounts, numbers and dates look.
// Products are shown in its language where they have texts in it; the shop's own texts have one language.
#pragma once
#include "base/money.h"
#include "services/formats.h"

namespace kontor::pages {

struct Dress {
  Currency currency;
  services::Formats formats;
};

}  // namespace kontor::pages
