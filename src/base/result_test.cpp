#include "base/result.h"

#include <doctest/doctest.h>

#include <set>

namespace kontor {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Errc::kConflict, "test.odd", "odd");
  return number / 2;
}
Result<int> quarter(int number) {
  TRY(const int once, half(number));
  TRY(const int twice, half(once));
  return twice;
}
Result<void> even(int number) {
  TRY_DO(half(number));
  return {};
}

}  // namespace

TEST_CASE("TRY hands values on and errors out") {
  CHECK(quarter(8) == 2);
  CHECK(quarter(6).error().reason == "test.odd");
  CHECK(even(2).has_value());
  CHECK(even(3).error().code == Errc::kConflict);
}

TEST_CASE("every kind of failure has a status, a title and a code of its own") {
  std::set<std::string_view> codes;
  for (int code = 0; code <= static_cast<int>(Errc::kInternal); ++code) {
    const auto info = error_info(static_cast<Errc>(code));
    CHECK(info.status >= 400);
    CHECK(info.status < 600);
    CHECK_FALSE(info.title.empty());
    CHECK(codes.insert(info.code).second);
  }
}

}  // namespace kontor
