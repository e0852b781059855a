#include "base/time.h"

#include <doctest/doctest.h>

namespace kontor {

TEST_CASE("times are printed in UTC and read with any offset") {
  CHECK(to_rfc3339(Time{0}) == "1970-01-01T00:00:00Z");
  CHECK(to_rfc3339(Time{1'763'702'652'120}) == "2025-11-21T05:24:12.120Z");
  CHECK(to_rfc3339(Time{-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(parse_rfc3339("2025-11-21T05:24:12.12Z") == Time{1'763'702'652'120});
  CHECK(parse_rfc3339("2025-11-21T06:24:12+01:00") == Time{1'763'702'652'000});
  CHECK(parse_rfc3339("2024-02-29t00:00:00z") == Time{1'709'164'800'000});
}

TEST_CASE("what is no time is refused") {
  for (const auto* bad :
       {"", "2025-11-21", "2025-11-21T05:24Z", "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-11-21T24:00:00Z",
        "2025-11-21T05:24:12", "2025-11-21T05:24:12.Z", "2025-11-21T05:24:12Zx", "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00", "2025-11-21T05:24:12+24:00"})
    CHECK_MESSAGE(!parse_rfc3339(bad), bad);
}

TEST_CASE("every day of four centuries survives the way out and back") {
  for (std::int64_t day = -80'000; day < 80'000; ++day) {
    const Time time{day * kDayMs + day % 1000 + 1000};
    CHECK(parse_rfc3339(to_rfc3339(time)) == time);
  }
}

}  // namespace kontor
