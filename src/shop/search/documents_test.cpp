#include "shop/search/documents.h"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kontor::search {
namespace {

constexpr CategoryId kHome{1}, kLamps{2}, kGarden{3}, kFloor{4};

std::vector<catalog::Category> tree() {
  const auto category = [](CategoryId id, CategoryId parent, std::string name) {
    catalog::Category made;
    made.id = id;
    made.parent = parent;
    made.name = std::move(name);
    return made;
  };
  return {category(kHome, {}, "Home"), category(kLamps, kHome, "Lamps"), category(kFloor, kLamps, "Floor lamps"),
          category(kGarden, {}, "Garden")};
}

// The categories whose products must be indexed again after the change.
std::vector<std::int64_t> changed_by(const std::function<void(std::vector<catalog::Category>&)>& change) {
  std::vector<catalog::Category> categories = tree();
  const CategoryWords before = words_of(categories);
  change(categories);
  const CategoryWords after = words_of(categories);
  std::vector<std::int64_t> changed;
  for (const CategoryId id : {kHome, kLamps, kGarden, kFloor})
    if (before.at(id) != after.at(id)) changed.push_back(id.value);
  return changed;
}

using Ids = std::vector<std::int64_t>;

TEST_CASE(
    "a category has other words when it, or one above it, is called otherwise in any language, or when it moves") {
  CHECK(changed_by([](auto&) {}).empty());
  CHECK(changed_by([](auto& all) { all[0].name = "House"; }) == Ids{1, 2, 4});
  CHECK(changed_by([](auto& all) { all[2].name = "Standing lamps"; }) == Ids{4});
  CHECK(changed_by([](auto& all) { all[1].names = {{"de", "Leuchten"}}; }) == Ids{2, 4});
  CHECK(changed_by([](auto& all) { all[1].parent = kGarden; }) == Ids{2, 4});
  CHECK(changed_by([](auto& all) { all[1].slug = "lights"; }).empty());
  CHECK(changed_by([](auto& all) { std::swap(all[0], all[3]); }).empty());
  for (const auto& [id, words] : words_of(tree())) CHECK(words >= 0);  // they are kept as JSON
}

TEST_CASE("a language is no name, and a damaged tree has an end") {
  std::vector<catalog::Category> one = tree(), other = tree();
  one[3].names = {{"de", "fr"}};
  other[3].names = {{"fr", "de"}};
  CHECK(words_of(one).at(kGarden) != words_of(other).at(kGarden));
  one[0].parent = kFloor;  // a circle
  CHECK(words_of(one).size() == 4);
}

TEST_CASE("a product's print is another when its category is called otherwise, and the same when its price changes") {
  catalog::Product product;
  product.title = "Lamp";
  product.category = kLamps;
  catalog::Offer offer;
  offer.price = Money::minor(100, Currency());
  product.offers = {offer};
  std::vector<catalog::Category> categories = tree();
  const std::uint64_t before = print_of(product, words_of(categories));
  product.offers[0].price = Money::minor(200, Currency());
  CHECK(print_of(product, words_of(categories)) == before);
  categories[0].names = {{"de", "Haus"}};
  CHECK(print_of(product, words_of(categories)) != before);
}

}  // namespace
}  // namespace kontor::search
