// Believable products out of nothing: number n of seed s is the same on every machine and for every count, with
// variants, prices, stock, ratings and pictures. Knows no store and no module: what it makes are rows to import.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "demo/drawings.h"
#include "demo/row.h"
#include "demo/vocabulary.h"

namespace kontor::demo {

struct Shop {
  std::string_view code, name;
  std::int64_t rating_milli = 0;  // 0 to 5000
};
// The invented sellers beside the house; `marketplace` rows name them, so they must be there before an import.
std::vector<Shop> shops();

struct Place {
  std::string_view code, name;
  std::int64_t latitude_e6 = 0, longitude_e6 = 0;
};
// The warehouses beside "main"; as with the shops.
std::vector<Place> places();

struct Settings {
  std::uint64_t seed = 1;
  Currency currency;
  bool marketplace = false;  // several sellers and warehouses; false: a new store's own, `house` and `main`
  // What a row shall say of a picture, its address or file name; empty: rows have no pictures.
  std::function<std::string(const Picture&)> picture = {};
};

class Generator {
 public:
  explicit Generator(Settings settings, const Vocabulary& vocabulary = Vocabulary::built_in());

  Row product(std::uint64_t n) const;
  // The pictures of product n, the first one first; one to four.
  std::vector<Picture> pictures(std::uint64_t n) const;

 private:
  struct Draft;
  Draft draft(std::uint64_t n) const;

  Settings settings_;
  const Vocabulary& vocabulary_;
};

}  // namespace kontor::demo
