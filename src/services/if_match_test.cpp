#include "services/if_match.h"

#include <doctest/doctest.h>

namespace kontor::services {
namespace {

IfMatch of(std::string_view header) {
  http::Request request;
  if (!header.empty()) request.headers.push_back({"if-match", header});
  return if_match(request);
}

TEST_CASE("If-Match names versions") {
  CHECK(of("").allows(7));
  CHECK(of("*").allows(7));
  CHECK(of(version_etag(7)).allows(7));
  CHECK_FALSE(of(version_etag(7)).allows(8));
  CHECK(of("\"3\", \"7\"").allows(7));
  CHECK_FALSE(of("W/\"7\"").allows(7));
  CHECK_FALSE(of("7").allows(7));
  CHECK_FALSE(of("\"7x\"").allows(7));
}

}  // namespace
}  // namespace kontor::services
