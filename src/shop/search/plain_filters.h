// Plain-language queries in listings: what the shop's products can be asked for by, and the filters that parts of a
// query become.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/described.h"
#include "ports/search_index.h"
#include "shop/search/listing.h"
#include "shop/search/plain_language.h"
#include "shop/showcase/showcase.h"

namespace kontor::search {

// What stays words.
struct KeptWords {
  const std::vector<catalog::Category>& categories;  // by their names
  const std::vector<std::string>& models;            // Suggestions::models()
};
// From the facets of everything and of the largest categories: attributes that shoppers describe things by (colour,
// material, what has a unit), brands and categories. Some dozens of questions to the index.
Result<std::shared_ptr<const Vocabulary>> vocabulary_of(const search_index::Index& index, Currency currency,
                                                        const KeptWords& kept, const search_index::Pause& pause);

// Puts the parts into the query as filters and leaves the words that are not part of one. A part whose filter the
// query has already, and a price in a currency that cannot be converted, is left out of `parts` and stays words.
void apply(PlainQuery& plain, ListingQuery& query, const showcase::Converter* rates);
// The same query with the attributes' parts as words again.
void take_back_attributes(PlainQuery& plain, const std::string& text, ListingQuery& query);

std::vector<PartView> views_of(const PlainQuery& plain, const std::string& text);

}  // namespace kontor::search
