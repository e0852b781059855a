#include "pages/beside.h"

#include <doctest/doctest.h>

namespace kontor::pages {
namespace {

TEST_CASE("beside: a page is known by each product that it shows, once") {
  Beside beside;
  const ProductId shown[] = {ProductId{7}, ProductId{8}};
  CHECK(beside.note(ProductId{1}, shown));
  CHECK(beside.note(ProductId{1}, shown));
  CHECK(beside.note(ProductId{2}, std::span(shown, 1)));
  CHECK(beside.take(ProductId{7}) == std::vector<ProductId>{ProductId{1}, ProductId{2}});
  CHECK(beside.take(ProductId{7}).empty());
  CHECK(beside.take(ProductId{8}) == std::vector<ProductId>{ProductId{1}});
  CHECK(beside.take(ProductId{9}).empty());
}

TEST_CASE("beside: too many pairs are forgotten, and the caller hears so") {
  Beside beside;
  std::vector<ProductId> many;
  for (std::int64_t id = 1; id <= static_cast<std::int64_t>(Beside::kMost); ++id) many.push_back(ProductId{id});
  CHECK(beside.note(ProductId{1}, many));
  const ProductId one[] = {ProductId{5}};
  CHECK_FALSE(beside.note(ProductId{2}, one));
  CHECK(beside.take(ProductId{5}) == std::vector<ProductId>{ProductId{2}});
  CHECK(beside.take(ProductId{6}).empty());
}

}  // namespace
}  // namespace kontor::pages
