// A Mail as the text that travels (RFC 5322, 2045 and 2047), the same for every messenger. Pure functions. Nothing that
// a mail holds can end its header: control characters become blanks, and an address that is none is refused.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "ports/messenger.h"

namespace kontor {

// Whom a mail comes from: "shop@example.com" or "Tea & Co <shop@example.com>".
struct Mailbox {
  std::string name;  // may be empty
  std::string address;

  std::string domain() const { return address.substr(address.rfind('@') + 1); }
};
std::optional<Mailbox> parse_mailbox(std::string_view text);

// kInvalid "messenger.bad_address": no single ASCII name@domain. The detail does not repeat it.
Result<void> check_address(std::string_view address);

// Lines end in CRLF, none is longer than 998 bytes and every byte is ASCII: a text with other letters goes out as
// quoted-printable. The Message-ID is made from the mail's key, so that a repetition is recognised as one.
std::string mail_text(const Mail& mail, const Mailbox& from, Time now);

}  // namespace kontor
