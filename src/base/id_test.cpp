#include "base/id.h"

#include <doctest/doctest.h>

#include <set>

namespace kontor {

TEST_CASE("an id as text is its prefix and thirteen characters, and reads back") {
  const ProductId id{123'456'789'012'345};
  CHECK(id.text() == "prod_" + id.text().substr(5));
  CHECK(id.text().size() == 18);
  CHECK(ProductId::parse(id.text()) == id);
  CHECK_FALSE(OfferId::parse(id.text()));
}

TEST_CASE("what is no id is refused") {
  for (const auto* bad :
       {"", "prod_", "prod_0000000000000", "prod_000000000000", "prod_00000000000001", "prod_000000000000I",
        "PROD_0000000000001", "prod-0000000000001", "prod_zzzzzzzzzzzzz", "prod_g000000000000", "prod_000000000000 "})
    CHECK_MESSAGE(!ProductId::parse(bad), bad);
  CHECK(ProductId::parse("prod_0000000000001"));
}

TEST_CASE("drawn ids differ, sort by time and carry their bucket") {
  IdSource source(99);
  std::set<std::int64_t> seen;
  std::string last;
  for (int i = 0; i < 20'000; ++i) {
    const auto id = source.next<OrderId>(Time{1'763'702'652'000 + i / 100}, i % kBuckets);
    CHECK(id.value > 0);
    CHECK(id.bucket() == i % kBuckets);
    CHECK(seen.insert(id.value).second);
  }
  const auto early = source.next<OrderId>(Time{1'800'000'000'000}, 1000);
  const auto late = source.next<OrderId>(Time{1'800'000'001'000}, 1);
  CHECK(early.text() < late.text());
}

}  // namespace kontor
