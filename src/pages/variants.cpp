#include "pages/variants.h"

#include <algorithm>
#include <tuple>

namespace kontor::pages {

std::vector<Choice> choices_of(std::span<const showcase::DetailOffer> offers) {
  std::vector<Choice> choices;
  for (const auto& offer : offers) {
    for (const auto& [name, value] : offer.options) {
      auto choice = std::find_if(choices.begin(), choices.end(), [&](const Choice& c) { return c.name == name; });
      if (choice == choices.end()) choice = choices.insert(choices.end(), Choice{name, {}});
      if (std::find(choice->values.begin(), choice->values.end(), value) == choice->values.end())
        choice->values.push_back(value);
    }
  }
  return choices;
}

const showcase::DetailOffer* offer_for(const showcase::ProductDetail& product, const Options& options) {
  const auto rank = [&](const showcase::DetailOffer& offer) {
    const bool featured = product.featured_offer_id && *product.featured_offer_id == offer.id;
    const bool gone = offer.availability.status == showcase::Availability::kOutOfStock;
    return std::tuple(!featured, gone, offer.price.amount_minor(), offer.id);
  };
  const showcase::DetailOffer* best = nullptr;
  for (const auto& offer : product.offers)
    if (offer.options == options && (best == nullptr || rank(offer) < rank(*best))) best = &offer;
  return best;
}

Options options_of(const Form& form) {
  Options options;
  for (const auto& [name, value] : form)
    if (name.starts_with(kOptionField)) options.emplace(name.substr(kOptionField.size()), value);
  return options;
}

std::string words_of(const Options& options) {
  std::string words;
  for (const auto& [name, value] : options) words += (words.empty() ? "" : ", ") + value;
  return words;
}

Result<showcase::ProductDetail> detail_of(showcase::Showcase& showcase, const showcase::ProductState& state) {
  TRY(const auto sellers, showcase.sellers());
  return showcase::detail_of(state, showcase.settings().currency, sellers);
}

}  // namespace kontor::pages
