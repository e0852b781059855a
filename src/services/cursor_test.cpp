#include "services/cursor.h"

#include <doctest/doctest.h>

namespace kontor::services {
namespace {

TEST_CASE("a cursor comes back as it was, for its own query only") {
  const Cursors cursors("a secret of sixteen bytes or more");
  const auto text = cursors.make("products?sort=price", {{1999, -5}, "näme\n"});
  const auto key = cursors.open("products?sort=price", text, 2);
  REQUIRE(key);
  CHECK(key->numbers == std::vector<std::int64_t>{1999, -5});
  CHECK(key->text == "näme\n");
  CHECK(cursors.open("products?sort=name", text, 2).error().code == Errc::kBadCursor);
  CHECK(cursors.open("products?sort=price", text, 1).error().code == Errc::kBadCursor);
  CHECK(Cursors("another secret of sixteen bytes").open("products?sort=price", text, 2).error().code ==
        Errc::kBadCursor);
}

TEST_CASE("every changed character makes a bad cursor") {
  const Cursors cursors("a secret of sixteen bytes or more");
  const auto text = cursors.make("q", {{42}, ""});
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto forged = text;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(cursors.open("q", forged, 1));
  }
  for (const auto* bad : {"", "x", "!!!", "AAAA", "====", "ä"})
    CHECK_FALSE(cursors.open("q", std::string_view(bad), 1));
  CHECK_FALSE(cursors.open("q", text + "A", 1));
}

TEST_CASE("no cursor is no key") {
  const Cursors cursors("a secret of sixteen bytes or more");
  const auto none = cursors.after("q", std::nullopt, 1);
  REQUIRE(none);
  CHECK(!*none);
}

TEST_CASE("a seal is bound to secret, purpose and context") {
  const Signer guests("a secret of sixteen bytes or more", "guest");
  const Signer cursors("a secret of sixteen bytes or more", "cursor");
  const auto sealed = guests.seal("payload", "context");
  CHECK(guests.open(sealed, "context") == "payload");
  CHECK(!guests.open(sealed, ""));
  CHECK(!cursors.open(sealed, "context"));
  // Bytes moved between payload and context are another message.
  CHECK(guests.seal("b", "a") != guests.seal("", "ab"));
  CHECK(same_secret("one", "one"));
  CHECK(!same_secret("one", "onee"));
}

}  // namespace
}  // namespace kontor::services
