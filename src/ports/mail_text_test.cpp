#include "ports/mail_text.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace kontor {
namespace {

const Mailbox kShop{"Tea House", "shop@example.com"};

std::string header_of(const std::string& text) { return text.substr(0, text.find("\r\n\r\n") + 2); }
std::string body_of(const std::string& text) { return text.substr(text.find("\r\n\r\n") + 4); }

TEST_CASE("a plain mail, whole") {
  const auto text = mail_text({"order.placed-shop-7", "ada@example.org", "Your order", "Dear Ada,\nthank you.\n"},
                              kShop, Time{1'795'238'652'000});
  CHECK(text ==
        "From: Tea House <shop@example.com>\r\nTo: ada@example.org\r\nSubject: Your order\r\n"
        "Date: Sat, 21 Nov 2026 05:24:12 +0000\r\nMessage-ID: <order.placed-shop-7@example.com>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        "Dear Ada,\r\nthank you.\r\n");
}

TEST_CASE("a mail that may be stopped says where, for people's programs too") {
  Mail mail{"k", "ada@example.org", "Your cart", "Dear Ada\n"};
  CHECK(mail_text(mail, kShop, Time{}).find("List-Unsubscribe") == std::string::npos);
  mail.unsubscribe = "https://shop.example/cart/mails/stop?token=abc";
  CHECK(header_of(mail_text(mail, kShop, Time{}))
            .find("\r\nList-Unsubscribe: <https://shop.example/cart/mails/stop?token=abc>\r\n"
                  "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != std::string::npos);
}

TEST_CASE("the same key is the same Message-ID, whatever else changed; an odd key stays one token") {
  const auto id = [](const std::string& key, Time now) {
    const auto text = mail_text({key, "a@b", "s", "t"}, kShop, now);
    const auto at = text.find("Message-ID: ");
    return text.substr(at, text.find("\r\n", at) - at);
  };
  CHECK(id("k1", Time{}) == id("k1", Time{5'000'000}));
  CHECK(id("k1", Time{}) != id("k2", Time{}));
  CHECK(id("a b\r\n>c", Time{}) == "Message-ID: <a%20b%0D%0A%3Ec@example.com>");
}

TEST_CASE("nothing breaks out of its header") {
  for (const std::string bad :
       {"Hi\r\nBcc: eve@example.com", "Hi\nBcc: eve@example.com", "Hi\r\n\r\nbody", "Hi\rBcc: x"}) {
    const auto text = mail_text({"k", "a@b", bad, "x"}, kShop, Time{});
    CHECK(text.find("\nBcc:") == std::string::npos);
    CHECK(text.find("\rBcc:") == std::string::npos);
    CHECK(body_of(text) == "x\r\n");
  }
  // A text that only looks encoded stays what it is.
  CHECK(mail_text({"k", "a@b", "=?UTF-8?B?eA==?=", "x"}, kShop, Time{}).find("Subject: =?UTF-8?B?PT9VVEYt") !=
        std::string::npos);
  for (const auto* address : {"", "nobody", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: e@c", "a@b,c@d", "<a@b>",
                              "a@b\n", "gr\xC3\xBC\xC3\x9F@b", "\"a\"@b", "a\\@b"}) {
    CAPTURE(address);
    REQUIRE_FALSE(check_address(address));
    CHECK(check_address(address).error().reason == "messenger.bad_address");
  }
  CHECK(check_address("ada.b+tea@mail.example.co.uk"));
  std::string endless(250, 'a');
  endless += "@b.cd";
  CHECK_FALSE(check_address(endless));
}

TEST_CASE("words beyond ASCII are encoded, in pieces that end between characters, and no line is too long") {
  std::string subject;
  for (int i = 0; i < 40; ++i) subject += "ü";
  const auto text = mail_text({"k", "a@b", subject, "Grüße, 5 = fünf \nEnde\t\n.\n" + std::string(300, 'x') + "\n"},
                              Mailbox{"Käse & Co", "k@b"}, Time{});
  CHECK(text.find("From: =?UTF-8?B?S8Okc2UgJiBDbw==?= <k@b>\r\n") == 0);
  CHECK(text.find("Subject: =?UTF-8?B?w7zDvMO8") != std::string::npos);
  CHECK(text.find("?=\r\n =?UTF-8?B?w7zD") != std::string::npos);
  CHECK(text.find("Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe, 5 =3D f=C3=BCnf=20\r\nEnde=09\r\n.\r\nxxx") !=
        std::string::npos);
  for (const auto line : split(text, '\n')) CHECK(line.size() <= 77);
  for (const char c : text) CHECK(static_cast<unsigned char>(c) < 0x80);
  CHECK(mail_text({"k", "a@b", "s", std::string(2000, 'x')}, kShop, Time{}).find("quoted-printable") !=
        std::string::npos);
  // Broken UTF-8 does not hang or crash.
  CHECK_FALSE(header_of(mail_text({"k", "a@b", std::string(100, '\x80'), "x"}, kShop, Time{})).empty());
}

TEST_CASE("who a mail comes from") {
  CHECK(parse_mailbox("shop@example.com")->address == "shop@example.com");
  const auto quoted = parse_mailbox(" \"Tea, Ltd\" <shop@example.com> ");
  REQUIRE(quoted);
  CHECK(quoted->name == "Tea, Ltd");
  CHECK(quoted->domain() == "example.com");
  CHECK(mail_text({"k", "a@b", "s", "t"}, *quoted, Time{}).find("From: \"Tea, Ltd\" <shop@example.com>\r\n") == 0);
  for (const auto* bad : {"", "shop", "Tea <shop>", "Tea <shop@b", "Tea\r\nBcc: x <s@b>"})
    CHECK_FALSE(parse_mailbox(bad));
}

}  // namespace
}  // namespace kontor
