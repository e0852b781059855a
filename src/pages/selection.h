// What a visitor has chosen in a listing: read from the address, written back into addresses with one thing changed.
// What an address says that is not known or makes no sense is left alone (utm_source and the like).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pages/html.h"
#include "shop/search/search.h"

namespace kontor::pages {

inline constexpr std::size_t kLongestWords = search::kLongestWords;  // characters of a search

struct Selection {
  std::string path;      // "/search", "/c/lamps"
  std::string category;  // its slug, or ""
  std::string of_brand;  // whose page it is, or ""; `brands` is empty then
  std::string words;
  bool plain = true;        // parts of the words may be taken for filters
  bool corrections = true;  // and words for misspelt ones
  std::vector<std::string> brands;
  std::optional<std::int64_t> price_min, price_max;  // minor units
  int rating_min = 0;                                // stars, 0: any
  bool in_stock = false;
  std::vector<std::pair<std::string, std::string>> attributes;  // name and value
  std::optional<search::Sort> sort;
  std::string cursor;

  Selection(std::string path_in, std::string category_in, const Form& form, Currency currency);

  // The address of this selection; the same for the same one, whatever the order in which it was asked for.
  std::string address(Currency currency) const;
  // Name and value of everything but `except` ("brand", "min", …), for hidden fields of forms. The cursor is left out.
  Form fields(Currency currency, std::string_view except) const;
  bool filtered() const;  // anything beyond category, words and order
  bool has_brand(std::string_view brand) const;
  bool has_attribute(std::string_view name, std::string_view value) const;
  bool has_attribute(std::string_view name) const;

  // Copies, from the first page on.
  Selection with_brand(const std::string& brand) const;  // or without, when it is there
  Selection with_attribute(const std::string& name, const std::string& value) const;
  Selection without_attribute(const std::string& name) const;
  Selection with_words(std::string words_in) const;
  Selection first_page() const;
  Selection cleared() const;
  Selection everywhere() const;  // the words alone, in the whole shop

  search::ListingRequest request() const;
};

}  // namespace kontor::pages
