// The variants of a product: its offers by what was chosen among its options. The product's page shows them, the cart's
// form names one by its options.
#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pages/html.h"
#include "shop/showcase/showcase.h"

namespace kontor::pages {

using Options = std::map<std::string, std::string>;

// What is chosen between: "size" with "S", "M", "L", in the order in which offers name them.
struct Choice {
  std::string name;
  std::vector<std::string> values;
};
std::vector<Choice> choices_of(std::span<const showcase::DetailOffer> offers);

// The offer that stands for these options: the product's featured one if it has them, else the cheapest of those that
// can be had, else the cheapest. Null when none has them.
const showcase::DetailOffer* offer_for(const showcase::ProductDetail& product, const Options& options);

// Names of form fields: "option.size".
inline constexpr std::string_view kOptionField = "option.";
Options options_of(const Form& form);
std::string words_of(const Options& options);  // "M, black"

// The product as its page shows it: offers in the shop's currency.
Result<showcase::ProductDetail> detail_of(showcase::Showcase& showcase, const showcase::ProductState& state);

}  // namespace kontor::pages
