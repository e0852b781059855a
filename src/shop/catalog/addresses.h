// By which addresses the web knows the catalogue: slugs that were given up and still lead to their owner, the pages of
// brands, and all that is listed, in an order that can be walked. Reads of the home `catalog`; who saves products and
// categories writes what stands here.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "ports/db.h"

namespace kontor::catalog {

enum class SlugKind { kProduct = 1, kCategory = 2 };

// A slug that `owner` had before it had another. It leads to whatever slug the owner has now, so there is never more
// than one step; it goes with its owner, when the owner has it again, and when staff give it up.
struct FormerSlug {
  std::string slug;
  std::int64_t owner = 0;  // a product's or a category's id
  Time since;              // when it was given up
};

// Products name their brand by its name; names that read alike (brand_fold) are one brand with one address.
struct Brand {
  std::string key;  // for the keyset
  std::string slug;
  std::string name;           // as its products write it
  std::int64_t products = 0;  // listed in the currency asked for
};

struct ListedProduct {
  ProductId id;
  std::string slug;
  Time updated;
};

class Addresses {
 public:
  explicit Addresses(db::Store& store) : store_(store) {}

  // Whose slug it was; nullopt for one that was nobody's. It says nothing of who has it now.
  Result<std::optional<std::int64_t>> former_owner(SlugKind kind, std::string_view slug);
  Result<std::vector<FormerSlug>> former_slugs(SlugKind kind, std::int64_t owner);  // the latest first, 100 at most
  Result<std::vector<FormerSlug>> former_category_slugs();                          // of all, 100,000 at most

  // Brands with something listed in the currency, by key, above `after`.
  Result<std::vector<Brand>> brands(Currency currency, std::string_view after, int limit);
  Result<std::optional<std::string>> brand_slug(std::string_view name);
  Result<std::optional<std::string>> brand_name(std::string_view slug);
  // Gives an address to brands that were there before addresses were kept; how many were left to do. Repeatable.
  Result<int> name_brands(int limit);

  // What is listed in the currency, by id, above `after`.
  Result<std::vector<ListedProduct>> listed(Currency currency, ProductId after, int limit);

 private:
  db::Store& store_;
};

}  // namespace kontor::catalog
